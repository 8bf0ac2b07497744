"""Accuracy against bytes: what a network in whole numbers, trees and a linear model make of 1 to 32 kB on five tables.

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 nice -n 10 python benchmarks/bytes.py > benchmarks/results/bytes.txt
    # rows: benchmarks/results/bytes-rows.csv, to which a run that was stopped adds; picture: benchmarks/results/bytes.png

What is counted is what one file of C would keep in flash memory beside its code, which is about a kilobyte for each kind:

* networks: `nsad.quantised.costs`, that is a byte for each weight, 6 bytes for each hidden unit (bias, factor, the end of its row), 8 for each
  input, 9 for each output, and for the formula a table of 256 bytes for each hidden layer. ReLU is counted without tables, as a comparison does
  its work. Accuracy is that of the whole numbers. One hidden layer or two, as wide as fits.
* LightGBM: for each split a byte for the feature, one for the threshold (a place in that feature's list), one for the size of the left branch; for
  each leaf a byte; two bytes for each different threshold. Accuracy is with leaves rounded to their byte. Leaves for each tree (4, 8, 16, 32)
  and learning rate (0.1, 0.3) are tuned for each size, and as many trees are taken as fit: the size is used up, or fewer where validation says so.
* logistic regression: four bytes for each weight, with the scaler inside.

Each split has training, validation and test rows (64, 16, 20 %). Whatever is chosen, shapes of networks and settings of trees, is chosen by
accuracy on validation rows; test rows judge. The formula, x*exp(-x**2), is the same for all tables and sizes and was chosen before.
"""
import argparse
import sys
import time
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from nsad import Recipe, load_dataset, mlp, split, train
from nsad.data import Dataset, Scaler
from nsad.quantised import costs, quantise_network

TABLES = {"forest_cover": 20_000, "higgs": 20_000, "magic": None, "spambase": None, "digits": None}
SIZES = 1024, 2048, 4096, 8192, 16_384, 32_768
RECIPE = Recipe("bytes", steps=1500)
FORMULAS = {"x*exp(-x**2)": "x*exp(-x**2)", "ReLU": "relu"}
RESULTS = Path(__file__).parent / "results"


def table(name):
    if name == "digits": return Dataset.from_arrays(*load_digits(return_X_y=True), name="digits")
    return load_dataset(name, rows=TABLES[name], seed=42)


def parts(ds, seed):
    "Rows and labels for training, validation and test."
    whole = split(ds, test=0.2, seed=seed)
    rest = ds.take(whole.train)
    inner = split(rest, test=0.2, seed=seed)
    return [(d.X, d.y) for d in (rest.take(inner.train), rest.take(inner.test), ds.take(whole.test))]


def right(outputs, y):
    "Share of rows that are classified as they should be."
    chosen = outputs[:, 0] > 0 if outputs.shape[1] == 1 else outputs.argmax(1)
    return float((chosen == y).mean())


def network_bytes(n, hidden, k, tables):
    "As `costs` counts, before anything is trained."
    widths = n, *hidden, k
    return sum(a * b for a, b in zip(widths, widths[1:])) + 256 * tables * len(hidden) + 8 * n + 6 * sum(hidden) + 9 * k


