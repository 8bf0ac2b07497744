"""Layers: torch agrees with NumPy, gradients are finite and right, modules behave as modules."""
import copy
import functools
import io
import random
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import mpmath
import numpy as np
import pytest
import torch
from torch import nn
from torch.fx.experimental.proxy_tensor import make_fx
from torch.testing import assert_close

import nsad.kernels
from helpers import EVERY, by_onnx, layer
from nsad.activation import NAMES, SymbolicActivation, activation_module, replace_activations
from nsad.arrays import TORCH
from nsad.autograd import straight
from nsad.formula import Formula, FormulaError
from nsad.kernels import evaluate_, plain
from nsad.operators import OPS, TINY
from nsad.program import decimals, derivative_by, jet, program_of, run
from nsad.reading import CONSTANTS

NAMED = ["x*exp(-x**2)", "min(softplus(x), sin(2*x))", "sin(x + sin(x) + 0.9)", "sin(2*x)", "cos(x) - cos(abs(cos(x)))", "x*cos(x)"]
EDGES = torch.tensor([-1e6, -30.0, -1.0, -1e-3, -1e-30, -0.0, 0.0, 1e-30, 1e-3, 0.5, 1.0, 30.0, 1e6])


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
    instructions = program_of(Formula("sin(x)*cos(x) + sin(x)**2")).instructions
    assert len(instructions) == len(set(instructions)) and [op for op, *_ in instructions].count("sin") == 1


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


@pytest.mark.parametrize("shape, axis", [((2, 3, 5, 5), 1), ((2, 3, 5, 3), 1), ((2, 3, 7), 1), ((2, 5, 3), -1), ((2, 3), 1), ((2, 3), -1)])
def test_channels_lie_along_the_axis_that_is_named(shape, axis):
    act = SymbolicActivation("sin(1.5*x)", trainable=True, per_channel=3, channel_axis=axis)
    with torch.no_grad(): act.constants.copy_(torch.tensor([[1.0, 2.0, 3.0]]))
    x = torch.randn(shape, requires_grad=True)
    wide = torch.tensor([1.0, 2.0, 3.0]).view([3 if i == axis % len(shape) else 1 for i in range(len(shape))])
    assert_close(act(x), torch.sin(x * wide))
    slope, = torch.autograd.grad(act(x).sum(), x)
    assert_close(slope, wide * torch.cos(x * wide))


def test_channels_on_another_axis_are_an_error_that_says_which():
    act = SymbolicActivation("sin(1.5*x)", trainable=True, per_channel=8)
    with pytest.raises(ValueError, match=r"\(2, 8, 6, 6\).*8 channels.*axis -1; give channel_axis=1"): act(torch.ones(2, 8, 6, 6))
    with pytest.raises(ValueError, match="per_channel=5"): act(torch.ones(2, 5))
    with pytest.warns(UserWarning, match="channel_axis=1 is for images"): act(torch.ones(2, 8, 8, 8))


class Half(nn.Module):
    "A network with one activation as a module."
    def __init__(self):
        super().__init__()
        self.a, self.act, self.b = nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8)

    def start(self, x): return self.b(self.act(self.a(x)))


def outside(x): return nn.functional.relu(x)


class Functional(Half):
    def forward(self, x): return nn.functional.relu(self.start(x))


class Method(Half):
    def forward(self, x): return self.start(x).relu()


class Fresh(Half):
    def forward(self, x): return nn.ReLU()(self.start(x))


class Elsewhere(Half):
    def forward(self, x): return outside(self.start(x))


class Above(Functional):
    def forward(self, x): return 2 * super().forward(x)


class Listed(Half):
    def __init__(self):
        super().__init__()
        self.more = [nn.ReLU()]

    def forward(self, x): return self.more[0](self.start(x))


class Recurrent(Half):
    def __init__(self):
        super().__init__()
        self.read = nn.RNN(8, 8, nonlinearity="relu")

    def forward(self, x): return self.read(self.start(x))


class Whole(Half):
    "Nothing stays in this one, though `relu` is read in many places."
    def __init__(self):
        super().__init__()
        self.relu, self.kind = nn.ReLU(), nn.functional.relu

    def forward(self, x): return self.kind(self.relu(self.start(x))) if isinstance(x, torch.Tensor) else x.tanh()


@pytest.mark.parametrize("kind, said", [(Functional, "Functional.forward calls nn.functional.relu"), (Method, r"\.relu\(\)"),
                                        (Fresh, r"calls nn.ReLU\(\)"), (Elsewhere, "nn.functional.relu"), (Above, "nn.functional.relu"),
                                        (Listed, "more holds one"), (Recurrent, "read is a RNN with relu")])
