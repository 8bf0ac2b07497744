"""Studies: nothing lost, nothing trained twice, statistics that agree with scipy."""
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nsad.data import Dataset, load_dataset
from nsad.evaluation import ResultsStore, Study, compare, summary
from nsad.training import Recipe

QUICK = Recipe("quick", epochs=2)
TIMES = ["seconds", "latency", "created"]


@pytest.fixture(scope="module")
def magic():
    return load_dataset("magic", rows=800, seed=1)


def same_rows(a, b):
    pd.testing.assert_frame_equal(a.drop(columns=TIMES), b.drop(columns=TIMES), rtol=1e-4)


def test_resumed_study_equals_an_unbroken_one(magic, tmp_path):
    study = Study([magic], ["relu", "sin(x)", "x*exp(-x**2)"], seeds=(1, 2), recipe=QUICK, stack_size=4)
    whole = study.run(progress=False)

    class Breaks(ResultsStore):
        left = 3

        def add(self, row):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            super().add(row)

    with pytest.raises(KeyboardInterrupt):
        study.run(Breaks(tmp_path / "r.sqlite"), progress=False)
    assert len(ResultsStore(tmp_path / "r.sqlite").frame()) == 3
    same_rows(study.run(tmp_path / "r.sqlite", progress=False), whole)
    assert len(ResultsStore(tmp_path / "r.sqlite").frame()) == 6


def test_nothing_is_trained_twice(magic, tmp_path, monkeypatch):
    study = Study([magic], ["relu"], seeds=(1, 2), recipe=QUICK)
    study.run(tmp_path / "r.sqlite", progress=False)
    monkeypatch.setattr("nsad.evaluation.train", lambda *a, **k: pytest.fail("trained again"))
    assert len(study.run(tmp_path / "r.sqlite", progress=False)) == 2


@pytest.mark.parametrize("change", [dict(recipe=Recipe("quick", epochs=3)), dict(test=0.3), dict(split_seed=7), dict(seeds=(3,))])
def test_another_setting_is_another_row(change, magic, tmp_path):
    first = dict(datasets=[magic], activations=["relu"], seeds=(1,), recipe=QUICK)
    Study(**first).run(tmp_path / "r.sqlite", progress=False)
    Study(**first | change).run(tmp_path / "r.sqlite", progress=False)
    assert len(ResultsStore(tmp_path / "r.sqlite").frame()) == 2


def test_an_activation_for_each_seed(magic):
    by_seed = {1: "sin(x)", 2: "tanh(x)"}
    mixed = Study([magic], {"found": by_seed}, seeds=(1, 2), recipe=QUICK).run(progress=False)
    assert list(mixed.formula) == ["sin(x)", "tanh(x)"]
    for seed, text in by_seed.items():
        alone = Study([magic], {"found": text}, seeds=(seed,), recipe=QUICK).run(progress=False)
        assert mixed.auc[mixed.seed == seed].iloc[0] == pytest.approx(alone.auc.iloc[0], abs=1e-4)


def test_the_test_rows_are_not_trained_on(magic):
    "A network that could remember its rows is no better than chance on shuffled labels."
    rng = np.random.default_rng(0)
    shuffled = Dataset.from_arrays(magic.X, rng.permutation(magic.y))
    rows = Study([shuffled], ["relu"], seeds=range(4), recipe=Recipe("long", epochs=30, batch_size=128, lr=0.01, dropout=0.)).run(progress=False)
    assert abs(rows.auc.mean() - 0.5) < 0.08


def test_regression_is_scored_in_its_own_units():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3)).astype("float32")
    ds = Dataset.from_arrays(X, 1000 + 500 * X[:, 0])
    row = Study([ds], ["relu"], seeds=(1,), recipe=Recipe("long", epochs=60, batch_size=128, lr=0.02, dropout=0.)).run(progress=False).iloc[0]
    assert row.r2 > 0.9 and 5 < row.rmse < 200 and np.isnan(row.accuracy)


def rows(activation, accuracy, test_rows=20, train_rows=80):
    return pd.DataFrame(dict(dataset="d", network="light", activation=activation, seed=range(len(accuracy)), accuracy=accuracy,
                             test_rows=test_rows, train_rows=train_rows))


def test_compare_is_the_corrected_t_test():
    a, b = np.array([.80, .82, .81, .83, .80]), np.array([.78, .79, .80, .80, .79])
    out = compare(pd.concat([rows("relu", b), rows("new", a)]), "relu").iloc[0]
    d = a - b
    t = d.mean() / np.sqrt(d.var(ddof=1) * (1 / 5 + 20 / 80))
    assert out.p == pytest.approx(2 * stats.t.sf(t, 4))
    assert out.low < d.mean() < out.high
    plain = compare(pd.concat([rows("relu", b, test_rows=0), rows("new", a, test_rows=0)]), "relu").iloc[0]
    assert plain.p == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_compare_pairs_by_seed_not_by_order():
    b, a = rows("relu", [.7, .8, .9]), rows("new", [.71, .81, .91]).iloc[::-1]
    assert compare(pd.concat([b, a]), "relu").difference.iloc[0] == pytest.approx(0.01)


def test_summary_counts_and_averages(magic):
    results = Study([magic], ["relu", "tanh"], seeds=(1, 2, 3), recipe=QUICK).run(progress=False)
    table = summary(results)
    assert list(table.n) == [3, 3]
    assert table.accuracy[0] == pytest.approx(results.accuracy[results.activation == "relu"].mean())
