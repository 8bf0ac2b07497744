"""What leaves Python computes what the layer computes: C by a strict compiler, ONNX by its runtime, NumPy and JAX."""
import ctypes
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import CC, EVERY, by_onnx, compiled, layer
from nsad import ExportError, SymbolicActivation, light, mlp, to_c, to_jax, to_latex, to_numpy, to_onnx
from nsad.activation import NAMES
from nsad.data import Scaler
from nsad.ensemble import AveragedNetworks
from nsad.formula import Formula, FormulaError
from nsad.kernels import plain
from nsad.models import Stack
from nsad.operators import OPS
from nsad.program import derivative_by

pytestmark = pytest.mark.slow

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow", "-Wdouble-promotion", "-Wconversion", "-Wstrict-prototypes"]
TYPES = {"float": (ctypes.c_float, np.float32, torch.float32), "double": (ctypes.c_double, np.float64, torch.float64)}
MORE = ["x*exp(-x**2)", "min(softplus(x), sin(2*x))", "cos(x) - cos(abs(cos(x)))", "x", "x**7", "1/x**3", "2.0**x", "x**0.7", "max(x, 0.5)",
        "atan2(x, 0.5)", "atan2(0.5, x)", "x**2.5 - pi*x", "1e-30*x", "1e-60*x + x", "1e25*x", "exp(exp(x))", "x**3*x**40", "log(abs(x))/x", "x - 0.5*(1 - x)"]
GRID = np.concatenate([np.linspace(-5, 5, 1001), [0.0, -0.0, 1e-30, -1e-30, 1e-7, -1e-7, 1e-3, -1e-3, 9e-4, 40, -40, 100, -100, 1e3, -1e3, 1e6, -1e6]])


