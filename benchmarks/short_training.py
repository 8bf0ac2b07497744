"""How well do the search's short trainings rank activations? Rank correlation with the full recipe.

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/short_training.py \
        > benchmarks/results/short_training.txt

The search judges a formula three times: by a twentieth of the user's recipe (screening), by two fifths
of it (scoring), and by the whole. On each table the same formulas (the classics, a few good ones,
random trees) are judged by all three as the search does it, on training rows only, and once more
by the whole recipe with other seeds. The last says what rank correlation can be had at all: where
activations hardly differ, the full recipe does not agree with itself either. A search draws the
seeds of a short training once; what it may draw scatters by some hundredths. So the correlation of
a rung is the mean over three draws and over both results of the full recipe, with the lowest and the
highest of the six.

"time" is processor time as a share of what the full recipe took. Every loss is kept in
benchmarks/results/short_training-rows.csv, and a second run goes on from there.
"""
import argparse
import random
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from nsad.data import Dataset, Scaler, data_folder, load_dataset, split
from nsad.engines.network import (
    CLASSICS,
    NetworkEngine,
    _drawing_from,
    _formula,
    _shape,
    random_tree,
    stack_losses,
)
from nsad.formula import Formula

GOOD = "x*exp(-x**2)", "sin(2*x)", "min(softplus(x), sin(2*x))", "sin(x + sin(x) + 0.9)"
ROWS = Path(__file__).resolve().parent / "results/short_training-rows.csv"
DRAWS = 3
TABLES = "spambase", "magic", "segment", "vehicle", "splice"


def table(name, rows):
    if name in ("spambase", "magic", "forest_cover"): return load_dataset(name, rows=rows)
    return Dataset.from_file(data_folder() / "tables" / f"{name}.csv", -1, None, name=name)


def formulas(n, seed=5):
    "The classics, four good ones, and random trees of other shapes."
    found = [Formula(t) for t in (*CLASSICS, *GOOD)]
    shapes = {_shape(f) for f in found}
    with _drawing_from(random.Random(seed)):
        while len(found) < n:
            f = _formula(random_tree(9), 9)
            if f is not None and _shape(f) not in shapes:
                shapes.add(_shape(f))
                found.append(f)
    return found


def losses(trial, tried, size=24):
    "Mean loss of each formula over the trial's seeds, and the seconds of processor time it took."
    start, size = time.process_time(), max(1, size // len(trial.seeds))
    parts = [stack_losses(trial, [f.text for f in tried[i:i + size]])
             for i in range(0, len(tried), size)]
    return np.array([np.mean(p) for part in parts for p in part]), time.process_time() - start


def kept(path, name, label, trial, tried):
    "The losses of a rung from the file, or measured now and added to it."
    texts = [f.text for f in tried]
    known = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["table", "rung"])
    rows = known[(known.table == name) & (known.rung == label)]
    if list(rows.get("formula", ())) == texts: return rows.loss.to_numpy(), rows.seconds.sum()
    values, seconds = losses(trial, tried)
    rows = pd.DataFrame(dict(table=name, rung=label, formula=texts, loss=values.round(6), seconds=round(seconds / len(tried), 4)))
    rows.to_csv(path, mode="a", index=False, header=not path.exists())
    return rows.loss.to_numpy(), rows.seconds.sum()


def agreement(short, whole):
    return spearmanr(short, whole, nan_policy="omit").statistic


def drawn(trial, further):
    "The same trial with other seeds."
    return replace(trial, seeds=tuple(s + further for s in trial.seeds))


def line(label, shorts, wholes, share):
    "Print, and return, the mean agreement of short and whole trainings over all pairs."
    best = [np.argsort(whole)[:len(whole) // 2] for whole in wholes]
    every = [agreement(s, w) for s in shorts for w in wholes]
    better = [agreement(s[b], w[b]) for s in shorts for w, b in zip(wholes, best)]
    scatter = f"({min(every):.2f} to {max(every):.2f})" if len(every) > 1 else ""
    print(f"  {label:30}{np.mean(every):7.3f} {scatter:15}{np.mean(better):13.3f}{share:8.3f}", flush=True)
    return np.mean(every)


def measured(name, tried, rows, path):
    ds = table(name, rows)
    training = ds.take(split(ds, test=0.2, validation=0.0, seed=42).train)
    X = Scaler.fit(training.X).transform(training.X)
    rungs = NetworkEngine().rungs(X, training.y, training.task, 42)
    def of(rung, label, further): return kept(path, name, label, drawn(rungs[rung], further), tried)
    (whole, t2), (other, _) = of(2, "full", 0), of(2, "full, other seeds", 500)
    first, second = ([of(k, f"{label}, draw {i + 1}", 500 * i) for i in range(DRAWS)]
                     for k, label in enumerate(("first", "second")))
    print(f"\n{name}: {len(training.y)} rows to search on; recipe's steps "
          f"{', '.join(str(t.recipe.steps_on(t.rows)) for t in rungs)}, seeds "
          f"{', '.join(str(len(t.seeds)) for t in rungs)}; best {tried[int(np.nanargmin(whole))]}")
    print(f"{'':32}{'all':>7} {'':15}{'better half':>13}{'time':>8}")
    shares = [np.mean([seconds for _, seconds in rung]) / t2 for rung in (first, second)]
    losses_of = [[values for values, _ in rung] for rung in (first, second)]
    return (line("first rung, full recipe", losses_of[0], [whole, other], shares[0]),
            line("second rung, full recipe", losses_of[1], [whole, other], shares[1]),
            line("full recipe, other seeds", [other], [whole], 1.0))


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("tables", nargs="*", default=TABLES)
    args.add_argument("--formulas", type=int, default=48)
    args.add_argument("--rows", type=int, default=10_000, help="rows of the large tables")
    args.add_argument("--keep", type=Path, default=ROWS, help="where losses are kept")
    args = args.parse_args()
    print(f"{date.today()}  {' '.join(sys.argv)}  {args.formulas} formulas")
    found = [measured(name, formulas(args.formulas), args.rows, args.keep) for name in args.tables]
    reached = [(a >= min(0.7, c)) and (b >= min(0.85, c)) for a, b, c in found]
    print(f"\nfirst rung at least .7 and second at least .85, or what the recipe agrees with "
          f"itself: {sum(reached)} of {len(reached)} tables")


if __name__ == "__main__": main()
