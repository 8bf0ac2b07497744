# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['AT_ONCE', 'NAMES', 'ORIGINALS', 'SAMPLES', 'PIECE', 'LARGE', 'TEST_SHARE', 'SCALINGS', 'MOST_RANKED', 'RawTable', 'Dataset', 'let_go', 'target_column_name', 'say_what_is_rounded', 'target_values', 'without_mask', 'encode_target', 'target_notes', 'find_column', 'data_folder', 'fetch_dataset', 'list_datasets', 'load_dataset', 'Split', 'split', 'whole_number', 'checked_scaling', 'mean_and_deviation', 'Scaler', 'is_mapped', 'StandardisedRows', 'fit_in_pieces']
import gzip
import hashlib
import html
import mmap
import os
import warnings
import zlib
from collections.abc import Iterator as Iterator, Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import dataclass as dataclass, field as field, replace as replace
from functools import partial as partial
from numbers import Integral as Integral
from pathlib import Path as Path
import numpy as np
from numpy.typing import ArrayLike as ArrayLike
import pandas as pd
from fastcore.basics import patch as patch
from scipy.special import ndtr as ndtr, ndtri as ndtri
from sklearn.model_selection import train_test_split as train_test_split
from tqdm import tqdm as tqdm
import nsad
from .files import DataError as DataError, download as download, lock_of as lock_of, locked as locked, open_rows as open_rows, rows_folder as rows_folder
from .messages import did_you_mean as did_you_mean, shown as shown
from .spellings import ALWAYS_GAPS as ALWAYS_GAPS, NUMBER_GAPS as NUMBER_GAPS, PLAIN as PLAIN, is_gap as is_gap
from nsad.tables import COMPACT_DATES as COMPACT_DATES, IDENTIFIER_NAMES as IDENTIFIER_NAMES, Column as Column, Encoding as Encoding, cell_text as cell_text, column_rule as column_rule, column_texts as column_texts, decimal_of as decimal_of, encode_column as encode_column, file_state as file_state, holds_text as holds_text, kind_and_spelling as kind_and_spelling, most_frequent_texts as most_frequent_texts, read_table as read_table, reading as reading, spelling_notes as spelling_notes

def _kept(values: np.ndarray) -> np.ndarray:
    ...

@dataclass(frozen=True, eq=False)
class RawTable:
    """The features of a table as they were read, `frame`; the numbers that were made of them,
    `X`; and the columns that had to be kept whatever they look like, `keep`.
    """
    frame: pd.DataFrame
    X: np.ndarray
    keep: tuple[str, ...] = ()

