"""Activations of coordinate networks on photographs: decibels on pixels that were not seen, each activation at its best scale.

    OMP_NUM_THREADS=1 python benchmarks/images.py > benchmarks/results/images.txt        # raw rows: benchmarks/results/images-rows.csv

Half of the pixels are known (a chessboard), the others judge. All activations have the same network (2-64-64-64-1, about 8,600 parameters), start,
optimiser and number of steps; the learned mix computes four formulas at once and learns their shares in each layer. The scale inside of each
formula, and whether hidden weights start at the edge of chaos or at twice that, are chosen for each on the three photographs of TUNE; the six of
TEST have no say in it. Intervals are 95 % t intervals over photographs (means of seeds); differences are paired by photograph. Formulas given on
the command line, with S for the scale, stand beside the others. Trains on a CUDA device where there is one.
"""
import argparse
import itertools
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from field_rivals import activation
from field_searches import SEEN
from scipy import stats

from nsad.fields import FieldProblem, image_problem, load_photo, psnr
from nsad.problem import trial_losses

RIVALS = {                                                           # formula with S for the scale, and the scales
    "ReLU": ("relu(S*x)", (1, 3, 10, 30)),
    "ReLU, positional encoding": ("relu(S*x)", (1, 3, 10, 30)),
    "GELU": ("gelu(S*x)", (3, 10, 30, 90)),
    "tanh": ("tanh(S*x)", (5, 10, 20, 40)),
    "SIREN": ("sin(S*x)", (10, 15, 20, 30)),
    "Gauss": ("exp(-(S*x)**2)", (5, 10, 15, 25)),
    "WIRE, real part": ("cos(S*x)*exp(-(S*x/2)**2)", (10, 15, 20, 30)),
    "FINER": ("sin(S*(abs(x) + 1)*x)", (5, 10, 15, 25)),
    "Snake": ("x + sin(S*x)**2/S", (5, 10, 20, 40)),
    "GELU plus sine": ("gelu(S*x) + 0.1*sin(S*x)", (3, 10, 30, 90)),
    "learned mix": ("mix(S)", (5, 10, 15, 25)),
    "erf times cosine": ("erf(S*x)*cos(S*x)", (5, 10, 15, 20)),      # found, by two searches on photographs that are not among TEST
}
FOUND = "erf times cosine"
GAINS = 1., 2.
TUNE = SEEN["images"]                                                # what the search of field_searches.py has seen
TEST = "camera", "chelsea", "coffee", "coins", "moon", "rocket"
LEVELS = 5                                                           # octaves of the positional encoding


def encoded(problem, hidden):
    "The problem with sines and cosines of the coordinates beside them; narrower layers, so that there are no more parameters."
    def encode(x):
        waves = [f(2**k * np.pi * x) for k in range(LEVELS) for f in (np.sin, np.cos)]
        return np.concatenate([x, *waves], 1)
    fit, judge = ((encode(x.numpy()), y.numpy()) for x, y in (problem.fit, problem.judge))
    return FieldProblem(problem.name, fit, judge, hidden=hidden, steps=problem.steps, gain=problem.gain)


def decibels(name, forms, photo, size, steps, gain, seeds, task="gaps"):
    "Decibels (formulas, seeds) on the pixels that judge."
    problem = image_problem(load_photo(photo, size), task, photo, steps=steps, gain=gain)
    if "positional" in name: problem = encoded(problem, (59, 59, 59))
    return psnr(trial_losses(problem, [activation(form) for form in forms], seeds))


