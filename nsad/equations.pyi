# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['EQUATIONS', 'OPTIMISERS', 'Condition', 'Equation', 'Solution', 'grid', 'edge', 'known', 'periodic', 'convection', 'heat', 'wave', 'burgers', 'cole_hopf', 'allen_cahn', 'strang', 'helmholtz', 'klein_gordon', 'EquationProblem']
from collections.abc import Callable as Callable, Mapping as Mapping, Sequence as Sequence
from dataclasses import dataclass as dataclass
import numpy as np
import torch
from fastcore.basics import patch as patch
from scipy.stats import qmc as qmc
from torch import Tensor as Tensor
from .fields import FieldEnsemble as FieldEnsemble, train_fields as train_fields
from .least_squares import Recording as Recording, train_least_squares as train_least_squares
from .models import count_of as count_of, widths_of as widths_of
from .problem import device_for_many as device_for_many, fingerprint as fingerprint
from .training import resolve_device as resolve_device

@dataclass(frozen=True)
class Condition:
    """What holds at some points: a boundary, a start.

    Parameters
    ----------
    points : ndarray
        (points, 2) in the units of the equation.
    residual : callable
        Of a `Solution` at these points; zero where the condition is met.
    derivatives : tuple of str, default ()
        Names of what `residual` uses besides u.
    """
    points: np.ndarray
    residual: Callable
    derivatives: tuple[str, ...] = ()

@dataclass(frozen=True)
class Equation:
    """A differential equation for `u` of two coordinates, with all that makes it well posed.

    Parameters
    ----------
    name : str
        How results call it.
    box : mapping from str to tuple of float, float
        Limits of each coordinate by its name, such as `{"x": (0, 1), "t": (0, 1)}`.
    residual : callable
        Of a `Solution`, in plain torch; zero where the equation holds.
    conditions : tuple of Condition
        At boundary and start.
    derivatives : tuple of str
        Names of what `residual` uses besides u, such as ("u_t", "u_xx").
    reference : callable
        `reference(points)` gives the true u, (points,), in double precision.
    weight : float, default 10.0
        Factor of the conditions in the loss.

    Examples
    --------
    >>> def decay(f): return f.u_t + f.u + 0 * f.x
    """
    name: str
    box: Mapping[str, tuple[float, float]]
    residual: Callable
    conditions: tuple[Condition, ...]
    derivatives: tuple[str, ...]
    reference: Callable
    weight: float = 10.0

class Solution:
    """A network, or many, at some points of an equation: `f.u`, `f.x`, `f.u_x`, `f.u_xx`, ...

    Parameters
    ----------
    box : Mapping
        Names and limits of the coordinates.
    net : FieldEnsemble or Recording
        Of coordinates between -1 and 1.
    points : Tensor
        (points, 2) in the units of the equation.
    derivatives : sequence of str, default ()
        What to compute besides u: first and second, by one coordinate.

    Raises
    ------
    ValueError
        A derivative that is not of this kind.
    """

    def __init__(self, box: Mapping, net: FieldEnsemble | Recording, points: Tensor, derivatives: Sequence[str]=()):
        names = list(box)
        if (wrong := (set(derivatives) - {f'u_{k * n}' for n in names for k in (1, 2)})):
            raise ValueError(f"{', '.join(sorted(wrong))}: derivatives are the first or the second by one of {', '.join(names)}, such as u_{names[0] * 2}")
        low, high = (points.new_tensor([box[n][k] for n in names]) for k in (0, 1))
        second = tuple((i for i, n in enumerate(names) if f'u_{n}{n}' in derivatives))
        first = tuple((i for i, n in enumerate(names) if i in second or f'u_{n}' in derivatives))
        half = (high - low) / 2
        u, *rest = net.jets((points - low) / half - 1, first, second)
        self.u = u[..., 0]
        for i, d in zip(first, rest):
            setattr(self, f'u_{names[i]}', d[..., 0] / half[i])
        for i, d in zip(second, rest[len(first):]):
            setattr(self, f'u_{2 * names[i]}', d[..., 0] / half[i] ** 2)
        for i, n in enumerate(names):
            setattr(self, n, points[:, i])

    def __getattr__(self, name: str):
        ...

def grid(box: Mapping, n: int=64) -> np.ndarray:
    ...

def edge(box: Mapping, n: int=64, **fixed) -> np.ndarray:
    ...

def _values_at(function: Callable, points: np.ndarray, what: str) -> np.ndarray:
    ...

def known(points: np.ndarray, values: Callable, what: str='u') -> Condition:
    ...

def periodic(box: Mapping, n: int=64, name: str='x') -> Condition:
    ...

def convection(speed: float=30.0) -> Equation:
    ...

def heat(diffusion: float=0.05) -> Equation:
    ...

def wave(speed: float=2.0) -> Equation:
    ...

