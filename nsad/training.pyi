# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['ABOVE_0', 'STRONG', 'PAPER', 'CONVERGED', 'RECIPES', 'MOST_DRAWN', 'MEASURES', 'LOWER_IS_BETTER', 'Recipe', 'Allowed', 'check_settings', 'recipe_named', 'recipe_of', 'learning_rate', 'member_losses', 'resolve_device', 'weighted_rows', 'Stepper', 'one_thread', 'History', 'train', 'calibration_error', 'measures', 'forward_flops', 'latency', 'predict', 'member_costs', 'evaluate', 'choose_by_trial']
import copy
import functools
import math
import time
from collections.abc import Callable as Callable, Iterable as Iterable, Iterator as Iterator, Mapping as Mapping, Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import dataclass as dataclass, fields as fields, replace as replace
import numpy as np
from numpy.typing import ArrayLike as ArrayLike
import pandas as pd
import torch
import torch.nn.functional as F
from fastcore.basics import patch as patch
from scipy.special import softmax as softmax
from sklearn import metrics as metrics
from torch import Tensor as Tensor, nn as nn
from torch.utils._python_dispatch import TorchDispatchMode as TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode as FlopCounterMode
from tqdm import tqdm as tqdm
from .identity import IdentityError as IdentityError, identity as identity, specification as specification
from .data import StandardisedRows as StandardisedRows
from .ensemble import as_members as as_members
from .models import Members as Members, count_parameters as count_parameters
from .recorded import Recorder as Recorder, repeats as repeats
from .selectable import Choice as Choice

@dataclass(frozen=True)
class Recipe:
    """How networks are trained. What is not said is as in `STRONG`.

    Parameters
    ----------
    name : str, default 'own'
        What results are filed under.
    epochs : int or str, default 'auto'
        Passes over the training rows; "auto" takes 40, and more (up to 300) until they make
        2,000 steps.
    batch_size : int or str, default 'auto'
        Rows in one step; "auto" takes about 1.6 times the square root of the rows, from 16 to
        1,024.
    lr : float, default 0.003
        The largest learning rate.
    weight_decay : float or str, default 'auto'
        Of the weights, not of biases, normalisation or the constants of formulas. AdamW shrinks
        weights by this share of the learning rate in each step, Adam adds it to their gradient
        (an L2 penalty). "auto" takes 1 up to 2,000 steps, and less the more steps there are, so
        that a whole training shrinks weights as much.
    dropout : float or str, default 'auto'
        Probability of dropping a hidden unit; a property of the network, which has to be made
        with it, as in `mlp(..., dropout=recipe.for_rows(n, task).dropout)`. "auto" takes 0.15 up
        to 2,500 rows, falling to 0.05 from 40,000 rows on; in regression 0.15 up to 500 rows,
        falling to none from 1,000 rows on.
    patience : int, optional
        Stop after so many epochs without a lower validation loss, and keep the best epoch; None
        trains to the end. Needs validation rows.
    steps : int, optional
        Steps of the optimiser, in place of epochs.
    optimiser : str, default 'adamw'
        "adamw" or "adam".
    schedule : str, default 'one-cycle'
        How the learning rate falls: "constant", "cosine" or "one-cycle", see `learning_rate`.
    warmup : float, default 0.3
        Share of the steps in which the learning rate rises, from 0 to below 1.
    label_smoothing : float, default 0.0
        Probability that is spread evenly over the classes; nothing in regression.
    clip : float, optional
        Largest length of a network's gradient; None clips nothing.
    constants_lr : float, default 1.0
        Learning rate of a formula's constants, as a multiple of `lr`.
    embedding_lr : float, default 1.0
        Learning rate of embeddings of numbers, as a multiple of `lr`; their frequencies and
        biases are not decayed.
    norm_lr : float, default 1.0
        Learning rate of biases and of the scales and shifts of normalisation, as a multiple of
        `lr`.

    Examples
    --------
    >>> Recipe("short", epochs=5, batch_size=64).steps_on(640)
    50
    """
    name: str = 'own'
    epochs: int | str = 'auto'
    batch_size: int | str = 'auto'
    lr: float = 0.003
    weight_decay: float | str = 'auto'
    dropout: float | str = 'auto'
    patience: int | None = None
    steps: int | None = None
    optimiser: str = 'adamw'
    schedule: str = 'one-cycle'
    warmup: float = 0.3
    label_smoothing: float = 0.0
    clip: float | None = None
    constants_lr: float = 1.0
    embedding_lr: float = 1.0
    norm_lr: float = 1.0

    def __post_init__(self):
        ...

    def for_rows(self, n_rows: int, task: str='binary') -> Recipe:
        """The recipe with numbers in place of "auto".

    Parameters
    ----------
    n_rows : int
        How many rows a network is trained on.
    task : str, default 'binary'
        Of the dataset: "binary", "multiclass" or "regression".

    Returns
    -------
    Recipe
        Its `epochs` are what `steps` need, where it has steps.
    """
        ...

    def steps_on(self, n_rows: int) -> int:
        """How many steps of the optimiser it takes on so many training rows, if it is not stopped
    early.

    Parameters
    ----------
    n_rows : int
        Training rows.

    Returns
    -------
    int
        Steps of the optimiser.
    """
        ...

    def share(self, fidelity: float, n_rows: int, least: int=200) -> Recipe:
        """A shorter recipe with the same schedule, to judge by before the whole is spent.

    Parameters
    ----------
    fidelity : float
        Share of the steps, above 0 and at most 1.
    n_rows : int
        Rows of the whole training.
    least : int, default 200
        Steps at least, unless the recipe itself has fewer.

    Returns
    -------
    Recipe
        With `steps`, and a `norm_lr` larger by as much as it is shorter (up to 20 times), so
        that normalisation gets as far; the recipe itself where that is no shorter.
    """
        ...