def library(folder, text, name="c"):
    (folder / f"{name}.c").write_text(text)
    made = subprocess.run([CC, *STRICT, "-O1", "-shared", "-fPIC", "-o", folder / f"{name}.so", folder / f"{name}.c", "-lm"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return ctypes.CDLL(str(folder / f"{name}.so"))


def everywhere(names, dtype, header, channel=False):
    "C functions that apply those of a header to arrays."
    more, arg = (", int k", ", k") if channel else ("", "")
    text = "".join(f"void all_{n}(int n, const T *x, T *y{more});\nvoid all_{n}(int n, const T *x, T *y{more})\n"
                   f"{{ for (int i = 0; i < n; i++) y[i] = {n}(x[i]{arg}); }}\n" for n in names)
    return header + text.replace("T *", f"{dtype} *")


def at(function, x, dtype, *more):
    kind, array, _ = TYPES[dtype]
    x, y = np.ascontiguousarray(x, array), np.empty(len(x), array)
    function(len(x), x.ctypes.data_as(ctypes.POINTER(kind)), y.ctypes.data_as(ctypes.POINTER(kind)), *more)
    return y


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    "All operators and some formulas in one library for each type, since the compiler takes most of the time."
    if CC is None: pytest.skip("no C compiler: apt-get install gcc")
    made, acts = {}, [layer(text) for text in EVERY + MORE]
    for dtype in TYPES:
        names = [f"f{i}" for i in range(len(acts))]
        headers = "".join(to_c(a, name=n, dtype=dtype) for a, n in zip(acts, names))
        made[dtype] = library(tmp_path_factory.mktemp("every"), everywhere([n + end for n in names for end in ("", "_derivative")], dtype, headers))
    return acts, made


def close(got, expected, x, dtype, what):
    "Equal to a few units of the last place of the numbers that went in; a float that is at its limits may be there a little sooner."
    tolerance = 2e-5 if dtype == "float" else 1e-11
    with np.errstate(all="ignore"):
        ok = np.isclose(got, expected, rtol=tolerance, atol=tolerance) | ((np.abs(got) > 1e29) & (np.abs(expected) > 1e29) & (np.sign(got) == np.sign(expected)))
    assert ok.all(), f"{what}: at {x[~ok][:5]} C has {got[~ok][:5]}, expected {expected[~ok][:5]}"


@compiled
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("i", range(len(EVERY + MORE)), ids=EVERY + MORE)
def test_c_agrees_with_numpy_and_autograd(every, i, dtype):
    acts, made = every
    act, (_, array, kind) = acts[i], TYPES[dtype]
    x = GRID.astype(array)
    got = at(getattr(made[dtype], f"all_f{i}"), x, dtype)
    close(got, act.formula(x), x, dtype, act.formula.text)
    t = torch.tensor(x, dtype=kind, requires_grad=True)
    (slope,) = torch.autograd.grad(act(t).sum(), t)
    close(at(getattr(made[dtype], f"all_f{i}_derivative"), x, dtype), slope.numpy(), x, dtype, f"slope of {act.formula.text}")


@compiled
@pytest.mark.parametrize("dtype", TYPES)
def test_c_is_finite_everywhere(every, dtype):
    acts, made = every
    odd = np.array([np.nan, np.inf, -np.inf, 1e38, -1e38, 1e-38, 3e-45], TYPES[dtype][1])
    for i, act in enumerate(acts):
        for end in ("", "_derivative"):
            y = at(getattr(made[dtype], f"all_f{i}{end}"), odd, dtype)
            assert np.isfinite(y).all(), (act.formula.text, end, odd[~np.isfinite(y)])
        with np.errstate(all="ignore"): close(at(getattr(made[dtype], f"all_f{i}"), odd[:3], dtype), act.formula(odd[:3]), odd[:3], dtype, act.formula.text)


def random_formulas():
    leaves = st.sampled_from(["x", "x", "x", "0.5", "2", "pi", "1.7"])
    names = st.sampled_from([n for n, op in OPS.items() if n not in ("pow", "step", "sign")])
    def grow(inner): return st.tuples(names, inner, inner, inner).map(lambda t: f"{t[0]}({', '.join(t[1:1 + OPS[t[0]].arity])})")
    return st.recursive(leaves, grow, max_leaves=8)


@compiled
def test_random_formulas_in_double(tmp_path):
    "Many formulas, one library: values and slopes are those of the layer."
    found = {}
    @settings(max_examples=600, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(random_formulas())
    def collect(text):
        try: act = SymbolicActivation(text)
        except FormulaError: return
        found[act.formula.text] = act
    collect()
    acts = list(found.values())
    assert len(acts) > 50
    names = [f"r{i}" for i in range(len(acts))]
    headers = "".join(to_c(a, name=n, dtype="double") for a, n in zip(acts, names))
    made = library(tmp_path, everywhere([n + end for n in names for end in ("", "_derivative")], "double", headers))
    x = torch.tensor([-2.13, -1.37, -0.41, 0.0, 0.29, 0.77, 1.61, 2.53], dtype=torch.float64)
    for name, act in zip(names, acts):
        for end, program in (("", act.program), ("_derivative", derivative_by(act.program, 0))):
            got, expected = at(getattr(made, f"all_{name}{end}"), x.numpy(), "double"), plain(program, x)[0].numpy()
            np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-7 * max(1, np.abs(expected).max()), err_msg=act.formula.text + end)


def trained(activation, n=7, hidden=(16, 8), outputs=2, steps=25, rows=1000, **kwargs):
    "A network that has seen some data, in training mode, with its rows."
    torch.manual_seed(3)
    net = mlp(n, hidden, activation, n_outputs=outputs, seed=3, **kwargs)
    X = torch.randn(rows, n)
    y = torch.stack([torch.sin(X[:, 0]) + X[:, 1], X[:, 2] * X[:, 3]], 1)[:, :outputs]
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(steps):
        optimiser.zero_grad()
        (net(X) - y).square().mean().backward()
        optimiser.step()
    return net, X


def outputs_of(net, X):
    mode = net.training
    with torch.no_grad(): y = net.train(False)(X)
    net.train(mode)
    return y.numpy()


def predict(lib, name, X, outputs, dtype="float"):
    kind, array, _ = TYPES[dtype]
    function, pointer = getattr(lib, f"{name}_predict"), ctypes.POINTER(kind)
    X, y = np.ascontiguousarray(X, array), np.full((len(X), outputs), np.nan, array)
    for row, out in zip(X, y): function(row.ctypes.data_as(pointer), out.ctypes.data_as(pointer))
    return y


def learning(n=None, text="1.0*x*cos(0.5*x) + 0.1*x"): return SymbolicActivation(text, trainable=True, per_channel=n)


NETWORKS = {"formula": "x*cos(x)", "per layer": learning(), "per channel": [learning(16), learning(8)], "mixed": [learning(16), "gelu"],
            "unprotected": SymbolicActivation("x/(1 + x**2) + sqrt(x**2 + 1)", protect=False), "prelu of each unit": [nn.PReLU(16), nn.PReLU(8)]}


@compiled
@pytest.mark.parametrize("activation", NETWORKS.values(), ids=NETWORKS)
def test_a_trained_network_in_c_and_numpy(tmp_path, activation):
    net, X = trained(activation)
    expected = outputs_of(net, X)
    got = predict(library(tmp_path, to_c(net, name="tiny")), "tiny", X, 2)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(to_numpy(net)(X.numpy()), expected, rtol=0, atol=1e-5)
    assert net.training, "exporting leaves the mode as it was"
    double, wide = predict(library(tmp_path, to_c(net, name="tiny", dtype="double"), "double"), "tiny", X, 2, "double"), net.double()
    np.testing.assert_allclose(double, outputs_of(wide, X.double()), rtol=0, atol=1e-12)


@compiled
def test_the_paper_s_light_network_in_c_and_onnx(tmp_path):
    "Its 1,000 rows are standardised; the C file is compiled once more as a microcontroller's compiler would, for size."
    torch.manual_seed(0)
    net, X = light(28, "cos(x) - cos(abs(cos(x)))", seed=0), torch.randn(1000, 28)
    with torch.no_grad():
        for _ in range(20): net(torch.randn(256, 28))
    expected = outputs_of(net, X)
    text = to_c(net, tmp_path / "out.c", name="higgs")
    assert (tmp_path / "out.c").read_text() == text
    np.testing.assert_allclose(predict(library(tmp_path, text), "higgs", X, 1), expected, rtol=0, atol=1e-5)
    small = subprocess.run([CC, *STRICT, "-Os", "-ffreestanding", "-c", "-o", tmp_path / "out.o", tmp_path / "out.c"], capture_output=True, text=True)
    assert small.returncode == 0, small.stderr
    numbers = 28 * 64 + 64 + 64 * 32 + 32 + 32 + 1
    assert f"{numbers:,} numbers in {4 * numbers:,} bytes" in text.replace("\n   ", " ")
    runtime(tmp_path, net, X, expected)


def runtime(folder, model, X, expected, **kwargs):
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install nsad[onnx]")
    path = to_onnx(model, folder / "net.onnx", **kwargs)
    assert [p.name for p in folder.glob("net.onnx*")] == ["net.onnx"], "one file, weights inside"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for rows in (len(X), 1):
        got = session.run(["y"], {"x": np.asarray(X[:rows], np.float32)})[0]
        np.testing.assert_allclose(got, expected[:rows], rtol=0, atol=1e-5)
    return session


def test_onnx_of_what_has_learned_with_its_scaler(tmp_path):
    net, X = trained([learning(16), learning(8)])
    raw = (X * torch.arange(1, 8) + 100).numpy()
    scaler = Scaler.fit(raw)
    expected = outputs_of(net, torch.from_numpy(scaler.transform(raw)))
    session = runtime(tmp_path, net, raw, expected, scaler=scaler)
    assert "cos" in session.get_modelmeta().custom_metadata_map["nsad"]


@pytest.mark.parametrize("text", ["min(softplus(x), sin(2*x)) + log(x)", "1/x + x**7*exp(x)"])
def test_onnx_of_an_activation(tmp_path, text):
    act, x = SymbolicActivation(text), np.array([[-3, -0.0, 0, 1e-4, 1, 2.5, 1e9]], np.float32)
    path = to_onnx(act, tmp_path / "act.onnx")
    for rows in (x, np.tile(x[:, :4], (5, 1))):
        np.testing.assert_allclose(by_onnx(path, rows), act(torch.from_numpy(rows)).numpy(), rtol=1e-5, atol=1e-6)


class LastOfSequence(nn.Module):
    "A recurrent network that looks at the end of a sequence."
    def __init__(self):
        super().__init__()
        self.read, self.act, self.out = nn.LSTM(5, 8, batch_first=True), SymbolicActivation("x*exp(-x**2)"), nn.Linear(8, 1)

    def forward(self, x): return self.out(self.act(self.read(x)[0][:, -1]))


class MeanOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.act, self.out = nn.Embedding(10, 4), SymbolicActivation("sin(2*x)"), nn.Linear(4, 1)

    def forward(self, words): return self.out(self.act(self.words(words).mean(1)))


def pictures():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), learning_images(4), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 2))


