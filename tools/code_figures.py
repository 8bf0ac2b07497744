"""How the package reads, in figures: long lines, lambdas, characters a line, lengths of cells, for each module.

    python tools/code_figures.py
"""
import ast
import statistics
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1] / "nsad"
LIMIT = 100                     # columns


class Figures(NamedTuple):
    "A module in figures."
    module: str
    lines: int
    wide: list[str]             # lines over the limit
    lambdas: int
    code: list[int]             # characters of each line that is neither blank nor a comment
    cells: list[int]            # lines of each exported cell, blank ones left out


def cells_of(source):
    "The exported cells of a module's text; what nbdev writes at its head is none."
    return [cell.splitlines()[1:] for cell in source.split("\n# %% ../")[1:]]


def figures(path):
    "The figures of one module. The list `__all__` is nbdev's and has no part in them."
    source = path.read_text("utf-8")
    lines = [line for cell in cells_of(source) for line in cell]
    code = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    return Figures(
        module=".".join(path.relative_to(PACKAGE).with_suffix("").parts),
        lines=len(lines),
        wide=[line for line in source[:source.find("\n")].splitlines() + lines if len(line) > LIMIT],
        lambdas=sum(isinstance(node, ast.Lambda) for node in ast.walk(ast.parse(source))),
        code=[len(line) for line in code],
        cells=[sum(bool(line.strip()) for line in cell) for cell in cells_of(source)],
    )


def all_figures():
    "The figures of every module that a notebook exports."
    paths = [p for p in sorted(PACKAGE.rglob("*.py")) if not p.name.startswith("_")]
    return [figures(path) for path in paths]


def total(rows):
    "The figures of the whole package."
    return Figures(
        module="all",
        lines=sum(row.lines for row in rows),
        wide=[line for row in rows for line in row.wide],
        lambdas=sum(row.lambdas for row in rows),
        code=[length for row in rows for length in row.code],
        cells=[length for row in rows for length in row.cells],
    )


def main():
    rows = all_figures()
    print(f"{'module':22} {'lines':>6} {'wide':>5} {'lambdas':>8} {'characters':>11} {'median cell':>12} {'longest':>8}")
    for row in [*rows, total(rows)]:
        mean, middle = statistics.mean(row.code), statistics.median(row.cells)
        print(f"{row.module:22} {row.lines:6} {len(row.wide):5} {row.lambdas:8} {mean:11.1f} {middle:12.1f} {max(row.cells):8}")


if __name__ == "__main__":
    main()
