"""Scaling of columns: standard, robust with a smooth clip, and by ranks; fitted on training rows alone."""

import json
import warnings
import zipfile

import numpy as np
import pytest
import torch
from scipy.stats import rankdata

from helpers import by_onnx, compiled, in_c
from nsad import (
    Dataset,
    NSADClassifier,
    NSADRegressor,
    Recipe,
    Study,
    TableProblem,
    discover,
    mlp,
    split,
    to_c,
    to_numpy,
    to_onnx,
)
from nsad.data import SCALINGS, DataError, Scaler, StandardisedRows, fit_in_pieces

RNG = np.random.default_rng(0)
ROWS = 240
X = np.column_stack([
    RNG.normal(size=ROWS), np.exp(2 * RNG.normal(size=ROWS)), RNG.integers(0, 3, ROWS),
    1000 + RNG.normal(size=ROWS), RNG.random(ROWS) < 0.1, np.ones(ROWS),
]).astype(np.float64)
Y = (X[:, 0] + np.log(X[:, 1]) > 0).astype(int)
BENT = [kind for kind in SCALINGS if kind != "standard"]
SHORT = Recipe("short", epochs=2)
SMALL = dict(population_size=8, initial_size=8, generations=1, finalists=2, progress=False)


def test_robust_is_the_published_transformation():
    "RealMLP: z by median and interquartile range, then z / sqrt(1 + (z/3)**2)."
    column = X[:, 1]
    low, centre, high = np.quantile(column, [0.25, 0.5, 0.75])
    z = (column - centre) / (high - low)
    np.testing.assert_allclose(
        Scaler.fit(X, kind="robust").transform(X)[:, 1], z / np.sqrt(1 + (z / 3) ** 2), atol=1e-6
    )


def test_robust_takes_half_the_range_where_quartiles_are_one_value():
    "A column of zeros and a few ones: median 0, half the range 1/2."
    out = Scaler.fit(X, kind="robust").transform(X)[:, 4]
    two = 2 / np.sqrt(1 + (2 / 3) ** 2)
    np.testing.assert_allclose(np.unique(out), [0, two], atol=1e-6)


def test_ranks_are_those_of_the_training_rows():
    "Each value gets the mean rank of its rows, as scipy.stats.rankdata counts it."
    from scipy.special import ndtri
    few = X[:60]
    for j in range(few.shape[1]):
        share = (rankdata(few[:, j]) - 0.5) / len(few)
        normal = Scaler.fit(few, kind="quantile_normal").transform(few)[:, j]
        uniform = Scaler.fit(few, kind="quantile_uniform").transform(few)[:, j]
        np.testing.assert_allclose(normal, ndtri(share), atol=1e-5)
        np.testing.assert_allclose(uniform, np.sqrt(12) * (share - 0.5), atol=1e-5)


def test_an_outlier_moves_nothing_but_itself():
    far = X.copy()
    far[7, 0] = 1e9
    rest = np.arange(ROWS) != 7
    plain = {kind: Scaler.fit(far, kind).transform(far)[rest, 0] for kind in SCALINGS}
    assert np.ptp(plain["standard"]) < 1e-3
    for kind in BENT:
        before = Scaler.fit(X, kind).transform(X)[rest, 0]
        moved = np.abs(plain[kind] - before)
        assert moved.mean() < 0.02 and moved.max() < 0.4  # by one rank, or a quantile by a row
        assert np.abs(Scaler.fit(X, kind).transform(far * 1e20)).max() < 4


@pytest.mark.parametrize("kind", SCALINGS)
def test_gaps_and_columns_that_never_change(kind):
    gaps = X.copy()
    gaps[::5, 0] = np.nan
    gaps[:, 5] = np.nan
    scaler = Scaler.fit(gaps, kind)
    out = scaler.transform(gaps)
    assert out.dtype == np.float32 and np.isfinite(out).all()
    assert (out[::5, 0] == 0).all() and (out[:, 5] == 0).all()
    assert (Scaler.fit(X, kind).transform(X)[:, 5] == 0).all()
    known = Scaler.fit(X[np.arange(ROWS) % 5 > 0], kind)
    np.testing.assert_allclose(out[1::5, 0], known.transform(X)[1::5, 0], atol=1e-6)


@pytest.mark.parametrize("kind", SCALINGS)
def test_values_that_hardly_differ_are_scaled_and_exported(kind):
    tight = np.column_stack([1e-30 * np.arange(8.0), [0, 1e-42, 1, 1, 2, 3, 4, 5.0]])
    scaler = Scaler.fit(tight, kind)
    net = mlp(2, (4,), "silu", seed=0).eval()
    with torch.no_grad():
        wanted = net(torch.from_numpy(scaler.transform(tight))).numpy()
    got = to_numpy(net, scaler=scaler, dtype="double")(tight)
    np.testing.assert_allclose(got, wanted, atol=1e-5)


class Watching:
    "A model for a study that keeps the training rows it is given and answers 0."

    kind, needs = "watching", ""

    def fit(self, rows, task, n_outputs, seed, recipe, device):
        self.seen = np.asarray(rows.train[0])
        return self

    def predict(self, X):
        return np.zeros((len(X), 1))

    def __str__(self):
        return "watching"

    n_parameters, flops, best_epoch = 1, 1, 1


