"""What editors, type checkers and `help` see of the package, whose names are imported when they are first asked for."""
import doctest
import inspect
import json
import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import jedi
import pytest

import nsad


@pytest.mark.parametrize("name", nsad.__all__)
def test_an_editor_completes_every_public_name_and_knows_where_it_is_made(name):
    start = name[:-1]
    typed = f"import nsad\nnsad.{start}"
    assert name in {c.name for c in jedi.Script(typed).complete()}
    assert name in {c.name for c in jedi.Script(f"from nsad import {start}").complete()}
    found = jedi.Script(f"import nsad\nnsad.{name}").goto(2, 5 + len(name), follow_imports=True)
    assert found and all(d.module_name.startswith("nsad.") for d in found)


def test_the_first_letters_of_discover_lead_to_the_function():
    assert "discover" in {c.name for c in jedi.Script("import nsad\nnsad.disc").complete()}
    assert "NSADClassifier" in {c.name for c in jedi.Script("from nsad import NSADCl").complete()}


def test_dir_lists_public_names_and_nothing_that_was_only_imported():
    listed = set(dir(nsad))
    assert set(nsad.__all__) <= listed
    assert not {"importlib", "import_module", "sys", "typing", "TYPE_CHECKING"} & listed


def test_help_fits_on_two_screens_and_its_example_runs():
    nsad.Study, nsad.Formula  # noqa: B018  help is as short when names are in use
    text = pydoc.plain(pydoc.render_doc(nsad))
    assert len(text.splitlines()) <= 100
    assert ">>> from nsad import" in text
    examples = doctest.DocTestFinder(recurse=False).find(nsad, "nsad", globs={})
    runner = doctest.DocTestRunner()
    for example in examples:
        runner.run(example)
    assert runner.tries >= 3 and runner.failures == 0


def test_help_names_what_there_is():
    words = {w.strip(".,`") for w in nsad.__doc__.split()}
    main = {"discover", "Study", "Formula", "SymbolicActivation", "load_dataset", "mlp", "NSADClassifier"}
    assert main <= words
    listed = nsad.__doc__.split("the commands):")[1]
    unknown = {w.strip(",") for line in listed.split("\n") for w in line.split()[1:]} - set(nsad.__all__)
    assert not unknown, "help names what the package has not"


@pytest.mark.slow
def test_a_type_checker_knows_every_public_name(tmp_path):
    pytest.importorskip("mypy", reason="the type checker comes with the extra dev")
    lines = [f"reveal_type(nsad.{name})" for name in nsad.__all__]
    (tmp_path / "uses.py").write_text("\n".join(["import nsad", *lines]) + "\n", encoding="utf-8")
    unread = "".join(f"[mypy-{name}.*]\nfollow_imports = skip\n" for name in ("torch", "sympy", "sklearn", "scipy", "matplotlib"))
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nignore_missing_imports = True\nfollow_imports = silent\n{unread}", encoding="utf-8")
    run = subprocess.run([sys.executable, "-m", "mypy", "--config-file", "mypy.ini",
                          "--cache-dir", tmp_path / "cache", "uses.py"], capture_output=True, text=True, cwd=tmp_path,
                         env=os.environ | {"MYPYPATH": str(Path(nsad.__file__).parents[1])})
    shown = [line.partition('Revealed type is "')[2].rstrip('"') for line in run.stdout.splitlines()
             if "Revealed type" in line]
    assert len(shown) == len(lines), run.stdout + run.stderr
    untyped = [name for name, what in zip(nsad.__all__, shown) if what in ("Any", "def (*Any, **Any) -> Any")]
    assert not untyped


# Of scikit-learn, written into every estimator.
REQUESTS = re.compile(r"set_\w+_request|get_metadata_routing")
# How NumPy's own types are spelled out: an array of whatever shape and kind, and what becomes one.
OF_NUMPY = re.compile(r"(tuple|dtype)\[Any(, \.\.\.)?\]")


def public_parts():
    "Public names, and what the package itself writes into public classes: methods, properties, what makes one."
    for name in nsad.__all__:
        yield name
        thing = getattr(nsad, name)
        if inspect.isclass(thing):
            parts = [part for part in vars(thing) if part[0] != "_" or part in ("__init__", "__call__")]
            yield from (f"{name}.{part}" for part in parts if not REQUESTS.fullmatch(part))