def _ends(box: Mapping, n: int=64, name: str='x') -> np.ndarray:
    ...

def _zeros(points: np.ndarray) -> np.ndarray:
    ...

def _zero_ends(box: Mapping, start: Callable) -> tuple[Condition, ...]:
    ...

def burgers(viscosity: float=0.01 / np.pi) -> Equation:
    ...

def cole_hopf(points: np.ndarray, viscosity: float, nodes: int=160) -> np.ndarray:
    ...

def allen_cahn(diffusion: float=0.001, reaction: float=5.0) -> Equation:
    ...

def strang(diffusion: float, reaction: float, n: int=512, steps: int=2000) -> np.ndarray:
    ...

def _interpolated(table: np.ndarray, points: np.ndarray) -> np.ndarray:
    ...

def helmholtz(a: tuple[int, int]=(1, 4)) -> Equation:
    ...

def klein_gordon() -> Equation:
    ...
EQUATIONS = {'convection': convection, 'heat': heat, 'wave': wave, 'Burgers': burgers, 'Allen-Cahn': allen_cahn, 'Helmholtz': helmholtz, 'Klein-Gordon': klein_gordon}
OPTIMISERS = {'least squares': 100, 'adam': 1000}

class EquationProblem:
    """A differential equation as a problem; see `Problem`.

    Parameters
    ----------
    equation : Equation or str
        An `Equation`, or the name of one in `EQUATIONS`.
    hidden, gain
        Of the networks, see `FieldEnsemble`.
    steps : int, optional
        At full fidelity; by default 100 of least squares, 1000 of Adam.
    lr : float, default 0.005
        Of Adam.
    points : int, default 1024
        Where the residual is taken, a power of two; others in each step. Least squares wants more
        of them than a network has weights.
    together : int, default 8
        Networks that train as one, at most.
    device : str, default 'auto'
        Where they train, see `device_for_many`.
    optimiser : str, default 'least squares'
        "least squares", see `train_least_squares`, for networks of up to some thousand weights,
        or "adam", see `train_fields`.

    Raises
    ------
    ValueError
        A name that is not among `EQUATIONS` or `OPTIMISERS`, counts below 1, or an equation whose
        box, conditions or reference are not what `Equation` and `Condition` say.

    Examples
    --------
    >>> heat = EquationProblem("heat", hidden=(10, 10), steps=30, points=128)
    >>> heat.losses(["tanh(2*x)"], seeds=[0]) < 0.02
    array([[ True]])
    """

    def __init__(self, equation: Equation | str, hidden: Sequence[int]=(16, 16, 16), steps: int | None=None, lr: float=0.005, points: int=1024, gain: float=1.0, together: int=8, device: str='auto', optimiser: str='least squares'):
        if isinstance(equation, str):
            if equation not in EQUATIONS:
                raise ValueError(f"no equation {equation!r}; there are {', '.join(EQUATIONS)}")
            equation = EQUATIONS[equation]()
        if optimiser not in OPTIMISERS:
            raise ValueError(f"no optimiser {optimiser!r}; there are {', '.join(OPTIMISERS)}")
        self.equation, self.name, self.hidden = (equation, equation.name, widths_of(hidden))
        steps = OPTIMISERS[optimiser] if steps is None else steps
        self.steps, self.points = (count_of(steps, 'steps'), count_of(points, 'points'))
        self.lr, self.gain, self.device, self.optimiser = (lr, gain, device, optimiser)
        self.together = count_of(together, 'together')
        self.scales = (0.5, 20.0)
        self.spread = qmc.Sobol(2, scramble=False).random(self.points)
        _check(equation)
        self.judged = grid(equation.box)
        self.truth = _values_at(equation.reference, self.judged, f'{self.name}: the reference')
        if not self.truth.any():
            raise ValueError(f'{self.name}: the reference is 0 everywhere, and errors are shares of its size; take another one')

    @property
    def fingerprint(self) -> str:
        ...

    def residuals(self, net: FieldEnsemble | Recording, step: int=0) -> list[Tensor]:
        """What is left of the equation and of each condition; the sum of all squares is the loss."""
        ...

    def trained(self, activations: Sequence, seeds: Sequence[int]=(0,), fidelity: float=1.0, after: Callable | None=None) -> FieldEnsemble:
        """The networks, trained for `fidelity` of all steps; `after` as in `train_fields`."""
        ...

    def solutions(self, net: FieldEnsemble, n: int=64) -> np.ndarray:
        """What the networks say on a grid, (members, n, n), in the order of the equation's coordinates."""
        ...

    def losses(self, activations: Sequence, seeds: Sequence[int], fidelity: float=1.0) -> np.ndarray:
        """Relative errors in the mean square, (activations, seeds); see `Problem`."""
        ...

def _check(equation: Equation):
    ...