@dataclass(frozen=True)
class Allowed:
    """What a setting may be: one of `words`, or a number from `low` to below `below`."""
    what: str
    low: float = math.inf
    below: float = math.inf
    words: tuple = ()
    whole: bool = False

    def fits(self, value) -> bool:
        ...
ABOVE_0 = math.nextafter(0.0, 1.0)
_ALLOWED = dict(epochs=Allowed('a whole number of at least 1, or "auto"', 1, words=('auto',), whole=True), batch_size=Allowed('a whole number of at least 2, or "auto"', 2, words=('auto',), whole=True), lr=Allowed('a number above 0', ABOVE_0), weight_decay=Allowed('a number of at least 0, or "auto"', 0, words=('auto',)), dropout=Allowed('a number from 0 to below 1, or "auto"', 0, 1, words=('auto',)), patience=Allowed('a whole number of at least 1, or None', 1, words=(None,), whole=True), steps=Allowed('a whole number of at least 1, or None', 1, words=(None,), whole=True), optimiser=Allowed('"adamw" or "adam"', words=('adamw', 'adam')), schedule=Allowed('"constant", "cosine" or "one-cycle"', words=('constant', 'cosine', 'one-cycle')), warmup=Allowed('a number from 0 to below 1', 0, 1), label_smoothing=Allowed('a number from 0 to below 1', 0, 1), clip=Allowed('a number above 0, or None', ABOVE_0, words=(None,)), constants_lr=Allowed('a number of at least 0', 0), embedding_lr=Allowed('a number of at least 0', 0), norm_lr=Allowed('a number of at least 0', 0))

def check_settings(owner: object, allowed: Mapping[str, Allowed], where: str=''):
    ...
STRONG = Recipe('strong')
PAPER = Recipe('paper', epochs=15, batch_size=1024, lr=0.001, weight_decay=0.0, dropout=0.3, optimiser='adam', schedule='constant', warmup=0.0, clip=None)
CONVERGED = replace(PAPER, name='converged', epochs=200, patience=15)
RECIPES = {recipe.name: recipe for recipe in (STRONG, PAPER, CONVERGED)}

def recipe_named(name: str, epochs: int | None=None) -> Recipe:
    ...

def recipe_of(given: Recipe | Mapping[str, object]) -> Recipe:
    ...

def _auto_batch(n_rows: int) -> int:
    ...

def _auto_decay(n_steps: int) -> float:
    ...

def _auto_dropout(n_rows: int, task: str) -> float:
    ...

def _batches_of(n_rows: int, size: int) -> int:
    ...

def learning_rate(recipe: Recipe, progress: float) -> float:
    ...

