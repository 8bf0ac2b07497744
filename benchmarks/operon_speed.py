"""Programs evaluated per second of processor time: Operon beside gplearn, same rows, population, generations and functions, one thread each.

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/operon_speed.py > benchmarks/results/operon_speed.txt

A program counts once, when its fitness is computed, by either. A longer program costs more; gplearn has no limit of length, only a parsimony that
keeps its programs short. So Operon runs with two limits: 15 nodes, the engine's default and nearer to gplearn's lengths, and 20. `nodes` is the mean
length over all generations, and the last column compares nodes evaluated per second. Each time is the median of five interleaved runs.
"""
import statistics
import sys
import time
from datetime import date
from functools import partial

from gplearn.genetic import SymbolicClassifier
from pyoperon.sklearn import SymbolicRegressor

from nsad import load_dataset, split
from nsad.data import Scaler

POPULATION, GENERATIONS, REPEATS, SYMBOLS = 500, 10, 5, ("add", "sub", "mul", "sin", "cos", "abs")


def gplearn(X, y):
    "How many programs were evaluated, and the fitted model."
    model = SymbolicClassifier(population_size=POPULATION, generations=GENERATIONS, function_set=SYMBOLS, parsimony_coefficient=0.001,
                               random_state=42)
    return POPULATION * GENERATIONS, model.fit(X, y)


def operon(max_length, X, y, generations=GENERATIONS):
    model = SymbolicRegressor(population_size=POPULATION, generations=generations, allowed_symbols=",".join((*SYMBOLS, "constant", "variable")),
                              max_evaluations=10**9, max_length=max_length, random_state=42, n_threads=1).fit(X, y.astype(float))
    return model.stats_["evaluation_count"], model


def operon_nodes(max_length, X, y):
    "Mean length over all generations: the same seed repeats them, so they are looked at one by one, outside the clock."
    models = [operon(max_length, X, y, n)[1] for n in range(1, GENERATIONS + 1)]
    return statistics.fmean(i.Genotype.Length for m in models for i in m.individuals_)


ENGINES = {"gplearn": gplearn, "operon, 15": partial(operon, 15), "operon, 20": partial(operon, 20)}


def measured(X, y):
    "Evaluations per second and mean length of each engine."
    rates, nodes = {name: [] for name in ENGINES}, {}
    for _ in range(REPEATS):
        for name, engine in ENGINES.items():
            start = time.process_time()
            n, model = engine(X, y)
            rates[name].append(n / (time.process_time() - start))
            if name == "gplearn": nodes[name] = statistics.fmean(model.run_details_["average_length"])
    nodes |= {name: operon_nodes(*engine.args, X, y) for name, engine in ENGINES.items() if name != "gplearn"}
    return {name: (statistics.median(rate), nodes[name]) for name, rate in rates.items()}


def main():
    print(f"{date.today()}  {' '.join(sys.argv)}")
    print(f"{'dataset':13}{'rows':>6}   {'engine':11}{'nodes':>6}{'per second':>12}{'over gplearn':>14}{'nodes over gplearn':>20}")
    for name, rows in (("forest_cover", 10_000), ("magic", 2_000), ("spambase", 1_000)):
        ds = load_dataset(name, rows=rows, seed=42)
        training = ds.take(split(ds, seed=42).train)
        found = measured(Scaler.fit(training.X).transform(training.X), training.y)
        rate, length = found["gplearn"]
        for engine, (r, n) in found.items():
            print(f"{name:13}{training.n_rows:6}   {engine:11}{n:6.1f}{r:12.0f}{r / rate:14.1f}{r * n / rate / length:20.1f}", flush=True)


if __name__ == "__main__":
    main()
