# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['Fitted', 'Model', 'COLUMNS', 'KEYS', 'MOST_PLACED', 'Study', 'several_seeds', 'FittedModel', 'Baseline', 'package_of', 'models_of', 'ResultsStore', 'activation_text', 'SplitRows']
import importlib.metadata
import json
import platform
import time
import warnings
from collections.abc import Callable as Callable, Iterable as Iterable, Iterator as Iterator, Mapping as Mapping, Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import asdict as asdict, dataclass as dataclass, field as field, fields as fields, replace as replace
from datetime import UTC as UTC, datetime as datetime
from functools import partial as partial
from numbers import Integral as Integral
from pathlib import Path as Path
from typing import Protocol as Protocol, runtime_checkable as runtime_checkable
import numpy as np
import pandas as pd
import torch
from fastcore.basics import patch as patch
from torch import nn as nn
from tqdm import tqdm as tqdm
import nsad
from .activation import activation_module as activation_module
from nsad.data import TEST_SHARE as TEST_SHARE, Dataset as Dataset, Scaler as Scaler, checked_scaling as checked_scaling, StandardisedRows as StandardisedRows, fit_in_pieces as fit_in_pieces, is_mapped as is_mapped, load_dataset as load_dataset, split as split, whole_number as whole_number
from .discovery import Discovery as Discovery
from .embeddings import embedding_layout as embedding_layout, with_words as with_words
from .formula import Formula as Formula
from .identity import activation_specification as activation_specification, identity as identity, specification as specification
from .messages import shown as shown
from .models import Activation as Activation, MLPEnsemble as MLPEnsemble, count_parameters as count_parameters, embedding_in as embedding_in, hidden_of as hidden_of
from .parallel import Workers as Workers, connected as connected, run_jobs as run_jobs
from .provenance import Origin as Origin, fair_split as fair_split, leak as leak, origins as origins, remedy as remedy
from .signals import stoppable as stoppable
from .statistics import Results as Results, pack_rows as pack_rows, row_scores as row_scores
from .store import check_rows as check_rows, open_store as open_store, saying as saying
from nsad.training import MEASURES as MEASURES, STRONG as STRONG, Recipe as Recipe, forward_flops as forward_flops, latency as latency, measures as measures, member_costs as member_costs, predict as predict, recipe_of as recipe_of, train as train

