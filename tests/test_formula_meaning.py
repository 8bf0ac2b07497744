"""A formula means what its operators' table says, step by step; and where 0/0 has a limit, it has that limit."""
import random

import numpy as np
import pytest
import torch

from nsad.activation import SymbolicActivation
from nsad.formula import Formula, FormulaError
from nsad.operators import NUMPY, OPS, meaning

AT = np.array([-7.0, -2.5, -1.0, -0.6, -0.25, -1e-3, 0.0, 1e-3, 0.3, 0.75, 1.0, 1.7, 4.0])
# Roots, logarithms and powers stand twice: what is protected is where algebra of the textbook goes wrong.
UNARY = ["neg", "square", "cube", "sqrt", "cbrt", "exp", "log", "log1p", "abs", "sign", "sin", "tanh",
         "inv", "relu", "softplus", "sinh", "asin", "acosh", "floor", "sqrt", "log", "sqrt", "log2"]
BINARY = ["add", "sub", "mul", "div", "pow", "max", "min", "mul", "div"]
JUMPS = {"floor", "sign"}              # of x itself alone: after a rounded step the last digit would decide


def random_text(rng, size):
    "A text, its values by the operators' table one step after the other, and where a division is 0/0."
    if size <= 1:
        if rng.random() < 0.75:
            return "x", AT.copy(), np.zeros(len(AT), bool)
        number = rng.choice([2, 3, -1, 0.5, 1, -2])
        return f"({number})", np.full(len(AT), float(number)), np.zeros(len(AT), bool)
    if rng.random() < 0.55:
        name, (inner, a, open_) = rng.choice(UNARY), random_text(rng, size - 1)
        constant = "x" not in inner.replace("max", "").replace("exp", "")
        if constant or name in JUMPS: inner, a, open_ = "x", AT.copy(), np.zeros(len(AT), bool)
        return f"{name}({inner})", meaning(name, True)(NUMPY, a), open_ | (name == "inv") & (a == 0)
    name, left = rng.choice(BINARY), rng.randint(1, size - 1)
    (text_a, a, open_a), (text_b, b, open_b) = random_text(rng, left), random_text(rng, size - left)
    if name == "pow":                            # a whole number stays one: x**3 is x*x*x, not a power of a root
        whole = rng.choice([2, 3, -1, -2])
        return f"pow({text_a}, {whole})", meaning("pow", True)(NUMPY, a, whole), open_a | (whole < 0) & (a == 0)
    return f"{name}({text_a}, {text_b})", meaning(name, True)(NUMPY, a, b), open_a | open_b | (name == "div") & (b == 0)


@pytest.mark.slow
def test_values_are_those_of_the_table_at_negative_zero_and_positive_numbers():
    rng, compared, roots = random.Random(14), 0, 0
    with np.errstate(all="ignore"):
        for _ in range(1500):
            text, wanted, open_ = random_text(rng, rng.randint(2, 6))
            try: formula = Formula(text)
            except FormulaError: continue        # constants alone that have no finite value
            if formula.is_constant: continue     # x - x, say: what is the same for all x is the textbook's constant
            got = np.broadcast_to(formula(AT), AT.shape)
            here = np.isfinite(wanted) & (np.abs(wanted) < 1e12) & ~open_
            if any(word in text for word in ("div", "inv", "-1)", "-2)")):
                here &= np.abs(AT) != 1e-3       # beside a pole, x/x**2 is 1/x and not the quotient of two protected steps
            np.testing.assert_allclose(got[here], wanted[here], rtol=1e-5, atol=1e-6, err_msg=text)
            compared += here.sum()
            roots += here.sum() if any(w in text for w in ("sqrt", "log", "pow")) else 0
    assert compared > 12_000 and roots > 6_000


@pytest.mark.parametrize("text, at, value", [
    ("x*sqrt(x)", -4.0, -8.0), ("sqrt(x)*sqrt(x)", -4.0, 4.0), ("exp(log(x))", -3.0, 3.0), ("x/sqrt(x)", -9.0, -3.0),
    ("log(exp(x))", -3.0, -3.0), ("sqrt(x)**3", -4.0, 8.0), ("sqrt(x**2)", -4.0, 4.0), ("log(x*x)", -2.0, np.log(4)),
    ("x**0.5*x", -4.0, -8.0), ("exp(2*log(x))", -3.0, 9.0), ("cbrt(x)*cbrt(x)*cbrt(x)", -8.0, -8.0), ("log(x**3)", -2.0, np.log(8)),
    ("x**1.5", -4.0, 8.0), ("sqrt(x)/x", -4.0, -0.5)])
