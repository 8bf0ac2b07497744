# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['N_FREQUENCIES', 'UNITS', 'ALIKE', 'TransferMatrix', 'ink_on', 'transfer_matrix', 'indicators', 'spectrum_of', 'Forecast', 'transferability', 'transferabilities', 'forecast_quality']
import json
from collections.abc import Mapping as Mapping, Sequence as Sequence
from dataclasses import asdict as asdict, dataclass as dataclass
from pathlib import Path as Path
from tempfile import TemporaryDirectory as TemporaryDirectory
from typing import TYPE_CHECKING as TYPE_CHECKING
import numpy as np
import pandas as pd
from fastcore.basics import patch as patch
from scipy import stats as stats
from scipy.optimize import nnls as nnls
from .activation import activation_module as activation_module
from .data import Dataset as Dataset, Scaler as Scaler, load_dataset as load_dataset, split as split, whole_number as whole_number
from .discovery import Discovery as Discovery, discover_on_splits as discover_on_splits
from .evaluation import Study as Study, several_seeds as several_seeds
from .files import FileError as FileError, write_file as write_file
from .formula import Formula as Formula
from .provenance import Origin as Origin, SeenRows as SeenRows, leak as leak, origins as origins, remedy as remedy
from .statistics import compare as compare, summary as summary
from .training import LOWER_IS_BETTER as LOWER_IS_BETTER, MEASURES as MEASURES, STRONG as STRONG, Recipe as Recipe, recipe_of as recipe_of
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

@dataclass(frozen=True)
class TransferMatrix:
    """How activations from each source do on each target.

    Parameters
    ----------
    results : DataFrame
        One row for each trained network; `dataset` is the target, `activation` the source's
        label or the classic's name, and `kind` "source" or "classic".
    baseline : str, default 'relu'
        The classic that gains are counted from, unless another one is named.
    measure : str, default 'accuracy'
        Which measure is compared, unless another one is named.

    Examples
    --------
    >>> from nsad import Recipe, load_dataset, transfer_matrix
    >>> matrix = transfer_matrix(
    ...     {"bump": "x*exp(-x**2)"},
    ...     targets=[load_dataset("sklearn:wine")],
    ...     seeds=(1, 2),
    ...     recipe=Recipe("short", epochs=2),
    ...     specialist=False,
    ...     progress=False,
    ... )
    >>> matrix.gains().loc["bump"].shape
    (1,)
    """
    results: pd.DataFrame
    baseline: str = 'relu'
    measure: str = 'accuracy'

    def _labels(self, kind: str) -> tuple[str, ...]:
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        ...

    @property
    def classics(self) -> tuple[str, ...]:
        ...

    @property
    def targets(self) -> tuple[str, ...]:
        ...

    @property
    def network(self) -> str:
        ...

    def __repr__(self):
        ...

    def save(self, path: str | Path) -> Path:
        """Write the rows as CSV.

    Parameters
    ----------
    path : str or Path
        Of the file to write.

    Returns
    -------
    Path
        Of the file.
    """
        ...

    @classmethod
    def load(cls, path: str | Path, baseline: str='relu', measure: str='accuracy') -> TransferMatrix:
        """Read what `save` wrote."""
        ...

    def frame(self, against: str | None=None, measure: str | None=None, level: float=0.95) -> pd.DataFrame:
        """Each activation on each target against one that is named.

    Parameters
    ----------
    against : str, optional
        A classic, a source, or "specialist", which is each target's own; default the matrix'
        baseline.
    measure : str, optional
        Default the matrix' measure.
    level : float, default 0.95
        Of the intervals and tests.

    Returns
    -------
    DataFrame
        target, source, kind ("specialist", "transfer" or "classic"), n; value, value_low,
        value_high: mean of the measure and its interval; difference, low, high, effect, p
        (Holm), verdict, sentence: as in `compare`
    """
        ...

    def _against(self, against: str, measure: str) -> pd.DataFrame:
        ...

    def gains(self, against: str | None=None, measure: str | None=None) -> pd.DataFrame:
        """Mean difference, positive where better: a row for each source and classic, a column for
    each target.

    Parameters
    ----------
    against : str, optional
        The classic to count from; None for `baseline`.
    measure : str, optional
        Such as "auc"; None for `measure`.

    Returns
    -------
    DataFrame
        (sources and classics, targets), in units of the measure.
    """
        ...

    def plot(self, against: str | None=None, measure: str | None=None, ax: 'Axes | None'=None) -> 'Figure':
        """Gains as a heat map with the marks of the tests.

    Parameters
    ----------
    against, measure : str, optional
        As in `frame`.
    ax
        Matplotlib axes to draw into; default a new figure.

    Returns
    -------
    Figure
        Rows are sources, then classics; columns are targets.
    """
        ...
