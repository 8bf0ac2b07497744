"""Does what was found in one domain serve another? A matrix over tables, images, equations and
extrapolation: loss of a formula beside ReLU's in the same network.

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/domains.py > benchmarks/results/domains.txt

Formulas are those that nsad ships (one or two for each domain of its library), and four that people
use. Networks on coordinates and on ranges never seen have no normalisation, so that a formula's
scale decides there: it is x times a factor that each formula, ReLU too, has chosen for it on the
problems that the searches of field_searches.py have seen. Tables' networks normalise what goes into
an activation, and take a formula as it is.

Judged are problems that no search has seen: of tables the 20 % of rows that were put aside (split
42), three quarters of them to train on by STRONG and the rest to judge by; other photographs; other
equations; other polynomials and harmonics, and Feynman's equations. A cell is the geometric mean
over problems of the ratio of losses (log loss, squared error of pixels, relative error, squared
error out of range; means of seeds), below 1 where the formula is better than ReLU; beside it a
95 % t interval of its logarithm over problems and seeds, which are the repetitions of one table.
Each training is a row of benchmarks/results/domains-rows.csv.
"""
import argparse
import sys
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from field_rivals import geometric
from field_searches import SEEN, equation

from nsad import ActivationLibrary, load_dataset, split
from nsad.equations import EQUATIONS
from nsad.extrapolation import extrapolation_problem, feynman, harmonic, polynomial
from nsad.fields import image_problem, load_photo
from nsad.formula import Formula
from nsad.problem import TableProblem, trial_losses

ROWS = Path(__file__).parent / "results" / "domains-rows.csv"
NAMES = ("higgs-soft", "magic-wave", "forest-bump", "forest-bell", "spam-sine", "spam-step",
         "photo-sine", "photo-erf-cosine", "equation-cosine", "extrapolation-softplus")
PLAIN = {"relu": "relu(x)", "gelu": "gelu(x)", "tanh": "tanh(x)", "sine": "sin(x)"}
TABLES = {"physics": ("higgs", "magic"), "ecology": ("forest_cover",), "text": ("spambase",)}
DOMAINS = *TABLES, "images", "equations", "extrapolation"
FACTORS = np.geomspace(1 / 16, 16, 9)                     # of a formula's own scale
PLAIN_SCALE = {"images": 10, "equations": 2, "extrapolation": 1}      # in the middle of the factors


def table(name):
    "A problem of the rows that searches were not given."
    ds = load_dataset(name, rows=100_000 if name == "forest_cover" else None)
    return TableProblem(ds.take(split(ds, seed=42).test))


def photo(name): return image_problem(load_photo(name, 64), "gaps", name, steps=300, batch=512)
def beyond(target): return extrapolation_problem(target, rows=256, steps=300)


FRESH = {
    **{domain: [(name, table) for name in names] for domain, names in TABLES.items()},
    "images": [(name, photo) for name in ("camera", "coffee", "coins", "moon")],
    "equations": [(name, equation) for name in EQUATIONS if name not in SEEN["equations"]],
    "extrapolation": [(t, beyond) for t in (polynomial(10), polynomial(11), harmonic(10),
                                            feynman("I.12.2"), feynman("I.8.14"))]}
TUNED_ON = {"images": [(name, photo) for name in SEEN["images"][:2]],
            "equations": [(name, equation) for name in SEEN["equations"]],
            "extrapolation": [(t, beyond) for t in SEEN["extrapolation"][2:4]]}


def scaled(text, factor):
    "The formula of x times a factor."
    return str(Formula(text).substitute({"x": f"{factor:.4g}*x"}))


def scales(formulas, domain, fidelity):
    "For each formula the factor of x that is best on what the searches have seen."
    if domain in TABLES: return dict.fromkeys(formulas, 1.)
    middle = {n: PLAIN_SCALE[domain] if n in PLAIN else 1. for n in formulas}
    tried = [(n, middle[n] * f) for n, f in product(formulas, FACTORS)]
    texts = [scaled(formulas[n], f) for n, f in tried]
    problems = [make(what) for what, make in TUNED_ON[domain]]
    losses = [trial_losses(p, texts, [0], fidelity)[:, 0] for p in problems]
    mean = pd.Series(np.log(losses).mean(0), pd.MultiIndex.from_tuples(tried)).fillna(np.inf)
    return {n: mean[n].idxmin() for n in formulas}


def measured(formulas, domain, seeds, fidelity):
    "Rows of losses on problems that no search has seen."
    chosen = scales(formulas, domain, fidelity)
    texts = [scaled(t, chosen[n]) if chosen[n] != 1 else t for n, t in formulas.items()]
    for what, make in FRESH[domain]:
        problem = make(what)
        losses = trial_losses(problem, texts, range(seeds))
        for (name, text), of_seeds in zip(zip(formulas, texts), losses):
            for seed, loss in enumerate(of_seeds):
                yield dict(formula=name, text=text, domain=domain, problem=problem.name,
                           seed=seed, loss=loss)
        print(f"{domain}: {problem.name}", file=sys.stderr, flush=True)


def cell(logs):
    "Geometric mean of ratios, and its interval."
    mean, low, high = map(short, geometric(logs))
    return f"{mean} ({low}-{high})"


def short(ratio):
    "Two decimals, or one digit of what is smaller."
    return f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.1g}"


def report(rows):
    wide = rows.pivot_table(index=["domain", "problem", "seed"], columns="formula", values="loss",
                            sort=False)
    logs = np.log(wide).sub(np.log(wide.relu), axis=0)
    by_problem = {d: logs.loc[d] if d in TABLES else logs.loc[d].groupby("problem").mean()
                  for d in DOMAINS if d in logs.index}
    shown = pd.DataFrame({d: {n: cell(part[n].dropna()) for n in wide} for d, part in
                          by_problem.items()})
    print("loss over ReLU's, geometric mean (95 % interval); below 1 is better than ReLU\n")
    print(shown.drop(index="relu").to_string())
    print("\nformulas with the scale that each has in a domain\n")
    texts = rows.groupby(["formula", "domain"], sort=False).text.first().unstack(sort=False)
    for name, line in texts.iterrows():
        print(f"{name:24s}" + "; ".join(dict.fromkeys(line.dropna())))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("domains", nargs="*", default=DOMAINS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tune", type=float, default=0.4, help="share of the steps for scales")
    parser.add_argument("--rows", type=Path, default=ROWS)
    args = parser.parse_args()
    torch.set_num_threads(1)
    library = {entry.name: entry.formula for entry in ActivationLibrary.shipped()}
    formulas = PLAIN | {name: library[name] for name in NAMES}
    print(f"{date.today()}  {' '.join(sys.argv)}", flush=True)
    rows = pd.read_csv(args.rows) if args.rows.exists() else pd.DataFrame(columns=["domain"])
    for domain in args.domains:
        if (rows.domain == domain).any(): continue
        made = pd.DataFrame(measured(formulas, domain, args.seeds, args.tune))
        rows = pd.concat([rows, made], ignore_index=True)
        rows.to_csv(args.rows, index=False)
    report(rows)


if __name__ == "__main__": main()