def learning_images(n): return SymbolicActivation("1.5*x*exp(-0.5*x**2)", trainable=True, per_channel=n, channel_axis=1)


NETWORKS = {
    "pictures": (pictures, torch.randn(5, 3, 9, 9)),
    "signals": (lambda: nn.Sequential(nn.Conv1d(3, 4, 3), SymbolicActivation("x*exp(-x**2)"), nn.Flatten(), nn.Linear(24, 2)), torch.randn(5, 3, 8)),
    "sequences": (LastOfSequence, torch.randn(5, 7, 5)), "words": (MeanOfWords, torch.randint(0, 10, (5, 6))),
}


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("kind", NETWORKS)
def test_onnx_of_networks_that_are_not_for_tables(tmp_path, kind, shown):
    torch.manual_seed(0)
    make, x = NETWORKS[kind]
    net = make().train(False)
    path = to_onnx(net, tmp_path / "net.onnx", **({"example": x[:1].numpy()} if shown else {}))
    for rows in (5, 1, 2):
        np.testing.assert_allclose(by_onnx(path, x[:rows]), net(x[:rows]).detach().numpy(), rtol=0, atol=1e-5)


def test_onnx_of_a_network_with_two_inputs(tmp_path):
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.act = nn.Linear(3, 4), nn.Linear(5, 4), SymbolicActivation("sin(x)")

        def forward(self, x, y): return self.act(self.a(x) + self.b(y))

    net, x, y = Two(), torch.randn(6, 3), torch.randn(6, 5)
    got = by_onnx(to_onnx(net, tmp_path / "two.onnx", example=(x[:2], y[:2])), x, y)
    np.testing.assert_allclose(got, net(x, y).detach().numpy(), rtol=0, atol=1e-5)


