"""A network in whole numbers: as good as in floats, the same in C, on a Cortex-M and in NumPy, and no float in its loops."""
import ctypes
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from helpers import CC, by_onnx, compiled
from nsad import ExportError, Recipe, SymbolicActivation, load_dataset, mlp, split, to_c, to_numpy, to_onnx, train
from nsad.data import SAMPLES, Dataset, Scaler
from nsad.ensemble import AveragedNetworks
from nsad.integers import Grid, fit_table, tabulate
from nsad.microcontroller import compiled_size, footprint
from nsad.quantised import costs, quantise, quantise_network

pytestmark = pytest.mark.slow

ARM = shutil.which("arm-none-eabi-gcc")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow", "-Wconversion", "-Wdouble-promotion", "-Wstrict-prototypes"]
cross = pytest.mark.skipif(ARM is None, reason="no cross compiler: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi")
TABLES = ["forest_cover", "spambase", "magic", "digits"]
BUMP = "x*exp(-x**2)"


def table(name):
    if name == "digits": return Dataset.from_arrays(*load_digits(return_X_y=True), name="digits")
    return load_dataset(name, rows=2000, data_home=SAMPLES, seed=1)


class Trained:
    "A network with the rows that trained it and others that did not."
    def __init__(self, name, activation=BUMP, hidden=(64, 32), epochs=12):
        ds = table(name)
        parts = split(ds, test=0.3, seed=1)
        self.training, self.test, self.task = ds.take(parts.train), ds.take(parts.test), ds.task
        self.scaler = Scaler.fit(self.training.X)
        outputs = 1 if ds.task == "binary" else len(np.unique(ds.y))
        self.net = mlp(ds.n_features, hidden, activation, n_outputs=outputs, seed=1)
        train(self.net, self.scaler.transform(self.training.X), self.training.y, ds.task, Recipe("brief", epochs=epochs), progress=False)
        self.net.train(False)

    @property
    def int8(self): return dict(dtype="int8", scaler=self.scaler, calibration=self.training.X)

    def right(self, outputs):
        chosen = outputs[:, 0] > 0 if self.task == "binary" else outputs.argmax(1)
        return chosen == self.test.y


@pytest.fixture(scope="module")
def trained():
    made = {}
    def get(name, activation=BUMP):
        if (name, activation) not in made: made[name, activation] = Trained(name, activation)
        return made[name, activation]
    return get


