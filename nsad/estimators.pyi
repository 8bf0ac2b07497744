# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['MOST_ROWS', 'NSADClassifier', 'NSADRegressor']
import io
import json
import zipfile
import zlib
import warnings
from collections.abc import Mapping as Mapping, Sequence as Sequence
from dataclasses import asdict as asdict, dataclass as dataclass, replace as replace
from numbers import Integral as Integral, Real as Real
from pathlib import Path as Path
from typing import Self as Self
import numpy as np
from numpy.typing import ArrayLike as ArrayLike
import pandas as pd
import torch
from fastcore.basics import patch as patch
from scipy.special import expit as expit, log_expit as log_expit, log_softmax as log_softmax, softmax as softmax
from sklearn.base import BaseEstimator as BaseEstimator, ClassifierMixin as ClassifierMixin, RegressorMixin as RegressorMixin
from sklearn.model_selection import train_test_split as train_test_split
from sklearn.utils import check_array as check_array, check_consistent_length as check_consistent_length, check_random_state as check_random_state, check_X_y as check_X_y, compute_class_weight as compute_class_weight
from sklearn.utils._param_validation import Interval as Interval, StrOptions as StrOptions
from sklearn.utils.multiclass import check_classification_targets as check_classification_targets
from sklearn.utils.validation import _check_feature_names as _check_feature_names, _check_n_features as _check_n_features, check_is_fitted as check_is_fitted, validate_data as validate_data
from torch import nn as nn
import nsad
from .activation import NAMES as NAMES, SymbolicActivation as SymbolicActivation, activation_module as activation_module, with_constants as with_constants
from nsad.data import SCALINGS as SCALINGS, Dataset as Dataset, RawTable as RawTable, Scaler as Scaler, mean_and_deviation as mean_and_deviation, say_what_is_rounded as say_what_is_rounded, without_mask as without_mask
from .discovery import Discovery as Discovery, current_options as current_options, discover as discover
from nsad.embeddings import CategoryEmbedding as CategoryEmbedding, CategoryLayer as CategoryLayer, Embedding as Embedding, EmbeddingLayer as EmbeddingLayer, PeriodicEmbedding as PeriodicEmbedding, PiecewiseLinearEmbedding as PiecewiseLinearEmbedding, automatic_embedding as automatic_embedding, embedding_of as embedding_of, with_words as with_words
from .ensemble import AveragedNetworks as AveragedNetworks, EnsembleError as EnsembleError, ensemble_of as ensemble_of
from .files import DataError as DataError, FileError as FileError, write_file as write_file
from .formula import Formula as Formula
from .identity import IdentityError as IdentityError, activation_specification as activation_specification
from .models import Activation as Activation, automatic_widths as automatic_widths, count_parameters as count_parameters, mlp as mlp, widths_of as widths_of
from .problem import best_activation as best_activation, embedding_pays as embedding_pays, useful_steps as useful_steps
from .program import decimals as decimals, program_of as program_of
from .provenance import SeenRows as SeenRows, origins as origins, seen_as_json as seen_as_json, with_origin as with_origin
from .signals import interruption as interruption
from .tables import Encoding as Encoding
from nsad.training import RECIPES as RECIPES, Recipe as Recipe, predict as predict, recipe_named as recipe_named, recipe_of as recipe_of, train as train, weighted_rows as weighted_rows

@dataclass(frozen=True)
class _Rows:
    """Different rows that count, in an order of their own, with class numbers or numbers as
    target; weights None for one each.
    """
    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None

    def take(self, rows) -> '_Rows':
        ...

    @property
    def n_drawn(self) -> int:
        ...

    def drawn(self) -> tuple[np.ndarray, np.ndarray]:
        ...

def _in_order(X, y, weights) -> _Rows:
    ...
MOST_ROWS = 100000

def _scaled_weights(weights: np.ndarray) -> np.ndarray:
    ...

def _checked_weights(weights, n_rows: int) -> np.ndarray | None:
    ...

