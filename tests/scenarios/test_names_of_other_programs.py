"""Names of other programs: each is read, has the value that it has there inside its domain, and a finite value and slope outside."""
import math

import numpy as np
import pytest
import torch
from scipy import special

from nsad import Formula, SymbolicActivation

X = np.array([-2.3, -1.2, -0.7, -0.31, 0.31, 0.7, 1.2, 2.3])
RUGGED = torch.tensor([-1e6, -30.0, -1.0, -1e-3, -1e-8, 0.0, 1e-8, 1e-3, 0.5, 1.0, 30.0, 1e6])
A = np.abs(X)


def gate(c): return np.where(c, 1.0, 0.0)


def elu(x, size=1.0): return np.where(x > 0, x, size * np.expm1(x))


# as PySR, gplearn, Operon and SymPy write them, in x, and the value that they have there (nan: outside of the domain)
NAMES = {
    "PySR": {
        "mod(x, 2)": np.mod(X, 2), "(x > 0.4)*x": gate(X > .4) * X, "x*(x >= 0.3)": X * gate(X >= .3), "greater(x, 0.4)*x": gate(X > .4) * X,
        "less(x, 0.4)*x": gate(X < .4) * X, "cond(x, 2*x)": gate(X > 0) * 2 * X, "logical_or(x, -1.0) + x": gate(X > 0) + X, "logical_and(x, 1.0) + x": gate(X > 0) + X,
        "neg(x)": -X, "square(x)": X**2, "cube(x)": X**3, "cbrt(x)": np.cbrt(X), "sign(x) + x": np.sign(X) + X, "inv(x)": 1 / X,
        "log10(x)": np.log10(A), "log2(x)": np.log2(A), "log1p(x)": np.log(np.abs(1 + X)), "safe_sqrt(x)": np.sqrt(A), "asinh(x)": np.arcsinh(X),
        "acosh(x)": np.arccosh(np.where(X > 1, X, np.nan)), "atanh(x)": np.arctanh(np.where(A < 1, X, np.nan)), "atanh_clip(x)": np.arctanh((X + 1) % 2 - 1),
        "erf(x)": special.erf(X), "erfc(x)": special.erfc(X), "gamma(x)": special.gamma(X), "relu(x)": np.maximum(X, 0), "round(x) + x": np.round(X) + X,
        "floor(x) + x": np.floor(X) + X, "ceil(x) + x": np.ceil(X) + X, "sinc(x)": np.sin(X) / X, "logistic(x)": special.expit(X), "clamp(x, -1, 0.9)": np.clip(X, -1, .9),
        "fma(x, 2, 1)": 2 * X + 1, "max(x, 0.2)": np.maximum(X, .2), "x ^ 2.0": X**2, "atan2(x, 2)": np.arctan2(X, 2)},
    "gplearn": {
        "div(x, sub(x, 0.1))": X / (X - .1), "sqrt(x)": np.sqrt(A), "log(x)": np.log(A), "abs(x)": A, "mul(x, sqrt(-1.4))": X * math.sqrt(1.4), "add(x, log(-4.0))": X + math.log(4),
        "add(x, inv(0.0))": X, "mul(x, div(x, 0.0))": X, "sub(x, inv(log(-0.388)))": X - 1 / math.log(.388), "sig(x)": special.expit(X), "mul(x, sqrt(neg(mul(x, x))))": X * A},
    "Operon": {
        "logabs(x)": np.log(A), "sqrtabs(x)": np.sqrt(A), "powabs(x, 1.5)": A**1.5, "aq(x, 2)": X / math.sqrt(5), "floor(x)*x": np.floor(X) * X, "ceil(x)*x": np.ceil(X) * X,
        "fmin(x, 0.2)": np.minimum(X, .2), "fmax(x, 0.2)": np.maximum(X, .2), "acos(x)": np.arccos(np.where(A < 1, X, np.nan)), "asin(x)": np.arcsin(np.where(A < 1, X, np.nan))},
    "SymPy": {
        "Piecewise((x, x > 0.5), (sin(x), x > -1), (2, True))": np.where(X > .5, X, np.where(X > -1, np.sin(X), 2)), "Mod(x, 3)": np.mod(X, 3), "Abs(x)": A, "Max(x, 0.2, -x)": np.maximum(np.maximum(X, .2), -X),
        "ceiling(x) + x": np.ceil(X) + X, "Heaviside(x) + x": gate(X > 0) + X, "log(x)/log(10)": np.log10(A), "E**x": np.exp(X), "sec(x)": 1 / np.cos(X), "cot(x)": 1 / np.tan(X), "x**(1/3)": A**(1 / 3)},
    "torch": {
        "mish(x)": X * np.tanh(np.logaddexp(X, 0)), "selu(x)": 1.0507009873554805 * elu(X, 1.6732632423543772), "elu(x)": elu(X), "silu(x)": X * special.expit(X), "gelu(x)": X * special.ndtr(X),
        "softsign(x)": X / (1 + A), "hardswish(x)": X * np.clip(X + 3, 0, 6) / 6, "hardsigmoid(x)": np.clip(X + 3, 0, 6) / 6, "leaky_relu(x)": np.where(X > 0, X, .01 * X),
        "relu6(x)": np.clip(X, 0, 6), "hardtanh(x)": np.clip(X, -1, 1), "tanhshrink(x)": X - np.tanh(X), "logsigmoid(x)": -np.logaddexp(-X, 0), "hypot(x, 2)": np.hypot(X, 2), "exp2(x)": 2**X}}
EACH = [(program, text, wanted) for program, texts in NAMES.items() for text, wanted in texts.items()]


@pytest.mark.parametrize("program, text, wanted", EACH, ids=[f"{p}: {t}" for p, t, _ in EACH])
def test_a_name_means_there_what_it_means_here(program, text, wanted):
    f, inside = Formula(text), np.isfinite(wanted)
    assert inside.sum() >= 2
    np.testing.assert_allclose(f(X)[inside], wanted[inside], rtol=1e-5, atol=2e-6)
    act, x = SymbolicActivation(text), torch.tensor(X, requires_grad=True)
    (slope,) = torch.autograd.grad(act(x).sum(), x)
    step = 1e-6
    np.testing.assert_allclose(slope.numpy()[inside], ((f(X + step) - f(X - step)) / (2 * step))[inside], rtol=1e-3, atol=1e-3)
    for dtype in (torch.float32, torch.float16):
        rough = RUGGED.clamp(-6e4, 6e4).to(dtype).requires_grad_()
        y = act(rough)
        assert y.isfinite().all() and torch.autograd.grad(y.sum(), rough)[0].isfinite().all()
