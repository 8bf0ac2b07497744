r"""How long the estimators take to fit, by their defaults, on about 2,000 rows and one core.

    NSAD_DATA=... OMP_NUM_THREADS=1 python benchmarks/estimator_speed.py \
        > benchmarks/results/estimator_speed.txt

Of each table the fit with a search, and the fit with an activation given (ReLU), in seconds of the
processor, and as multiples of what scikit-learn's MLP takes (standardised columns, 1,000
iterations at most) on the same rows in the same run: a machine that is shared gives other seconds
from one hour to the next. What a first fit has to load is loaded before. `--repeats` fits each so
often and takes the quickest.
"""
import argparse
import sys
import time
import warnings
from datetime import date

import pandas as pd
import torch
from estimators import REGRESSION, model, table
from sklearn import datasets

from nsad import NSADClassifier

TABLES = "friedman1", "friedman3", "digits", "segment"
ROWS = 2000


def quickest(label, regression, X, y, repeats):
    "Seconds of the processor for a fit, the least of some; and what was fitted."
    took = []
    for _ in range(repeats):
        net, start = model(label, regression, X, 0), time.process_time()
        net.fit(X, y)
        took.append(time.process_time() - start)
    return min(took), net


def measured(name, repeats):
    "A row of the table."
    X, y = table(name)
    X = X.sample(min(ROWS, len(X)), random_state=0)
    y = y[X.index]
    (search, net), (given, _), (other, _) = (
        quickest(label, name in REGRESSION, X, y, repeats) for label in ("NSAD", "NSAD relu", "MLP"))
    return {"rows": len(X), "columns": X.shape[1], "with a search": round(search, 1),
            "activation given": round(given, 2), "scikit-learn's MLP": round(other, 2),
            "search / MLP": round(search / other, 1), "given / MLP": round(given / other, 2),
            "embedding": str(net.embedding_).partition("(")[0], "found": str(net.formula_)}


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--repeats", type=int, default=2)
    args.add_argument("--tables", nargs="*", default=TABLES)
    args = args.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    X, y = datasets.load_wine(return_X_y=True)
    NSADClassifier(activation="relu", max_iter=1).fit(X, y)
    print(f"{date.today()}  {' '.join(sys.argv)}\ntorch {torch.__version__}, one thread")
    print(pd.DataFrame({name: measured(name, args.repeats) for name in args.tables}).T.to_string())


if __name__ == "__main__":
    main()
