# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['ENGINES', 'GIVEN_FORMULAS', 'EARLIER_OPTIONS', 'FRONT', 'STANDARD', 'MOST_SHOWN', 'FORMAT', 'MAX_BYTES', 'MAX_FRONT', 'PLACES', 'NO_RESULT', 'CANDIDATES', 'Callback', 'COLUMNS', 'MAX_HALL', 'MAX_EQUATIONS', 'BACKUPS', 'Candidate', 'Budget', 'Engine', 'current_options', 'set_by_earlier_name', 'load_engine', 'operators_named', 'operators_of', 'pareto_front', 'Discovery', 'discover', 'SearchState', 'read_hall_of_fame', 'read_equation', 'discover_on_splits']
import importlib
import json
import math
import re
import os
import sys
import time
import warnings
import weakref
from collections.abc import Callable as Callable, Iterable as Iterable, Iterator as Iterator, Mapping as Mapping, Sequence as Sequence
from contextlib import contextmanager as contextmanager, suppress as suppress
from dataclasses import asdict as asdict, dataclass as dataclass, field as field, fields as fields, is_dataclass as is_dataclass, replace as replace
from numbers import Integral as Integral, Real as Real
from operator import itemgetter as itemgetter
from pathlib import Path as Path, PurePath as PurePath
from typing import Protocol as Protocol
from typing import TYPE_CHECKING as TYPE_CHECKING
import numpy as np
from numpy.typing import ArrayLike as ArrayLike
import pandas as pd
from fastcore.basics import patch as patch
from tqdm import tqdm as tqdm
import nsad
from .data import TEST_SHARE as TEST_SHARE, Dataset as Dataset, Scaler as Scaler, split as split, whole_number as whole_number
from .embeddings import CategoryEmbedding as CategoryEmbedding, Embedding as Embedding, with_words as with_words
from nsad.files import FileError as FileError, check_output as check_output, file_name as file_name, free_name as free_name, lock_of as lock_of, locked as locked, write_file as write_file
from .formula import Formula as Formula, FormulaError as FormulaError
from .messages import html_table as html_table, shown as shown
from .models import count_of as count_of
from .operators import OPS as OPS, SPELLINGS as SPELLINGS
from .parallel import Workers as Workers, connected as connected
from .problem import NO_FINGERPRINT as NO_FINGERPRINT, Problem as Problem, TableProblem as TableProblem, as_problem as as_problem, fingerprint as fingerprint
from .provenance import Origin as Origin, SeenRows as SeenRows, seen_as_json as seen_as_json, seen_from_json as seen_from_json, with_origin as with_origin
from .signals import stop_name as stop_name, stoppable as stoppable
from .training import Recipe as Recipe
if TYPE_CHECKING:
    from matplotlib.axes import Axes

@dataclass(frozen=True)
class Candidate:
    """A formula in `x` with the loss that an engine measured for it.

    Parameters
    ----------
    formula, loss
        Lower is better.
    rung : int, default 0
        Which losses it can be compared with.
    source : str, default ''
        Where it came from.
    losses : tuple of float, default ()
        The single losses that `loss` sums up: one for each seed, or each dataset.
    layers : tuple of Formula, default ()
        Where each hidden layer has a formula of its own, these; `formula` is the first.
    lr : float, optional
        The learning rate of the networks, where it was another than the recipe's.
    fidelity : float, optional
        Share of the full effort that the loss took; None where the engine does not say.
    seeds : tuple of int, default ()
        Of the trainings, one for each of `losses`; empty where the engine does not say.
    generation : int, default 0
        In which it was scored, from 1; 0 where the engine has no generations, or after them.
    closes : bool, default False
        Is it the last of its generation?

    Examples
    --------
    >>> from nsad import Candidate, Formula
    >>> candidate = Candidate(Formula("x*exp(-x**2)"), loss=0.25)
    >>> candidate.text, candidate.complexity
    ('x*exp(-x**2)', 7)
    """
    formula: Formula
    loss: float
    rung: int = 0
    source: str = ''
    losses: tuple[float, ...] = ()
    layers: tuple[Formula, ...] = ()
    lr: float | None = None
    fidelity: float | None = None
    seeds: tuple[int, ...] = ()
    generation: int = 0
    closes: bool = False

    @property
    def complexity(self) -> int:
        ...

    @property
    def noise(self) -> float:
        ...

    @property
    def text(self) -> str:
        ...

    @property
    def parts(self) -> tuple[float, ...]:
        ...

    @property
    def key(self) -> str:
        ...

