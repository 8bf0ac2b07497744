"""Baselines are what their names say."""
import json
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from nsad.activation import activation_module
from nsad.baselines import BASELINES, KAN, MLP, Linear, Trees, reference_models, with_baselines
from nsad.data import Dataset, Scaler, load_dataset, split
from nsad.evaluation import Study
from nsad.models import count_parameters, light, mlp
from nsad.training import Recipe, forward_flops

pytestmark = pytest.mark.slow

MEANT = {"relu": F.relu, "gelu": F.gelu, "silu": F.silu, "tanh": torch.tanh, "mish": F.mish, "elu": F.elu,
         "prelu": lambda x: F.leaky_relu(x, 0.25), "snake": lambda x: x + x.sin().square(), "sine": torch.sin,
         "gaussian": lambda x: (-x * x).exp(), "x_gaussian": lambda x: x * (-x * x).exp(), "gelu_sine": lambda x: F.gelu(x) + x.sin() / 10}


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_is_what_it_is_called(name):
    x = torch.linspace(-5, 5, 101)
    torch.testing.assert_close(activation_module(BASELINES[name])(x), MEANT[name](x), atol=1e-5, rtol=1e-5)


def test_a_slope_that_learns_is_each_members_own():
    ds = load_dataset("magic", rows=400, seed=1)
    settings = dict(datasets=[ds], seeds=(1, 2), recipe=Recipe("quick", epochs=3, lr=0.01))
    among = Study(activations=with_baselines({}), **settings).run(progress=False)
    alone = Study(activations={"prelu": BASELINES["prelu"]}, **settings).run(progress=False)
    assert list(among.auc[among.activation == "prelu"]) == pytest.approx(list(alone.auc), abs=1e-4)
    assert (among.n_parameters[among.activation == "prelu"] == among.n_parameters[among.activation == "relu"].to_numpy() + 2).all()


@pytest.mark.parametrize("match, count", [("parameters", count_parameters), ("flops", lambda net: forward_flops(net, 10))])
@pytest.mark.parametrize("shape", [(1,), (1, 1, 1, 1), (2, 1)])
def test_a_network_of_equal_size_comes_as_near_as_a_width_can(match, count, shape):
    aim = count(light(10, "x*exp(-x**2)"))
    hidden = MLP(match, "x*exp(-x**2)", shape).hidden(10)
    unit = hidden[-1] // shape[-1]
    off = [abs(count(mlp(10, [w * s for s in shape])) - aim) for w in (unit - 1, unit, unit + 1)]
    assert off[1] == min(off) and off[1] < 0.05 * aim
    assert MLP("parameters", "relu", (2, 1)).hidden(10) == (64, 32)       # the light network is as large as itself


@pytest.mark.parametrize("match, share", [("parameters", 0.03), ("flops", 0.06)])
def test_a_kan_is_as_large_as_it_says(match, share):
    pytest.importorskip("kan")
    kan = KAN(match, "sin(x)")
    net = kan.network(10, kan.width(10, 1, lambda w: kan.network(10, w)))
    count = count_parameters if match == "parameters" else lambda n: forward_flops(n, 10)
    assert abs(count(net) / count(light(10, "sin(x)")) - 1) < share


def rows_of(task):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4)).astype("float32")
    z = X[:, 0] + X[:, 1] * X[:, 2]
    y = {"binary": (z > 0).astype(int), "multiclass": np.digitize(z, (-1, 1)), "regression": 50 + 9 * z}[task]
    return Dataset.from_arrays(X, y, task=task)


@pytest.mark.parametrize("task, measure", [("binary", "auc"), ("multiclass", "auc"), ("regression", "r2")])
@pytest.mark.parametrize("patience", [None, 2])
def test_reference_models_are_scored_on_every_task(task, measure, patience):
    pytest.importorskip("lightgbm")
    models = {"linear": Linear(), "trees": Trees(), "wide": MLP()}
    recipe = Recipe("short", 20, 64, 0.01, patience=patience)
    rows = Study([rows_of(task)], {}, networks=(), seeds=(1,), models=models, recipe=recipe).run(progress=False)
    scores = rows.set_index("activation")[measure]
    assert scores["trees"] > scores["linear"] > 0.3 and scores["trees"] > 0.75 and scores["wide"] > 0.3
    assert (rows.flops > 0).all() and (rows.latency > 0).all() and (rows.test_rows == 120).all()


def test_a_linear_model_is_scikit_learns():
    from sklearn.linear_model import LogisticRegression
    ds = rows_of("binary")
    study = Study([ds], {}, networks=(), seeds=(1,), models={"linear": Linear()})
    rows = split(ds, test=0.2, seed=1)
    scaled = Scaler.fit(ds.X[rows.train]).transform(ds.X)
    expected = LogisticRegression(max_iter=1000).fit(scaled[rows.train], ds.y[rows.train]).score(scaled[rows.test], ds.y[rows.test])
    row = study.run(progress=False).iloc[0]
    assert row.accuracy == pytest.approx(expected) and row.n_parameters == 5


def test_a_kan_learns_what_is_curved():
    pytest.importorskip("kan")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3)).astype("float32")
    ds = Dataset.from_arrays(X, (np.abs(X[:, 0]) > 0.7).astype(int))
    rows = Study([ds], {}, networks=(), seeds=(1,), models={"kan": KAN(), "linear": Linear()}, recipe=Recipe("short", 15, 64)).run(progress=False)
    assert rows.auc[0] > 0.9 > rows.auc[1]
    assert rows.formula[0] == "KAN, grid 3, order 3, lr 0.03, parameters of relu"


def test_reference_models_without_their_package_are_left_out_with_a_line(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "kan", None)
    models = reference_models({1: "sin(x)", 2: "x**2"})
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and all("is left out" in line and "nsad[baselines]" in line for line in said)
    assert not any(name.startswith("KAN") for name in models) and models["ReLU, one wide layer, equal FLOPs"][2].like == "x**2"


def test_the_row_of_a_reference_model_tells_versions_and_sizes_apart():
    models = {"a": MLP(), "b": MLP("flops"), "c": MLP(shape=(2, 1)), "d": Linear(), "e": Linear(2.)}
    study = Study([rows_of("binary")], {}, networks=(), seeds=(1,), models=models, recipe=Recipe("one", 1, 64))
    rows = study.run(progress=False).set_index("activation")
    assert set(rows.index) == set(models) and rows.key.nunique() == 5
    assert "scikit-learn" in json.loads(rows.settings["d"])["package"]
