# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['CLASSICS', 'primitives', 'random_tree', 'to_tree', 'small_forms', 'tuned', 'survivors', 'NetworkEngine']
import copy
import functools
import itertools
import math
import operator
import random
import sys
import threading
import time
import warnings
from collections.abc import Callable as Callable, Iterable as Iterable, Iterator as Iterator, Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import InitVar as InitVar, dataclass as dataclass, field as field, fields as fields, replace as replace
import numpy as np
from deap import base as base, gp as gp, tools as tools
from fastcore.basics import patch as patch
from scipy.stats import rankdata as rankdata
from ..activation import SymbolicActivation as SymbolicActivation
from ..data import Dataset as Dataset, Scaler as Scaler, checked_scaling as checked_scaling
from nsad.discovery import STANDARD as STANDARD, Budget as Budget, Candidate as Candidate, Discovery as Discovery, operators_named as operators_named, set_by_earlier_name as set_by_earlier_name
from ..embeddings import CategoryEmbedding as CategoryEmbedding, Embedding as Embedding, embedding_of as embedding_of
from .labels import COUNT as COUNT
from ..formula import Formula as Formula, FormulaError as FormulaError, standardised_curve as standardised_curve
from ..models import widths_of as widths_of
from ..operators import OPS as OPS, bred as bred
from ..parallel import Workers as Workers, run_jobs as run_jobs
from ..printing import plain_text as plain_text
from nsad.problem import Problem as Problem, TableTrial as TableTrial, device_for_many as device_for_many, stack_losses as stack_losses, trained_stack as trained_stack, trial_losses as trial_losses
from nsad.training import ABOVE_0 as ABOVE_0, STRONG as STRONG, Allowed as Allowed, Recipe as Recipe, check_settings as check_settings, one_thread as one_thread, recipe_of as recipe_of

class _Draws(threading.local):
    """Python's random numbers; where a thread has set a generator of its own, that one's."""
    generator = random

    def __getattr__(self, name: str):
        ...
_draws = _Draws()

def _constant() -> float:
    ...

def primitives(operators: Sequence[str] | None=None) -> gp.PrimitiveSet:
    ...

def _vocabulary(operators: Sequence[str] | None, arity: int) -> tuple[str, ...]:
    ...

@functools.lru_cache(8)
def _primitives(names_by_arity: tuple) -> gp.PrimitiveSet:
    ...

@contextmanager
def _drawing_from(rng: random.Random):
    ...

def random_tree(max_nodes: int, operators: Sequence[str] | None=None) -> gp.PrimitiveTree:
    ...
CLASSICS = ('relu(x)', 'gelu(x)', 'silu(x)', 'tanh(x)', 'softplus(x)', 'sin(x)', 'gauss(x)', 'x + sin(x)**2', 'max(x, 0.1*x)')

def _texts(starters) -> tuple[str, ...]:
    ...

def to_tree(formula: Formula, operators: Sequence[str] | None=None) -> gp.PrimitiveTree | None:
    ...

def _as_constant(value: float):
    ...

def small_forms(operators: Sequence[str] | None=None) -> Iterator[str]:
    ...

def tuned(trial: TableTrial, formulas: Sequence[str]) -> list[str]:
    ...

def _leaves(t) -> list:
    ...

def _rounded(tree) -> str | None:
    ...
_GRID = np.linspace(-4, 4, 65)

def _shape(formula: Formula) -> bytes:
    ...

def _formula(tree: gp.PrimitiveTree, max_nodes: int) -> Formula | None:
    ...

def _readable(t) -> bool:
    ...

@dataclass
class _Archive:
    """All formulas made so far: their trees (None where they cannot be bred from), where they
    came from, and their losses.
    """
    trees: dict = field(default_factory=dict)
    shapes: set = field(default_factory=set)
    source: dict = field(default_factory=dict)
    screened: dict = field(default_factory=dict)
    losses: dict = field(default_factory=dict)
    judged: int = 0
    asked: int = 0
    refused: dict = field(default_factory=dict)
    by_rung: tuple[dict, dict, dict] = field(default_factory=lambda: ({}, {}, {}))

    @property
    def scored(self) -> int:
        ...

    def admit(self, formula: Formula | None, tree, source: str) -> bool:
        ...

    def ranked(self, rung: int, losses: dict) -> dict[Formula, float]:
        ...

class _Fitness(base.Fitness):
    weights = (-1.0, -1.0)

@dataclass
class _Ranked:
    formula: Formula
    fitness: _Fitness

