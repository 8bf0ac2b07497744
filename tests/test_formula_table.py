"""All operators inside each other mean what the table says; limits of quotients in three types, and what it costs to find them."""
import ast
import itertools
import random

import numpy as np
import pytest
import scipy.special
import torch
from torch.testing import assert_close

from nsad import Formula, FormulaError, SymbolicActivation, continuation
from nsad.continuation import continued
from nsad.operators import NUMPY, OPS, SPELLINGS

POINTS = np.array([-30.0, -4.0, -1.5, -1.0, -0.3, -1e-4, 0.0, 1e-4, 0.3, 1.0, 2.5, 4.0, 30.0])
INFIX = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}
RANDOM = random.Random(0)


def by_the_table(text, jitter=0.0, **variables):
    """The value of a text, each operator by its own row and nothing simplified, and where it is far from protected places.

    `jitter` is a relative error for each step, to see which values depend on rounding."""
    tame = np.ones(POINTS.shape, bool)

    def value(node):
        if isinstance(node, ast.Name):
            return variables[node.id]
        if isinstance(node, ast.Constant):
            return np.full(POINTS.shape, float(node.value))
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        name = INFIX[type(node.op)] if isinstance(node, ast.BinOp) else SPELLINGS.get(node.func.id, node.func.id)
        parts = [node.left, node.right] if isinstance(node, ast.BinOp) else node.args
        args = [value(p) for p in parts]
        exponents = set(args[1][tame].tolist()) if name == "pow" else {0.5}
        whole = len(exponents) == 1 and max(exponents).is_integer()    # a whole power, x**(x/x) too, is a product and keeps its sign
        poles = [np.where(args[0] < 0.5, np.sin(np.pi * args[0]), 1)]            # of gamma and digamma: 0 and the negative whole numbers
        for by in {"div": args[-1:], "inv": args, "mod": args[-1:], "tan": [np.cos(args[0])], "gamma": poles, "digamma": poles}.get(name, []):
            tame[np.abs(by) < 1e-2] = False
        if name == "pow" and (not whole or max(exponents) < 0):      # a power of 0.5 is a root, which is protected in its own way
            tame[np.abs(args[0]) < 1e-2] = False
        if name in ("asin", "acos", "atanh", "acosh"):
            tame[np.abs(np.abs(args[0]) - 1) < 1e-2] = False       # of a number there, asin(1) for instance, the exact value is taken
        if whole:
            args[1] = int(max(exponents))
        y = OPS[name].value(NUMPY, *args)
        return y * (1 + jitter * RANDOM.choice((-1, 1))) + jitter * RANDOM.choice((-1, 1))

    with np.errstate(all="ignore"):
        return value(ast.parse(text, mode="eval").body), tame


def comparisons(text, f=None):
    "How many values of a formula were compared with the table's; each must be equal."
    variables = {"x": POINTS, "X0": POINTS, "X1": POINTS}
    (wanted, tame), shaken = by_the_table(text, **variables), [by_the_table(text, 2e-6, **variables)[0] for _ in range(4)]
    f = f or Formula(text)
    got = f(POINTS) if len(f.variables) < 2 else f(**{v: POINTS for v in f.variables})
    with np.errstate(all="ignore"):
        clear = tame & (np.abs(shaken - wanted).max(0) <= 5e-4 * (1 + np.abs(wanted))) & (np.abs(wanted) < 1e12)
    np.testing.assert_allclose(got[clear], wanted[clear], rtol=1e-3, atol=2e-3, err_msg=f"{text} as {f.text} at {POINTS[clear]}")
    return int(clear.sum())


ROOTS = ["sqrt", "cbrt", "log", "log1p", "log2", "log10", "exp", "expm1", "square", "cube", "inv", "abs", "neg", "sign"]
JOINED = ["{0}({1}(x))", "mul({0}(x), {1}(x))", "div({0}(x), {1}(x))", "x*{0}({1}(x))/4", "pow({0}(x), 2)*{1}(x)", "sub({0}({1}(2*x)), {0}(-x))"]


@pytest.mark.slow
@pytest.mark.parametrize("shape", JOINED)
def test_roots_logarithms_and_powers_mean_the_table(shape):
    "What is true for positive numbers only, as sqrt(x)**2 = x, is not used."
    compared = 0
    for pair in itertools.product(ROOTS, ROOTS):
        try:
            compared += comparisons(shape.format(*pair))
        except FormulaError:                          # the same for every x, as x/x - 1: there is no such activation
            pass
    assert compared > 1000