def test_what_a_replacement_does_not_reach_is_said(kind, said):
    with pytest.warns(UserWarning, match=said):
        assert replace_activations(kind(), nn.ReLU, "sin(x)") == ["act"]


def test_nothing_is_said_where_all_are_replaced():
    net = Whole()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sorted(replace_activations(net, nn.ReLU, "sin(x)")) == ["act", "kind", "relu"]


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


def test_shared_modules_are_replaced_in_every_place():
    act, block = nn.ReLU(), nn.Sequential(nn.ReLU())
    net = nn.Sequential(nn.Linear(2, 2), act, nn.Linear(2, 2), act, block, block)
    assert replace_activations(net, nn.ReLU, "sin(x)") == ["1", "3", "4.0"]
    assert not any(isinstance(m, nn.ReLU) for m in net.modules()) and net[1] is not net[3] and net[4] is net[5]


def test_the_new_activation_takes_over_mode_dtype_and_kind():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh()).double().eval()
    replace_activations(net, (nn.ReLU, nn.Tanh), SymbolicActivation("sin(1.5*x)", trainable=True))
    assert not net[1].training and net[1].constants.dtype == torch.float64 and net[1].constants is not net[2].constants


def test_nothing_to_replace_is_said():
    with pytest.warns(UserWarning, match="nothing replaced"):
        assert replace_activations(nn.Sequential(nn.Linear(2, 2), nn.GELU()), nn.ReLU, "sin(x)") == []
    with pytest.raises(TypeError, match="the model itself"):
        replace_activations(nn.ReLU(), nn.ReLU, "sin(x)")


@pytest.mark.parametrize("activation", [nn.ReLU(), torch.nn.functional.relu, "relu", nn.GELU(), "gelu"])
def test_a_transformer_predicts_with_what_it_was_given(activation):
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0, activation=activation), 2)
    x, mask = torch.randn(3, 5, 16), torch.arange(5) >= torch.tensor([[5], [3], [4]])
    before = encoder(x)
    assert len(replace_activations(encoder, (nn.ReLU, nn.GELU), "x*exp(-x**2)")) == 2
    trained = encoder(x).detach()
    masked = encoder(x, src_key_padding_mask=mask).detach()
    encoder.train(False)
    with torch.no_grad():
        assert_close(encoder(x), trained)
        assert_close(encoder(x, src_key_padding_mask=mask)[~mask], masked[~mask])
    assert not torch.allclose(before, trained, atol=1e-2)


def random_formulas(n, depth, seed, operators=OPS):
    "Formulas of random trees over every operator, or over some."
    rng = random.Random(seed)
    names = {a: [k for k in operators if OPS[k].arity == a] for a in (1, 2, 3)}

    def text(d):
        if d == 0 or rng.random() < 0.15:
            return rng.choice(["x", "x", "x", "x", f"{rng.uniform(-3, 3):.2g}", str(rng.randint(1, 4))])
        arity = rng.choices((1, 2, 3), (55, 42, 3 if names[3] else 0))[0]
        return f"{rng.choice(names[arity])}({', '.join(text(d - 1) for _ in range(arity))})"

    while n:
        try:
            f = Formula(text(depth))
            if f.variables == ("x",) and not f.is_constant:
                n -= 1
                yield f
        except FormulaError:
            pass


@functools.cache
def formulas_of(seed):
    "Formulas of random trees over every operator, which several tests look at."
    return tuple(random_formulas(250, 6, seed))


WIDE = torch.cat([torch.linspace(-1e6, 1e6, 41), 10.0 ** torch.arange(-8, 6), -(10.0 ** torch.arange(-8, 6)),
                  torch.tensor([0.0, -0.0, 1e-45, -1e-45, 1.2e-38, -1.2e-38])])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_random_formulas_are_finite_everywhere(seed):
    for f in formulas_of(seed):
        x = WIDE.clone().requires_grad_()
        y = SymbolicActivation(f)(x)
        (grad,) = torch.autograd.grad(y.sum(), x)
        assert torch.isfinite(y).all() and torch.isfinite(grad).all(), f
        assert np.isfinite(f(WIDE.numpy())).all(), f


KINKS = ("mod", "floor", "ceil", "round", "where", "acosh", "atanh", "gamma", "elu", "selu", "soft", "hard", "abs", "sign", "max", "min", "relu", "step", "sqrt", "log", "cbrt", "div", "tan", "asin", "acos", "**", "/", "atan2", "exp", "sinh", "cosh")


