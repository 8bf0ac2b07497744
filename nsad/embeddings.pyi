# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['Embedding', 'EMBEDDINGS', 'AUTO_ROWS', 'AUTO_VALUES', 'AUTO_COLUMNS', 'numeric_columns', 'PeriodicEmbedding', 'EmbeddingLayer', 'PeriodicLayer', 'PiecewiseLinearEmbedding', 'quantile_bins', 'PiecewiseLinearLayer', 'CategoryEmbedding', 'category_edges', 'CategoryLayer', 'embedding_of', 'automatic_embedding', 'with_words', 'embeddings_as_one', 'embedding_layout', 'bending']
import copy
import math
import re
from collections.abc import Iterable as Iterable, Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import dataclass as dataclass, fields as fields, replace as replace
from numbers import Integral as Integral, Real as Real
import numpy as np
import torch
from fastcore.basics import patch as patch
from torch import Tensor as Tensor, nn as nn
from .activation import SymbolicActivation as SymbolicActivation, activation_module as activation_module

def numeric_columns(X) -> tuple[int, ...]:
    ...

def _has_three(column: np.ndarray) -> bool:
    ...

class _Wanted:
    """What the kinds have in common: columns, checks, text, and the way to a layer."""

    def __post_init__(self):
        ...

    def __str__(self) -> str:
        ...

    def for_rows(self, X):
        ...

    def _columns_of(self, X: np.ndarray) -> tuple[int, ...]:
        ...

    def _placed(self, X: np.ndarray, columns: tuple):
        ...

    def layer(self, n_features: int, seed: int | None=None) -> 'EmbeddingLayer':
        ...

@contextmanager
def _drawn_from(seed: int | None):
    ...

def _checked_columns(columns) -> tuple[int, ...]:
    ...

def _check_fit(columns: Sequence[int], n_features: int):
    ...

def _checked_activation(activation):
    ...

def _spoken(value) -> str:
    ...

def _count(value) -> bool:
    ...

def _positive(value) -> bool:
    ...

@dataclass(frozen=True)
class PeriodicEmbedding(_Wanted):
    """Numeric columns as sums of waves whose frequencies are learned.

    Parameters
    ----------
    columns : sequence of int or None
        Numbers of the columns to embed; None for all that are numeric in the training rows (of
        a network made without rows: all).
    n_frequencies : int
        Waves of each column, each as a cosine and a sine.
    d_embedding : int
        Numbers that stand in place of each column.
    frequency_init_scale : float
        Standard deviation of the frequencies at the start, in waves per unit of the scaled
        column.
    activation : str or None
        What is applied to the numbers that come out: a formula or a torch name without numbers
        of its own to learn.

    Raises
    ------
    ValueError
        A setting that cannot be; the message says what may be.

    Notes
    -----
    Gorishniy, Rubachev & Babenko 2022, arXiv:2203.05556, section 3.3. A column costs
    n_frequencies + (2 * n_frequencies + 1) * d_embedding numbers. The layer computes what
    ``rtdl_num_embeddings.PeriodicEmbeddings(lite=False)`` does, from the same start.

    Examples
    --------
    >>> PeriodicEmbedding(range(10)).layer(54)(torch.zeros(3, 54)).shape
    torch.Size([3, 84])
    """
    columns: Sequence[int] | None = None
    n_frequencies: int = 8
    d_embedding: int = 4
    frequency_init_scale: float = 0.3
    activation: str | None = None
    kind = 'periodic'
    _allowed = dict(n_frequencies=(_count, 'a whole number of at least 1'), d_embedding=(_count, 'a whole number of at least 1'), frequency_init_scale=(_positive, 'a number above 0'))

    def _layer(self, n_features: int) -> 'PeriodicLayer':
        ...

class EmbeddingLayer(nn.Module):
    """What an embedding is in a network; made by `layer`.

    The input has shape (..., rows, n_features), the output (..., rows, n_outputs): for each
    embedded column its numbers, column by column, and then the other columns in their order.

    Attributes
    ----------
    n_features, n_outputs : int
    columns, passing : tuple of int
        Columns that are embedded, and those that pass.
    """

    def __init__(self, n_features: int, columns: Sequence[int], d_embedding: int, activation: str | None):
        super().__init__()
        _check_fit(columns, n_features)
        self.n_features = n_features
        self.columns = tuple(columns)
        self.d_embedding = d_embedding
        self.passing = tuple((j for j in range(n_features) if j not in set(columns)))
        self.activation = None if activation is None else activation_module(activation)

    @property
    def n_outputs(self) -> int:
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

    def of_seeds(self, x: Tensor, n: int) -> Tensor:
        ...

    def _by_column(self, x: Tensor) -> Tensor:
        ...

    def _beside_passing(self, out: Tensor, x: Tensor) -> Tensor:
        ...

    def mapped(self, x: Tensor) -> Tensor:
        ...

    def extra_repr(self) -> str:
        ...

    def member(self, k: int) -> EmbeddingLayer:
        """Member `k` of many, with its present numbers."""
        ...

