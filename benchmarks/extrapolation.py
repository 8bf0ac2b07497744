"""Activations asked for values outside of the range they were trained on: error in variances of the training values, against GELU's.

    OMP_NUM_THREADS=1 python benchmarks/extrapolation.py "softplus(45*S*x)" > benchmarks/results/extrapolation.txt

All have the same network (inputs-32-32-1), start, optimiser and number of steps. The scale inside of each formula is chosen on the functions that
the search of field_searches.py has seen (three polynomials, two harmonics), by the geometric mean of the errors out of range. Judged are other
polynomials and harmonics, and Feynman's equations, a family that nobody has seen. Formulas given on the command line, with S for the scale, stand
beside the others. Ratios are geometric means over functions (means of seeds), with 95 % t intervals of their logarithms. Raw rows:
results/extrapolation-rows.csv.
"""
import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from field_rivals import FORMS, SCALES_OF_GIVEN, activation, geometric
from field_searches import SEEN

from nsad.extrapolation import FEYNMAN, extrapolation_problem, feynman, harmonic, polynomial
from nsad.problem import trial_losses

SCALES = 0.5, 1, 4, 16, 50
FAMILIES = {"polynomials": [polynomial(s) for s in range(10, 14)], "harmonics": [harmonic(s) for s in range(10, 14)],
            "Feynman": [feynman(name) for name in FEYNMAN]}


def errors(target, forms, steps, seeds):
    "Errors out of range (activations, seeds)."
    return trial_losses(extrapolation_problem(target, rows=256, steps=steps), [activation(f) for f in forms], seeds)


def ratio(logs):
    "Geometric mean of ratios, and its interval, as text."
    mean, low, high = geometric(logs)
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("formulas", nargs="*", help="more formulas, with S for the scale")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--rows", type=Path, default=Path(__file__).parent / "results" / "extrapolation-rows.csv")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{date.today()}  {' '.join(sys.argv)}\n{args.steps} steps, {args.seeds} seeds\n", flush=True)
    rows, start = [], time.perf_counter()
    forms = FORMS | {f: f for f in args.formulas}
    tried = [(name, s, form.replace("S", f"{s:g}")) for name, form in forms.items() for s in (SCALES_OF_GIVEN if name in args.formulas else SCALES)]
    for target in SEEN["extrapolation"]:
        for (name, s, _), error in zip(tried, errors(target, [f for *_, f in tried], args.steps, [0])[:, 0]):
            rows.append(dict(activation=name, scale=s, family="tune", target=target.name, seed=0, error=error))
    tuned = pd.DataFrame(rows).fillna({"error": np.inf})
    mean = tuned.assign(error=np.log(tuned.error)).groupby(["activation", "scale"], sort=False).error.mean()
    chosen = {name: mean[name].idxmin() for name in forms}
    print(f"tuned after {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    for family, targets in FAMILIES.items():
        for target in targets:
            table = errors(target, [forms[n].replace("S", f"{chosen[n]:g}") for n in forms], args.steps, list(range(100, 100 + args.seeds)))
            rows += [dict(activation=n, scale=chosen[n], family=family, target=target.name, seed=s, error=e)
                     for n, of_seeds in zip(forms, table) for s, e in enumerate(of_seeds)]
        print(f"{family}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    table.to_csv(args.rows, index=False, float_format="%.5g")
    report(table[table.family != "tune"], forms, chosen)
    print(f"\n{time.perf_counter() - start:.0f} s on one core, {len(table)} trainings")


def report(test, forms, chosen):
    "Ratios to GELU by family, and mean errors, which the largest functions decide."
    error = test.pivot_table(index="activation", columns=["family", "target"], values="error", dropna=False).dropna(axis=1, how="all")
    logs = np.log(error.div(error.loc["GELU"], axis=1))
    order = logs.mean(axis=1).sort_values().index
    print(f"{'error out of range / GELU':32}{'all functions':>24}" + "".join(f"{f:>24}" for f in FAMILIES))
    for name in order:
        parts = [logs.loc[name], *(logs.loc[name, f] for f in FAMILIES)]
        print(f"{name:32}" + "".join(f"{ratio(p.to_numpy()) if p.notna().all() else 'diverged':>24}" for p in parts))
    means = error.T.groupby(level="family").mean().T[list(FAMILIES)]
    print("\nMean error, in variances of the training values, and the scale")
    print(means.loc[order].round(3).assign(scale=pd.Series(chosen)).to_string())


if __name__ == "__main__": main()