def random_text(depth):
    "A text of random operators and numbers."
    if depth == 0 or RANDOM.random() < 0.15:
        return RANDOM.choice(["x"] * 6 + [f"{RANDOM.uniform(-3, 3):.2f}", str(RANDOM.randint(-3, 4)), "0.5"])
    if RANDOM.random() < 0.3:
        return f"({random_text(depth - 1)} {RANDOM.choice('+-*/')} {random_text(depth - 1)})"
    if RANDOM.random() < 0.15:
        return f"({random_text(depth - 1)})**({RANDOM.choice(['-1', '2', '3', '0.5', '1.5', '-0.5', random_text(1)])})"
    name = RANDOM.choice(list(OPS))
    return f"{name}({', '.join(random_text(depth - 1) for _ in range(OPS[name].arity))})"


@pytest.mark.slow
def test_random_formulas_mean_the_table():
    "Every operator inside every other; a few thousand values, negative, zero and positive."
    RANDOM.seed(1)
    compared, formulas = 0, 0
    while formulas < 700:
        text = random_text(3)
        try:
            f = Formula(text)
        except FormulaError:
            continue
        formulas += 1
        compared += comparisons(text, f)
    assert compared > 5000, compared


@pytest.mark.parametrize("text", ["div(X0, sqrt(X1))", "mul(X0, sqrt(X1))", "mul(sqrt(X0), sqrt(X1))", "exp(log(X0)) + X1", "pow(X0, 0.5)*X1",
                                  "sub(X0, log(exp(X1)))", "div(log(X0), sqrt(sqrt(X1)))", "X0*X1**0.5*X1**0.5"])
def test_a_collapsed_formula_means_the_table(text):
    assert comparisons(text, Formula(text).collapse()) > 5


QUOTIENTS = [("sin(x)/x", 1, 0), ("sinc(x)", 1, 0), ("tanh(x)/x", 1, 0), ("x/sin(x)", 1, 0), ("x/tan(x)", 1, 0), ("x/expm1(x)", 1, -0.5),
             ("(1 - cos(x))/x", 0, 0.5), ("(1 - cos(x))/x**2", 0.5, 0), ("inv(x)*sin(x)", 1, 0), ("x**-1*erf(x)", 2 / np.pi**0.5, 0),
             ("sin(x)/x + x/tanh(x)", 2, 0), ("1/x - 1/tanh(x)", 0, -1 / 3), ("1/sin(x) - 1/x", 0, 1 / 6), ("cot(x) - 1/x", 0, -1 / 3),
             ("exp(sin(x)/x)", np.e, 0), ("tanh(x)/x*cos(x) + x", 1, 1), ("sin(x)**3/x**3", 1, 0), ("atan(x)/(0.5*x)", 2, 0),
             ("sin(x**2)/x", 0, 1), ("(sigmoid(x) - 0.5)/x", 0.25, 0), ("x*x/(x + x**2)", 0, 1), ("sincpi(x)", 1, 0), ("log1p(x)/x", 1, -0.5)]


