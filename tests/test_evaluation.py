"""Studies: nothing lost, nothing trained twice, statistics that agree with scipy."""
import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from torch import nn

from helpers import assert_same_rows
from nsad.data import Dataset, load_dataset
from nsad.evaluation import Fitted, ResultsStore, Study
from nsad.models import mlp
from nsad.statistics import compare, summary
from nsad.training import Recipe, evaluate, predict, train

QUICK = Recipe("quick", epochs=2)


@pytest.fixture(scope="module")
def magic():
    return load_dataset("magic", rows=800, seed=1)


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
    assert_same_rows(study.run(tmp_path / "r.sqlite", progress=False), whole, in_order=True)
    assert len(ResultsStore(tmp_path / "r.sqlite").frame()) == 6


def test_numbers_of_numpy_are_numbers(magic):
    "Seeds from np.arange or a generator give the same rows as Python's, under the same keys."
    ours = Study([magic], ["relu"], seeds=(1, 2), split_seed=3, recipe=Recipe("quick", 1, 64), test=0.25)
    theirs = Study([magic], ["relu"], seeds=np.arange(1, 3), split_seed=np.int64(3), recipe=Recipe("quick", np.int64(1), np.int32(64)), test=np.float64(0.25))
    a, b = ours.run(progress=False), theirs.run(progress=False)
    assert list(a.key) == list(b.key) and list(b.seed) == [1, 2]
    assert_same_rows(a, b, in_order=True)
    with pytest.raises(ValueError, match="a seed='42' is not a whole number"): Study([magic], ["relu"], seeds=("42",))


@pytest.mark.parametrize("door", ["network", "stack", "estimator", "search"])
def test_a_seed_of_numpy_opens_every_door(magic, door):
    from nsad import NSADClassifier, discover
    from nsad.models import Stack
    def outputs(seed):
        if door == "network": train(net := mlp(magic.n_features, (8,), seed=seed), magic.X, magic.y, recipe=QUICK, seed=seed)
        elif door == "stack": train(net := Stack(magic.n_features, ["relu"], [seed]), magic.X, magic.y, recipe=QUICK)
        elif door == "estimator": return NSADClassifier("relu", (8,), max_iter=2, batch_size=type(seed)(32), random_state=seed).fit(magic.X, magic.y).predict_proba(magic.X)
        else: return discover(magic, seed=seed, recipe=QUICK, budget=5, population_size=type(seed)(5), initial_size=5, generations=1, progress=False)
        return predict(net, magic.X)
    ours, theirs = outputs(3), outputs(np.int64(3))
    if door == "search":
        assert ours.front.equals(theirs.front) and theirs.provenance["options"] == ours.provenance["options"] and theirs.to_json()
    else: np.testing.assert_array_equal(ours, theirs)


def test_nothing_is_trained_twice(magic, tmp_path, monkeypatch):
    study = Study([magic], ["relu"], seeds=(1, 2), recipe=QUICK)
    study.run(tmp_path / "r.sqlite", progress=False)
    monkeypatch.setattr("nsad.evaluation.train", lambda *a, **k: pytest.fail("trained again"))
    assert len(study.run(tmp_path / "r.sqlite", progress=False)) == 2


@pytest.mark.slow
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


def test_two_labels_of_one_formula_are_trained_once_and_have_two_rows_each(magic, tmp_path):
    labels = {"relu": "relu", "again": "relu", "mixed": {1: "relu", 2: "sin(x)"}}
    rows = Study([magic], labels, seeds=(1, 2), recipe=QUICK).run(tmp_path / "r.sqlite", progress=False)
    assert list(zip(rows.activation, rows.seed)) == [(label, seed) for label in labels for seed in (1, 2)]
    assert len(ResultsStore(tmp_path / "r.sqlite").frame()) == 3
    assert list(rows.auc[:2]) == list(rows.auc[2:4]) and rows.auc[4] == rows.auc[0] and rows.formula[5] == "sin(x)"


@dataclass(frozen=True)
class Constant:
    "A model that says the same of every row, and remembers what it was given."
    value: float = 0.
    kind: ClassVar[str] = "constant"
    needs: ClassVar[str] = ""
    given: ClassVar[list] = []

    def fit(self, rows, task, n_outputs, seed, recipe, device):
        self.given.append(rows)
        return Fitted(lambda X: np.full((len(X), n_outputs), self.value), 2, 1., 7)