@dataclass(frozen=True, eq=False)
class Dataset:
    """A table ready for networks.

    Parameters
    ----------
    X : ndarray
        float32 or float64, whichever holds the values exactly; (rows, features); finite, in
        your own tables NaN where a value is missing, which `Scaler` fills in from training
        rows.
    y : ndarray
        int64 class numbers from 0, or float32 or float64 for regression; (rows,).
    feature_names : tuple of str
        One for each column of X.
    name, domain
        What it is called; "physics", "ecology", "text", or whatever the owner says.
    task : str, default 'binary'
        "binary", "multiclass" or "regression".
    classes : tuple, default ()
        Label of each class number; empty for regression.
    source, licence, citation : str, default ''
        Where it comes from.
    notes : tuple of str, default ()
        What the reader made of it and what is doubtful, in words.
    encoding : Encoding, optional
        The rule that made numbers of a table with words, dates or gaps, fitted on these very
        rows unless they were taken by another's; None if it was numbers already.
    table : RawTable or None
        That table as it was read, None if it was numbers already.

    Examples
    --------
    >>> from nsad import load_dataset
    >>> wine = load_dataset("sklearn:wine")
    >>> wine
    Dataset('wine', 178 rows x 13 features, 3 classes, chemistry)
    """
    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    name: str = 'table'
    domain: str = ''
    task: str = 'binary'
    classes: tuple[object, ...] = ()
    source: str = ''
    licence: str = ''
    citation: str = ''
    notes: tuple[str, ...] = ()
    encoding: Encoding | None = None
    table: RawTable | None = field(default=None, repr=False)

    def __post_init__(self):
        ...

    @property
    def n_rows(self) -> int:
        ...

    @property
    def n_features(self) -> int:
        ...

    @property
    def n_classes(self) -> int:
        ...

    @property
    def categorical_columns(self) -> tuple[int, ...]:
        ...

    @property
    def n_outputs(self) -> int:
        ...

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change when a value, the order of rows or the task
    changes.
    """
        ...

    def take(self, rows: ArrayLike, encoding: Encoding | None=None) -> Dataset:
        """The rows with these numbers, in this order.

    Parameters
    ----------
    rows
        Row numbers.
    encoding : Encoding, optional
        Of a table with words, dates or gaps: the rule to use, that of the training rows for
        rows to validate or test on. Default: one that is fitted on the rows taken.

    Returns
    -------
    Dataset
        Those rows.
    """
        ...

    def to_frame(self) -> pd.DataFrame:
        """Features by name, and the label in the last column, `target` (`target (label)` where a
    feature has that name).

    Returns
    -------
    DataFrame
        One row for each row of the table.
    """
        ...

    def __repr__(self):
        ...

    def _repr_html_(self):
        ...

    @classmethod
    def from_arrays(cls, X: ArrayLike, y: ArrayLike, feature_names: Sequence[str] | None=None, name: str='table', task: str | None=None, domain: str='', **about: object) -> Dataset:
        """A dataset of your own arrays.

    Parameters
    ----------
    X
        (rows, features) of finite numbers.
    y
        (rows,) labels of any kind, or numbers.
    feature_names : sequence of str, optional
        Default X0, X1, ...
    task : str, optional
        "binary", "multiclass" or "regression"; default inferred from y.
    **about
        Source, licence, citation.

    Raises
    ------
    DataError
        text, missing or infinite values, no rows, one class only, X and y of different length
    """
        ...

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, target: str | int, keep: Sequence[str]=(), name: str='table', task: str | None=None, domain: str='', drop_unlabelled: bool=False, **about: object) -> Dataset:
        """A dataset of a DataFrame's columns, one of which is the target.

    Parameters
    ----------
    target : str or int
        Name of the column to predict, or its position, from 0 or from the end (-1).
    keep : sequence of str, default ()
        Columns to take although they look like identifiers or free text.
    name, domain, source, licence, citation
        What to call it and where it is from.
    task : str, optional
        "binary", "multiclass" or "regression"; default inferred from the target.
    drop_unlabelled : bool, default False
        Leave out rows whose target is missing, rather than refuse the table.

    Raises
    ------
    DataError
        no such column, no rows, infinite values, a target that is missing somewhere or the same
        everywhere
    """
        ...

    @classmethod
    def from_file(cls, path: str | Path, target: str | int, header: str | None='first', **kwargs: object) -> Dataset:
        """A dataset of a CSV, TSV, Parquet, Feather, ARFF or NPZ file, packed or not.

    Parameters
    ----------
    target : str or int
        Name or position of the column to predict.
    header : str or None, default 'first'
        None where the first line has no names; the columns are X0, X1, ... then.
    **kwargs
        As in `from_frame`.
    """
        ...

    def parts(self, split: Split) -> tuple[Dataset, Dataset, Dataset]:
        """The rows to train, to validate and to test on, all encoded by the rule that is fitted on
    the first.

    Parameters
    ----------
    split : Split
        What `split(ds)` gives.

    Returns
    -------
    tuple of Dataset
        Training, validation and test rows.
    """
        ...
AT_ONCE = 2 ** 16

def _piecewise(values: np.ndarray) -> Iterator[np.ndarray]:
    ...

def let_go(values: np.ndarray) -> None:
    ...

def _narrow(values: np.ndarray) -> np.ndarray:
    ...

def _encoded(frame: pd.DataFrame, encoding: Encoding, odd: str='refuse') -> np.ndarray:
    ...

def target_column_name(ds: Dataset) -> str:
    ...

def _task_of(y: np.ndarray) -> str:
    ...

def say_what_is_rounded(values: np.ndarray, name: str) -> None:
    ...

def _checked_features(X, names, gaps: bool=False) -> np.ndarray:
    ...

def target_values(column: pd.Series, decimal: str='') -> pd.Series:
    ...

def _is_canonical(text: str) -> bool:
    ...

def _missing_target(column: pd.Series, values: pd.Series) -> str:
    ...

def without_mask(values):
    ...

def encode_target(y, task: str | None, decimal: str='') -> tuple[np.ndarray, str, tuple]:
    ...

def _gap_notes(X: np.ndarray, encoding: Encoding) -> tuple[str, ...]:
    ...
_SMALL = 5

def target_notes(frame: pd.DataFrame, column: pd.Series, y: np.ndarray, classes: tuple) -> tuple[str, ...]:
    ...

def _tells(feature: pd.Series, y: np.ndarray, classes: tuple) -> bool:
    ...

def _stays_numbers(frame: pd.DataFrame, encoding: Encoding, X: np.ndarray) -> bool:
    ...

def _is_fixed(column: pd.Series, rule: Column) -> bool:
    ...

def find_column(frame: pd.DataFrame, target) -> str:
    ...

def _labelled(frame: pd.DataFrame, target, drop: bool, decimal: str) -> tuple[pd.DataFrame, int]:
    ...

def _read_csv(path: Path, **kwargs) -> pd.DataFrame:
    ...
_WORDS = 'make address all 3d our over remove internet order mail receive will people report addresses free business email you credit your font 000 money hp hpl george 650 lab labs telnet 857 data 415 85 technology 1999 parts pm direct cs meeting original project re edu table conference'.split()
NAMES = {'higgs': ('lepton_pT lepton_eta lepton_phi missing_energy_magnitude missing_energy_phi ' + ' '.join((f'jet_{i}_{p}' for i in (1, 2, 3, 4) for p in ('pt', 'eta', 'phi', 'b-tag'))) + ' m_jj m_jjj m_lv m_jlv m_bb m_wbb m_wwbb').split(), 'forest_cover': 'Elevation Aspect Slope Horizontal_Distance_To_Hydrology Vertical_Distance_To_Hydrology Horizontal_Distance_To_Roadways Hillshade_9am Hillshade_Noon Hillshade_3pm Horizontal_Distance_To_Fire_Points'.split() + [f'Wilderness_Area{i}' for i in range(1, 5)] + [f'Soil_Type{i}' for i in range(1, 41)], 'spambase': [f'word_freq_{w}' for w in _WORDS] + [f'char_freq_{c}' for c in ';([!$#'] + [f'capital_run_length_{s}' for s in ('average', 'longest', 'total')], 'magic': 'fLength fWidth fSize fConc fConc1 fAsym fM3Long fM3Trans fAlpha fDist'.split()}
_UCI = 'https://archive.ics.uci.edu/ml/machine-learning-databases/'

@dataclass(frozen=True)
class _Original:
    """A published file: where it is, how it is laid out, whom to thank."""
    file: str
    url: str
    domain: str
    classes: tuple
    citation: str
    sha256: str | None = None
    label_first: bool = False
    sample: str | None = None
    positive: object = 1
    labels: tuple = (0, 1)
    kinds: tuple = ()
    licence: str = 'CC BY 4.0'
    size: int = 1 << 30
    rows: int | None = None
    test_rows: int = 0
    counts: tuple = ()

    def coding(self, target: str) -> tuple[dict, tuple]:
        ...
ORIGINALS = {'higgs': _Original('HIGGS.csv.gz', _UCI + '00280/HIGGS.csv.gz', 'physics', ('background', 'signal'), 'Baldi, Sadowski & Whiteson (2014), HIGGS, UCI Machine Learning Repository 280', 'ea302c18164d4e3d916a1e2e83a9a8d07069fa6ebc7771e4c0540d54e593b698', label_first=True, size=3 << 30, rows=11000000, test_rows=500000), 'forest_cover': _Original('covtype.data.gz', _UCI + 'covtype/covtype.data.gz', 'ecology', ('other', 'lodgepole pine'), 'Blackard & Dean (1999), Covertype, UCI Machine Learning Repository 31', sample='covtype.sample.csv.gz', positive=2, labels=(1, 2, 3, 4, 5, 6, 7), counts=(211840, 283301, 35754, 2747, 9493, 17367, 20510), kinds=('spruce/fir', 'lodgepole pine', 'ponderosa pine', 'cottonwood/willow', 'aspen', 'douglas fir', 'krummholz')), 'spambase': _Original('spambase.data', _UCI + 'spambase/spambase.data', 'text', ('mail', 'spam'), 'Hopkins, Reeber, Forman & Suermondt (1999), Spambase, UCI Machine Learning Repository 94', sample='spambase.csv.gz', counts=(2788, 1813)), 'magic': _Original('magic04.data', _UCI + 'magic/magic04.data', 'physics', ('hadron', 'gamma'), 'Bock (2007), MAGIC Gamma Telescope, UCI Machine Learning Repository 159', sample='magic04.sample.csv.gz', positive='g', labels=('h', 'g'), counts=(6688, 12332))}
SAMPLES = Path(__file__).parent / 'samples' if '__file__' in globals() else Path(nsad.__file__).parent / 'samples'

def _pooch():
    ...

def data_folder(data_home=None) -> Path:
    ...

def _original(name: str) -> _Original:
    ...

def _refuse_other(path: Path, original: _Original, n_features: int) -> None:
    ...

def _checked_download(name: str, original: _Original, folder: Path, progress: bool) -> Path:
    ...

def fetch_dataset(name: str, data_home=None, progress: bool=True) -> Path:
    ...

def _find(name: str, data_home, progress: bool) -> Path:
    ...

def list_datasets(data_home: str | Path | None=None) -> pd.DataFrame:
    ...
PIECE = 100000

def _pieces(path: Path, **kwargs):
    ...

def _codes(path: Path, column: pd.Series, coding: dict) -> np.ndarray:
    ...

def _parted(rows: np.ndarray, labels: np.ndarray | None, n_kept: int, seed: int, name: str):
    ...

def _draw(labels: np.ndarray, rows: int, seed: int | None, name: str) -> np.ndarray:
    ...

def _features(path: Path, label_column: int, names, drawn: np.ndarray, bar: tqdm) -> np.ndarray:
    ...

def _refuse_one_class(y: np.ndarray, path: Path) -> None:
    ...

def _read(path: Path, name: str, target: str, rows: int | None, seed: int | None, progress: bool):
    ...
LARGE = 16000000

def _source(path: Path, original: _Original, rows: int, sha256: str) -> str:
    ...

def _of_other_size(path: Path, rows: int, published: int) -> str:
    ...

def _from_rows(path: Path, name: str, rows: int | None, seed: int | None, part: str, progress: bool):
    ...

def _checked_wish(original: _Original | None, name: str, rows, seed, target: str, part: str) -> None:
    ...

def _small_source(path: Path, original: _Original, rows: int) -> str:
    ...

def load_dataset(name: str, rows: int | None=None, seed: int | None=42, data_home: str | Path | None=None, progress: bool=True, target: str='binary', part: str='all') -> Dataset:
    ...
_SKLEARN = {'iris': 'ecology', 'wine': 'chemistry', 'breast_cancer': 'medicine', 'digits': 'images', 'diabetes': 'medicine', 'california_housing': 'economics', 'covtype': 'ecology', 'kddcup99': 'computing'}

def _from_sklearn(name: str, data_home, **kwargs) -> Dataset:
    ...

@contextmanager
def _elsewhere(name: str):
    ...

def _from_openml(what: str, data_home, target: str | None=None, **kwargs) -> Dataset:
    ...

def _sampled(ds: Dataset, rows: int | None, seed: int | None) -> Dataset:
    ...

def _foreign(name: str, rows, seed, data_home, target: str, part: str) -> Dataset | None:
    ...

@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, which share no row and together have all of them."""
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
TEST_SHARE = 0.2