_LEFT_OUT = ['key', 'settings', 'latency', 'seconds', 'device', 'nsad', 'torch', 'python', 'created']
_MARKS = {'better': '▲', 'worse': '▼'}

def ink_on(colour: Sequence[float]) -> str:
    ...

def _mark(ax, i: int, j: int, gain: float, verdict, image):
    ...

def _frames(ax, values: pd.DataFrame, n_sources: int):
    ...

def _datasets(given, rows: int | None) -> dict[str, Dataset]:
    ...

def _sources(given, rows: int | None) -> tuple[dict[str, Dataset], dict]:
    ...

def _of_seeds(label: str, spec, seeds: Sequence[int]) -> dict:
    ...

def _checked(label: str, by_seed: dict, targets: Mapping[str, Dataset], split_seed: int | None) -> dict:
    ...

def _refuse_shared_rows(tables: Mapping[str, Dataset], targets: Mapping[str, Dataset], split_seeds: Sequence[int]):
    ...

def transfer_matrix(sources: Sequence[str | Dataset] | Mapping[str, Formula | str | Discovery], targets: Sequence[str | Dataset] | None=None, seeds: Sequence[int]=(42, 43, 44), classics: Sequence[str]=('relu', 'gelu', 'silu'), baseline: str='relu', measure: str='accuracy', network: str='light', recipe: Recipe=STRONG, rows: int | None=20000, split_seed: int | None=None, engine: str='network', options: dict[str, object] | None=None, specialist: bool=True, folder: str | Path | None=None, device: str='auto', progress: bool=True) -> TransferMatrix:
    ...

def _experiment(sources, targets, classics, baseline: str, measure: str, rows: int | None) -> tuple[dict, dict, dict]:
    ...
_LEVELS = np.linspace(0.005, 0.995, 100)

@dataclass(frozen=True)
class _Profile:
    """What a forecast knows of a table: quantiles of projections, chances of ties by sorted
    feature, shares of energy by frequency.
    """
    projections: np.ndarray
    ties: np.ndarray
    spectrum: np.ndarray

def _profile(ds: Dataset, directions: int=256, rows: int=5000, seed: int=0) -> _Profile:
    ...

def _quantiles(z: np.ndarray) -> np.ndarray:
    ...

def _ties(X: np.ndarray) -> np.ndarray:
    ...
N_FREQUENCIES = 8

def indicators(y: np.ndarray, task: str) -> np.ndarray:
    ...

def spectrum_of(z: np.ndarray, targets: np.ndarray) -> np.ndarray:
    ...
UNITS = {'projections': 0.1, 'ties': 0.35, 'spectrum': 0.2}
ALIKE = (*UNITS, 'together')

@dataclass(frozen=True)
class Forecast:
    """How alike two tables are in what an activation depends on; 1 is the same.

    Parameters
    ----------
    source, target : str
        Names.
    projections : float
        Of the distribution of what enters the first activation.
    ties : float
        Of discreteness and sparsity of the features.
    spectrum : float
        Of the frequencies of the label along random directions.

    Examples
    --------
    >>> from nsad import load_dataset, transferability
    >>> wine = load_dataset("sklearn:wine")
    >>> round(transferability(wine, wine).spectrum, 3)
    1.0
    """
    source: str
    target: str
    projections: float
    ties: float
    spectrum: float

    @property
    def score(self) -> float:
        ...

    @property
    def together(self) -> float:
        ...

def transferability(source: Dataset, target: Dataset, seed: int=0) -> Forecast:
    ...

def _likeness(source: str, target: str, a: _Profile, b: _Profile) -> Forecast:
    ...

def transferabilities(datasets: Sequence[Dataset], seed: int=0) -> pd.DataFrame:
    ...

def forecast_quality(matrix: TransferMatrix, forecast: pd.DataFrame, against: str | None=None, measure: str | None=None, shuffles: int=2000, seed: int=0) -> pd.DataFrame:
    ...

def _joined(matrix: TransferMatrix, forecast: pd.DataFrame, against, measure) -> pd.DataFrame:
    ...

def _rho(a, b) -> float:
    ...

def _mean(values) -> float:
    ...

def _quality(pairs: pd.DataFrame, left_out: str) -> dict:
    ...

def _fitted(known: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    ...

def _mantel(pairs: pd.DataFrame, shuffles: int, seed: int) -> float:
    ...