def by_c(folder, text, X, outputs, name="network"):
    "What the compiled file predicts, a row at a time."
    (folder / "n.c").write_text(text)
    made = subprocess.run([CC, *STRICT, "-O2", "-shared", "-fPIC", "-o", folder / "n.so", folder / "n.c"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    predict = getattr(ctypes.CDLL(str(folder / "n.so")), f"{name}_predict")
    X, Y = np.ascontiguousarray(X, np.float32), np.full((len(X), outputs), 7, np.float32)
    pointer = ctypes.POINTER(ctypes.c_float)
    for x, y in zip(X, Y): predict(x.ctypes.data_as(pointer), y.ctypes.data_as(pointer))
    return Y


def odd(n):
    "Rows that no table has."
    rows = np.zeros((7, n), np.float32)
    rows[0], rows[1], rows[2], rows[3], rows[4, -1], rows[5], rows[6, 0] = np.inf, -np.inf, 1e30, -3e38, np.nan, 1e-42, np.nan
    return rows


@compiled
@pytest.mark.parametrize("activation", [BUMP, "relu"])
@pytest.mark.parametrize("name", TABLES)
def test_c_is_the_numpy_model_bit_for_bit_and_small(tmp_path, trained, name, activation):
    t = trained(name, activation)
    text = to_c(t.net, **t.int8)
    X = np.concatenate([t.test.X.astype(np.float32), odd(t.test.n_features), 3 * t.test.X[:50].astype(np.float32)])
    expected = to_numpy(t.net, **t.int8)(X)
    np.testing.assert_array_equal(by_c(tmp_path, text, X, expected.shape[1]), expected)
    assert np.isnan(expected[len(t.test.X) + 4]).all() and np.isfinite(expected[:len(t.test.X)]).all()
    numbers = sum(p.numel() for p in t.net.parameters())
    assert len(text) < 10_000 or numbers > 6_000 and len(text) < 1.75 * numbers, (len(text), numbers)


@pytest.mark.parametrize("activation", [BUMP, "relu"])
@pytest.mark.parametrize("name", TABLES)
def test_whole_numbers_decide_as_floats_do(trained, name, activation):
    t = trained(name, activation)
    floats, whole = to_numpy(t.net, scaler=t.scaler)(t.test.X), to_numpy(t.net, **t.int8)(t.test.X)
    assert np.abs(whole - floats).mean() < 0.05 * floats.std()
    assert (t.right(whole) == t.right(floats)).mean() > 0.985
    assert t.right(whole).mean() > t.right(floats).mean() - 0.003 - 1.5 / len(floats)


def assembly(folder, text, compiler, *flags):
    "The instructions of each function of a file."
    (folder / "n.c").write_text(text)
    made = subprocess.run([compiler, "-std=c99", "-Os", "-fno-inline", "-S", *flags, "-o", "-", folder / "n.c"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    functions, name = {}, None
    for line in made.stdout.splitlines():
        if label := re.match(r"(network_\w+?)(\.[\w.]+)?:", line): name = label[1]
        elif name and line.startswith("\t") and not line.startswith("\t."): functions.setdefault(name, []).append(line.split("#")[0].strip())
    return functions


FLOATS = r"(add|sub|mul|div|cvt\w*|u?comi|cmp\w*|max|min|sqrt|mova?)(ss|sd|ps|pd)|^f[a-z]|^v[a-z]|xmm|__aeabi_[fd]|__\w+[sd]f\d?\b|\b[sd]\d+\b.*\.f"


@compiled
def test_no_float_in_the_loops(tmp_path, trained):
    functions = assembly(tmp_path, to_c(trained("spambase").net, **trained("spambase").int8), CC)
    assert {"network_sums", "network_look_up", "network_predict"} <= set(functions)
    for name in ("network_sums", "network_look_up"):
        assert not [line for line in functions[name] if re.search(FLOATS, line)], name
    assert [line for line in functions["network_predict"] if re.search(FLOATS, line)] or sys.platform != "linux"


@cross
@pytest.mark.parametrize("cpu", ["cortex-m0plus", "cortex-m4"])
def test_no_float_in_the_loops_of_a_cortex(tmp_path, trained, cpu):
    functions = assembly(tmp_path, to_c(trained("spambase").net, **trained("spambase").int8), ARM, f"-mcpu={cpu}", "-mthumb")
    for name in ("network_sums", "network_look_up"):
        assert not [line for line in functions[name] if re.search(FLOATS, line)], name
    assert [line for line in functions["network_predict"] if "__aeabi_f" in line]


@cross
def test_its_size_on_a_cortex(tmp_path, trained):
    t = trained("forest_cover")
    (tmp_path / "n.c").write_text(to_c(t.net, **t.int8))
    subprocess.run([ARM, *STRICT, "-mcpu=cortex-m0plus", "-mthumb", "-Os", "-c", "-o", tmp_path / "n.o", tmp_path / "n.c"], check=True)
    sizes = subprocess.run([ARM.removesuffix("gcc") + "size", tmp_path / "n.o"], capture_output=True, text=True, check=True).stdout
    text, data, bss = map(int, sizes.splitlines()[1].split()[:3])
    spent = costs(quantise_network(t.net, t.training.X, t.scaler))
    assert data == bss == 0 and spent["weights"] + spent["tables"] + spent["other constants"] < text < 8000


MAIN = """#include <stdio.h>
#include <string.h>
#include "n.c"
static const float rows[ROWS][NETWORK_INPUTS] = {VALUES};
int main(void)
{
    for (int r = 0; r < ROWS; r++) {
        float y[NETWORK_OUTPUTS];
        network_predict(rows[r], y);
        for (int k = 0; k < NETWORK_OUTPUTS; k++) { unsigned u; memcpy(&u, &y[k], 4); printf("%08x\\n", u); }
    }
    return 0;
}
"""
START = """extern void _start(void);
__attribute__((section(".vectors"), used)) const void *const vectors[2] = {(void *)0x20200000, (void *)_start};
"""


emulated = pytest.mark.skipif(ARM is None or shutil.which("qemu-system-arm") is None,
                              reason="no cross compiler or no emulator: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm")


def by_cortex(folder, text, X, cpu):
    "What the compiled file predicts in an emulated microcontroller, all outputs in a row."
    (folder / "n.c").write_text(text)
    values = ",\n".join("{" + ", ".join(f"{float(v).hex()}f" for v in row) + "}" for row in X)
    (folder / "main.c").write_text(MAIN.replace("ROWS", str(len(X))).replace("VALUES", values))
    (folder / "start.c").write_text(START)
    subprocess.run([ARM, f"-mcpu={cpu}", "-mthumb", "-std=gnu99", "-Os", "--specs=rdimon.specs", "-Wl,--section-start=.vectors=0", "-o",
                    "m.elf", "main.c", "start.c"], cwd=folder, check=True)
    ran = subprocess.run(["qemu-system-arm", "-M", "mps2-an385", "-nographic", "-semihosting", "-kernel", "m.elf"], cwd=folder, timeout=60,
                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return np.array([int(line, 16) for line in ran.stdout.split()], np.uint32).view(np.float32)


@emulated
@pytest.mark.parametrize("cpu", ["cortex-m0plus", "cortex-m3"])
def test_a_cortex_computes_the_same(tmp_path, trained, cpu):
    t = trained("magic")
    X = t.test.X[:40].astype(np.float32)
    np.testing.assert_array_equal(by_cortex(tmp_path, to_c(t.net, **t.int8), X, cpu), to_numpy(t.net, **t.int8)(X).ravel())


@emulated
@pytest.mark.parametrize("task, kind", [("binary", "quantile_normal"), ("multiclass", "robust"), ("regression", "robust")])
def test_a_cortex_averages_the_same(tmp_path, trained, task, kind):
    "Several networks behind a bent scaler, the outputs of which mean something else in each task."
    t = trained("magic")
    X, outputs = t.test.X[:40].astype(np.float32), 3 if task == "multiclass" else 1
    members = [mlp(t.test.n_features, (8,), BUMP, n_outputs=outputs, seed=seed).train(False) for seed in range(3)]
    net, options = AveragedNetworks(members, task), t.int8 | dict(scaler=Scaler.fit(t.training.X, kind))
    got, expected = by_cortex(tmp_path, to_c(net, **options), X, "cortex-m0plus"), to_numpy(net, **options)(X)
    np.testing.assert_array_equal(got, expected.ravel())
    assert expected.std() > 0


@pytest.mark.parametrize("name", TABLES)
def test_onnx_holds_the_same_numbers(tmp_path, trained, name):
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    t = trained(name)
    path = to_onnx(t.net, tmp_path / "n.onnx", **t.int8)
    operators = {node.op_type for node in onnx.load(path).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear", "Gather"} <= operators and "Exp" not in operators
    X = np.concatenate([t.test.X.astype(np.float32), odd(t.test.n_features)])
    got, expected = by_onnx(path, X), to_numpy(t.net, **t.int8)(X)
    assert (np.isnan(got) == np.isnan(expected)).all()
    assert np.nanmean(np.abs(got - expected)) < 2e-3 * np.nanstd(expected)


def rough(*layers, n=5, rows=600):
    "A network with some layers, with statistics that are not the initial ones, and rows."
    torch.manual_seed(0)
    net = nn.Sequential(*layers)
    X = torch.randn(rows, n) * torch.tensor([1.0, 10.0, 0.1, 1.0, 3.0])[:n] + 2
    for _ in range(30): net.train()(X)
    return net.train(False), X.numpy()


SHAPES = {
    "channels of their own": lambda: rough(nn.Linear(5, 6), nn.BatchNorm1d(6), SymbolicActivation("1.5*x*exp(-0.5*x**2)", trainable=True, per_channel=6),
                                           nn.Linear(6, 2)),
    "PReLU of channels": lambda: rough(nn.Linear(5, 6), nn.BatchNorm1d(6), nn.PReLU(6), nn.Linear(6, 2)),
    "normalised after": lambda: rough(nn.Linear(5, 6), nn.Tanh(), nn.BatchNorm1d(6), nn.Linear(6, 1)),
    "normalised before": lambda: rough(nn.BatchNorm1d(5), nn.Linear(5, 6), nn.GELU(), nn.Linear(6, 1)),
    "two linear maps": lambda: rough(nn.Linear(5, 6), nn.Linear(6, 4), nn.SiLU(), nn.Dropout(), nn.Linear(4, 1)),
    "two activations": lambda: rough(nn.Linear(5, 6), nn.BatchNorm1d(6), nn.Tanh(), SymbolicActivation("cos(x)"), nn.Linear(6, 1)),
    "no hidden layer": lambda: rough(nn.Linear(5, 3)),
    "no bias": lambda: rough(nn.Linear(5, 6, bias=False), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 1, bias=False)),
    "one unit": lambda: rough(nn.Linear(1, 1), nn.Sigmoid(), nn.Linear(1, 1), n=1),
    "hundreds of units": lambda: rough(nn.Linear(5, 300), nn.BatchNorm1d(300), nn.ReLU(), nn.Linear(300, 7)),
    "a dead unit": lambda: dead(),
    "long rows": lambda: rough(nn.Linear(5, 4100), nn.Tanh(), nn.Linear(4100, 1), rows=40),
}


def dead():
    net, X = rough(nn.Linear(5, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 2))
    with torch.no_grad(): net[0].weight[2], net[3].weight[0], net[1].running_var[2] = 0.0, 0.0, 1.0
    return net, X


@compiled
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_network(tmp_path, shape):
    net, X = SHAPES[shape]()
    predict = to_numpy(net, dtype="int8", calibration=X[:400])
    whole, floats = predict(X), to_numpy(net)(X)
    assert np.abs(whole - floats).mean() < 0.1 * floats.std(0).max() + 1e-6
    text = to_c(net, dtype="int8", calibration=X[:400], name="odd_one")
    rows = np.concatenate([X, odd(X.shape[1])[:, :X.shape[1]]])
    np.testing.assert_array_equal(by_c(tmp_path, text, rows, whole.shape[1], "odd_one"), predict(rows))


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler: apt-get install g++")
def test_a_compiler_of_c_plus_plus_takes_it(tmp_path, trained):
    (tmp_path / "n.cpp").write_text(to_c(trained("magic").net, **trained("magic").int8))
    subprocess.run(["g++", "-Wall", "-Wextra", "-Werror", "-O3", "-c", "-o", tmp_path / "n.o", tmp_path / "n.cpp"], check=True)


@compiled
def test_weights_that_mean_something_inside_of_a_string(tmp_path):
    "Every character stands for itself: quotes, backslashes, and question marks, two of which begin a trigraph."
    W = np.arange(-47, 48)[None].repeat(3, 0).astype(float)
    W[1, :60], W[2] = -16, np.resize([13, -45, -16, -16, -18, 47], 95)             # ?, \, ", ??, ??=
    rows = np.random.default_rng(0).normal(size=(300, 95))
    q = quantise([(W, np.zeros(3))], [], rows)
    net = nn.Sequential(nn.Linear(95, 3))
    with torch.no_grad(): net[0].weight.copy_(torch.as_tensor(W)), net[0].bias.zero_()
    text = to_c(net, dtype="int8", calibration=rows)
    np.testing.assert_array_equal(by_c(tmp_path, text, rows, 3), q.predict(rows))
    assert "??" not in text


BAD = {
    "no calibration": (lambda net, X: to_c(net, dtype="int8"), r"calibration=, rows of the training part \(5 features\)"),
    "calibration of other features": (lambda net, X: to_c(net, dtype="int8", calibration=X[:, :3]), r"shape \(600, 3\).*5 features"),
    "one row": (lambda net, X: to_c(net, dtype="int8", calibration=X[:1]), "at least two rows"),
    "a gap": (lambda net, X: to_c(net, dtype="int8", calibration=np.where(X[7, 2] == X, np.nan, X)), "nan in row 7, column 2"),
    "words": (lambda net, X: to_c(net, dtype="int8", calibration="rows"), "int8: could not convert string"),
    "calibration for floats": (lambda net, X: to_c(net, calibration=X), "calibration rows are for dtype='int8', and for networks; float needs none"),
    "calibration for ONNX of floats": (lambda net, X: to_onnx(net, "never.onnx", calibration=X), "calibration rows are for"),
    "an activation": (lambda net, X: to_c(BUMP, dtype="int8", calibration=X), "calibration rows are for dtype='int8', and for networks"),
    "an activation for ONNX": (lambda net, X: to_onnx(BUMP, "never.onnx", dtype="int8", calibration=X), "calibration rows are for"),
    "another dtype": (lambda net, X: to_c(net, dtype="int4", calibration=X), "calibration rows are for"),
    "a name of C": (lambda net, X: to_c(net, dtype="int8", calibration=X, name="uint8_t"), "has a meaning in C"),
    "an activation first": (lambda net, X: to_c(nn.Sequential(nn.ReLU(), net), dtype="int8", calibration=X), "begin with a linear map"),
    "an activation last": (lambda net, X: to_c(nn.Sequential(net, nn.Sigmoid()), dtype="int8", calibration=X), "end with a linear map"),
    "no finite numbers": (lambda net, X: to_c(nn.Sequential(net, SymbolicActivation("exp(exp(x))", protect=False), nn.Linear(1, 1)),
                                              dtype="int8", calibration=1e6 * X), "no table can hold"),
}


@pytest.mark.parametrize("call, message", BAD.values(), ids=BAD)
def test_bad_input_is_named(call, message):
    net, X = rough(nn.Linear(5, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 1))
    with pytest.raises(ExportError, match=message): call(net, X)


def test_only_calibration_rows_and_nothing_random_decide(trained):
    t = trained("magic")
    first, again = (to_c(t.net, **t.int8) for _ in range(2))
    assert first == again
    torch.manual_seed(5)
    assert to_c(t.net.train(), **t.int8) == first


@pytest.mark.parametrize("text", ["x*exp(-x**2)", "max(x, 0)", "tanh(x)", "cos(3*x)", "log(abs(x))"])
def test_a_table_is_as_near_as_its_steps(text):
    f, z = SymbolicActivation(text).formula, np.random.default_rng(0).normal(size=(3000, 8))
    got = fit_table(f, z)
    assert got.entries.dtype == np.uint8 and got.entries.shape == (1, 256) and 32 <= got.entries.min() <= got.entries.max() <= 126
    off = np.abs(got.outputs.value(got(got.inputs.code(z))) - f(z))
    assert np.median(off) < 0.012 * np.ptp(np.quantile(f(z), (0.003, 0.997)))


def test_a_grid_saturates_and_stays_within_half_a_step():
    grid = Grid(-1.0, 10.0, 19)
    x = np.linspace(-1, 1 - 1e-9, 500)
    assert np.abs(grid.value(grid.code(x)) - x).max() <= 0.05 + 1e-9
    assert grid.code(np.array([-np.inf, np.inf, -1e300, 1e300])).tolist() == [0, 19, 0, 19]
    assert tabulate(np.sign, Grid(-1.0, 128.0), -1.0, 1.0).entries.tolist() == [[32] * 128 + [126] * 128]


def test_a_report_says_what_is_lost_and_what_it_takes(trained):
    t = trained("spambase")
    told = footprint(t.net, t.test.X, t.test.y, t.task, t.training.X, t.scaler)
    assert told.int8["accuracy"] == pytest.approx(t.right(to_numpy(t.net, **t.int8)(t.test.X)).mean())
    assert told.float["accuracy"] == pytest.approx(t.right(to_numpy(t.net, scaler=t.scaler)(t.test.X)).mean())
    assert told.int8["bytes of weights"] == told.int8["multiply-adds"] == 57 * 64 + 64 * 32 + 32
    assert told.int8["bytes of tables"] == 512 and told.int8["look-ups"] == 96


@compiled
def test_a_report_counts_the_bytes_that_a_compiler_makes(trained):
    t = trained("spambase")
    told = footprint(t.net, t.test.X, t.test.y, t.task, t.training.X, t.scaler)
    assert 0 < told.int8["bytes of constants"] < told.float["bytes of constants"] / 3


def test_without_a_compiler_a_report_has_no_compiled_sizes(trained):
    t = trained("magic")
    assert compiled_size("int x;", "no-such-gcc") == {}
    told = footprint(t.net, t.test.X, t.test.y, t.task, t.training.X, t.scaler, compiler="no-such-gcc")
    assert "bytes of code" not in told.index and told.int8["bytes of tables"] == 512


@cross
def test_the_constants_of_a_cortex_are_those_of_the_report(trained):
    t = trained("magic")
    options = ("-Os", "-mcpu=cortex-m0plus", "-mthumb")
    got = compiled_size(to_c(t.net, **t.int8), ARM, options)
    spent = costs(quantise_network(t.net, t.training.X, t.scaler))
    counted = spent["weights"] + spent["tables"] + spent["other constants"]
    assert 0 <= got["constants"] - counted < 64 and got["code"] < 1000