@pytest.mark.parametrize("text, value, slope", QUOTIENTS)
def test_a_quotient_with_a_limit_has_it(text, value, slope):
    "Value and slope beside 0 go over into those at 0: no step, no slope of 1e5; half precision rounds once."
    f, act = Formula(text), SymbolicActivation(text)
    near = np.array([-1e-3, -1e-4, -1e-5, -1e-6, -1e-8, -1e-30, 0, 1e-30, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3])
    np.testing.assert_allclose(f(near), value + slope * near, atol=1e-5)
    for dtype, atol in ((torch.float64, 1e-5), (torch.float32, 1e-5), (torch.float16, 2e-3)):
        x = torch.tensor(near, dtype=dtype, requires_grad=True)
        y = act(x)
        (first,) = torch.autograd.grad(y.sum(), x)
        assert_close(y.detach().double(), value + slope * x.detach().double(), rtol=0, atol=atol)
        assert_close(first.double(), torch.full_like(first, slope).double(), rtol=0, atol=max(atol, 5e-3))
    (second,) = torch.autograd.grad(act(x := torch.tensor(near, requires_grad=True)).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(second.sum(), x)
    assert second.abs().max() < 10


@pytest.mark.parametrize("text, at, value", [("sin(pi*x)/(x - 1)", 1, -np.pi), ("sin(2*x)/sin(x)", np.pi, -2), ("(x**2 - 4)/(x - 2)", 2, 4), ("sinc(x + 2)", -2, 1),
                                             ("cos(x)/(x - pi/2)", np.pi / 2, -1), ("sin(3.141592653589793*x)/(x - 1)", 1, -np.pi), ("(x - 1)/log(x)", 1, 1)])
def test_limits_elsewhere(text, at, value):
    near = at + np.array([-1e-3, -1e-6, -1e-8, 0, 1e-8, 1e-6, 1e-3])
    np.testing.assert_allclose(Formula(text)(near), value, atol=5e-3)
    x = torch.tensor(near, requires_grad=True)
    assert torch.autograd.grad(SymbolicActivation(text)(x).sum(), x)[0].abs().max() < 20


def test_the_reciprocal_of_gamma_has_zeros_where_gamma_has_poles():
    near = np.concatenate([k + np.array([-1e-3, -1e-7, 0, 1e-7, 1e-3]) for k in range(-5, 3)])
    np.testing.assert_allclose(Formula("1/gamma(x)")(near), scipy.special.rgamma(near), atol=1e-7)
    x = torch.tensor(near, requires_grad=True)
    (slope,) = torch.autograd.grad(SymbolicActivation("1/gamma(x)")(x).sum(), x)
    differences = (scipy.special.rgamma(near + 1e-5) - scipy.special.rgamma(near - 1e-5)) / 2e-5
    np.testing.assert_allclose(slope, differences, atol=1e-4)


@pytest.mark.parametrize("text, values, exact", [
    ("sin(2.5*x)/x", (7.0,), lambda x, a: a * np.sinc(a * x / np.pi)),
    ("tanh(1.5*x)/x", (3.0,), lambda x, a: np.where(x == 0, a, np.tanh(a * x) / np.where(x == 0, 1, x))),
    ("x/sin(0.7*x)", (1.1,), lambda x, a: 1 / (a * np.sinc(a * x / np.pi)))])
def test_a_limit_holds_while_constants_learn(text, values, exact):
    "Where training has taken the constants, value and slopes beside 0/0 are those of the formula with its present constants."
    act = SymbolicActivation(text, trainable=True).double()
    with torch.no_grad():
        act.constants.copy_(torch.tensor(values))
    near = np.array([-0.2, -0.02, -1e-3, -1e-7, 0, 1e-7, 1e-3, 0.02, 0.2])
    x = torch.tensor(near, requires_grad=True)
    np.testing.assert_allclose(act(x).detach(), exact(near, *values), atol=2e-5)
    assert torch.autograd.gradcheck(lambda c: torch.func.functional_call(act, {"constants": c}, x.detach()), act.constants)
    assert torch.autograd.gradcheck(act, x) and torch.autograd.gradgradcheck(act, x)


@pytest.mark.parametrize("text", ["1/x", "cos(x)/x", "sqrt(x**2)/x", "relu(x)/x", "x/mod(x, x)", "1/(x*sin(x))"])
def test_poles_and_steps_are_not_filled(text):
    assert continued(Formula(text).tree) == Formula(text).tree


def test_a_whole_number_in_one_formula_is_no_constant_of_another():
    "2*x and 2.0*x are equal as numbers, but only the second has a constant that learns."
    with pytest.raises(FormulaError, match="no decimal constant"):
        SymbolicActivation("2*x/sin(3*x)", trainable=True)
    act = SymbolicActivation("2.0*x/sin(3.0*x)", trainable=True)
    act(torch.tensor([0.3, 0.7])).sum().backward()
    assert (act.constants.grad != 0).all()


@pytest.mark.slow
def test_the_search_for_gaps_is_bounded(monkeypatch):
    "A sum of many quotients, each with many zeros, is looked at for a bounded while; a formula without quotients not at all."
    looked, exactly = [], continuation.exactly
    monkeypatch.setattr(continuation, "exactly", lambda tree, at: looked.append(at) or exactly(tree, at))
    f = Formula(" + ".join(f"x/sin({k}*x + 0.001*{k}*sin(x))" for k in range(1, 24)))
    assert np.isfinite(f(np.linspace(-3, 3, 101))).all() and 0 < len(looked) < 5000
    looked.clear()
    for text in ("x*exp(-x**2) + 0.125*log(x)", "sin(x)/(1 + x**2) + x/3", "x**2.25/cosh(x)", "1/x + 0.375"):
        Formula(text)(POINTS)
    assert not looked
