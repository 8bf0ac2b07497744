r"""When an embedding of numbers pays in the estimators' network: what `embedding="auto"` rests on.

    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/embedding_rule.py > benchmarks/results/embedding-rule.txt

Every table is made here, or by scikit-learn, and is shown nowhere else in the project, so that the
rule owes nothing to the tables of our evidence. Five have targets that trees draw
(`steps_*`), three have waves, squares or lines (`waves`, `hastie`, `lines`), and so on; columns are
continuous, skewed, whole numbers of few values, or two-valued. Each is trained with 400, 1,600 and
6,400 rows and judged by 4,000 rows that no training has seen: the network 64-32 of the estimators, by
the recipe STRONG, with SiLU and with x*exp(-x**2), without an embedding, with `periodic` and with
`piecewise`. The loss is log loss, or squared error of the standardised target.

Each training is a row of benchmarks/results/embedding-rule-rows.csv, written as soon as it is there; a
second run goes on from these. `--summary` prints the tables and trains nothing. `--sizes` takes some numbers of
rows only. What is stored is all of split 0, on which the limits of columns and values were set; all
of split 1 and most of split 2 with 6,400 rows; and some of split 1 with fewer, which count among
the ratios of the tables.

Before a search short trainings decide, `nsad.problem.embedding_pays`; `--tried` asks them about each
table, size and split of which there are rows, and prints what their answers are worth:

    OMP_NUM_THREADS=1 python benchmarks/embedding_rule.py --tried > benchmarks/results/embedding-tried.txt
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets as shelf
from sklearn.tree import DecisionTreeRegressor

from nsad.data import Scaler
from nsad.embeddings import automatic_embedding, embedding_of
from nsad.models import Stack, count_parameters
from nsad.problem import embedding_pays
from nsad.training import STRONG, measures, predict, train

ROWS = Path(__file__).resolve().parent / "results/embedding-rule-rows.csv"
SIZES, TEST, SPLITS = (400, 1600, 6400), 4000, 3
EMBEDDINGS = "", "periodic", "piecewise"
ACTIVATIONS = "silu", "x*exp(-x**2)"


def by_trees(X, rng, depth=6, trees=5):
    "A target that a few random trees draw in these columns, standardised."
    y = np.zeros(len(X))
    for _ in range(trees):
        places = rng.choice(len(X), 500, replace=False)
        tree = DecisionTreeRegressor(max_depth=depth, random_state=int(rng.integers(2**31)))
        y += tree.fit(X[places], rng.normal(size=500)).predict(X)
    return (y - y.mean()) / y.std()


def above_median(y):
    return (y > np.median(y)).astype(int)


def steps_normal(n, rng):
    X = rng.normal(size=(n, 8))
    return X, above_median(by_trees(X, rng)), "binary"


def steps_skewed(n, rng):
    X = np.exp(1.5 * rng.normal(size=(n, 8)))
    return X, by_trees(X, rng) + 0.1 * rng.normal(size=n), "regression"


def steps_few_values(n, rng):
    X = rng.integers(0, 6, size=(n, 10)).astype(float)
    return X, above_median(by_trees(X, rng)), "binary"


def steps_mixed(n, rng):
    X = np.hstack([rng.normal(size=(n, 4)), rng.integers(0, 2, size=(n, 16))])
    return X, above_median(by_trees(X, rng)), "binary"


def steps_wide(n, rng):
    X = rng.normal(size=(n, 40))
    return X, above_median(by_trees(X[:, :4], rng)), "binary"


def waves(n, rng):
    X = rng.uniform(-2, 2, size=(n, 6))
    y = np.sin(X * np.array([2.0, 3, 4, 5, 6, 7])).sum(1)
    return X, y + 0.2 * rng.normal(size=n), "regression"


def lines(n, rng):
    X = rng.normal(size=(n, 12))
    y = X @ rng.normal(size=12) + X[:, 0] * X[:, 1]
    return X, y + rng.normal(size=n), "regression"


def lines_few_values(n, rng):
    X = rng.integers(0, 5, size=(n, 12)).astype(float)
    return X, above_median(X @ rng.normal(size=12) + 2 * rng.logistic(size=n)), "binary"


def hastie(n, rng):
    X, y = shelf.make_hastie_10_2(n, random_state=int(rng.integers(2**31)))
    return X, (y > 0).astype(int), "binary"


def clusters(n, rng):
    X, y = shelf.make_classification(
        n, 20, n_informative=8, n_clusters_per_class=3, flip_y=0.05, random_state=7
    )
    order = rng.permutation(n)
    return X[order], y[order], "binary"


def shells(n, rng):
    X, y = shelf.make_gaussian_quantiles(
        n_samples=n, n_features=6, n_classes=4, random_state=int(rng.integers(2**31))
    )
    return X, y, "multiclass"


def roll(n, rng):
    X, y = shelf.make_swiss_roll(n, noise=0.5, random_state=int(rng.integers(2**31)))
    return X, y, "regression"


TABLES = (steps_normal, steps_skewed, steps_few_values, steps_mixed, steps_wide, waves, lines,
          lines_few_values, hastie, clusters, shells, roll)


def made(table, split):
    "All rows of a table: columns, target, task."
    number = next(k for k, make in enumerate(TABLES) if make.__name__ == table)
    return TABLES[number](max(SIZES) + TEST, np.random.default_rng([split, number]))


def result(output, y, task, net, seconds):
    "What a trained network is worth and costs: the end of a row."
    known = measures(y, output, task, 2)
    return dict(
        loss=known["rmse"] ** 2 if task == "regression" else known["log_loss"],
        score=known["r2"] if task == "regression" else known["accuracy"],
        n_parameters=count_parameters(net), seconds=round(seconds, 1), date=str(date.today()),
    )


def trained(table, n_rows, split, embedding):
    "Rows of the results: each activation with this embedding."
    X, y, task = made(table, split)
    fit, test = np.arange(n_rows), np.arange(max(SIZES), max(SIZES) + TEST)
    scaler = Scaler.fit(X[fit])
    Z, Z_test = scaler.transform(X[fit]), scaler.transform(X[test])
    if task == "regression":
        y = (y - y[fit].mean()) / y[fit].std()
    placed = embedding_of(embedding or None)
    placed = placed and placed.for_rows(Z)
    outputs = int(y.max()) + 1 if task == "multiclass" else 1
    dropout = STRONG.for_rows(n_rows, task).dropout
    stack = Stack(X.shape[1], ACTIVATIONS, (split,), (64, 32), outputs, dropout, placed)
    start = time.process_time()
    train(stack, Z, y[fit], task, STRONG, device="cpu")
    seconds = time.process_time() - start
    for k, output in enumerate(predict(stack, Z_test)):
        yield dict(
            table=table, rows=n_rows, split=split, embedding=embedding,
            activation=ACTIVATIONS[k], task=task, columns=X.shape[1],
            **result(output, y[test], task, stack.member(k), seconds),
        )


def measured(path):
    "The rows of a file."
    return pd.read_csv(path, keep_default_na=False) if path.exists() else pd.DataFrame()


def embeds(name, n_rows, split):
    "Does the rule of the estimators embed these training rows?"
    return automatic_embedding(made(name, split)[0][:n_rows]) is not None


def pays(name, n_rows, split):
    "Do short trainings on these rows say that an embedding pays? None where there is none to try."
    X, y, task = made(name, split)
    X, y = X[:n_rows], y[:n_rows]
    Z = Scaler.fit(X).transform(X)
    wanted = automatic_embedding(Z, least_rows=400, most_columns=100)
    return None if wanted is None else embedding_pays(Z, y, task, wanted, seed=split)


def ratios_of(rows, embedding):
    "Loss with an embedding over the loss without, by table, rows, split and activation."
    losses = rows.set_index(["table", "rows", "split", "activation"]).loss
    with_it, without = (losses[(rows.embedding == e).to_numpy()] for e in (embedding, ""))
    return (with_it / without).dropna()


def of_tried(rows):
    "What the answers of short trainings are worth."
    logs = np.log(ratios_of(rows, "piecewise")).groupby(["table", "rows", "split"]).mean()
    start = time.process_time()
    answers = logs.index.to_frame().apply(lambda place: pays(*place), axis=1)
    seconds = (time.process_time() - start) / answers.notna().sum()
    print(f"--tried, {date.today()}")
    print(f"Seconds of the processor for an answer: {seconds:.1f}")
    print("Loss with the embedding over the loss without, the geometric mean over two activations")
    for answer in (True, False):
        said = logs[answers == answer]
        print(f"\n{'Embed' if answer else 'Do not'}: {len(said)} times, ratio {np.exp(said.mean()):.3f},"
              f" below 1 in {(said < 0).sum()}")
        print(np.exp(said).unstack(["rows", "split"]).sort_index(axis=1).round(3).to_string())


def summary(rows):
    "Loss with an embedding over the loss without, the geometric mean over splits."
    print("Loss with an embedding over the loss without; below 1 the embedding helps.")
    for embedding in EMBEDDINGS[1:]:
        logs = np.log(ratios_of(rows, embedding)).groupby(["table", "rows", "activation"]).mean()
        print(f"\n{embedding}\n{np.exp(logs.unstack(['activation', 'rows'])).round(3).to_string()}")
    ratios = ratios_of(rows, "piecewise")
    chosen = {place for place in set(ratios.index.droplevel("activation")) if embeds(*place)}
    said = ratios[[place[:3] in chosen for place in ratios.index]]
    gain = np.exp(np.log(said).mean())
    print(f"\nWhere the rule embeds ({len(chosen)} tables, sizes and splits, {len(said)} trainings)")
    print(f"the loss is {gain:.3f} times that without, and lower in {(said < 1).sum()} of {len(said)};")
    for split, part in said.groupby("split"):  # limits were set on split 0 alone
        print(f"on split {split} {np.exp(np.log(part).mean()):.3f}, {(part < 1).sum()} of {len(part)}.")
    rest = ratios[[place[:3] not in chosen for place in ratios.index]]
    print(f"Where it does not, it would be {np.exp(np.log(rest).mean()):.3f} times that without,")
    print(f"and lower in {(rest < 1).sum()} of {len(rest)}.")
    print("\nRatios where it embeds")
    print(np.exp(np.log(said).groupby(["table", "rows"]).mean()).unstack("rows").round(3).to_string())
    print("\nAccuracy or R2, mean over splits, of x*exp(-x**2)")
    some = rows[rows.activation == ACTIVATIONS[1]]
    means = some.groupby(["table", "rows", "embedding"]).score.mean()
    print(means.unstack(["rows", "embedding"]).round(3).to_string())


def jobs(args):
    "What tells the rows of a training from those of others."
    for split in range(SPLITS):
        for n_rows in args.sizes:
            for make in TABLES:
                for embedding in EMBEDDINGS:
                    yield dict(table=make.__name__, rows=n_rows, split=split, embedding=embedding)


def main(parser, path, jobs, trained, summary):
    "Train what a file has no rows of, unless a summary alone is asked for; print the summary."
    parser.add_argument("--summary", action="store_const", const=summary)
    args = parser.parse_args()
    for job in () if args.summary else jobs(args):
        known = measured(path)
        if len(known) and (known[list(job)] == pd.Series(job)).all(axis=1).any():
            continue
        new = pd.DataFrame(trained(*job.values()))
        new.to_csv(path, mode="a", header=not path.exists(), index=False)
    rows, script = measured(path), Path(sys.argv[0]).name
    print(f"python benchmarks/{script}, trained on {', '.join(sorted(set(rows.date)))}:")
    print(f"{len(rows)} networks, of splits {sorted(set(rows.split))}\n")
    (args.summary or summary)(rows)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--tried", dest="summary", action="store_const", const=of_tried,
                         help="ask short trainings, see above")
    options.add_argument("--sizes", nargs="*", type=int, default=SIZES, help="rows to train with")
    main(options, ROWS, jobs, trained, summary)