def survivors(losses: dict[Formula, float], n: int) -> list[Formula]:
    ...

@dataclass(frozen=True)
class NetworkEngine:
    """Genetic programming over univariate formulas; a formula's loss is the validation loss of
    a network that uses it.

    Parameters
    ----------
    population_size, generations
        Formulas in a generation, and how many generations.
    initial_size : int, optional
        Formulas in the initial population; None for four times `population_size`.
    tournament_size : int, default 4
        How many survivors compete to be a parent.
    max_nodes : int, default 9
        Size of a tree at most.
    parsimony : float, default 0.0002
        Added to the loss for each node, for selection only. A problem, whose losses may be of
        any size, has 0 by default.
    rows : int, optional
        Rows of the short trainings, at most; None takes all.
    steps : tuple of int or int, optional
        Steps of the two short trainings, in place of `fidelity`.
    batch_size, lr
        In place of the recipe's, in every training; None for the recipe's.
    screen_rows : int, default 8000
        Validation rows of the screening, at most.
    promote : float, default 0.125
        Share of a generation that is scored after screening.
    tune : int, default 6
        How many of the best are tuned after each generation: by gradient their constants learn
        in a table's network; a problem is asked for half and for twice the factor of x.
    finalists, final_rows, final_seeds
        How many of the best are judged by the recipe, beside the standard activations; on how
        many rows at most (None for all), and how often at least.
    hidden : sequence of int, default (64, 32)
        Widths of the network's hidden layers.
    stack_size : int, optional
        Networks trained as one, with batches of 256 rows, fewer where they are larger; None for
        what is quickest.
    starters : sequence of str or Formula or Discovery, default CLASSICS
        What the first generation knows: formulas, or a `Discovery` by whatever engine, or a
        library; in place of the classics unless they are among them, as in `[*CLASSICS,
        *found.front.formula]`.
    objective : str or callable, default 'validation'
        "validation" scores on rows drawn at random, "shifted" on rows from a region that
        training has not seen (arXiv:2602.05688), "many" by the mean rank over this dataset and
        `others`; or a function of a trained `MLPEnsemble`, rows as it takes them, and targets
        (members, rows), that gives a loss for each member.
    others : sequence of Dataset, default ()
        Further datasets, training rows only, for the objective "many".
    per_layer : int, default 0
        How many of the finalists are tried in each hidden layer by itself; 0 for one formula in
        all.
    n_jobs : int, default 1
        Trainings at once; -1 for one on each core. The result depends neither on it nor on the
        next two.
    backend : str, default 'loky'
        Who trains, see `nsad.parallel.Workers`.
    scheduler : str, optional
        Address of a running cluster.
    recipe : Recipe, default STRONG
        How networks are to be trained in the end: the search judges by this very recipe; a
        mapping of its settings will do.
    fidelity : tuple of float, float, default (0.05, 0.4)
        Shares of the recipe's steps that screening and scoring take.
    scales : tuple of float or float, optional
        Lowest and highest factor of x that formulas are given, drawn log-uniformly; None gives
        none to tables, whose normalised networks need none, and to other problems what they ask
        for, else factors from 0.1 to 100.
    lr_factors : sequence of float, default (1 / 3, 1, 3)
        Learning rates that are tried for the standard activations and the best of the others at
        the end, as multiples of the recipe's; (1,) tries no other. The objective "many", which
        has ranks and no losses, tries none.
    initial_formulas : sequence of str or Formula, Discovery, optional
        Another name for `starters`.
    operators : sequence of str, optional
        What formulas are made of, by names of `nsad.operators`, such as ("add", "mul", "sin");
        None for what its table says. The first generation then knows those of the classics that
        can be written so, and the standard activations.
    embedding : Embedding or str, optional
        Before the first layer of a table's networks, such as "periodic" or, of words,
        "categories"; columns, bins and categories that it leaves open come from the table that
        is searched. None for none.
    scaling : str or None, default 'standard'
        How the columns of a table are scaled, by the rows of the search: one of
        `nsad.data.SCALINGS`; None for rows that are scaled already.
    restart : int, default 0
        Number of this search among several that differ in what they breed from and are judged
        alike, see `discover`.
    device : str, default 'auto'
        Where a table's networks train, as in `train`: on a CUDA device where there is one, many
        more of them at once. Losses differ by rounding from those of a CPU.
    first : int, optional
        Earlier name of `initial_size`.
    """
    population_size: int = 96
    generations: int = 6
    initial_size: int | None = None
    tournament_size: int = 4
    max_nodes: int = 9
    parsimony: float = 0.0002
    rows: int | None = None
    steps: tuple[int, int] | None = None
    batch_size: int | str | None = None
    lr: float | None = None
    promote: float = 0.125
    tune: int = 6
    finalists: int = 12
    final_rows: int | None = None
    final_seeds: int = 3
    hidden: Sequence[int] = (64, 32)
    stack_size: int | None = None
    starters: Sequence[str | Formula] | Discovery = CLASSICS
    objective: str | Callable = 'validation'
    others: Sequence[Dataset] = ()
    per_layer: int = 0
    screen_rows: int = 8000
    n_jobs: int | None = 1
    backend: str = 'loky'
    scheduler: str | None = None
    recipe: Recipe = STRONG
    fidelity: tuple[float, float] = (0.05, 0.4)
    lr_factors: Sequence[float] = (1 / 3, 1, 3)
    initial_formulas: Sequence[str | Formula] | Discovery | None = None
    scales: tuple[float, float] | None = None
    embedding: Embedding | str | None = None
    restart: int = 0
    operators: Sequence[str] | None = None
    scaling: str | None = 'standard'
    device: str = 'auto'
    first: InitVar[int | None] = None

    def __post_init__(self, first: int | None):
        ...

    @property
    def _whole(self) -> Recipe:
        ...

    def _short(self, rung: int, n_rows: int) -> Recipe:
        ...

    def rungs(self, X, y, task: str, seed: int) -> list[TableTrial]:
        """The trials of screening, scoring and judging."""
        ...

    def _trials(self, X, y, task: str, seed: int) -> list[list[TableTrial]]:
        ...

    def _scores(self, rung: int, trials: Sequence[TableTrial], entries: Sequence[str | tuple[str, ...]], budget: Budget, mark: str='') -> Iterator[tuple]:
        ...

    def _stack_of(self, trials: Sequence) -> int:
        ...

    @property
    def workers(self) -> Workers:
        """Who trains."""
        ...

    def search(self, X, y, task: str, seed: int, budget: Budget) -> Iterator[Candidate]:
        """Search on a table: standardised rows `X` (rows, features) and targets `y` (rows,)."""
        ...

    def _halving(self, rungs: Sequence[Sequence], seed: int, budget: Budget) -> Iterator[Candidate]:
        ...

    def _judging(self, trials: Sequence, chosen: Sequence[Formula], archive: _Archive, budget: Budget) -> Iterator[Candidate]:
        ...

    def _early(self, budget: Budget) -> Budget:
        ...

    def _judged(self, rung: int, trials, formulas: Sequence[Formula], archive: _Archive, into: dict, budget: Budget) -> Iterator[Candidate]:
        ...

    def _layer_by_layer(self, trials, final: dict, budget: Budget, left: int) -> Iterator[Candidate]:
        ...

    def _finalists(self, archive: _Archive) -> list[Formula]:
        ...

    @property
    def _n_judged(self) -> int:
        ...

    @property
    def _n_tuned(self) -> int:
        ...

    def _other_rates(self, trials, final: dict, archive: _Archive, budget: Budget) -> Iterator[Candidate]:
        ...

    def _cost(self, formula: Formula, losses: dict) -> float:
        ...

    def _by_cost(self, formulas: Iterable[Formula], losses: dict) -> list[Formula]:
        ...

    def search_problem(self, problem: Problem, seed: int, budget: Budget) -> Iterator[Candidate]:
        """Search on a problem.

    Parameters
    ----------
    problem : Problem
        Who trains, see `Problem`.
    seed : int
        Of the search and of the trainings.
    budget : Budget
        What may be spent.

    Raises
    ------
    ValueError
        Options that only tables have, such as a recipe, or widths of hidden layers.
    """
        ...

    def _rescaled(self, proposals: Iterable[tuple]) -> Iterator[tuple]:
        ...

    @property
    def _n_initial(self) -> int:
        ...

    @property
    def expected(self) -> int:
        """How many candidates a search without limits yields at most."""
        ...

    def new_formulas(self, rng: random.Random, archive: _Archive, trial: TableTrial) -> list[Formula]:
        """Formulas not tried before, taken into the archive."""
        ...

    def _initial_population(self) -> Iterator[tuple]:
        ...

    def _new_forms(self) -> Iterator[tuple]:
        ...

    def _tuned(self, archive: _Archive, trial) -> Iterator[tuple]:
        ...

    def _learned(self, best: Sequence[Formula], trial: TableTrial) -> Iterator[tuple]:
        ...

    def _at_other_scales(self, best: Sequence[Formula], archive: _Archive) -> Iterator[tuple]:
        ...

    def _bred(self, parents: Sequence[Formula], archive: _Archive) -> Iterator[tuple]:
        ...

    def _offspring(self, parents: Sequence[Formula], archive: _Archive) -> gp.PrimitiveTree:
        ...