def member_losses(output: Tensor, y: Tensor, task: str, label_smoothing: float=0.0) -> Tensor:
    ...

def resolve_device(device: str | torch.device='auto') -> torch.device:
    ...

@functools.cache
def _usable(device: str | torch.device) -> torch.device:
    ...

def _batches(rows: Tensor, batch_size: int, orders) -> list[Tensor]:
    ...

def _take(values: Tensor, rows: Tensor, shared: bool) -> Tensor:
    ...
_MOVED = 25

def _moved(tensors: Sequence[Tensor], device: torch.device) -> list[Tensor]:
    ...
MOST_DRAWN = 1000000

def weighted_rows(weights, offset: float=0.5) -> np.ndarray:
    ...

def _parameter_groups(members: Members, recipe: Recipe) -> list[dict]:
    ...

def _optimiser(members: Members, recipe: Recipe) -> torch.optim.Optimizer:
    ...

class _Clipper:
    """Shortens the gradient of each member, in place, to a length of at most `longest`."""

    def __init__(self, members: Members, longest: float):
        self.longest, self.n_members = (longest, members.n_members)
        self.owned = [(k, p) for p, k in members.owners() if isinstance(p, nn.Parameter)]

    def __call__(self):
        ...

    def each(self):
        ...

class Stepper:
    """What a recipe says about a step: optimiser, learning rate that is due, clipping.

    Parameters
    ----------
    model : nn.Module
        A network, an `MLPEnsemble` or an ensemble, on the device where it stays.
    recipe : Recipe
        See `Recipe`.
    n_steps : int
        Steps of the whole training, over which the learning rate falls.

    Examples
    --------
    >>> net, x = nn.Linear(4, 1), torch.ones(8, 4)
    >>> stepper = Stepper(net, STRONG, n_steps=1)
    >>> stepper.step(net(x).square().mean())
    """

    def __init__(self, model: nn.Module, recipe: Recipe, n_steps: int):
        members = as_members(model)
        if recipe.weight_decay == 'auto':
            recipe = replace(recipe, weight_decay=_auto_decay(n_steps))
        self.recipe, self.n_steps, self.taken = (recipe, n_steps, 0)
        self.optimiser = _optimiser(members, recipe)
        self.parameters = [p for g in self.optimiser.param_groups for p in g['params']]
        self.clip = None if recipe.clip is None else _Clipper(members, recipe.clip)

    def step(self, loss: Tensor):
        """One step down the gradient of `loss`, a tensor of one number."""
        self.descend(loss, self.rates(self.taken))
        self.taken += 1

    def rates(self, step: int) -> list[float]:
        ...

    def descend(self, loss: Tensor, rates: Sequence):
        ...

@contextmanager
def one_thread(when: bool=True):
    ...

def _is_small(model: nn.Module, batch_size: int, device: torch.device) -> bool:
    ...

@dataclass(frozen=True)
class History:
    """What training saw: losses of shape (epochs, members), the epoch kept for each member
    (from 1), seconds.
    """
    train_loss: np.ndarray
    validation_loss: np.ndarray | None
    best_epoch: np.ndarray
    seconds: float

def train(model: nn.Module, X: ArrayLike, y: ArrayLike, task: str='binary', recipe: Recipe=STRONG, seed: int=42, validation: tuple[ArrayLike, ArrayLike] | None=None, device: str='auto', progress: bool=False, weights: ArrayLike | None=None, before_epoch: Callable[[float], object] | None=None) -> History:
    ...

def _tensors(X, y, task: str, device, dtype) -> tuple[Tensor, Tensor]:
    ...

def _as_tensor(values, dtype=None) -> Tensor:
    ...

