"""Find activation functions in data, and prove what they are worth."""
import importlib

__version__ = "0.1.0"

# Public names by module. Each module is imported when one of its names is first asked for, so `import nsad` is quick.
_PUBLIC = {
    "formula": ["Formula", "FormulaError"],
    "activation": ["SymbolicActivation", "replace_activations"],
    "tables": ["Encoding", "read_table"],
    "data": ["DataError", "Dataset", "list_datasets", "load_dataset", "split"],
    "card": ["DataCard", "describe", "plot_card"],
    "selectable": ["SelectableActivation", "collapse_activations"],
    "models": ["Stack", "count_parameters", "heavy", "light", "mlp"],
    "export": ["ExportError", "to_c", "to_jax", "to_latex", "to_numpy", "to_onnx"],
    "training": ["CONVERGED", "PAPER", "Recipe", "STRONG", "choose_by_trial", "evaluate", "train"],
    "problem": ["ModelProblem", "Problem"],
    "discovery": ["Candidate", "Discovery", "discover"],
    "library": ["ActivationLibrary", "Entry", "LibraryError", "find_entry"],
    "estimators": ["NSADClassifier", "NSADRegressor"],
    "statistics": ["Verdict", "compare", "summary", "verdicts"],
    "evaluation": ["Study"],
    "transfer": ["Forecast", "TransferMatrix", "transfer_matrix", "transferability"],
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module 'nsad' has no attribute {name!r}")
    return getattr(importlib.import_module(f"nsad.{_HOME[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])