def split(ds: Dataset, test: float=TEST_SHARE, validation: float=0.0, seed: int=42) -> Split:
    ...

def whole_number(value, name: str='seed') -> int:
    ...
SCALINGS = ('standard', 'robust', 'quantile_uniform', 'quantile_normal')
_MOST_KNOTS = 65

def checked_scaling(kind, name: str='scaling') -> str:
    ...
_TINY = np.finfo(float).tiny
_LARGEST = np.finfo(np.float32).max

def mean_and_deviation(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ...

def _standardised(X, mean: np.ndarray, scale: np.ndarray, said: bool=False) -> np.ndarray:
    ...

def _centre_and_scale(column: np.ndarray) -> tuple[float, float]:
    ...

def _rank_curve(z: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    ...

def _apart(knots: np.ndarray) -> np.ndarray:
    ...

@dataclass(frozen=True)
class Scaler:
    """How the columns of a table are scaled, fitted on training rows.

    Parameters
    ----------
    mean, scale : ndarray of shape (features,)
        What is taken from each column, and what it is divided by then.
    kind : str, default 'standard'
        One of `SCALINGS`: nothing more ("standard"), a smooth clip ("robust") or ranks.
    curves : tuple, default ()
        Of ranks: for each column its knots and their heights, two arrays.

    Notes
    -----
    "robust" is that of Holzmüller, Grinsztajn & Steinwart 2024, RealMLP, arXiv:2407.04491.

    Examples
    --------
    >>> X = np.array([[1.0], [2.0], [3.0], [4.0], [500.0]])
    >>> Scaler.fit(X, kind="robust").transform(X).ravel().round(2)
    array([-0.95, -0.49,  0.  ,  0.49,  3.  ], dtype=float32)
    """
    mean: np.ndarray
    scale: np.ndarray
    kind: str = 'standard'
    curves: tuple = ()

    def transform(self, X) -> np.ndarray:
        ...

    @classmethod
    def fit(cls, X, kind: str='standard') -> Scaler:
        """Learn a scaling from training rows.

    Parameters
    ----------
    X : array of shape (rows, features)
        Training rows; missing values (NaN) do not count.
    kind : str, default 'standard'
        One of `SCALINGS`.

    Returns
    -------
    Scaler
        A feature that never changes, or is never known, keeps its scale.

    Raises
    ------
    DataError
        No rows, infinite values, or another kind.
    """
        ...

    @classmethod
    def _fit_with_gaps(cls, X: np.ndarray) -> Scaler:
        ...

    @classmethod
    def _fit_by_ranks(cls, X: np.ndarray, kind: str) -> Scaler:
        ...

    def to_dict(self) -> dict:
        """All that `from_dict` needs, as JSON can hold it; a standard scaler is its mean and scale.

    Returns
    -------
    dict
    """
        ...

    @classmethod
    def from_dict(cls, values: dict) -> Scaler:
        """A scaler from what `to_dict` gave.

    Parameters
    ----------
    values : dict
        Mean, scale and, where it is not a standard scaler, kind and curves.

    Raises
    ------
    DataError
        Values that no `fit` leaves behind.
    """
        ...

def _is_curve(curve: tuple) -> bool:
    ...

def is_mapped(ds: Dataset) -> bool:
    ...

@dataclass(frozen=True, eq=False)
class StandardisedRows:
    """Rows that are standardised when they are asked for.

    Parameters
    ----------
    X : ndarray
        All rows of a table (rows, features), such as a mapped file.
    rows : tuple of ndarray
        Numbers of the rows, an array for each seed.
    scalers : tuple of Scaler
        One for each seed.
    stacked : bool, default False
        Are the seeds an axis of the shape.
    """
    X: np.ndarray
    rows: tuple[np.ndarray, ...]
    scalers: tuple['Scaler', ...]
    stacked: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        ...

    @property
    def ndim(self) -> int:
        ...

    def __len__(self):
        ...

    def __array__(self, dtype=None, copy=None):
        ...

    def pick(self, places: np.ndarray) -> np.ndarray:
        """Some rows, float32, (seeds, batch, features).

    Parameters
    ----------
    places : ndarray
        (seeds, batch), counted among the rows of the seed; where the seeds are no axis, all
        count in the same rows.
    """
        ...

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """All rows in order, so many at once, of this shape."""
        ...

    @classmethod
    def of_scaler(cls, ds: Dataset, rows: np.ndarray, scaler: Scaler) -> StandardisedRows:
        """Rows of a dataset, standardised by a scaler of training rows."""
        ...

def _read_rows(X: np.ndarray, rows: np.ndarray) -> np.ndarray:
    ...
MOST_RANKED = 1000000

def fit_in_pieces(ds: Dataset, rows: np.ndarray, kind: str='standard') -> Scaler:
    ...

def _refuse_gaps(X: np.ndarray, name: str) -> np.ndarray:
    ...
