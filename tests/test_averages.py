"""Several networks whose predictions are averaged: in the estimators, saved, and in exported files."""

import json
import zipfile

import numpy as np
import pytest
import torch
from scipy.special import expit, softmax
from sklearn.base import clone
from torch import nn

from helpers import by_onnx, compiled, in_c
from nsad import NSADClassifier, NSADRegressor, to_c, to_numpy, to_onnx
from nsad.ensemble import AveragedNetworks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4))
MANY = np.array(["a", "b", "c"])[np.digitize(X[:, 0] * X[:, 1], [-0.3, 0.3])]
TARGETS = {
    "binary": (NSADClassifier, MANY == "a"),
    "multiclass": (NSADClassifier, MANY),
    "regression": (NSADRegressor, X[:, 0] ** 2 + X[:, 1]),
}
SHORT = dict(hidden=(8,), max_iter=4, random_state=3)


def fitted(task, activation="x*exp(-x**2)", **more):
    make, y = TARGETS[task]
    return make(activation, **{**SHORT, "n_members": 3, **more}).fit(X, y)


@pytest.mark.parametrize("task", TARGETS)
def test_predictions_are_the_mean_of_the_members(task):
    model = fitted(task)
    rows = torch.as_tensor(model.scaler_.transform(X)).double()
    assert len(model.network_.members) == 3
    with torch.no_grad():
        each = np.stack([net(rows).numpy() for net in model.network_.members])
    assert len({one.tobytes() for one in each}) == 3
    if task == "regression":
        wanted = each.mean(0)[:, 0] * model.target_scale_ + model.target_mean_
        np.testing.assert_allclose(model.predict(X), wanted, rtol=1e-9)
        return
    if task == "binary":
        yes = expit(each[..., 0]).mean(0)
        wanted = np.column_stack([1 - yes, yes])
    else:
        wanted = softmax(each, axis=-1).mean(0)
    np.testing.assert_allclose(model.predict_proba(X), wanted, atol=1e-9)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), wanted, atol=1e-9)


@pytest.mark.parametrize("task", TARGETS)
def test_one_member_is_the_network_of_before(task):
    one, plain = fitted(task, n_members=1), fitted(task, n_members=1)
    assert isinstance(one.network_, nn.Sequential)
    assert type(one)().get_params()["n_members"] == 1
    np.testing.assert_array_equal(one.predict(X), plain.predict(X))
    np.testing.assert_array_equal(fitted(task).predict(X), fitted(task).predict(X))


def test_members_start_from_seeds_that_neighbours_do_not_share():
    starts = []
    for seed in range(3):
        model = fitted("regression", random_state=seed, lr=1e-12, weight_decay=0.0)
        starts += [net[0].weight.detach().numpy().round(6).tobytes() for net in model.network_.members]
    assert len(set(starts)) == 9