def bicubic(photo, size):
    "Decibels of the photograph at half of its size, brought back by bicubic interpolation."
    image = load_photo(photo, size)
    half = image.reshape(size // 2, 2, size // 2, 2).mean((1, 3))
    back = torch.nn.functional.interpolate(torch.as_tensor(half)[None, None], size=(size, size), mode="bicubic", align_corners=False)
    return psnr(4 * np.mean((back[0, 0].clamp(0, 1).numpy() - image)**2))


def known_rows(path):
    "Rows of an earlier run by activation, for this one to go on from."
    if path is None: return {}
    return {name: part.to_dict("records") for name, part in pd.read_csv(path).groupby("activation", sort=False)}


def tuned(name, form, scales, size, steps, rows):
    "The scale and gain with the highest mean over the photographs of TUNE, and the rows of all; earlier rows are not trained again."
    forms = [form.replace("S", str(s)) for s in scales]
    rows = [r for r in rows if r["part"] == "tune"]
    for gain, photo in itertools.product(GAINS, TUNE) if not rows else ():
        for text, db in zip(forms, decibels(name, forms, photo, size, steps, gain, [0])[:, 0]):
            rows.append(dict(activation=name, formula=text, gain=gain, photo=photo, part="tune", seed=0, db=db))
    mean = pd.DataFrame(rows).fillna({"db": -np.inf}).groupby(["formula", "gain"]).db.mean()
    return *mean.idxmax(), rows


def doubled(chosen, size, steps):
    "Rows of twice the size, for each activation at the scale and gain that were chosen for gaps; one seed."
    groups = {}
    for name, (_, gain) in chosen.items(): groups.setdefault(("positional" in name, gain), []).append(name)
    rows = []
    for photo, ((_, gain), names) in itertools.product(TEST, groups.items()):
        dbs = decibels(names[0], [chosen[n][0] for n in names], photo, size, steps, gain, [0], "double")[:, 0]
        rows += [dict(activation=n, formula=chosen[n][0], gain=gain, photo=photo, part="double", seed=0, db=db) for n, db in zip(names, dbs)]
    return rows


def interval(values):
    "Mean and half of its 95 % t interval."
    return values.mean(), stats.sem(values) * stats.t.ppf(0.975, len(values) - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("formulas", nargs="*", help="more formulas, with S for the scale")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--tune-steps", type=int, help="for the choice of scale and gain; by default as many as --steps")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--double-steps", type=int, default=200, help="for twice the size")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="NAME", help="rivals that this run goes without")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="rivals of this run, in place of all; each is in --rows as soon as it is done")
    parser.add_argument("--resume", type=Path, help="rows of an earlier run with the same settings, not to be trained again")
    parser.add_argument("--rows", type=Path, default=Path(__file__).parent / "results" / "images-rows.csv")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{date.today()}  {' '.join(sys.argv)}\n{args.size} x {args.size}, {args.steps} steps, {args.seeds} seeds\n", flush=True)
    rows, chosen, start, known = [], {}, time.perf_counter(), known_rows(args.resume)
    names = set(RIVALS if args.only is None else args.only) - set(args.leave_out)
    rivals = {name: rival for name, rival in RIVALS.items() if name in names}
    for name, (form, scales) in (rivals | {f: (f, (5, 10, 15, 25)) for f in args.formulas}).items():
        before = known.get(name, [])
        text, gain, tried = tuned(name, form, scales, args.size, args.tune_steps or args.steps, before)
        chosen[name] = text, gain
        rows += tried + [r for r in before if r["part"] == "test"]
        for photo in TEST if not before else ():
            of_seeds = decibels(name, [text], photo, args.size, args.steps, gain, range(args.seeds))[0]
            rows += [dict(activation=name, formula=text, gain=gain, photo=photo, part="test", seed=s, db=db) for s, db in enumerate(of_seeds)]
        not_yet = [r for part in known.values() for r in part if r not in rows]      # --rows may be the file that is resumed
        pd.DataFrame(rows + not_yet).round(3).to_csv(args.rows, index=False)
        print(f"{name}: {text}, gain {gain:g}, {time.perf_counter() - start:.0f} s so far", file=sys.stderr, flush=True)
    rows += [r for part in known.values() for r in part if r["part"] == "double" and r["activation"] != "bicubic"]
    done = {r["activation"] for r in rows if r["part"] == "double"}
    rows += doubled({n: c for n, c in chosen.items() if n not in done}, args.size, args.double_steps)
    rows += [dict(activation="bicubic", formula="", gain=1., photo=photo, part="double", seed=0, db=bicubic(photo, args.size)) for photo in TEST]
    table = pd.DataFrame(rows)
    table.round(3).to_csv(args.rows, index=False)
    report(table, "test", "Pixels that were not seen", chosen)
    report(table, "double", "\nTwice the size, one seed: from 2 x 2 means back to all pixels", chosen)
    print(f"\n{time.perf_counter() - start:.0f} s on one core, {len(table)} trainings")


def report(table, part, title, chosen):
    "Means over photographs with intervals, and what is found less each other, paired by photograph."
    means = table[table.part == part].pivot_table(index="activation", columns="photo", values="db")[list(TEST)]
    average = means.mean(axis=1).sort_values(ascending=False)
    beside = FOUND if FOUND in means.index else average.index[0]
    print(f"{title}\n{'activation':32}{'mean dB':>14}   {beside + ' less it':>24}   formula, gain of the hidden weights")
    for name in average.index:
        mean, half = interval(means.loc[name])
        apart, wide = interval(means.loc[beside] - means.loc[name])
        other = " " * 24 if name == beside else f"{apart:16.2f} ± {wide:5.2f}"
        text, gain = chosen.get(name, ("-", 1))
        print(f"{name:32}{mean:6.2f} ± {half:5.2f}   {other}   {text}, {gain:g}")
    print(f"\n{means.round(1).to_string()}")


if __name__ == "__main__": main()