@dataclass
class Budget:
    """How much may be spent: candidates scored and seconds, either of them None for no limit.

    `known` has what an interrupted run has left, losses by (rung, text): an engine
    may take them instead of computing anew.
    """
    candidates: int | None = None
    seconds: float | None = None
    start: float = field(default_factory=lambda: time.monotonic())
    known: dict = field(default_factory=dict)

    def spent(self, n_candidates: int) -> bool:
        ...

    def left(self, n_candidates: int) -> int:
        ...

    def share(self, part: float) -> 'Budget':
        ...

class Engine(Protocol):
    """What `discover` expects of an engine. One that knows how many candidates are to come may
    say so by `expected`, for the progress bar.
    """

    def search(self, X: np.ndarray, y: np.ndarray, task: str, seed: int, budget: Budget) -> Iterator[Candidate]:
        ...
ENGINES = {'network': 'nsad.engines.network:NetworkEngine', 'gplearn': 'nsad.engines.gplearn:GplearnEngine', 'operon': 'nsad.engines.operon:OperonEngine', 'pysr': 'nsad.engines.pysr:PySREngine'}
GIVEN_FORMULAS = {'proposals': 'nsad.engines.proposals:ProposalEngine'}
EARLIER_OPTIONS = {'first': 'initial_size', 'to_one': 'reduction'}

def current_options(options: Mapping[str, object]) -> dict[str, object]:
    ...

def set_by_earlier_name(engine: Engine, earlier: str, value):
    ...

def load_engine(engine: str | Engine='network', **options) -> Engine:
    ...
