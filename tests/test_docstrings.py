"""Docstrings of public names: whole, as numpydoc's validation reads them, and with examples that run."""
import doctest
import importlib
import inspect
import re
import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from numpydoc.validate import validate

import nsad

# Asked of every public name and of every public method of its classes:
# GL06, GL07 sections that are known and in order; GL08 a docstring; SS01 a summary; PR01, PR02, PR03 every parameter,
# no other, in order; RT01, YD01 what comes back; and for names of the package EX01, an example.
CHECKS = {"GL06", "GL07", "GL08", "SS01", "PR01", "PR02", "PR03", "RT01", "YD01"}
# What torch calls, and what is documented where torch documents it.
OF_TORCH = {"forward", "extra_repr"}
# One line says all: an argument is a tensor, and so is what comes back.
SHORT = {"SymbolicActivation.plain"}


def public():
    "Public names, methods and properties, as (dotted name, object)."
    for name in nsad.__all__:
        thing = getattr(nsad, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            yield name, thing
        if inspect.isclass(thing):
            for part, value in vars(thing).items():
                known = callable(value) or isinstance(value, (classmethod, staticmethod, property))
                if known and not part.startswith("_") and part not in OF_TORCH and not inspect.isclass(value):
                    yield f"{name}.{part}", value


PUBLIC = {name: thing for name, thing in public() if name not in SHORT}


def of_its_own(problem):
    "Is it about a parameter that a caller gives? Fields that begin with _ and the parameters of a protocol are none."
    named = set(re.findall(r"'([^']+)'", problem))
    return not named or any(not n.startswith("_") and n not in ("*args", "**kwargs") for n in named)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_is_whole(name):
    checks = CHECKS | (set() if "." in name else {"EX01"})
    if name == "Problem":                      # a protocol takes no arguments, and numpydoc asks for those of object
        checks = checks - {"PR01"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        errors = validate(f"nsad.{name}")["errors"]
    assert [f"{code} {text}" for code, text in errors if code in checks and of_its_own(text)] == []


def sources_of_examples():
    "Modules of the package that have an example in a docstring."
    package = Path(nsad.__file__).parent
    for file in sorted(package.rglob("*.py")):
        if not file.name.startswith("_") and ">>> " in file.read_text("utf-8"):
            yield ".".join(("nsad", *file.relative_to(package).with_suffix("").parts))


def examples_of(module):
    "All examples of a module, those of methods that another cell adds to a class included."
    found = {}
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, module.__name__):
        if test.examples:
            found[test.name] = test
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", list(sources_of_examples()))
def test_the_examples_of_a_module_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)                # some write a file
    matplotlib.use("agg")
    module = importlib.import_module(name)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner, said = doctest.DocTestRunner(optionflags=options, verbose=False), []
    tests = examples_of(module)
    assert tests, "no example was found"
    with warnings.catch_warnings(), np.printoptions(precision=4, suppress=True):
        warnings.simplefilter("ignore")
        for test in tests.values():
            runner.run(test, out=said.append, clear_globs=False)
    assert not runner.failures, "".join(said)