def test_channels_of_images_as_numpy():
    act = learning_images(3)
    with torch.no_grad(): act.constants.mul_(torch.tensor([1.0, 2.0, 3.0]))
    x = torch.randn(2, 3, 4, 4)
    np.testing.assert_allclose(to_numpy(act)(x.numpy()), act(x).detach().numpy(), rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="axis 1 holds 3 channels"): to_numpy(act)(np.zeros((2, 4, 3)))


@compiled
@pytest.mark.parametrize("far", [0.0, 3.0, 1e4])
@pytest.mark.parametrize("dtype", TYPES)
def test_the_scaler_is_inside_the_first_layer(tmp_path, far, dtype):
    "Means far from zero are taken off first: nothing is lost that the inputs still had."
    net, _ = trained("x*cos(x)")
    raw = (np.random.default_rng(0).normal(size=(1000, 7)) * [1, 2, 3, 1, 1, 10, 0.5] + far).astype(np.float32)
    scaler = Scaler.fit(raw)
    expected = outputs_of(net, torch.from_numpy(scaler.transform(raw)))
    text = to_c(net, name="scaled", dtype=dtype, scaler=scaler)
    assert ("scaled_t0" in text) == (far > 0 and dtype == "float")
    np.testing.assert_allclose(predict(library(tmp_path, text), "scaled", raw, 2, dtype), expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(to_numpy(net, scaler=scaler)(raw), expected, rtol=0, atol=1e-5)


@compiled
def test_every_activation_that_a_network_takes_by_name(tmp_path):
    "One network through all of them, and normalisation in every place."
    acts = [kind() for name, kind in sorted(NAMES.items())] + [nn.GELU("tanh"), nn.Hardsigmoid(), nn.ELU(0.7), nn.CELU(0.7), nn.Softplus(2.0, 3.0),
                                                                nn.LeakyReLU(0.3), nn.Hardtanh(-0.5, 0.7)]
    torch.manual_seed(1)
    X = torch.randn(200, 4) * 3
    nets = [nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 5), act, nn.BatchNorm1d(5), nn.Sequential(nn.Dropout(0.5), nn.Linear(5, 5, bias=False)),
                          nn.BatchNorm1d(5, affine=False), act, nn.Linear(5, 2), act) for act in acts]
    for i, net in enumerate(nets):
        with torch.no_grad(): net(X), net(X + 1)
        text = to_c(net, name=f"n{i}")
        (tmp_path / f"n{i}.h").write_text(text)
    lib = library(tmp_path, "".join(f'#include "n{i}.h"\n' for i in range(len(nets))))
    for i, net in enumerate(nets):
        expected = outputs_of(net, X)
        np.testing.assert_allclose(predict(lib, f"n{i}", X, 2), expected, rtol=1e-5, atol=1e-5, err_msg=str(acts[i]))
        np.testing.assert_allclose(to_numpy(net)(X.numpy()), expected, rtol=1e-5, atol=1e-5, err_msg=str(acts[i]))


