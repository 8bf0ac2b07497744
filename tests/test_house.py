"""The rules of the house, held by the code itself."""
import ast
import importlib.util
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import nsad

PACKAGE = Path(nsad.__file__).parent
NOTEBOOKS = PACKAGE.parent / "nbs"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.name != "__init__.py" and not p.name.startswith("_"))


def place(module):
    "A module's number on the way, e.g. `05` or `06a`."
    notebook = next(NOTEBOOKS.glob(f"*_{module}.ipynb"))
    return notebook.name.split("_")[0]


def name_of(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def imported(path):
    "Modules of nsad that a module imports, wherever in its text, strings that name one included."
    tree = ast.parse(path.read_text("utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    yield from (name_of(p) for p in MODULES if f"nsad.{name_of(p)}" in texts)
    base = ["nsad", *name_of(path).split(".")]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            full = ".".join(base[:-node.level] + ([node.module] if node.module else [])) if node.level else node.module
            if full.startswith("nsad."):
                yield full.removeprefix("nsad.")
        elif isinstance(node, ast.Import):
            yield from (a.name.removeprefix("nsad.") for a in node.names if a.name.startswith("nsad."))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_lower_numbers(path):
    for other in imported(path):
        assert place(other) < place(name_of(path)), f"{name_of(path)} imports {other}"


def private_names(source, modules=frozenset(map(name_of, MODULES))):
    """Underscore names that a module takes from another one of the package: imported, or asked of an imported module.
    Names like `__version__` are Python's own convention and no secrets.
    """
    def is_private(name):
        return name.startswith("_") and not name.endswith("__")

    tree, known = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {a.asname or a.name for a in node.names if a.name.split(".")[0] == "nsad"}
        elif isinstance(node, ast.ImportFrom) and (node.level or node.module.split(".")[0] == "nsad"):
            yield from (a.name for a in node.names if is_private(a.name))
            known |= {a.asname or a.name for a in node.names if a.name in modules or a.name == "engines"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            owner = ast.unparse(node.value)
            if owner in known or owner.startswith("nsad."):
                yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "setattr"):
            owner, name = ast.unparse(node.args[0]), node.args[1]
            if owner in known and isinstance(name, ast.Constant) and is_private(name.value):
                yield name.value


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_private_name_crosses_rooms(path):
    assert list(private_names(path.read_text("utf-8"))) == [], "give it a public name, or move it to the room that uses it"


@pytest.mark.parametrize("source", ["from nsad.tables import _texts", "from .tables import Column, _texts as texts", "from ..data import _kept",
                                    "from nsad import tables\ntables._texts(column)", "import nsad.tables\nnsad.tables._texts(column)",
                                    "import nsad.tables as t\nt._texts(column)", "from . import tables\ngetattr(tables, '_texts')"])
def test_a_private_name_of_another_room_is_found(source):
    assert list(private_names(source))


def test_private_names_of_ones_own_and_of_other_packages_are_left_alone():
    assert not list(private_names("from sklearn.utils.validation import _check_n_features\nfrom nsad import __version__\nself._texts\n_texts(1)"))


RUNS_TEXT = {"eval", "exec", "sympify", "parse_expr", "lambdify", "__import__"}
UNPICKLES = {"pickle", "dill", "cloudpickle", "marshal", "shelve"}


def text_that_is_run(source):
    "Uses of what runs text or unpickles. `network.eval()` is a mode of a network; with an argument it would run it."
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in RUNS_TEXT:
            yield node.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RUNS_TEXT:
            if node.args or node.keywords or node.func.attr != "eval":
                yield node.func.attr
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            modules = [a.name for a in node.names] + [getattr(node, "module", None) or ""]
            yield from (m for m in modules if m.split(".")[0] in UNPICKLES or m in RUNS_TEXT)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_runs_text(path):
    assert not list(text_that_is_run(path.read_text("utf-8")))


@pytest.mark.parametrize("source", ["eval(text)", "run = eval", "import pickle", "from pickle import loads", "sympy.sympify(text)",
                                    "from sympy import sympify", "frame.eval(text)", "exec(text)", "builtins.exec(text)"])
def test_what_runs_text_is_found(source):
    assert list(text_that_is_run(source))


def test_a_network_may_be_put_into_evaluation_mode_and_words_are_no_code():
    assert not list(text_that_is_run('network.eval()\n"a docstring that says pickle, eval and exec"'))


def test_import_is_light():
    code = ("import sys, nsad; heavy = {'pysr', 'gplearn', 'pyoperon', 'matplotlib', 'torch', 'sympy', 'pandas'} & set(sys.modules);"
            "print(sorted(heavy))")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_public_name_can_be_imported():
    for name in nsad.__all__:
        thing = getattr(nsad, name)
        assert thing.__name__ == name if callable(thing) else isinstance(thing, nsad.Recipe), name
        assert thing.__module__.startswith("nsad.")
    assert nsad.Recipe is sys.modules["nsad.training"].Recipe
    with pytest.raises(AttributeError, match="no_such_name"):
        nsad.no_such_name  # noqa: B018


def test_every_notebook_opens_with_a_title_and_a_subtitle():
    import json
    for path in NOTEBOOKS.glob("[0-9]*.ipynb"):
        first = next(c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "markdown")
        assert re.match(r"# .+\n\n> .+", "".join(first["source"])), path.name


# The rooms of a formula's computation, from the table of operators to the last export, are written for readers.
FOR_READERS = ("operators", "reading", "printing", "continuation", "formula", "tracer", "program", "arrays", "inductor", "kernels", "interpreter", "autograd",
               "calls", "initialisation", "activation", "layers", "ccode", "onnx_graph", "export")


def cells_of(module):
    import json
    notebook = next(NOTEBOOKS.glob(f"*_{module}.ipynb"))
    return [(c["cell_type"], "".join(c["source"])) for c in json.loads(notebook.read_text("utf-8"))["cells"]]


@pytest.mark.parametrize("module", FOR_READERS)
def test_a_room_for_readers_is_short(module):
    source = (PACKAGE / f"{module}.py").read_text("utf-8")
    assert len(source.splitlines()) <= 400, f"{module} is a long reading: split it by subject"
    assert sum(isinstance(node, ast.Lambda) for node in ast.walk(ast.parse(source))) <= 10
    head, *cells = source.split("\n# %% ../nbs/")                     # nbdev writes the head, `__all__` for instance
    assert cells and [line for cell in cells for line in cell.splitlines() if len(line) > 100] == []


def code_lines(source):
    "Lines of a cell without its docstrings, which another check asks to be whole."
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(n)]
    return len(source.splitlines()) - 1 - sum(n.body[0].end_lineno - n.body[0].lineno + 1 for n in nodes)


@pytest.mark.parametrize("module", FOR_READERS)
def test_cells_for_readers_are_narrow_and_short(module):
    for kind, source in cells_of(module):
        links = kind == "markdown"
        wide = [line for line in source.splitlines() if len(line) > 100 and not (links and line.startswith("|"))]
        assert wide == [], "lines up to 100 columns"
        if source.startswith("#| export"):
            assert code_lines(source) <= 35, source


@pytest.mark.parametrize("module", FOR_READERS)
def test_definitions_for_readers_are_shown_at_work(module):
    cells = [(kind, source) for kind, source in cells_of(module) if kind == "code" and not source.startswith(("#| hide", "#| default_exp"))]
    exported = [source.startswith("#| export") for _, source in cells]
    assert exported.count(False) >= 1
    longest = max(len(run) for run in "".join("e" if e else " " for e in exported).split())
    assert longest <= 5, "at most five definitions before a cell that shows them"


def code_figures():
    "The figures of every module, as `python tools/code_figures.py` prints them."
    path = PACKAGE.parent / "tools" / "code_figures.py"
    spec = importlib.util.spec_from_file_location("code_figures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = module.all_figures()
    return rows, module.total(rows)


def test_no_line_of_the_package_is_over_100_columns():
    rows, _ = code_figures()
    assert {row.module: row.wide for row in rows if row.wide} == {}


def test_lines_and_cells_of_the_package_are_short():
    _, whole = code_figures()
    assert statistics.mean(whole.code) <= 50, "mean characters a code line"
    assert statistics.median(whole.cells) <= 12, "median lines an exported cell"


def test_functions_have_names():
    _, whole = code_figures()
    assert whole.lambdas <= 60, "say what it does: a named function instead of a lambda"


def private_names_of_the_package():
    "Functions, classes, variables and attributes that begin with an underscore."
    for path in [p for p in PACKAGE.rglob("*.py") if p.name != "_modidx.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            stored = isinstance(getattr(node, "ctx", None), ast.Store)
            name = getattr(node, "name", None) or (stored and (getattr(node, "id", None) or getattr(node, "attr", None)))
            if isinstance(name, str) and re.fullmatch(r"_[a-zA-Z]\w*(?<!__)", name):
                yield name


def test_tests_ask_by_public_names():
    "A test that patches or calls what is private is tied to how a thing is done; sizes are patched by public names, faults made from outside."
    private = set(private_names_of_the_package())
    assert len(private) > 500
    # Jupyter's protocol; a key in the file of an estimator; where a program for a microcontroller begins
    private -= {"_repr_html_", "_spec", "_start"}
    for path in {*Path(__file__).parent.rglob("*.py")} - {Path(__file__)}:
        assert private.isdisjoint(re.findall(r"(?<!\w)_[a-zA-Z]\w*", path.read_text("utf-8"))), path.name


OF_THE_WHOLE = {"test_cuda", "test_displays", "test_docstrings", "test_editors", "test_house"}


def test_a_file_of_tests_is_named_after_its_room():
    "`test_ROOM.py`, or `test_ROOM_SUBJECT.py`; what several rooms do together is in tests/scenarios."
    rooms = {name_of(p).replace(".", "_") for p in MODULES} | {"engines"}
    files = {p.stem for p in Path(__file__).parent.glob("test_*.py")} - OF_THE_WHOLE
    assert {name for name in files if not any(f"{name}_".startswith(f"test_{room}_") for room in rooms)} == set()


def test_a_marker_that_nobody_has_registered_is_refused(tmp_path):
    "A slip in a marker's name would leave a test in, or out of, every run in silence."
    (tmp_path / "test_it.py").write_text("import pytest\n\n\n@pytest.mark.slwo\ndef test_it(): pass\n")
    settings = Path(__file__).parents[1] / "pytest.ini"
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-c", settings, tmp_path], capture_output=True, text=True)
    assert run.returncode != 0 and "'slwo' not found in `markers`" in run.stdout
