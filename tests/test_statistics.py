"""The test procedure does not declare what is not there, finds what is, and agrees with scipy."""
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nsad.data import Dataset, load_dataset
from nsad.evaluation import Study
from nsad.statistics import compare, compare_across, interval, rank, summary, verdicts
from nsad.training import Recipe

NAMES = ("relu", "a", "b", "c", "d", "e")


def at_most(n, rate):
    "So many of n are not exceeded, but for once in a thousand, where each happens at this rate: a test that is right passes."
    return stats.binom.ppf(0.999, n, rate)


def study_of_scores(rng, n_seeds=10, share=0.2, gain=0., dataset="d"):
    "Scores as repeated splits give them: the runs of an activation have `share` of their variance in common, for their rows overlap."
    common = np.sqrt(share) * rng.normal(size=(len(NAMES), 1))
    scores = 0.8 + 0.01 * (common + np.sqrt(1 - share) * rng.normal(size=(len(NAMES), n_seeds)) + rng.normal(size=(1, n_seeds)))
    scores[1] += gain
    return pd.DataFrame([dict(dataset=dataset, network="light", activation=name, seed=s, accuracy=value, n_parameters=1, test_rows=20,
                              train_rows=80) for name, line in zip(NAMES, scores) for s, value in enumerate(line)])


@pytest.mark.slow
def test_at_most_one_study_in_twenty_declares_a_difference_that_is_not_there():
    rng = np.random.default_rng(0)
    declared = [(compare(study_of_scores(rng), "relu").verdict != "no difference shown").any() for _ in range(200)]
    assert sum(declared) <= at_most(200, 0.05)


@pytest.mark.parametrize("level", [95, 0, 1, -0.5, float("nan"), True, "0.95", None])
def test_a_level_that_is_no_share_is_refused(level):
    rows = study_of_scores(np.random.default_rng(0))
    for asked in (lambda: interval([1., 2.], level), lambda: summary(rows, level), lambda: compare(rows, "relu", level=level),
                  lambda: verdicts(rows, "relu", level=level), lambda: compare_across(rows, "relu", level=level), lambda: rank(rows, level=level)):
        with pytest.raises(ValueError, match="level=.* must be a number between 0 and 1, such as 0.95"): asked()


def test_a_plain_t_test_would_declare_too_many():
    "So the simulated studies are not harmless by themselves."
    rng, wrong = np.random.default_rng(0), 0
    for _ in range(200):
        t = study_of_scores(rng).pivot(index="seed", columns="activation", values="accuracy")
        wrong += any(stats.ttest_rel(t[name], t.relu).pvalue < 0.05 / 5 for name in NAMES[1:])
    assert wrong > 2 * at_most(200, 0.05)


def test_differences_that_are_there_are_found():
    rng = np.random.default_rng(1)
    out = compare(study_of_scores(rng, gain=0.05), "relu").set_index("activation")
    assert out.verdict["a"] == "better" and out.effect["a"] > 0 and "is better than relu" in out.sentence["a"]
    assert out.low["a"] < 0.05 < out.high["a"]
    worse = compare(study_of_scores(rng, gain=-0.05), "relu").set_index("activation")
    assert worse.verdict["a"] == "worse" and worse.effect["a"] < 0


def test_lower_is_better_for_a_loss():
    rows = study_of_scores(np.random.default_rng(1), gain=0.05).rename(columns={"accuracy": "log_loss"})
    out = compare(rows, "relu", "log_loss").set_index("activation")
    assert out.verdict["a"] == "worse" and out.difference["a"] > 0 > out.effect["a"]


@pytest.mark.slow
def test_shuffled_labels_show_no_difference():
    declared = []
    for seed in range(4):
        ds, rng = load_dataset("magic", rows=400, seed=seed), np.random.default_rng(seed)
        shuffled = Dataset.from_arrays(ds.X, rng.permutation(ds.y))
        rows = Study([shuffled], ["relu", "tanh", "sin(x)", "x*exp(-x**2)"], seeds=range(8), recipe=Recipe("quick", epochs=3)).run(progress=False)
        declared.append((compare(rows, "relu", "auc").verdict != "no difference shown").any())
    assert sum(declared) <= 1                          # two or more of four, each at a rate of 0.05: one time in seventy


@pytest.mark.slow
def test_intervals_hold_the_true_mean_as_often_as_they_say():
    rng = np.random.default_rng(2)
    inside, plain = 0, 0
    for _ in range(200):
        rows = study_of_scores(rng)
        t, scores = summary(rows), rows.pivot(index="seed", columns="activation", values="accuracy")
        inside += ((t.accuracy_low < 0.8) & (t.accuracy_high > 0.8)).to_numpy()
        plain += (abs(scores.mean() - 0.8) < stats.t.ppf(0.975, len(scores) - 1) * scores.std() / len(scores) ** 0.5).to_numpy()
    assert (200 - inside).max() <= at_most(200, 0.05)
    assert (200 - plain).min() > at_most(200, 0.05)     # intervals as of runs that have no rows in common are too short


def over_datasets(rng, n=12, gain=0.):
    "Means of unlike datasets, one row each."
    rows = [dict(dataset=f"d{d}", network="light", activation=name, seed=0, accuracy=level + 0.01 * rng.normal() + gain * (name == "a"))
            for d, level in enumerate(rng.uniform(0.6, 0.95, n)) for name in NAMES]
    return pd.DataFrame(rows)


def test_across_datasets_it_is_wilcoxons_test_with_holms_correction():
    rows = over_datasets(np.random.default_rng(3), gain=0.03)
    out = compare_across(rows, "relu").set_index("activation")
    t = rows.pivot(index="dataset", columns="activation", values="accuracy")
    p = sorted(stats.wilcoxon(t[name] - t.relu).pvalue for name in NAMES[1:])
    assert out.p["a"] == pytest.approx(5 * p[0]) and out.verdict["a"] == "better" and out.effect["a"] > 0.9
    assert out.n["a"] == 12 and "over 12 datasets" in out.sentence["a"]


@pytest.mark.slow
def test_across_datasets_false_positives_are_rare():
    rng = np.random.default_rng(4)
    wrong = [(compare_across(over_datasets(rng), "relu").verdict != "no difference shown").any() for _ in range(60)]
    assert sum(wrong) <= at_most(60, 0.05)


def test_ranks_group_what_cannot_be_told_apart():
    found = rank(over_datasets(np.random.default_rng(5), gain=0.05))
    assert found.ranks.index[0] == "a" and found.ranks["a"] == 1 and found.p < 0.05
    assert all("a" not in group for group in found.groups) and set(found.groups[0]) == set(NAMES) - {"a"}
    rows = over_datasets(np.random.default_rng(6))
    null, t = rank(rows), rows.pivot(index="dataset", columns="activation", values="accuracy")
    assert null.p == pytest.approx(stats.friedmanchisquare(*t.to_numpy().T).pvalue)
    assert null.p > 0.05 and set(null.groups[0]) == set(NAMES)


def test_what_cannot_be_ranked_is_an_error():
    rows = over_datasets(np.random.default_rng(7), n=1)
    with pytest.raises(ValueError, match="2 datasets"):
        rank(rows)
    with pytest.raises(ValueError, match="no rows of 'gelu'"):
        compare_across(rows, "gelu")