@compiled
def test_scaling_between_activations_and_a_bare_linear(tmp_path):
    torch.manual_seed(0)
    X = torch.randn(50, 3)
    nets = [nn.Sequential(SymbolicActivation("sin(x)"), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 2)), nn.Linear(3, 2),
            nn.Sequential(nn.Linear(3, 6), nn.Linear(6, 2)), nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.BatchNorm1d(2), nn.ReLU())]
    for i, net in enumerate(nets):
        with torch.no_grad(): net(X)
        np.testing.assert_allclose(predict(library(tmp_path, to_c(net), f"m{i}"), "network", X, 2), outputs_of(net, X), atol=1e-5)


@compiled
def test_learned_constants_of_channels_and_of_layers_in_a_header(tmp_path):
    for name, act, channels in (("one", learning(), 1), ("many", learning(3), 3)):
        with torch.no_grad(): act.constants += torch.linspace(0.1, 0.7, act.constants.numel()).reshape(act.constants.shape)
        lib = library(tmp_path, everywhere([name, f"{name}_derivative"], "float", to_c(act, name=name), channel=channels > 1), name)
        x = torch.linspace(-3, 3, 31).unsqueeze(1).repeat(1, channels).requires_grad_()
        y = act(x)
        (slope,) = torch.autograd.grad(y.sum(), x)
        for k in range(channels):
            more = (k,) if channels > 1 else ()
            for end, expected in (("", y), ("_derivative", slope)):
                got = at(getattr(lib, f"all_{name}{end}"), x[:, k].detach().numpy(), "float", *more)
                np.testing.assert_allclose(got, expected[:, k].detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_learned_whole_exponent_is_not_taken_for_a_written_one():
    "3.0 that was learned is |x|**3, 3 that was written is x**3."
    act = SymbolicActivation("x**2.7 + x", trainable=True)
    with torch.no_grad(): act.constants.fill_(3.0)
    x = np.array([-2.0, 2.0], np.float32)
    np.testing.assert_allclose(to_numpy(act)(x), act(torch.from_numpy(x)).detach().numpy(), rtol=1e-6)
    assert "powf" not in to_c(act) and "expf" in to_c(act)


@compiled
def test_an_unprotected_layer_divides_as_the_textbook_does(tmp_path):
    act = SymbolicActivation("1/x + exp(x) + log(x)", protect=False)
    lib = library(tmp_path, everywhere(["bare", "bare_derivative"], "double", to_c(act, name="bare", dtype="double")))
    x = torch.tensor([0.5, 0.0, 800.0, -1.0], dtype=torch.float64, requires_grad=True)
    y = act(x)
    np.testing.assert_allclose(at(lib.all_bare, x.detach().numpy(), "double"), y.detach().numpy())
    (slope,) = torch.autograd.grad(y[0], x)
    np.testing.assert_allclose(at(lib.all_bare_derivative, x.detach().numpy()[:1], "double"), slope.numpy()[:1])


def test_equal_parts_stand_once_in_c():
    text = to_c("sin(x)*cos(x) + sin(x)**2")
    value = text[text.index("activation(float x)"):text.index("activation_derivative")]
    assert value.count("sinf(") == 1 and value.count("cosf(") == 1
    assert re.findall(r"\d\.\d+(?![\df])", text.split("*/", 1)[1]) == [], "no double constant in a float file"


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler: apt-get install g++")
def test_an_arduino_s_compiler_takes_it(tmp_path):
    net, _ = trained("min(softplus(x), sin(2*x)) + log(x)", steps=1)
    text = to_c(net, name="sketch") + to_c("gelu(x)*sign(x)", name="act")
    text += "float use(float x);\nfloat use(float x) { return act(x) + act_derivative(x); }\n"
    (tmp_path / "sketch.cpp").write_text(text)
    subprocess.run(["g++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-c", "-o", tmp_path / "s.o", tmp_path / "sketch.cpp"], check=True)


def test_numpy_functions_need_no_torch():
    "Not one frame of torch while they run."
    net, X = trained([learning(16), learning(8)], steps=2)
    functions = [(to_numpy(net), X.numpy()), (to_numpy("x*log(x) + gelu(x)"), X.numpy()), (to_numpy(learning(7)), X.numpy())]
    seen = set()
    def watch(frame, event, arg):
        if event == "call": seen.add(frame.f_globals.get("__name__", "").split(".")[0])
    for function, x in functions:
        sys.setprofile(watch)
        try: function(x)
        finally: sys.setprofile(None)
    assert "nsad" in seen and "torch" not in seen


def test_numpy_keeps_shapes_and_dtypes():
    f = to_numpy("x*cos(x)")
    for x in (np.zeros((2, 3, 4), np.float32), np.float64(1.5), [1, 2], np.zeros(0)):
        y = f(x)
        assert y.shape == np.shape(x) and y.dtype == np.result_type(np.asarray(x), np.float32)
    with pytest.raises(ValueError, match=r"\(2, 3\).*7 features"): to_numpy(trained("relu", steps=1)[0])(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="5 channels"): to_numpy(learning(5))(np.zeros((2, 3)))


BAD = {
    "a layer nobody knows": (lambda: to_c(nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.Softmax(-1)))), "layer '1.0' is a Softmax"),
    "a network that is no Sequential": (lambda: to_c(nn.TransformerEncoderLayer(4, 2)), "TransformerEncoderLayer.*to_onnx"),
    "a stack": (lambda: to_c(Stack(3, ["relu"])), "stack.member"),
    "a torch activation alone": (lambda: to_c(nn.GELU()), "no Linear layer.*formula"),
    "nothing exportable": (lambda: to_c(3), "not 3"),
    "a network for LaTeX": (lambda: to_latex(mlp(3)), "formula or an activation"),
    "a network for JAX": (lambda: to_jax(mlp(3)), "Sequential is neither"),
    "a dtype": (lambda: to_c("sin(x)", dtype="half"), "'float' or 'double', of networks 'int8' too, not 'half'"),
    "a scaler for a formula": (lambda: to_c("sin(x)", scaler=Scaler(np.zeros(1), np.ones(1))), "belongs to a network"),
    "a scaler of other features": (lambda: to_c(mlp(3), scaler=Scaler(np.zeros(2), np.ones(2))), "2 features, the network takes 3"),
    "what is no scaler": (lambda: to_c(mlp(3), scaler=3), r"scaler=3 is no Scaler; give .*Scaler\.fit\(X\), or None"),
    "what is no scaler for int8": (lambda: to_c(mlp(3), dtype="int8", scaler="robust", calibration=np.eye(3)), "scaler='robust' is no Scaler"),
    "what is no scaler for ONNX": (lambda: to_onnx(mlp(3), "never.onnx", scaler=[0, 1]), r"scaler=\[0, 1\] is no Scaler"),
    "what is no scaler for averages": (lambda: to_c(AveragedNetworks([mlp(3)], "binary"), scaler=3.5), "scaler=3.5 is no Scaler"),
    "what is no scaler for NumPy": (lambda: to_numpy(mlp(3), scaler=np.eye(3)), "is no Scaler; give"),
    "int8 of a formula": (lambda: to_c("sin(x)", dtype="int8"), "dtype='int8' is for networks.*leave it at 'float'"),
    "int8 of a formula for NumPy": (lambda: to_numpy("sin(x)", dtype="int8"), "dtype='int8' is for networks"),
    "int8 of a formula for ONNX": (lambda: to_onnx("sin(x)", "never.onnx", dtype="int8"), "dtype='int8' is for networks"),
    "a scale of zero": (lambda: to_c(mlp(2), scaler=Scaler(np.zeros(2), np.array([1.0, 0.0]))), "scale of 0"),
    "widths that do not fit": (lambda: to_c(nn.Sequential(nn.Linear(3, 4), nn.Linear(5, 1))), "5 units follows one of 4"),
    "channels that do not fit": (lambda: to_c(nn.Sequential(nn.Linear(3, 4), learning(5))), "5 units follows one of 4"),
    "batch statistics": (lambda: to_c(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, track_running_stats=False))), "running statistics"),
    "numbers beyond float": (lambda: to_c(scaled_by(1e30, 1e30)), "which no float can; use dtype='double'"),
    "NaN": (lambda: to_c(scaled_by(float("nan"))), r"0.weight holds nan at \[0, 0\]"),
    "infinity": (lambda: to_numpy(scaled_by(float("inf"))), "0.weight holds"),
    "NaN in ONNX": (lambda: to_onnx(scaled_by(float("nan")), "never.onnx"), "0.weight holds nan"),
    "no number of columns": (lambda: to_onnx(nn.Sequential(nn.Conv1d(1, 1, 3), nn.Conv1d(7, 1, 3)), "never.onnx"), "give n_features.*example="),
    "an example that does not fit": (lambda: to_onnx(nn.Conv1d(1, 1, 3), "never.onnx", example=torch.zeros(2, 4, 9)),
                                     r"does not take the example, \[\(2, 4, 9\)\]"),
    "an example without rows": (lambda: to_onnx(nn.Conv1d(1, 1, 3), "never.onnx", example=torch.zeros(0, 1, 9)), "at least one row"),
    "NaN that was learned": (lambda: to_c(broken_constants()), "holds nan"),
}


