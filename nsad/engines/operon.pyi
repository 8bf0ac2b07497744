# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['OperonEngine', 'program_text']
import math
import warnings
from collections.abc import Iterator as Iterator, Sequence as Sequence
from dataclasses import InitVar as InitVar, dataclass as dataclass
from operator import itemgetter as itemgetter
import numpy as np
from fastcore.basics import patch as patch
from scipy.special import expit as expit
from sklearn.linear_model import LogisticRegression as LogisticRegression
from sklearn.metrics import log_loss as log_loss, mean_squared_error as mean_squared_error
from ..discovery import Budget as Budget, Candidate as Candidate
from .labels import COUNT as COUNT, check_options as check_options, collapsed as collapsed, one_variable as one_variable
from ..formula import Formula as Formula, FormulaError as FormulaError
from ..parallel import Workers as Workers
_SAME = 'add sub mul div pow sin cos tan sinh cosh tanh asin acos atan exp log log1p sqrt cbrt square abs floor ceil'
_SYMBOLS = {name: name for name in _SAME.split()} | {'max': 'fmax', 'min': 'fmin'}

@dataclass(frozen=True)
class OperonEngine:
    """Symbolic regression by Operon (pyoperon), brought to one variable.

    Parameters
    ----------
    population_size, generations, max_length
        Of Operon.
    symbols : sequence of str
        Its primitives, besides constants and variables.
    operators : sequence of str, optional
        What programs are made of, by names of `nsad.operators`; in place of the former.
    rounds : int, default 8
        Independent runs; the budget, the time limit and Ctrl-C are looked at between them.
    fraction : float, default 0.1
        Share of the rows that is fitted.
    loss : str, default 'log'
        "log" or "squared"; a regression always takes the squared error.
    reduction : str, default 'collapse'
        "collapse" or "projections", see `nsad.engines.labels`.
    n_jobs : int, default 1
        Operon's threads, -1 for one on each core; with more than one the same seed need not
        give the same front.
    to_one : str, optional
        Earlier name of `reduction`.
    """
    population_size: int = 500
    generations: int = 20
    max_length: int = 15
    symbols: Sequence[str] = ('add', 'sub', 'mul', 'sin', 'cos', 'abs', 'tanh', 'exp', 'square')
    rounds: int = 8
    fraction: float = 0.1
    loss: str = 'log'
    reduction: str = 'collapse'
    operators: Sequence[str] | None = None
    n_jobs: int = 1
    to_one: InitVar[str | None] = None

    def __post_init__(self, to_one: str | None):
        ...

    def estimator(self, seed: int):
        """One run of Operon."""
        ...

    def search(self, X, y, task: str, seed: int, budget: Budget) -> Iterator[Candidate]:
        """Yield the fronts of several runs, brought to one variable; the loss is that of the label
    fit.
    """
        ...

def program_text(estimator, tree, names: Sequence[str]) -> str:
    ...

def _label_loss(program: str, X, y, kind: str) -> float:
    ...
