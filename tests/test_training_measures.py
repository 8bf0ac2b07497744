"""Measures against other hands' implementations; what a row records."""
import json
import platform
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn import metrics

from nsad.data import Dataset, load_dataset, split
from nsad.evaluation import COLUMNS, ResultsStore, Study
from nsad.models import Stack, count_parameters, mlp
from nsad.training import CONVERGED, Recipe, calibration_error, evaluate, forward_flops, latency, measures

QUICK = Recipe("quick", epochs=2)


def test_measures_of_two_classes_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, z = (rng.random(500) < 0.2).astype(int), rng.normal(size=(500, 1))
    m = measures(y, z, "binary", 1000, 10_000)
    assert m["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(y, z[:, 0] > 0))
    assert m["average_precision"] == pytest.approx(metrics.average_precision_score(y, z[:, 0]))
    assert m["e_param"] == pytest.approx(m["auc"] / 3) and m["e_flop"] == pytest.approx(m["auc"] / 4)


def test_measures_of_three_classes_are_means_over_classes():
    rng = np.random.default_rng(1)
    y, z = rng.integers(3, size=300), rng.normal(size=(300, 3))
    m, p = measures(y, z, "multiclass", 1000, 1000), softmax(z, axis=1)
    assert m["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(y, z.argmax(1)))
    assert m["average_precision"] == pytest.approx(metrics.average_precision_score(np.eye(3)[y], p))


def test_calibration_error_by_hand_and_of_honest_forecasts():
    p = np.array([[.95, .05], [.95, .05], [.35, .65], [.35, .65]])
    assert calibration_error([0, 1, 1, 1], p) == pytest.approx((abs(1.9 - 1) + abs(1.3 - 2)) / 4)
    rng = np.random.default_rng(2)
    honest = rng.random(100_000)
    y = (rng.random(100_000) < honest).astype(int)
    assert calibration_error(y, np.c_[1 - honest, honest]) < 0.01
    assert calibration_error(1 - y, np.c_[1 - honest, honest]) > 0.4


def test_flops_of_a_layer_are_known_and_do_not_depend_on_rows():
    assert forward_flops(torch.nn.Linear(30, 7), 30) == 2 * 30 * 7
    net = mlp(10, (8,), "tanh")
    assert forward_flops(net, 10) == 2 * (10 * 8 + 8) + 8


def test_latency_is_the_median_of_passes_after_the_first_in_milliseconds(monkeypatch):
    seen, ticks = [], iter([0, 60, 100, 101, 200, 202, 300, 330])        # four passes, of 60, 1, 2 and 30 seconds

    class Noted(torch.nn.Linear):
        def forward(self, x):
            seen.append((tuple(x.shape), self.training))
            return super().forward(x)

    monkeypatch.setattr("nsad.training.time.perf_counter", lambda: next(ticks))
    assert latency(Noted(10, 2).train(), 10, rows=50, repeats=3) == 2000
    assert seen == [((50, 10), False)] * 4


@pytest.mark.parametrize("activation", ["relu", "x*exp(-x**2)"])
def test_a_stack_and_a_network_get_the_same_measures(activation):
    ds = load_dataset("magic", rows=300, seed=1)
    stack = Stack(ds.n_features, [activation, "tanh"], seeds=(1, 2))
    X = (ds.X - ds.X.mean(0)) / ds.X.std(0)        # else most outputs of a bump are equal up to rounding, and ranks are chance
    of_stack, alone = evaluate(stack, X, ds.y)[2], evaluate(stack.member(2), X, ds.y)
    assert of_stack == pytest.approx(alone, rel=1e-4)


def test_a_row_records_what_was_done(tmp_path):
    ds = load_dataset("magic", rows=600, seed=1)
    recipe = Recipe("short", epochs=4, patience=2)
    row = Study([ds], ["x*exp(-x**2)"], seeds=(3,), recipe=recipe).run(tmp_path / "r.sqlite", progress=False).iloc[0]
    settings, net = json.loads(row.settings), mlp(ds.n_features, activation="x*exp(-x**2)")
    assert settings["recipe"]["patience"] == 2 and settings["data"] == ds.fingerprint and settings["split"] == [3, 0.2, 0.1]
    assert (row.n_parameters, row.flops) == (count_parameters(net), forward_flops(net, ds.n_features))
    assert (row.train_rows, row.validation_rows, row.test_rows) == (420, 60, 120)
    assert 1 <= row.best_epoch <= 4 and row.seconds > 0 and row.latency > 0
    assert (row.device, row.torch, row.python) == ("cpu", torch.__version__, platform.python_version())
    for name in ("accuracy", "balanced_accuracy", "auc", "average_precision", "log_loss", "ece", "e_param", "e_flop"):
        assert np.isfinite(row[name]), name


def test_numbers_have_measures_of_numbers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)).astype("float32")
    row = Study([Dataset.from_arrays(X, X[:, 0])], ["relu"], seeds=(1,), recipe=QUICK).run(progress=False).iloc[0]
    assert np.isfinite([row.r2, row.rmse, row.mae]).all() and np.isnan([row.accuracy, row.ece, row.e_flop]).all()


def test_a_store_of_an_older_version_gains_the_new_columns(tmp_path):
    with sqlite3.connect(tmp_path / "old.sqlite") as db:
        db.execute("CREATE TABLE results (key TEXT PRIMARY KEY, dataset TEXT, accuracy REAL)")
        db.execute("INSERT INTO results VALUES ('k', 'magic', 0.5)")
    frame = ResultsStore(tmp_path / "old.sqlite").frame()
    assert list(frame.columns) == list(COLUMNS) and frame.accuracy[0] == 0.5 and np.isnan(frame.ece[0])


def test_the_epoch_is_chosen_without_the_test_rows():
    "Test rows whose classes have exchanged their features turn the scores round, and change nothing about training."
    ds = load_dataset("magic", rows=1200, seed=1)
    half = np.sort(np.concatenate([np.flatnonzero(ds.y == label)[:300] for label in (0, 1)]))
    ds, recipe = ds.take(half), Recipe("short", epochs=12, patience=CONVERGED.patience, lr=0.01)

    def scores(ds): return Study([ds], ["relu", "tanh"], seeds=(1,), recipe=recipe).run(progress=False)

    test = split(ds, test=0.2, validation=0.1, seed=1).test
    no, yes = test[ds.y[test] == 0], test[ds.y[test] == 1]
    assert len(no) == len(yes) == 60
    X = ds.X.copy()
    X[no], X[yes] = ds.X[yes], ds.X[no]
    honest, turned = scores(ds), scores(replace(ds, X=X))
    assert list(turned.best_epoch) == list(honest.best_epoch)
    np.testing.assert_allclose(turned.auc, 1 - honest.auc, atol=1e-6)
