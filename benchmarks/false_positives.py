"""How often a study in which all activations are alike declares one better or worse than the baseline.

    python benchmarks/false_positives.py > benchmarks/results/false_positives.txt

A study has some activations beside the baseline and some repeated splits; two runs of one activation have a part of their variance in
common, because their rows overlap. The corrected t test takes that part to be test rows / all rows (0.2 here): where it is, a single test is
exact, as mean and spread of normal differences are independent and the correction makes up for what they share. Holm's correction then keeps
all tests of a study together at 5 %, a little below it because the comparisons share their baseline. So the rate is that of the level, not of
luck: 200 studies can show anything between 1 and 9 %, which is why the rates below are pooled over many, with Wilson's interval. Where runs have
more in common than the correction assumes, no test knows, and the rate rises; where less, it falls.

The same formulas as in `compare`, on arrays; the first studies of each line go through `compare` itself, and must agree.
"""
import sys
from datetime import date

import numpy as np
import pandas as pd
from scipy import stats

from nsad.evaluation import compare

STUDIES, CHECKED, OVERLAP = 40_000, 60, 20 / 80


def scores(rng, n_studies, n_seeds, n_rivals, share, tails):
    "(studies, 1 + rivals, seeds): luck of the split, what an activation's runs have in common, and the rest."
    def noise(*shape): return rng.normal(size=shape) if tails is None else rng.standard_t(tails, size=shape) / np.sqrt(tails / (tails - 2))
    own, common = noise(n_studies, 1 + n_rivals, n_seeds), noise(n_studies, 1 + n_rivals, 1)
    return 0.8 + 0.01 * (np.sqrt(share) * common + np.sqrt(1 - share) * own + noise(n_studies, 1, n_seeds))


def declared(values):
    "Does a study declare a difference? Holm's first step decides: the least of its p values times their number."
    d = values[:, 1:] - values[:, :1]
    n = d.shape[-1]
    t = d.mean(-1) / np.sqrt(d.var(-1, ddof=1) * (1 / n + OVERLAP))
    p = 2 * stats.t.sf(np.abs(t), n - 1)
    return p.min(1) * p.shape[1] <= 0.05


def by_compare(values):
    same = dict(dataset="d", network="light", n_parameters=1, test_rows=20, train_rows=80)
    rows = [same | dict(activation="relu" if i == 0 else f"a{i}", seed=s, accuracy=v)
            for i, line in enumerate(values) for s, v in enumerate(line)]
    return (compare(pd.DataFrame(rows), "relu").verdict != "no difference shown").any()


def main():
    print(f"{date.today()}  {' '.join(sys.argv)}  {STUDIES:,} studies a line")
    print(f"{'seeds':>5} {'rivals':>6} {'in common':>9} {'tails':>10} {'rate':>7}   95 % interval   largest and least of batches of 200")
    rng = np.random.default_rng(0)
    lines = [(n, k, 0.2, None) for n in (3, 5, 10, 30) for k in (1, 5, 12)]
    lines += [(10, 5, s, None) for s in (0.0, 0.1, 0.3, 0.4)] + [(n, 5, 0.2, 4) for n in (3, 10)]
    for n_seeds, n_rivals, share, tails in lines:
        values = scores(rng, STUDIES, n_seeds, n_rivals, share, tails)
        wrong = declared(values)
        assert [by_compare(v) for v in values[:CHECKED]] == list(wrong[:CHECKED])
        low, high = stats.binomtest(int(wrong.sum()), STUDIES).proportion_ci(method="wilson")
        batches = wrong.reshape(-1, 200).mean(1)
        print(f"{n_seeds:5} {n_rivals:6} {share:9.1f} {'normal' if tails is None else f't({tails})':>10} {100 * wrong.mean():6.2f} %"
              f"   {100 * low:5.2f} to {100 * high:.2f} %   {100 * batches.max():.1f} and {100 * batches.min():.1f} %", flush=True)


if __name__ == "__main__": main()
