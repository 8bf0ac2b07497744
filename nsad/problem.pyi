# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['NO_FINGERPRINT', 'Rows', 'MOST_NUMBERS', 'Problem', 'trial_losses', 'seeded', 'fingerprint', 'FunctionProblem', 'ModelProblem', 'numbers_in', 'TableTrial', 'device_for_many', 'trained_stack', 'stack_losses', 'embedding_pays', 'useful_steps', 'best_activation', 'constants_pay', 'TableProblem', 'as_problem', 'JointProblem']
import copy
import inspect
import itertools
import json
import random
import re
import secrets
import warnings
from collections.abc import Callable as Callable, Iterator as Iterator, Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import dataclass as dataclass, replace as replace
from functools import partial as partial
from typing import Protocol as Protocol, runtime_checkable as runtime_checkable
from torch.utils.data import DataLoader as DataLoader
import numpy as np
from numpy.typing import ArrayLike as ArrayLike
import torch
import torch.nn.functional as F
from fastcore.basics import patch as patch
from torch import Tensor as Tensor, nn as nn
from tqdm import tqdm as tqdm
from .activation import SymbolicActivation as SymbolicActivation, activation_module as activation_module
from .data import Dataset as Dataset, Scaler as Scaler, checked_scaling as checked_scaling, whole_number as whole_number
from .embeddings import Embedding as Embedding, automatic_embedding as automatic_embedding, embedding_of as embedding_of, with_words as with_words
from .ensemble import Ensemble as Ensemble, EnsembleError as EnsembleError, ensemble_of as ensemble_of, try_ensemble as try_ensemble
from .formula import Formula as Formula
from .identity import IdentityError as IdentityError, identity as identity, specification as specification
from .models import MLPEnsemble as MLPEnsemble, widths_of as widths_of
from .program import decimals as decimals
from nsad.training import STRONG as STRONG, Recipe as Recipe, Stepper as Stepper, member_losses as member_losses, one_thread as one_thread, predict as predict, recipe_of as recipe_of, resolve_device as resolve_device, train as train

