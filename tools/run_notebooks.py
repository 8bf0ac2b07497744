"""Run notebooks in place and keep their outputs, and how long it took where the text says "a full run of N seconds".

Cells marked `eval: false` or with a test flag are left as they are.
"""
import argparse
import re
import time
from configparser import ConfigParser
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
config = ConfigParser(delimiters=["="])
config.read(ROOT / "settings.ini", encoding="utf-8")
FLAGS = set(config["DEFAULT"]["tst_flags"].split())
SKIP = "skip-this-run"


def left_alone(source):
    "Does a directive say that this cell is not for every run?"
    marks = re.findall(r"^#\|\s*(.+?)\s*$", source, re.M)
    return any(mark.split()[0] in FLAGS or re.fullmatch(r"eval:\s*false", mark) for mark in marks)


def run(path, timeout):
    notebook, start = nbformat.read(path, as_version=4), time.perf_counter()
    for cell in notebook.cells:
        if cell.cell_type == "code" and left_alone(cell.source):
            cell.metadata["tags"] = [SKIP]
    NotebookClient(notebook, timeout=timeout, kernel_name="python3", skip_cells_with_tag=SKIP, record_timing=False,
                   store_widget_state=False,         # its ids are new in every run
                   coalesce_streams=True,            # else printed lines part where the clock has it
                   resources={"metadata": {"path": str(path.parent)}}).execute()
    took = time.perf_counter() - start
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"a full run of \d+ seconds", f"a full run of {took:.0f} seconds", cell.source)
    nbformat.write(notebook, path)
    return took


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="default: every notebook")
    parser.add_argument("--timeout", type=int, default=1200, help="seconds for one cell")
    args = parser.parse_args()
    for path in args.paths or sorted(p for p in (ROOT / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts):
        print(f"{path}: {run(path, args.timeout):.1f} s", flush=True)
