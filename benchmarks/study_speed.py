"""Seconds of the grid of `nsad reproduce`: the stacks of `Study`, beside the same networks one at a time, on the same data in one run.

    NSAD_DATA=../shared/data python benchmarks/study_speed.py > benchmarks/results/study_speed.txt

*DataLoader* is the usual loop: a plain `nn.Sequential`, `DataLoader(TensorDataset, batch_size=1024, shuffle=True, num_workers=0)`, Adam. *batches*
is the quicker loop of one who knows that the rows are in memory: indices of a whole batch at once, fused Adam. Both have formulas as torch
functions that autograd differentiates. All sides split and scale once for each seed, train, and score on test rows, with the same number of
threads; `Study` also counts FLOPs and measures latency. The sides take turns dataset by dataset, so that a busy machine disturbs all alike. The
activations are those of the stored reproduction: nothing is searched here; how long its searches took stands in `reproduce-formulas.csv`.
"""
import argparse
import platform
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import accuracy_score, roc_auc_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nsad import load_dataset, mlp, split
from nsad.activation import SymbolicActivation
from nsad.data import Scaler
from nsad.evaluation import Study
from nsad.models import SHAPES
from nsad.training import PAPER, predict

ROWS = Path(__file__).parent / "results" / "reproduce-rows.csv"
NAMED = ("relu", "gelu", "silu")


def by_hand(text):
    "An activation as someone would write it: torch's own module, or torch functions one after the other."
    return text if text in NAMED else SymbolicActivation(text, protect=False)


def with_loader(X, y):
    loader = DataLoader(TensorDataset(X, y), batch_size=PAPER.batch_size, shuffle=True, num_workers=0)
    return lambda: loader


def with_indices(X, y):
    def batches():
        for rows in torch.randperm(len(X)).split(PAPER.batch_size): yield X[rows], y[rows]
    return batches


def train_one(net, batches, epochs, fused):
    optimiser, loss_of = torch.optim.Adam(net.parameters(), lr=PAPER.lr, fused=fused), nn.BCEWithLogitsLoss()
    net.train()
    for _ in range(epochs):
        for x, y in batches():
            loss = loss_of(net(x)[:, 0], y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def one_by_one(ds, cells, epochs, batches, fused):
    "Rows (network, activation, seed, accuracy, auc), each network trained by itself."
    out = []
    for seed, mine in cells.groupby("seed"):
        parts = split(ds, test=0.2, seed=seed)
        scaler = Scaler.fit(ds.X[parts.train])
        X, y = torch.as_tensor(scaler.transform(ds.X[parts.train])), torch.as_tensor(ds.y[parts.train], dtype=torch.float32)
        X_test, y_test = torch.as_tensor(scaler.transform(ds.X[parts.test])), ds.y[parts.test]
        for c in mine.itertuples():
            net = mlp(ds.n_features, SHAPES[c.network], by_hand(c.formula), dropout=PAPER.dropout, seed=seed)
            torch.manual_seed(seed)
            train_one(net, batches(X, y), epochs, fused)
            z = predict(net, X_test)[:, 0]
            scores = dict(accuracy=accuracy_score(y_test, z > 0), auc=roc_auc_score(y_test, z))
            out.append(dict(network=c.network, activation=c.activation, seed=seed, **scores))
    return pd.DataFrame(out)


def stacked(ds, cells, epochs, n_jobs):
    light = cells[cells.network == "light"]
    activations = {name: dict(zip(rows.seed, rows.formula)) for name, rows in light.groupby("activation", sort=False)}
    activations |= {name: name for name in NAMED if name in activations}
    study = Study([ds], activations, networks={"heavy": ["relu"], "light": None}, seeds=sorted(set(cells.seed)),
                  recipe=replace(PAPER, epochs=epochs))
    return study.run(progress=False, n_jobs=n_jobs)


def agreement(mine, theirs):
    "How many cells have means that differ by no more than two standard errors of their difference, and the largest difference."
    a, b = (t.groupby(["network", "activation"])[["accuracy", "auc"]] for t in (mine, theirs))
    apart, n = (a.mean() - b.mean()).abs(), a.size().min()
    within = apart <= np.maximum(2 * np.sqrt((a.var() + b.var()) / n), 0.002)
    return f"{within.accuracy.sum()} and {within.auc.sum()} of {len(within)}; largest difference {apart.accuracy.max():.4f} and {apart.auc.max():.4f}"


def line(name, n, rows, took):
    ratios = "".join(f"{took['Study'] / took[side]:8.2f}" for side in ("DataLoader", "batches"))
    return f"{name:14} {n:8} {rows:>7}" + "".join(f"{t:10.1f} s" for t in took.values()) + ratios + "   "


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=PAPER.epochs, help="fewer make all sides shorter alike, and weigh more what Study does once")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes of Study; more than one gives it more cores than the others have")
    parser.add_argument("--cells", type=Path, default=ROWS, help="CSV with dataset, network, activation, formula, seed")
    parser.add_argument("--datasets", nargs="*", default=["spambase", "higgs", "forest_cover"])
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"{date.today()}  {' '.join(sys.argv)}")
    print(f"torch {torch.__version__}, {platform.machine()}, {args.threads} thread(s), {args.jobs} process(es) of Study")
    cells = pd.read_csv(args.cells)
    cells = cells[(cells.recipe == "paper") & cells.network.isin(SHAPES)]
    sides = {"Study": lambda ds, mine, epochs: stacked(ds, mine, epochs, args.jobs),
             "DataLoader": lambda ds, mine, epochs: one_by_one(ds, mine, epochs, with_loader, False),
             "batches": lambda ds, mine, epochs: one_by_one(ds, mine, epochs, with_indices, True)}
    first = cells[(cells.dataset == args.datasets[0]) & (cells.seed == 42)]
    for work in sides.values(): work(load_dataset(args.datasets[0], rows=500, progress=False), first, 1)                     # imports and first calls
    total = dict.fromkeys(sides, 0.)
    print(f"{'dataset':14} {'networks':>8} {'rows':>7}" + "".join(f"{s:>12}" for s in sides)
          + f"{'ratio':>8}{'ratio':>8}   means of cells within the spread of seeds (accuracy, AUC)")
    spent = dict(total)
    for name in args.datasets:
        ds, mine, took, rows = load_dataset(name, rows=args.rows, progress=False), cells[cells.dataset == name], {}, {}
        for side, work in sides.items():
            start, before = time.perf_counter(), time.process_time()
            rows[side] = work(ds, mine, args.epochs)
            took[side] = time.perf_counter() - start
            total[side] += took[side]
            spent[side] += time.process_time() - before
        print(line(name, len(mine), ds.n_rows, took) + agreement(rows["Study"], rows["DataLoader"]), flush=True)
    n = cells.dataset.isin(args.datasets).sum()
    print(line("all", n, "", total) + "ratios: to the DataLoader, to the batches")
    if args.jobs == 1: print(line("processor time", n, "", spent) + "the same, without waiting for other programs")


if __name__ == "__main__": main()
