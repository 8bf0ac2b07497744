"""How STRONG was chosen: recipes beside each other on tables that nsad shows nowhere as evidence.

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/recipes.py > benchmarks/results/recipes.txt

Tables from 100 to 40,000 rows: scikit-learn's generators and iris, tables of our own, and ring and splice where the folder
of NSAD_DATA has tables/ring.csv and tables/splice.csv. Each recipe differs from the first in what its name says. Networks of
64 and 32 units with ReLU and with x*exp(-x**2), several splits: a quarter of the rows for testing, and a recipe with
patience puts a tenth of all aside. Printed are, for each table and recipe, the test loss of either activation (log loss, or
squared error of a standardised target), the share of errors of either, the standard error of the loss over splits, and
seconds; then the mean of both activations in per cent above the best recipe of the table.
"""
import os
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import torch
from sklearn import datasets

from nsad import Dataset
from nsad.data import Scaler, split
from nsad.models import Stack
from nsad.training import Recipe, member_losses, one_thread, predict, train

BASE = Recipe("base", lr=3e-3, weight_decay=1e-2, dropout=0.1, schedule="one-cycle", warmup=0.3, clip=None)
ADAM = dict(optimiser="adam")
CHANGES = {"base": {}, "decay .3": dict(weight_decay=0.3), "decay 1": dict(weight_decay=1.), "decay 3": dict(weight_decay=3.),
           "adam, L2 1e-2": ADAM, "adam, L2 3e-3": ADAM | dict(weight_decay=3e-3),
           "decay 1, lr 1e-2": dict(weight_decay=1., lr=1e-2), "decay 1, dropout .2": dict(weight_decay=1., dropout=0.2),
           "decay 1, dropout .05": dict(weight_decay=1., dropout=0.05), "decay 1, cosine": dict(weight_decay=1., schedule="cosine", warmup=0.05),
           "decay 1, smoothing .05": dict(weight_decay=1., label_smoothing=0.05), "decay 1, best epoch": dict(weight_decay=1., patience=1000),
           "decay 1, patience 20": dict(weight_decay=1., patience=20), "decay 1, clip 1": dict(weight_decay=1., clip=1.),
           "paper": dict(epochs=15, batch_size=1024, lr=1e-3, weight_decay=0., dropout=0.3, optimiser="adam", schedule="constant", warmup=0.)}
LARGE = ("decay 1", "base", "decay .3", "decay 3", "decay 1, lr 1e-2", "decay 1, dropout .2",
         "decay 1, dropout .05")                                      # what there was time for on large tables
ACTIVATIONS = "relu", "x*exp(-x**2)"


def tables():
    "Name to dataset; none of them is one that nsad shows as evidence."
    def made(name, X, y, task): return Dataset.from_arrays(np.asarray(X, float), np.asarray(y), name=name, task=task)
    rng = np.random.default_rng(0)
    wave = rng.normal(size=(700, 8))
    yield made("wave 700", wave, np.sin(2 * wave[:, 0]) * wave[:, 1] + wave[:, 2]**2 + 0.5 * rng.normal(size=700), "regression")
    X, y = datasets.make_classification(140, 12, n_informative=5, flip_y=0.1, random_state=1)
    yield made("noise 140", X, y, "binary")
    yield made("iris 150", *datasets.load_iris(return_X_y=True), "multiclass")
    X, y = datasets.make_moons(500, noise=0.3, random_state=2)
    yield made("moons 500", np.hstack([X, rng.normal(size=(500, 6))]), y, "binary")
    X, y = datasets.make_classification(2700, 20, n_informative=10, n_classes=5, n_clusters_per_class=3, class_sep=1.3, random_state=3)
    yield made("five classes 2700", X, y, "multiclass")
    U = rng.uniform(size=(2700, 10))
    y = 8 * np.cos(2.5 * np.pi * U[:, 0] * U[:, 1]) + 15 * (U[:, 2] - 0.4)**2 + 6 * U[:, 3] - 3 * U[:, 4] + rng.normal(size=2700)
    yield made("cosine 2700", U, y, "regression")
    X, y = datasets.make_sparse_uncorrelated(400, random_state=4)
    yield made("sparse 400", X, y, "regression")
    folder = Path(os.environ.get("NSAD_DATA") or ".") / "tables"
    for name in ("ring", "splice"):
        if (folder / f"{name}.csv").exists(): yield named(folder / f"{name}.csv")
    X, y = datasets.make_classification(40_000, 30, n_informative=12, n_classes=4, n_clusters_per_class=6, flip_y=0.02, random_state=5)
    yield made("four classes 40000", X, y, "multiclass")


