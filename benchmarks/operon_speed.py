"""Programs evaluated per second: Operon beside gplearn, on the same rows with the same population.

    NSAD_DATA=../shared/data python benchmarks/operon_speed.py > benchmarks/results/operon_speed.txt
"""
import sys
import time
from datetime import date

import numpy as np
from gplearn.genetic import SymbolicClassifier
from pyoperon.sklearn import SymbolicRegressor

from nsad import load_dataset, split
from nsad.data import Scaler

POPULATION, GENERATIONS, SYMBOLS = 500, 10, ("add", "sub", "mul", "sin", "cos", "abs")


def gplearn(X, y):
    SymbolicClassifier(population_size=POPULATION, generations=GENERATIONS, function_set=SYMBOLS, parsimony_coefficient=0.001,
                       random_state=42).fit(X, y)
    return POPULATION * GENERATIONS


def operon(X, y, n_threads=1):
    model = SymbolicRegressor(population_size=POPULATION, generations=GENERATIONS, allowed_symbols=",".join((*SYMBOLS, "constant", "variable")),
                              max_evaluations=10**9, max_length=20, random_state=42, n_threads=n_threads)
    return model.fit(X, y.astype(float)).stats_["evaluation_count"]


def operon2(X, y): return operon(X, y, 2)


def main():
    print(f"{date.today()}  {' '.join(sys.argv)}\ndataset       rows   engine    evaluations   per second   over gplearn")
    ratios = {}
    for name, rows in (("forest_cover", 10_000), ("magic", 2_000), ("spambase", 1_000)):
        ds = load_dataset(name, rows=rows, seed=42)
        training = ds.take(split(ds, seed=42).train)
        X, base = Scaler.fit(training.X).transform(training.X), None
        for engine in (gplearn, operon, operon2):
            start = time.perf_counter()
            n = engine(X, training.y)
            rate = n / (time.perf_counter() - start)
            base = base or rate
            ratios.setdefault(engine.__name__, []).append(rate / base)
            print(f"{name:12} {len(X):5}   {engine.__name__:8}  {n:11}   {rate:10.0f}   {rate / base:12.1f}", flush=True)
    for engine, values in ratios.items(): print(f"geometric mean {engine:26} {np.prod(values) ** (1 / len(values)):25.1f}")


if __name__ == "__main__":
    main()
