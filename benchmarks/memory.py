"""Peak memory of a default search on Forest Cover, and of a study on memory-mapped rows of HIGGS' shape.

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/memory.py > benchmarks/results/memory.txt
    python benchmarks/memory.py --rows 1000000 --seconds 60          # a look

Each measurement runs in a process of its own; peak is what the operating system says of that process and the largest of its children (pages of a
mapped file that are in memory count). The search is `discover(ds)` on 100,000 rows of 54 columns; `--seconds` ends it sooner. The
study trains ReLU and x*exp(-x**2) side by side (light network, strong recipe, `--steps` steps) on made-up rows that lie in a file; it splits
them, scales them by their training rows, and tests on a fifth of them. A target that is missed makes the exit code 1.
"""
import argparse
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

COLUMNS, PIECE = 28, 100_000
TARGETS = {"search": 1.0, "study": 2.0}                             # GB


def make(folder, rows):
    "Rows like HIGGS' in single precision and labels that depend on them, the same on every run."
    rng = np.random.default_rng(0)
    X = np.lib.format.open_memmap(folder / "X.npy", "w+", np.float32, (rows, COLUMNS))
    y = np.lib.format.open_memmap(folder / "y.npy", "w+", np.int8, (rows,))
    for start in range(0, rows, PIECE):
        part = rng.standard_normal((min(PIECE, rows - start), COLUMNS), np.float32)
        X[start:start + PIECE] = part
        y[start:start + PIECE] = part[:, 0] * part[:, 1] + part[:, 2] + rng.standard_normal(len(part)) > 0
    X.flush(), y.flush()


def search(seconds, folder):
    from nsad import discover, load_dataset
    found = discover(load_dataset("forest_cover", rows=100_000, progress=False), seed=42, time_limit=seconds, progress=False)
    print(f"{found.provenance['candidates']} candidates{f' in {seconds} s' if seconds else ''}, best {found.best.text}")


def study(steps, folder):
    from nsad import Dataset, Recipe, Study
    X, y = (np.load(Path(folder, f"{name}.npy"), mmap_mode="r") for name in ("X", "y"))
    ds = Dataset(X, y, tuple(f"X{i}" for i in range(COLUMNS)), "made-up", "physics", "binary", (0, 1))
    rows = Study([ds], {"relu": "relu", "bump": "x*exp(-x**2)"}, seeds=(42,), recipe=Recipe("brief", steps=steps), rows=None).run(progress=False)
    print(f"{rows.train_rows[0]:,} training rows, {rows.test_rows[0]:,} test rows, accuracy {', '.join(f'{a:.3f}' for a in rows.accuracy)}")


def measured(what, number, folder):
    "What a process of its own prints, its peak memory in GB, and its seconds."
    start = time.perf_counter()
    command = [sys.executable, __file__, "--child", what, str(number), str(folder)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return lines[-2], float(lines[-1]), time.perf_counter() - start


def child(what, number, folder):
    {"search": search, "study": study}[what](int(number) or None, folder)
    unit = 1024 if sys.platform == "linux" else 1
    print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) * unit / 1e9)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=11_000_000, help="of the study")
    parser.add_argument("--steps", type=int, default=2000, help="of the study's recipe")
    parser.add_argument("--seconds", type=int, default=0, help="after which the search ends, 0 for its own end")
    parser.add_argument("--only", choices=TARGETS)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child: return child(*args.child)
    print(f"Peak memory, {date.today()}, {platform.machine()}, Python {platform.python_version()}")
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for what, title, number in (("search", "search on Forest Cover, 100,000 x 54", args.seconds),
                                    ("study", f"study on {args.rows:,} mapped rows x {COLUMNS}", args.steps)):
            if args.only and what != args.only: continue
            if what == "study": make(Path(folder), args.rows)
            said, peak, seconds = measured(what, number, folder)
            missed |= peak >= TARGETS[what]
            print(f"{title}: {peak:.2f} GB, the aim is below {TARGETS[what]:.0f} ({said}; {seconds:.0f} s)", flush=True)
    return int(missed)


if __name__ == "__main__": sys.exit(main())