def _search_limits(engine, n_rows: int, embeds: bool=False) -> tuple[int | None, dict]:
    ...
_COUNT = Interval(Integral, 1, None, closed='left')
_NUMBER = Interval(Real, 0, None, closed='left')
_ABOVE_ZERO, _AUTO = (Interval(Real, 0, None, closed='neither'), StrOptions({'auto'}))
_CONSTRAINTS = {'activation': [None, str, Formula, nn.Module, type, callable], 'hidden': [_AUTO, 'array-like', Integral], 'embedding': [None, str, PeriodicEmbedding, PiecewiseLinearEmbedding, CategoryEmbedding], 'n_members': [_COUNT], 'scaling': [StrOptions(set(SCALINGS))], 'recipe': [StrOptions({'auto', *RECIPES}), Recipe, Mapping], 'engine': [str, object], 'budget': [None, _COUNT], 'time_limit': [None, _ABOVE_ZERO], 'engine_options': [None, Mapping], 'max_iter': [None, _COUNT], 'batch_size': [None, _AUTO, Interval(Integral, 2, None, closed='left')], 'lr': [None, _ABOVE_ZERO], 'weight_decay': [None, _AUTO, _NUMBER], 'dropout': [None, _AUTO, Interval(Real, 0, 1, closed='left')], 'early_stopping': [bool, np.bool_, _AUTO], 'validation_fraction': [Interval(Real, 0, 1, closed='neither')], 'n_iter_no_change': [None, _COUNT], 'warm_start': [bool, np.bool_], 'device': [str], 'random_state': ['random_state'], 'n_jobs': [None, Integral], 'verbose': ['verbose']}

