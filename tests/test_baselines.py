"""Baselines are what their names say."""
import pytest
import torch
import torch.nn.functional as F

from nsad.activation import activation_module
from nsad.baselines import BASELINES, with_baselines
from nsad.data import load_dataset
from nsad.evaluation import Study
from nsad.training import Recipe

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