_SIGNS = {'+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '^': 'pow', '**': 'pow'}

def operators_named(names: str | Sequence[str]) -> tuple[str, ...]:
    ...

def operators_of(engine: str, names: str | Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    ...
FRONT = ['formula', 'loss', 'complexity', 'score', 'source', 'noise']

def pareto_front(candidates: Iterable[Candidate]) -> pd.DataFrame:
    ...

def _log(loss):
    ...

@dataclass(frozen=True)
class Discovery:
    """What a search found.

    Parameters
    ----------
    front : DataFrame
        DataFrame with columns formula, loss, complexity, score, source, noise; from simple to
        complex.
    provenance : dict
        Dataset, domain, rows and their fingerprint, hashes of the rows that were seen, task,
        engine, options, seed, candidates, seconds, version; where the standard activations were
        judged, `standard` and `learning_rates`.
    history : DataFrame
        DataFrame with the lowest loss after each candidate: candidate, seconds, rung, loss,
        formula.
    candidates : DataFrame
        DataFrame with every loss of every candidate, a row for each seed where the engine says
        its seeds: formula, complexity, source, restart, generation, rung, fidelity, seed, loss,
        lr.

    Examples
    --------
    >>> import torch
    >>> from nsad import discover
    >>> def unlike_sine(activation, seed, fidelity):  # a problem: train with it, give a loss
    ...     x = torch.linspace(-3, 3, 99)
    ...     return float((activation(x) - x.sin()).square().mean())
    >>> found = discover(unlike_sine, budget=40, seed=1, progress=False)
    >>> [*found.front.columns]
    ['formula', 'loss', 'complexity', 'score', 'source', 'noise']
    """
    front: pd.DataFrame
    provenance: dict[str, object]
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    candidates: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def best(self) -> Formula:
        ...

    @property
    def layers(self) -> list[Formula]:
        ...

    @property
    def origin(self) -> Origin:
        ...

    def __repr__(self):
        ...

    def choose(self, by: str='safe', max_complexity: int | None=None) -> Formula:
        """A formula of the search, among those not too complex.

    Parameters
    ----------
    by : str, default 'safe'
        "safe" for ReLU unless another standard activation, and for that unless a formula, is
        better by more than the noise; "loss" for the lowest loss on the front, "score" for its
        highest score.
    max_complexity : int, optional
        Nodes at most; None for any number.

    Returns
    -------
    Formula
        The one to use.

    Raises
    ------
    ValueError
        Another `by`, or nothing that simple on the front.
    """
        ...

    def _to_beat(self, max_complexity: int | None) -> list[dict]:
        ...

    def learning_rate(self, formula: Formula | str) -> float | None:
        """The learning rate at which the search found a formula's lowest loss, where it was another
    than the recipe's; None for the recipe's.

    Parameters
    ----------
    formula : Formula or str
        On the front.

    Returns
    -------
    float or None
        None for the rate of the recipe.
    """
        ...

    def plot(self, ax: 'Axes | None'=None) -> 'Axes':
        """Draw the front, each formula beside its point; returns the matplotlib axes.

    Parameters
    ----------
    ax : matplotlib Axes, optional
        To draw on; None makes one.

    Returns
    -------
    matplotlib Axes
        Loss against complexity.
    """
        ...

    def _repr_html_(self) -> str:
        ...

    def to_json(self) -> str:
        """The discovery as JSON text.

    Returns
    -------
    str
        What `from_json` reads.
    """
        ...

    def save(self, path: str | Path, overwrite: bool=True) -> Path:
        """Write `to_json` to `path`, as a whole or not at all; an older file there is replaced,
    unless `overwrite` is False.

    Parameters
    ----------
    path : str or Path
        Of the file to write.
    overwrite : bool, default True
        Replace a file that is there; False refuses to.

    Returns
    -------
    Path
        Of the file.
    """
        ...

    @classmethod
    def load(cls, path: str | Path) -> Discovery:
        """Read what `save` wrote.

    Raises
    ------
    FileError
        There is no such file, or it cannot be read.
    ValueError
        A file of another kind, format or size.
    FormulaError
        A formula that cannot be read.
    """
        ...

    @classmethod
    def from_json(cls, text: str, name='this text') -> Discovery:
        """Read what `to_json` gave; an error speaks of it by `name`."""
        ...

    @property
    def best_of_each(self) -> list[Formula]:
        """What to use, and of each other search, where `restarts` made several, the formula with the
    lowest loss; only the first where that is a standard activation.
    """
        ...

    def plot_search(self, ax: 'Axes | None'=None) -> 'Axes':
        """Draw each candidate's loss in the order of trying, the lowest so far, and ReLU's loss.

    Losses after a short training and after a long one cannot be compared. Each share of the
    training (a rung of successive halving) therefore has a colour, a line for its own lowest
    loss so far, and a dashed line for ReLU where ReLU was trained as long. Upright lines are
    where a generation begins. A loss far above ReLU's is drawn at the upper edge, and the axis
    is logarithmic where the lowest loss is less than a thirtieth of that edge.

    Parameters
    ----------
    ax : matplotlib Axes, optional
        To draw on; None makes one.

    Returns
    -------
    matplotlib Axes
        Loss against the number of candidates tried.

    Raises
    ------
    ValueError
        The discovery has no candidates, as one that an earlier nsad has saved.
    """
        ...

    @classmethod
    def from_pysr(cls, path: str | Path) -> Discovery:
        """What a run of PySR has left, a hall_of_fame.csv or its folder. Needs no Julia."""
        ...
STANDARD = ('relu(x)', 'gelu(x)', 'silu(x)', 'tanh(x)')

def _is_ahead(text: str, standard: dict) -> bool:
    ...

def _whole_numbers(ax: 'Axes', low: int, high: int):
    ...
MOST_SHOWN = 30

def _judged_beside(found: Discovery) -> list[tuple]:
    ...

def _records(table: pd.DataFrame) -> list[dict]:
    ...
FORMAT, MAX_BYTES, MAX_FRONT = ('nsad.discovery/1', 50000000, 10000)
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)

def _checked(text: str) -> tuple[pd.DataFrame, dict, pd.DataFrame, pd.DataFrame]:
    ...

def _checked_candidates(rows) -> pd.DataFrame:
    ...
_APART = 1000

class _Checkpoint:
    """The scores of a search in a file, replaced as a whole every second; without a path
    nothing is written.

    While the search goes on, the file is its own: another search that names it is refused. A
    disk that is full ends the keeping of scores, not the search.
    """
    format = 'nsad.search/1'

    def __init__(self, path, search: dict):
        self.path = path and Path(path)
        self.search = search
        self.scores = []
        self.written = time.monotonic()
        self.lock = None

    def __enter__(self) -> '_Checkpoint':
        if self.path is None:
            return self
        check_output(self.path, overwrite=True)
        self.lock = locked(lock_of(self.path), wait=False)
        self.lock.__enter__()
        try:
            if self.path.exists() and self.path.stat().st_size:
                self.scores = self._read()
        except BaseException:
            self.lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *error):
        if self.path is None:
            return
        try:
            self.written = 0.0
            self.write()
        finally:
            self.lock.__exit__(None, None, None)

    def _read(self) -> list:
        ...

    def of_restart(self, restart: int) -> dict:
        ...

    def note(self, c: Candidate, known: dict, restart: int=0):
        ...

    def write(self):
        """Keep the scores; where that fails, say so once, and let the search go on."""
        if self.path is None or self.written == np.inf:
            return
        self.written = time.monotonic()
        try:
            write_file(self.path, json.dumps(dict(format=self.format, search=self.search, scores=self.scores)))
        except FileError as error:
            self.written = np.inf
            warnings.warn(f'scores are not kept any more ({error}); the search goes on', stacklevel=2)

def _differing(kept: Mapping, asked: Mapping) -> list[str]:
    ...

def discover(dataset: Dataset | tuple[ArrayLike, ArrayLike] | Problem | Callable[..., float], engine: str | Engine='network', seed: int=42, budget: int | None=None, time_limit: float | None=None, progress: bool=True, resume: str | Path | None=None, n_jobs: int | None=None, callback: 'Callback | Sequence[Callback] | None'=None, restarts: int=1, backend: str='loky', scheduler: str | None=None, **options: object) -> Discovery:
    ...