class _Loop:
    """The state of one training run."""

    def __init__(self, model, X, y, held, task, recipe, seed, weights, records):
        if weights is not None and len(weights) != X.shape[-2]:
            raise ValueError(f'{len(weights)} weights for {X.shape[-2]} rows')
        self.members = as_members(model, seed)
        seeds = self.members.seeds
        self.weights, self.offsets = (weights, np.random.default_rng(seeds[0]))
        n_rows = X.shape[-2] if weights is None else len(weighted_rows(weights))
        self.recipe, self.n_steps = (recipe.for_rows(n_rows, task), recipe.steps_on(n_rows))
        self.X, self.y, self.held, self.task = (X, y, held, task)
        self.orders = [torch.Generator().manual_seed(s) for s in seeds]
        self.stepper = Stepper(self.members, self.recipe, self.n_steps)
        self.train_loss, self.validation_loss = ([], [])
        self.best = _Best(self.members, recipe.patience) if recipe.patience else None
        where = next(self.members.parameters()).device
        self.recorder = Recorder(self.recorded, where if records else torch.device('cpu'))

    def loss(self, x: Tensor, y: Tensor, label_smoothing: float=0.0) -> Tensor:
        ...

    def epoch(self):
        ...

    def step(self, rows: Tensor) -> Tensor:
        ...

    def picked(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        ...

    def prepared(self, batches: Sequence[Tensor]) -> Iterator[tuple[Tensor, ...]]:
        ...

    def recorded(self, rows: Tensor, rates: Tensor, *masks: Tensor) -> Tensor:
        ...

    def rows(self) -> Tensor:
        ...

    def validate(self):
        ...

    @property
    def done(self) -> bool:
        ...

    def finish(self, seconds: float) -> History:
        ...

class _Best:
    """The best weights of each member so far, by validation loss."""

    def __init__(self, members: Members, patience: int):
        self.owners, self.patience, self.looks = (members.owners(), patience, 0)
        self.loss = np.full(members.n_members, np.inf)
        self.epoch = np.zeros(members.n_members, int)
        self.kept = [t.detach().clone() for t, _ in self.owners]

    @property
    def out(self) -> np.ndarray:
        ...

    def look(self, loss):
        better = (loss < self.loss) & ~self.out
        self.looks += 1
        self.loss[better], self.epoch[better] = (loss[better], self.looks)
        if not better.any():
            return
        rows = torch.as_tensor(better)
        for kept, (now, member) in zip(self.kept, self.owners):
            if member is None:
                kept[rows] = now.detach()[rows]
            elif better[member]:
                kept.copy_(now.detach())

    def restore(self):
        ...
MEASURES = {'regression': ('r2', 'rmse', 'mae'), 'classes': ('accuracy', 'balanced_accuracy', 'auc', 'average_precision', 'log_loss', 'ece', 'e_param', 'e_flop')}
LOWER_IS_BETTER = frozenset({'log_loss', 'ece', 'rmse', 'mae', 'latency', 'loss', 'relative_l2', 'out_of_range_mse'})

def calibration_error(y, p, bins: int=15) -> float:
    ...

def measures(y, output, task: str, n_parameters: int, flops: float=float('nan')) -> dict[str, float]:
    ...

def _of_numbers(y, predicted):
    ...

def _of_classes(y, output, n_parameters: int, flops: float):
    ...

class _Count(TorchDispatchMode):
    """Counts element-wise operators, one for each value."""

    def __init__(self):
        super().__init__()
        self.flops = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **kwargs or {})
        if torch.Tag.pointwise in func.tags:
            self.flops += out.numel()
        return out

def forward_flops(model: nn.Module, n_features: int) -> int:
    ...

def latency(model: nn.Module | Callable, n_features: int, rows: int=1000, repeats: int=5) -> float:
    ...

def predict(model: nn.Module, X, batch_size: int=8192) -> np.ndarray:
    ...

def _in_batches(X, dtype, batch_size: int) -> Iterable[Tensor]:
    ...

def member_costs(stack: Members, n_features: int | None=None) -> list[tuple[int, int]]:
    ...

def evaluate(model: nn.Module, X: ArrayLike, y: ArrayLike, task: str='binary') -> dict[str, float] | list[dict[str, float]]:
    ...

def _right(output: np.ndarray, y: np.ndarray, task: str) -> float:
    ...

def _pick(choices: Sequence[Choice], picks: Sequence[int]):
    ...

def _trial(model: nn.Module, picks: tuple, X, y, task: str, recipe: Recipe, rows: np.ndarray, seed: int, device: str) -> tuple[float, float]:
    ...

def choose_by_trial(model: nn.Module, X: ArrayLike, y: ArrayLike, task: str='binary', recipe: Recipe=STRONG, finalists: int=5, rows: int=20000, seed: int=42, device: str='auto', progress: bool=False, fidelity: float=0.1) -> pd.DataFrame:
    ...
