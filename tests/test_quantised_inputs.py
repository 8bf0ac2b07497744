"""Whole numbers behind every scaler, embeddings before the first layer, and averages of networks: the same in C, NumPy and ONNX."""
import functools
import re
import shutil
import subprocess

import numpy as np
import pytest
import torch
from torch import nn

from helpers import CC, by_onnx, compiled, in_c
from nsad import NSADClassifier, NSADRegressor, PeriodicEmbedding, PiecewiseLinearEmbedding, Recipe, mlp, to_c, to_numpy, to_onnx, train
from nsad.curves import place
from nsad.data import SCALINGS, Scaler
from nsad.ensemble import AveragedNetworks
from nsad.integer_mean import UNIT, log_add
from nsad.microcontroller import footprint
from nsad.quantised import costs, quantise_network

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
# A table of columns that differ: even, of heavy tails, yes or no, far from 0, and one that never changes.
ROWS = np.column_stack([RNG.normal(size=600), RNG.lognormal(sigma=2, size=600), RNG.random(600) < 0.2,
                        RNG.normal(size=600) * 1e-2 + 300, np.full(600, 7)])
VALUES = np.tanh(ROWS[:, 0] + np.log(ROWS[:, 1])) + ROWS[:, 2]
SCALERS = {kind: Scaler.fit(ROWS, kind) for kind in SCALINGS}
TARGETS = {"binary": (VALUES > 0.2).astype(int), "multiclass": np.digitize(VALUES, [-0.5, 0.6]), "regression": VALUES}
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow", "-Wconversion", "-Wdouble-promotion", "-Wstrict-prototypes"]
EMBEDDINGS = {"none": None, "waves": PeriodicEmbedding(n_frequencies=3, d_embedding=2), "bins": PiecewiseLinearEmbedding(n_bins=6, activation="relu"),
              "waves of one": PeriodicEmbedding(columns=(1,), d_embedding=2)}


def odd_rows():
    "Rows that no table has: infinities, numbers next to nothing and beyond the table, gaps."
    rows = np.zeros((7, ROWS.shape[1]), np.float32)
    rows[0], rows[1], rows[2], rows[3], rows[4, -1], rows[5], rows[6, 0] = np.inf, -np.inf, 1e30, -3e38, np.nan, 1e-42, np.nan
    return np.concatenate([ROWS.astype(np.float32), -3 * ROWS[:99].astype(np.float32), rows])


@functools.cache
def network(kind, embedding="none", task="binary", seed=1, hidden=(12, 6)):
    "A network that has seen a little of the table, behind a scaler of this kind."
    rows, wanted = SCALERS[kind].transform(ROWS), EMBEDDINGS[embedding]
    net = mlp(ROWS.shape[1], hidden, "x*exp(-x**2)", n_outputs=3 if task == "multiclass" else 1, seed=seed, embedding=wanted and wanted.for_rows(rows))
    train(net, rows, TARGETS[task], task, Recipe("brief", epochs=10, lr=0.01), seed=seed, progress=False)
    return net.train(False)


def average(task, kind, embedding="none", hidden=((12, 6), (8,), (12, 6))):
    return AveragedNetworks([network(kind, embedding, task, seed, widths) for seed, widths in enumerate(hidden)], task)


def same_in_c(net, scaler, folder):
    "Are numbers of C those of NumPy, bit for bit, by a strict compiler? Those of NumPy."
    text = to_c(net, folder / "net.h", dtype="int8", scaler=scaler, calibration=ROWS)
    subprocess.run([CC, *STRICT, "-O2", "-c", "-o", folder / "strict.o", "-x", "c", folder / "net.h"], check=True, timeout=60)
    X, predict = odd_rows(), to_numpy(net, dtype="int8", scaler=scaler, calibration=ROWS)
    with np.errstate(over="raise", invalid="raise", divide="raise"): expected = predict(X)
    np.testing.assert_array_equal(in_c(folder, X, expected.shape[1]), expected)
    gaps = np.isnan(X).any(1)
    assert np.isnan(expected[gaps]).all() and np.isfinite(expected[~gaps]).all()
    return text, expected[:len(ROWS)]


def near(whole, floats, share=0.05):
    assert np.abs(whole - floats).mean() < share * floats.std()


@compiled
@pytest.mark.parametrize("embedding", EMBEDDINGS)
@pytest.mark.parametrize("kind", SCALINGS)
def test_every_scaler_and_embedding(tmp_path, kind, embedding):
    scaler, net = SCALERS[kind], network(kind, embedding)
    _, whole = same_in_c(net, scaler, tmp_path)
    near(whole, to_numpy(net, scaler=scaler)(ROWS))


