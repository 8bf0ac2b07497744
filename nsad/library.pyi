# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['FORMAT', 'MAX_BYTES', 'MAX_DEPTH', 'MAX_TEXT', 'SCHEMA', 'SCORED', 'FIDELITY', 'MAX_FILES', 'MAX_ARCHIVE', 'LibraryError', 'Entry', 'score', 'scores_of', 'library_folder', 'ActivationLibrary', 'best_beside', 'judged', 'distance', 'find_entry']
import copy
import io
import json
import math
import os
import platform
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable as Callable, Iterator as Iterator, Mapping as Mapping, Sequence as Sequence
from dataclasses import asdict as asdict, dataclass as dataclass, field as field, fields as fields, is_dataclass as is_dataclass
from functools import partial as partial
from numbers import Integral as Integral
from pathlib import Path as Path
from typing import TYPE_CHECKING as TYPE_CHECKING
import numpy as np
import pandas as pd
from fastcore.basics import patch as patch
import nsad
from .activation import SymbolicActivation as SymbolicActivation
from .data import SAMPLES as SAMPLES, Dataset as Dataset, Scaler as Scaler
from .discovery import Discovery as Discovery
from .files import FileError as FileError, FileTaken as FileTaken, write_file as write_file
from .formula import Formula as Formula, FormulaError as FormulaError, standardised_curve as standardised_curve
from .messages import did_you_mean as did_you_mean, html_table as html_table, package_version as package_version, shown as shown
from .models import widths_of as widths_of
from nsad.provenance import MOST_MARKS as MOST_MARKS, Origin as Origin, SeenRows as SeenRows, origins as origins, seen_as_json as seen_as_json, seen_from_json as seen_from_json, with_origin as with_origin
from .statistics import interval as interval, overlap_of as overlap_of, tell_apart as tell_apart
from .training import LOWER_IS_BETTER as LOWER_IS_BETTER, MEASURES as MEASURES, STRONG as STRONG, Recipe as Recipe, recipe_of as recipe_of
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from nsad.problem import Problem

class LibraryError(ValueError):
    """An activation that is missing, or a file that is none: the message names the file, the
    place, the value and the remedy.

    Examples
    --------
    >>> from nsad import LibraryError, find_entry
    >>> try:
    ...     find_entry("forest-bel")
    ... except LibraryError as error:
    ...     print("forest-bell" in str(error))
    True
    """
FORMAT = 'nsad.activation/2'
MAX_BYTES, MAX_DEPTH, MAX_TEXT = (1000000, 12, 20000)
_BIDI = {*map(chr, range(8234, 8239)), *map(chr, range(8294, 8298)), '\u200e', '\u200f', '\u061c'}

def _is_text(v) -> bool:
    ...

def _is_number(v) -> bool:
    ...

def _is_whole(v, low: int=0) -> bool:
    ...

def _is_share(v) -> bool:
    ...

def _is_fingerprint(v) -> bool:
    ...

def _is_anything(v) -> bool:
    ...

def _is_marks(v) -> bool:
    ...

def _is_name(v) -> bool:
    ...
_TEXT = (_is_text, f'text of up to {MAX_TEXT} printable characters')
_NUMBER = (_is_number, 'a finite number')
_WHOLE = (_is_whole, 'a whole number from 0')
_COUNT = (partial(_is_whole, low=1), 'a whole number from 1')
_SHARE = (_is_share, 'a number from 0 to 1')
_HEX = (_is_fingerprint, '16 hexadecimal digits, as `Dataset.fingerprint` has')
_MARKS = (_is_marks, f'hashes of up to {MOST_MARKS:,} rows, as `seen_as_json` writes them')
_NAME = (_is_name, "a name: use up to 80 letters, digits, dots, dashes and underscores, and no device's name")
_ANY = (_is_anything, 'anything')

def _or_auto(rule: tuple) -> tuple:
    ...
