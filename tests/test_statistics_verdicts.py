"""Verdicts survive noise, one-class answers, networks that diverged, and seeds given twice."""
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from nsad import Dataset, Recipe, Study, SymbolicActivation, verdicts
from nsad.report import results_table
from nsad.statistics import compare, compare_across, interval, rank, row_scores, summary

QUICK = Recipe("quick", epochs=3, batch_size=64)


@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(400, 4))
    return Dataset.from_arrays(X, (X[:, 0] + X[:, 1] + 0.5 * rng.normal(size=400) > 0).astype(int), name="blobs")


def made(rng, names=("relu", "a", "b"), datasets=1, seeds=5, **columns):
    base = dict(network="light", n_parameters=9, train_rows=80, test_rows=20) | columns
    return pd.DataFrame([base | dict(dataset=f"d{d}", activation=n, seed=s, split_seed=s, accuracy=0.8 + 0.01 * rng.normal())
                         for d in range(datasets) for n in names for s in range(seeds)])


def test_a_seed_given_three_times_is_one_seed_and_said(blobs):
    with pytest.warns(UserWarning, match="42 are given more than once"):
        study = Study([blobs], ["relu", "tanh"], seeds=(42, 42, 42), recipe=QUICK)
    rows = study.run(progress=False)
    assert study.seeds == (42,) and len(rows) == 2
    tripled = pd.concat([rows] * 3, ignore_index=True)
    assert list(summary(tripled).n) == [1, 1] and compare(tripled, "relu").p[0] == 1


def test_equal_differences_are_no_certainty():
    rows = made(np.random.default_rng(0)).assign(accuracy=lambda t: 0.8 + 0.1 * (t.activation == "a") - 0.2 * (t.activation == "b"))
    out = compare(rows, "relu")
    assert (out.p == 1).all() and (out.verdict == "no difference shown").all()


def test_networks_that_diverged_count_are_said_and_come_last():
    rows = made(np.random.default_rng(0), datasets=3)
    rows.loc[rows.activation == "a", "accuracy"] = 0.99
    rows.loc[(rows.activation == "a") & (rows.seed > 0), "accuracy"] = np.nan
    table = summary(rows[rows.dataset == "d0"]).set_index("activation")
    assert table.diverged["a"] == 4 and table.n["a"] == 5 and np.isnan(table.accuracy["a"])
    assert "4 of 5 diverged" in set(results_table(rows).accuracy)
    one = compare(rows[rows.dataset == "d0"], "relu").set_index("activation")
    assert one.verdict["a"] == "diverged" and "a diverged in 4 of 5" in one.sentence["a"] and one.verdict["b"] != "diverged"
    ranks = rank(rows).ranks
    assert ranks.index[-1] == "a" and ranks["a"] == 3
    across = compare_across(rows, "relu").set_index("activation")
    assert across.effect["a"] == -1 and "a diverged in 3 of 3" in across.sentence["a"]


def test_a_network_that_diverged_is_no_better(blobs):
    steep = SymbolicActivation("sqrt(x + 2.5) + relu(x)", protect=False)
    rows = Study([blobs], {"relu": "relu", "steep": steep}, seeds=(1, 2, 3), split_seed=1, recipe=QUICK).run(progress=False, row_scores=True)
    assert rows.accuracy[rows.activation == "steep"].isna().any()
    answer = verdicts(rows)[0]
    assert answer.word == "diverged" and "steep diverged in" in answer.sentence


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_noise_is_nothing_learned(share):
    alarms = 0
    for i in range(12):
        rng = np.random.default_rng(i)
        ds = Dataset.from_arrays(rng.normal(size=(200, 5)), rng.permutation((np.arange(200) >= 200 * share).astype(int)), name="noise")
        rows = Study([ds], {"relu": "relu", "flat": "0.001*x"}, seeds=range(5), split_seed=i, recipe=QUICK).run(progress=False, row_scores=True)
        alarms += verdicts(rows)[0].word in ("better", "worse", "mixed")
    assert alarms <= 2


def test_a_difference_that_is_there_is_found_and_told(blobs):
    acts = {"relu": "relu", "rough": "sin(60*x)"}
    rows = Study([blobs], acts, seeds=range(5), split_seed=0, recipe=Recipe("more", epochs=15, batch_size=32, lr=5e-3)).run(progress=False, row_scores=True)
    worse, better = verdicts(rows)[0], verdicts(rows, baseline="rough", label="relu")[0]
    assert worse.word == "worse" and "AUC" in worse.sentence and "5 seeds on 1 split, 80 test rows" in worse.sentence
    assert better.word == "better" and "relu is better than rough on blobs" in better.sentence