class _Estimator(BaseEstimator):
    _parameter_constraints = _CONSTRAINTS
    _steps: int | None = None

    def __init__(self, activation: Activation | None=None, hidden: Sequence[int] | int | str='auto', *, recipe: str | Recipe | Mapping[str, object]='auto', engine: str='network', budget: int | None=None, time_limit: float | None=None, engine_options: Mapping[str, object] | None=None, max_iter: int | None=None, batch_size: int | None=None, lr: float | None=None, weight_decay: float | None=None, dropout: float | None=None, early_stopping: bool | str='auto', validation_fraction: float=0.1, n_iter_no_change: int | None=None, warm_start: bool=False, device: str='auto', random_state: int | np.random.RandomState | None=None, n_jobs: int | None=None, verbose: bool=False, embedding: Embedding | str | None='auto', scaling: str='standard', n_members: int=1):
        self.embedding, self.scaling, self.n_members = (embedding, scaling, n_members)
        self.activation, self.hidden, self.recipe = (activation, hidden, recipe)
        self.engine, self.budget, self.time_limit = (engine, budget, time_limit)
        self.engine_options = engine_options
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.device = device
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, X: ArrayLike | pd.DataFrame, y: ArrayLike, sample_weight: ArrayLike | None=None) -> Self:
        ...

    def _rows(self, X, y, sample_weight, again: bool) -> tuple[_Rows, pd.DataFrame | None]:
        """The rows as `_Rows`, after all checks, and as they were given in a DataFrame; sets what
    is known of the columns and the target.
    """
        y = _as_numpy(y)
        if isinstance(X, pd.DataFrame) and (not X.shape[1]):
            raise ValueError(f'X has {len(X)} rows and no column; at least one is needed')
        numeric, gaps = (self._task_kind == 'regression', 'allow-nan')
        told = self.encoding_ is not None if again else _is_told(X)
        frame = X if told else None
        if frame is None:
            given = X = _as_gaps(X)
            X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=gaps, ensure_min_samples=2, y_numeric=numeric, reset=not again)
            _say_what_is_lost(given, X)
        else:
            self._refuse_arrays(X)
            check_consistent_length(X, y)
            _check_feature_names(self, X, reset=not again)
            _check_n_features(self, X, reset=not again)
        weights = _checked_weights(sample_weight, len(X))
        if not again:
            self.encoding_ = None if frame is None else _encoding_of(frame, weights)
        if frame is not None:
            X = self.encoding_.transform(frame, odd='gap').to_numpy()
            if again:
                self._warn_of_gaps(frame)
            X, y = check_X_y(X, y, dtype=np.float64, ensure_all_finite=gaps, ensure_min_samples=2, y_numeric=numeric, estimator=self)
        if weights is not None:
            counts = weights > 0
            X, y, weights = (X[counts], y[counts], weights[counts])
            frame = None if frame is None else frame[counts]
            if len(X) < 2:
                raise ValueError(f'only {len(X)} sample has a positive weight; at least 2 are needed')
        return (_in_order(X, self._target(y, again), weights), frame)

    def _refuse_arrays(self, X):
        ...

    def _begin(self, rows: _Rows, source: pd.DataFrame | None, seed: int):
        """Scale, discover unless told, and an untrained network."""
        X, y = rows.drawn()
        widths = self._widths(len(X))
        self.__dict__.pop('network_', None)
        self.scaler_ = Scaler.fit(X, self.scaling)
        self.discovery_, self._spec, learns = (None, self.activation, False)
        scaled = self.scaler_.transform(X)
        wanted = self._wanted_embedding(scaled)
        self._try_steps(rows, wanted, widths, seed)
        if self.activation is None:
            wanted = self._tried_embedding(scaled, y, wanted, widths, seed)
            self.discovery_ = self._discovered(X, y, source, seed, wanted, widths)
            self._spec = self.discovery_.best
            if self._spec.text != 'silu(x)':
                self._try_steps(rows, wanted, widths, seed)
            self._spec, learns = self._best_found(scaled, y, wanted, widths, seed)
        if isinstance(self._spec, SymbolicActivation) and self._spec.constants is None:
            self._spec = self._spec.formula
        if isinstance(self._spec, Formula):
            self._spec = self._spec.text
        activation = _module_of(self._spec, learns)
        dropout = self._recipe().for_rows(len(X), self._task).dropout
        placed = None if wanted is None else wanted.for_rows(scaled)
        self._embedding = _as_listed(placed)
        networks = [mlp(X.shape[1], widths, activation, self._n_outputs, dropout, own, embedding=placed) for own in _member_seeds(seed, self.n_members)]
        self.network_ = self._averaged(networks)
        self.loss_curve_ = []

    def _widths(self, n_rows: int) -> tuple[int, ...]:
        ...

    def _wanted_embedding(self, X: np.ndarray) -> Embedding | None:
        ...

    def _trial(self, widths: tuple[int, ...], seed: int) -> tuple:
        ...

    @property
    def _words(self) -> tuple[int, ...]:
        ...

    def _tried_embedding(self, X: np.ndarray, y: np.ndarray, wanted: Embedding | None, widths: tuple[int, ...], seed: int) -> Embedding | None:
        ...

    def _try_steps(self, rows: _Rows, wanted: Embedding | None, widths: tuple[int, ...], seed: int):
        """Set the steps that the rows can use, where the recipe is "auto", rows are few and nothing
    else says how long to train; to None, all of the recipe's, elsewhere.
    """
        self._steps = None
        told = self.max_iter is not None or self._stops()
        if self.recipe != 'auto' or told or (not 50 <= len(rows.X) < 1000):
            return
        X = self.scaler_.transform(rows.X)
        formula = None
        if self._spec is not None:
            formula = _formula_of(activation_module(self._spec), self._spec)
        text = 'silu(x)'
        if isinstance(formula, Formula):
            text = formula.text
        self._steps = useful_steps(X, rows.y, self._task, wanted, *self._trial(widths, seed), text)

    def _best_found(self, X: np.ndarray, y: np.ndarray, wanted: Embedding | None, widths: tuple[int, ...], seed: int) -> tuple[Formula, bool]:
        ...

    @property
    def embedding_(self) -> Embedding | None:
        """The embedding in the network, with its columns; None for none."""
        ...

    def _go_on(self, rows: _Rows):
        ...

    def _averaged(self, networks: list[nn.Module]) -> nn.Module:
        ...

    @property
    def _networks(self) -> list[nn.Module]:
        ...

    def _engine_options(self) -> dict:
        ...

    def _discovered(self, X, y, source: pd.DataFrame | None, seed: int, wanted: Embedding | None, widths: tuple[int, ...]) -> Discovery:
        ...

    def __sklearn_is_fitted__(self) -> bool:
        ...

    @property
    def _names(self) -> list[str] | None:
        ...

    def _train(self, rows: _Rows, seed: int):
        """Train the networks in single precision and keep them in double."""
        recipe, stops = (self._recipe(), self._stops())
        if not stops and self.n_iter_no_change is not None:
            warnings.warn(f'n_iter_no_change={self.n_iter_no_change} does nothing with early_stopping=False; set early_stopping="auto" or True, or leave it out', stacklevel=3)
        rows, held = self._parted(rows, seed) if stops else (rows, None)
        recipe = replace(recipe, lr=self._rate(recipe), patience=recipe.patience or 10 if stops else None)
        losses = self._train_networks(rows, held, recipe, seed)
        self.network_.to('cpu').double()
        if not np.isfinite(losses[-1]) or not all((p.isfinite().all() for p in self.network_.parameters())):
            raise ValueError(f'training with the activation {self._spec!r} ended without finite weights; try lr below {recipe.lr:g} or another activation')
        self.loss_curve_ = [*self.loss_curve_, *losses]
        self.n_iter_, self.recipe_ = (len(losses), recipe.for_rows(rows.n_drawn, self._task))
        first = self._networks[0][0]
        words = first.columns if isinstance(first, CategoryLayer) else ()
        self.feature_importances_ = self._of_columns(_importances(self.network_, self.scaler_.transform(rows.drawn()[0]), words))

    def _stops(self) -> bool:
        ...

    def _train_networks(self, rows: _Rows, held, recipe: Recipe, seed: int) -> list[float]:
        """Train all members, as one where they can be; the mean loss of each epoch."""
        networks, seeds = (self._networks, _member_seeds(seed, self.n_members))
        together = networks[0] if len(networks) == 1 else _as_one(networks, seeds)
        X, y = (self.scaler_.transform(rows.X), self._scaled(rows.y))
        curves = []
        for model, own in [(together, seed)] if together else zip(networks, seeds):
            history = train(model.float(), X, y, self._task, recipe, own, held, self.device, bool(self.verbose), self._weights(rows))
            curves.append(history.train_loss.mean(1))
        if together and len(networks) > 1:
            networks = [together.member(k) for k in range(len(networks))]
        self.network_ = self._averaged(networks)
        epochs = max(map(len, curves))
        return np.mean([np.pad(c, (0, epochs - len(c)), 'edge') for c in curves], 0).tolist()

    def _recipe(self) -> Recipe:
        ...

    def _rate(self, recipe: Recipe) -> float:
        ...

    def _parted(self, rows: _Rows, seed: int) -> tuple[_Rows, tuple]:
        ...

    def _outputs(self, X) -> np.ndarray:
        ...

    def _numbers(self, X) -> np.ndarray:
        ...

    def _warn_of_gaps(self, frame: pd.DataFrame):
        ...

    def _of_columns(self, shares: np.ndarray) -> np.ndarray:
        ...

    def __sklearn_tags__(self):
        ...

    @property
    def activation_(self) -> nn.Module:
        """The activation, for use in any network; of several members that of the first."""
        ...

    @property
    def formula_(self) -> Formula | None:
        """The formula of the activation, None where it has none; one that comes from a search
    remembers which rows that has seen.
    """
        ...

    @property
    def n_parameters_(self) -> int:
        """How many numbers the network has learned."""
        ...

    def explain(self, as_frame: bool=False, most: int=3) -> str | pd.DataFrame:
        """Three sentences, a line each: where the formula is from, what it gained over ReLU, and
    what it does and costs.

    Parameters
    ----------
    as_frame : bool
        Every column with its importance as a DataFrame, the most important first, in place of
        the text.
    most : int
        How many columns the text names.

    Returns
    -------
    str or DataFrame

    Examples
    --------
    >>> print(NSADRegressor().fit(X, y).explain())                   # doctest: +SKIP
    The activation silu(x) was found by the network search among 90 formulas on 1,600 rows, seed
    42. On validation rows of the search its squared error was 0.0527 and ReLU's 0.0601: lower
    by 0.0074, standard error 0.0011. It turns, grows without bound ...
    """
        ...

    def _where_from(self) -> str:
        ...

    def _gained(self) -> str:
        ...

    def _does_and_costs(self) -> str:
        ...

    def _behind(self) -> str:
        ...

    def __getstate__(self) -> dict:
        ...

    def __setstate__(self, state: dict):
        ...

    def save(self, path) -> Path:
        """Write the fitted estimator to `path`, a zip of JSON and arrays of numbers, as a whole or
    not at all.
    """
        ...

    @classmethod
    def load(cls, path: str | Path) -> _Estimator:
        """Read what `save` wrote; any other file is a ValueError."""
        ...

    @classmethod
    def _read(cls, content: bytes) -> _Estimator:
        ...

    def _restored(self, state: dict) -> _Estimator:
        ...

