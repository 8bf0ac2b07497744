"""Find activation functions in data, and prove what they are worth.

>>> from nsad import SymbolicActivation, mlp
>>> activation = SymbolicActivation("x * exp(-x**2)")
>>> net = mlp(10, hidden=(64, 32), activation=activation)        # an ordinary torch network

    ds = load_dataset("magic", rows=4000, seed=42)                               # from a table to a verdict
    found = discover(ds.take(split(ds, test=0.2, seed=42).train), seed=42)       # no test rows
    compare(Study([ds], {"relu": "relu", "found": found.best}, split_seed=42).run(), baseline="relu")
Where to look (``nsad.__all__`` is the whole list; at a shell, ``nsad`` alone shows the commands):
data        load_dataset, list_datasets, read_table, Dataset, split, describe, plot_card
networks    Formula, explore, SymbolicActivation, replace_activations, SelectableActivation, mlp, ensemble_of, Recipe, train, evaluate
search      discover, Discovery, Problem, ModelProblem, Study, summary, compare, transfer_matrix, ActivationLibrary, Entry
elsewhere   NSADClassifier, NSADRegressor, to_c, to_onnx, to_numpy, to_jax, to_latex, quantise_network
"""
import sys as _sys
import typing as _typing
from importlib import import_module as _import_module

__version__ = "0.1.0"

# Public names by module. Each module is imported when one of its names is first asked for, so `import nsad` is quick.
_PUBLIC = {
    "formula": ["Formula", "FormulaError"],
    "activation": ["SymbolicActivation", "replace_activations"],
    "tables": ["Encoding", "read_table"],
    "data": ["DataError", "Dataset", "list_datasets", "load_dataset", "split"],
    "card": ["DataCard", "describe", "plot_card"],
    "embeddings": ["CategoryEmbedding", "PeriodicEmbedding", "PiecewiseLinearEmbedding"],
    "selectable": ["SelectableActivation", "collapse_activations"],
    "models": ["MLPEnsemble", "count_parameters", "heavy", "light", "mlp"],
    "ensemble": ["ensemble_of"],
    "quantised": ["quantise_network"],
    "export": ["ExportError", "to_c", "to_jax", "to_latex", "to_numpy", "to_onnx"],
    "training": ["CONVERGED", "PAPER", "Recipe", "STRONG", "choose_by_trial", "evaluate", "train"],
    "microcontroller": ["footprint"],
    "problem": ["ModelProblem", "Problem", "TableProblem"],
    "discovery": ["Candidate", "Discovery", "discover"],
    "library": ["ActivationLibrary", "Entry", "LibraryError", "find_entry"],
    "estimators": ["NSADClassifier", "NSADRegressor"],
    "statistics": ["Verdict", "compare", "summary", "verdicts"],
    "evaluation": ["Study"],
    "transfer": ["Forecast", "TransferMatrix", "transfer_matrix", "transferability"],
    "panel": ["explore"],
}
# The same names, for editors and type checkers, which read this block and run nothing.
if _typing.TYPE_CHECKING:
    from .formula import Formula as Formula
    from .formula import FormulaError as FormulaError
    from .activation import SymbolicActivation as SymbolicActivation
    from .activation import replace_activations as replace_activations
    from .tables import Encoding as Encoding
    from .tables import read_table as read_table
    from .data import DataError as DataError
    from .data import Dataset as Dataset
    from .data import list_datasets as list_datasets
    from .data import load_dataset as load_dataset
    from .data import split as split
    from .card import DataCard as DataCard
    from .card import describe as describe
    from .card import plot_card as plot_card
    from .embeddings import CategoryEmbedding as CategoryEmbedding
    from .embeddings import PeriodicEmbedding as PeriodicEmbedding
    from .embeddings import PiecewiseLinearEmbedding as PiecewiseLinearEmbedding
    from .selectable import SelectableActivation as SelectableActivation
    from .selectable import collapse_activations as collapse_activations
    from .models import MLPEnsemble as MLPEnsemble
    from .models import count_parameters as count_parameters
    from .models import heavy as heavy
    from .models import light as light
    from .models import mlp as mlp
    from .ensemble import ensemble_of as ensemble_of
    from .quantised import quantise_network as quantise_network
    from .export import ExportError as ExportError
    from .export import to_c as to_c
    from .export import to_jax as to_jax
    from .export import to_latex as to_latex
    from .export import to_numpy as to_numpy
    from .export import to_onnx as to_onnx
    from .training import CONVERGED as CONVERGED
    from .training import PAPER as PAPER
    from .training import Recipe as Recipe
    from .training import STRONG as STRONG
    from .training import choose_by_trial as choose_by_trial
    from .training import evaluate as evaluate
    from .training import train as train
    from .microcontroller import footprint as footprint
    from .problem import ModelProblem as ModelProblem
    from .problem import Problem as Problem
    from .problem import TableProblem as TableProblem
    from .discovery import Candidate as Candidate
    from .discovery import Discovery as Discovery
    from .discovery import discover as discover
    from .library import ActivationLibrary as ActivationLibrary
    from .library import Entry as Entry
    from .library import LibraryError as LibraryError
    from .library import find_entry as find_entry
    from .estimators import NSADClassifier as NSADClassifier
    from .estimators import NSADRegressor as NSADRegressor
    from .statistics import Verdict as Verdict
    from .statistics import compare as compare
    from .statistics import summary as summary
    from .statistics import verdicts as verdicts
    from .evaluation import Study as Study
    from .transfer import Forecast as Forecast
    from .transfer import TransferMatrix as TransferMatrix
    from .transfer import transfer_matrix as transfer_matrix
    from .transfer import transferability as transferability
    from .panel import explore as explore

_HOME = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_HOME)
_HOME["Stack"] = "models"  # the earlier name of MLPEnsemble


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module 'nsad' has no attribute {name!r}")
    return getattr(_import_module(f"nsad.{_HOME[name]}"), name)


def _asked_by_help():
    "Is `help(nsad)`, that is pydoc, among the callers?"
    frame = _sys._getframe()
    while frame := frame.f_back:
        if frame.f_globals.get("__name__") == "pydoc":
            return True
    return False


def __dir__():
    # help() would unfold every class on 5,000 lines; the docstring above names them instead.
    if _asked_by_help():
        return sorted({*globals()} - {"__dir__", "__getattr__"})
    return sorted({*globals(), *__all__})
