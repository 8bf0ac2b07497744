r"""When twice the units pay in the estimators' network: what `hidden="auto"` rests on.

    OMP_NUM_THREADS=1 python benchmarks/width_rule.py > benchmarks/results/width-rule.txt

Tables of 3, 6, 12 and 24 classes are made here in six ways: classes cut from what random trees draw
(`trees`) or from a wave with noise (`waves`), shells, clusters, clouds that overlap (`clouds`), and
cells around random points (`cells`). To them come the tables of benchmarks/embedding_rule.py, of
two classes, four, and regressions. All are shown nowhere else. `NSADClassifier("silu")`, with 64-32
and with 128-64 units, trains on 1,600 or 6,400 rows (those of embedding_rule.py on 1,600), and
4,000 other rows judge: by log loss, in regressions by the share of the variance that is missed.

Each training is a row of benchmarks/results/width-rule-rows.csv; a second run goes on from these.
"""

import argparse
import time
import warnings
from datetime import date
from pathlib import Path

import embedding_rule
import numpy as np
from embedding_rule import by_trees, main
from estimators import judged
from sklearn import datasets as shelf

from nsad import NSADClassifier, NSADRegressor
from nsad.models import count_parameters, hidden_of

ROWS = Path(__file__).resolve().parent / "results/width-rule-rows.csv"
SIZES, TEST, CLASSES = (1600, 6400), 4000, (3, 6, 12, 24)
N = max(SIZES) + TEST


def cut(score, k):
    "Classes of equal size by a score."
    return np.searchsorted(np.quantile(score, np.arange(1, k) / k), score)


def trees(k, rng):
    X = rng.normal(size=(N, 8))
    return X, cut(by_trees(X, rng), k)


def shells(k, rng):
    X, y = shelf.make_gaussian_quantiles(
        n_samples=N, n_features=6, n_classes=k, random_state=int(rng.integers(2**31))
    )
    order = rng.permutation(N)
    return X[order], y[order]


def clusters(k, rng):
    return shelf.make_classification(
        N, 16, n_informative=10, n_classes=k, n_clusters_per_class=2, class_sep=1.5, flip_y=0.03,
        random_state=int(rng.integers(2**31)),
    )


def clouds(k, rng):
    centres, y = rng.normal(size=(k, 10)), rng.integers(0, k, N)
    return centres[y] * 1.2 + rng.normal(size=(N, 10)), y


def cells(k, rng):
    X, points = rng.normal(size=(N, 6)), rng.normal(size=(4 * k, 6))
    return X, ((X[:, None] - points) ** 2).sum(2).argmin(1) % k


def waves(k, rng):
    X = rng.integers(0, 5, size=(N, 12)).astype(float)
    score = np.sin(X @ rng.normal(size=(12, 1)) / 3)[:, 0] + 0.3 * rng.normal(size=N)
    return X, cut(score, k)


MADE = trees, shells, clusters, clouds, cells, waves


def made(table, classes, split):
    "Columns, target and task of a table, by its name and number of classes."
    if not classes:
        return embedding_rule.made(table, split)
    number = [make.__name__ for make in MADE].index(table)
    return *MADE[number](classes, np.random.default_rng([split, classes, number])), "multiclass"


def trained(table, classes, n_rows, split, hidden):
    "The row of one training."
    X, y, task = made(table, classes, split)
    kind = NSADRegressor if task == "regression" else NSADClassifier
    net = kind("silu", hidden_of(hidden), random_state=split)
    start = time.process_time()
    net.fit(X[:n_rows], y[:n_rows])
    seconds, X_test, y_test = time.process_time() - start, X[-TEST:], y[-TEST:]
    score, loss = judged(net, X_test, y_test, task == "regression")
    yield dict(table=table, classes=classes, rows=n_rows, split=split, hidden=hidden,
               score=round(score, 4), loss=round(loss, 4), seconds=round(seconds, 2),
               n_parameters=count_parameters(net.network_), date=str(date.today()))


def jobs(args):
    "What tells the rows of a training from those of others."
    known = [(make.__name__, k, n) for n in SIZES for k in CLASSES for make in MADE]
    known += [(make.__name__, 0, 1600) for make in embedding_rule.TABLES]
    for table, classes, n_rows in known:
        for hidden in ("64-32", "128-64"):
            yield dict(table=table, classes=classes, rows=n_rows, split=0, hidden=hidden)


def summary(rows):
    "Loss of the wider network over that of the other; below 1 it is the better one."
    by = rows.pivot_table(index=["classes", "rows", "table"], columns="hidden", values="loss")
    ratios = by["128-64"] / by["64-32"]
    print("Loss with 128-64 units over the loss with 64-32; 0 classes: see above\n")
    print(ratios.drop(0).unstack("table").round(3).to_string())
    print(f"\n{ratios[0].droplevel('rows').round(3).to_string()}\n")
    groups = np.log(ratios).groupby(["classes", "rows"])
    print(np.exp(groups.mean()).round(3).to_frame("geometric mean").assign(
        lower=(ratios < 1).groupby(["classes", "rows"]).sum(), of=groups.size()).to_string())
    seconds = rows.pivot_table(index="rows", columns="hidden", values="seconds")
    print(f"\nSeconds of the processor for a fit\n{seconds.round(1).to_string()}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(argparse.ArgumentParser(description=__doc__), ROWS, jobs, trained, summary)
