# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['GplearnEngine']
from collections.abc import Iterator as Iterator, Sequence as Sequence
from dataclasses import InitVar as InitVar, dataclass as dataclass, replace as replace
from operator import attrgetter as attrgetter
import numpy as np
from fastcore.basics import patch as patch
from gplearn.genetic import SymbolicClassifier as SymbolicClassifier, SymbolicRegressor as SymbolicRegressor
from ..discovery import Budget as Budget, Candidate as Candidate
from .labels import COUNT as COUNT, check_options as check_options, collapsed as collapsed, one_variable as one_variable
from ..training import Allowed as Allowed
_FUNCTIONS = tuple('add sub mul div sqrt log abs neg inv max min sin cos tan'.split())

@dataclass(frozen=True)
class GplearnEngine:
    """Symbolic classification or regression by gplearn, collapsed to one variable
    (arXiv:2601.10740).

    Parameters
    ----------
    population_size, generations, function_set, parsimony_coefficient
        Gplearn's arguments, the paper's values.
    operators : sequence of str, optional
        What programs are made of, by names of `nsad.operators`; in place of the former.
    fraction : float, default 0.1
        Share of the rows that is fitted.
    keep : int, default 20
        Programs of each generation that are read, best first; the rest is too poor to be worth
        the time.
    reduction : str, default 'collapse'
        "collapse" (the paper's), or "projections": fit along what a small network's first layer
        has learned.
    to_one : str, optional
        Earlier name of `reduction`.
    """
    population_size: int = 500
    generations: int = 5
    function_set: Sequence[str] = ('add', 'sub', 'mul', 'sin', 'cos', 'abs')
    parsimony_coefficient: float = 0.001
    fraction: float = 0.1
    keep: int = 20
    reduction: str = 'collapse'
    operators: Sequence[str] | None = None
    to_one: InitVar[str | None] = None

    def __post_init__(self, to_one: str | None):
        ...

    def _estimator(self, task: str, seed: int):
        ...

    def search(self, X, y, task: str, seed: int, budget: Budget) -> Iterator[Candidate]:
        """Yield the collapsed best programs of each generation; the loss is that of the label fit."""
        ...
