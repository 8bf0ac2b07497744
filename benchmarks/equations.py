"""Activations of networks that solve differential equations: relative error against reference solutions, each activation at its best scale.

    OMP_NUM_THREADS=1 python benchmarks/equations.py > benchmarks/results/equations.txt       # raw rows: benchmarks/results/equations-rows.csv

All activations have the same network (2-32-32-32-1), start, optimiser, points and number of steps. The scale inside of each formula is chosen for
each on the two equations of TUNE; the five others have no say in it. Formulas given on the command line, with S for the scale, stand beside the
others.
"""
import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from nsad.equations import EQUATIONS, EquationProblem

FORMS = {"tanh": "tanh(S*x)", "SiLU": "silu(S*x)", "GELU": "gelu(S*x)", "sine": "sin(S*x)", "Gauss": "exp(-(S*x)**2)",
         "Snake": "x + sin(S*x)**2/S", "GELU plus sine": "gelu(S*x) + 0.1*sin(S*x)", "erf times cosine": "erf(S*x)*cos(S*x)"}
SCALES = 1, 2, 4, 8
TUNE = "heat", "convection"


def errors(name, forms, steps, seeds):
    "Relative errors (formulas, seeds) in the mean square."
    return EquationProblem(name, steps=steps).losses([activation(f) for f in forms], seeds)


def activation(text):
    from nsad import SymbolicActivation
    return SymbolicActivation(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("formulas", nargs="*", help="more formulas, with S for the scale")
    parser.add_argument("--tune-steps", type=int, default=250)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=Path, default=Path(__file__).parent / "results" / "equations-rows.csv")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{date.today()}  {' '.join(sys.argv)}\n{args.steps} steps, {args.seeds} seeds\n", flush=True)
    rows, start = [], time.perf_counter()
    forms = FORMS | {f: f for f in args.formulas}
    tried = [(name, form.replace("S", str(s))) for name, form in forms.items() for s in SCALES]
    for equation in TUNE:
        for (name, text), error in zip(tried, errors(equation, [t for _, t in tried], args.tune_steps, [0])[:, 0]):
            rows.append(dict(activation=name, formula=text, equation=equation, part="tune", seed=0, error=error))
        print(f"{equation}: {time.perf_counter() - start:.0f} s so far", file=sys.stderr, flush=True)
    tuned = pd.DataFrame(rows).fillna({"error": np.inf})
    mean = tuned.assign(error=np.log(tuned.error)).groupby(["activation", "formula"], sort=False).error.mean()
    chosen = {name: mean[name].idxmin() for name in forms}
    tested = [e for e in EQUATIONS if e not in TUNE]
    for equation in tested:
        for (name, text), of_seeds in zip(chosen.items(), errors(equation, list(chosen.values()), args.steps, list(range(args.seeds)))):
            rows += [dict(activation=name, formula=text, equation=equation, part="test", seed=s, error=e) for s, e in enumerate(of_seeds)]
        print(f"{equation}: {time.perf_counter() - start:.0f} s so far", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    table.round(5).to_csv(args.rows, index=False)
    medians = table[table.part == "test"].pivot_table(index="activation", columns="equation", values="error", aggfunc="median")[tested]
    middle = np.exp(np.log(medians).mean(axis=1)).sort_values()
    print("Median relative error over seeds, and the geometric mean over equations")
    print(medians.loc[middle.index].assign(mean=middle, formula=pd.Series(chosen)).round(3).to_string())
    test = table[table.part == "test"]
    low, high = (test.pivot_table(index="activation", columns="equation", values="error", aggfunc=f)[tested] for f in ("min", "max"))
    print("\nLowest and highest of the seeds")
    print((low.round(3).astype(str) + " to " + high.round(3).astype(str)).loc[middle.index].to_string())
    print(f"\n{time.perf_counter() - start:.0f} s on one core, {len(table)} trainings")


if __name__ == "__main__": main()
