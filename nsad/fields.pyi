# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['FIELD', 'SKIMAGE', 'PHOTOS', 'TASKS', 'edge_scale', 'FieldEnsemble', 'train_fields', 'FieldProblem', 'load_photo', 'pixel_grid', 'image_problem', 'psnr', 'render', 'signal_problem', 'load_eeg']
import copy
import importlib
import math
from collections.abc import Callable as Callable, Iterator as Iterator, Sequence as Sequence
from dataclasses import replace as replace
from pathlib import Path as Path
import numpy as np
import torch
from fastcore.basics import patch as patch
from torch import Tensor as Tensor, nn as nn
from .activation import activation_module as activation_module
from .data import whole_number as whole_number
from .initialisation import moments as moments
from .models import count_of as count_of, widths_of as widths_of
from .problem import device_for_many as device_for_many, fingerprint as fingerprint
from .training import Recipe as Recipe, Stepper as Stepper, resolve_device as resolve_device

def edge_scale(activation: nn.Module, bias: float=0.0) -> tuple[float, float]:
    ...

class FieldEnsemble(nn.Module):
    """Coordinate networks, every activation with every seed, computed as one.

    Parameters
    ----------
    activations : Sequence
        Formulas, texts, names or modules, see `activation_module`.
    seeds : sequence of int, default (0,)
        Where the initial weights come from.
    n_inputs, n_outputs
        Coordinates, and values at each.
    hidden : sequence of int, default (64, 64, 64)
        Widths of the hidden layers.
    gain : float, default 1.0
        Factor of the hidden weights; above 1 is beyond the edge of chaos.

    Raises
    ------
    ValueError
        No activation, no seed, a seed that is no whole number, counts below 1, or a gain that is
        not a finite number above 0.

    Notes
    -----
    Member ``k`` has activation ``k // len(seeds)`` and seed ``k % len(seeds)``; its weights do not
    depend on the other members. No normalisation, no dropout: the value at a point must not
    depend on other points, and derivatives must be those of a function.
    """

    def __init__(self, activations: Sequence, seeds: Sequence[int]=(0,), n_inputs: int=2, hidden: Sequence[int]=(64, 64, 64), n_outputs: int=1, gain: float=1.0):
        super().__init__()
        if not len(activations) or not len(seeds):
            raise ValueError(f'{len(activations)} activations and {len(seeds)} seeds; give one of each at least')
        n_inputs = count_of(n_inputs, 'n_inputs', '2 for images')
        n_outputs = count_of(n_outputs, 'n_outputs', '1 for grey values')
        if not 0 < gain < math.inf:
            raise ValueError(f'gain={gain!r:.60} must be a finite number above 0, such as 1')
        self.seeds = tuple((whole_number(s, 'a seed') for s in seeds))
        self.sizes = (n_inputs, *widths_of(hidden), n_outputs)
        self.acts = nn.ModuleList((nn.ModuleList(self._modules_of(a)) for a in activations))
        starts = [[self._start(first[0], seed, gain) for seed in self.seeds] for first in self.acts]
        members = [m for of_seeds in starts for m in of_seeds]
        layers = list(zip(*members))
        self.weight = nn.ParameterList((torch.stack([w for w, _ in layer]) for layer in layers))
        self.bias = nn.ParameterList((torch.stack([b for _, b in layer]) for layer in layers))

    @property
    def n_members(self) -> int:
        ...

    def extra_repr(self) -> str:
        ...

    def _modules_of(self, activation) -> list[nn.Module]:
        ...

    def _start(self, activation: nn.Module, seed: int, gain: float) -> list:
        ...

    def _by_activation(self, layer: int, z: Tensor) -> Iterator[tuple[nn.Module, Tensor]]:
        ...

    def forward(self, x: Tensor) -> Tensor:
        """(rows, inputs), or (members, rows, inputs), to (members, rows, outputs)."""
        ...

    def member(self, k: int) -> nn.Sequential:
        """Member `k` as an ordinary network with its present weights."""
        ...
FIELD = Recipe('field', weight_decay=0.0, dropout=0.0, optimiser='adam', schedule='cosine', warmup=0.0, clip=None)

def train_fields(net: nn.Module, loss: Callable, steps: int, lr: float=0.002, after: Callable | None=None) -> nn.Module:
    ...

class FieldProblem:
    """A function of coordinates, known at some points and asked for at others; see `Problem`.

    Parameters
    ----------
    name : str
        How results call it.
    fit, judge : tuple
        (coordinates, values): arrays (points, inputs) between -1 and 1, and (points,) or
        (points, outputs); the second pair never touches training.
    hidden, gain
        Of the networks, see `FieldEnsemble`.
    steps, lr
        Of `train_fields`, at full fidelity.
    batch : int, optional
        Points in a step, drawn anew for each; None for all.
    together : int, default 12
        Networks that train as one, at most.
    device : str, default 'auto'
        Where they train, see `device_for_many`.

    Raises
    ------
    ValueError
        Points and values that do not fit together or are not finite, or counts below 1.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 101)[:, None]
    >>> wave = FieldProblem("wave", (x[::2], np.sin(9 * x[::2])), (x[1::2], np.sin(9 * x[1::2])))
    """

    def __init__(self, name: str, fit: tuple, judge: tuple, hidden: Sequence[int]=(64, 64, 64), steps: int=500, lr: float=0.002, gain: float=1.0, batch: int | None=None, together: int=12, device: str='auto'):
        self.name, self.hidden, self.lr = (name, widths_of(hidden), lr)
        self.steps, self.together = (count_of(steps, 'steps'), count_of(together, 'together'))
        self.batch = None if batch is None else count_of(batch, 'batch')
        self.gain, self.device = (gain, device)
        self.scales = (1.0, 60.0)
        self.fit, self.judge = (_points(fit, f'{name}: fit'), _points(judge, f'{name}: judge'))
        for what, own, other in zip(('coordinates', 'values'), self.fit, self.judge):
            if own.shape[1] != other.shape[1]:
                raise ValueError(f'{name}: fit has points of {own.shape[1]} {what}, judge of {other.shape[1]}; give both the same')

    @property
    def fingerprint(self) -> str:
        ...

    def trained(self, activations: Sequence, seeds: Sequence[int]=(0,), fidelity: float=1.0, after: Callable | None=None) -> FieldEnsemble:
        """The networks, trained for `fidelity` of all steps; `after` as in `train_fields`."""
        ...

    def losses(self, activations: Sequence, seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        """Mean squared errors at the points that judge, (activations, seeds); see `Problem`."""
        ...

def _points(pair, what: str) -> tuple[Tensor, Tensor]:
    ...
SKIMAGE = 'astronaut brick camera chelsea coffee coins grass gravel moon retina rocket text'.split()
PHOTOS = ('china', 'flower', *SKIMAGE)

def load_photo(name: str, size: int=64) -> np.ndarray:
    ...

def _module(name: str, package: str):
    ...
TASKS = ('gaps', 'fit', 'double', 'noise')

def pixel_grid(height: int, width: int) -> np.ndarray:
    ...

def image_problem(image: np.ndarray, task: str='gaps', name: str='image', noise: float=0.1, **settings) -> FieldProblem:
    ...

def _values(image: np.ndarray) -> np.ndarray:
    ...

def _halved(image: np.ndarray) -> np.ndarray:
    ...

def psnr(loss) -> np.ndarray:
    ...

def render(net: FieldEnsemble, height: int, width: int) -> np.ndarray:
    ...

def signal_problem(values: np.ndarray, every: int=2, name: str='signal', **settings) -> FieldProblem:
    ...

def load_eeg() -> np.ndarray:
    ...