_PAIRED = {kind: (kind, f'{kind}_low', f'{kind}_high') for kind in ('gain', 'ratio')}
_SCORE = {'measure': _TEXT, 'mean': _NUMBER, 'low': _NUMBER, 'high': _NUMBER, 'sd': _NUMBER, 'n': _COUNT, 'level': _SHARE, 'rows': _TEXT, 'dataset': _TEXT, 'network': _TEXT, 'parameters': _COUNT, 'recipe': _TEXT, 'dropout': _SHARE, 'activation': _TEXT, 'constants': _TEXT, 'over': _TEXT, **dict.fromkeys(_PAIRED['gain'] + _PAIRED['ratio'], _NUMBER)}
SCHEMA = {'name': _NAME, 'formula': _TEXT, 'latex': _TEXT, 'domain': _TEXT, 'data': {'name': _TEXT, 'fingerprint': _HEX, 'rows': _COUNT, 'features': _COUNT, 'task': _TEXT, 'source': _TEXT, 'licence': _TEXT, 'citation': _TEXT, 'seen': {'rows': _COUNT, 'columns': [_TEXT], 'marks': _MARKS}, 'draw': {'rows': _COUNT, 'seed': _WHOLE}}, 'split': {'test': _SHARE, 'validation': _SHARE, 'seed': _WHOLE, 'train_rows': _COUNT, 'test_rows': _COUNT}, 'recipe': {'name': _TEXT, 'epochs': _or_auto(_COUNT), 'batch_size': _or_auto(_COUNT), 'lr': _NUMBER, 'weight_decay': _or_auto(_NUMBER), 'dropout': _or_auto(_SHARE), 'patience': _COUNT, 'steps': _COUNT, 'optimiser': _TEXT, 'schedule': _TEXT, 'warmup': _SHARE, 'label_smoothing': _SHARE, 'clip': _NUMBER, 'constants_lr': _NUMBER, 'embedding_lr': _NUMBER, 'norm_lr': _NUMBER}, 'engine': {'name': _TEXT, 'options': {str: _ANY}, 'candidates': _COUNT, 'seconds': _NUMBER}, 'seed': _WHOLE, 'scores': [_SCORE], 'baselines': [_SCORE], 'versions': {str: _TEXT}, 'licence': _TEXT, 'citation': _TEXT, 'note': _TEXT, 'evidence': {str: _ANY}}
_NEEDED = {'': ('name', 'formula'), 'scores': ('measure', 'mean'), 'baselines': ('activation', 'measure', 'mean')}

def _shown(value) -> str:
    ...

def _wrong(place: str, value, needs: str):
    ...

def _check(value, rule, place: str='', depth: int=0):
    ...

def _check_object(value, rule: Mapping, place: str, depth: int):
    ...

def _check_any(value, place: str, depth: int):
    ...

def _check_scores(scores: list, place: str):
    ...

