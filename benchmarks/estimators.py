r"""What the estimators are worth by their defaults, beside their ReLU twins and scikit-learn's models.

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/estimators.py > benchmarks/results/estimators.txt

`NSADClassifier()` and `NSADRegressor()`, the same with `activation="relu"` (the same recipe and network,
no search), scikit-learn's MLP on standardised columns with up to 1,000 iterations, and
HistGradientBoosting by its defaults. Five splits of each table into 80 % and 20 %, stratified by class.
friedman1 to 3 are scikit-learn's with 2,000 rows; friedman1 has noise 1.0, the others none, as by default.
Scores are accuracy or R2 on the test rows, which no fit has seen.

Each fit is a row of benchmarks/results/estimators-rows.csv, written as soon as it is there; a second run
goes on from these, first with the first split of all tables. `--tables` and `--splits` take some only.
The mean rank is over tables, of the mean score over splits. The interval beside the twin is the paired one
of Nadeau and Bengio (2003), which counts that the training rows of splits overlap. Seconds are those of
the processor, not of the clock, so that other work on the machine counts less.
"""
import argparse
import sys
import time
import warnings
from datetime import date
from os import environ
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn import datasets as shelf
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from nsad import NSADClassifier, NSADRegressor

ROWS = Path(__file__).resolve().parent / "results/estimators-rows.csv"
SHELF = {"breast_cancer": shelf.load_breast_cancer, "wine": shelf.load_wine, "digits": shelf.load_digits, "diabetes": shelf.load_diabetes,
         "iris": shelf.load_iris}
MADE = {"friedman1": lambda: shelf.make_friedman1(2000, noise=1.0, random_state=0),
        "friedman2": lambda: shelf.make_friedman2(2000, random_state=0),
        "friedman3": lambda: shelf.make_friedman3(2000, random_state=0)}
FILES = "segment", "optdigits", "vehicle", "german"
TABLES = "breast_cancer", "wine", "digits", "diabetes", *MADE, *FILES
REGRESSION = "diabetes", *MADE
MODELS = "NSAD", "NSAD relu", "MLP", "HGB"


def table(name):
    "Columns and target."
    if name in SHELF: return SHELF[name](return_X_y=True, as_frame=True)
    if name in MADE:
        X, y = MADE[name]()
        return pd.DataFrame(X, columns=[f"X{i}" for i in range(X.shape[1])]), pd.Series(y)
    frame = pd.read_csv(Path(environ["NSAD_DATA"]) / f"tables/{name}.csv", header=None)
    return frame.iloc[:, :-1].rename(columns=lambda i: f"X{i}"), frame.iloc[:, -1]


def parts(name, split):
    X, y = table(name)
    return train_test_split(X, y, test_size=0.2, random_state=split, stratify=None if name in REGRESSION else y)


def as_numbers(X_train, X_test):
    "Words as codes, for models that take numbers only."
    words = [c for c in X_train if X_train[c].dtype.kind not in "biuf"]
    if not words: return X_train, X_test
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(X_train[words])
    return [X.assign(**dict(zip(words, codes.transform(X[words]).T))) for X in (X_train, X_test)]


def model(name, regression, seed):
    nsad, mlp, trees = ((NSADRegressor, MLPRegressor, HistGradientBoostingRegressor) if regression else
                        (NSADClassifier, MLPClassifier, HistGradientBoostingClassifier))
    if name == "NSAD": return nsad(random_state=seed)
    if name == "NSAD relu": return nsad(activation="relu", random_state=seed)
    if name == "MLP": return make_pipeline(StandardScaler(), mlp(max_iter=1000, random_state=seed))
    return trees(random_state=seed)


def fitted(name, label, split):
    "One fit and its score."
    X_train, X_test, y_train, y_test = parts(name, split)
    if label in ("MLP", "HGB"): X_train, X_test = as_numbers(X_train, X_test)
    clock, start = time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = model(label, name in REGRESSION, split).fit(X_train, y_train)
    seconds, waited = time.process_time() - start, time.perf_counter() - clock
    formula = getattr(net, "formula_", None)
    return dict(table=name, model=label, split=split, score=round(net.score(X_test, y_test), 6), n_train=len(X_train), n_test=len(X_test),
                seconds=round(seconds, 2), waited=round(waited, 2), formula=getattr(formula, "text", ""))


def interval(rows, label="NSAD", beside="NSAD relu"):
    "Mean gain over the twin and the half width of its 95 % interval."
    scores = rows[rows.model.isin([label, beside])].pivot(index="split", columns="model", values="score").dropna()
    gains = scores[label] - scores[beside]
    if len(gains) < 2: return gains.mean(), np.nan
    share = rows.n_test.iloc[0] / rows.n_train.iloc[0]
    return gains.mean(), student.ppf(0.975, len(gains) - 1) * (gains.var(ddof=1) * (1 / len(gains) + share))**0.5


def found(rows):
    "Which formulas, and how often."
    counts = rows[rows.model == "NSAD"].formula.value_counts()
    return "; ".join(f"{text} ({n})" for text, n in counts.items())


def report(rows):
    whole = rows.groupby("table").model.nunique() == rows.model.nunique()
    rows = rows[rows.table.isin(whole.index[whole])]
    means = rows.pivot_table(index="table", columns="model", values="score", sort=False)
    means = means.reindex([name for name in TABLES if name in means.index])
    ranks = means.rank(axis=1, ascending=False)
    print("mean rank over", len(means), "tables:", ", ".join(f"{label} {rank:.2f}" for label, rank in ranks.mean().sort_values().items()))
    gains = [interval(rows[rows.table == name]) for name in means.index]
    shown = means.round(4).assign(**{"gain over relu": [f"{gain:+.4f} ± {width:.4f}" for gain, width in gains]},
                                  found=[found(rows[rows.table == name]) for name in means.index])
    print("\naccuracy or R2, mean over", rows.split.nunique(), "splits\n" + shown.to_string())
    seconds = rows.pivot_table(index="table", columns="model", values="seconds", sort=False).reindex(means.index)
    print("\nseconds of the processor for a fit\n" + seconds.round(1).assign(rows=rows.groupby("table").n_train.first()).to_string(), flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--tables", nargs="*", default=TABLES)
    args.add_argument("--splits", type=int, default=5)
    args.add_argument("--models", nargs="*", default=MODELS)
    args.add_argument("--rows", type=Path, default=ROWS)
    args = args.parse_args()
    rows = pd.read_csv(args.rows, keep_default_na=False) if args.rows.exists() else pd.DataFrame(columns=["table", "model", "split"])
    done = set(zip(rows.table, rows.model, rows.split))
    for key in [(name, label, s) for s in range(args.splits) for name in args.tables for label in args.models]:
        if key in done: continue
        row = pd.DataFrame([fitted(*key)])
        row.to_csv(args.rows, mode="a", index=False, header=not args.rows.exists())
        print(row.to_string(index=False, header=False), file=sys.stderr, flush=True)
    rows = pd.read_csv(args.rows, keep_default_na=False)
    print(f"{date.today()}  {' '.join(sys.argv)}")
    report(rows[rows.table.isin(args.tables) & rows.model.isin(args.models) & (rows.split < args.splits)])


if __name__ == "__main__":
    main()
