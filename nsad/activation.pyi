# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['NAMES', 'variance_gain', 'SymbolicActivation', 'apply_formula', 'with_constants', 'activation_module', 'initialisation_gain', 'replace_activations']
import copy
import difflib
import functools
import warnings
from collections.abc import Callable as Callable
import numpy as np
import torch
from fastcore.basics import patch as patch
from torch import Tensor as Tensor, fx as fx, nn as nn
from torch.autograd import forward_ad as forward_ad
from .autograd import Transformed as Transformed, elementwise as elementwise, partials as partials, straight as straight
from .calls import FUNCTIONS as FUNCTIONS, Forms as Forms, check_exchange as check_exchange, staying as staying
from .formula import Formula as Formula, FormulaError as FormulaError, derived as derived
from .initialisation import initialise_ as initialise_, start_of as start_of
from .initialisation import gain as gain_of
from .inductor import compiled as compiled
from .kernels import wide as wide
from .kernels import plain as plainly
from .printing import plain_text as plain_text
from .program import Program as Program, decimals as decimals, program_of as program_of

class SymbolicActivation(nn.Module):
    """A formula as an elementwise activation, of the input's shape, dtype and device.

    Values and derivatives of every order are finite for finite input. `formula` is the formula with
    its present constants, `compile` fuses it into one loop, `backend` says whether that was done.

    Parameters
    ----------
    formula : a `Formula` or its text, in the one variable x
    trainable : make the decimal constants parameters that start at their values; whole numbers are
        structure and stay
    per_channel : one set of constants for each of so many channels, 1 or more; wants trainable
    protect : False gives the textbook's operators, NaN and infinity included
    channel_axis : the axis of the input that holds these channels: -1, the last one, for tables and
        transformers; 1 for images and signals, (rows, channels, ...), as convolutions have them

    Raises
    ------
    FormulaError : a constant formula, one in several variables (collapse it first), or no constant
        that could learn
    ValueError : in a forward, an input with another number of channels on that axis

    Examples
    --------
    >>> SymbolicActivation("x*exp(-x**2)")(torch.zeros(2))
    tensor([0., 0.])
    """
    __jit_unused_properties__ = ['backend', 'formula']

    def __init__(self, formula: Formula | str, trainable: bool=False, per_channel: int | None=None, protect: bool=True, channel_axis: int=-1):
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

    def _set_up(self, formula: Formula | str, trainable: bool, per_channel: int | None, protect: bool, channel_axis: int):
        """The layer's program and constants."""
        if not isinstance(formula, Formula):
            formula = Formula(formula)
        if formula.is_constant:
            raise FormulaError(f'{formula.text!r} is constant: it would pass no signal on')
        if formula.variables != ('x',):
            raise FormulaError(f'{formula.text!r} is not a formula in x; collapse() makes it one')
        self._formula, self.protect, self.channel_axis = (formula, protect, int(channel_axis))
        self.program, self._text = (program_of(formula, trainable, protect), formula.text)
        self._find, self._backend = (None, 'eager')
        values = torch.tensor(decimals(formula.tree))
        if trainable and (not len(values)):
            raise FormulaError(f'{formula.text!r} has no decimal constant that could learn; write one, like 1.0*x')
        if per_channel is not None and (not trainable or per_channel is True or per_channel < 1):
            raise ValueError(f'per_channel={per_channel!r} wants trainable=True, and 1 or more')
        if per_channel:
            values = values.unsqueeze(-1).repeat(1, per_channel)
        self.constants = nn.Parameter(values) if trainable else None
        self._slopes = partials(self.program, self.constants)

    def extra_repr(self) -> str:
        ...

    def plain(self, x: Tensor) -> Tensor:
        """The same values by torch's own operations and derivatives: for exporters and tracers."""
        ...

    def _spread(self, x: Tensor) -> Tensor | None:
        ...

    def compile(self, **options: object) -> SymbolicActivation:
        """Fuse value and derivative into one loop each; they are shared by all layers of the formula.

    Where that fails, for want of a C++ compiler for instance, the layer stays as it was;
    `act.backend` says which it is. Constants that learn stay with ordinary operations.

    Parameters
    ----------
    **options : for the compiler, as ``torch.compile(options=...)`` takes them

    Returns
    -------
    SymbolicActivation : itself
    """
        'Fuse value and derivative into one loop each; they are shared by all layers of the formula.\n\n    Where that fails, for want of a C++ compiler for instance, the layer stays as it was;\n    `act.backend` says which it is. Constants that learn stay with ordinary operations.\n\n    Parameters\n    ----------\n    **options : for the compiler, as ``torch.compile(options=...)`` takes them\n\n    Returns\n    -------\n    SymbolicActivation : itself\n    '
        if self.constants is not None or not self.protect:
            return self
        device, wanted = ('cuda' if torch.cuda.is_available() else 'cpu', tuple(options.items()))
        for kind in ('value', 'both', 'product'):
            made = compiled(self.program, kind, device, torch.float32, wanted)
            if isinstance(made, str):
                self._find, self._backend = (None, f'eager ({made})')
                return self
        self._find, self._backend = (functools.partial(_compiled_for, self.program, wanted), 'compiled')
        return self

    def __getstate__(self) -> dict:
        ...

    def __deepcopy__(self, memo) -> SymbolicActivation:
        ...

    @property
    def backend(self) -> str:
        """"compiled", or "eager" with the reason where compiling was tried and failed."""
        ...

    @property
    def formula(self) -> Formula | list[Formula]:
        """The formula with its present constants; where channels have their own, a list of formulas."""
        ...

@torch.jit.ignore
def _in_python(x: Tensor, text: str, constants: Tensor | None, channel_axis: int, protect: bool) -> Tensor:
    ...

def _activated(self: SymbolicActivation, x: Tensor) -> Tensor:
    ...

def _compiled_for(program: Program, options: tuple, x: Tensor, kind: str) -> Callable | None:
    ...

def _channel_axis(x: Tensor, channels: int, axis: int) -> int:
    ...

def apply_formula(x: Tensor, text: str, constants: Tensor | None=None, channel_axis: int=-1, protect: bool=True) -> Tensor:
    ...

@functools.lru_cache(256)
def _layer(text: str, protect: bool, channel_axis: int, trainable: bool=False) -> SymbolicActivation:
    ...

def _call_node(act: SymbolicActivation, x: fx.Proxy) -> fx.Proxy:
    ...

def with_constants(f: Formula, values: list[float]) -> Formula:
    ...
_TORCH = 'ReLU GELU SiLU Tanh Sigmoid ELU SELU CELU Mish PReLU LeakyReLU ReLU6 Hardswish Hardtanh\n    Softplus Softsign Tanhshrink Identity'.split()
NAMES = {name.lower(): getattr(nn, name) for name in _TORCH}
_parsed = functools.lru_cache(4096)(Formula)

def activation_module(spec: Formula | str | nn.Module | type | Callable) -> nn.Module:
    ...

def _from_text(text: str) -> SymbolicActivation:
    ...

def initialisation_gain(activation: Formula | str | nn.Module | type | Callable) -> float:
    ...
variance_gain = initialisation_gain

def replace_activations(model: nn.Module, old: type | tuple[type, ...]=nn.ReLU, new: Formula | str | nn.Module | type | Callable[[], nn.Module]='gelu', init: bool=False) -> list[str]:
    ...

def _places(model: nn.Module, old: type | tuple, forms: Forms) -> list[tuple]:
    ...

def _put(model: nn.Module, parent: nn.Module, name: str, value, act: nn.Module) -> nn.Module:
    ...

def _say_what_stays(places: list, old, stays: list[str]):
    ...