@pytest.mark.slow
def test_gradients_of_smooth_random_formulas():
    x = torch.linspace(-0.9, 0.95, 7, dtype=torch.float64, requires_grad=True)
    at, h = x.detach().numpy(), 1e-4
    smooth = [name for name in OPS if not any(k in name for k in (*KINKS, "inv", "pow", "square", "cube"))]
    assert {"sin", "cos", "erf", "erfc", "sigmoid", "silu", "mish", "gauss", "add", "mul"} <= set(smooth)
    checked = 0
    for f in random_formulas(220, 6, 11, smooth):
        before, here, after = f(at - h), f(at), f(at + h)
        if np.abs(after - before).max() < 1e3 * 2 * h and np.abs(after - 2 * here + before).max() < 1e5 * h * h:
            assert torch.autograd.gradcheck(SymbolicActivation(f), x, atol=1e-4, rtol=1e-4), f
            checked += 1
    assert checked >= 150, checked


MP = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b, "neg": lambda a: -a, "max": max, "min": min,
      "atan2": mpmath.atan2, "abs": abs, "sign": mpmath.sign, "step": lambda a: mpmath.mpf(a > 0), "cbrt": lambda a: mpmath.sign(a) * mpmath.cbrt(abs(a)),
      "square": lambda a: a * a, "cube": lambda a: a**3, "inv": lambda a: 1 / a, "gauss": lambda a: mpmath.exp(-a * a), "erf": mpmath.erf, "pow": lambda a, b: a**b,
      "sqrt": lambda a: mpmath.sqrt(a + mpmath.mpf(TINY)), "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)), "softplus": lambda a: mpmath.log1p(mpmath.exp(a)),
      "relu": lambda a: max(a, mpmath.mpf(0)), "gelu": lambda a: a * mpmath.ncdf(a), "silu": lambda a: a / (1 + mpmath.exp(-a)),
      "floor": mpmath.floor, "ceil": mpmath.ceil, "round": mpmath.nint, "mod": lambda a, b: a - b * mpmath.floor(a / b), "where": lambda c, a, b: a if c > 0 else b,
      "log2": lambda a: mpmath.log(a, 2), "mish": lambda a: a * mpmath.tanh(mpmath.log1p(mpmath.exp(a))), "elu": lambda a: a if a > 0 else mpmath.expm1(a),
      "selu": lambda a: mpmath.mpf("1.0507009873554805") * (a if a > 0 else mpmath.mpf("1.6732632423543772") * mpmath.expm1(a)),
      "softsign": lambda a: a / (1 + abs(a)), "hardsigmoid": lambda a: min(max(a + 3, mpmath.mpf(0)), mpmath.mpf(6)) / 6,
      "hardswish": lambda a: a * min(max(a + 3, mpmath.mpf(0)), mpmath.mpf(6)) / 6, "digamma": mpmath.digamma,
      **{n: getattr(mpmath, n) for n in "exp expm1 log log1p log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erfc gamma".split()}}
INSIDE = {"atan2": lambda a, b: a != 0 or b > 0, "gelu": lambda a: a > -5,       # a branch cut; torch's gelu cancels in its tail
          "div": lambda a, b: abs(b) > 0.01, "inv": lambda a: abs(a) > 0.01, "sqrt": lambda a: a >= 0, "log": lambda a: a > 1e-3, "log1p": lambda a: a > -0.99,
          "cbrt": lambda a: abs(a) > 0.01, "tan": lambda a: abs(mpmath.cos(a)) > 0.01, "asin": lambda a: abs(a) < 0.999, "acos": lambda a: abs(a) < 0.999,
          "log2": lambda a: a > 1e-3, "log10": lambda a: a > 1e-3, "acosh": lambda a: a > 1.01, "atanh": lambda a: abs(a) < 0.999, "erfc": lambda a: a < 5,
          "gamma": lambda a: 0.01 < a < 17, "digamma": lambda a: 0.01 < a < 1e15, "floor": lambda a: abs(a - mpmath.nint(a)) > 1e-6, "asinh": lambda a: abs(a) < 1e8,
          "ceil": lambda a: abs(a - mpmath.nint(a)) > 1e-6, "round": lambda a: abs(a - mpmath.floor(a) - 0.5) > 1e-6, "where": lambda c, a, b: abs(c) > 1e-6,
          "mod": lambda a, b: abs(b) > 0.01 and abs(a / b) < 1e4 and abs(a / b - mpmath.nint(a / b)) > 1e-6, "mish": lambda a: a > -5,
          **{n: lambda a: a < 30 for n in ("exp", "expm1")}, **{n: lambda a: abs(a) < 30 for n in ("sinh", "cosh")},
          "pow": lambda a, b: isinstance(b, int) or a > 0.1 and abs(b * mpmath.log(a)) < 30}