@dataclass(frozen=True)
class Entry:
    """An activation and where it comes from.

    Parameters
    ----------
    name : str
        Short, of letters, digits, dots, dashes and underscores; also the file's name.
    formula : str
        Text of a formula in `x`.
    domain : str, default ''
        "physics", "ecology", "text", "images", "equations", "extrapolation", ...
    evidence : dict
        What else is known of it, as JSON can say it.
    data : dict
        Name, fingerprint, rows, features, task, source, licence and citation of the rows it was
        found in, with hashes of these rows, by which a study knows whether it may test on
        others.
    split, recipe : dict
        Shares and seed of the split; how the networks of the scores were trained.
    engine, seed
        Name, options, candidates and seconds of the search, and its seed.
    scores, baselines : list
        Measures with mean, low, high, sd and n, of this activation and, on the same rows, of
        others. n counts seeds, or what `over` says. Another's score may have the difference
        (gain: this activation's less the other's) or ratio (this error over the other's) of
        the two in pairs, with its interval.
    versions : dict
        Of the packages by which it was kept.
    licence, citation, note : str, default ''
        Of the activation itself.

    Examples
    --------
    >>> from nsad import find_entry
    >>> entry = find_entry("forest-bell")
    >>> entry.domain
    'ecology'
    """
    name: str
    formula: str
    domain: str = ''
    evidence: dict[str, object] = field(default_factory=dict, hash=False)
    data: dict[str, object] = field(default_factory=dict, hash=False)
    split: dict[str, object] = field(default_factory=dict, hash=False)
    recipe: dict[str, object] = field(default_factory=dict, hash=False)
    engine: dict[str, object] = field(default_factory=dict, hash=False)
    seed: int | None = None
    scores: list[dict[str, object]] = field(default_factory=list, hash=False)
    baselines: list[dict[str, object]] = field(default_factory=list, hash=False)
    versions: dict[str, object] = field(default_factory=dict, hash=False)
    licence: str = ''
    citation: str = ''
    note: str = ''

    @property
    def origin(self) -> Origin:
        ...

    def __post_init__(self):
        ...

    def to_dict(self) -> dict[str, object]:
        """The entry as JSON holds it, without what is empty.

    Returns
    -------
    dict
        Of plain values.
    """
        ...

    def to_json(self) -> str:
        """The entry as JSON text, a score on each line.

    Returns
    -------
    str
        What a file of the library holds.
    """
        ...

    @classmethod
    def from_json(cls, text: str | bytes, source: str='the text') -> Entry:
        """The entry that `to_json` wrote.

    Raises
    ------
    LibraryError
        anything that is not an activation by the schema; `source` is what the message calls it
    """
        ...

    def describe(self) -> str:
        """What is known, as lines of text.

    Returns
    -------
    str
        Several lines.
    """
        ...

    def _repr_html_(self) -> str:
        ...

    @property
    def first_score(self) -> tuple[str, str, str]:
        """Score, the best beside it, and the verdict, as tables of a library show them; empty for none."""
        ...

    def activation(self, trainable: bool=False) -> SymbolicActivation:
        """The entry as a layer; a formula without a decimal constant to learn gets one for each
    place of x.

    Parameters
    ----------
    trainable : bool, default False
        Let the constants of the formula learn.

    Returns
    -------
    SymbolicActivation
        A new layer at each call.
    """
        ...

    def snippet(self) -> str:
        """Python that uses the activation without the library: text to copy.

    Returns
    -------
    str
        A few lines of Python.
    """
        ...

def _in_x(text: str | Formula) -> Formula:
    ...

def _laid_out(value) -> str:
    ...

def _once(pairs: list) -> dict:
    ...

def _no_constant(text: str):
    ...

def _loads(data: bytes) -> dict:
    ...
_FIRST = ('name', 'formula', 'domain', 'evidence')

def _latex_parts(latex: str) -> list[str]:
    ...

def _from_dict(raw: dict) -> Entry:
    ...

def score(measure: str, values: Sequence[float], level: float=0.95, overlap: float=0.0, **about) -> dict:
    ...
_CELL = ['dataset', 'network', 'recipe']

def scores_of(results: pd.DataFrame, activation: str, level: float=0.95) -> list[dict]:
    ...

def _cells_of(own: pd.DataFrame, activation: str) -> Iterator[tuple]:
    ...

def library_folder(path=None) -> Path:
    ...