def _linear_start(layer: EmbeddingLayer, n_functions: int):
    ...

class PeriodicLayer(EmbeddingLayer):
    """A `PeriodicEmbedding` in a network."""

    def __init__(self, n_features: int, columns: Sequence[int], n_frequencies: int, d_embedding: int, scale: float, activation: str | None=None):
        super().__init__(n_features, columns, d_embedding, activation)
        start = torch.empty(len(self.columns), n_frequencies)
        self.frequencies = nn.Parameter(nn.init.trunc_normal_(start, 0.0, scale, -3 * scale, 3 * scale))
        _linear_start(self, 2 * n_frequencies)

    def basis(self, x: Tensor) -> Tensor:
        ...

@dataclass(frozen=True)
class PiecewiseLinearEmbedding(_Wanted):
    """Numeric columns as lines with kinks at quantiles of the training rows.

    Parameters
    ----------
    columns : sequence of int or None
        Numbers of the columns to embed; None for all that are numeric in the training rows.
    n_bins : int
        Bins of a column at most; one that often has the same value gets fewer.
    d_embedding : int
        Numbers that stand in place of each column.
    activation : str or None
        What is applied to the numbers that come out: a formula or a torch name without numbers
        of its own to learn.
    edges : tuple, optional
        Tuple of tuples of float, or None Of each column the ends of its bins, ascending;
        `for_rows` finds them.

    Raises
    ------
    ValueError
        A setting that cannot be; the message says what may be.

    Notes
    -----
    Gorishniy, Rubachev & Babenko 2022, arXiv:2203.05556, section 3.2.1. A column costs (bins +
    1) * d_embedding numbers; the ends of the bins are not learned. The layer computes what
    ``rtdl_num_embeddings.PiecewiseLinearEmbeddings(version="A")`` does.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    >>> wanted = PiecewiseLinearEmbedding(n_bins=4, d_embedding=2).for_rows(X)
    >>> wanted.layer(3)(torch.as_tensor(X)).shape
    torch.Size([100, 6])
    """
    columns: Sequence[int] | None = None
    n_bins: int = 16
    d_embedding: int = 4
    activation: str | None = None
    edges: tuple[tuple[float, ...], ...] | None = None
    kind = 'piecewise'
    _allowed = dict(n_bins=(_count, 'a whole number of at least 1'), d_embedding=(_count, 'a whole number of at least 1'))

    def _layer(self, n_features: int) -> 'PiecewiseLinearLayer':
        ...

    def _placed(self, X, columns):
        ...

def _checked_edges(edges, columns) -> tuple[tuple[float, ...], ...]:
    ...

def quantile_bins(column, n_bins: int) -> tuple[float, ...]:
    ...
_FAR = float(np.finfo(np.float32).max)

class PiecewiseLinearLayer(EmbeddingLayer):
    """A `PiecewiseLinearEmbedding` in a network."""

    def __init__(self, n_features: int, columns: Sequence[int], edges: Sequence[Sequence[float]], d_embedding: int, activation: str | None=None):
        ...

    def basis(self, x: Tensor) -> Tensor:
        ...

    def of_seeds(self, x: Tensor, n: int) -> Tensor:
        ...

def _shares(x: Tensor, start: Tensor, slope: Tensor, low: Tensor, high: Tensor) -> Tensor:
    ...

def _side_by_side(p: Tensor, n: int) -> Tensor:
    ...

def _bin_table(edges: Sequence[Sequence[float]], n_bins: int) -> dict[str, Tensor]:
    ...

