"""What are discovered activations worth? Searches with several seeds, judged on test rows beside the classics and the paper's way.

    NSAD_DATA=../shared/data python benchmarks/discovery_worth.py forest_cover > benchmarks/results/discovery_worth-forest_cover.txt

One split in 80 % and 20 %. Searches see the training rows only, each with its own seed. Every activation is then trained on the training rows by
the recipe `STRONG` with seeds 42, 43, 44 (initial weights, batches, dropout) and judged on the test rows, which nothing has read before.
The last column of a discovered activation says how long its search took, in seconds, on this machine and beside whatever else it was doing.
Networks train on a CUDA device where there is one.
"""
import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from nsad import Discovery, MLPEnsemble, SymbolicActivation, discover, evaluate, load_dataset, split, train
from nsad.data import Scaler
from nsad.models import SHAPES, count_parameters
from nsad.training import STRONG

SEEDS = 42, 43, 44


def judge(activations, shape, X, y, X_test, y_test, task):
    "Accuracy and AUC on test rows of each activation, (activations, seeds, 2), and the parameters of one network."
    n_outputs = int(y.max()) + 1 if task == "multiclass" else 1
    stack = MLPEnsemble(X.shape[1], activations, SEEDS, SHAPES[shape], n_outputs, STRONG.for_rows(len(X)).dropout)
    train(stack, X, y, task)
    scores = np.array([[m["accuracy"], m["auc"]] for m in evaluate(stack, X_test, y_test, task)])
    return scores.reshape(len(SEEDS), len(activations), 2).transpose(1, 0, 2), count_parameters(stack.member(0))


def row(name, scores, parameters, note=""):
    mean, sd = scores.mean(0), scores.std(0, ddof=1)
    print(f"{name:52.52} {parameters:6}   {mean[0]:.4f} ± {sd[0]:.4f}   {mean[1]:.4f} ± {sd[1]:.4f}   {note}", flush=True)
    return mean


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("dataset")
    args.add_argument("--seeds", type=int, default=5, help="searches")
    args.add_argument("--first", type=int, default=1, help="seed of the first search")
    args.add_argument("--restarts", type=int, default=1, help="searches for each seed, of which the best by its own losses counts")
    args.add_argument("--jobs", type=int, default=2)
    args.add_argument("--generations", type=int, default=6, help="of each search")
    args.add_argument("--found", type=Path, nargs="*", help="kept discoveries that are judged, in place of searches")
    args.add_argument("--keep", type=Path, help="folder for the discoveries")
    args = args.parse_args()
    ds = load_dataset(args.dataset, rows=100_000, seed=42)
    parts = split(ds, test=0.2, seed=42)
    training, test = ds.take(parts.train), ds.take(parts.test)
    scaler = Scaler.fit(training.X)
    data = scaler.transform(training.X), training.y, scaler.transform(test.X), test.y, ds.task
    print(f"{date.today()}  {' '.join(sys.argv)}\n{ds.name}: {training.n_rows} training rows, {test.n_rows} test rows; "
          f"judged by the recipe {STRONG.name}\n")
    print(f"{'activation':52} params   accuracy          AUC               found by")

    classics = ["relu", "gelu", "silu"]
    scores, n = judge(classics, "light", *data)
    light = {name: row(f"light {name}", s, n) for name, s in zip(classics, scores)}
    heavy = row("heavy relu", *(lambda s, n: (s[0], n))(*judge(["relu"], "heavy", *data)))

    found = {}
    for seed in range(args.first, args.first + args.seeds):
        if args.found:
            discovery = Discovery.load(args.found[seed - args.first])
            seconds = discovery.provenance["seconds"]
        else:
            start = time.perf_counter()
            discovery = discover(training, seed=seed, n_jobs=args.jobs, progress=False, generations=args.generations, restarts=args.restarts)
            seconds = time.perf_counter() - start
        if args.keep: discovery.save(args.keep / f"{ds.name}-{seed}.json")
        scores, n = judge([discovery.best], "light", *data)
        row(discovery.best.text, scores[0], n, f"network, seed {seed}, {discovery.provenance['candidates']} trials, {seconds:.0f} s")
        found[seed] = discovery.best, scores[0].mean(0)
    for seed in (42, 43, 44):
        start = time.perf_counter()
        formula = discover(training, "gplearn", seed=seed, progress=False).best
        seconds = time.perf_counter() - start
        scores, n = judge([formula], "light", *data)
        row(formula.text, scores[0], n, f"gplearn and collapse, seed {seed}, {seconds:.0f} s")

    best = max(found.values(), key=lambda f: f[1][0])[0]
    start = best.substitute({"x": "1.0*x"})
    scores, n = judge([SymbolicActivation(start, trainable=True)], "light", *data)
    tuned = row(f"{start.text}, constants learn", scores[0], n, "the best of the searches above, on the test rows")

    means = np.array([m for _, m in found.values()])
    top = max(m[1] for m in light.values())
    print(f"\nat least heavy ReLU in accuracy and AUC: {(means >= heavy).all(1).sum()} of {len(means)}")
    print(f"AUC at least the best of {', '.join(classics)} less 0.001: {(means[:, 1] >= top - 0.001).sum()} of {len(means)}")
    print(f"AUC above light ReLU: {(means[:, 1] > light['relu'][1]).sum()} of {len(means)}")
    print(f"best accuracy, its constants fixed or learning, less heavy ReLU's: {100 * (max(means[:, 0].max(), tuned[0]) - heavy[0]):+.2f} points")


if __name__ == "__main__":
    main()
