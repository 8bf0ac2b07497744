"""What a formula and an embedding of numbers are worth on tables, at equal numbers and by the same recipe.

    OMP_NUM_THREADS=1 python benchmarks/tables.py wine segment vehicle --splits 2 --budgets 6000 >> benchmarks/results/tables.txt

Every side is a network of two hidden layers, the second half as wide as the first, as wide as its budget of learned numbers allows; an
embedding is paid from the same budget. A side is an activation, with or without an embedding. What is *found* is either a formula that is
given (--found "x*exp(-x**2)", the default) or searched in that very network, with its embedding and recipe, on the training rows of each
split (--found search --seconds 300); with --search-budget once for each split, in the network of that budget without an embedding and by
STRONG, on all training rows or --search-rows of them. With --trials N, each side chooses the best of the same N settings (learning
rate, dropout, weight decay) by log loss (squared error) on a fifth of the training rows; with 1 all train by STRONG as it is. Test rows
are read once, at the end.

Beside them: LightGBM where it is installed, of 100 trees with 31 leaves, of 2,000 with 255 (--large), and of as many trees of 31 leaves as
the budget allows, at 61 numbers a tree; scikit-learn's HistGradientBoosting, MLP and (logistic or ridge) linear model, by their defaults.

It goes on from where it was: rows that are in the file are not made again. Each row says what was trained, from which seed, how long it took,
how many numbers it has, and on which day. `--summary` prints tables of what is in the file and trains nothing.
"""
import argparse
import csv
import os
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import nsad
from nsad import Dataset, discover, load_dataset, split
from nsad.data import Scaler, data_folder
from nsad.embeddings import embedding_of
from nsad.models import Stack, count_parameters, mlp
from nsad.problem import TableProblem
from nsad.statistics import interval
from nsad.training import STRONG, measures, predict, train

ROWS = Path(__file__).parent / "results" / "tables-rows.csv"
KEEL = "letter optdigits ring segment texture splice german vehicle".split()
OURS = "higgs forest_cover magic spambase".split()
SKLEARN = "breast_cancer digits wine diabetes".split()
MADE = "friedman1 friedman2 friedman3".split()                       # regressions by formulas, 2,000 rows each
SIDES = {"relu": "relu", "gelu": "gelu", "silu": "silu", "selu": "selu", "mish": "mish"}
TRIALS = [(1, None, 1), (1 / 3, None, 1), (3, None, 1), (1, 0., 1), (1, .3, 1), (1, None, .1), (3, .3, 1), (1 / 3, 0., .1)]
OVERLAP = 20 / 80                                                      # test rows over training rows of a split
KEY = ["dataset", "rows", "split", "side", "embedding", "budget", "found", "trials", "epochs"]
COLUMNS = [*KEY, "formula", "task", "n_parameters", "bytes", "accuracy", "auc", "log_loss", "r2", "rmse", "lr_factor", "dropout",
           "decay_factor", "seconds", "search_seconds", "nsad", "date"]


def table(name, rows):
    "A dataset by name."
    if name in KEEL: return Dataset.from_file(data_folder() / "tables" / f"{name}.csv", -1, None, name=name)
    if name in MADE:
        from sklearn import datasets
        X, y = getattr(datasets, f"make_{name}")(2000, noise={"friedman1": 1., "friedman2": 100., "friedman3": .1}[name], random_state=0)
        return Dataset.from_arrays(X, y, name=name, task="regression")
    return load_dataset(name if name in OURS else f"sklearn:{name}", rows=rows)


def placed(embedding, X):
    wanted = embedding_of(embedding or None)
    return wanted and wanted.for_rows(X)


def widest(budget, n_features, n_outputs, embedding):
    "Two hidden layers, the second half as wide, with as many numbers as the budget allows; None where not even (4, 2) fits."
    fits = None
    for w in range(2, 2000):
        if count_parameters(mlp(n_features, (2 * w, w), "relu", n_outputs, embedding=embedding)) > budget: return fits
        fits = 2 * w, w


class Cell:
    "One split of one table, encoded and scaled by its training rows."
    def __init__(self, ds, seed):
        self.ds, self.seed = ds, seed
        self.train, _, self.test = ds.parts(split(ds, seed=seed))
        self.scaler = Scaler.fit(self.train.X)
        self.X, self.X_test = self.scaler.transform(self.train.X), self.scaler.transform(self.test.X)
        regression = ds.task == "regression"
        self.mean, self.scale = (float(self.train.y.mean()), float(self.train.y.std())) if regression else (0., 1.)
        self.y, self.y_test = ((y - self.mean) / self.scale if regression else y for y in (self.train.y, self.test.y))

    def scores(self, output, n_parameters):
        "Measures on the test rows, errors in the target's own units."
        known = measures(self.y_test, output, self.ds.task, n_parameters)
        if "rmse" in known: known["rmse"] *= self.scale
        return {k: v for k, v in known.items() if k in COLUMNS}


