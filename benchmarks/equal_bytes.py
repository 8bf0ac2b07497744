"""NSAD in whole numbers beside LightGBM tuned for the same bytes, on sixteen tables.

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/equal_bytes.py \
        > benchmarks/results/equal-bytes.txt

Bytes are those that one file of C keeps in flash memory beside its code, counted as
benchmarks/bytes.py says: a byte for a weight, three for a split and one for a leaf. Each split of a
table has training, validation and test rows (64, 16 and 20 %, by class).

NSAD: `NSADClassifier()` or `NSADRegressor()` searches on the training rows. Its formula, with its
embedding, then trains in networks of one and of two hidden layers that fill a quarter, half or all
of the bytes; ReLU, the same with `activation="relu"`, in the embedding that the search chose.
LightGBM: 4, 8, 16 or 32 leaves for each tree, learning rate .1 or .3, a quarter, half, three quarters
or all of the rounds that fit. What has the best accuracy (R2 on diabetes) on the validation rows is
taken, and test rows judge. Words are numbers by the rule of the training rows, the same for all.

Each side of each table and split is a row of benchmarks/results/equal-bytes-rows.csv; a second run
goes on from these. Of HIGGS and Forest Cover 10,000 rows are taken.
"""
import argparse
import sys
import time
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from bytes import Booster, right
from estimators import FILES, OWN, REGRESSION, SHELF, table
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

from nsad import NSADClassifier, NSADRegressor, mlp
from nsad.activation import activation_module
from nsad.quantised import costs, quantise_network

ROWS = Path(__file__).resolve().parent / "results/equal-bytes-rows.csv"
TABLES = *SHELF, *FILES, *OWN
SIZE = 25_000
SHARES = 0.25, 0.5, 1


def parts(name, seed):
    "Training, validation and test rows; numbers of classes, or targets as they are."
    X, y = table(name)
    if name not in REGRESSION: y = pd.Series(np.unique(y, return_inverse=True)[1])
    sides, rest = {}, (X.reset_index(drop=True), y.reset_index(drop=True))
    for side, share in (("test", 0.2), ("validation", 0.2)):
        by = None if name in REGRESSION else rest[1]
        X, X_side, y, y_side = train_test_split(*rest, test_size=share, random_state=seed,
                                                stratify=by)
        rest, sides[side] = (X, y), (X_side, y_side.to_numpy())
    return (X, y.to_numpy()), sides["validation"], sides["test"]


def numbers(found, X):
    "Columns as the network gets them, before they are scaled."
    return X.to_numpy(float) if found.encoding_ is None else found.encoding_.transform(X)


def score(name, outputs, y):
    "R2, or the share of rows classified as they should be, of raw outputs."
    return r2_score(y, outputs[:, 0]) if name in REGRESSION else right(outputs, y)


def bytes_of(q, with_tables):
    "Flash memory of a network in whole numbers; ReLU needs no tables."
    spent = costs(q)
    tables = spent["tables"] if with_tables else 0
    return spent["weights"] + spent["other constants"] + tables


def widest(found, text, form, rows, size):
    "The widest network of a form that fits, by bisection; None where not even two units do."
    def spent(width):
        n_in, n_out = len(found.scaler_.mean), found.network_[-1].out_features
        net = mlp(n_in, form(width), activation_module(text), n_out, embedding=found.embedding_)
        q = quantise_network(net.double().eval(), rows, found.scaler_)
        return bytes_of(q, text != "relu")
    low, high = 1, 1500
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if spent(middle) <= size else (low, middle)
    return form(low) if low > 1 else None


