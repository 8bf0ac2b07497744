# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['Activation', 'INITS', 'SHAPES', 'Stack', 'widths_of', 'count_of', 'mlp', 'heavy', 'light', 'hidden_of', 'embedding_in', 'automatic_widths', 'count_parameters', 'Normalise', 'Members', 'MLPEnsemble', 'bernoulli_', 'Formulas', 'FiniteGradient', 'formula_program']
import copy
import functools
import itertools
from collections.abc import Callable as Callable, Iterable as Iterable, Iterator as Iterator, Mapping as Mapping, Sequence as Sequence
from numbers import Integral as Integral, Real as Real
import torch
from fastcore.basics import patch as patch
from torch import Tensor as Tensor, nn as nn
from .activation import NAMES as NAMES, SymbolicActivation as SymbolicActivation, activation_module as activation_module
from .arrays import HALF as HALF
from .autograd import elementwise as elementwise
from .embeddings import Embedding as Embedding, EmbeddingLayer as EmbeddingLayer, embedding_of as embedding_of, embeddings_as_one as embeddings_as_one
from .formula import Formula as Formula
from .identity import is_plain as is_plain
from .initialisation import initialise_ as initialise_, start_of as start_of
from .interpreter import ProgramTable as ProgramTable, interpret as interpret
from .kernels import carry_out as carry_out, evaluate_ as evaluate_, ordinary as ordinary, plan as plan
from .program import Program as Program, jet as jet, program_of as program_of
Activation = Formula | str | nn.Module | type | Callable[[], nn.Module]

def _per_layer(activation, n_layers: int) -> list:
    ...

def _checked_dropout(dropout: float) -> float:
    ...

def widths_of(hidden: Sequence[int] | int, least: int=0) -> tuple[int, ...]:
    ...

def count_of(value: int, name: str, such_as: str='') -> int:
    ...
INITS = ('default', 'gain')

def mlp(n_features: int, hidden: Sequence[int]=(64, 32), activation: Activation='relu', n_outputs: int=1, dropout: float=0.15, seed: int | None=None, init: str='default', embedding: Embedding | str | None=None) -> nn.Sequential:
    ...

def _first_layer(embedding: Embedding | str | None, n_features: int) -> EmbeddingLayer | None:
    ...
SHAPES = {'heavy': (200, 100), 'light': (64, 32)}

def heavy(n_features: int, activation: Activation='relu', **kwargs: object) -> nn.Sequential:
    ...

def light(n_features: int, activation: Activation='relu', **kwargs: object) -> nn.Sequential:
    ...

def hidden_of(network: str) -> tuple[int, ...]:
    ...

def embedding_in(network: str) -> Embedding | None:
    ...

def automatic_widths(n_rows: int, n_outputs: int) -> tuple[int, ...]:
    ...

def count_parameters(model: nn.Module) -> int:
    ...

