"""Write nsad/*.pyi: what type checkers and editors read in place of modules whose classes are spread over cells.

A method that a later cell adds to a class by `@patch` is unknown to them; in a stub it stands in its class. A stub has every
signature of its module, no code but what sets attributes, and the docstrings of such methods. `make export` writes them anew.

    python tools/stubs.py [folder of the package, default nsad]
"""
import ast
import copy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = "# Written by tools/stubs.py, which `make export` runs. Do not edit.\n"
KEPT = ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.ClassDef, ast.FunctionDef, ast.If, ast.Try


def patch_of(node):
    "The options of a function's `@patch`; None for any other."
    for mark in getattr(node, "decorator_list", ()):
        call = mark if isinstance(mark, ast.Call) else ast.Call(mark, [], [])
        if isinstance(call.func, ast.Name) and call.func.id == "patch":
            return {option.arg: option.value.value for option in call.keywords}
    return None


def owner_of(node):
    "The class that a patched function is for, as it stands in the text."
    arguments = node.args.posonlyargs + node.args.args
    return ast.unparse(arguments[0].annotation) if arguments and arguments[0].annotation else ""


def sets_attributes(node):
    "Does a method set attributes of its object? What it sets has no type but there."
    targets = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    return any(isinstance(t.value, ast.Name) and t.value.id == "self" for t in targets)


def shortened(node, doc=False):
    "A function without its code, unless that sets attributes."
    node = copy.deepcopy(node)
    text = ast.get_docstring(node, clean=False) if doc else None
    if not sets_attributes(node):
        node.body = [ast.Expr(ast.Constant(...))]
    if text:
        node.body.insert(0, ast.Expr(ast.Constant(text)))
    return node


def as_method(node):
    "A patched function as a method of its class."
    options, node = patch_of(node), shortened(node, doc=not node.name.startswith("_"))
    (node.args.posonlyargs + node.args.args)[0].annotation = None
    marks = [m for m in node.decorator_list if "patch" not in ast.unparse(m)]
    if options.get("as_prop"): marks = [ast.Name("property")]
    if options.get("cls_method"): marks = [ast.Name("classmethod")]
    node.decorator_list = marks
    return node


def whole_class(node, methods):
    "A class with what later cells add to it."
    node = copy.deepcopy(node)
    node.body = [shortened(n) if isinstance(n, ast.FunctionDef) else n for n in node.body]
    node.body += [as_method(method) for method in methods]
    return node


def reexported(node):
    "Imports of a stub are its own affair, unless they say `as`."
    for name in node.names:
        name.asname = name.asname or (name.name if "." not in name.name and name.name != "*" else None)
    return node


def stub_of(source):
    "The stub of a module; None for one that needs none."
    body = ast.parse(source).body
    classes = {n.name: [] for n in body if isinstance(n, ast.ClassDef)}
    for node in body:
        if patch_of(node) is not None and owner_of(node) in classes:
            classes[owner_of(node)].append(node)
    if not any(classes.values()):
        return None
    out = []
    for node in body:
        if not isinstance(node, KEPT) or patch_of(node) is not None:
            continue
        if isinstance(node, ast.ClassDef): node = whole_class(node, classes[node.name])
        elif isinstance(node, ast.FunctionDef): node = shortened(node)
        elif isinstance(node, ast.ImportFrom): node = reexported(node)
        out.append(node)
    return HEAD + ast.unparse(ast.fix_missing_locations(ast.Module(out, []))) + "\n"


def write(folder=ROOT / "nsad"):
    "Write every stub, and take away those that are no longer needed."
    for path in sorted(folder.rglob("*.py")):
        text, stub = stub_of(path.read_text("utf-8")), path.with_suffix(".pyi")
        if text: stub.write_text(text, encoding="utf-8")
        else: stub.unlink(missing_ok=True)


if __name__ == "__main__":
    write(*map(Path, sys.argv[1:2]))