@pytest.mark.parametrize("kind", BENT)
def test_test_rows_take_no_part(kind):
    "A study, a problem and an estimator fit the same whatever stands in other rows."
    clean = Dataset.from_arrays(X, Y)
    odd = X.copy()
    odd[split(clean, seed=1).test] = 1e6
    fitted = []
    for ds in (clean, Dataset.from_arrays(odd, Y)):
        training = ds.take(split(ds, seed=1).train)
        watching = Watching()
        Study(
            [ds], {}, seeds=(1,), recipe=SHORT, scaling=kind, models={"watching": watching}
        ).run(progress=False)
        problem = TableProblem(training, hidden=(4,), recipe=SHORT, scaling=kind)
        model = NSADClassifier("relu", max_iter=2, random_state=0, scaling=kind)
        model.fit(training.X, training.y)
        expected = Scaler.fit(training.X, kind).transform(training.X)
        np.testing.assert_array_equal(watching.seen, expected)
        losses = problem.losses([torch.nn.ReLU()], [1]).tolist()
        fitted.append((watching.seen.tolist(), losses, model.scaler_.to_dict(), model.loss_curve_))
    assert fitted[0] == fitted[1]


def test_a_study_files_scalings_apart_and_says_which():
    ds = Dataset.from_arrays(X, Y)
    frames = [
        Study([ds], ["relu"], seeds=(1,), recipe=SHORT, **more).run(progress=False)
        for more in ({}, dict(scaling="standard"), dict(scaling="robust"))
    ]
    keys = [frame.key.iloc[0] for frame in frames]
    assert keys[0] == keys[1] != keys[2]
    assert json.loads(frames[2].settings.iloc[0])["scaling"] == "robust"
    assert frames[0].log_loss.iloc[0] != frames[2].log_loss.iloc[0]


def test_a_search_and_its_problem_use_the_scaling():
    ds = Dataset.from_arrays(X, Y)
    plain = TableProblem(ds, hidden=(4,), recipe=SHORT)
    robust = TableProblem(ds, hidden=(4,), recipe=SHORT, scaling="robust")
    acts = [torch.nn.ReLU()]
    assert robust.fingerprint != plain.fingerprint
    assert robust.losses(acts, [1]) != plain.losses(acts, [1])
    assert plain.fingerprint == TableProblem(ds, (4,), SHORT, scaling="standard").fingerprint
    by_name = discover(ds, seed=1, hidden=(4,), recipe=SHORT, scaling="robust", **SMALL)
    by_problem = discover(robust, seed=1, **SMALL)
    assert by_name.front.equals(by_problem.front)
    assert by_name.provenance["options"]["scaling"] == "robust"


@pytest.mark.parametrize("kind", BENT)
def test_rows_of_a_file_are_scaled_as_rows_in_memory(kind, tmp_path):
    ds = Dataset.from_arrays(X, Y)
    np.save(tmp_path / "X.npy", ds.X)
    from dataclasses import replace
    mapped = replace(ds, X=np.load(tmp_path / "X.npy", mmap_mode="r"))
    rows = np.arange(0, ROWS, 2)
    scaler = fit_in_pieces(mapped, rows, kind)
    assert scaler.to_dict() == Scaler.fit(ds.X[rows], kind).to_dict()
    few = StandardisedRows.of_scaler(mapped, rows, scaler)
    np.testing.assert_array_equal(few, scaler.transform(ds.X[rows]))


def scaled(kind, embedding):
    "A scaler, a network, raw rows, also far outside of the training rows, and what the network gives for them."
    scaler = Scaler.fit(X, kind)
    net = mlp(X.shape[1], (8, 4), "x*exp(-x**2)", 2, seed=0, embedding=embedding).eval()
    raw = np.vstack([X[:50], 3 * X[:20] - 5, np.full((1, X.shape[1]), 1e30)]).astype(np.float32)
    with torch.no_grad():
        wanted = net(torch.from_numpy(scaler.transform(raw))).numpy()
    return scaler, net, raw, wanted


@pytest.mark.slow
@pytest.mark.parametrize("embedding", [None, "periodic"])
@pytest.mark.parametrize("kind", BENT)
def test_numpy_and_onnx_hold_the_scaling(kind, embedding, tmp_path):
    scaler, net, raw, wanted = scaled(kind, embedding)
    np.testing.assert_allclose(to_numpy(net, scaler=scaler)(raw), wanted, atol=1e-5)
    np.testing.assert_allclose(by_onnx(to_onnx(net, tmp_path / "net.onnx", scaler=scaler), raw), wanted, atol=1e-5)


@compiled
@pytest.mark.parametrize("embedding", [None, "periodic"])
@pytest.mark.parametrize("kind", BENT)
def test_c_holds_the_scaling(kind, embedding, tmp_path):
    scaler, net, raw, wanted = scaled(kind, embedding)
    to_c(net, tmp_path / "net.h", scaler=scaler)
    assert np.abs(in_c(tmp_path, raw, 2) - wanted).max() < 1e-5