def _centred(z: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    ...

class Normalise(torch.autograd.Function):
    """Batch normalisation over the rows of `z` (members, rows, units); also returns mean and
    variance, (members, 1, units).
    """

    @staticmethod
    def forward(ctx, z, scale, shift, eps):
        ...

    @staticmethod
    def backward(ctx, grad, *_):
        ...

class Members(nn.Module):
    """Networks that are computed, and trained, as one.

    A subclass has `n_members`; `seeds`, one for each stream of rows and dropout; `forward`, which
    gives outputs (members, rows, ...); `expand`, `own_modules`, `reset_dropout` and `member`.
    """
    given_masks: Sequence[Tensor] = ()

    def of_seeds(self, x: Tensor) -> Tensor:
        ...

    def masks(self, rows: int) -> list[Tensor]:
        ...

    def expand(self, values: Tensor) -> Tensor:
        ...

    def own_modules(self) -> Iterator[tuple[int, nn.Module]]:
        ...

    def reset_dropout(self):
        ...

    def member(self, k: int) -> nn.Module:
        ...

    def owners(self) -> list[tuple[Tensor, int | None]]:
        ...

    def kinds(self) -> dict[str, list[nn.Parameter]]:
        ...

def _state(module: nn.Module) -> list[Tensor]:
    ...

def _parameters(model: nn.Module) -> Iterator[tuple[nn.Module, nn.Parameter]]:
    ...

class MLPEnsemble(Members):
    """Networks of one shape, every seed with every activation, computed as one.

    Parameters
    ----------
    n_features : int
        Columns of the input.
    activations : sequence of Activation
        What `mlp` takes as `activation`, one entry for each column of the grid; or a mapping
        from seed to that.
    seeds : sequence of int, default (42,)
        Seeds of initial weights, dropout and batches, one for each row of the grid.
    hidden, n_outputs, dropout
        As in `mlp`.
    embedding : Embedding, str or sequence of Embedding, optional
        As in `mlp`; or a list of one for each seed, of one shape, as where bins come from the
        training rows of each.

    Notes
    -----
    Member ``k`` is seed ``k // len(activations)`` with activation ``k % len(activations)``. The
    input has shape (rows, n_features), or (seeds, rows, n_features) where each seed has rows of
    its own; the output has shape (members, rows, n_outputs).

    Examples
    --------
    >>> import torch
    >>> from nsad import MLPEnsemble
    >>> stack = MLPEnsemble(4, ["relu", "sin(x)"], seeds=(1, 2))
    >>> stack(torch.zeros(5, 4)).shape
    torch.Size([4, 5, 1])
    """

    def __init__(self, n_features: int, activations: Sequence[Activation], seeds: Sequence[int]=(42,), hidden: Sequence[int]=(64, 32), n_outputs: int=1, dropout: float=0.15, embedding: Embedding | str | Sequence[Embedding] | None=None):
        super().__init__()
        if not len(activations) or not len(seeds):
            raise ValueError('a stack needs at least one activation and one seed')
        self.activations = list(activations)
        self.seeds = tuple(map(int, seeds))
        self.hidden = widths_of(hidden)
        self.n_features = n_features
        self.n_outputs = n_outputs
        self.dropout = _checked_dropout(dropout)
        self.wanted = _for_each(embedding, len(self.seeds))
        self._take_weights([mlp(n_features, self.hidden, nn.Identity, n_outputs, seed=s, embedding=e) for s, e in zip(seeds, self.wanted)])
        self.acts = nn.ModuleList((nn.ModuleList((self._column(a, i) for a in activations)) for i in range(len(self.hidden))))
        self._tables = {}
        self.reset_dropout()

    @property
    def n_members(self) -> int:
        ...

    def extra_repr(self) -> str:
        ...

    def _take_weights(self, starts: Sequence[nn.Sequential]):
        """Copy the weights of one network for each seed to all its members."""
        first = [n[0] for n in starts for _ in self.activations if isinstance(n[0], EmbeddingLayer)]
        if first and len(first) < self.n_members:
            raise ValueError('some seeds have an embedding and others have none; give one to each')
        self.embedding = embeddings_as_one(first) if first else None
        starts = [n[1:] if first else n for n in starts]

        def copies(i, name):
            return torch.stack([getattr(n[i], name).detach() for n in starts]).repeat_interleave(len(self.activations), 0)
        head, hidden = (4 * len(self.hidden), range(0, 4 * len(self.hidden), 4))
        self.weight = nn.ParameterList((copies(i, 'weight').transpose(1, 2).contiguous() for i in (*hidden, head)))
        self.scale = nn.ParameterList((copies(i + 1, 'weight') for i in hidden))
        self.shift = nn.ParameterList((copies(i + 1, 'bias') for i in hidden))
        self.head_bias = nn.Parameter(copies(head, 'bias'))
        for n, i in enumerate(hidden):
            self.register_buffer(f'bias{n}', copies(i, 'bias'))
            self.register_buffer(f'mean{n}', -copies(i, 'bias'))
            self.register_buffer(f'var{n}', copies(i + 1, 'running_var'))

    def _column(self, activation, layer: int) -> nn.ModuleList:
        ...

    def reset_dropout(self) -> None:
        """Start each seed's dropout anew, as training does."""
        "Start each seed's dropout anew, as training does."
        self._generators = [torch.Generator().manual_seed(s) for s in self.seeds]

    def _dropout_mask(self, layer: int, z: Tensor) -> Tensor | None:
        ...

    def _drawn(self, rows: int, units: int, dtype: torch.dtype) -> Tensor:
        ...

    def masks(self, rows: int) -> list[Tensor]:
        """What dropout draws in a training step, layer by layer; see `Members.masks`.

    Parameters
    ----------
    rows : int
        Of each seed.

    Returns
    -------
    list of Tensor
        (seeds, 1, rows, units) each, on the CPU.
    """
        ...

    def _table(self, layer: int, programs: list) -> ProgramTable:
        ...

    def _activate(self, layer: int, z: Tensor) -> Tensor:
        ...

    def _normalise(self, layer: int, z: Tensor) -> Tensor:
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

    def member(self, k: int) -> nn.Sequential:
        """Member `k` as the network that `mlp` would have made, with its present weights and in
    evaluation mode.

    Parameters
    ----------
    k : int
        Number of the member, from 0: all activations of the first seed, then of the next.

    Returns
    -------
    nn.Sequential
        A network of its own.
    """
        ...

    def own_modules(self) -> Iterator[tuple[int, nn.Module]]:
        """Activations that learn; see `Members`.

    Yields
    ------
    tuple of int and nn.Module
        Member and its activation.
    """
        ...

    def expand(self, values: Tensor) -> Tensor:
        """Values of each seed, (seeds, ...), repeated for each member of that seed, (members, ...).

    Parameters
    ----------
    values : Tensor
        (seeds, ...).

    Returns
    -------
    Tensor
        (members, ...).
    """
        ...
Stack = MLPEnsemble

def _for_each(embedding, n_seeds: int) -> list[Embedding | None]:
    ...

def _made(spec, seed: int) -> nn.Module:
    ...
_ELEMENTWISE = {*NAMES.values(), SymbolicActivation}

def _is_elementwise(act: nn.Module) -> bool:
    ...

def bernoulli_(out: Tensor, p: float, generator: torch.Generator | None=None):
    ...

@functools.cache
def _compares_doubles() -> bool:
    ...

class Formulas(torch.autograd.Function):
    """Formulas and dropout: `z` (seeds, columns, rows, units), of each column the program for
    all seeds or a list of those of each seed, and the dropout mask (seeds, 1, rows, units) or
    None.
    """

    @staticmethod
    def forward(ctx, z, programs, keep):
        ...

    @staticmethod
    def backward(ctx, grad):
        ...

def _begun(z: Tensor, programs: Sequence, keep: Tensor | None, order: int) -> tuple:
    ...

def _of_members(t: Tensor) -> list[tuple[Tensor, ...]]:
    ...

def _is_memory(z: Tensor, keep: Tensor | None) -> bool:
    ...
_CACHED = 2 ** 15

def _own(column: Program | list[Program], s: int) -> Program:
    ...

def _jobs(programs: Sequence, members: Iterable, order: int, tensors: list) -> Iterator[tuple]:
    ...

def _together(program: Program | list[Program], n: int) -> int:
    ...

def _column_jobs(programs: Sequence, order: int, tensors: list) -> Iterator[tuple]:
    ...

def _with_checks(jobs: Iterable[tuple[Program, list[Tensor]]], scaled: bool):
    ...

def _slopes(z: Tensor, programs: Sequence, keep: Tensor | None) -> Tensor:
    ...

def _finite(z: Tensor) -> Tensor:
    ...

class FiniteGradient(torch.autograd.Function):
    """The identity, whose backward pass replaces gradients that are not finite."""

    @staticmethod
    def forward(ctx, z):
        ...

    @staticmethod
    def backward(ctx, grad):
        ...
_AS_FORMULA = {nn.ReLU: 'relu', nn.GELU: 'gelu', nn.SiLU: 'silu', nn.Tanh: 'tanh', nn.Sigmoid: 'sigmoid'}

def formula_program(act: nn.Module) -> Program | None:
    ...

def _column_programs(modules: Sequence[nn.Module]) -> Program | list[Program] | None:
    ...
