"""How well does a short training rank activations? Rank correlation with the paper's recipe, and processor time as a share of it.

    NSAD_DATA=../shared/data python benchmarks/short_training.py forest_cover > benchmarks/results/short_training-forest_cover.txt

Sixty-four formulas (classics, a few good ones, random trees) are trained by the paper's recipe on 50,000 rows, and by several shorter ones,
always on training rows; losses are those on validation rows.
"""
import random
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.stats import spearmanr

from nsad.data import Scaler, load_dataset, split
from nsad.engines.network import CLASSICS, _drawing_from, _formula, _shape, TableTrial, random_tree, stack_losses
from nsad.formula import Formula
from nsad.training import PAPER, Recipe

GOOD = "x*exp(-x**2)", "sin(2*x)", "min(softplus(x), sin(2*x))", "sin(x + sin(x) + 0.9)"
SHORT = [(Recipe("", 4, 1024), 10_000), (Recipe("", 4, 256), 10_000), (Recipe("", 4, 256, dropout=0.1), 10_000),
         (Recipe("", 4, 256, lr=3e-3), 10_000), (Recipe("", 2, 256, lr=3e-3), 20_000), (Recipe("", 3, 256, lr=3e-3), 20_000),
         (Recipe("", 4, 256, lr=3e-3), 20_000), (Recipe("", 8, 256, lr=3e-3), 10_000), (Recipe("", 4, 256), 20_000)]


def formulas(n, seed=5):
    found = [Formula(t) for t in (*CLASSICS, *GOOD)]
    shapes = {_shape(f) for f in found}
    with _drawing_from(random.Random(seed)):
        while len(found) < n:
            f = _formula(random_tree(9), 9)
            if f is not None and _shape(f) not in shapes:
                shapes.add(_shape(f))
                found.append(f)
    return found


def losses(trial, tried, size=16):
    "Mean loss of each formula over the trial's seeds, trained in stacks of that size, and the seconds of processor time it took."
    start = time.process_time()
    parts = [p for i in range(0, len(tried), size) for p in stack_losses(trial, [f.text for f in tried[i:i + size]])]
    return np.array([np.mean(p) for p in parts]), time.process_time() - start


def main(name):
    ds = load_dataset(name, rows=100_000)
    training = ds.take(split(ds, seed=42).train)
    whole = TableTrial(Scaler.fit(training.X).transform(training.X), training.y, training.task, PAPER, (42, 43), 50_000)
    tried = formulas(64)
    true, needed = losses(whole, tried)
    print(f"{date.today()}  {name}: {len(tried)} formulas; best by the paper's recipe: {tried[int(np.nanargmin(true))]}")
    print("rows    batch  epochs  lr     dropout  rank correlation (all, best 24)   time / paper's")
    best = np.argsort(true)[:24]
    for recipe, rows in SHORT:
        short, seconds = losses(replace(whole, recipe=recipe, seeds=(1,), rows=rows), tried)
        both = [spearmanr(short[i], true[i], nan_policy="omit").statistic for i in (slice(None), best)]
        print(f"{rows:6}  {recipe.batch_size:5}  {recipe.epochs:6}  {recipe.lr:.3f}  {recipe.dropout:7}  "
              f"{both[0]:.3f}  {both[1]:.3f}                      {seconds / needed:.4f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
