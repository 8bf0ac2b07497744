"""Layers: torch agrees with NumPy, gradients are finite and right, modules behave as modules."""
import copy
import io

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from nsad.activation import NAMES, SymbolicActivation, activation_module, compile_formula, replace_activations
from nsad.formula import OPS, Formula, FormulaError

EVERY = [f"{n}(x)" if op.arity == 1 else f"{n}(x, 0.7*x + 1)" for n, op in OPS.items()]
NAMED = ["x*exp(-x**2)", "min(softplus(x), sin(2*x))", "sin(x + sin(x) + 0.9)", "sin(2*x)", "cos(x) - cos(abs(cos(x)))", "x*cos(x)"]
EDGES = torch.tensor([-1e6, -30.0, -1.0, -1e-3, -1e-30, -0.0, 0.0, 1e-30, 1e-3, 0.5, 1.0, 30.0, 1e6])


def layer(text):
    "The activation, with something added where the operator alone is constant."
    try:
        return SymbolicActivation(text)
    except FormulaError:
        return SymbolicActivation(text + " + x")


@pytest.mark.parametrize("text", EVERY + NAMED)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_torch_agrees_with_numpy(text, dtype):
    act = layer(text)
    x = torch.linspace(-5, 5, 101, dtype=dtype)
    y = act(x)
    assert y.dtype == dtype and y.shape == x.shape
    tolerance = 2e-4 if dtype == torch.float32 else 1e-9
    np.testing.assert_allclose(y.numpy(), act.formula(x.numpy()), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("text", EVERY + NAMED)
def test_values_and_gradients_are_finite_at_the_edges(text):
    x = EDGES.clone().requires_grad_()
    y = layer(text)(x)
    (grad,) = torch.autograd.grad(y.sum(), x)
    assert torch.isfinite(y).all(), x[~torch.isfinite(y)]
    assert torch.isfinite(grad).all(), x[~torch.isfinite(grad)]


@pytest.mark.parametrize("text", EVERY + NAMED)
def test_gradients_are_those_of_finite_differences(text):
    x = torch.tensor([-2.13, -1.37, -0.41, 0.29, 0.77, 1.61, 2.53], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer(text), x, eps=1e-7, atol=1e-4, rtol=1e-3)


def test_equal_parts_are_computed_once():
    steps = compile_formula(Formula("sin(x)*cos(x) + sin(x)**2"))
    assert len(steps) == len(set(steps)) and [s[0] for s in steps].count("sin") == 1


def test_a_layer_behaves_as_a_module():
    act = SymbolicActivation("1.5*sin(2.5*x)", trainable=True)
    x = torch.randn(3, 4)
    twin = SymbolicActivation("1.5*sin(2.5*x)", trainable=True)
    file = io.BytesIO()
    with torch.no_grad():
        act.constants += 0.25
    torch.save(act.state_dict(), file)
    file.seek(0)
    twin.load_state_dict(torch.load(file, weights_only=True))
    assert_close(twin(x), act(x))
    assert_close(copy.deepcopy(act)(x), act(x))
    assert act.formula == twin.formula == Formula("1.75*sin(2.75*x)")
    assert act.double()(x.double()).dtype == torch.float64


def test_constants_of_each_channel():
    act = SymbolicActivation("sin(1.5*x)", trainable=True, per_channel=3)
    with torch.no_grad():
        act.constants.copy_(torch.tensor([[1.0, 2.0, 3.0]]))
    x = torch.randn(5, 3)
    assert_close(act(x), torch.sin(x * torch.tensor([1.0, 2.0, 3.0])))
    assert [f.text for f in act.formula] == ["sin(1.0*x)", "sin(2.0*x)", "sin(3.0*x)"]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (2, 1, 4, 3)])
def test_any_shape(shape):
    assert SymbolicActivation("x*exp(-x**2)")(torch.zeros(shape)).shape == shape
    assert_close(SymbolicActivation("sin(x)")(torch.arange(6.).reshape(2, 3).T), torch.arange(6.).reshape(2, 3).T.sin())


def test_half_precision():
    for dtype in (torch.float16, torch.bfloat16):
        y = SymbolicActivation("max(0.3, sin(2*x)) + exp(-x**2)")(torch.linspace(-3, 3, 50, dtype=dtype))
        assert y.dtype == dtype and torch.isfinite(y).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_makes_a_module_of_its_own(name):
    a, b = activation_module(name), activation_module(name.upper())
    assert type(a) is type(b) and a is not b


def test_replaced_in_networks_that_are_not_ours():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.act = nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()

        def forward(self, x):
            return x + self.act(self.conv(x))

    net = nn.Sequential(Block(), Block(), nn.Flatten(), nn.Linear(48, 2))
    assert replace_activations(net, nn.ReLU, "0.5*x + sin(x)") == ["0.act", "1.act"]
    assert net[0].act is not net[1].act
    net(torch.randn(2, 3, 4, 4)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
