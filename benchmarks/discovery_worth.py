"""What are discovered activations worth? Searches with several seeds, judged on test rows beside the classics and the paper's way.

    NSAD_DATA=../shared/data python benchmarks/discovery_worth.py forest_cover > benchmarks/results/discovery_worth-forest_cover.txt

One split in 80 % and 20 %. Searches see the training rows only, each with its own seed. Every activation is then trained on the training rows by
the recipe `STRONG` with seeds 42, 43, 44 (initial weights, batches, dropout; --networks takes more) and judged on the test rows, which nothing
has read before.
What a search has found stands there with constants as they were found, and then, if it is another, what a trial on the training rows takes of
each restart's best, with constants that stay and that go on learning in each layer (`nsad.problem.best_activation`, as `NSADClassifier` asks it); the
last of these is what counts.
The last column of a discovered activation says how long its search took, in seconds, on this machine and beside whatever else it was doing.
Networks train on a CUDA device where there is one.
"""
import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np

from nsad import Discovery, Formula, MLPEnsemble, discover, evaluate, load_dataset, split, train
from nsad.data import Scaler
from nsad.models import SHAPES, count_parameters
from nsad.problem import best_activation
from nsad.training import STRONG

FIRST = 42                                                           # seed of the first network and of the first search by gplearn


def judge(activations, shape, networks, X, y, X_test, y_test, task):
    "Accuracy and AUC on test rows of each activation, (activations, networks, 2), and the parameters of one network."
    n_outputs, seeds = int(y.max()) + 1 if task == "multiclass" else 1, range(FIRST, FIRST + networks)
    stack = MLPEnsemble(X.shape[1], activations, seeds, SHAPES[shape], n_outputs, STRONG.for_rows(len(X)).dropout)
    train(stack, X, y, task)
    scores = np.array([[m["accuracy"], m["auc"]] for m in evaluate(stack, X_test, y_test, task)])
    return scores.reshape(networks, len(activations), 2).transpose(1, 0, 2), count_parameters(stack.member(0))


def row(name, scores, parameters, note=""):
    mean, sd = scores.mean(0), scores.std(0, ddof=1)
    print(f"{name:52.52} {parameters:6}   {mean[0]:.4f} ± {sd[0]:.4f}   {mean[1]:.4f} ± {sd[1]:.4f}   {note}", flush=True)
    return mean


def searched(args, training):
    "The best formula of each restart of each search, the search's own best first, and what is to be said of the search."
    if args.formulas:
        yield from ((list(map(Formula, texts.split(";"))), "an earlier search") for texts in args.formulas)
        return
    for seed in range(args.first, args.first + args.seeds):
        if args.found: discovery = Discovery.load(args.found[seed - args.first])
        else: discovery = discover(training, seed=seed, n_jobs=args.jobs, progress=False, generations=args.generations, restarts=args.restarts)
        if args.keep: discovery.save(args.keep / f"{training.name}-{seed}.json")
        about = discovery.provenance
        yield discovery.best_of_each, f"network, seed {seed}, {about['candidates']} trials, {about['seconds']:.0f} s"


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("dataset")
    args.add_argument("--seeds", type=int, default=5, help="searches")
    args.add_argument("--first", type=int, default=1, help="seed of the first search")
    args.add_argument("--restarts", type=int, default=1, help="searches for each seed, of which the best by its own losses counts")
    args.add_argument("--jobs", type=int, default=2)
    args.add_argument("--generations", type=int, default=6, help="of each search")
    args.add_argument("--networks", type=int, default=3, help="that judge each activation")
    args.add_argument("--found", type=Path, nargs="*", help="kept discoveries that are judged, in place of searches")
    args.add_argument("--formulas", nargs="*", help="what earlier searches have found, judged in place of searches; of restarts 'best; of each'")
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
    scores, n = judge(classics, "light", args.networks, *data)
    light = {name: row(f"light {name}", s, n) for name, s in zip(classics, scores)}
    (scores,), n = judge(["relu"], "heavy", args.networks, *data)
    heavy = row("heavy relu", scores, n)

    found = []
    for formulas, note in searched(args, training):
        (scores,), n = judge(formulas[:1], "light", args.networks, *data)
        fixed = trained = row(formulas[0].text, scores, n, note)
        start = time.perf_counter()
        best = best_activation(*data[:2], ds.task, formulas)
        note = f"a trial of {time.perf_counter() - start:.0f} s"
        if len(formulas) > 1: note += f" of {', '.join(f.text for f in formulas)}"
        if best.constants is None and best.formula == formulas[0]: print(f"{'':52}{note}: constants stay", flush=True)
        else:
            (scores,), n = judge([best], "light", args.networks, *data)
            trained = row(f"{best.formula.text}, constants {'stay' if best.constants is None else 'learn'}", scores, n, note)
        found.append((fixed, trained))
    for seed in () if args.formulas else range(FIRST, FIRST + 3):
        start = time.perf_counter()
        formula = discover(training, "gplearn", seed=seed, progress=False).best
        seconds = time.perf_counter() - start
        (scores,), n = judge([formula], "light", args.networks, *data)
        row(formula.text, scores, n, f"gplearn and collapse, seed {seed}, {seconds:.0f} s")

    top = max(m[1] for m in light.values())
    for name, means in zip(("constants as found", "as the trial says"), np.array(found).swapaxes(0, 1)):
        print(f"\n{name}\nat least heavy ReLU in accuracy and AUC: {(means >= heavy).all(1).sum()} of {len(means)}")
        print(f"AUC at least the best of {', '.join(classics)} less 0.001: {(means[:, 1] >= top - 0.001).sum()} of {len(means)}")
        print(f"AUC above light ReLU: {(means[:, 1] > light['relu'][1]).sum()} of {len(means)}")
        print(f"best accuracy less heavy ReLU's: {100 * (means[:, 0].max() - heavy[0]):+.2f} points")


if __name__ == "__main__":
    main()