def scaled_by(factor, deviation=1.0):
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
    with torch.no_grad(): net[0].weight.fill_(factor), net[1].weight.fill_(deviation)
    return net


def broken_constants():
    act = learning()
    with torch.no_grad(): act.constants.fill_(float("nan"))
    return act


@pytest.mark.parametrize("call, message", BAD.values(), ids=BAD)
def test_bad_input_is_named(call, message):
    with pytest.raises(ExportError, match=message): call()


def test_hooks_are_not_lost_in_silence():
    net = mlp(2, (3,))
    net[0].register_forward_hook(lambda m, x, y: y + 1)
    with pytest.raises(ExportError, match="layer '0'.*hooks"): to_c(net)


@pytest.mark.parametrize("name", ["2x", "a b", "", "é", "int", "sin", "sinf", "expl", "x", "main", "class", "_f", "a" * 32, 7, "a-b", "f\n"])
def test_names_that_c_cannot_use(name):
    with pytest.raises(ExportError, match="name"): to_c("x*cos(x)", name=name)


def test_formulas_that_are_no_activation():
    for text in ("1.5", "X1*X2", "sin(", "x - x"):
        with pytest.raises(FormulaError): to_c(text)


@pytest.mark.parametrize("package, call, extra", [
    ("onnx", lambda: to_onnx("sin(x)", "never.onnx"), "onnx"), ("onnxscript", lambda: to_onnx(mlp(3), "never.onnx"), "onnx"), ("jax", lambda: to_jax("sin(x)"), "jax")])
