"""Say what is out of step: modules that differ from their notebooks, orphan modules, notebooks that are not clean,
public names that editors do not see. `--write` writes the last, and the stubs (`make export` does so); it changes nothing else.

Everything happens in a scratch copy, so the tree stays as it is and uncommitted work is checked too.
"""
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import stubs

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
BY_HAND = {Path("__main__.py"), Path("__init__.py")}  # the modules without a notebook


def files(folder, pattern):
    "Relative paths of the files below `folder`, checkpoints and caches left out."
    skip = {"__pycache__", ".ipynb_checkpoints"}
    return {p.relative_to(folder) for p in folder.rglob(pattern) if not skip & set(p.parts)}


def notebook_faults():
    "Notebooks that are not JSON, or whose cells lack an id of their own."
    for path in sorted(files(ROOT / "nbs", "*.ipynb")):
        try:
            ids = [cell.get("id") for cell in json.loads((ROOT / "nbs" / path).read_text("utf-8"))["cells"]]
        except ValueError as error:
            yield f"nbs/{path}: not JSON ({error})"
            continue
        if None in ids or len(set(ids)) < len(ids):
            yield f"nbs/{path}: cells without an id of their own"


def differences(fresh, here, pattern, remedy):
    "What stands in `here` that `fresh` does not say, and the reverse."
    want, have = files(fresh, pattern), files(here, pattern)
    for path in sorted(want | have):
        if path not in have:
            yield f"{here.name}/{path}: missing; {remedy}"
        elif path not in want and path not in BY_HAND:
            yield f"{here.name}/{path}: no notebook exports it"
        elif path in want and (fresh / path).read_bytes() != (here / path).read_bytes():
            yield f"{here.name}/{path}: out of step; {remedy}"


def with_typed_names(source):
    "nsad/__init__.py with the names of `_PUBLIC` once more below TYPE_CHECKING, where editors and type checkers look."
    body = ast.parse(source).body
    public = next(n for n in body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "_PUBLIC")
    block = next(n for n in body if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test))
    typed = [f"    from .{module} import {name} as {name}"
             for module, names in ast.literal_eval(public.value).items() for name in names]
    lines = source.split("\n")
    lines[block.lineno:block.end_lineno] = typed
    return "\n".join(lines)


def main():
    init = ROOT / "nsad" / "__init__.py"
    source = init.read_text("utf-8")
    if "--write" in sys.argv:
        init.write_text(with_typed_names(source), encoding="utf-8")
        stubs.write(ROOT / "nsad")
        return False
    faults = list(notebook_faults())
    if with_typed_names(source) != source:
        faults.append("nsad/__init__.py: editors do not see the names of _PUBLIC; run `python tools/check_sync.py --write`")
    if not faults:
        with tempfile.TemporaryDirectory() as scratch:
            scratch = Path(scratch)
            shutil.copy(ROOT / "settings.ini", scratch)
            shutil.copytree(ROOT / "nbs", scratch / "nbs", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
            (scratch / "nsad").mkdir()
            shutil.copy(ROOT / "nsad" / "__init__.py", scratch / "nsad")
            for command in ("nbdev_export", "nbdev_clean"):
                subprocess.run([BIN / command], cwd=scratch, check=True)
            faults += differences(scratch / "nsad", ROOT / "nsad", "*.py", "run `make export`")
            faults += differences(scratch / "nbs", ROOT / "nbs", "*.ipynb", "run `nbdev_clean`")
    print("\n".join(faults) or "notebooks and package agree")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