@dataclass(frozen=True)
class CategoryEmbedding(_Wanted):
    """Words as several learned numbers each (entity embedding).

    Parameters
    ----------
    columns : sequence of int or None
        Numbers of the columns whose values are names of categories; None for a table's columns
        of many words, see `Dataset.categorical_columns`.
    d_embedding : int
        Numbers that stand in place of each column.
    max_categories : int
        Categories of a column, those with the most rows, that have numbers of their own. All
        others, and those that training rows do not have, share one set of numbers.
    activation : str or None
        What is applied to the numbers that come out: a formula or a torch name without numbers
        of its own to learn.
    numbers : PeriodicEmbedding, PiecewiseLinearEmbedding, str or None
        Embedding of numeric columns, beside that of words; None for none.
    edges : tuple, optional
        Tuple of tuples of float, or None. Of each column, ascending, the least and the greatest
        number that stand for each category; `for_rows` finds them.

    Raises
    ------
    ValueError
        A setting that cannot be; the message says what may be.

    Notes
    -----
    Guo & Berkhahn 2016, arXiv:1604.06737: a linear map of a column's one-hot code. A column costs
    (categories + 1) * d_embedding numbers, with the categories of the column that has the most.
    A gap is a category of its own where its stand-in, the mean of the codes, is no code; with
    scaling="robust" it is the median, which is one. By ranks (scaling="quantile_uniform"), words
    that training rows lack cannot be told from the first.

    Examples
    --------
    >>> X = np.array([[0.0, 1.5], [2.0, 2.5], [1.0, 0.5], [2.0, 1.0]], np.float32)
    >>> wanted = CategoryEmbedding(columns=(0,), d_embedding=3).for_rows(X)
    >>> wanted.layer(2)(torch.as_tensor(X)).shape
    torch.Size([4, 4])
    """
    columns: Sequence[int] | None = None
    d_embedding: int = 2
    max_categories: int = 256
    activation: str | None = None
    numbers: PeriodicEmbedding | PiecewiseLinearEmbedding | str | None = None
    edges: tuple[tuple[float, ...], ...] | None = None
    kind = 'categories'
    _allowed = dict(d_embedding=(_count, 'a whole number of at least 1'), max_categories=(_count, 'a whole number of at least 1'))

    def __post_init__(self):
        ...

    def _columns_of(self, X: np.ndarray) -> tuple[int, ...]:
        ...

    def _placed(self, X, columns):
        ...

    def _layer(self, n_features: int) -> 'CategoryLayer':
        ...

def _checked_numbers(numbers, words: Sequence[int] | None):
    ...

def category_edges(column, most: int) -> tuple[float, ...]:
    ...

class CategoryLayer(EmbeddingLayer):
    """A `CategoryEmbedding` in a network, with the embedding of numbers beside it, if any."""

    def __init__(self, n_features: int, columns: Sequence[int], edges: Sequence[Sequence[float]], d_embedding: int, activation: str | None=None, numbers: 'Embedding | None'=None):
        super().__init__(n_features, columns, d_embedding, activation)
        most = max((len(e) // 2 for e in edges), default=1)
        least, greatest = (torch.full((len(edges), most), _FAR), torch.zeros(len(edges), most))
        for j, ends in enumerate(edges):
            least[j, :len(ends) // 2] = torch.tensor(ends[::2])
            greatest[j, :len(ends) // 2] = torch.tensor(ends[1::2])
        self.register_buffer('least', least)
        self.register_buffer('greatest', greatest)
        _linear_start(self, most)
        self.numbers = None
        if numbers is not None and numbers.columns != ():
            known = self.passing if numbers.columns is None else numbers.columns
            _check_fit(known, n_features)
            ahead = len(self.columns) * d_embedding
            moved = replace(numbers, columns=[ahead + self.passing.index(j) for j in known])
            self.numbers = moved.layer(ahead + len(self.passing))

    @property
    def n_outputs(self) -> int:
        ...

    def mapped(self, x: Tensor) -> Tensor:
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

    def extra_repr(self) -> str:
        ...
Embedding = PeriodicEmbedding | PiecewiseLinearEmbedding | CategoryEmbedding
EMBEDDINGS = {kind.kind: kind for kind in Embedding.__args__}

def embedding_of(given) -> Embedding | None:
    ...

def _parts(text: str) -> list[str]:
    ...

def _setting(text: str, kind: type) -> tuple[str, object]:
    ...
AUTO_ROWS = 4000
AUTO_VALUES = 64
AUTO_COLUMNS = 10

def automatic_embedding(X, words: Sequence[int]=(), least_rows: float=AUTO_ROWS, most_columns: float=AUTO_COLUMNS) -> PiecewiseLinearEmbedding | CategoryEmbedding | None:
    ...

def with_words(embedding: Embedding | None, words: Sequence[int]) -> Embedding | None:
    ...

def embeddings_as_one(layers: Sequence[EmbeddingLayer]) -> EmbeddingLayer:
    ...

def embedding_layout(one: EmbeddingLayer) -> tuple:
    ...

def _inner(one: EmbeddingLayer) -> list[str]:
    ...

def bending(scaler) -> nn.Module | None:
    ...