def test_an_embedding_without_a_scaler():
    net = mlp(1, (6,), "tanh", seed=3, embedding=PiecewiseLinearEmbedding(n_bins=5).for_rows(ROWS[:, :1])).eval()
    near(to_numpy(net, dtype="int8", calibration=ROWS[:, :1])(ROWS[:, :1]), to_numpy(net)(ROWS[:, :1]))


@compiled
@pytest.mark.parametrize("kind", ["standard", "robust", "quantile_normal"])
@pytest.mark.parametrize("task", TARGETS)
def test_an_average_of_networks(tmp_path, task, kind):
    scaler, net = SCALERS[kind], average(task, kind)
    text, whole = same_in_c(net, scaler, tmp_path)
    near(whole, to_numpy(net, scaler=scaler)(ROWS))
    assert "average of 3 networks" in text and text.count("network_codes0(") == 2           # one entry for all, written and called


@compiled
@pytest.mark.parametrize("task", TARGETS)
def test_an_average_whose_members_embed(tmp_path, task):
    scaler, net = SCALERS["robust"], average(task, "robust", "waves", hidden=((8,), (4,)))
    _, whole = same_in_c(net, scaler, tmp_path)
    near(whole, to_numpy(net, scaler=scaler)(ROWS))


@compiled
def test_members_of_one_layer_and_several_values(tmp_path):
    torch.manual_seed(0)
    scaler = SCALERS["robust"]
    for n, net in enumerate([AveragedNetworks([nn.Linear(5, 2) for _ in range(4)], "regression"), AveragedNetworks([nn.Linear(5, 1)], "binary")]):
        (tmp_path / str(n)).mkdir()
        _, whole = same_in_c(net, scaler, tmp_path / str(n))
        near(whole, to_numpy(net, scaler=scaler)(ROWS))


@compiled
@pytest.mark.parametrize("make, options", [(NSADClassifier, {}), (NSADClassifier, dict(scaling="robust", embedding="piecewise")),
                                           (NSADRegressor, dict(scaling="quantile_uniform"))], ids=str)
def test_estimators_of_several_members(tmp_path, make, options):
    y = TARGETS["multiclass" if make is NSADClassifier else "regression"]
    model = make("x*exp(-x**2)", hidden=(8,), max_iter=8, random_state=3, n_members=3, **options).fit(ROWS, y)
    _, whole = same_in_c(model.network_, model.scaler_, tmp_path)
    floats = to_numpy(model.network_, scaler=model.scaler_)(ROWS)
    near(whole, floats)
    if make is NSADClassifier: assert (whole.argmax(1) == floats.argmax(1)).mean() > 0.97


@pytest.mark.parametrize("kind, embedding", [("robust", "none"), ("quantile_uniform", "none"), ("quantile_normal", "bins")])
@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("task", TARGETS)
def test_onnx_holds_the_same_numbers(tmp_path, task, members, kind, embedding):
    scaler, net = SCALERS[kind], average(task, kind, embedding, hidden=[(8,)] * members)
    if members == 1: net = net.member(0)
    X, options = odd_rows(), dict(dtype="int8", scaler=scaler, calibration=ROWS)
    got, expected = by_onnx(to_onnx(net, tmp_path / "n.onnx", **options), X), to_numpy(net, **options)(X)
    assert (np.isnan(got) == np.isnan(expected)).all()
    assert np.nanmean(np.abs(got - expected)) < 2e-3 * np.nanstd(expected)


FLOATS = r"(add|sub|mul|div|cvt\w*|u?comi|cmp\w*|max|min|sqrt|mova?)(ss|sd|ps|pd)|xmm|__aeabi_[fd]|__\w+[sd]f\d?\b"


@compiled
def test_no_float_in_the_loops(tmp_path):
    "Floats place a number between knots and give the outputs their unit; everything else is whole."
    scaler = SCALERS["quantile_normal"]
    text = to_c(average("multiclass", "quantile_normal"), dtype="int8", scaler=scaler, calibration=ROWS)
    (tmp_path / "n.c").write_text(text)
    made = subprocess.run([CC, "-std=c99", "-Os", "-fno-inline", "-S", "-o", "-", tmp_path / "n.c"], capture_output=True, text=True, check=True)
    functions, name = {}, None
    for line in made.stdout.splitlines():
        if label := re.match(r"(network_\w+?)(\.[\w.]+)?:", line): name = label[1]
        elif name and line.startswith("\t") and not line.startswith("\t."): functions.setdefault(name, []).append(line)
    whole = {"network_sums", "network_look_up", "network_bend", "network_log_add", "network_member0", "network_member1", "network_member2"}
    assert whole <= set(functions)
    assert {n for n in whole if any(re.search(FLOATS, line) for line in functions[n])} == set()


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler: apt-get install g++")
def test_a_compiler_of_c_plus_plus_takes_it(tmp_path):
    scaler = SCALERS["robust"]
    for task in TARGETS:
        (tmp_path / "n.cpp").write_text(to_c(average(task, "robust"), dtype="int8", scaler=scaler, calibration=ROWS))
        subprocess.run(["g++", "-Wall", "-Wextra", "-Werror", "-O3", "-c", "-o", tmp_path / "n.o", tmp_path / "n.cpp"], check=True)