@dataclass(frozen=True)
class Study:
    """Networks to train and compare: every dataset, network, activation and seed.

    Parameters
    ----------
    datasets : sequence of str or Dataset
        Names for `load_dataset`, or `Dataset` objects.
    activations
        Label to activation (what `mlp` takes) or `Discovery`, whose best formula is trained, or
        label to a mapping from seed to one of these; or a list of them. None is tested on rows
        that its search has seen, see `leak`.
    networks
        Names of `SHAPES`, or widths like "128-64"; an embedding of numbers may follow, as in
        "light+periodic", "light+piecewise(n_bins=8)" or, of words, "light+categories", see
        `nsad.embeddings`: its columns and bins come from the training rows. A mapping names
        the labels of the activations that each is trained with (None for all).
    seeds : sequence of int, default (42, 43, 44)
        Of initial weights, batches, dropout, and of the split unless `split_seed` fixes one for
        all.
    recipe : Recipe, default STRONG
        How networks are trained; all its settings are part of what a row is filed under.
    rows : int or None, default 100000
        Rows drawn from a dataset that is given by name.
    test, validation
        Shares of the rows; validation rows are only taken where the recipe has patience.
    split_seed : int, optional
        None splits anew for each seed.
    stack_size : int, default 24
        Networks trained as one.
    models : mapping from str to Baseline or mapping from int to Baseline
        Label to what is no network of a stack, see `Baseline`, or label to a mapping from seed to
        that.
    scaling : str, default 'standard'
        How columns are scaled, by the training rows of each split: one of
        `nsad.data.SCALINGS`.

    Examples
    --------
    >>> from nsad import Recipe, Study, load_dataset
    >>> study = Study(
    ...     [load_dataset("sklearn:wine")],
    ...     ["relu", "sin(x)"],
    ...     seeds=(1, 2),
    ...     recipe=Recipe("short", epochs=2),
    ... )
    >>> results = study.run(progress=False)
    >>> len(results)
    4
    """
    datasets: Sequence[str | Dataset]
    activations: Mapping[str, Activation | Mapping[int, Activation]] | Sequence[str]
    networks: Mapping[str, Sequence[str] | None] | Sequence[str] = ('light',)
    seeds: Sequence[int] = (42, 43, 44)
    recipe: Recipe = STRONG
    rows: int | None = 100000
    test: float = TEST_SHARE
    validation: float = 0.1
    split_seed: int | None = None
    stack_size: int = 24
    models: Mapping[str, 'Baseline | Mapping[int, Baseline]'] = field(default_factory=dict)
    scaling: str = 'standard'

    def __post_init__(self):
        ...

    def cells(self) -> Iterator[_Cell]:
        """The networks of the grid, and the models.

    Yields
    ------
    _Cell
        One network or model to train.

    Raises
    ------
    ValueError
        There is nothing to train, a table is there twice, or a search has seen test rows.
    """
        ...

    def _refuse_empty(self):
        ...

    def _identities(self, label: str, spec) -> dict:
        ...

    def _settings(self, cell: _Cell) -> dict:
        ...

    def _of_cell(self, cell: _Cell) -> str:
        ...

    @property
    def _validation(self) -> float:
        ...

    def _sources(self) -> Iterator[tuple[str, int, Origin]]:
        ...

    def _refuse_leaks(self, ds: Dataset):
        ...

    def _remedy(self, origin: Origin, ds: Dataset) -> str:
        ...

    def with_fair_split(self) -> 'Study':
        """The study itself where no activation would be tested on rows that its search has seen;
    else the study on the one split that was searched, if all agree on one.

    Returns
    -------
    Study
        Itself, or one that splits by the seed of the discoveries.

    Raises
    ------
    ValueError
        There is no such split.
    """
        ...

    def run(self, store: 'str | Path | ResultsStore | None'=None, device: str='auto', progress: bool=True, backend: str='loky', n_jobs: int | None=None, scheduler: str | None=None, row_scores: bool=False) -> Results:
        """Train what is missing, and return one row for each network of the grid; what has two
    labels is trained once and has two rows.

    Parameters
    ----------
    store
        Path of the SQLite file to keep results in and to go on from; None keeps them in memory.
    device : str, default 'auto'
        "auto", or a name that torch knows.
    progress : bool, default True
        Show a bar over networks.
    backend : str, default 'loky'
        "loky" for processes on this machine, "dask" or "ray" for a cluster.
    n_jobs : int, optional
        Stacks trained at once; None is one, here, with "loky", and what the cluster has with
        others; -1 takes all processors.
    scheduler : str, optional
        Address of a running cluster; without one, Dask and Ray start their own on this machine.
    row_scores : bool, default False
        Give what each test row contributes as well, as bytes; a verdict on one split for all
        seeds needs it.

    Returns
    -------
    Results
        A DataFrame, one row for each network: what it is, its measures, its costs. A notebook
        shows its means and verdicts.
    """
        ...

    def _here(self, missing: dict, device: str, kept: ResultsStore, bar) -> Iterator[dict]:
        ...

    def _elsewhere(self, missing: dict, device: str, workers: Workers) -> Iterator[dict]:
        ...

    def _stacks(self, missing: dict) -> Iterator[dict]:
        ...

    def _rows(self, ds: Dataset, split_seed: int) -> SplitRows:
        ...

    def _train(self, cells: dict, device: str) -> Iterator[dict]:
        ...

    def _train_stack(self, cells: dict, rows: dict, embeddings: dict, device: str) -> Iterator[dict]:
        ...

    def _fit(self, key: str, cell: _Cell, device: str) -> dict:
        ...

    def _row(self, key: str, cell: _Cell, **measured) -> dict:
        ...

def _labelled(activations: Mapping | Sequence) -> dict:
    ...

def _labels_by_network(networks: Mapping | Sequence, known: Mapping) -> dict[str, list[str]]:
    ...

def several_seeds(seeds: Sequence[int]) -> tuple[int, ...]:
    ...

def _once(given: tuple[int, ...]) -> tuple[int, ...]:
    ...

def _trainable(spec):
    ...

@dataclass(frozen=True)
class FittedModel:
    """A fitted `Baseline`.

    Parameters
    ----------
    predict : callable
        From standardised rows (rows, features) to raw outputs (rows, outputs), logits where the
        task has classes.
    n_parameters, flops
        How many numbers were learned, and operations spent on one row.
    best_epoch : int, optional
        How many epochs, or rounds, are in it.
    """
    predict: Callable
    n_parameters: int
    flops: float
    best_epoch: int | None = None

    @classmethod
    def of(cls, net: nn.Module, n_features: int, best_epoch: int | None=None) -> 'FittedModel':
        ...