PLACES = ('n_jobs', 'backend', 'scheduler')
NO_RESULT = (*PLACES, 'device')

def _places(n_jobs: int | None, backend: str, scheduler: str | None) -> dict:
    ...

def _refuse_unknown(about: dict) -> None:
    ...

def _refuse_limits(budget, time_limit) -> None:
    ...
_LIMITS = ('budget', 'time_limit', 'restarts')

def _limits_of(budget: int | None, time_limit: float | None) -> dict:
    ...

def _as_source(given) -> Dataset | Problem:
    ...

def _search_of(searcher: Engine, seed: int, source: Dataset | Problem) -> Callable[[Budget], Iterator[Candidate]]:
    ...

def _rows_of(searcher: Engine, source: Dataset | Problem) -> dict:
    ...

def _as_dataset(rows) -> Dataset:
    ...

def _restarted(searcher: Engine, seed: int, restart: int) -> tuple[Engine, int]:
    ...

def _best_search(searches: Sequence[list]) -> tuple[list, pd.DataFrame]:
    ...
CANDIDATES = ['formula', 'complexity', 'source', 'restart', 'generation', 'rung', 'fidelity', 'seed', 'loss', 'lr']
_CANDIDATE_TYPES = dict(complexity=int, restart=int, generation=int, rung=int, fidelity=float, seed='Int64', loss=float, lr=float)

def _all_candidates(searches: Sequence[list]) -> pd.DataFrame:
    ...

@dataclass(frozen=True)
class SearchState:
    """What a search has done so far; what a callback is given.

    Parameters
    ----------
    candidates : tuple of Candidate
        All that this search has scored, in the order in which they came.
    generation : int
        Number of the generation that is over, from 1; 0 where the engine has none.
    restart, restarts : int
        Which of how many searches this is, from 0.
    seconds : float
        Since `discover` was called.
    done : bool
        Is the search over? Then a callback's answer changes nothing.
    """
    candidates: tuple[Candidate, ...]
    generation: int
    restart: int
    restarts: int
    seconds: float
    done: bool

    @property
    def best(self) -> Candidate | None:
        ...

    @property
    def front(self) -> pd.DataFrame:
        ...
Callback = Callable[[SearchState], object]

def _callbacks(given) -> tuple[Callable, ...]:
    ...

class _Watch:
    """Calls back at the end of generations."""

    def __init__(self, callbacks: Sequence[Callable], restart: int, restarts: int, start: float):
        self.callbacks = callbacks
        self.restart = restart
        self.restarts = restarts
        self.start = start

    def after(self, found: list) -> bool:
        ...

    def tell(self, found: list, generation: int, done: bool) -> bool:
        ...

def _collect(candidates: Iterator[Candidate], limits: Budget, progress: bool, checkpoint: _Checkpoint, expected: int | None, watch: _Watch) -> tuple[list[tuple[Candidate, float]], str]:
    ...

def _history(found) -> pd.DataFrame:
    ...

def _options(engine) -> dict:
    ...
_SEARCHED: dict[int, tuple] = {}

def _settings_of(engine) -> dict:
    ...

@contextmanager
def _remembered(engine, before: dict):
    ...

def _plain(options: dict) -> dict:
    ...

def _in_words(value):
    ...

def _beside_standard(front: pd.DataFrame, candidates: Iterable[Candidate]) -> dict:
    ...

def _paired(worse: Candidate, better: Candidate) -> tuple[float, float | None]:
    ...

def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    ...

def _upper_edge(tried: pd.DataFrame) -> float:
    ...

def _draw_rung(ax: 'Axes', rung: pd.DataFrame, colour: str, top: float, last: int):
    ...

def _mark_generations(ax: 'Axes', generation: pd.Series):
    ...
COLUMNS = ('Complexity', 'Loss', 'Equation')
MAX_HALL, MAX_EQUATIONS = (20000000, 2000)
BACKUPS = ('.bak', '.bkup')

def read_hall_of_fame(path: str | Path) -> tuple[list[Candidate], list[str]]:
    ...

def read_equation(equation: str, loss: float=0.0) -> tuple[Formula | None, str]:
    ...

def _hall_of_fame(file: Path) -> pd.DataFrame | None:
    ...

def discover_on_splits(dataset: Dataset, seeds: Sequence[int]=(42, 43, 44), engine: str='network', folder=None, progress: bool=True, test: float=TEST_SHARE, **options) -> dict[int, Discovery]:
    ...

def _found_before(path: Path | None, training: Dataset, options: dict, limits: dict) -> Discovery | None:
    ...
