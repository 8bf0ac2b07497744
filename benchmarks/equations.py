"""Activations of networks that solve differential equations: relative error against reference solutions, each activation at its best scale.

    OMP_NUM_THREADS=1 python benchmarks/equations.py > benchmarks/results/equations.txt       # raw rows: benchmarks/results/equations-rows.csv

All activations have the same network (2-32-32-32-1), start, optimiser, points and number of steps. The scale inside of each formula is chosen for
each on the two equations of TUNE; the five others have no say in it. Formulas given on the command line, with S for the scale, stand beside the
others. Two cures that sceptics of new activations name stand beside, for tanh at its scale: double precision with L-BFGS (as many evaluations of loss
and gradient as the others have steps), and a penalty on the gradient of the residual (.01 times its mean square).
"""
import argparse
import sys
import time
from datetime import date
from pathlib import Path

import field_rivals
import numpy as np
import pandas as pd
import torch
from field_rivals import SCALES_OF_GIVEN, activation
from field_searches import SEEN
from scipy.stats import qmc

from nsad.equations import EQUATIONS, EquationProblem, Solution
from nsad.fields import FieldEnsemble, train_fields
from nsad.problem import trial_losses

FORMS = {name: field_rivals.FORMS[name] for name in ("tanh", "GELU", "Gauss", "Snake", "GELU plus sine", "WIRE, real part", "FINER", "learned mix")}
FORMS |= {"SiLU": "silu(S*x)", "sine": field_rivals.FORMS["SIREN"], "erf times cosine": "erf(S*x)*cos(S*x)"}
SCALES = 1, 2, 4, 8
TUNE = SEEN["equations"]                                             # what the search of field_searches.py has seen
CURES = "tanh, double, L-BFGS", "tanh, gradient penalty"


def errors(name, forms, steps, seeds):
    "Relative errors (formulas, seeds) in the mean square."
    return trial_losses(EquationProblem(name, steps=steps), [activation(f) for f in forms], seeds)


def cured(cure, name, text, steps, seed):
    "Relative error of tanh with a cure."
    problem, double = EquationProblem(name, steps=steps), cure.endswith("L-BFGS")
    net = FieldEnsemble([activation(text)], (seed,), 2, problem.hidden)
    if double: net.double()
    loss = loss_of(problem, net, penalty=0 if double else 0.01)
    if double: by_lbfgs(net, loss, steps)
    else: train_fields(net, lambda step: loss()[None], steps, problem.lr)
    return np.linalg.norm(problem.solutions(net).ravel() - problem.truth) / np.linalg.norm(problem.truth)


def loss_of(problem, net, penalty):
    "The loss of `EquationProblem` for one network, with the gradient of the residual in it."
    equation, dtype = problem.equation, net.weight[0].dtype
    low, high = zip(*equation.box.values())
    spread = qmc.scale(qmc.Sobol(2, scramble=False).random(problem.points), low, high)
    inside = torch.as_tensor(spread, dtype=dtype).requires_grad_(penalty > 0)
    edges = [(torch.as_tensor(c.points, dtype=dtype), c) for c in equation.conditions]
    def loss():
        residual = equation.residual(Solution(equation.box, net, inside, equation.derivatives))
        total = residual.square().mean()
        for points, c in edges:
            total = total + equation.weight * c.residual(Solution(equation.box, net, points, c.derivatives)).square().mean()
        if penalty: total = total + penalty * torch.autograd.grad(residual.sum(), inside, create_graph=True)[0].square().mean()
        return total
    return loss


def by_lbfgs(net, loss, steps):
    "Train in place; `steps` evaluations at most."
    optimiser = torch.optim.LBFGS(net.parameters(), max_iter=steps, max_eval=steps, history_size=50, line_search_fn="strong_wolfe",
                                  tolerance_grad=1e-12, tolerance_change=1e-14)
    def closure():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return value
    optimiser.step(closure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("formulas", nargs="*", help="more formulas, with S for the scale")
    parser.add_argument("--tune-steps", type=int, default=250)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="NAME", help="rivals that this run goes without")
    parser.add_argument("--resume", type=Path, help="rows of an earlier run with the same settings, not to be trained again")
    parser.add_argument("--rows", type=Path, default=Path(__file__).parent / "results" / "equations-rows.csv")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{date.today()}  {' '.join(sys.argv)}\n{args.steps} steps, {args.seeds} seeds\n", flush=True)
    rows, start = [], time.perf_counter()
    forms = {n: f for n, f in FORMS.items() if n not in args.leave_out} | {f: f for f in args.formulas}
    if args.resume: rows = pd.read_csv(args.resume).to_dict("records")
    had = {r["activation"] for r in rows}
    new = [name for name in forms if name not in had]
    tried = [(name, forms[name].replace("S", str(s))) for name in new for s in (SCALES_OF_GIVEN if name in args.formulas else SCALES)]
    for equation in TUNE:
        for (name, text), error in zip(tried, errors(equation, [t for _, t in tried], args.tune_steps, [0])[:, 0] if tried else ()):
            rows.append(dict(activation=name, formula=text, equation=equation, part="tune", seed=0, error=error))
        print(f"{equation}: {time.perf_counter() - start:.0f} s so far", file=sys.stderr, flush=True)
    tuned = pd.DataFrame([r for r in rows if r["part"] == "tune"]).fillna({"error": np.inf})
    mean = tuned.assign(error=np.log(tuned.error)).groupby(["activation", "formula"], sort=False).error.mean()
    chosen = {name: mean[name].idxmin() for name in forms}
    tested = [e for e in EQUATIONS if e not in TUNE]
    for equation in tested:
        seeds = list(range(args.seeds))
        for name, of_seeds in zip(new, () if not new else errors(equation, [chosen[n] for n in new], args.steps, seeds)):
            rows += [dict(activation=name, formula=chosen[name], equation=equation, part="test", seed=s, error=e) for s, e in enumerate(of_seeds)]
        rows += [dict(activation=cure, formula=chosen["tanh"], equation=equation, part="test", seed=s,
                      error=cured(cure, equation, chosen["tanh"], args.steps, s)) for cure in CURES if cure not in had for s in seeds]
        print(f"{equation}: {time.perf_counter() - start:.0f} s so far", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    table.round(5).to_csv(args.rows, index=False)
    medians = table[table.part == "test"].pivot_table(index="activation", columns="equation", values="error", aggfunc="median")[tested]
    middle = np.exp(np.log(medians).mean(axis=1)).sort_values()
    print("Median relative error over seeds, and the geometric mean over equations")
    print(medians.loc[middle.index].assign(mean=middle, formula=pd.Series(chosen | dict.fromkeys(CURES, chosen['tanh']))).round(3).to_string())
    test = table[table.part == "test"]
    low, high = (test.pivot_table(index="activation", columns="equation", values="error", aggfunc=f)[tested] for f in ("min", "max"))
    print("\nLowest and highest of the seeds")
    print((low.round(3).astype(str) + " to " + high.round(3).astype(str)).loc[middle.index].to_string())
    print(f"\n{time.perf_counter() - start:.0f} s on one core, {len(table)} trainings")


if __name__ == "__main__": main()
