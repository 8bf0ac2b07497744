"""Should the decimal constants of a formula go on learning where a trial is in doubt? Asked of made-up tables with many rows.

    OMP_NUM_THREADS=1 python benchmarks/constants_rule.py > benchmarks/results/constants-rule.txt

Each table has 120,000 rows of 16 columns and two classes. Networks of 64-32 units train by `STRONG` on 60,000 of the first 80,000 rows, with
constants as they are and with constants that learn, three seeds each, exactly as `nsad.problem.best_activation` tries them; the other 20,000 are
what its trial sees. The last 40,000 rows, which nothing else reads, tell the truth. Printed: log loss with learning constants less that with fixed
ones, on the trial's rows and on the last ones, with standard errors over the seeds. No row of a real table is read.
"""
import argparse
import sys
from datetime import date

import numpy as np
import torch

from nsad import SymbolicActivation
from nsad.evaluation import predict
from nsad.problem import TableTrial, trained_stack
from nsad.training import STRONG, member_losses

ROWS, FRESH, COLUMNS = 80_000, 40_000, 16
FORMULAS = "sin(1.4*x) + cos(2.2*x)", "cos(1.8*x) - relu(0.6*x)", "exp(-0.7*x**2)*tanh(1.2*x)"


def steps(draw, X):
    "A sum of small trees: axis-aligned steps at different depths."
    out = np.zeros(len(X))
    for _ in range(60):
        columns, cuts = draw.integers(0, 8, 3), draw.normal(0, 0.8, 3)
        leaf = (X[:, columns] > cuts) @ [1, 2, 4]
        out += draw.normal(size=8)[leaf]
    return out


def waves(draw, X):
    "Waves along random directions."
    W = draw.normal(size=(X.shape[1], 12)) * draw.uniform(0.2, 0.9, 12)
    return np.sin(X @ W + draw.uniform(0, 6.3, 12)) @ draw.normal(size=12)


def network(draw, X):
    "What a wide network of ReLU units says."
    hidden = np.maximum(X @ draw.normal(size=(X.shape[1], 64)) / 2 + draw.normal(size=64), 0)
    return np.maximum(hidden @ draw.normal(size=(64, 32)) / 8, 0) @ draw.normal(size=32)


def regions(draw, X):
    "The side of the nearest of 200 centres in six of the columns."
    centres = draw.normal(size=(200, 6))
    near = [((part[:, None, :6] - centres[None]) ** 2).sum(-1).argmin(1) for part in np.array_split(X, 200)]
    return draw.normal(size=200)[np.concatenate(near)]


KINDS = {f.__name__: f for f in (steps, waves, network, regions)}


def table(kind, seed, noise):
    "Rows and classes, as many of each; `noise` in units of the spread of what the kind says."
    draw = np.random.default_rng([seed, list(KINDS).index(kind)])
    X = draw.normal(size=(ROWS + FRESH, COLUMNS))
    score = KINDS[kind](draw, X)
    score = score + noise * score.std() * draw.normal(size=len(score))
    return X, (score > np.median(score)).astype(float)


def losses(X, y, activation):
    "Log loss of three networks on the trial's rows and on the fresh ones, (2, 3)."
    seeds = [3000, 3001, 3002]
    trial = TableTrial(X[:ROWS], y[:ROWS], "binary", STRONG, seeds, ROWS - ROWS // 4, (64, 32))
    stack, held = trained_stack(trial, [activation])
    found = []
    for rows, truth in ((trial.X[held], y[:ROWS][held]), (X[ROWS:].astype(trial.X.dtype), np.tile(y[ROWS:], (3, 1)))):
        output = torch.as_tensor(predict(stack, rows, batch_size=512))
        found.append(member_losses(output, torch.as_tensor(truth, dtype=torch.float32), "binary").numpy())
    return np.array(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1])
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--noise", type=float, nargs="*", default=[0.3])
    args = parser.parse_args()
    print(f"{date.today()}  {' '.join(sys.argv)}\n{'table':22}{'formula':30}{'fixed':>9}{'trial':>20}{'fresh':>20}", flush=True)
    for seed in args.seeds:
        for kind in args.kinds:
            for noise in args.noise:
                X, y = table(kind, seed, noise)
                for text in FORMULAS:
                    fixed, learns = losses(X, y, text), losses(X, y, SymbolicActivation(text, trainable=True))
                    gain = learns - fixed
                    told = "".join(f"{m:+11.5f} ± {s:.5f}" for m, s in zip(gain.mean(1), gain.std(1, ddof=1) / 3**0.5))
                    print(f"{f'{kind} {seed} {noise:g}':22}{text:30}{fixed[1].mean():9.5f}{told}", flush=True)


if __name__ == "__main__":
    main()