@runtime_checkable
class Problem(Protocol):
    """What a formula is judged by.

    Attributes
    ----------
    name : str
        How results call it.
    fingerprint : str
        Text that changes when the data or the settings do; a search that was interrupted goes
        on only with the problem that it began with.

    Examples
    --------
    >>> import numpy as np
    >>> from nsad import Problem
    >>> class Flattest:
    ...     name, fingerprint = "flattest", "1"
    ...
    ...     def losses(self, activations, seeds, fidelity=1.0):
    ...         import torch
    ...
    ...         x = torch.linspace(-1, 1, 9)
    ...         return np.array([[float(a(x).std())] * len(seeds) for a in activations])
    >>> isinstance(Flattest(), Problem)
    True
    """
    name: str
    fingerprint: str

    def losses(self, activations: Sequence[nn.Module], seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        ...

def trial_losses(problem: Problem, activations: Sequence, seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
    ...

@contextmanager
def seeded(seed: int):
    ...
NO_FINGERPRINT = 'unknown-'

def fingerprint(*values) -> str:
    ...

class FunctionProblem:
    """A problem from a function that trains once.

    Parameters
    ----------
    function : callable
        Called as `function(activation, seed, fidelity)`, gives the validation loss as a number,
        lower is better; NaN, infinity or an arithmetic error count as diverged. `activation` is
        an elementwise `nn.Module` of its own for each call.
    name : str, optional
        How results call it; default the function's name.

    Raises
    ------
    TypeError
        Something that cannot be called with these three.
    ValueError
        While training: the function gave back no number.

    Examples
    --------
    >>> def mine(activation, seed, fidelity): return float(activation(torch.ones(1)))
    >>> FunctionProblem(mine).losses([nn.ReLU()], seeds=[0])
    array([[1.]])
    """

    def __init__(self, function: Callable, name: str | None=None):
        if not callable(function) or isinstance(function, type):
            raise TypeError(f'a problem is a function (activation, seed, fidelity) -> loss, or an object with name, fingerprint and losses; not {_described(function)}')
        try:
            inspect.signature(function).bind(None, 0, 1.0)
        except TypeError as error:
            raise TypeError(f'{_described(function)} cannot be called as function(activation, seed, fidelity): {error}') from None
        except ValueError:
            pass
        self.function, self.name = (function, name or getattr(function, '__name__', 'function'))

    @property
    def fingerprint(self) -> str:
        ...

    def losses(self, activations: Sequence[nn.Module], seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        ...

    def _loss(self, activation, seed, fidelity) -> float:
        ...

def _described(value) -> str:
    ...

def _number(given, who: str) -> float:
    ...

def _one_by_one(train_once: Callable, activations, seeds, fidelity: float) -> np.ndarray:
    ...

def _called(activation: nn.Module) -> str:
    ...

def _named_loss(name: str, label_smoothing: float=0.0) -> Callable:
    ...

def _like(output: Tensor, y: Tensor) -> Tensor:
    ...

class _Batches:
    """Batches of (inputs..., target) from tensors or a loader, the same for the same seed."""

    def __init__(self, data, what: str, recipe: Recipe | None):
        self.loader = None if isinstance(data, (tuple, list)) else data
        self.what = what
        if self.loader is not None:
            self.n = _length(data)
            if self.n is None or isinstance(data, (Iterator, Tensor, np.ndarray)):
                raise TypeError(f'{what} is {_described(data)}; give (inputs..., target) as tensors or arrays, or a DataLoader with a length, which can be gone through many times')
            n_rows, recipe = (2 * self.n, recipe and replace(recipe, batch_size=2))
        else:
            self.tensors = [_float(v, what) for v in data]
            rows = [len(t) for t in self.tensors]
            if len(rows) < 2 or len(set(rows)) > 1 or (not rows[0]):
                raise ValueError(f'{what} has {len(rows)} tensors of {rows} rows; give (inputs..., target), two or more of the same rows')
            n_rows = rows[0]
            self.batch_size = recipe.for_rows(n_rows).batch_size if recipe else 1024
            self.n = -(-n_rows // self.batch_size)
        if not self.n:
            raise ValueError(f'{what} has no batch')
        self.n_steps = recipe.steps_on(n_rows) if recipe else self.n

    def epoch(self, shuffle: bool) -> Iterator[list[Tensor]]:
        ...

    def _loaded(self) -> Iterator:
        ...

    def steps(self, n: int) -> Iterator[list[Tensor]]:
        ...

    def once(self) -> Iterator:
        ...

    def restart(self, seed: int):
        ...

    @property
    def known(self) -> list[Tensor] | None:
        ...

    @property
    def content(self):
        ...

def _length(data) -> int | None:
    ...

def _refuse_targets(batches: _Batches, loss):
    ...

def _is_finite(values: Tensor) -> bool:
    ...

def _spoilt(batches: _Batches, i: int) -> str:
    ...

def _float(values, what: str) -> Tensor:
    ...
Rows = Sequence[Tensor | np.ndarray] | DataLoader[tuple[Tensor, ...]]

class ModelProblem:
    """A problem from a network of your own.

    Networks of layers that are known, see `ensemble_of`, train as one, several times as many in a
    second; others train one by one, which a warning says once. Losses are the same either way, but
    for rounding.

    Parameters
    ----------
    build : callable
        `build(activation)` gives the network, a new one for each call. `activation` is an
        elementwise `nn.Module`; where it stands in several places, `copy.deepcopy` it.
    train
        (inputs..., target) as tensors or arrays with the same rows, or a `DataLoader` of such.
    validation
        The same for the rows that judge, or a function `validation(network) -> loss` that is
        given the trained network in evaluation mode.
    loss : str or callable
        "binary", "multiclass", "regression", or a function (output, target) -> tensor of one
        number, such as `nn.L1Loss()`.
    recipe : Recipe, default STRONG
        How to train; a loader's batches are its own affair. Dropout is in the network, and a
        patience is refused, since every candidate is to have the same effort.
    name : str, default 'model'
        How results call it.
    device : str, default 'auto'
        "auto", or a name that torch knows.

    Raises
    ------
    TypeError, ValueError
        Data, loss or network of a kind that cannot be trained; the message says what was
        expected. At the first training: a number in the inputs that is not finite, for which the
        network gives none that is.

    Examples
    --------
    >>> def build(activation): return nn.Sequential(nn.Linear(2, 8), activation, nn.Linear(8, 1))
    >>> X = torch.randn(64, 2)
    >>> problem = ModelProblem(build, (X, X.prod(1)), (X, X.prod(1)), "regression")
    >>> problem.losses([nn.Tanh()], seeds=[0]).shape
    (1, 1)
    """

    def __init__(self, build: Callable[[nn.Module], nn.Module], train: Rows, validation: Rows | Callable[[nn.Module], float], loss: str | Callable[[Tensor, Tensor], Tensor], recipe: Recipe=STRONG, name: str='model', device: str='auto'):
        if not callable(build):
            raise TypeError(f'build is {_described(build)}; give a function build(activation) that returns the network')
        recipe = recipe_of(recipe)
        if recipe.patience:
            raise ValueError(f'recipe {recipe.name!r} has patience={recipe.patience}; candidates need the same effort: dataclasses.replace(recipe, patience=None)')
        self.build, self.recipe, self.name, self.device = (build, recipe, name, device)
        self.loss = loss if callable(loss) else _named_loss(loss, recipe.label_smoothing)
        self._by_rows, self._why_alone = (not callable(loss), None)
        self._train = _Batches(train, 'train', recipe)
        self._judge = validation if _is_function(validation) else None
        self._held = None if self._judge else _Batches(validation, 'validation', None)
        for batches in (self._train, self._held):
            _refuse_targets(batches, loss)

    @property
    def fingerprint(self) -> str:
        ...

    def losses(self, activations: Sequence[nn.Module], seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        ...

    def _built(self, activation: nn.Module) -> nn.Module:
        ...

    def _trained_loss(self, activation: nn.Module, seed: int, fidelity: float) -> float:
        ...

    def _parted(self, batch) -> tuple[list[Tensor], Tensor]:
        ...

    def _loss_of(self, net: nn.Module, batch) -> Tensor:
        ...

    def _validated(self, net: nn.Module) -> float:
        ...

    def _mean_over_rows(self, loss_of: Callable) -> Tensor:
        ...

    @property
    def as_one(self) -> bool:
        """Do networks of this problem train as one? Tried once, and said once where they do not."""
        'Do networks of this problem train as one? Tried once, and said once where they do not.'
        if self._why_alone is None:
            self._why_alone = self._tried()
        return not self._why_alone

    @property
    def together(self) -> int:
        """How many networks train at a time: at most 24, and so few that what they compute fits
    memory.
    """
        ...

    def _refuse_spoilt(self, net: nn.Module):
        ...

    def _stands(self, net: nn.Module, batch) -> bool:
        ...

    def _tried(self) -> str:
        """Why networks of this problem cannot train as one; nothing where they can."""
        try:
            with seeded(0):
                nets = [self._built(act) for act in (nn.Tanh(), SymbolicActivation('x*sin(x)'))]
                _refuse_shared(*nets)
                self._refuse_spoilt(nets[0])
                self._train.restart(0)
                inputs, _ = self._parted(next(iter(self._train.epoch(shuffle=True))))
                try_ensemble(nets, inputs)
                self._at_once = max(1, min(24, MOST_NUMBERS // numbers_in(nets[0], inputs)))
        except EnsembleError as error:
            warnings.warn(f'candidates of {self.name!r} train one by one, since {error}', stacklevel=4)
            return str(error)
        except (_SharedWeights, _SpoiltRows):
            raise
        except Exception as error:
            return repr(error)
        return ''

    def _of_seed(self, activations: Sequence, seed: int, fidelity: float) -> list[float]:
        ...

    def _of_seed_as_one(self, activations: Sequence, seed: int, fidelity: float) -> list[float]:
        ...

    def _trained_losses(self, ensemble: Ensemble, seed: int, fidelity: float) -> list[float]:
        ...

    def _member_losses(self, ensemble: Ensemble, batch) -> Tensor:
        ...

def _is_function(value) -> bool:
    ...

def _one_number(loss) -> Tensor:
    ...
MOST_NUMBERS = 50000000

def numbers_in(net: nn.Module, inputs: Sequence[Tensor]) -> int:
    ...

class _SharedWeights(ValueError):
    """Two networks have a weight in common."""

def _refuse_shared(first: nn.Module, second: nn.Module):
    ...

class _SpoiltRows(ValueError):
    """Rows that have numbers that are not finite, of which the network makes others."""

def _in_parts(groups: dict, most: int) -> Iterator[tuple]:
    ...

def _random_state() -> tuple:
    ...

def _set_random_state(state: tuple):
    ...

@dataclass(frozen=True)
class TableTrial:
    """What is the same for every formula that is scored together.

    Parameters
    ----------
    X, y, task
        Standardised rows (rows, features), targets (rows,) and what they are.
    recipe, seeds
        How the networks are trained, and from where.
    rows, held_rows
        To train on and to validate on, at most; None for as many as to train on.
    hidden : sequence of int, default (64, 32)
        Widths of the hidden layers.
    objective : str or callable, default 'validation'
        See `TableProblem`.
    embedding : Embedding, optional
        Of numbers, before the first layer; None for none.
    device : str, default 'auto'
        Where networks train, as in `train`.

    Raises
    ------
    ValueError
        Fewer than 4 rows, of which a quarter would be none.
    """
    X: np.ndarray
    y: np.ndarray
    task: str
    recipe: Recipe
    seeds: Sequence[int]
    rows: int
    hidden: Sequence[int] = (64, 32)
    objective: str | Callable = 'validation'
    held_rows: int | None = None
    embedding: Embedding | None = None
    device: str = 'auto'

    def __post_init__(self):
        ...

    def parted(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        ...

    @property
    def n_outputs(self) -> int:
        ...

    @property
    def cost(self) -> float:
        ...

    def target(self, rows: np.ndarray) -> np.ndarray:
        ...

def device_for_many(name: str='auto') -> str:
    ...

def trained_stack(trial: TableTrial, activations: Sequence) -> tuple[MLPEnsemble, np.ndarray]:
    ...

def stack_losses(trial: TableTrial, formulas: Sequence[str | tuple[str, ...]]) -> list[tuple[float, ...]]:
    ...

def _validation_loss(trial: TableTrial, stack: MLPEnsemble, rows: np.ndarray) -> Tensor:
    ...
_LEAST_ROWS = 4

def _check_rows(X: np.ndarray, y: np.ndarray, task: str):
    ...

def _check_number_of_rows(n: int):
    ...

def _not_finite_row(values: np.ndarray) -> int | None:
    ...

def _is_0_or_1(y: np.ndarray) -> np.ndarray:
    ...

def _is_whole(y: np.ndarray) -> np.ndarray:
    ...

def embedding_pays(X: np.ndarray, y: np.ndarray, task: str, embedding: Embedding, other: Embedding | None=None, hidden: Sequence[int]=(64, 32), recipe: Recipe=STRONG, seed: int=0, device: str='auto', progress: bool=False, most: float=0.9) -> bool:
    ...

def _tried(activation, X, y, task: str, recipe: Recipe, embedding, hidden, seed, device) -> float:
    ...

def _at_least_rows(wanted: int, held: int) -> int:
    ...

def useful_steps(X: np.ndarray, y: np.ndarray, task: str, embedding: Embedding | None=None, hidden: Sequence[int]=(64, 32), recipe: Recipe=STRONG, seed: int=0, device: str='auto', progress: bool=False, activation: str='silu(x)') -> int | None:
    ...

def best_activation(X: np.ndarray, y: np.ndarray, task: str, formulas: Sequence[Formula | str] | Formula | str, embedding: Embedding | None=None, hidden: Sequence[int]=(64, 32), recipe: Recipe=STRONG, seed: int=0, device: str='auto', progress: bool=False) -> SymbolicActivation:
    ...

def _fixed_and_learning(formula: Formula) -> list[SymbolicActivation]:
    ...

def constants_pay(X: np.ndarray, y: np.ndarray, task: str, formula: Formula | str, *how, **options) -> bool:
    ...

class TableProblem:
    """A table and the network that is to be trained on it; see `Problem`.

    Parameters
    ----------
    dataset : Dataset
        Training rows; a quarter of them judges, drawn anew for each seed.
    hidden : sequence of int, default (64, 32)
        Widths of the hidden layers.
    recipe : Recipe, default STRONG
        How networks are trained in the end.
    objective : str or callable, default 'validation'
        "validation" judges on rows drawn at random, "shifted" on rows from a region that
        training has not seen; or a function of a trained `MLPEnsemble`, rows, targets, that gives
        a loss for each member.
    embedding : Embedding or str, optional
        Before the first layer: its text, a `PeriodicEmbedding`, a `PiecewiseLinearEmbedding` or,
        of words, a `CategoryEmbedding`; columns, bins and categories that it leaves open come
        from the dataset. "auto" for what `nsad.embeddings.automatic_embedding` gives, which
        `options["embedding"]` tells; None for none.
    scaling : str, default 'standard'
        How columns are scaled, by the dataset's rows: one of `nsad.data.SCALINGS`.
    device : str, default 'auto'
        Where networks train, as in `train`.

    Raises
    ------
    TypeError
        No dataset.
    ValueError
        No embedding or scaling is called like that, or fewer than 4 rows.

    Examples
    --------
    >>> from nsad import TableProblem, discover, load_dataset
    >>> problem = TableProblem(load_dataset("spambase"), hidden=(32,))
    >>> found = discover(problem)  # doctest: +SKIP
    """

    def __init__(self, dataset: Dataset, hidden: Sequence[int]=(64, 32), recipe: Recipe=STRONG, objective: str | Callable[..., ArrayLike]='validation', embedding: Embedding | str | None=None, scaling: str='standard', device: str='auto'):
        if not isinstance(dataset, Dataset):
            raise TypeError(f'a TableProblem needs a Dataset, not {_described(dataset)}')
        _check_number_of_rows(dataset.n_rows)
        self.dataset, self.name, self.device = (dataset, dataset.name, device)
        self.options = dict(hidden=widths_of(hidden, least=1), recipe=recipe_of(recipe), objective=objective)
        if embedding == 'auto':
            embedding = automatic_embedding(dataset.X, dataset.categorical_columns)
        if embedding is not None:
            self.options['embedding'] = embedding_of(embedding)
        if checked_scaling(scaling) != 'standard':
            self.options['scaling'] = scaling

    @property
    def fingerprint(self) -> str:
        ...

    def losses(self, activations: Sequence[nn.Module | str], seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        ...

def as_problem(value) -> Problem:
    ...

class JointProblem:
    """Several problems as one: the loss is the geometric mean of theirs; see `Problem`.

    Parameters
    ----------
    problems : Sequence
        With losses above 0.
    name : str, optional
        How results call it; default their names.

    Raises
    ------
    ValueError
        No problem, or, while training, a loss below 0.
    """

    def __init__(self, problems: Sequence, name: str | None=None):
        if not len(problems):
            raise ValueError('several problems as one need at least one')
        self.problems = [as_problem(p) for p in problems]
        self.name = name or ', '.join((p.name for p in self.problems))
        own = [getattr(p, 'scales', None) for p in self.problems]
        if None not in own:
            self.scales = (min((low for low, _ in own)), max((high for _, high in own)))
        self.together = min((getattr(p, 'together', 1) for p in self.problems))

    @property
    def fingerprint(self) -> str:
        ...

    def losses(self, activations: Sequence, seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        ...