def functions_of(thing):
    "The function behind a method or a property, if it is one of the package."
    thing = getattr(thing, "fget", None) or getattr(thing, "func", None) or getattr(thing, "__func__", thing)
    return [thing] if inspect.isfunction(thing) and thing.__module__.startswith("nsad") else []


@pytest.mark.parametrize("name", list(public_parts()))
def test_a_public_signature_has_types(name):
    first, _, part = name.partition(".")
    thing = vars(getattr(nsad, first))[part] if part else getattr(nsad, first)
    for function in functions_of(thing):
        signature = inspect.signature(function)
        lacking = [p.name for p in signature.parameters.values() if p.annotation is p.empty and p.name not in ("self", "cls")]
        if part != "__init__" and signature.return_annotation is signature.empty:
            lacking.append("return")
        assert not lacking, f"{name} does not say of which type these are"


def parameters_of(name):
    "Names of a public function's parameters, by the function itself."
    first, _, part = name.partition(".")
    thing = vars(getattr(nsad, first))[part] if part else getattr(nsad, first)
    functions = [] if isinstance(thing, property) else functions_of(thing)
    return [p for f in functions for p in inspect.signature(f).parameters if p not in ("self", "cls")]


def revealed(names, folder):
    "What pyright reveals of each name; None for what it does not know."
    pytest.importorskip("pyright", reason="pyright comes with the extra dev")
    (folder / "uses.py").write_text("\n".join(["import nsad", *(f"reveal_type({name if name.startswith('nsad.') else 'nsad.' + name})" for name in names)]) + "\n", encoding="utf-8")
    env = os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONPATH": str(Path(nsad.__file__).parents[1])}
    run = subprocess.run([sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", "uses.py"],
                         capture_output=True, text=True, cwd=folder, env=env)
    if not run.stdout.strip().startswith("{"):
        pytest.skip(f"pyright does not start here, it fetches itself from npm: {run.stderr.strip()[-200:]}")
    said = {}
    for message in json.loads(run.stdout)["generalDiagnostics"]:
        line, text = message["range"]["start"]["line"], message["message"]
        said[line] = None if "Cannot access attribute" in text or said.get(line, "") is None else text.partition('" is ')[2]
    return {name: said.get(i) for i, name in enumerate(names, start=1)}


@pytest.mark.slow
def test_pyright_reports_no_any_for_the_public_face(tmp_path):
    shown = revealed(list(public_parts()), tmp_path)
    assert [name for name, text in shown.items() if not text] == [], "unknown to pyright: `make export` writes the stubs anew"
    vague = {name: text for name, text in shown.items() if text and re.search(r"\b(Any|Unknown)\b", OF_NUMPY.sub("", text))}
    assert vague == {}
    old = {name: text for name, text in shown.items() for p in parameters_of(name) if not re.search(rf"\b{p}:", text)}
    assert old == {}, "a stub of another version: `make export` writes them anew"


CALLS = [
    ("nsad.Formula('x').collapse()", "Formula"), ("nsad.Formula('x').latex", "str"), ("nsad.Formula('x').complexity", "int"),
    ("nsad.Formula('x').text", "str"), ("nsad.Formula('x').is_constant", "bool"), ("nsad.Formula('x').variables", "tuple[str, ...]"),
    ("nsad.load_dataset('magic').n_features", "int"), ("nsad.Discovery.load('f').best", "Formula"),
    ("nsad.Discovery.load('f').front", "DataFrame"), ("nsad.Study(['magic'], ['relu']).run()", "Results"),
    ("nsad.ActivationLibrary.shipped().search(domain='images')", "DataFrame"), ("nsad.ActivationLibrary().path", "Path"),
    ("nsad.SymbolicActivation('x').compile()", "SymbolicActivation"), ("nsad.NSADClassifier().explain()", "str | DataFrame")]


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    return revealed([code for code, _ in CALLS], tmp_path_factory.mktemp("calls"))


@pytest.mark.slow
@pytest.mark.parametrize(("code", "wanted"), CALLS)
def test_pyright_knows_what_comes_of_a_call(code, wanted, calls):
    assert calls[code] == f'"{wanted}"'