def test_a_missing_package_says_how_to_get_it(monkeypatch, package, call, extra):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"pip install 'nsad\[{extra}\]'"): call()


def test_jax_agrees_with_torch():
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install nsad[jax]")
    x = np.array([-1e6, -30, -2.1, -0.3, -0.0, 0.0, 1e-4, 0.7, 3.0, 30, 1e6], np.float32)
    for text in EVERY + MORE:
        act = layer(text)
        f, t = to_jax(act), torch.tensor(x, requires_grad=True)
        y = act(t)
        (slope,) = torch.autograd.grad(y.sum(), t)
        close(np.asarray(jax.jit(f)(x)), y.detach().numpy(), x, "float", text)
        close(np.asarray(jax.vmap(jax.grad(f))(x)), slope.numpy(), x, "float", f"slope of {text}")


def test_latex():
    assert to_latex("x**2 + 1") == Formula("x**2 + 1").latex
    assert to_latex("X1 + X2", "f") == r"f\left(X_{1}, X_{2}\right) = X_{1} + X_{2}"
    act = SymbolicActivation("1.5*x*cos(0.5*x)", trainable=True, per_channel=3)
    assert to_latex(act, "f").startswith(r"f\left(x\right) = ") and "c_{0}" in to_latex(act) and "c_{1}" in to_latex(act)


def test_an_activation_does_not_know_where_it_is_exported_to():
    assert not [name for name in dir(SymbolicActivation("x*cos(x)")) if name.startswith("to_") and name not in dir(nn.Module)]