def _seed(random_state) -> int:
    ...

def _encoding_of(frame: pd.DataFrame, weights: np.ndarray | None) -> Encoding:
    ...

def _is_told(X) -> bool:
    ...

def _as_gaps(X):
    ...

def _say_what_is_lost(given, X: np.ndarray) -> None:
    ...

def _as_numpy(y):
    ...

def _module_of(spec: Activation, learns: bool) -> nn.Module:
    ...

def _as_listed(placed: Embedding | None) -> list | None:
    ...

def _of_listed(text: str, edges, inner_edges=None) -> Embedding:
    ...

def _alike(one, other) -> bool:
    ...

def _member_seeds(seed: int, n_members: int) -> list[int]:
    ...
_BY_THE_ESTIMATOR = dict(seed='random_state', progress='verbose') | {name: name for name in ('engine', 'budget', 'time_limit', 'n_jobs')}

def _as_one(networks: list[nn.Module], seeds: list[int]) -> nn.Module | None:
    ...
_DISTANCE = 2 / np.sqrt(np.pi)

def _importances(network: nn.Module, X, words: Sequence[int]=()) -> np.ndarray:
    ...

def _place_of_activation(network: nn.Sequential) -> int:
    ...

def _formula_of(act: nn.Module, spec: Activation) -> Formula | None:
    ...

