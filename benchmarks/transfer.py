"""Do activations carry over? Physics, ecology, text and scikit-learn's own tables, each as source and as target; and can one tell beforehand?

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/transfer.py
    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/transfer.py iris diabetes friedman hastie quantiles moons circles clusters \\
        --seeds 3 --name transfer-fresh --folder /tmp/nsad-transfer-fresh

The second command is the test of a choice: the forecast's score was chosen after the first, and had seen none of these tables. They took 14 and
8 minutes on one core.

For each seed, every table is split anew (80 % and 20 %), and searched on its training rows with a small budget. All formulas and the classics are
then trained on every table by the paper's recipe and judged on the test rows. The forecast reads training rows alone: the means over the splits.
Writes benchmarks/results/transfer.csv (one row for each network), transfer-forecast.csv, transfer-against-relu and -specialist (.png, .svg),
and what it prints as transfer.txt. Searches and rows are kept in --folder, so that a run that was broken off goes on.
"""
import argparse
import contextlib
import io
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets as sk

from nsad import Dataset, load_dataset, split
from nsad.training import CONVERGED, PAPER
from nsad.transfer import ALIKE, forecast_quality, transfer_matrix, transferabilities

NAMED = {"higgs", "magic", "forest_cover", "spambase"}
DRAWN = {"diabetes": lambda: sk.load_diabetes(return_X_y=True),                          # numbers become classes: above the median or not
         "friedman": lambda: sk.make_friedman1(4000, noise=1., random_state=1),
         "hastie": lambda: sk.make_hastie_10_2(4000, random_state=1),
         "quantiles": lambda: sk.make_gaussian_quantiles(n_samples=4000, n_features=10, n_classes=3, random_state=1),
         "moons": lambda: sk.make_moons(1000, noise=0.3, random_state=1),
         "circles": lambda: sk.make_circles(1000, noise=0.2, factor=0.5, random_state=1),
         "clusters": lambda: sk.make_classification(4000, 20, n_informative=8, n_clusters_per_class=4, random_state=1)}
RESULTS = Path(__file__).parent / "results"


def table(name, rows):
    "A dataset that nsad knows, or one that scikit-learn carries."
    if name in NAMED:
        return load_dataset(name, rows=rows, seed=42)
    if name in DRAWN:
        X, y = DRAWN[name]()
        return Dataset.from_arrays(X, y > np.median(y) if len(np.unique(y)) > 20 else y, name=name, domain="drawn")
    raw = getattr(sk, f"load_{name}")()
    return Dataset.from_arrays(raw.data, raw.target, name=name, domain="scikit-learn")


def forecast_of(tables, seeds):
    "Forecasts from the training rows of each split, and their mean."
    each = [transferabilities([ds.take(split(ds, test=0.2, seed=s).train) for ds in tables], seed=s) for s in seeds]
    return pd.concat(each).groupby(["source", "target"], sort=False)[[*ALIKE, "score"]].mean().reset_index()


def marked(matrix, against):
    "Gains in points with the marks of the tests."
    marks = matrix.frame(against).pivot(index="source", columns="target", values="verdict").replace({"better": "*", "worse": "!"})
    gains = 100 * matrix.gains(against)
    marks = marks.reindex_like(gains).where(lambda m: m.isin(["*", "!"]), " ")
    return gains.map("{:+.1f}".format) + marks


def show(matrix, forecast):
    for against in ("relu", "specialist"):
        tests = matrix.frame(against)
        moved = tests[tests.kind == "transfer"]
        print(f"\n{matrix.measure}, points over {against}: * better, ! worse (corrected t, Holm over the whole matrix)")
        print(marked(matrix, against).to_string())
        print(f"transfers: {(moved.verdict == 'better').sum()} better, {(moved.verdict == 'worse').sum()} worse, "
              f"{(moved.verdict == 'no difference shown').sum()} without a difference shown; mean {100 * moved.difference.mean():+.2f} points")
        for s in moved[moved.verdict != "no difference shown"].sentence:
            print(" ", s)
    print(f"\nforecast: score\n{forecast.pivot(index='source', columns='target', values='score').round(2).to_string()}")
    for against in ("relu", "specialist"):
        for measure in (matrix.measure, "auc"):
            quality = forecast_quality(matrix, forecast, against, measure).round(3)
            print(f"\nSpearman of forecast and true gain over {against} in {measure}; first all pairs, then those of each dataset left out")
            print(quality.to_string(index=False))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("datasets", nargs="*", default=["higgs", "magic", "forest_cover", "spambase", "breast_cancer", "digits", "wine"])
    args.add_argument("--rows", type=int, default=20_000, help="of each table at most")
    args.add_argument("--seeds", type=int, default=5)
    args.add_argument("--recipe", choices=["paper", "converged"], default="paper")
    args.add_argument("--folder", default="/tmp/nsad-transfer", help="where searches and rows are kept")
    args.add_argument("--name", default="transfer", help="of the files in benchmarks/results")
    args = args.parse_args()
    start, seeds = time.perf_counter(), tuple(range(42, 42 + args.seeds))
    tables = [table(name, args.rows) for name in args.datasets]
    forecast = forecast_of(tables, seeds)                    # before anything is trained
    small = dict(generations=2, initial_size=96, population_size=48, finalists=8)
    matrix = transfer_matrix(tables, seeds=seeds, recipe={"paper": PAPER, "converged": CONVERGED}[args.recipe], options=small, folder=args.folder)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print(f"{date.today()}  {' '.join(sys.argv)}\n{len(tables)} tables, {len(seeds)} seeds, {len(matrix.results)} rows, "
              f"recipe {args.recipe}, searches {small}; {time.perf_counter() - start:.0f} s, what was kept not counted")
        for ds in tables:
            print(f"  {ds}")
        print("\nformulas, seed by seed:")
        own = matrix.results[matrix.results.activation == matrix.results.dataset]
        for name, rows in own.groupby("activation", sort=False):
            print(f"  {name:14} {'   '.join(rows.formula)}")
        show(matrix, forecast)
    print(out.getvalue())
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{args.name}.txt").write_text(out.getvalue(), encoding="utf-8")
    matrix.save(RESULTS / f"{args.name}.csv")
    forecast.to_csv(RESULTS / f"{args.name}-forecast.csv", index=False, float_format="%.4f")
    for against in ("relu", "specialist"):
        fig = matrix.plot(against)
        fig.savefig(RESULTS / f"{args.name}-against-{against}.png", dpi=110)
        fig.savefig(RESULTS / f"{args.name}-against-{against}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