Fitted = FittedModel

@runtime_checkable
class Baseline(Protocol):
    """Anything with `kind` and `fit`, which a `Study` can fit; `str` of it says all that
    determines it.

    Attributes
    ----------
    kind : str
        What stands in the column `network`.
    requires : str, optional
        The package that it comes from, whose version is recorded; '' or left out for none.
    """
    kind: str

    def fit(self, rows: 'SplitRows', task: str, n_outputs: int, seed: int, recipe: Recipe, device: str) -> FittedModel:
        ...
Model = Baseline

def package_of(model: Baseline) -> str:
    ...

def models_of(spec) -> list:
    ...
COLUMNS = dict(key='TEXT PRIMARY KEY', dataset='TEXT', domain='TEXT', fingerprint='TEXT', task='TEXT', network='TEXT', activation='TEXT', formula='TEXT', seed='INTEGER', split_seed='INTEGER', recipe='TEXT', settings='TEXT', n_parameters='INTEGER', flops='INTEGER', **dict.fromkeys(MEASURES['classes'] + MEASURES['regression'], 'REAL'), latency='REAL', train_rows='INTEGER', validation_rows='INTEGER', test_rows='INTEGER', best_epoch='INTEGER', seconds='REAL', device='TEXT', nsad='TEXT', torch='TEXT', python='TEXT', created='TEXT', identity='TEXT', skill='REAL', one_answer='REAL')
KEYS = 2

class ResultsStore:
    """Rows of trained networks in a SQLite file, or in memory where `path` is None.

    Parameters
    ----------
    path : str, Path or None
        The file; it is made where there is none.

    Raises
    ------
    ValueError
        A file of a newer nsad. One of an older nsad, whose keys did not tell all activations
        apart, can be read (`frame`) but takes no rows.
    """

    def __init__(self, path=None):
        self.path, self.db = (path, open_store(path))
        with saying(path):
            version, = self.db.execute('PRAGMA user_version').fetchone()
            if version > KEYS:
                raise ValueError(f'{path} is of a newer nsad (its keys are of version {version}, here they are of {KEYS}): update nsad, or give another file')
            self.old = version < KEYS and self._has_rows()
        complete = version == KEYS and self._columns() >= {*COLUMNS, 'row_scores'}
        if not self.old and (not complete):
            self._make_columns()

    def _has_rows(self) -> bool:
        ...

    def _columns(self) -> set[str]:
        ...

    def _make_columns(self):
        ...

    def check(self):
        ...

    @contextmanager
    def _writing(self):
        ...

    def add(self, row: dict):
        ...

    def keys(self) -> set[str]:
        ...

    def frame(self, row_scores: bool=False) -> pd.DataFrame:
        ...

    def begin(self, keys) -> None:
        """Note that networks are being trained; a store in memory needs no such note."""
        ...

    def begun(self, keys) -> int:
        """How often the training of one of these networks, none of which is kept, was begun at most."""
        ...

def activation_text(spec: Activation | Baseline) -> str:
    ...

def _identity(label: str, spec: Activation | Baseline) -> str:
    ...

@dataclass(frozen=True)
class _Cell:
    """One network to train."""
    dataset: Dataset
    data: str
    network: str
    label: str
    activation: Activation | Baseline
    identity: str
    of_label: str
    seed: int
    split_seed: int

def _stack_rows(shared: tuple, stack: dict, device: str) -> list[dict]:
    ...

@dataclass(frozen=True)
class SplitRows:
    """Scaled rows of one split: train, validation (may be empty) and test as (X, y), the
    scale of a numeric target, and which columns are codes of words.
    """
    train: tuple
    validation: tuple
    test: tuple
    y_mean: float = 0.0
    y_scale: float = 1.0
    words: tuple = ()

    def in_memory(self) -> 'SplitRows':
        ...

    def scores(self, output, task: str, n_parameters: int, flops: float) -> dict:
        ...

    def kept(self, output, task: str) -> dict:
        ...

def _placed(network: str, rows: SplitRows):
    ...
MOST_PLACED = 1000000

def _shape(rows: SplitRows, embedding) -> tuple:
    ...

def _together(parts):
    ...

def _one_if_equal(by_seed: dict):
    ...