class ActivationLibrary:
    """A folder of activations.

    Parameters
    ----------
    path
        The folder, see `library_folder`; it is made when the first entry is added.
    read_only : bool, default False
        Refuse to add and to remove.

    Examples
    --------
    >>> from nsad import ActivationLibrary
    >>> library = ActivationLibrary.shipped()
    >>> library.names[:2]
    ['equation-cosine', 'equation-erf-cosine']
    """

    def __init__(self, path: str | Path | None=None, read_only: bool=False):
        self.path, self.read_only = (library_folder(path), read_only)
        if self.path.exists() and (not self.path.is_dir()):
            raise LibraryError(f'{self.path} is a file; a library is a folder. To take activations from a file, use import_from')

    @classmethod
    def shipped(cls) -> 'ActivationLibrary':
        ...

    def __repr__(self):
        ...

    def _repr_html_(self) -> str:
        ...

    @property
    def names(self) -> list[str]:
        ...

    def __len__(self):
        ...

    def __contains__(self, name):
        ...

    def __iter__(self) -> Iterator[Entry]:
        ...

    def entry(self, name: str) -> Entry:
        """The entry of that name, whole.

    Parameters
    ----------
    name : str
        Of an entry.

    Returns
    -------
    Entry
        The activation with all that is known of it.
    """
        ...

    def _read(self, path: Path) -> Entry:
        ...

    def get(self, name: str) -> Formula:
        """The formula of that name, which remembers where it comes from.

    Parameters
    ----------
    name : str
        Of an entry.

    Returns
    -------
    Formula
        In `x`.
    """
        ...

    def add(self, name: str, formula: Formula | str | Discovery | Entry, domain: str='', *, dataset: Dataset | None=None, results: pd.DataFrame | None=None, overwrite: bool=False, **about: object) -> Entry:
        """Keep an activation.

    Parameters
    ----------
    name : str
        What the entry is to be called.
    formula : Formula, str, Discovery or Entry
        A formula in x or its text; the best one of a `Discovery`, with what it knows of its
        search; an `Entry` as it is.
    domain : str, default ''
        Default the dataset's.
    dataset : Dataset, optional
        The rows it was found in, training rows alone.
    results : DataFrame, optional
        Rows of a study that has the formula; they give the scores.
    overwrite : bool, default False
        Replace an entry of that name, which is refused otherwise.
    **about
        Split, recipe, engine, seed, scores, baselines, licence, citation, note, data; anything
        else is kept as evidence.

    Returns
    -------
    Entry
        As it was kept.

    Raises
    ------
    LibraryError
        The name is taken, the library is read-only, or something cannot be kept.
    """
        ...

    def _keep(self, entry: Entry, overwrite: bool=False):
        ...

    def _twin(self, name: str) -> str | None:
        ...

    def _writable(self):
        ...

    def remove(self, name: str) -> None:
        """Take an entry away, even one that cannot be read.

    Parameters
    ----------
    name : str
        Of an entry.
    """
        ...

    def frame(self, domain: str | None=None) -> pd.DataFrame:
        """Name, formula and domain of every entry, or of those of one domain.

    Parameters
    ----------
    domain : str, optional
        Such as "images"; None for all.

    Returns
    -------
    DataFrame
        One row for each entry.
    """
        ...

    def problems(self) -> pd.DataFrame:
        """The files of the folder that are no activations, with what is wrong in each.

    Returns
    -------
    DataFrame
        One row for each such file; none where all is well.
    """
        ...

    def search(self, domain: str | None=None, near: Formula | str | None=None, data: str | None=None, text: str | None=None) -> pd.DataFrame:
        """Entries that fit every condition given, the nearest first.

    Parameters
    ----------
    domain : str, optional
        As it stands in the entries.
    near : Formula or str, optional
        A formula or the name of an entry; adds the column distance.
    data : str, optional
        Name or fingerprint of the data.
    text : str, optional
        Stands in name, formula, note, citation or data, whatever the case.

    Returns
    -------
    DataFrame
        Name, formula, domain, data and, with `near`, distance.
    """
        ...

    def _chosen(self, names: Sequence[str]) -> list[Entry]:
        ...

    def _of_domain(self, names: Sequence[str], domain: str | None) -> list[Entry]:
        ...

    def compare(self, *names: str) -> pd.DataFrame:
        """Activations side by side, one row each; without names, all.

    Parameters
    ----------
    *names : str
        Of the entries; none for all.

    Returns
    -------
    DataFrame
        formula, complexity, symmetry, bounded, lipschitz, second_moment, distance from the
        first, data, and for each measure MEASURE, MEASURE_low, MEASURE_high; the index has the
        names
    """
        ...

    def scores(self, *names: str) -> pd.DataFrame:
        """All scores of the entries named, or of all, one row each; baselines on the same rows
    among them, by their activation.

    Parameters
    ----------
    *names : str
        Of the entries; none for all.

    Returns
    -------
    DataFrame
        One row for each measure of each entry.
    """
        ...

    def plot(self, *names: str, width: float=4.0, ax: 'Axes | None'=None) -> 'Axes':
        """Draw the curves of the entries named, or of all, on one pair of axes; returns the
    matplotlib axes.

    Parameters
    ----------
    *names : str
        Of the entries; none for all.
    width : float, default 4.0
        The curves go from -width to width.
    ax : matplotlib Axes, optional
        To draw on; None makes one.

    Returns
    -------
    matplotlib Axes
        With a curve for each entry.
    """
        ...

    def recommend(self, dataset: 'Dataset | Problem | Callable[..., float]', names: Sequence[str]=(), rows: int=4000, steps: int=400, seeds: Sequence[int]=(1, 2, 3), hidden: Sequence[int]=(64, 32), baseline: str='relu(x)', measure: Callable[..., Sequence[float]] | None=None, progress: bool=False, recipe: Recipe=STRONG, *, domain: str | None=None, fidelity: float | None=None) -> pd.DataFrame:
        """The stored activations, the one that seems to suit the dataset or problem best first.

    Parameters
    ----------
    dataset : Dataset, Problem or callable
        Training rows; standardised here. Or a problem, such as `nsad.fields.image_problem`
        makes, or a function (activation, seed, fidelity) -> loss; neither may judge by what is
        tested later.
    names : sequence of str, default ()
        Try these only; default all.
    rows, steps
        Of each training on a dataset, at most.
    seeds : sequence of int, default (1, 2, 3)
        Of initial weights and of the rows held out.
    hidden : sequence of int, default (64, 32)
        Widths of the hidden layers of the networks that learn a dataset.
    baseline : str, default 'relu(x)'
        A formula to compare with; it stands among the rows, with an empty name.
    measure : callable, optional
        A function of the dataset or problem and a list of formulas that gives a number for
        each, higher for better; takes the trial's place.
    progress : bool, default False
        Show a bar.
    recipe : Recipe, default STRONG
        How networks learn a dataset, its schedule squeezed into `steps`.
    domain : str, optional
        Try the entries of this domain only, such as "images"; default all.
    fidelity : float, optional
        Of a problem: the share of its full effort for each training, above 0, at most 1;
        default `FIDELITY`.

    Returns
    -------
    DataFrame
        name, formula, domain, loss (mean over seeds, lower is better, infinite where a training
        diverged), gain (baseline's loss less this one), wins (seeds with a gain); or name,
        formula, domain, measure

    Raises
    ------
    LibraryError
        Neither a dataset nor a problem, no entry of the domain, or a setting that belongs to
        the other kind.

    Examples
    --------
    >>> from nsad import ActivationLibrary
    >>> def largest(activation, seed, fidelity):
    ...     import torch
    ...
    ...     return float(activation(torch.linspace(-1, 1, 9)).abs().max())
    >>> advice = ActivationLibrary.shipped().recommend(largest, names=["forest-bump"])
    >>> advice.name[0]
    'forest-bump'
    """
        ...

    def export(self, path: str | Path, names: Sequence[str]=(), overwrite: bool=False) -> Path:
        """Write entries to a zip, where the path ends in `.zip`, or to a new folder.

    Parameters
    ----------
    path : str or Path
        Of the zip or folder.
    names : sequence of str, default ()
        Of the entries; default all.
    overwrite : bool, default False
        Replace a zip that is there; a folder must be new or empty in any case.

    Returns
    -------
    Path
        What was written.
    """
        ...

    def import_from(self, path: str | Path, names: Sequence[str]=(), on_conflict: str='refuse') -> list[Entry]:
        """Take in activations from a folder, a zip or a single file that someone sent: all of them
    or none.

    Parameters
    ----------
    path : str or Path
        Of the folder, zip or file.
    names : sequence of str, default ()
        Take these only; default all.
    on_conflict : str, default 'refuse'
        What to do with another entry of the same name: "refuse", "skip", "replace", or "rename"
        the new one to NAME-2.

    Returns
    -------
    list of Entry
        Those written; what was there already, word for word, is not among them.

    Raises
    ------
    LibraryError
        anything that is not an activation, with file, place, value and remedy; nothing is
        written then
    """
        ...

    def _settled(self, incoming: Sequence[Entry], on_conflict: str) -> list[Entry]:
        ...

    def _renamed(self, e: Entry, taken: Mapping[str, str]) -> Entry | None:
        ...

