"""Activations of networks that solve differential equations: error, and time to 1 % error.

    OMP_NUM_THREADS=1 python benchmarks/equations.py > benchmarks/results/equations.txt

All have the same network (2-16-16-16-1), start, points and number of steps, and train by nonlinear
least squares (Levenberg-Marquardt). The scale inside of each formula is chosen on the two equations
that the search of field_searches.py has seen (`TUNE`, with a star in the tables), one whose solution
swings and one with a shock; the five others have no say in anything. "found" is what that search
ended at. Two cures that sceptics of new activations name stand beside, for tanh at its scale:
L-BFGS, with `EVALUATIONS` of loss and gradient for each step of the others, which takes as long,
and a penalty on the gradient of the residual (.01 times its mean square, by central differences).

Rows go to results/equations-rows.csv as they come, with the error at every 10th step. What is
there is not trained again, so a run that was stopped goes on, and one with fewer activations or
more seeds adds to it. The tables are made from all rows with this number of steps.
"""
import argparse
import math
import sys
import time
from datetime import date
from pathlib import Path

import field_rivals
import numpy as np
import pandas as pd
import torch
from field_rivals import SCALES_OF_GIVEN, activation, geometric
from field_searches import SEEN
from field_searches import equation as problem_of

from nsad.equations import EQUATIONS, Solution
from nsad.fields import FieldEnsemble
from nsad.least_squares import train_least_squares

TUNE = SEEN["equations"]                                # what the search has seen
TESTED = list(EQUATIONS)
FORMS = field_rivals.FORMS | {"found": "sin(6.5*S*x)", "sine": "sin(S*x)",
                              "erf times cosine": "erf(S*x)*cos(S*x)", "SiLU": "silu(S*x)"}
CURES = "tanh, L-BFGS", "tanh, gradient penalty"
GROUPS = (("found", "sine", "tanh"), ("erf times cosine", "Gauss"), *((c,) for c in CURES),
          ("learned mix",), ("GELU",), ("FINER", "WIRE, real part"),
          ("Snake", "GELU plus sine", "SiLU"))
SCALES = 1, 2, 4, 8, 16
EVERY = 10                                              # steps between two points of a curve
EVALUATIONS = 7                                         # of loss and gradient, in the time of a step
PENALTY = 0.01
GOAL = 0.01
KEY = ["activation", "formula", "equation", "part", "seed", "steps"]


# ---------------------------------------------------------------- training

def relative_errors(problem, net):
    "Of each member, in the mean square over the whole grid."
    u = problem.solutions(net).reshape(net.n_members, -1)
    return np.linalg.norm(u - problem.truth, axis=1) / np.linalg.norm(problem.truth)


def curves(name, formulas, equation, seeds, steps):
    "Errors (formulas, seeds, points of the curve); the last is that of the end."
    problem, points = problem_of(equation, steps), []

    def after(step, net):
        if step % EVERY == 0 or step == steps: points.append(relative_errors(problem, net))
    if name in CURES:
        for seed in seeds: cured(name, formulas[0], problem, seed, after)
        return np.reshape(points, (1, len(seeds), -1))
    problem.trained([activation(f) for f in formulas], seeds, after=after)
    return np.reshape(np.transpose(points), (len(formulas), len(seeds), -1))


def cured(cure, formula, problem, seed, after=None):
    "Train tanh with a cure."
    net = FieldEnsemble([activation(formula)], (seed,), 2, problem.hidden).double()
    if cure.endswith("L-BFGS"): by_lbfgs(net, problem, after)
    else: train_least_squares(net, with_penalty(problem), problem.steps, after)