@pytest.mark.parametrize("options", [
    {}, dict(embedding="periodic", scaling="robust"), dict(early_stopping=True),
    dict(embedding="piecewise", scaling="quantile_normal"), dict(activation="prelu"),
])
@pytest.mark.slow
@pytest.mark.parametrize("task", TARGETS)
def test_it_is_saved_and_loaded_as_one(task, options, tmp_path):
    import pickle

    model = fitted(task, **options)
    path = model.save(tmp_path / "model.nsad")
    for again in (type(model).load(path), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        assert len(again.network_.members) == 3 and again.n_parameters_ == model.n_parameters_
    assert model.n_parameters_ == 3 * fitted(task, n_members=1, **options).n_parameters_


def test_a_file_that_lacks_a_member_is_refused(tmp_path):
    path, other = fitted("binary").save(tmp_path / "model.nsad"), tmp_path / "other.nsad"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(other, "w") as part:
        for name in whole.namelist():
            if not name.startswith("weights/members.1."):
                part.writestr(name, whole.read(name))
    with pytest.raises(ValueError, match="not a saved NSADClassifier"):
        NSADClassifier.load(other)


def test_a_file_from_before_there_were_members_is_read(tmp_path):
    model = fitted("binary", n_members=1)
    path, old = model.save(tmp_path / "model.nsad"), tmp_path / "old.nsad"
    with zipfile.ZipFile(path) as new, zipfile.ZipFile(old, "w") as written:
        for name in new.namelist():
            content = new.read(name)
            if name == "estimator.json":
                about = json.loads(content)
                del about["parameters"]["n_members"]
                content = json.dumps(about)
            written.writestr(name, content)
    np.testing.assert_array_equal(NSADClassifier.load(old).predict(X), model.predict(X))


exported = pytest.mark.parametrize("options", [{}, dict(embedding="periodic", scaling="robust"),
                                               dict(scaling="quantile_uniform", activation="tanh")])


def sure(task, options):
    "A fitted model, its scaler, rows, what it gives for them, and how near others should come."
    model = fitted(task, **options)
    with torch.no_grad():
        for net in model.network_.members:
            net[-1].weight *= 30  # sure members, so that a probability may underflow
    net, scaler = model.network_, model.scaler_
    raw = np.vstack([X, 9 * X[:20]]).astype(np.float32)
    with torch.no_grad():
        wanted = net(torch.from_numpy(scaler.transform(raw)).double()).numpy()
    return net, scaler, raw, wanted, dict(rtol=1e-5, atol=1e-5 * max(1, np.abs(wanted).max()))


@pytest.mark.slow
@exported
@pytest.mark.parametrize("task", TARGETS)
def test_numpy_and_onnx_give_the_same_numbers(task, options, tmp_path):
    "Also where probabilities are next to nothing."
    net, scaler, raw, wanted, close = sure(task, options)
    np.testing.assert_allclose(to_numpy(net, scaler=scaler)(raw), wanted, **close)
    np.testing.assert_allclose(by_onnx(to_onnx(net, tmp_path / "net.onnx", scaler=scaler), raw), wanted, **close)


@compiled
@exported
@pytest.mark.parametrize("task", TARGETS)
def test_c_gives_the_same_numbers(task, options, tmp_path):
    net, scaler, raw, wanted, close = sure(task, options)
    for dtype in ("float", "double"):
        folder = tmp_path / dtype
        folder.mkdir()
        text = to_c(net, folder / "net.h", dtype=dtype, scaler=scaler)
        assert "average of 3 networks" in text
        np.testing.assert_allclose(in_c(folder, raw, wanted.shape[1], dtype), wanted, **close)


@pytest.mark.parametrize("task", TARGETS)
def test_whole_numbers_are_near(task):
    model = fitted(task, scaling="robust")
    options = dict(dtype="int8", scaler=model.scaler_, calibration=X)
    whole, floats = to_numpy(model.network_, **options)(X), to_numpy(model.network_, scaler=model.scaler_)(X)
    assert np.abs(whole - floats).mean() < 0.05 * floats.std()
    assert "average of 3 networks" in to_c(model.network_, **options)


class Odd(nn.Module):
    "An activation that no ensemble knows."

    def forward(self, x):
        return x * torch.sigmoid(1.5 * x)


def test_a_module_of_ones_own_will_do():
    model = fitted("multiclass", activation=Odd())
    assert len(model.network_.members) == 3 and np.isfinite(model.predict_proba(X)).all()


def test_a_warm_start_goes_on_with_all_members():
    model = fitted("regression", warm_start=True)
    before = model.network_.members[2][0].weight.detach().clone()
    model.fit(X, TARGETS["regression"][1])
    assert len(model.network_.members) == 3 and len(model.loss_curve_) == 2 * model.n_iter_
    assert not torch.equal(before, model.network_.members[2][0].weight)
    with pytest.raises(ValueError, match="n_members=2"):
        model.set_params(n_members=2).fit(X, TARGETS["regression"][1])


@pytest.mark.parametrize("n", [0, -1, 2.5, "8"])
def test_what_is_no_count_is_named(n):
    with pytest.raises(ValueError, match="n_members"):
        clone(NSADClassifier("relu", n_members=n)).fit(X, MANY)


@pytest.mark.parametrize("make, says", [
    (lambda: AveragedNetworks([], "binary"), "no network"),
    (lambda: AveragedNetworks([nn.Linear(2, 1)], "ranking"), "ranking"),
])
def test_an_average_of_what_cannot_be_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_explain_speaks_of_all_networks():
    text = fitted("binary").explain()
    assert "3 networks together" in text and f"{fitted('binary').n_parameters_:,}" in text
