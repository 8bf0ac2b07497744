"""Does a surrogate that chooses the offspring find better activations in the same time?

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/surrogate_worth.py forest_cover > benchmarks/results/surrogate_worth-forest_cover.txt

Searches with and without it, same seeds, same seconds of processor time in one process, so that other work on the machine favours neither. They
start from few formulas (`--first`), as the surrogate has a say only from the second generation on. What each found is trained by the paper's recipe
on the training rows with seeds 42, 43, 44 and judged on the test rows.
"""
import argparse
import sys
import time
from datetime import date
from types import SimpleNamespace

import numpy as np
from discovery_worth import judge

import nsad.discovery
from nsad import discover, load_dataset, split
from nsad.data import Scaler


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("dataset")
    args.add_argument("--seeds", type=int, default=4)
    args.add_argument("--seconds", type=float, default=60)
    args.add_argument("--first", type=int, default=96, help="formulas in the first generation")
    args = args.parse_args()
    nsad.discovery.time = SimpleNamespace(monotonic=time.process_time)          # the clock of budgets
    ds = load_dataset(args.dataset, rows=100_000, seed=42)
    parts = split(ds, test=0.2, seed=42)
    training, test = ds.take(parts.train), ds.take(parts.test)
    scaler = Scaler.fit(training.X)
    data = scaler.transform(training.X), training.y, scaler.transform(test.X), test.y, ds.task
    print(f"{date.today()}  {' '.join(sys.argv)}\n\nsurrogate  seed  trials  validation loss   accuracy  AUC      formula")
    results = {1: [], 4: []}
    for seed in range(1, args.seeds + 1):
        for surrogate in results:
            found = discover(training, seed=seed, surrogate=surrogate, time_limit=args.seconds, generations=50, first=args.first,
                             progress=False)
            scores, _ = judge([found.best], "light", *data)
            results[surrogate].append([found.front.loss.min(), *scores[0].mean(0)])
            loss, accuracy, auc = results[surrogate][-1]
            print(f"{surrogate:9}  {seed:4}  {found.provenance['candidates']:6}  {loss:15.4f}   {accuracy:.4f}    {auc:.4f}   {found.best.text}",
                  flush=True)
    without, chosen = (np.array(r) for r in results.values())
    for name, d in zip(("validation loss", "accuracy", "AUC"), (chosen - without).T):
        print(f"{name}: with the surrogate {d.mean():+.4f} on average, better in {(d < 0 if 'loss' in name else d > 0).sum()} of {len(d)}")


if __name__ == "__main__":
    main()