def _bytes_of(path: Path, most: int=MAX_BYTES, links: bool=True) -> bytes:
    ...

def _put(folder: Path, name: str, data: bytes, overwrite: bool=False) -> bool:
    ...

def _plain(value):
    ...

def _known(**values) -> dict:
    ...

def _data_of(ds: Dataset) -> dict:
    ...

def _from_origin(origin: Origin) -> dict:
    ...

def _of_one_search(formula: Formula) -> dict:
    ...

def _final_loss(found: Discovery) -> float:
    ...

def _known_fingerprint(mark) -> str | None:
    ...

def _from_discovery(found: Discovery) -> dict:
    ...

def _versions() -> dict:
    ...
_PARTS = {f.name for f in fields(Entry)} - {'name', 'formula', 'domain', 'evidence'}

def _score_text(s: Mapping) -> str:
    ...

def _paired_text(s: Mapping) -> str:
    ...

def _evidence_text(key: str, value) -> str:
    ...
_ALIKE = ('measure', 'dataset', 'network', 'recipe', 'dropout', 'rows')

def best_beside(score: Mapping, entry: Entry) -> Mapping | None:
    ...

def _paired(other: Mapping) -> str | None:
    ...

def judged(score: Mapping, other: Mapping) -> str:
    ...
SCORED = ('first score', 'best beside it', 'verdict')

