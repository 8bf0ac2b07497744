"""Candidates that a `ModelProblem` trains per second: as an ensemble beside the same networks one by one, on one core.

    OMP_NUM_THREADS=1 python benchmarks/ensemble_speed.py > benchmarks/results/ensemble_speed.txt

A multilayer perceptron of 64 and 32 units on 20 standard normal features in batches of 64 rows, and a convolutional network
on scikit-learn's digits (8 x 8 pixels) in batches of 64. Both have batch normalisation and dropout. Candidates are the
formulas of a first generation of a search. The runs are interleaved and repeated, the medians compared, by processor time,
which other work on the machine disturbs less than the clock. Losses agree between the ways, or the script stops.
"""
import itertools
import statistics
import sys
import time
from datetime import date

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

from nsad import ModelProblem, Recipe, mlp
from nsad.engines.network import CLASSICS, small_forms
from nsad.problem import trial_losses


def perceptron():
    draw = torch.Generator().manual_seed(0)
    X = torch.randn(4000, 20, generator=draw)
    y = (torch.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] > 0).float()
    def build(activation): return mlp(20, (64, 32), activation, dropout=0.1)
    return ModelProblem(build, (X[:3000], y[:3000]), (X[3000:], y[3000:]), "binary", Recipe("MLP", steps=100, batch_size=64))


def convolutional():
    X, y = load_digits(return_X_y=True)
    X = (X / 16).reshape(-1, 1, 8, 8)
    def build(activation):
        return nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), activation, nn.MaxPool2d(2), nn.Flatten(),
                             nn.Linear(72, 32), activation, nn.Dropout(0.1), nn.Linear(32, 10))
    return ModelProblem(build, (X[:1200], y[:1200]), (X[1200:], y[1200:]), "multiclass", Recipe("CNN", steps=100, batch_size=64))


def alone(problem):
    problem._why_alone = "for comparison"
    return problem


def seconds(problem, formulas, size):
    "Processor time, and losses, of all formulas in groups of `size`."
    start, losses = time.process_time(), []
    for i in range(0, len(formulas), size):
        losses.append(trial_losses(problem, formulas[i:i + size], [0]))
    return time.process_time() - start, np.concatenate(losses)


def main(n=48, repeats=3):
    torch.set_num_threads(1)
    formulas = [*CLASSICS, *itertools.islice(small_forms(), 0, None, 3)][:n]
    print(f"{date.today()}  benchmarks/ensemble_speed.py: {n} formulas, 100 steps each, one core\n")
    print(f"{'network':8}{'at a time':>10}{'one by one':>12}{'ensemble':>10}{'ratio':>7}   (candidates per second)")
    for name, make in (("MLP", perceptron), ("CNN", convolutional)):
        one, many = alone(make()), make()
        assert many.as_one
        runs = {size: [] for size in (1, 12, 24, 48)}
        for _ in range(repeats):
            for size in runs: runs[size].append(seconds(one if size == 1 else many, formulas, size))
        took = {size: statistics.median(s for s, _ in of_size) for size, of_size in runs.items()}
        for size in (12, 24, 48):
            (_, by_one), (_, by_many) = runs[1][0], runs[size][0]
            apart = np.nanmedian(np.abs(by_one - by_many) / np.abs(by_one))
            assert apart < 0.02, f"the ways disagree by {apart:.1%}"
            print(f"{name:8}{size:>10}{n / took[1]:>12.2f}{n / took[size]:>10.2f}{took[1] / took[size]:>7.2f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
