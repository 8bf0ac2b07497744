# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['slopes_of', 'Tape']
from collections.abc import Callable as Callable, Iterator as Iterator, Sequence as Sequence
from functools import partial as partial
import torch
import torch.nn.functional as F
from fastcore.basics import patch as patch
from torch import Tensor as Tensor, nn as nn
from torch.func import functional_call as functional_call, vmap as vmap
from .fields import FieldEnsemble as FieldEnsemble

def slopes_of(activation: nn.Module, z: Tensor, order: int=2) -> tuple[Tensor, ...]:
    ...

class Tape:
    """What enters and leaves each layer of a `FieldEnsemble` in one pass over some points."""

    def __init__(self):
        self.layers, self.learned = ([], [])

    def point_by_point(self, pairs: Iterator) -> Iterator[tuple[Callable, Tensor]]:
        ...

    def gradients(self, values: Tensor) -> Tensor:
        """Gradient of each point's value by its member's numbers.

    Parameters
    ----------
    values : (members, rows)
        Computed from the one pass that the tape has seen. Where there are fewer rows than
        points, row k is computed from the points k, k + rows, k + 2 rows and so on, as when the
        two ends of an interval are compared.

    Returns
    -------
    Tensor
        (members, rows, numbers): by weights and biases, layer by layer, and by what activations
        learn, where they do.

    Raises
    ------
    ValueError
        A number of rows that does not divide the number of points.
    """
        ...

    def _by_learned(self, grads: Sequence[Tensor], like: Tensor) -> Tensor:
        ...

def _at_own(activation: nn.Module, own: dict, z: Tensor) -> Tensor:
    ...