def shapes(n, k, size, tables):
    "The widest networks of one hidden layer and of two that fit."
    for form in (lambda w: (w,), lambda w: (w, max(1, w // 2))):
        widest = max((w for w in range(1, 1500) if network_bytes(n, form(w), k, tables) <= size), default=0)
        if widest >= 2: yield form(widest)


def networks(name, activation, splits, task, k, seed):
    "A row for each size: the better of two shapes, by validation."
    (X, y), (Xv, yv), (Xt, yt) = splits
    scaler, is_formula = Scaler.fit(X), activation != "relu"
    for size in SIZES:
        tried = []
        for hidden in shapes(X.shape[1], k, size, is_formula):
            dropout = RECIPE.for_rows(len(X), task).dropout
            net = mlp(X.shape[1], hidden, activation, n_outputs=k, dropout=dropout, seed=seed)
            train(net, scaler.transform(X), y, task, RECIPE, seed=seed, progress=False)
            q = quantise_network(net.train(False), X, scaler)
            spent = costs(q)
            used = spent["weights"] + spent["tables"] * is_formula + spent["other constants"]
            with torch.no_grad(): floats = net(torch.as_tensor(scaler.transform(Xt))).numpy()
            tried.append(dict(settings="-".join(map(str, hidden)), bytes=used, validation=right(q.predict(Xv), yv),
                              accuracy=right(q.predict(Xt), yt), in_floats=right(floats, yt)))
        if tried: yield dict(model=name, size=size, **max(tried, key=lambda r: r["validation"]))


class Booster:
    "Trees of LightGBM with leaves of one byte, and what the first of them take."
    def __init__(self, X, y, k, leaves, rate, rounds, seed, regression=False):
        import lightgbm as lgb
        objective = "regression" if regression else "binary" if k == 1 else "multiclass"
        options = dict(objective=objective, num_leaves=leaves, learning_rate=rate, seed=seed, verbose=-1,
                       num_threads=1, deterministic=True, force_row_wise=True) | ({} if k == 1 else {"num_class": k})
        self.booster, self.k = lgb.train(options, lgb.Dataset(X, y), rounds), k
        nodes = self.booster.trees_to_dataframe()
        splits, ends = nodes[nodes.left_child.notna()], nodes[nodes.left_child.isna()]
        n = self.booster.num_trees()
        per_tree = 3 * splits.groupby("tree_index").size().reindex(range(n), fill_value=0) + ends.groupby("tree_index").size().reindex(range(n))
        first_use = splits.groupby(["split_feature", "threshold"]).tree_index.min()
        new = first_use.value_counts().reindex(range(n), fill_value=0)
        self.spent = (per_tree + 2 * new).to_numpy().cumsum()
        self.values = [np.array([self.booster.get_leaf_output(t, leaf) for leaf in range(count)])
                       for t, count in enumerate(ends.groupby("tree_index").size().reindex(range(n)))]

    def fits(self, size):
        "How many rounds fit."
        return int((self.spent[self.k - 1::self.k] <= size).sum())

    def predict(self, X, rounds):
        "Sums after each of the numbers of rounds, (numbers, rows, outputs)."
        at, (n, k) = self.booster.predict(X, pred_leaf=True).reshape(len(X), -1), (max(rounds), self.k)
        step = max(np.abs(np.concatenate([np.ravel(v) for v in self.values[k:n * k]] or [self.values[0]])).max(), 1e-12) / 127
        out, sums = {}, np.zeros((len(X), k))
        for t in range(n * k):
            v = self.values[t]
            sums[:, t % k] += (v if t < k else np.rint(v / step) * step)[at[:, t]]         # the first holds the mean of the labels
            if t % k == k - 1 and (t + 1) // k in rounds: out[(t + 1) // k] = sums.copy()
        return out


def trees(splits, k, seed):
    "A row for each size: leaves, rate and number of rounds by validation."
    (X, y), (Xv, yv), (Xt, yt) = splits
    tried = {size: [] for size in SIZES}
    for leaves in (4, 8, 16, 32):
        for rate in (0.1, 0.3):
            b = Booster(X, y, k, leaves, rate, min(1500, max(20, 40_000 // (4 * leaves * k))), seed)
            fit = {size: b.fits(size) for size in SIZES}
            wanted = sorted({max(1, int(n * share)) for n in fit.values() if n for share in (0.25, 0.5, 0.75, 1)})
            if not wanted: continue
            on_validation, on_test = b.predict(Xv, wanted), b.predict(Xt, wanted)
            for size, n in fit.items():
                tried[size] += [dict(settings=f"{leaves} leaves, rate {rate}, {r} rounds", bytes=int(b.spent[r * k - 1]),
                                     validation=right(on_validation[r], yv), accuracy=right(on_test[r], yt))
                                for r in wanted if r <= n]
    for size, rows in tried.items():
        if rows: yield dict(model="LightGBM", size=size, **max(rows, key=lambda r: r["validation"]))


def linear(splits, k, seed):
    "A row for each size that is large enough."
    (X, y), (Xv, yv), (Xt, yt) = splits
    scaler = Scaler.fit(X)
    model = LogisticRegression(max_iter=1000, random_state=seed).fit(scaler.transform(X), y)
    used = 4 * k * (X.shape[1] + 1)
    def outputs(rows): return model.decision_function(scaler.transform(rows)).reshape(len(rows), -1)
    for size in SIZES:
        if used <= size:
            yield dict(model="logistic regression", size=size, settings="", bytes=used, validation=right(outputs(Xv), yv),
                       accuracy=right(outputs(Xt), yt))


def rows_of(name, seed):
    ds = table(name)
    splits, k = parts(ds, seed), 1 if ds.task == "binary" else len(np.unique(ds.y))
    made = [*linear(splits, k, seed), *trees(splits, k, seed)]
    for label, activation in FORMULAS.items(): made += networks(label, activation, splits, ds.task, k, seed)
    return [dict(table=name, seed=seed, **row) for row in made]


def picture(rows, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    names = list(dict.fromkeys(rows.table))
    figure, axes = plt.subplots(1, len(names), figsize=(3 * len(names), 3), squeeze=False)
    for ax, name in zip(axes[0], names):
        for (model, group), color in zip(rows[rows.table == name].groupby("model", sort=False), ("0.6", "C2", "C3", "C0")):
            mean = group.groupby("size").accuracy.mean()
            ax.plot(mean.index / 1024, 100 * mean, "o-", ms=3, color=color, label=model)
        ax.set(xscale="log", title=name, xlabel="kB", xticks=[1, 2, 4, 8, 16, 32], xticklabels=[1, 2, 4, 8, 16, 32])
        ax.minorticks_off()
    axes[0][0].set_ylabel("accuracy on test rows, %")
    axes[0][0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=70)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[42, 43, 44])
    parser.add_argument("--tables", nargs="+", default=list(TABLES), choices=TABLES)
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    store, start = args.results / "bytes-rows.csv", time.perf_counter()
    rows = pd.read_csv(store) if store.exists() else pd.DataFrame({"table": [], "seed": []}).astype({"seed": int})
    for seed in args.seeds:
        for name in args.tables:
            if ((rows.table == name) & (rows.seed == seed)).any(): continue
            new = pd.DataFrame(rows_of(name, seed))
            rows = pd.concat([rows, new], ignore_index=True) if len(rows) else new
            rows.round(5).to_csv(store, index=False)
            print(f"{name}, seed {seed}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    picture(rows, args.results / "bytes.png")
    print(f"Accuracy on test rows (%) against bytes of constants, means of splits {sorted(map(int, rows.seed.unique()))}, {date.today()}.")
    print("Networks in whole numbers, trained for 1,500 steps (the strong recipe otherwise); how bytes are counted: benchmarks/bytes.py\n")
    mean = (100 * rows.groupby(["table", "model", "size"], sort=False).accuracy.mean()).unstack("size").sort_index(axis=1).round(2)
    print(mean.rename(columns=lambda n: f"{n // 1024} kB").to_string(na_rep="-"))
    whole = rows[rows.in_floats.notna()]
    lost = 100 * (whole.in_floats - whole.accuracy)
    print(f"\nPoints of accuracy lost to whole numbers, over {len(whole)} networks: mean {lost.mean():.3f}, largest of a table's "
          f"mean over splits and sizes {lost.groupby([whole.table, whole.model]).mean().max():.3f}, largest of one network {lost.max():.2f}")
    first = rows.pivot_table(index=["table", "seed", "size"], columns="model", values="accuracy")
    for other in ("ReLU", "LightGBM", "logistic regression"):
        d = (first["x*exp(-x**2)"] - first[other]).dropna().groupby(["table", "size"]).mean()
        print(f"x*exp(-x**2) is ahead of {other} in {(d > 0).sum()} of {len(d)} places (table and size); "
              f"the difference is {100 * d.mean():+.2f} points in the mean")


if __name__ == "__main__": main()
