"""Does the gain last when training does? Found activations and heavy ReLU after 60 epochs, each with the dropout that suits it.

    NSAD_DATA=../shared/data python benchmarks/convergence.py forest_cover "x*exp(-x**2)" "sin(x + sin(x) + 0.9)"

The training rows (80 %, the same split as in discovery_worth.py) are parted once more, a fifth for validation. On them every side chooses: light ReLU
and heavy ReLU their dropout, the found formulas their dropout and which of them, with fixed constants or with constants that learn in each
hidden layer, is the best; by the mean log loss of two seeds. Then each side trains on all training rows with seeds 42, 43, 44, and the test
rows are read once.
"""
import argparse
import sys
from dataclasses import replace
from datetime import date

import numpy as np

from nsad import Formula, Stack, SymbolicActivation, evaluate, load_dataset, split, train
from nsad.data import Scaler
from nsad.models import SHAPES, count_parameters
from nsad.training import PAPER

DROPOUTS = 0.0, 0.05, 0.1, 0.3
RECIPE = replace(PAPER, name="60 epochs", epochs=60)


def learning(text):
    "The formula with constants that learn, a factor before x among them."
    return SymbolicActivation(Formula(text).substitute({"x": "1.0*x"}), trainable=True)


def scored(activations, shape, dropout, seeds, fit, held):
    "Log loss, accuracy and AUC on the held rows, (activations, seeds, 3), and the parameters of each activation's network."
    stack = Stack(fit[0].shape[1], activations, seeds, SHAPES[shape], dropout=dropout)
    train(stack, *fit, recipe=RECIPE)
    scores = np.array([[m["log_loss"], m["accuracy"], m["auc"]] for m in evaluate(stack, *held)])
    return scores.reshape(len(seeds), len(activations), 3).swapaxes(0, 1), [count_parameters(stack.member(k)) for k in range(len(activations))]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("dataset")
    args.add_argument("formulas", nargs="+", help="what searches on the training rows have found")
    args = args.parse_args()
    print(f"{date.today()}  {' '.join(sys.argv)}")
    ds = load_dataset(args.dataset, rows=100_000, seed=42)
    parts = split(ds, test=0.2, seed=42)
    training, test = ds.take(parts.train), ds.take(parts.test)
    inner = split(training, test=0.2, seed=42)
    fit, held = training.take(inner.train), training.take(inner.test)
    print(f"{ds.name}: {training.n_rows} training rows ({held.n_rows} of them for choices), {test.n_rows} test rows\n")

    def rows(part, scaler): return scaler.transform(part.X), part.y
    choosing, judging = Scaler.fit(fit.X), Scaler.fit(training.X)
    sides = {"light relu": ("light", [("relu", "relu")]), "heavy relu": ("heavy", [("relu", "relu")]),
             "light found": ("light", [(f, f) for f in args.formulas] + [(f"{f}, constants learn", learning(f)) for f in args.formulas])}
    print("choice on validation rows       dropout   log loss   accuracy  AUC")
    results = {}
    for side, (shape, entries) in sides.items():
        tried = []
        for dropout in DROPOUTS:
            scores, _ = scored([a for _, a in entries], shape, dropout, (1, 2), rows(fit, choosing), rows(held, choosing))
            for (name, act), s in zip(entries, scores.mean(1)):
                tried.append((s[0], dropout, name, act))
                print(f"{side:12} {name:48.48} {dropout:5}   {s[0]:.4f}   {s[1]:.4f}   {s[2]:.4f}", flush=True)
        _, dropout, name, act = min(tried, key=lambda t: t[0])
        scores, n = scored([act], shape, dropout, (42, 43, 44), rows(training, judging), rows(test, judging))
        results[side] = scores[0], n[0], dropout, name
    print("\non test rows                                                 params dropout  accuracy          AUC")
    for side, (scores, n, dropout, name) in results.items():
        (_, accuracy, auc), (_, sd_accuracy, sd_auc) = scores.mean(0), scores.std(0, ddof=1)
        print(f"{side:12} {name:48.48} {n:6} {dropout:5}   {accuracy:.4f} ± {sd_accuracy:.4f}   {auc:.4f} ± {sd_auc:.4f}")
    found, heavy = results["light found"][0].mean(0), results["heavy relu"][0].mean(0)
    print(f"\nfound in the light network less heavy relu: {100 * (found[1] - heavy[1]):+.2f} points of accuracy, {found[2] - heavy[2]:+.4f} AUC")


if __name__ == "__main__":
    main()
