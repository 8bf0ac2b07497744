# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['NO_JULIA', 'PySREngine']
import time
from collections.abc import Iterator as Iterator, Sequence as Sequence
from dataclasses import InitVar as InitVar, dataclass as dataclass
from fastcore.basics import patch as patch
from ..discovery import Budget as Budget, Candidate as Candidate, read_equation as read_equation
from .labels import COUNT as COUNT, check_options as check_options, one_variable as one_variable
from ..training import Allowed as Allowed
_BINARY = {'add': '+', 'sub': '-', 'mul': '*', 'div': '/', 'pow': '^', 'max': 'max', 'min': 'min', 'mod': 'mod'}
_UNARY = {name: name for name in 'neg inv square cube sqrt cbrt exp log log2 log10 log1p sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh abs sign floor ceil round relu erf erfc gamma'.split()}
_KNOWN = _BINARY | _UNARY

@dataclass(frozen=True)
class PySREngine:
    """Symbolic regression by PySR, brought to one variable. Needs Julia, which juliapkg fetches
    on first use.

    Parameters
    ----------
    niterations, populations, population_size, maxsize, parsimony, binary_operators, unary_operators
        Of `pysr.PySRRegressor`.
    operators : sequence of str, optional
        What programs are made of, by names of `nsad.operators`; in place of the former.
    fraction : float, default 0.1
        Share of the rows that is fitted.
    reduction : str, default 'collapse'
        "collapse" or "projections", see `nsad.engines.labels`.
    to_one : str, optional
        Earlier name of `reduction`.
    """
    niterations: int = 40
    populations: int = 8
    population_size: int = 40
    maxsize: int = 15
    parsimony: float = 0.001
    binary_operators: Sequence[str] = ('+', '-', '*')
    unary_operators: Sequence[str] = ('sin', 'cos', 'abs', 'tanh', 'exp', 'square')
    fraction: float = 0.1
    reduction: str = 'collapse'
    operators: Sequence[str] | None = None
    to_one: InitVar[str | None] = None

    def __post_init__(self, to_one: str | None):
        ...

    def arguments(self, task: str, seed: int, seconds: float | None=None) -> dict:
        """What is passed to `PySRRegressor`: log loss of the logit for classes, squared error for
    numbers; one thread, so that seeds repeat.
    """
        ...

    def search(self, X, y, task: str, seed: int, budget: Budget) -> Iterator[Candidate]:
        """Yield the front of one run, brought to one variable, best first: a late end still keeps
    that. The loss is that of the label fit.
    """
        ...

    def _operators(self, arity: int) -> list[str]:
        ...
NO_JULIA = "the engine 'pysr' needs PySR and Julia: pip install 'nsad[pysr]', then install Julia from https://julialang.org/downloads"