@pytest.mark.parametrize("kind", SCALINGS)
@pytest.mark.parametrize("make", [NSADClassifier, NSADRegressor])
def test_an_estimator_is_saved_with_its_scaling(make, kind, tmp_path):
    model = make("silu", (8,), max_iter=3, random_state=0, scaling=kind).fit(X, Y)
    again = make.load(model.save(tmp_path / "model.nsad"))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.scaler_.kind == kind and again.get_params()["scaling"] == kind


def test_an_estimator_searches_on_the_rows_that_its_network_sees():
    small = {k: v for k, v in SMALL.items() if k != "progress"}
    model = NSADClassifier(
        hidden=(4,), recipe=SHORT, budget=4, random_state=0, scaling="robust",
        engine_options=small,
    ).fit(X, Y)
    scaled = Dataset.from_arrays(model.scaler_.transform(X), Y)
    assert model.discovery_.provenance["options"]["scaling"] is None
    assert len(model.discovery_.candidates) and scaled.n_rows == ROWS


def test_a_file_from_before_there_was_a_choice_is_read(tmp_path):
    "Such a file has a mean and a scale, and no parameter `scaling`."
    model = NSADClassifier("silu", (8,), max_iter=3, random_state=0).fit(X, Y)
    path = model.save(tmp_path / "new.nsad")
    old = tmp_path / "old.nsad"
    with zipfile.ZipFile(path) as new, zipfile.ZipFile(old, "w") as written:
        for name in new.namelist():
            content = new.read(name)
            if name == "estimator.json":
                about = json.loads(content)
                del about["parameters"]["scaling"]
                assert set(about["fitted"]["scaler_"]) == {"mean", "scale"}
                content = json.dumps(about)
            written.writestr(name, content)
    np.testing.assert_array_equal(NSADClassifier.load(old).predict(X), model.predict(X))


@pytest.mark.parametrize("damage", [
    dict(kind="bent"), dict(curves=[]), dict(scale=[0.0] * X.shape[1]),
    dict(curves=[[[1.0, 0.0], [0.0, 1.0]]] * X.shape[1]), dict(curves=[[[], []]] * X.shape[1]),
    dict(mean=[float("nan")] * X.shape[1]), dict(curves=[[[0.0], [0.0, 1.0]]] * X.shape[1]),
])
def test_a_damaged_scaler_is_refused(damage):
    whole = Scaler.fit(X, "quantile_normal").to_dict()
    assert Scaler.from_dict(whole).to_dict() == whole
    with pytest.raises(DataError):
        Scaler.from_dict(whole | damage)


@pytest.mark.parametrize("make", [
    lambda: Scaler.fit(X, kind="robst"), lambda: TableProblem(Dataset.from_arrays(X, Y), scaling="robst"),
    lambda: Study([Dataset.from_arrays(X, Y)], ["relu"], scaling="robst"),
    lambda: discover((X, Y), scaling="robst"),
    lambda: NSADClassifier("relu", scaling="robst").fit(X, Y),
])
def test_an_unknown_scaling_is_named(make):
    with pytest.raises(ValueError, match="robst.*") as error:
        make()
    assert "quantile_normal" in str(error.value)


@pytest.mark.parametrize("kind", SCALINGS)
@pytest.mark.parametrize("unit", [1e300, 1e155, 1e-155, 1e-300])
def test_numbers_of_any_size_are_scaled_alike(kind, unit):
    few = X[:, :3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scaler = Scaler.fit(few * unit, kind)
        out = Scaler.from_dict(scaler.to_dict()).transform(few * unit)
    np.testing.assert_allclose(out, Scaler.fit(few, kind).transform(few), atol=1e-5)


@pytest.mark.parametrize("kind", SCALINGS)
def test_the_largest_numbers_have_differences(kind):
    far = 1e308 * np.linspace(-1.7, 1.7, 41)[:, None]
    out = Scaler.fit(far, kind).transform(far)[:, 0]
    assert np.isfinite(out).all() and (np.diff(out) > 0).all() and abs(out[20]) < 1e-6
    gaps = np.vstack([far, [[np.nan]]])
    np.testing.assert_array_equal(Scaler.fit(gaps, kind).transform(gaps)[:-1, 0], out)


@pytest.mark.parametrize("kind", SCALINGS)
def test_what_is_beyond_single_precision_is_at_the_end(kind):
    scaler, far = Scaler.fit(X[:, :2], kind), np.array([[0, 1e300], [0, -1e300], [0, 1e30], [0, -1e30]])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        out = scaler.transform(far)[:, 1]
    assert np.isfinite(out).all() and out[0] >= out[2] > 1 and out[1] <= out[3] < 0
    told = [str(w.message) for w in said]
    assert len(told) == (kind == "standard") and all("column 1 (from 0) has numbers so far from" in t for t in told)


@pytest.mark.parametrize("kind", SCALINGS)
def test_infinite_training_values_are_refused(kind):
    with pytest.raises(DataError, match="column 1 .from 0. has infinite values"):
        Scaler.fit(np.array([[0, 1.0], [1, np.inf], [2, 3]]), kind)