def settings(recipe, trial, n_rows, task):
    "The recipe with the settings of a trial, its automatic ones in numbers."
    lr, dropout, decay = TRIALS[trial]
    known = recipe.for_rows(n_rows, task)
    return replace(known, lr=known.lr * lr, weight_decay=known.weight_decay * decay, dropout=known.dropout if dropout is None else dropout)


def network(cell, formulas, hidden, embedding, recipe, rows):
    "Networks with these activations as one, trained on some training rows."
    stack = Stack(cell.X.shape[1], formulas, (cell.seed,), hidden, cell.ds.n_outputs, recipe.dropout, embedding)
    start = time.perf_counter()
    train(stack, cell.X[rows], cell.y[rows], cell.ds.task, recipe, device="cpu")
    return stack, time.perf_counter() - start


def chosen(cell, formulas, hidden, embedding, recipe, n_trials):
    "For each activation the number of the settings that are best on a fifth of the training rows."
    if n_trials == 1: return [0] * len(formulas)
    order = np.random.default_rng(cell.seed).permutation(len(cell.X))
    held, fit = np.split(order, [len(order) // 5])
    losses = []
    for trial in range(n_trials):
        stack, _ = network(cell, formulas, hidden, embedding,
                           settings(recipe, trial, len(fit), cell.ds.task), fit)
        outputs = predict(stack, cell.X[held])
        name = "rmse" if cell.ds.task == "regression" else "log_loss"
        losses.append([np.nan_to_num(measures(cell.y[held], o, cell.ds.task, 2)[name], nan=np.inf) for o in outputs])
    return np.argmin(losses, axis=0).tolist()


def searched(cell, hidden, embedding, recipe, seconds, rows=None):
    "The best formula of a search in this network on (some of) the training rows, and how long it took."
    start, some = time.perf_counter(), cell.train
    if rows: some = some.take(np.random.default_rng(cell.seed).permutation(some.n_rows)[:rows])
    problem = TableProblem(some, hidden, recipe, embedding=embedding)
    found = discover(problem, seed=cell.seed, time_limit=seconds, progress=False).best.text
    return found, time.perf_counter() - start


def label_of(args):
    "What rows call the formula that is found: itself, or how it was searched."
    if args.found != "search" or not args.search_budget: return args.found
    return f"search in {args.search_budget}" + (f", {args.search_rows} rows" if args.search_rows else "")


def searched_once(cell, args, store):
    "The same in the network of --search-budget, by STRONG; of a split that has rows of this search, what these say."
    same = dict(dataset=cell.ds.name, rows=str(cell.ds.n_rows), split=str(cell.seed), found=label_of(args))
    for row in store.read():
        if same.items() <= row.items(): return row["formula"], float(row["search_seconds"])
    hidden = widest(args.search_budget, cell.X.shape[1], cell.ds.n_outputs, None)
    return searched(cell, hidden, None, STRONG, args.seconds, args.search_rows)


def of_networks(cell, sides, text, budget, args, recipe, store):
    "Rows of all activations with one embedding (or none) and one budget."
    embedding = placed(text, cell.X)
    hidden = widest(budget, cell.X.shape[1], cell.ds.n_outputs, embedding)
    if hidden is None: return print(f"{cell.ds.name}: no network of {budget:,} numbers", file=sys.stderr)
    formulas, search_seconds = {s: SIDES.get(s, args.found) for s in sides}, 0.
    if "found" in sides and args.found == "search":
        if args.search_budget: formulas["found"], search_seconds = searched_once(cell, args, store)
        else: formulas["found"], search_seconds = searched(cell, hidden, embedding, recipe, args.seconds)
    picks = chosen(cell, list(formulas.values()), hidden, embedding, recipe, args.trials)
    for pick in sorted(set(picks)):
        some = {s: f for (s, f), k in zip(formulas.items(), picks) if k == pick}
        how = settings(recipe, pick, len(cell.X), cell.ds.task)
        stack, seconds = network(cell, list(some.values()), hidden, embedding, how, np.arange(len(cell.X)))
        outputs, n = predict(stack, cell.X_test), count_parameters(stack.member(0))
        for (side, formula), output in zip(some.items(), outputs):
            yield dict(side=side, formula=formula, n_parameters=n, bytes=4 * n, lr_factor=TRIALS[pick][0], dropout=how.dropout,
                       decay_factor=TRIALS[pick][2], seconds=round(seconds / len(some), 1),
                       search_seconds=round(search_seconds, 1) if side == "found" else 0., **cell.scores(output, n))


def beside(cell, budgets, large):
    "Rivals that are no networks of ours: name and budget, a maker, and how many numbers the fitted one has."
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    kind, trees_each = cell.ds.task != "regression", cell.ds.n_outputs
    yield "hist gradient boosting", 0, (HistGradientBoostingClassifier if kind else HistGradientBoostingRegressor)(random_state=cell.seed)
    yield "scikit-learn's MLP", 0, (MLPClassifier if kind else MLPRegressor)(random_state=cell.seed)
    yield "linear", 0, LogisticRegression(max_iter=1000) if kind else Ridge()
    try:
        import lightgbm
    except ImportError:
        return print("LightGBM is not installed and left out", file=sys.stderr)
    make = lightgbm.LGBMClassifier if kind else lightgbm.LGBMRegressor
    fixed = dict(random_state=cell.seed, n_jobs=1, verbose=-1)
    yield "lightgbm", 0, make(**fixed)
    if large: yield "lightgbm, 2,000 trees of 255 leaves", 0, make(n_estimators=2000, num_leaves=255, learning_rate=0.05, **fixed)
    for budget in budgets: yield "lightgbm of the budget", budget, make(n_estimators=max(1, budget // 61 // trees_each), **fixed)


def numbers_of(model):
    "Learned numbers: of trees, thresholds and values; of linear parts, weights. NaN where the model does not say."
    if hasattr(model, "booster_"):
        trees = model.booster_.dump_model()["tree_info"]
        return sum(2 * t["num_leaves"] - 1 for t in trees)
    if hasattr(model, "coefs_"): return sum(w.size for w in (*model.coefs_, *model.intercepts_))
    if hasattr(model, "coef_"): return model.coef_.size + np.size(model.intercept_)
    return np.nan


def of_model(cell, model):
    "The row of a rival."
    start = time.perf_counter()
    model.fit(cell.X, cell.y)
    seconds, n = time.perf_counter() - start, numbers_of(model)
    if cell.ds.task == "regression": output = model.predict(cell.X_test)[:, None]
    else:
        p = np.log(np.clip(model.predict_proba(cell.X_test), 1e-12, 1.))
        output = p[:, 1:] - p[:, :1] if cell.ds.task == "binary" else p
    return dict(n_parameters=n, bytes=4 * n, seconds=round(seconds, 1), **cell.scores(output, 2))


class Store:
    "Rows in a CSV file, each written when it is there."
    def __init__(self, path):
        self.path = path
        self.known = {tuple(str(r[k]) for k in KEY) for r in self.read()}

    def read(self):
        if not self.path.exists(): return []
        with open(self.path, newline="", encoding="utf-8") as file: return list(csv.DictReader(file))

    def has(self, about, **more): return tuple(str((about | more)[k]) for k in KEY) in self.known

    def add(self, row):
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            if new: writer.writeheader()
            writer.writerow(dict.fromkeys(COLUMNS, "") | {k: f"{v:.5f}" if isinstance(v, float) and k in
                            ("accuracy", "auc", "log_loss", "r2", "rmse") else v for k, v in row.items()})
        self.known.add(tuple(str(row[k]) for k in KEY))
        shown = ", ".join(f"{k} {row[k]:.4f}" for k in ("accuracy", "auc", "r2") if row.get(k, "") != "")
        print(f"{row['dataset']}, split {row['split']}: {row['side']}{' + ' if row['embedding'] else ''}{row['embedding']}, "
              f"{row['n_parameters']} numbers: {shown} ({row['seconds']} s)", flush=True)


def summary(store):
    "Mean over splits, side by side."
    rows = pd.DataFrame(store.read())
    if rows.empty: return print("no rows yet")
    number = [c for c in ("n_parameters", "accuracy", "auc", "log_loss", "r2") if c in rows]
    rows[number] = rows[number].apply(pd.to_numeric, errors="coerce")
    keys = ["dataset", "rows", "budget", "side", "embedding", "found", "trials", "epochs"]
    means = rows.groupby(keys, sort=False, dropna=False)[number].mean().round(4)
    print(means.assign(splits=rows.groupby(keys, sort=False, dropna=False).size()).reset_index().to_string(index=False, na_rep=""))
    print("\nFound less relu of the same splits, and half of Nadeau and Bengio's 95 % interval")
    relu = rows[rows.side == "relu"].drop(columns="found")
    differences(rows[rows.side == "found"], relu, "side", [k for k in keys if k != "side"])
    print("\nThe same with an embedding less without, of the same budget")
    differences(rows[rows.embedding != ""], rows[rows.embedding == ""], "embedding", keys)


def differences(rows, others, apart, keys):
    "A table of what rows gain over others of the same split that differ in one thing, whose name is `apart`."
    same = [k for k in KEY if k in others and k != apart]
    pairs = rows.merge(others, on=same, suffixes=("", " before"))
    shown = [dict(zip(keys, place), splits=len(part), **gains_of(part)) for place, part in pairs.groupby(keys, sort=False, dropna=False)]
    print(pd.DataFrame(shown).to_string(index=False, na_rep=""))


def gains_of(pairs):
    "Of each measure that was taken, the gain as text."
    gains = {what: interval(pairs[what] - pairs[f"{what} before"], overlap=OVERLAP) for what in ("accuracy", "auc", "log_loss", "r2")}
    return {what: f"{gain.mean:+.4f} ± {gain.high - gain.mean:.4f}" for what, gain in gains.items() if np.isfinite(gain.mean)}


def main():
    known = [*OURS, *KEEL, *SKLEARN, *MADE]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=known, help=", ".join(known))
    parser.add_argument("--rows", type=int, default=100_000, help="rows of a large table")
    parser.add_argument("--splits", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=42, help="seed of the first split")
    parser.add_argument("--budgets", type=int, nargs="+", default=[6000, 20_000, 40_000], help="learned numbers of a network")
    parser.add_argument("--sides", nargs="+", default=["found", *SIDES], choices=["found", *SIDES])
    parser.add_argument("--embeddings", nargs="+", default=["none", "periodic"], help="none, periodic, piecewise, with settings as in their text")
    parser.add_argument("--found", default="x*exp(-x**2)", help='a formula, or "search"')
    parser.add_argument("--seconds", type=float, default=300, help="of each search")
    parser.add_argument("--search-budget", type=int, help="of the network where a search looks; by default the one that is trained")
    parser.add_argument("--search-rows", type=int, help="how many training rows that search sees; by default all")
    parser.add_argument("--trials", type=int, default=1, choices=range(1, len(TRIALS) + 1), help="settings that each side chooses from")
    parser.add_argument("--epochs", type=int, default=None, help="in place of the recipe's own")
    parser.add_argument("--beside", action="store_true", help="the rivals as well")
    parser.add_argument("--rivals", nargs="*", help="of the rivals only those whose name holds one of these")
    parser.add_argument("--large", action="store_true", help="LightGBM of 2,000 trees with 255 leaves as well")
    parser.add_argument("--out", type=Path, default=ROWS)
    parser.add_argument("--summary", action="store_true")
    args = parser.parse_args()
    if args.search_rows and not args.search_budget: parser.error("--search-rows is for --search-budget")
    if args.rivals and not args.beside: parser.error("--rivals is for --beside")
    store = Store(args.out)
    if args.summary: return summary(store)
    print(f"\n$ python benchmarks/tables.py {' '.join(sys.argv[1:])}\n{date.today()}, nsad {nsad.__version__}, "
          f"{os.cpu_count()} processors, {os.environ.get('OMP_NUM_THREADS', 'all')} threads", flush=True)
    recipe = STRONG if args.epochs is None else replace(STRONG, epochs=args.epochs)
    for name in args.tables:
        ds = table(name, args.rows)
        for seed in range(args.first, args.first + args.splits): one_split(ds, seed, args, recipe, store)


def one_split(ds, seed, args, recipe, store):
    "What is missing of one split."
    shared = dict(dataset=ds.name, rows=ds.n_rows, split=seed, nsad=nsad.__version__, date=date.today().isoformat(), task=ds.task)
    cell, label = Cell(ds, seed), label_of(args)
    for budget in args.budgets:
        for given in args.embeddings:
            text = "" if given == "none" else str(embedding_of(given))
            about = shared | dict(embedding=text, budget=budget, trials=args.trials, epochs=recipe.epochs)
            def found_of(side): return label if side == "found" else ""
            sides = [s for s in args.sides if not store.has(about, side=s, found=found_of(s))]
            for row in of_networks(cell, sides, text, budget, args, recipe, store) or () if sides else ():
                store.add(about | dict(found=found_of(row["side"])) | row)
    if not args.beside: return
    for side, budget, model in beside(cell, args.budgets, args.large):
        if args.rivals and not any(r in side for r in args.rivals): continue
        about = shared | dict(side=side, embedding="", budget=budget, found="", trials=1, epochs="")
        if not store.has(about): store.add(about | of_model(cell, model))


if __name__ == "__main__": main()