def _as_html(library: ActivationLibrary) -> str:
    ...
_GRID = np.linspace(-4, 4, 161)
_WEIGHT = np.exp(-_GRID ** 2 / 2) / np.exp(-_GRID ** 2 / 2).sum()

def distance(f: Formula | str, g: Formula | str) -> float:
    ...

def _said(e: Entry) -> str:
    ...
FIDELITY = 0.2
_OF_TABLES = dict(rows=4000, steps=400, hidden=(64, 32), recipe=STRONG)

def _as_problem(value) -> 'Problem':
    ...

def _check_unused(settings: Mapping, problem: 'Problem'):
    ...

def _by_measure(measure: Callable, judge: 'Dataset | Problem', known: pd.DataFrame) -> pd.DataFrame:
    ...

def _tried(ds: Dataset, formulas: Sequence[str], rows: int, steps: int, seeds: tuple, hidden: tuple, progress: bool, recipe: Recipe) -> np.ndarray:
    ...

def _tried_on(problem: 'Problem', formulas: Sequence[str], seeds: tuple, fidelity: float, progress: bool) -> np.ndarray:
    ...

def _member(name: str) -> zipfile.ZipInfo:
    ...
MAX_FILES, MAX_ARCHIVE = (2000, 20000000)

def _json_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    ...

def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    ...

def _sound(path: Path, info: zipfile.ZipInfo):
    ...

def _entries_of(path: Path) -> list[Entry]:
    ...

def _wanted(entries: list[Entry], names: Sequence[str], path) -> list[Entry]:
    ...

def find_entry(name: str, path: str | Path | None=None) -> Entry:
    ...