def test_a_model_gets_the_rows_of_its_split_but_no_test_rows_and_is_kept_like_a_network(magic, tmp_path):
    Constant.given.clear()
    models = {"none": Constant(), "by seed": {1: Constant(1.), 2: Constant(2.)}}
    study = Study([magic], ["relu"], seeds=(1, 2), recipe=Recipe("quick", epochs=2, patience=1), models=models)
    rows = study.run(tmp_path / "r.sqlite", progress=False)
    assert list(rows.network) == ["light"] * 2 + ["constant"] * 4 and list(rows.best_epoch[2:]) == [7] * 4
    assert list(rows.formula[4:]) == ["Constant(value=1.0)", "Constant(value=2.0)"] and (rows.auc[2:] == 0.5).all()
    assert all(g.test == () and len(g.train[1]) == 560 and len(g.validation[1]) == 80 for g in Constant.given) and len(Constant.given) == 4
    assert_same_rows(study.run(tmp_path / "r.sqlite", progress=False), rows, in_order=True)
    assert len(Constant.given) == 4                                       # read back, not fitted again
    assert set(compare(rows, "relu", "auc").network) == {"constant"}


def test_what_is_no_model_is_refused(magic):
    with pytest.raises(ValueError, match="has no fit"):
        Study([magic], ["relu"], models={"odd": "relu"})


def test_rows_of_two_recipes_have_no_mean(magic):
    rows = [Study([magic], ["relu", "tanh"], seeds=(1, 2), recipe=Recipe(name, epochs=1)).run(progress=False) for name in ("a", "b")]
    for read in (summary, lambda r: compare(r, "relu")):
        with pytest.raises(ValueError, match="recipes a, b"):
            read(pd.concat(rows))


def test_read_only_arrays_are_taken_without_a_warning(magic):
    X, y = magic.X[:200].copy(), magic.y[:200].copy()
    X.flags.writeable = y.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net = mlp(X.shape[1])
        train(net, X, y, recipe=Recipe("one", epochs=1))
        evaluate(net, X, y)
    assert not X.flags.writeable


def test_dask_without_multiprocessing_is_one_clear_error(magic, monkeypatch):
    monkeypatch.setenv("JOBLIB_MULTIPROCESSING", "0")
    with pytest.raises(ValueError, match="JOBLIB_MULTIPROCESSING=0"):
        Study([magic], ["relu"], seeds=(1,), recipe=QUICK).run(progress=False, backend="dask")


@pytest.mark.parametrize("given, words", [
    (dict(datasets=[]), "at least one of its datasets"), (dict(activations=[]), "at least one of its activations"),
    (dict(activations={}), "at least one of its activations"), (dict(networks=[]), "at least one of its networks"),
    (dict(networks={"light": []}), "at least one of its networks"), (dict(seeds=()), "at least one seed"),
])
def test_a_study_of_nothing_says_what_is_empty(given, words, magic):
    with pytest.raises(ValueError, match=words):
        Study(**dict(datasets=[magic], activations=["relu"], recipe=QUICK) | given).run(progress=False)


def test_tables_that_come_one_by_one_are_all_studied(magic):
    study = Study((ds for ds in [magic]), ["relu"], seeds=(1,), recipe=QUICK)
    assert len(study.run(progress=False)) == 1


def test_one_table_given_twice_would_count_twice(magic):
    with pytest.raises(ValueError, match="'magic' and 'magic' are one table"):
        Study([magic, magic], ["relu"], seeds=(1,), recipe=QUICK).run(progress=False)


class Times(nn.Module):
    "A module that prints nothing of its factor."
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x): return self.factor * x.relu()


def test_activations_that_print_alike_are_not_one(magic):
    with pytest.raises(ValueError, match="two activations of the list are called 'Times"):
        Study([magic], [Times(1.0), Times(2.0)])
    assert len(Study([magic], {"one": Times(1.0), "two": Times(2.0)}).activations) == 2


def test_an_activation_and_a_model_have_labels_of_their_own(magic):
    from nsad.baselines import LinearBaseline
    with pytest.raises(ValueError, match="'linear' is the label of an activation and of a model"):
        Study([magic], {"linear": "tanh"}, models={"linear": LinearBaseline()})