def constant(label, value, n=40, seeds=5):
    y = (np.arange(n) % 5 == 0).astype(int)
    out = []
    for s in range(seeds):
        rng = np.random.default_rng([s, len(label)])
        logit = value + 0.01 * rng.normal(size=(n, 1)) if value else 2 * rng.normal(size=(n, 1))
        each = row_scores(y, logit, "binary", y)
        from nsad.statistics import pack_rows
        out.append(dict(dataset="noise", network="light", activation=label, task="binary", seed=s, split_seed=0, train_rows=160, test_rows=n,
                        n_parameters=9, row_scores=pack_rows(each), one_answer=max((logit > 0).mean(), (logit <= 0).mean()))
                   | {m: v.mean() for m, v in each.items()})
    return out


def test_the_larger_class_for_everyone_is_no_merit():
    rows = pd.DataFrame(constant("guess", None) + constant("constant", -1.4))
    assert rows.accuracy[rows.activation == "constant"].mean() > rows.accuracy[rows.activation == "guess"].mean() + 0.1
    answer = verdicts(rows, "guess")[0]
    assert answer.word == "nothing learned" and "constant answers one class for all test rows in 5 of 5 networks" in answer.notes


def test_one_split_without_its_rows_says_what_is_not_counted(blobs):
    rows = Study([blobs], ["relu", "tanh"], seeds=(1, 2, 3), split_seed=1, recipe=QUICK).run(progress=False)
    assert "the luck of the test rows is not counted" in str(verdicts(rows)[0])
    assert "row_scores" not in rows


def test_one_seed_is_not_judged(blobs):
    rows = Study([blobs], ["relu", "tanh"], seeds=(1,), recipe=QUICK).run(progress=False, row_scores=True)
    assert verdicts(rows)[0].word == "not judged"


def test_contributions_of_rows_have_the_measures_as_their_means():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    out = rng.normal(size=(300, 3)) + np.eye(3)[y]
    p = np.exp(out) / np.exp(out).sum(1, keepdims=True)
    each = row_scores(y, out, "multiclass", y)
    assert each["auc"].mean() == pytest.approx(roc_auc_score(y, p, multi_class="ovr"))
    assert each["accuracy"].mean() == pytest.approx((p.argmax(1) == y).mean()) and 0 < each["skill"].mean() < 1
    numbers = row_scores(np.arange(9.), np.arange(9.)[:, None] + 1, "regression", np.arange(9.), scale=10.)
    assert numbers["mae"].mean() == pytest.approx(10) and numbers["r2"].mean() == pytest.approx(1 - 9 / 60)


def test_the_spread_of_contributions_is_the_error_of_the_auc():
    "DeLong's standard error, against many samples."
    rng = np.random.default_rng(0)
    values, errors = [], []
    for _ in range(400):
        y = rng.permutation(np.arange(120) % 3 == 0).astype(int)
        each = row_scores(y, (rng.normal(size=120) + y)[:, None], "binary", y)["auc"]
        values.append(each.mean()), errors.append(each.std(ddof=1) / np.sqrt(120))
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.12)


def test_splits_are_the_sample_where_there_are_several():
    rng = np.random.default_rng(0)
    grid = pd.DataFrame([dict(dataset="d", network="light", activation=a, seed=s, split_seed=k, accuracy=0.8 + 0.05 * k * (a == "a") + 0.001 * rng.normal(),
                              n_parameters=9, train_rows=80, test_rows=20) for a in ("relu", "a") for k in range(3) for s in range(20)])
    means = grid.groupby(["activation", "split_seed"]).accuracy.mean().unstack("activation")
    d = (means["a"] - means["relu"]).to_numpy()
    out = compare(grid, "relu").iloc[0]
    assert (out.low, out.high) == pytest.approx((interval(d, overlap=0.25).low, interval(d, overlap=0.25).high))
    assert out.p > 0.05                                                              # sixty networks, three splits


def test_studies_that_were_put_together_may_number_their_rows_alike(blobs):
    def rows(label, activation): return Study([blobs], {label: activation}, seeds=(1, 2), recipe=QUICK).run(progress=False)
    both = [rows("relu", "relu"), rows("found", "sin(x)")]
    assert verdicts(pd.concat(both), "relu", "found") and set(summary(pd.concat(both)).activation) == {"relu", "found"}