def named(path):
    "A file without a header whose last column is the target; words become columns of 0 and 1."
    import pandas as pd
    table = pd.read_csv(path, header=None, skipinitialspace=True)
    X = pd.get_dummies(table.iloc[:, :-1]).to_numpy(float)
    classes = pd.factorize(table.iloc[:, -1], sort=True)[0]
    return Dataset.from_arrays(X, classes, name=f"{path.stem} {len(X)}", task="multiclass" if classes.max() > 1 else "binary")


def changed(change, rows):
    "The recipe for that many training rows."
    if isinstance(change, dict): return replace(BASE, **change)
    known = BASE.for_rows(rows)
    if change in ("half", "twice"): return replace(BASE, epochs=max(1, round(known.epochs * {"half": 0.5, "twice": 2}[change])))
    size = max(4, round(known.batch_size * {"small": 0.5, "large": 2}[change]))
    return replace(BASE, batch_size=size, steps=BASE.steps_on(rows))


def loss(ds, change, seeds):
    "Loss and share of errors (or squared error) on test rows of each activation and seed, (2, activations, seeds)."
    parts = [split(ds, test=0.25, validation=0.1 if isinstance(change, dict) and change.get("patience") else 0., seed=s) for s in seeds]
    rows = []
    for p in parts:
        scaler, y = Scaler.fit(ds.X[p.train]), ds.y
        if ds.task == "regression": y = (y - y[p.train].mean()) / y[p.train].std()
        rows.append([(scaler.transform(ds.X[i]), y[i]) for i in (p.train, p.validation, p.test)])
    fit, held, test = ([np.stack(v) for v in zip(*(r[k] for r in rows))] for k in range(3))
    recipe = changed(change, fit[0].shape[1])
    n_outputs = int(ds.y.max()) + 1 if ds.task == "multiclass" else 1
    stack = Stack(fit[0].shape[2], ACTIVATIONS, seeds, (64, 32), n_outputs, recipe.dropout)
    with one_thread(): train(stack, *fit, ds.task, recipe, device="cpu", validation=held if recipe.patience else None)
    y = torch.as_tensor(test[1], dtype=torch.int64 if ds.task == "multiclass" else torch.float32)
    output = torch.as_tensor(predict(stack, test[0]))
    losses = member_losses(output, stack.expand(y), ds.task)
    if ds.task == "regression": errors = losses
    else:
        picked = (output[..., 0] > 0).long() if ds.task == "binary" else output.argmax(-1)
        errors = (picked != stack.expand(y)).float().mean(1)
    return torch.stack([losses, errors]).reshape(2, len(seeds), -1).transpose(1, 2).numpy()


def main(only="", part="0/1"):
    done = {}
    i, n = map(int, part.split("/"))
    print(f"{date.today()}  {' '.join(sys.argv)}")
    chosen = [ds for ds in tables() if not only or any(word in ds.name for word in only.split(","))]
    for ds in chosen[i::n]:
        seeds = range(4 if ds.n_rows < 1000 else 2 if ds.n_rows < 5000 else 1)
        for name, change in CHANGES.items():
            if ds.n_rows > 1000 and name not in LARGE: continue
            began = time.perf_counter()
            found = loss(ds, change, seeds)
            done[ds.name, name] = found
            of_acts = " ".join(f"{v:.4f}" for v in found.mean(2).ravel())
            print(f"{ds.name:20} {name:22} {of_acts}  noise {found[0].mean(0).std() / len(seeds)**.5:.4f}  "
                  f"{time.perf_counter() - began:.1f} s", flush=True)
    for k, what in enumerate(("loss", "errors")): show(done, k, what)


def show(done, k, what):
    "Recipes by tables, and means."
    names = list(dict.fromkeys(t for t, _ in done))
    print(f"\n{what}: per cent above the table's best\n" + " " * 22 + "".join(f"{t.split()[0][:8]:>9}" for t in names) + "     mean")
    for name in CHANGES:
        above = [100 * (done[t, name][k].mean() / max(1e-9, min(v[k].mean() for (u, _), v in done.items() if u == t)) - 1)
                 if (t, name) in done else np.nan for t in names]
        print(f"{name:22}" + "".join(f"{a:9.1f}" for a in above) + f"{np.nanmean(above):9.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