def networks(name, found, text, sides, seed):
    "The best network of a formula by validation rows."
    (X, y), (X_valid, y_valid), (X_test, y_test) = sides
    rows, tried = numbers(found, X), {}
    for form in (lambda w: (w,), lambda w: (w, max(1, w // 2))):
        for share in SHARES:
            hidden = widest(found, text, form, rows, share * SIZE)
            if hidden is None: continue
            net = type(found)(text, hidden, embedding=found.embedding_, random_state=seed).fit(X, y)
            q = quantise_network(net.network_, rows, net.scaler_)
            outputs = [q.predict(numbers(found, part)) for part in (X_valid, X_test)]
            if name in REGRESSION:
                outputs = [o * net.target_scale_ + net.target_mean_ for o in outputs]
            tried[hidden] = dict(
                settings="-".join(map(str, hidden)), formula=text,
                bytes=bytes_of(q, text != "relu"),
                validation=score(name, outputs[0], y_valid), score=score(name, outputs[1], y_test))
    return max(tried.values(), key=lambda row: row["validation"])


def trees(name, found, sides, seed):
    "The best LightGBM that fits by validation rows."
    (X, y), (X_valid, y_valid), (X_test, y_test) = sides
    X, X_valid, X_test = (numbers(found, part) for part in (X, X_valid, X_test))
    k = found.network_[-1].out_features
    tried = []
    for leaves in (4, 8, 16, 32):
        for rate in (0.1, 0.3):
            most = min(1500, max(20, 2 * SIZE // (4 * leaves * k)))
            booster = Booster(X, y, k, leaves, rate, most, seed, name in REGRESSION)
            fitting = booster.fits(SIZE)
            wanted = sorted({max(1, int(fitting * share)) for share in (*SHARES, 0.75)})
            valid, test = booster.predict(X_valid, wanted), booster.predict(X_test, wanted)
            tried += [dict(settings=f"{leaves} leaves, rate {rate}, {r} rounds", formula="",
                           bytes=int(booster.spent[r * k - 1]),
                           validation=score(name, valid[r], y_valid),
                           score=score(name, test[r], y_test)) for r in wanted]
    return max(tried, key=lambda row: row["validation"])


def rows_of(name, seed):
    "A row for each side."
    sides = parts(name, seed)
    start = time.process_time()
    kind = NSADRegressor if name in REGRESSION else NSADClassifier
    found = kind(random_state=seed).fit(*sides[0])
    seconds = time.process_time() - start
    text = "relu" if found.formula_.text == "relu(x)" else found.formula_.text
    made = {"found": networks(name, found, text, sides, seed)}
    made["relu"] = made["found"] if text == "relu" else networks(name, found, "relu", sides, seed)
    made["LightGBM"] = trees(name, found, sides, seed)
    for label, row in made.items():
        yield dict(table=name, seed=seed, model=label, **row, embedding=str(found.embedding_ or ""),
                   search_seconds=round(seconds, 1))


def report(rows):
    print(f"{date.today()}  {' '.join(sys.argv)}\n")
    scores = rows.pivot_table(index="table", columns="model", values="score", sort=False)
    scores = scores[["found", "relu", "LightGBM"]]
    for other in ("LightGBM", "relu"):
        gain = (scores.found - scores[other]).round(6)
        print(f"found beats {other} on {(gain > 0).sum()} of {len(gain)} tables, is level on"
              f" {(gain == 0).sum()}, by {gain.mean():+.4f} in the mean")
    used = rows.pivot_table(index="table", columns="model", values="bytes", sort=False).round(0)
    used = used[["found", "LightGBM"]].add_prefix("bytes ").astype(int)
    formulas = rows[rows.model == "found"].groupby("table").formula.agg("; ".join)
    print("\n" + scores.round(4).join(used).join(formulas).to_string())


def main():
    args = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--seeds", type=int, nargs="*", default=(0, 1, 2))
    args.add_argument("--tables", nargs="*", default=TABLES)
    args.add_argument("--rows", type=Path, default=ROWS)
    args = args.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    rows = pd.read_csv(args.rows).fillna("") if args.rows.exists() else pd.DataFrame()
    for seed in args.seeds:
        for name in args.tables:
            if len(rows) and ((rows.table == name) & (rows.seed == seed)).any(): continue
            new = pd.DataFrame(rows_of(name, seed))
            print(new.to_string(index=False, header=False), file=sys.stderr, flush=True)
            rows = pd.concat([rows, new], ignore_index=True)
            rows.round(5).to_csv(args.rows, index=False)
    report(rows[rows.table.isin(args.tables) & rows.seed.isin(args.seeds)])


if __name__ == "__main__":
    main()