class NSADClassifier(ClassifierMixin, _Estimator):
    """A network for classes whose activation is discovered in the rows it is fitted on.

    Parameters
    ----------
    activation : None, str, Formula, Module or its class, default None
        None discovers. A `Formula`, its text, a name of torch's, a module or its class is used
        as it is.
    hidden : "auto", sequence of int, or int for one layer, default "auto"
        Widths of the hidden layers; "auto" is (64, 32), or (128, 64) for six classes or more
        with at least 1,000 rows (`nsad.models.automatic_widths`).
    recipe : str, Recipe or mapping of its settings, default "auto"
        How the networks are trained, of the search as of the estimator: "strong", "paper" or
        "converged", or your own. "auto" is "strong", of 50 to 999 rows in fewer steps where
        trainings on three quarters of them say that more do harm (`nsad.problem.useful_steps`);
        all steps where `max_iter` or early stopping says how long to train.
    engine, budget, time_limit, engine_options
        Of the search, as in `discover`; without a budget small tables get a small search, and
        a trial says whether decimal constants of what is found go on learning, and of several
        searches, `engine_options={"restarts": 3}`, whose formula it is
        (`nsad.problem.best_activation`; with a `time_limit` there is none).
    max_iter, batch_size, lr, weight_decay, dropout : default None
        In place of the recipe's epochs, rows in one step, learning rate, weight decay and share
        of units dropped.
    early_stopping : bool or "auto", default "auto"
        Keep the best epoch by rows put aside; "auto" does so if the recipe has patience or
        `n_iter_no_change` is given.
    validation_fraction : float, default 0.1
        Share of the rows put aside for early stopping.
    n_iter_no_change : int, default None
        Epochs to wait for a lower loss, in place of the recipe's patience, or of 10 where that
        has none; a number turns early stopping on unless it is False, and then does nothing,
        with a warning.
    class_weight : None, dict or "balanced", default None
        Class label to weight.
    warm_start : bool, default False
        Go on training the network of the last `fit`, with its activation and the scaling of its
        rows; another network (other hidden layers, say) is refused.
    device, random_state, n_jobs, verbose
        Where, from which seed, with how many processes, with progress bars.
    embedding : str, embedding or None, default "auto"
        Before the first layer, in the search and in the end: "periodic" or "piecewise" of
        numbers, "categories" of a DataFrame's words, "categories(numbers=piecewise)" of both, or
        a `PeriodicEmbedding`, `PiecewiseLinearEmbedding` or `CategoryEmbedding`. Columns, bins
        and categories that it leaves open come from the rows of `fit`. "auto" embeds words; and
        numbers, piecewise, where that pays: before a search short trainings tell
        (`nsad.problem.embedding_pays`, from 400 rows on); with an activation or a
        `time_limit` given, `nsad.embeddings.automatic_embedding` (from 4,000 rows on). None for
        none.
    scaling : str, default "standard"
        How columns are scaled, by the rows of `fit`: "standard", "robust" (a smooth clip, for
        long tails), "quantile_uniform" or "quantile_normal" (ranks), see `Scaler`.
    n_members : int, default 1
        Networks, each from a seed of its own, that are trained together and whose
        probabilities (in a regression values) are averaged; 8 take up to eight times as long,
        and `network_` is then an `AveragedNetworks`.

    Attributes
    ----------
    classes_, n_features_in_, feature_names_in_
        Labels and columns.
    encoding_ : Encoding or None
        How a DataFrame becomes numbers; None for arrays.
    recipe_ : Recipe
        How the network was trained, with all numbers.
    embedding_ : PeriodicEmbedding, PiecewiseLinearEmbedding, CategoryEmbedding or None
        The embedding in the network, with its columns.
    activation_, formula_
        The first layer's activation as a module, and its formula, with what its constants have
        learned (None where it has none).
    discovery_ : Discovery or None
        The search; None where an activation was given.
    network_, n_parameters_, n_iter_, loss_curve_
        The trained network, its size, epochs and training losses.
    feature_importances_ : array (features,)
        How far the output moves with each column, in shares.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> NSADClassifier(activation="silu", max_iter=20, random_state=0).fit(X, y).predict(X[:2])
    array([0, 0])
    """
    _parameter_constraints = {**_CONSTRAINTS, 'class_weight': [None, dict, StrOptions({'balanced'})]}
    _kind, _task_kind = ('NSADClassifier', 'classes')

    def __init__(self, activation: Activation | None=None, hidden: Sequence[int] | int | str='auto', *, recipe: str | Recipe | Mapping[str, object]='auto', engine: str='network', budget: int | None=None, time_limit: float | None=None, engine_options: Mapping[str, object] | None=None, max_iter: int | None=None, batch_size: int | None=None, lr: float | None=None, weight_decay: float | None=None, dropout: float | None=None, early_stopping: bool | str='auto', validation_fraction: float=0.1, n_iter_no_change: int | None=None, class_weight: Mapping[object, float] | str | None=None, warm_start: bool=False, device: str='auto', random_state: int | np.random.RandomState | None=None, n_jobs: int | None=None, verbose: bool=False, embedding: Embedding | str | None='auto', scaling: str='standard', n_members: int=1):
        given = locals()
        super().__init__(**{name: given[name] for name in _Estimator._get_param_names()})
        self.class_weight = class_weight

    def predict_proba(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        ...

    def predict_log_proba(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        ...

    def predict(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        ...

    def _target(self, y, again: bool) -> np.ndarray:
        """Class numbers."""
        if y.dtype.kind in 'OS' and (not all((isinstance(label, str) for label in y))):
            kinds = sorted({type(label).__name__ for label in y})
            several = 'several types' if len(kinds) > 1 else 'a type'
            raise ValueError(f"labels are of {several} ({', '.join(kinds)}) that cannot be put in order; make all of them text, such as list(map(str, y))")
        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f'the label has one class only ({classes.tolist()[0]!r}); a classifier needs at least 2 classes')
        if again and (not np.array_equal(classes, self.classes_)):
            raise ValueError(f'a warm start with the classes {classes.tolist()} on a network for {self.classes_.tolist()}; set warm_start=False')
        self.classes_ = classes
        return codes

    @property
    def _task(self) -> str:
        ...

    @property
    def _n_outputs(self) -> int:
        ...

    def _scaled(self, y):
        ...

    def _weights(self, rows: _Rows) -> np.ndarray | None:
        ...

class NSADRegressor(RegressorMixin, _Estimator):
    """A network for numbers whose activation is discovered in the rows it is fitted on.

    There is no `class_weight` and no `classes_`; all else is as in `NSADClassifier`.

    Parameters
    ----------
    activation, hidden, recipe, engine, budget, time_limit, engine_options, max_iter
        As in `NSADClassifier`.
    batch_size, lr, weight_decay, dropout, early_stopping, validation_fraction
        As in `NSADClassifier`.
    n_iter_no_change, warm_start, device, random_state, n_jobs, verbose, embedding, scaling
        As in `NSADClassifier`.
    n_members
        As in `NSADClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> from nsad import NSADRegressor
    >>> X = np.random.default_rng(0).normal(size=(200, 4))
    >>> model = NSADRegressor("sin(x)", random_state=0).fit(X, np.sin(3 * X[:, 0]))
    >>> model.predict(X[:3]).shape
    (3,)
    """
    _kind, _task_kind, _task = ('NSADRegressor', 'regression', 'regression')
    _n_outputs = 1

    def predict(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        ...

    def _target(self, y, again: bool) -> np.ndarray:
        ...

    def _begin(self, rows: _Rows, source: pd.DataFrame | None, seed: int):
        y = rows.drawn()[1]
        mean, scale = mean_and_deviation(y)
        self.target_mean_, self.target_scale_ = (float(mean[0]), float(scale[0]))
        _Estimator._begin(self, _Rows(rows.X, self._scaled(rows.y), rows.weights), source, seed)

    def _scaled(self, y):
        ...

    def _weights(self, rows: _Rows) -> np.ndarray | None:
        ...

def _what_it_does(f: Formula) -> str:
    ...

def _final_losses(found: Discovery, text: str) -> pd.Series | None:
    ...

def _of_members(arrays: Mapping[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
    ...

def _rebuilt(arrays: Mapping[str, np.ndarray], spec, dropout: float, embedding: list | None=None) -> nn.Sequential:
    ...

def _rebuilt_embedded(arrays: Mapping[str, np.ndarray], spec, dropout: float, *listed) -> nn.Sequential:
    ...
_ARRAYS = ('classes_', 'feature_names_in_', 'feature_importances_')
_KINDS = 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64'.split()

def _listed(values: np.ndarray) -> dict:
    ...

def _unlisted(d: dict) -> np.ndarray:
    ...

def _as_json(name: str, value):
    ...
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, RecursionError, MemoryError, EOFError, OverflowError, NotImplementedError, zipfile.BadZipFile, zlib.error)

def _weights(name: str, data: bytes) -> np.ndarray:
    ...
