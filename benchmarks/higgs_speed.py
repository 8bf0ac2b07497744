"""HIGGS at size: first reading against pandas, memory, later loads, and conversions that are killed.

    python benchmarks/higgs_speed.py                    # 2,000,000 made-up rows, about 5 minutes
    python benchmarks/higgs_speed.py --rows 200000      # a look

The table is made up in the layout of the original (28 features of single precision, 18 digits, label first) and packed by gzip. Every
measurement runs in a process of its own; a target that is missed makes the exit code 1.
"""
import argparse
import gzip
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PIECE = 50_000
TARGETS = dict(ratio=1., memory=2., load=0.3)


def make(path: Path, rows: int):
    "A table like HIGGS, the same on every run."
    rng, line = np.random.default_rng(0), ",".join(["%.18e"] * 29) + "\n"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for start in range(0, rows, PIECE):
            n = min(PIECE, rows - start)
            values = np.column_stack([rng.integers(0, 2, n), rng.standard_normal((n, 28))]).astype(np.float32)
            file.write((line * n % tuple(values.ravel().tolist())).encode())


def in_child(what: str, path: Path) -> tuple[float, float]:
    "Seconds that the work reports, and the peak memory of its process in GB."
    out = subprocess.run([sys.executable, __file__, "--child", what, str(path)], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return float(out[-2]), float(out[-1])


def load(path: Path, **options):
    from nsad.data import load_dataset
    return load_dataset("higgs", data_home=path.parent, progress=False, **options)


def child(what: str, path: Path):
    if what == "pandas":
        import pandas as pd
        start = time.perf_counter()
        pd.read_csv(path, header=None)
    else:
        import nsad.data
        assert nsad.data.load_dataset                             # importing is not reading
        print("go", flush=True)
        start = time.perf_counter()
        load(path, rows=100_000, seed=int(what) if what.isdigit() else 0)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6 * (1.024 if sys.platform == "linux" else 1e-3))


def killed(path: Path, moment: float) -> str:
    "Kill a conversion, load again in another process, and compare with the text."
    from nsad.files import rows_folder
    shutil.rmtree(rows_folder(path), ignore_errors=True)
    process = subprocess.Popen([sys.executable, __file__, "--child", "first", str(path)], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    time.sleep(moment)
    process.kill()
    process.wait()
    state = "done" if rows_folder(path).exists() else "half-way"
    in_child("first", path)
    return state, right(path)


def right(path: Path) -> bool:
    "Are the rows those of the text? Made anew from the seed, not read back."
    ds, rng, start = load(path), np.random.default_rng(0), 0
    while start < ds.n_rows:
        n = min(PIECE, ds.n_rows - start)
        label, values = rng.integers(0, 2, n), rng.standard_normal((n, 28)).astype(np.float32)
        if not (np.array_equal(ds.X[start:start + n], values) and np.array_equal(ds.y[start:start + n], label)): return False
        start += n
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=3, help="of the first reading and of pandas, in turn")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child: return child(args.child[0], Path(args.child[1]))
    from nsad.files import rows_folder
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the start; Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "HIGGS.csv.gz")
        make(path, args.rows)
        print(f"{args.rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB packed\n\nfirst reading, in turn with pandas.read_csv of the same file")
        ratios, peak = [], 0.
        for _ in range(args.repeats):
            shutil.rmtree(rows_folder(path), ignore_errors=True)
            (theirs, their_memory), (ours, memory) = in_child("pandas", path), in_child("first", path)
            ratios.append(ours / theirs)
            peak = max(peak, memory)
            print(f"  pandas {theirs:6.2f} s {their_memory:5.2f} GB    nsad {ours:6.2f} s {memory:5.2f} GB    ratio {ours / theirs:.2f}", flush=True)
        loads = [in_child(str(seed), path)[0] for seed in range(5)]
        print(f"\nlater loads of 100,000 random rows: {', '.join(f'{s:.3f}' for s in loads)} s")
        moments = np.random.default_rng().uniform(0, ours, 5)
        print("\nkilled during the conversion, then loaded again")
        verdicts = [(moment, *killed(path, moment)) for moment in moments]
        for moment, state, good in verdicts: print(f"  after {moment:6.2f} s ({state}): the next load is {'right' if good else 'WRONG'}")
    ratio, load_time = float(np.median(ratios)), max(loads)
    met = [("first reading over pandas (median)", ratio, TARGETS["ratio"], ""), ("peak memory", peak, TARGETS["memory"], " GB"),
           ("slowest later load", load_time, TARGETS["load"], " s")]
    print("\nverdict")
    for what, value, target, unit in met: print(f"  {what}: {value:.2f}{unit}, target {target:g}{unit}: {'met' if value <= target else 'MISSED'}")
    all_right = all(good for *_, good in verdicts)
    print(f"  killed at 5 random moments: {'all next loads right' if all_right else 'WRONG ROWS'}")
    return not (all_right and all(value <= target for _, value, target, _ in met))


if __name__ == "__main__":
    sys.exit(main())
