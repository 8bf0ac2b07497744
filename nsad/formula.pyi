# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['Formula', 'derived', 'Facts', 'standardised_curve']
import functools
import hashlib
import html
import re
from collections.abc import Iterable as Iterable, Mapping as Mapping
from dataclasses import dataclass as dataclass
import numpy as np
import sympy
from fastcore.basics import patch as patch
from numpy.typing import ArrayLike as ArrayLike
from .continuation import continued as continued
from .exact import values as values
from .operators import NUMPY as NUMPY
from .printing import Tree as Tree, canonical as canonical, infix_text as infix_text, to_tree as to_tree
from .reading import PLAIN as PLAIN, FormulaError as FormulaError, symbolic as symbolic

class Formula:
    """An expression, read from text and kept in canonical form.

    Parameters
    ----------
    text : gplearn, PySR, Operon, SymPy or plain infix text; a `Formula` is taken as it is
    variables : names that may stand in it; default x, X3, x3, x_3

    Raises
    ------
    FormulaError : what cannot be read, with the place

    Examples
    --------
    >>> Formula("sub(cos(X25), cos(abs(cos(X25))))").collapse()
    Formula('cos(x) - cos(abs(cos(x)))')
    """
    text: str
    sympy: sympy.Expr
    __slots__ = ('text', 'sympy', '__weakref__', '__dict__')

    def __init__(self, text: 'str|Formula', variables: Iterable[str] | None=None):
        ...

    def __setattr__(self, name, value):
        ...

    def __str__(self):
        ...

    def __repr__(self):
        ...

    def __eq__(self, other):
        ...

    def __hash__(self):
        ...

    def __reduce__(self):
        ...

    @functools.cached_property
    def tree(self) -> Tree:
        ...

    @functools.cached_property
    def variables(self) -> tuple[str, ...]:
        ...

    def collapse(self) -> Formula:
        """The formula with every variable replaced by x (arXiv:2601.10740, step 3).

    Returns
    -------
    Formula
        In `x`.
    """
        ...

    def substitute(self, by: Mapping[str, 'Formula|str|float']) -> Formula:
        """The formula with variables replaced by formulas, text or numbers.

    Parameters
    ----------
    by : mapping from str to Formula, str or float
        Name of a variable to what takes its place.

    Returns
    -------
    Formula
        A new one.
    """
        ...

    def __call__(self, *x: ArrayLike, **variables: ArrayLike) -> np.ndarray:
        ...

    @property
    def complexity(self) -> int:
        """Number of nodes: operators, variables and constants."""
        ...

    def _sampled(self) -> np.ndarray:
        ...

    @property
    def is_constant(self) -> bool:
        """Does the value not depend on any variable?"""
        ...

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits of the values on a fixed grid, to six digits."""
        ...

    def derivative(self, variable: str | None=None) -> Formula:
        """The textbook's derivative; a kink has the slope of one of its sides or 0.

    Parameters
    ----------
    variable : by which; the only one if None

    Returns
    -------
    Formula
        A new one.

    Raises
    ------
    FormulaError : several variables and none named, or a derivative that is no formula
    """
        ...

    @property
    def latex(self) -> str:
        """LaTeX text, without dollar signs."""
        ...

    def _repr_latex_(self) -> str:
        ...

    def to_dict(self) -> dict[str, object]:
        """As plain data, for JSON.

    Returns
    -------
    dict
        Of plain values.
    """
        ...

    @classmethod
    def from_dict(cls, d: Mapping[str, object]) -> Formula:
        """What `to_dict` gave."""
        ...

    @property
    def facts(self) -> Facts:
        """What a network would feel of a formula in x."""
        ...

    @property
    def frequencies(self) -> list[float]:
        """Angular frequencies of the sines, cosines and tangents of a*x + b inside, the largest first."""
        ...

    def _period(self) -> float | None:
        ...

    def _repr_html_(self) -> str:
        ...

def _in_order(name: str) -> list:
    ...

def _kept(f: Formula) -> dict | None:
    ...

def derived(new: Formula, *sources: Formula) -> Formula:
    ...

def _put(t: Tree, new: Mapping[str, Formula]) -> Tree:
    ...

def _unknown(names: Iterable[str]) -> list[str] | None:
    ...
_GRID = np.concatenate([np.linspace(-4, 4, 41), np.random.default_rng(0).normal(size=23)])

def _count(t: Tree) -> int:
    ...

def _zero(*args) -> sympy.Integer:
    ...

@dataclass(frozen=True)
class Facts:
    """Facts about a formula in one variable, on [-5, 5].

    Attributes
    ----------
    odd, even, monotone : symmetries, and whether the curve never turns
    bounded : the values at 1e3 and 1e6 are no larger than on [-5, 5], by more than a tenth
    period : the shortest shift that leaves the curve as it is, or None
    low, high, lipschitz : the range, and the steepest slope
    mean, second_moment : of the value for a standard normal input
    """
    odd: bool
    even: bool
    monotone: bool
    bounded: bool
    period: float | None
    low: float
    high: float
    lipschitz: float
    mean: float
    second_moment: float

def standardised_curve(f: Formula, x: np.ndarray, weights: np.ndarray | None=None) -> np.ndarray:
    ...
