"""Candidates that the problems of field_searches.py train per second: together beside one by one, on one core.

    OMP_NUM_THREADS=1 python benchmarks/field_speed.py > benchmarks/results/field_speed.txt

An image, an equation and a function out of range as the searches see them, with fewer steps. Ways take turns and are
repeated; medians of processor time are compared, which other work disturbs less than the clock. The last column is how
far losses differ between the ways, by their logarithm: trainings are chaotic, and single precision rounds otherwise in a
larger product.
"""
import itertools
import statistics
import sys
from datetime import date

import numpy as np
import torch
from ensemble_speed import seconds
from field_searches import SEEN, beyond, equation, photograph

from nsad.engines.network import CLASSICS, small_forms

PROBLEMS = {"image": (photograph(SEEN["images"][0]), 60), "equation": (equation(SEEN["equations"][0]), 6),
            "extrapolation": (beyond(SEEN["extrapolation"][0]), 100)}


def main(n=12, repeats=3):
    torch.set_num_threads(1)
    formulas = [*CLASSICS, *itertools.islice(small_forms(), 0, None, 40)][:n]
    print(f"{date.today()}  {' '.join(sys.argv)}: {n} formulas, one core, candidates a second\n")
    print(f"{'problem':15}{'steps':>6}{'one by one':>12}{'together':>10}{'ratio':>7}   losses apart by")
    for name, (problem, steps) in PROBLEMS.items():
        problem.steps, problem.together = steps, n
        runs = [[seconds(problem, formulas, size) for size in (1, n)] for _ in range(repeats)]
        alone, whole = (statistics.median(run[way][0] for run in runs) for way in (0, 1))
        apart = np.nanmax(np.abs(np.log(runs[0][0][1] / runs[0][1][1])))
        print(f"{name:15}{problem.steps:6}{n / alone:12.2f}{n / whole:10.2f}{alone / whole:7.2f}   {apart:.1e}", flush=True)


if __name__ == "__main__": main()