def with_penalty(problem, h=1e-4):
    "The residuals of the problem and those of their gradient, at a quarter of the points."
    equation, (low, high) = problem.equation, map(np.array, zip(*problem.equation.box.values()))

    def residuals(net, step):
        draw = np.random.default_rng(step)
        points = low + (high - low) * draw.uniform(h, 1 - h, (problem.points // 4, 2))
        parts = problem.residuals(net, step)
        for side in np.diag(h * (high - low)):
            both = torch.as_tensor(np.concatenate([points + side, points - side]))
            left = equation.residual(Solution(equation.box, net, both, equation.derivatives))
            slope = (left[:, :len(points)] - left[:, len(points):]) / (2 * side.sum())
            parts.append(slope * (PENALTY / len(points))**0.5)
        return parts
    return residuals


def by_lbfgs(net, problem, after=None):
    "Train in place, at the same points in all steps; where it ends early, the rest stays as it is."
    evaluations, taken = EVALUATIONS * problem.steps, 0
    optimiser = torch.optim.LBFGS(net.parameters(), max_iter=evaluations, max_eval=evaluations,
                                  history_size=50, line_search_fn="strong_wolfe",
                                  tolerance_grad=1e-12, tolerance_change=1e-14)

    def look(up_to):
        nonlocal taken
        while taken < up_to:
            taken += 1
            if after and taken % EVALUATIONS == 0: after(taken // EVALUATIONS, net)

    def closure():
        optimiser.zero_grad()
        value = sum(part.square().sum() for part in problem.residuals(net))
        value.backward()
        look(min(taken + 1, evaluations - 1))
        return value
    optimiser.step(closure)
    look(evaluations)


def seconds_of_a_step(chosen, rounds=5, steps=6):
    "Median processor seconds of one step of one network on the heat equation, by activation."
    problem, took = problem_of("heat", steps), {name: [] for name in chosen}
    for _ in range(rounds):
        for name, formula in chosen.items():
            start = time.process_time()
            if name in CURES: cured(name, formula, problem, 0)
            else: problem.trained([activation(formula)])
            took[name].append((time.process_time() - start) / steps)
    return pd.Series({name: np.median(t) for name, t in took.items()})


# ---------------------------------------------------------------- rows

def stored(path): return pd.read_csv(path) if path.exists() else pd.DataFrame(columns=KEY)


def missing(path, wanted):
    "Those (activation, formula, equation, part, seed, steps) that are not among the rows."
    had = set(stored(path)[KEY].itertuples(index=False, name=None))
    return [key for key in wanted if key not in had]


def fill(path, wanted):
    "Train what is missing of one equation, together as far as it goes, and keep its rows."
    todo = missing(path, wanted)
    if not todo: return
    names, formulas, (equation, *_), (part, *_), seeds, (steps, *_) = zip(*todo)
    seeds, pairs = sorted(set(seeds)), list(dict.fromkeys(zip(names, formulas)))
    table = curves(names[0], [f for _, f in pairs], equation, seeds, steps)
    rows = [dict(zip(KEY, (*pair, equation, part, seed, steps)), error=f"{curve[-1]:.6g}",
                 curve=" ".join(f"{e:.4g}" for e in curve))
            for pair, of_seeds in zip(pairs, table) for seed, curve in zip(seeds, of_seeds)]
    rows = [row for row in rows if tuple(row[k] for k in KEY) in set(todo)]
    pd.DataFrame(rows).to_csv(path, mode="a", header=not path.exists(), index=False)
    print(f"{time.strftime('%H:%M:%S')} {equation}: {', '.join(dict.fromkeys(names))}",
          file=sys.stderr, flush=True)


def tune(path, group, steps):
    "Train each form of a group with each scale on the equations of `TUNE`."
    for equation in TUNE:
        fill(path, [(name, FORMS[name].replace("S", f"{scale:g}"), equation, "tune", 0, steps)
                    for name in group if name not in CURES
                    for scale in (SCALES_OF_GIVEN if name == "found" else SCALES)])


def chosen_formulas(rows):
    "The formula of each activation with the lowest geometric mean, by its longest tuning."
    tuned = rows[rows.part == "tune"]
    tuned = tuned[tuned.steps == tuned.groupby("activation").steps.transform("max")]
    logs = np.log(tuned.error.fillna(math.inf))
    mean = logs.groupby([tuned.activation, tuned.formula], sort=False).mean()
    chosen = {name: mean[name].idxmin() for name in tuned.activation.unique()}
    return chosen | {cure: chosen["tanh"] for cure in CURES if "tanh" in chosen}


# ---------------------------------------------------------------- tables

def by_equation(test, values, how="median"):
    "(activations, equations), over seeds; an error that is not a number counts as infinite."
    table = test.assign(value=values.fillna(math.inf)).pivot_table(
        index="activation", columns="equation", values="value", aggfunc=how)
    return table[[e for e in TESTED if e in table]]


def steps_to_goal(row):
    "The first point of a curve with at most 1 % error, in steps; infinite where there is none."
    for i, error in enumerate(map(float, str(row.curve).split())):
        if error <= GOAL: return min(row.steps, (i + 1) * EVERY)
    return math.inf


def show(title, table, form):
    "Print a table in 100 columns; '-' stands for never or not run."
    def cell(v): return form.format(v) if math.isfinite(v) else "-"
    table = table.rename(columns={e: f"{e}*" for e in TUNE})
    print(f"\n{title}\n{table.map(cell).rename_axis(None).rename_axis(None, axis=1).to_string()}")


def paired(test, other):
    "Found over another, seed by seed: geometric mean and 95 % t interval by equation."
    errors = test.pivot_table(index="seed", columns=["activation", "equation"], values="error")
    for equation in TESTED:
        logs = np.log(errors["found"][equation] / errors[other][equation]).dropna()
        mean, low, high = geometric(logs)
        print(f"  {equation:13} {mean:6.3f} ({low:.3f} to {high:.3f})")


def report(rows, chosen, steps):
    "All tables of the rows with this number of steps."
    test = rows[(rows.part == "test") & (rows.steps == steps)]
    medians = by_equation(test, test.error)
    new = [e for e in medians if e not in TUNE]
    middle = np.exp(np.log(medians[new]).mean(axis=1)).sort_values()
    order = middle.index
    seeds = test.groupby(["activation", "equation"]).seed.nunique().groupby("activation").min()
    print("\nFormula, and number of seeds")
    for name in order: print(f"{name:24}{chosen[name]:28}{seeds[name]}")
    show("Median relative error over seeds; new: geometric mean over the equations without a star",
         medians.loc[order].assign(new=middle), "{:.5f}")
    early = test.curve.map(lambda curve: float(str(curve).split()[steps // 3 // EVERY - 1]))
    show(f"After {steps // 3 // EVERY * EVERY} steps, to see how far it still fell",
         by_equation(test, early).loc[order], "{:.5f}")
    for how, title in ("min", "Lowest"), ("max", "Highest"):
        show(f"{title} of the seeds", by_equation(test, test.error, how).loc[order], "{:.5f}")
    goal = by_equation(test, test.apply(steps_to_goal, axis=1)).loc[order]
    show("Steps to 1 % error, median over seeds, looked at every 10 steps", goal, "{:.0f}")
    cost = seconds_of_a_step({name: chosen[name] for name in order})
    cost = cost / cost["tanh"]
    show("Processor time to 1 % error, where the whole training of tanh is 1; step: of one step",
         goal.mul(cost, axis=0).div(steps).assign(step=cost), "{:.2f}")
    for other in "tanh", "sine":
        print(f"\nError of found over that of {other}, geometric mean over seeds, 95 % t interval")
        paired(test, other)
    half, below = (set(medians.columns[medians.loc["found"] <= share * medians.loc[other]])
                   for share, other in ((0.5, "tanh"), (1, "sine")))
    for title, names in (("at most half of tanh's", half), ("below sine's", below),
                         ("both", half & below)):
        print(f"\nFound, median: {title} on {len(names)} of {medians.shape[1]}: "
              + ", ".join(e for e in TESTED if e in names), end="")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="activations of this run; all, if none is named")
    parser.add_argument("--tune-steps", type=int, default=150)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", type=Path,
                        default=Path(__file__).parent / "results" / "equations-rows.csv")
    args = parser.parse_args()
    if wrong := set(args.names) - {n for group in GROUPS for n in group}:
        parser.error(f"no activation {', '.join(sorted(wrong))}; there are "
                     + ", ".join(n for group in GROUPS for n in group))
    torch.set_num_threads(1)
    print(f"{date.today()}  {' '.join(sys.argv)}\n{args.steps} steps", flush=True)
    for group in GROUPS:
        group = [name for name in group if name in args.names or not args.names]
        if args.tune_steps: tune(args.rows, group, args.tune_steps)
        chosen = chosen_formulas(stored(args.rows))
        for equation in TESTED:
            fill(args.rows, [(name, chosen[name], equation, "test", seed, args.steps)
                             for name in group for seed in range(args.seeds)])
    report(stored(args.rows), chosen, args.steps)


if __name__ == "__main__": main()