def test_roots_and_logarithms_of_negative_numbers(text, at, value):
    "sqrt and log read the size of a number: no rule that holds for positive numbers alone may be applied."
    f = Formula(text)
    assert float(f(at)) == pytest.approx(value, rel=1e-6)
    assert float(Formula(str(f))(at)) == pytest.approx(value, rel=1e-6)
    assert float(SymbolicActivation(text)(torch.tensor(at))) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("text", ["x*sqrt(x)", "x/sqrt(x)", "div(x, sqrt(x))", "x*log(x)", "x*sqrt(abs(x))", "sin(x)*sqrt(x)"])
def test_an_odd_activation_stays_odd(text):
    at = np.array([0.1, 0.5, 1.0, 3.0])
    f = Formula(text)
    np.testing.assert_allclose(f(-at), -f(at), rtol=1e-6)
    assert f(at).any()


def test_features_collapse_to_what_their_steps_give():
    f = Formula("div(X0, sqrt(X1))")
    at = np.array([-4.0, -0.25, 0.25, 4.0])
    np.testing.assert_allclose(f.collapse()(at), f(X0=at, X1=at), rtol=1e-6)


LIMITS = [("sin(x)/x", 0.0, 1.0, 0.0), ("tanh(x)/x", 0.0, 1.0, 0.0), ("x/sin(x)", 0.0, 1.0, 0.0), ("x/tanh(x)", 0.0, 1.0, 0.0),
          ("(exp(x) - 1)/x", 0.0, 1.0, 0.5), ("(1 - cos(x))/x", 0.0, 0.0, 0.5), ("(1 - cos(x))/x**2", 0.0, 0.5, 0.0),
          ("sin(3*x)/x", 0.0, 3.0, 0.0), ("sin(x)/x + tanh(x)/x", 0.0, 2.0, 0.0), ("sin(x)/x - x/sin(x)", 0.0, 0.0, 0.0),
          ("sin(x - 1)/(x - 1)", 1.0, 1.0, 0.0), ("tanh(sin(x)/x)", 0.0, np.tanh(1), 0.0), ("log1p(x)/x", 0.0, 1.0, -0.5),
          ("atan(x)/x", 0.0, 1.0, 0.0), ("x*x/sin(x)", 0.0, 0.0, 1.0)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("text, place, value, slope", LIMITS)
def test_a_removable_singularity_is_removed_in_value_and_slope(text, place, value, slope, dtype):
    near = torch.tensor([-1e-1, -1e-2, -1e-3, -1e-4, -1e-6, -1e-12, 0, 1e-12, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1], dtype=dtype)
    x = (place + near).requires_grad_()
    y = SymbolicActivation(text)(x)
    y.sum().backward()
    away = near.abs() + (1e-3 if dtype == torch.float32 else 1e-6)          # how far a slope and a curvature of at most 9 may move
    assert ((y - value).abs() <= 9 * away).all(), y
    assert ((x.grad - slope).abs() <= 30 * away + 5e-3).all(), x.grad
    assert float(Formula(text)(place)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("text", ["exp(x)", "x**9", "exp(-x**2)/x", "tan(x)", "1/x", "sinh(x)", "x**3*exp(x)", "log(x)", "sqrt(x)"])
@pytest.mark.parametrize("constants", [False, True])
@pytest.mark.parametrize("upstream", [1.0, 100.0, 60_000.0])
def test_gradients_in_half_precision_stay_finite(text, constants, upstream):
    x = torch.tensor([-60_000, -60.0, -11.0, -1.0, -1e-3, 0.0, 6e-8, 1e-4, 1.0, 3.3, 11.0, 60.0, 60_000], dtype=torch.float16, requires_grad=True)
    layer = SymbolicActivation(f"1.5*({text})" if constants else text, trainable=constants).to(torch.float16)
    y = layer(x)
    y.backward(torch.full_like(y, upstream))
    assert torch.isfinite(x.grad).all()
    assert all(torch.isfinite(p.grad).all() for p in layer.parameters())


def test_every_operator_of_the_table_is_met_by_name():
    "The names above are the table's: a renamed operator would make the comparison empty."
    assert set(UNARY) | set(BINARY) <= set(OPS)
