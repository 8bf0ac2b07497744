"""How often the verdict of `nsad discover` and `nsad study` declares a difference on labels that are noise.

    python benchmarks/false_positives.py > benchmarks/results/false_positives.txt
    python benchmarks/false_positives.py --tables 20 --commands 2        # a quick look

A noise table has normal features and labels that know nothing of them, balanced or 80:20. Whatever the verdict calls "better",
"worse" or "mixed" there is a false alarm. Parts:

1. **The judging step of the command**: ReLU and a formula of the kind that searches find, five seeds on one split (as `nsad discover`
   judges) and three splits (as `nsad study`), on many tables of each size. The networks are trained briefly, so that many tables can be had;
   the verdict knows nothing of the recipe.
2. **Accuracy alone**, by `compare`, from the same rows: what the verdict would say if it asked one question only.
3. **One activation under two names** on labels that can be learned: other seeds, same function. Here something is learned, so the tests
   of differences have to hold by themselves.
4. **Whole commands**: `nsad discover` from a file to the printed sentence, on fewer tables.
5. **The corrected t test on made-up scores**, where the truth is known: exact where runs have as much in common as the correction assumes.

Rates come with Wilson's 95 % interval; "too many" stands where even its lower end is above 5 %.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy import stats

from nsad.data import Dataset, Scaler, load_dataset, split
from nsad.evaluation import Study
from nsad.models import Stack
from nsad.statistics import compare, pack_rows, row_scores, verdicts
from nsad.training import Recipe, predict, train

FORMULAS = ("sin(x)", "x*exp(-x**2)", "0.001*x", "cos(x)", "abs(x)", "x*cos(x)", "tanh(x)*x", "exp(-x**2)", "x**2", "max(x, sin(3*x))")
BRIEF = Recipe("brief", epochs=10, batch_size=128, lr=5e-3)
ALARMS = ("better", "worse", "mixed")


def noise_table(i, rows, share, n_features=10):
    "Normal features, and labels of which `share` are of the first class, in an order that means nothing."
    rng = np.random.default_rng([7, i, rows])
    y = rng.permutation((np.arange(rows) >= share * rows).astype(int))
    return Dataset.from_arrays(rng.normal(size=(rows, n_features)).astype(np.float32), y, name="noise")


def rate(k, n):
    "A rate with its interval."
    low, high = stats.binomtest(k, n).proportion_ci(method="wilson")
    return f"{100 * k / n:5.1f} %  ({100 * low:.1f} to {100 * high:.1f} %){'  too many' if low > 0.05 else ''}"


def line(name, words):
    "A line of the report: how often each word was said, and the rate of alarms."
    alarms = sum(words[w] for w in ALARMS)
    print(f"{name:48} {rate(alarms, words.total())}  {dict(sorted(words.items()))}", flush=True)


DESIGNS = {"one split, 5 seeds": [(s, 0) for s in range(5)], "three splits": [(s, s) for s in range(3)]}     # (seed, split) of each network


def together(tables, design):
    """Rows as a study of each table would write them, by label of the table.

    Many small networks train as one: every (table, seed) is a seed of one ensemble, with rows of its own.
    """
    label = {i: FORMULAS[i % len(FORMULAS)] for i, _ in tables}
    runs = [(i, ds, s, k) for i, ds in tables for s, k in DESIGNS[design]]
    parts = [(ds, split(ds, test=0.2, validation=0., seed=100 * i + k)) for i, ds, s, k in runs]
    scalers = [Scaler.fit(ds.X[p.train]) for ds, p in parts]
    X, X_test = (np.stack([f.transform(ds.X[getattr(p, name)]) for f, (ds, p) in zip(scalers, parts)]) for name in ("train", "test"))
    y, y_test = (np.stack([ds.y[getattr(p, name)] for ds, p in parts]) for name in ("train", "test"))
    seeds = [100 * i + s for i, _, s, _ in runs]
    found = {seed: label[i] for seed, (i, *_) in zip(seeds, runs)}
    stack = Stack(X.shape[-1], ["relu", found], seeds, dropout=BRIEF.for_rows(X.shape[1]).dropout)
    train(stack, X, y, "binary", BRIEF, device="cpu")
    outputs, rows = predict(stack, X_test), {i: [] for i, _ in tables}
    for n, (i, ds, s, k) in enumerate(runs):
        for c, activation in enumerate(("relu", "found")):
            out = outputs[2 * n + c]
            each = row_scores(y_test[n], out, "binary", y[n])
            share = max((out > 0).mean(), (out <= 0).mean())
            rows[i].append(dict(dataset=ds.name, network="light", activation=activation, task="binary", seed=s, split_seed=k, n_parameters=1,
                                train_rows=X.shape[1], test_rows=X_test.shape[1], one_answer=share, row_scores=pack_rows(each))
                           | {m: v.mean() for m, v in each.items()})
    return {i: pd.DataFrame(r) for i, r in rows.items()}


def judged(tables, sizes, at_once=40):
    "Parts 1 and 2."
    for rows in sizes:
        for share, name in ((0.5, "balanced"), (0.8, "80:20")):
            for design in DESIGNS:
                said, alone = Counter(), Counter()
                for first in range(0, tables, at_once):
                    some = [(i, noise_table(i, rows, share)) for i in range(first, min(first + at_once, tables))]
                    for r in together(some, design).values():
                        said[verdicts(r)[0].word] += 1
                        alone[compare(r.drop(columns="row_scores"), "relu").verdict[0]] += 1
                line(f"{rows:5,} rows, {name}, {design}", said)
                line(f"{rows:5,} rows, {name}, {design}, accuracy alone", alone)


def same_twice(tables):
    "Part 3: five seeds of ReLU beside five others, on labels that can be learned."
    whole, words = load_dataset("magic", rows=None, progress=False), Counter()
    for i in range(tables):
        ds = whole.take(np.random.default_rng(i).permutation(len(whole.y))[:500])
        r = Study([ds], ["relu"], seeds=range(10), split_seed=i, recipe=BRIEF).run(progress=False, row_scores=True)
        other = r[r.seed >= 5].assign(activation="again", seed=lambda t: t.seed - 5)
        words[verdicts(pd.concat([r[r.seed < 5], other], ignore_index=True))[0].word] += 1
    line("  500 rows of MAGIC, ReLU beside ReLU, one split", words)


def commands(n):
    "Part 4."
    for share, name in ((0.5, "balanced"), (0.8, "80:20")):
        words = Counter()
        for i in range(n):
            with tempfile.TemporaryDirectory() as folder:
                noise_table(i, 200, share).to_frame().to_csv(f"{folder}/noise.csv", index=False)
                run = subprocess.run([sys.executable, "-c", "from nsad.cli import main; main()", "discover", "noise.csv", "--target", "target",
                                      "--budget", "20", "--seed", str(i), "--quiet"], cwd=folder, capture_output=True, text=True, check=True)
            words[said_by(run.stdout)] += 1
        line(f"  200 rows, {name}, whole commands", words)


def said_by(text):
    "The verdict's word in what the command printed."
    kinds = {"better": "found is better than", "worse": "found is worse than", "mixed": "better by one measure", "nothing learned": "nothing learned",
             "no difference shown": "shows no difference", "diverged": "cannot be compared"}
    found = [word for word, phrase in kinds.items() if re.search(phrase, text)]
    if not found: raise ValueError(f"no verdict in {text}")
    return found[0]


def scores(rng, n_studies, n_seeds, n_rivals, share, tails):
    "(studies, 1 + rivals, seeds): luck of the split, what an activation's runs have in common, and the rest."
    def noise(*shape): return rng.normal(size=shape) if tails is None else rng.standard_t(tails, size=shape) / np.sqrt(tails / (tails - 2))
    own, common = noise(n_studies, 1 + n_rivals, n_seeds), noise(n_studies, 1 + n_rivals, 1)
    return 0.8 + 0.01 * (np.sqrt(share) * common + np.sqrt(1 - share) * own + noise(n_studies, 1, n_seeds))


def declared(values, overlap=20 / 80):
    "Does a study declare a difference? Holm's first step decides: the least of its p values times their number."
    d = values[:, 1:] - values[:, :1]
    n = d.shape[-1]
    t = d.mean(-1) / np.sqrt(d.var(-1, ddof=1) * (1 / n + overlap))
    p = 2 * stats.t.sf(np.abs(t), n - 1)
    return p.min(1) * p.shape[1] <= 0.05


def by_compare(values):
    same = dict(dataset="d", network="light", n_parameters=1, test_rows=20, train_rows=80)
    rows = [same | dict(activation="relu" if i == 0 else f"a{i}", seed=s, accuracy=v)
            for i, line in enumerate(values) for s, v in enumerate(line)]
    return (compare(pd.DataFrame(rows), "relu").verdict != "no difference shown").any()


def made_up(studies, checked=20):
    "Part 5; the first studies of each line go through `compare` itself, and must agree."
    print(f"{'seeds':>5} {'rivals':>6} {'in common':>9} {'tails':>10}   rate of studies with a false alarm")
    rng = np.random.default_rng(0)
    lines = [(n, k, 0.2, None) for n in (3, 5, 10, 30) for k in (1, 5, 12)]
    lines += [(10, 5, s, None) for s in (0.0, 0.1, 0.3, 0.4)] + [(n, 5, 0.2, 4) for n in (3, 10)]
    for n_seeds, n_rivals, share, tails in lines:
        values = scores(rng, studies, n_seeds, n_rivals, share, tails)
        wrong = declared(values)
        assert [by_compare(v) for v in values[:checked]] == list(wrong[:checked])
        drawn = "normal" if tails is None else f"t({tails})"
        print(f"{n_seeds:5} {n_rivals:6} {share:9.1f} {drawn:>10}   {rate(int(wrong.sum()), studies)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tables", type=int, default=200, help="noise tables of each size and balance")
    parser.add_argument("--rows", type=int, nargs="*", default=[200, 500, 2000], help="sizes of the tables; none leaves parts 1 and 2 out")
    parser.add_argument("--commands", type=int, default=10, help="whole commands for each balance; 0 leaves parts 3 and 4 out")
    parser.add_argument("--studies", type=int, default=40_000, help="made-up studies a line; 0 leaves part 5 out")
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{date.today()}  {' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}  {given.tables} tables a line, torch {torch.__version__}")
    print("share of verdicts that are false alarms, its 95 % interval, and what was said")
    judged(given.tables, given.rows)
    if given.commands: same_twice(given.tables), commands(given.commands)
    if given.studies: made_up(given.studies)


if __name__ == "__main__": main()
