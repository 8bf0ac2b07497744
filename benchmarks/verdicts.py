r"""Does the verdict that `nsad discover` prints survive a slow judgement?

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/verdicts.py --jobs 2 \
        > benchmarks/results/verdicts.txt

For each table the command is run as a user runs it, with its defaults, and its answer ("worth it:
yes, no, not shown") is read. Then the formula is judged slowly: 300 epochs, the learning rate of
either side tuned on training rows out of five, and

* *ten splits*: ten networks of each side on ten splits of the table, by the corrected paired test
  over splits. The search has seen 80 % of these rows, so that some test rows of nine splits are not
  new to the formula; this can only flatter the formula.
* *new rows*: ten networks of each side on the one split whose test rows the search has not seen, by
  the test over networks and rows.

A "yes" that is not "better" in both is a phantom, a "no" for a formula that is "better" in either
is a gain that was missed.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from os import environ
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets as shelf

from nsad.data import Dataset, split
from nsad.evaluation import Study
from nsad.formula import Formula
from nsad.judgement import final_results, tuned_rates
from nsad.statistics import verdicts
from nsad.training import STRONG

ROOT = Path(__file__).resolve().parents[1]
TABLES = "penguins", "digits", "friedman1", "breast_cancer", "segment", "letter", "optdigits", "texture", "vehicle", "german"
FACTORS = 0.1, 0.3, 1.0, 3.0, 10.0


def frame(name):
    "A table with its target in the last column."
    if name == "penguins":
        table = pd.read_csv(ROOT / "nbs/data/penguins.csv")
        return table[[*table.columns.drop("species"), "species"]]
    if name == "friedman1": X, y = shelf.make_friedman1(2000, noise=1.0, random_state=0)
    elif name == "digits": X, y = shelf.load_digits(return_X_y=True)
    elif name == "breast_cancer": X, y = shelf.load_breast_cancer(return_X_y=True)
    else:
        table = pd.read_csv(Path(environ["NSAD_DATA"]) / f"tables/{name}.csv", header=None)
        return table.set_axis([*(f"X{i}" for i in range(table.shape[1] - 1)), "target"], axis=1)
    return pd.DataFrame(X, columns=[f"X{i}" for i in range(X.shape[1])]).assign(target=y)


def command(path, target, jobs):
    "What the command finds and says, and how long it takes."
    start = time.perf_counter()
    said = subprocess.run([sys.executable, "-m", "nsad", "discover", path, "--target", target, "--json", "--judge",
                           "--jobs", str(jobs), "--quiet"], capture_output=True, text=True, cwd=path.parent)
    if said.returncode: raise RuntimeError(f"{path.name}: {said.stderr}")
    return json.loads(said.stdout), time.perf_counter() - start


def slowly(ds, formula, jobs):
    "The words of the slow judgement: over ten splits, and on the rows that the search has not seen."
    recipe = replace(STRONG, name="slow", epochs=300)
    sides = {"relu": "relu", "found": formula}
    training = ds.take(split(ds, test=0.2, seed=42).train)
    rates = tuned_rates(training, sides, recipe, factors=FACTORS)
    over_splits = pd.concat([Study([ds], {label: a}, seeds=range(10), recipe=replace(recipe, lr=rates[label]))
                             .run(progress=False, n_jobs=jobs) for label, a in sides.items()])
    new_rows = final_results(ds, sides, rates, 42, range(10), recipe, n_jobs=jobs)
    return rates, [verdicts(rows, "relu", "found")[0] for rows in (over_splits, new_rows)]


def judged(name, jobs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        table = frame(name)
        table.to_csv(path, index=False)
        found, took = command(path, table.columns[-1], jobs)
        start = time.perf_counter()
        ds = Dataset.from_file(path, target=table.columns[-1])
        formula, answer = Formula(found["judgement"]["formula"]), found["judgement"]["worth"]
        same = formula == Formula("relu(x)")
        rates, (splits, rows) = (None, (None, None)) if same else slowly(ds, formula, jobs)
    words = ("itself", "itself") if same else (splits.word, rows.word)
    phantom = answer == "yes" and words != ("better", "better")
    missed = answer == "no" and "better" in words
    print(f"\n{name}: {ds.n_rows} rows, {ds.n_features} columns, {ds.task}\n  found {formula.text}\n  command ({took:.0f} s): worth it: {answer}; "
          f"{found['judgement']['sentence']}")
    print("  " + "\n  ".join(found["judgement"]["notes"]))
    if not same:
        print(f"  slow ({time.perf_counter() - start:.0f} s), learning rates {', '.join(f'{k} {v:.2g}' for k, v in rates.items())}")
        print(f"    ten splits: {splits.sentence}\n    new rows:   {rows.sentence}")
    print(f"  {'PHANTOM' if phantom else 'MISSED' if missed else 'agrees'}", flush=True)
    return dict(table=name, formula=formula.text, answer=answer, splits=words[0], rows=words[1], phantom=phantom, missed=missed)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("tables", nargs="*", default=TABLES)
    args.add_argument("--jobs", type=int, default=1)
    args = args.parse_args()
    print(f"{date.today()}  {' '.join(sys.argv)}")
    out = pd.DataFrame([judged(name, args.jobs) for name in args.tables])
    print(f"\n{out.to_string(index=False)}\n\n{int(np.sum(out.answer == 'yes'))} times yes, {out.phantom.sum()} phantoms, {out.missed.sum()} missed")


if __name__ == "__main__":
    main()