_FROM_0 = Allowed('a whole number of at least 0', 0, whole=True)
_MAYBE = Allowed('a whole number of at least 1, or None', 1, words=(None,), whole=True)
_ROWS = Allowed('a whole number of at least 2, or None', 2, words=(None,), whole=True)
_ALLOWED = dict(population_size=COUNT, generations=COUNT, initial_size=_MAYBE, tournament_size=COUNT, max_nodes=COUNT, parsimony=Allowed('a number of at least 0', 0), rows=_ROWS, screen_rows=COUNT, promote=Allowed('a share from 0 to 1', 0, math.nextafter(1.0, 2.0)), tune=_FROM_0, finalists=_FROM_0, final_rows=_ROWS, final_seeds=COUNT, stack_size=_MAYBE, per_layer=_FROM_0, restart=_FROM_0)

@dataclass(frozen=True)
class _Several:
    """What several numbers may be: `n` of them, or any number but none, each as `one` says."""
    what: str
    one: Allowed
    n: int | None = None
    ascending: bool = False
    optional: bool = False

    def fits(self, given) -> bool:
        ...
_POSITIVE = Allowed('a number above 0', ABOVE_0)
_SEVERAL = dict(fidelity=_Several('two shares above 0 and at most 1, the smaller first', replace(_POSITIVE, below=math.nextafter(1.0, 2.0)), n=2, ascending=True), steps=_Several('two whole numbers of at least 1, or None', COUNT, n=2, optional=True), scales=_Several('two numbers above 0, the smaller first, or None', _POSITIVE, n=2, ascending=True, optional=True), lr_factors=_Several('numbers above 0, such as (1,)', _POSITIVE))