def exactly(tree, x, jitter):
    "The value by mpmath with textbook operators (sqrt has its TINY), or None outside a domain; `jitter` shakes each result by that much, relatively."
    if not isinstance(tree, tuple):
        return x if tree == "x" else mpmath.mpf(CONSTANTS[tree].evalf(40)) if tree in CONSTANTS else mpmath.mpf(tree)
    args = [exactly(t, x, jitter) if i == 0 or tree[0] != "pow" or not isinstance(t, int) else t for i, t in enumerate(tree[1:])]
    if any(a is None for a in args) or not INSIDE.get(tree[0], lambda *a: True)(*args):
        return None
    value = MP[tree[0]](*args) * (1 + jitter * random.choice((-1, 1)))
    if not mpmath.isfinite(value) or isinstance(value, mpmath.mpc): return None
    return value if value == 0 or 1e-290 < abs(value) < 1e25 else None        # what a float can hold


@pytest.mark.slow
def test_random_formulas_agree_with_mpmath():
    "Where every operator is inside its domain and the formula does not magnify rounding, values are the textbook's to 1e-5."
    random.seed(3)
    points, compared = [mpmath.mpf(p) for p in ("-1e6", "-37.5", "-2.125", "-0.8125", "-0.0625", "1e-30", "0.03125", "0.4375", "1.375", "9.75", "512", "1e6")], 0
    for f in [f for seed in range(4) for f in formulas_of(seed)][:800]:
        got = SymbolicActivation(f)(torch.tensor([float(p) for p in points], dtype=torch.float64))
        for p, y in zip(points, got.tolist()):
            exact, shaken = exactly(f.tree, p, 0), exactly(f.tree, p, 1e-13)
            if exact is None or shaken is None or abs(exact - shaken) > 1e-9 * abs(exact):
                continue
            floor = 1e-12                                 # what the protected 1/x and cbrt differ by, relatively, is below 1e-6 inside their domains
            assert abs(y - exact) <= 1e-5 * abs(exact) + floor, (f, float(p), y, float(exact))
            compared += 1
    assert compared > 2000, compared


def test_values_agree_with_mpmath():
    meanings = {"abs": mpmath.fabs, "log": mpmath.log, "sqrt": mpmath.sqrt, "atan": mpmath.atan, "erf": mpmath.erf, "asin": mpmath.asin,
                "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)), "softplus": lambda a: mpmath.log1p(mpmath.exp(a)), "cbrt": mpmath.cbrt,
                "gelu": lambda a: a * mpmath.ncdf(a), "silu": lambda a: a / (1 + mpmath.exp(-a)), "log1p": mpmath.log1p, "expm1": mpmath.expm1,
                "tan": mpmath.tan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "sin": mpmath.sin, "cos": mpmath.cos,
                "acos": mpmath.acos, "exp": mpmath.exp, "gauss": lambda a: mpmath.exp(-a * a), "inv": lambda a: 1 / a, "relu": lambda a: max(a, mpmath.mpf(0))}
    for name, exact in meanings.items():
        for at in (0.137, 0.52, 0.93):
            got = float(SymbolicActivation(f"{name}(x)", protect=True)(torch.tensor([at], dtype=torch.float64)))
            assert got == pytest.approx(float(exact(mpmath.mpf(at))), rel=1e-5), name
            plain = float(SymbolicActivation(f"{name}(x)", protect=False)(torch.tensor([at], dtype=torch.float64)))
            assert plain == pytest.approx(float(exact(mpmath.mpf(at))), rel=1e-12), name


def test_only_the_input_is_kept():
    x, seen = torch.randn(1000, requires_grad=True), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t.data_ptr()) or t, lambda t: t):
        SymbolicActivation("sin(x)*tanh(softplus(x)) + exp(-x**2)")(x)
    assert seen == [x.data_ptr()]


def test_large_tensors_in_pieces_are_the_same():
    act, x = SymbolicActivation("min(softplus(x), sin(2*x))"), torch.randn(700, 1501)
    x, whole = x.T.requires_grad_(), x.T.clone().requires_grad_()
    grad = torch.randn(1501, 700)
    act(x).backward(grad)
    act.plain(whole).backward(grad)
    assert_close(act(x), act.plain(whole))
    assert act(x).stride() == x.stride()
    assert_close(x.grad, whole.grad)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("text", EVERY + NAMED + ["x**5 - x**-3", "x**2.5", "max(0.3, x)", "log(1 + x**2)", "x"])