def test_what_a_robust_scaler_clips_costs_no_steps():
    "One value far out leaves the others as far apart as before, where a standard scaler would not tell them apart."
    rows = np.concatenate([RNG.normal(size=(999, 1)), [[1e6]]])
    scaler = Scaler.fit(rows, "robust")
    net = nn.Sequential(nn.Linear(1, 1))
    whole = to_numpy(net, dtype="int8", scaler=scaler, calibration=rows)(rows)
    assert np.abs(whole - to_numpy(net, scaler=scaler)(rows)).max() < 0.02 * np.ptp(whole)


def test_one_curve_serves_all_columns_of_a_robust_scaler():
    net = mlp(5, (8,), "relu", seed=1).eval()
    found = {kind: quantise_network(net, ROWS, SCALERS[kind]).inputs for kind in ("robust", "quantile_uniform")}
    assert len(found["robust"].knots) == 1 and len(found["quantile_uniform"].knots) > 2
    for curves in found.values():
        codes = curves.code(ROWS.astype(np.float32))
        order = np.argsort(ROWS[:, 1])
        assert codes.min() >= 0 and codes.max() <= 4095 and (np.diff(codes[order, 1]) >= 0).all()
        assert len(np.unique(codes[:, 2])) == 2 and len(np.unique(codes[:, 4])) == 1


def test_a_place_between_knots():
    knots = np.float32([0, 1, 3])
    where, way = place(knots, np.float32([-np.inf, 0, 0.5, 1, 2.99, 3, np.inf]))
    assert where.tolist() == [0, 0, 0, 1, 1, 1, 1] and way[[0, 1, 2, 3, 5, 6]].tolist() == [0, 0, 512, 0, 1024, 1024]


def test_the_logarithm_of_a_sum_in_whole_numbers():
    a, b = np.round(RNG.normal(size=(2, 3000)) * 10 * UNIT).astype(np.int64)
    assert np.abs(log_add(a, b) / UNIT - np.logaddexp(a / UNIT, b / UNIT)).max() < 3e-4
    assert log_add(np.array([-(2**29)]), np.array([2**29])).tolist() == [2**29]


@pytest.mark.parametrize("task", TARGETS)
def test_a_report_counts_all_members(task):
    scaler, net = SCALERS["robust"], average(task, "robust", hidden=[(12, 6)] * 3)
    whole, one = (costs(quantise_network(n, ROWS, scaler)) for n in (net, net.member(0)))
    assert whole["weights"] == 3 * one["weights"]
    assert whole["tables"] >= 3 * 512 and whole["multiply-adds"] > 2.5 * one["multiply-adds"] and whole["look-ups"] >= 3 * one["look-ups"]
    told = footprint(net, ROWS, TARGETS[task], task, ROWS, scaler)
    score = "r2" if task == "regression" else "accuracy"
    assert told.int8["bytes of weights"] == whole["weights"] and told.int8[score] == pytest.approx(told.float[score], abs=0.02)


@compiled
@pytest.mark.parametrize("embedding", ["none", "bins"])
def test_constants_are_those_of_the_report(embedding):
    scaler, net = SCALERS["quantile_normal"], average("multiclass", "quantile_normal", embedding)
    told = footprint(net, ROWS, TARGETS["multiclass"], "multiclass", ROWS, scaler)
    if "bytes of constants" not in told.index: pytest.skip("no command `size`")
    spent = costs(quantise_network(net, ROWS, scaler))
    counted = spent["weights"] + spent["tables"] + spent["other constants"]
    assert -16 <= told.int8["bytes of constants"] - counted < 0.2 * counted         # compilers align


def test_what_cannot_be_is_told():
    scaler, net = SCALERS["robust"], network("robust")
    both = AveragedNetworks([net, net], "binary")
    for one in (net, both):
        with pytest.raises(ValueError, match=r"calibration=, rows of the training part \(5 features\)"): to_c(one, dtype="int8", scaler=scaler)
        with pytest.raises(ValueError, match=r"shape \(600, 3\).*5 features"): to_c(one, dtype="int8", scaler=scaler, calibration=ROWS[:, :3])
        with pytest.raises(ValueError, match="nan in row 0, column 0"): to_c(one, dtype="int8", scaler=scaler, calibration=ROWS * np.nan)
        with pytest.raises(ValueError, match=r"shape \(600, 3\).*rows of 5"):
            to_numpy(one, dtype="int8", scaler=scaler, calibration=ROWS)(ROWS[:, :3])
