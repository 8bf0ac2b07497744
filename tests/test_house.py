"""The rules of the house, held by the code itself."""
import ast
import re
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


RUNS_TEXT = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "lambdify"}
UNSAFE = {"pickle", "dill", "cloudpickle", "marshal", "shelve"}


def runs_text(tree):
    "What would run text, or unpickle a file: bare calls of such functions, those of a module, imports of them."
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_TEXT: yield node.func.id
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = node.value.id, node.attr
            if module in UNSAFE or module == "builtins" and name in RUNS_TEXT or name in RUNS_TEXT - {"eval", "exec", "compile"}: yield name
            if name in ("eval", "query") and module in ("pd", "numexpr", "ne", "df", "frame", "table"): yield name
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {a.name.split(".")[-1] for a in node.names} | {(getattr(node, "module", "") or "").split(".")[0]} | {a.name.split(".")[0] for a in node.names}
            yield from names & (UNSAFE | RUNS_TEXT)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_runs_text(path):
    assert not list(runs_text(ast.parse(path.read_text("utf-8"))))


@pytest.mark.parametrize("text, found", [
    ("eval('x')", True), ("exec(code)", True), ("import pickle", True), ("from sympy import sympify", True), ("sympy.lambdify(x, y)", True),
    ("pd.eval('x')", True), ("from pickle import loads", True), ("import joblib.externals.cloudpickle as c", True), ("builtins.exec(t)", True),
    ("net.eval()", False), ("re.compile('x')", False), ("'pickle and eval'", False), ("class F:\n    def eval(cls): pass", False), ("act.compile()", False)])
def test_the_gate_tells_calls_from_words(text, found):
    assert bool(list(runs_text(ast.parse(text)))) is found


def test_import_is_light():
    code = ("import sys, nsad; heavy = {'pysr', 'gplearn', 'pyoperon', 'matplotlib', 'torch', 'sympy', 'pandas'} & set(sys.modules);"
            "print(sorted(heavy))")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_public_name_can_be_imported():
    for name in nsad.__all__:
        assert getattr(nsad, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        nsad.no_such_name  # noqa: B018


def test_every_notebook_opens_with_a_title_and_a_subtitle():
    import json
    for path in NOTEBOOKS.glob("[0-9]*.ipynb"):
        first = next(c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "markdown")
        assert re.match(r"# .+\n\n> .+", "".join(first["source"])), path.name