def test_pieces_are_the_plain_values(text, dtype, threads, monkeypatch):
    monkeypatch.setattr(nsad.kernels, "CHUNK", 50)
    before, act = torch.get_num_threads(), layer(text)
    torch.set_num_threads(threads)
    try:
        x = torch.linspace(-3, 3, 333, dtype=dtype).requires_grad_()
        y = act(x)
        y.backward(torch.linspace(-1, 1, 333, dtype=dtype))
        assert torch.get_num_threads() == threads
        with torch.inference_mode():
            assert_close(act(x), y, rtol=0, atol=0)
    finally:
        torch.set_num_threads(before)
    at = x.detach().to(torch.float64 if dtype == torch.float64 else torch.float32)
    assert_close(y, plain(act.program, at)[0].to(dtype))
    slope = plain(derivative_by(act.program, 0), at)[0]
    tolerance = {} if dtype == torch.bfloat16 else {"rtol": 1e-4, "atol": 1e-5}
    assert_close(x.grad, (slope * torch.linspace(-1, 1, 333, dtype=dtype)).to(dtype), **tolerance)


@pytest.mark.parametrize("chunk", [nsad.kernels.CHUNK, 64], ids=["whole", "in chunks"])
def test_threads_that_compute_at_once_get_the_numbers_of_one(chunk, monkeypatch):
    "Each thread has registers of its own; shapes, types and plans are those of the others."
    monkeypatch.setattr(nsad.kernels, "CHUNK", chunk)
    acts = [SymbolicActivation(text) for text in NAMED + ["x*tanh(softplus(x))", "sin(x)*exp(-x**2) + cos(3*x)/(1 + x**2)"]]

    def numbers(act, dtype):
        x = torch.linspace(-3, 3, 501, dtype=dtype, requires_grad=True)
        y = act(x)
        slope, = torch.autograd.grad(y.sum(), x, create_graph=True)
        return torch.stack([y, slope, *torch.autograd.grad(slope.sum(), x)]).detach()

    jobs = [(act, dtype) for act in acts for dtype in (torch.float32, torch.float64)]
    alone = [numbers(*job) for job in jobs]
    begin = threading.Barrier(8)

    def work(k):
        begin.wait(60)
        order = random.Random(k).choices(range(len(jobs)), k=60)
        return [(i, numbers(*jobs[i])) for i in order]

    with ThreadPoolExecutor(8) as pool:
        found = [pair for done in pool.map(work, range(8)) for pair in done]
    assert len(found) == 480
    for i, got in found:
        assert torch.equal(got, alone[i]), acts[i // 2].formula


@pytest.mark.parametrize("inference", [False, True])
def test_threads_that_take_chunks_from_each_other_leave_none_out(inference):
    act, x = SymbolicActivation("sin(2*x)*tanh(x) + max(x, 0.3)"), torch.linspace(-4, 4, nsad.kernels.CHUNK + 4321)
    found, before = [], torch.get_num_threads()
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            with torch.inference_mode(inference):
                found.append(act(x))
            if not inference:
                at = x.clone().requires_grad_()
                act(at).backward(torch.ones_like(x))
                found.append(at.grad)
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert_close(found[: len(found) // 2], found[len(found) // 2:], rtol=0, atol=0)
    assert_close(found[0], act.plain(x))


def test_a_number_beyond_all_others_raises_no_warning_and_leaves_numpy_as_it_was(recwarn):
    before, x = np.geterr(), torch.tensor([3e38, -3e38, 1e20, 0.0], requires_grad=True)
    act = SymbolicActivation("x**3*exp(-x**2) + 1/x")
    act(x).sum().backward()
    assert np.geterr() == before and not recwarn.list
    assert torch.isfinite(x.grad).all() and torch.isfinite(act(x)).all()


def test_where_nobody_can_look_at_the_memory_operations_are_torch_s():
    act, x = SymbolicActivation("x*cos(x)"), torch.linspace(-2, 2, 9, requires_grad=True)
    grads = torch.stack([torch.ones(9), torch.zeros(9)])
    (many,) = torch.autograd.grad(act(x), x, grads, is_grads_batched=True)
    assert_close(many, torch.stack([torch.autograd.grad(act(x).sum(), x)[0], torch.zeros(9)]))
    graph = make_fx(act)(x.detach())
    assert_close(graph(x.detach() + 1), act(x.detach() + 1))


def test_derivatives_of_derivatives_and_functional_transforms():
    act, x = SymbolicActivation("x*exp(-x**2) + sin(2*x)"), torch.linspace(-2, 2, 9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(act, x)
    f = act.formula
    assert_close(torch.func.vmap(torch.func.grad(act))(x), torch.tensor(f.derivative()(x.detach().numpy())))
    assert_close(torch.func.vmap(torch.func.grad(torch.func.grad(act)))(x), torch.tensor(f.derivative().derivative()(x.detach().numpy())))
    assert_close(torch.func.vmap(act, in_dims=1, out_dims=1)(x.reshape(3, 3)), act(x.reshape(3, 3)))


def test_autocast():
    net = nn.Sequential(nn.Linear(8, 8), SymbolicActivation("x*exp(-x**2)"), nn.Linear(8, 1))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = net(torch.randn(4, 8))
    y.float().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in net.parameters())


@pytest.mark.slow
def test_compiled_is_the_same():
    act, plain = SymbolicActivation("cos(2.5*x + 1) + tanh(x) - 0.5*softplus(x) + atan(x)").compile(), None
    if act.backend != "compiled":
        pytest.skip(act.backend)
    plain = SymbolicActivation(act.formula)
    images = torch.randn(2, 3, 50, 60).to(memory_format=torch.channels_last)
    for x in (torch.randn(()), torch.randn(0), torch.randn(1), torch.randn(3, 5), torch.randn(70_000), torch.randn(6, 4).T, torch.randn(1, 4).expand(3, 4),
              torch.randn(8, 9)[::2, 1:], images, torch.tensor([float("nan"), float("inf"), -float("inf"), 1e29, -1e29, 0.0])):
        x = x.clone(memory_format=torch.preserve_format).requires_grad_()
        y, z = act(x), plain(x)
        assert y.shape == z.shape and y.stride() == z.stride()
        assert_close(y, z, atol=1e-5, rtol=1e-5)
        if x.numel():
            grad = torch.randn_like(z)
            assert_close(torch.autograd.grad(y, x, grad), torch.autograd.grad(z, x, grad), atol=1e-5, rtol=1e-4)
    double = torch.linspace(-3, 3, 11, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(act, double) and torch.autograd.gradgradcheck(act, double)
    rows = torch.randn(4, 3)
    assert_close(torch.func.vmap(torch.func.grad(lambda r: act(r).sum()))(rows), torch.func.grad(lambda r: plain(r).sum())(rows))
    assert copy.deepcopy(act).backend == "compiled"
    file = io.BytesIO()
    torch.save(act, file)
    file.seek(0)
    again = torch.load(file, weights_only=False)
    assert again.backend == "eager"
    assert_close(again(rows), plain(rows))


@pytest.mark.slow
def test_without_a_compiler_the_layer_stays_as_it_was(recwarn):
    with torch._inductor.config.patch({"cpp.cxx": ("no-such-compiler",), "force_disable_caches": True}):
        act = SymbolicActivation("cos(2.25*x + 1)").compile()
    assert act.backend.startswith("eager (") and not recwarn.list
    assert_close(act(torch.ones(3)), torch.full((3,), 3.25).cos())


@pytest.mark.parametrize("text", EVERY + NAMED + ["x**-1", "x**-2", "x**-3 + x", "x**4", "x**5", "x**2.5", "2**x", "x**x", "1/(1+x**2)", "atan2(1, x)", "max(0.3, x)"])
def test_slopes_are_those_of_autograd(text):
    program = layer(text).program
    x = torch.tensor([-40.0, -31.0, -2.13, -1.37, -0.41, -2e-4, 3e-5, 0.29, 0.77, 1.61, 2.53, 29.0, 33.0], dtype=torch.float64, requires_grad=True)
    (value,) = run(program, TORCH, [x])
    expected = torch.autograd.grad(value.sum(), x)[0] if value.requires_grad else torch.zeros_like(x)
    got, slope = torch.empty(2, len(x), dtype=x.dtype)
    evaluate_(jet(program, 1), x, [got, slope])
    for d in (plain(derivative_by(program, 0), x.detach())[0], slope): assert_close(d, expected, rtol=1e-7, atol=1e-9)
    assert_close(got, value.detach(), rtol=1e-12, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("text", ["x", "2*x", "exp(x)", "cos(x) - cos(cos(x))", "1/x", "exp(exp(x))"])
def test_value_and_slope_are_put_where_they_shall_lie(text, apart, dtype):
    program, x, factor = layer(text).program, torch.linspace(-9, 9, 26).reshape(2, 13).to(dtype), torch.linspace(0, 2, 26).reshape(2, 13).to(dtype)
    room = torch.full((2, 2, 26 if apart else 13), torch.nan, dtype=dtype)
    outs = list(room[..., ::2] if apart else room)
    for k in (1, 2):
        evaluate_(jet(program, k - 1), x, outs[:k], factor)
        assert_close(outs[0], plain(program, x)[0] * factor)
    assert_close(outs[1], plain(derivative_by(program, 0), x)[0] * factor)
    assert not apart or room[..., 1::2].isnan().all()


def test_what_ran_without_gradients_can_train_afterwards():
    act, x = SymbolicActivation("0.37*sin(1.9*x)*exp(-x**2) + cos(0.7*x)"), torch.randn(3, 77)
    with torch.inference_mode():
        value = act(x)
    x.requires_grad_()
    act(x).sum().backward()
    assert_close(value, act(x).detach())
    assert_close(x.grad, plain(derivative_by(act.program, 0), x.detach())[0])


def test_tensors_stay_where_they_are_whatever_the_default_device():
    act, x = SymbolicActivation("0.61*sin(1.3*x)*exp(-x**2)"), torch.randn(3, 77)
    with torch.device("meta"):
        value = act(x)
    assert_close(value, plain(act.program, x)[0])


def test_functions_go_to_numpy_only_where_it_has_vector_instructions(monkeypatch):
    for ways, there in (({}, False), ({"ff": {"current": "baseline(SSE2)"}}, False), ({"ff": {"current": "X86_V3"}}, True)):
        monkeypatch.setattr(nsad.kernels, "opt_func_info", lambda ways=ways, **_: {"tanh": ways} if ways else {})
        assert nsad.kernels.vectorised("tanh") is there
    monkeypatch.setattr(nsad.kernels, "opt_func_info", None)
    assert nsad.kernels.vectorised("sin") and not nsad.kernels.vectorised("arctan")


@pytest.mark.parametrize("n", [-3, -2, -1, 1, 2, 3, 7])
def test_slopes_of_whole_powers(n):
    program = program_of(Formula(f"x**{n}"))
    x = torch.tensor([-2.1, -0.4, 3e-5, 0.6, 1.7], dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(run(program, TORCH, [x])[0].sum(), x)
    assert_close(plain(derivative_by(program, 0), x.detach())[0], expected)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_random_formulas_are_finite_when_they_learn_and_under_torch_compile(seed):
    learn = 0
    for f in formulas_of(seed)[:150]:
        act, x = SymbolicActivation(f), WIDE.clone().requires_grad_()
        learning = SymbolicActivation(f, trainable=True) if decimals(f.tree) else act
        for y in (learning(x), straight(act.program, [derivative_by(act.program, 0)], x, None)):
            found = torch.autograd.grad(y.sum(), [x, *([learning.constants] if y.requires_grad and learning.constants is not None else [])], allow_unused=True)
            assert torch.isfinite(y).all() and all(g is None or torch.isfinite(g).all() for g in found), f
        learn += learning.constants is not None
    assert learn > 30


def test_inside_torch_compile_values_and_slopes_are_ours():
    act = SymbolicActivation("x*exp(-x**2) + 0.5*tanh(x)")
    net = torch.compile(nn.Sequential(act), backend="aot_eager")
    x = torch.randn(50, requires_grad=True)
    assert_close(net(x), act(x))
    assert_close(torch.autograd.grad(net(x).sum(), x), torch.autograd.grad(act(x).sum(), x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("text", EVERY + NAMED)
def test_half_precision_is_float32_rounded_once(text, dtype):
    act = layer(text)
    x = torch.tensor([-6e4, -300.0, -1.0, -1e-3, 0.0, 1e-4, 0.5, 2.0, 300.0, 6e4], dtype=dtype, requires_grad=True)
    y = act(x)
    (grad,) = torch.autograd.grad(y.sum(), x)
    most = torch.finfo(dtype).max / 4
    assert y.dtype == grad.dtype == dtype and torch.isfinite(y).all() and torch.isfinite(grad).all()
    assert_close(y, act(x.detach().float()).clamp(-most, most).to(dtype))


def test_an_infinite_gradient_stays_infinite():
    x = torch.ones(3, requires_grad=True)
    SymbolicActivation("sin(x)")(x).backward(torch.tensor([1.0, float("inf"), float("nan")]))
    assert x.grad.isfinite().tolist() == [True, False, False]


def test_equal_constants_learn_apart():
    act = SymbolicActivation("1.5*sin(1.5*x)", trainable=True)
    assert act.constants.shape == (2,)
    with torch.no_grad():
        act.constants += torch.tensor([0.25, 0.5])
    assert act.formula == Formula("1.75*sin(2.0*x)")
    x = torch.randn(9)
    assert_close(act(x), 1.75 * torch.sin(2 * x))


def test_gradients_of_learning_constants():
    for channels in (None, 3):
        act = SymbolicActivation("1.5*sin(2.5*x) + max(0.3*x, -0.2) + 0.7", trainable=True, per_channel=channels).double()
        x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(lambda x, c: torch.func.functional_call(act, {"constants": c}, x), (x, act.constants.detach().requires_grad_()))
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: saved.append(t.numel()) or t, lambda t: t):
        act(x)
    assert sum(saved) == x.numel() + act.constants.numel()


def test_many_sets_of_constants_by_vmap():
    act = SymbolicActivation("1.5*sin(2.5*x)", trainable=True)
    many, x = torch.randn(5, 2), torch.randn(5, 7)
    def f(c, x): return torch.func.functional_call(act, {"constants": c}, x).square().sum()
    got = torch.func.vmap(torch.func.grad(f))(many, x)
    assert_close(got, torch.stack([torch.func.grad(f)(c, row) for c, row in zip(many, x)]))


@pytest.mark.slow
def test_export_and_onnx(tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install nsad[onnx]")
    net = nn.Sequential(nn.Linear(5, 7), SymbolicActivation("min(softplus(x), sin(2*x)) + 0.5*log(1 + x**2)"), nn.Linear(7, 2)).train(False)
    x = torch.randn(6, 5)
    assert_close(torch.export.export(net, (x,)).module()(x), net(x))
    path = tmp_path / "net.onnx"
    torch.onnx.export(net, (x,), path, dynamo=True, verbose=False)
    np.testing.assert_allclose(by_onnx(path, x), net(x).detach().numpy(), atol=1e-5)


def test_a_residual_network_and_a_transformer_train_a_step():
    class Residual(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(n, n, 3, padding=1), nn.BatchNorm2d(n), nn.ReLU(), nn.Conv2d(n, n, 3, padding=1), nn.BatchNorm2d(n))
            self.act = nn.ReLU()

        def forward(self, x):
            return self.act(x + self.body(x))

    resnet = nn.Sequential(nn.Conv2d(3, 8, 3), Residual(8), Residual(8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation=nn.ReLU()), 2)
    for net, x, places in ((resnet, torch.randn(4, 3, 10, 10), 4), (encoder, torch.randn(4, 5, 16), 2)):
        replaced = replace_activations(net, nn.ReLU, "x*exp(-x**2)")
        assert len(replaced) == places and not any(isinstance(m, nn.ReLU) for m in net.modules())
        optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
        before = net(x).square().mean()
        before.backward()
        optimiser.step()
        assert net(x).square().mean() < before


@pytest.mark.parametrize("small, large", [(0.5, 1e30), (1e-3, 1e6), (-2.5, 1e20)])
def test_a_choice_of_two_numbers_gives_each_exactly(small, large):
    "Also where one is so much larger that their difference has no digit of the other."
    x = torch.linspace(-2, 2, 9)
    y = SymbolicActivation(f"where(x, {small}, {large})")(x)
    assert_close(y, torch.where(x > 0, small, large), rtol=1e-6, atol=0)


def test_second_derivatives_on_two_threads_of_a_tensor_that_is_turned_in_memory():
    rows, before = nsad.kernels.CHUNK // 3, torch.get_num_threads()
    x = torch.linspace(-3, 3, 2 * rows).view(rows, 2).T.requires_grad_()
    torch.set_num_threads(2)
    try:
        slope, = torch.autograd.grad(SymbolicActivation("x*exp(-x**2)")(x).sum(), x, create_graph=True)
        curvature, = torch.autograd.grad(slope.sum(), x)
    finally:
        torch.set_num_threads(before)
    at = x.detach()
    assert_close(curvature, (4 * at**3 - 6 * at) * torch.exp(-at * at))


@pytest.mark.parametrize("per_channel, trainable, word", [(3, False, "trainable=True"), (0, True, "1 or more"), (-2, True, "1 or more"), (True, True, "1 or more")])
def test_channels_that_could_not_learn_are_refused(per_channel, trainable, word):
    with pytest.raises(ValueError, match=word):
        SymbolicActivation("1.5*x", trainable=trainable, per_channel=per_channel)