def _check_trainings(engine: NetworkEngine):
    ...

def _one_of(starters, initial_formulas):
    ...

def _repeats(wanted: int, held: int, least: int, most: int) -> int:
    ...

def _losses_of(trial, entries: Sequence) -> list[tuple[float, ...]]:
    ...
_ON_CARD = 150000

def _text(entry: str | tuple[str, ...]) -> str:
    ...

class _Clock:
    """How long trainings take on this machine, from those that were timed."""

    def __init__(self):
        self.seconds, self.work = (0.0, 0.0)

    @staticmethod
    def cost(trials: Sequence[TableTrial]) -> float:
        ...

    @contextmanager
    def over(self, trials: Sequence[TableTrial], n: int):
        start = time.monotonic()
        yield
        self.seconds = self.seconds + time.monotonic() - start
        self.work = self.work + n * self.cost(trials)

    def needed(self, trials: Sequence[TableTrial], n: int) -> float:
        ...

    def is_late(self, trials: Sequence[TableTrial], n: int, budget: Budget) -> bool:
        ...

    def fitting(self, trials: Sequence[TableTrial], budget: Budget) -> int:
        ...

def _warn_of_equal(losses: Iterable[float]):
    ...

def _about(trials: Sequence, last: Sequence) -> dict:
    ...

@dataclass(frozen=True)
class _ProblemTrial:
    """What a rung asks a problem: losses from these seeds, for this share of the effort."""
    problem: Problem
    seeds: Sequence[int]
    fidelity: float

    @property
    def cost(self) -> float:
        ...

    @property
    def together(self) -> int:
        ...

    def losses(self, formulas: Sequence[str]) -> list[tuple[float, ...]]:
        ...
_OF_TABLES = dict.fromkeys('hidden recipe rows steps batch_size lr screen_rows final_rows stack_size embedding scaling objective others per_layer device lr_factors'.split()) | dict(per_layer=0, lr_factors=(1,))

def _refuse_unused(engine: NetworkEngine, problem: Problem):
    ...

def _two_digits(value: float) -> float:
    ...

def _scaled(formula: Formula, factor: float) -> Formula | None:
    ...

def _marked(tree: gp.PrimitiveTree | None, factor: float) -> gp.PrimitiveTree | None:
    ...
