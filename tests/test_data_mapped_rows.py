"""Tables that lie in a file and are larger than memory: the same numbers, a batch at a time."""
import hashlib
import subprocess
import sys

import numpy as np
import pytest
import torch

from nsad import Dataset, Recipe, Study, mlp, split, train
from nsad.data import DataError, Scaler, StandardisedRows, fit_in_pieces, is_mapped
from nsad.training import predict

pytestmark = pytest.mark.slow

BRIEF = Recipe("brief", epochs=2, batch_size=64)


def table(rows=500, task="binary"):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(rows, 6)) * [1, 10, 0.1, 1, 1, 1] + [0, 5, 0, 0, 0, 0]).astype(np.float32)
    X[:, 5] = 7
    y = X[:, 0] * X[:, 2] * 10 + rng.normal(size=rows) if task == "regression" else (X[:, 0] * X[:, 1] > 0).astype(int)
    return Dataset.from_arrays(X, y, name="made up", task=task)


def mapped(ds, folder):
    from dataclasses import replace
    np.save(folder / "X.npy", ds.X)
    return replace(ds, X=np.load(folder / "X.npy", mmap_mode="r"))


def test_a_mapped_table_is_not_copied(tmp_path):
    ds = mapped(table(), tmp_path)
    assert is_mapped(ds) and not is_mapped(table())
    assert ds.fingerprint == table().fingerprint


@pytest.mark.parametrize("kind", ["float32", "float64 that is float32", "float64"])
def test_a_fingerprint_in_pieces_is_that_of_the_whole(monkeypatch, kind):
    monkeypatch.setattr("nsad.data.AT_ONCE", 64)
    X = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32)
    if kind != "float32": X = X.astype(np.float64)
    if kind == "float64": X[480, 1] = 0.1                                       # which no float32 is, in the last piece alone
    ds = Dataset.from_arrays(X, np.arange(500) % 2)
    expected = hashlib.sha256(f"binary{X.shape}".encode() + (X if kind == "float64" else X.astype(np.float32)).tobytes() + ds.y.tobytes())
    assert ds.fingerprint == expected.hexdigest()[:16]


def test_a_scaler_in_pieces_is_that_of_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("nsad.data.AT_ONCE", 64)
    ds = mapped(table(), tmp_path)
    rows = np.random.default_rng(1).permutation(500)[:333]
    got, expected = fit_in_pieces(ds, rows), Scaler.fit(ds.X[rows])
    np.testing.assert_allclose(got.mean, expected.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got.scale, expected.scale, rtol=1e-12)
    assert got.scale[5] == 1 and got.mean[5] == 7                               # a column that never changes


def test_rows_in_batches_are_those_of_the_scaler(tmp_path):
    ds = mapped(table(), tmp_path)
    rows = split(ds, seed=3).test
    scaler = fit_in_pieces(ds, rows)
    lazy, whole = StandardisedRows.of_scaler(ds, rows, scaler), scaler.transform(ds.X[rows])
    assert lazy.shape == whole.shape and lazy.ndim == 2 and len(lazy) == len(whole)
    np.testing.assert_array_equal(lazy, whole)
    np.testing.assert_array_equal(np.concatenate(list(lazy.batches(7))), whole)
    np.testing.assert_array_equal(lazy.pick(np.array([[3, 1], [0, 3]])), whole[[[3, 1], [0, 3]]])
    net = mlp(6, (8,), seed=1)
    np.testing.assert_array_equal(predict(net, lazy), predict(net, whole))


@pytest.mark.parametrize("validated", [False, True])
def test_a_network_learns_the_same_from_a_file(tmp_path, validated):
    ds = mapped(table(), tmp_path)
    scaler = fit_in_pieces(ds, np.arange(400))
    def trained(X, Xv):
        net = mlp(6, (8, 4), "x*exp(-x**2)", seed=1)
        train(net, X, ds.y[:400], recipe=BRIEF, validation=(Xv, ds.y[400:]) if validated else None)
        return predict(net, scaler.transform(ds.X))
    lazy = [StandardisedRows.of_scaler(ds, rows, scaler) for rows in (np.arange(400), np.arange(400, 500))]
    np.testing.assert_array_equal(trained(*lazy), trained(*map(np.asarray, lazy)))


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("patience", [None, 3])
def test_a_study_of_a_file_has_the_rows_of_one_in_memory(tmp_path, monkeypatch, task, patience):
    "Two seeds with splits of their own; nothing reads the whole table at once."
    recipe = Recipe("brief", epochs=2, batch_size=64, patience=patience)
    def rows(ds): return Study([ds], {"relu": "relu", "bump": "x*exp(-x**2)"}, ["8-4"], seeds=(1, 2), recipe=recipe).run(progress=False)
    ds = table(task=task)
    expected = rows(ds)
    if patience is None: monkeypatch.setattr(StandardisedRows, "__array__", None)
    got = rows(mapped(ds, tmp_path))
    measure = "r2" if task == "regression" else "log_loss"
    np.testing.assert_allclose(got[measure], expected[measure], rtol=1e-4, atol=1e-6)
    assert got.key.tolist() == expected.key.tolist()


def test_gaps_in_a_file_are_named(tmp_path):
    ds = table()
    X = ds.X.copy()
    X[3, 2] = np.nan
    np.save(tmp_path / "X.npy", X)
    from dataclasses import replace
    with pytest.raises(DataError, match="missing values; fill them in"):
        Study([replace(ds, X=np.load(tmp_path / "X.npy", mmap_mode="r"))], ["relu"], seeds=(1,), recipe=BRIEF).run(progress=False)


PEAK = """
import resource, sys
import numpy as np
from nsad import Dataset, Recipe, Study
X, y = (np.load(f"{sys.argv[1]}/{n}.npy", mmap_mode="r") for n in "Xy")
ds = Dataset(X, y, tuple(f"X{i}" for i in range(X.shape[1])), "made up", "", "binary", (0, 1))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
Study([ds], ["relu"], seeds=(1,), recipe=Recipe("brief", steps=10), rows=None).run(progress=False)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory in another way")
def test_a_study_of_a_file_takes_less_memory_than_the_file(tmp_path):
    rng = np.random.default_rng(0)
    X = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float32, (300_000, 200))
    for piece in np.array_split(X, 10): piece[:] = rng.standard_normal(piece.shape, np.float32)
    np.save(tmp_path / "y.npy", (X[:, 0] > 0).astype(np.int8))
    X.flush()
    out = subprocess.run([sys.executable, "-c", PEAK, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300).stdout
    assert float(out) < 240, out                                                # MB; the file has 240, a copy as doubles 480


def test_rows_of_a_file_go_where_the_network_is(tmp_path):
    ds = mapped(table(), tmp_path)
    lazy = StandardisedRows.of_scaler(ds, np.arange(500), fit_in_pieces(ds, np.arange(500)))
    assert predict(mlp(6, (8,)).double(), lazy).dtype == np.float64
    assert torch.as_tensor(np.asarray(lazy)).dtype == torch.float32


def test_models_of_other_kinds_take_rows_of_a_file(tmp_path):
    from nsad.baselines import Linear
    def rows(ds): return Study([ds], {}, seeds=(1,), models={"logistic regression": Linear()}, recipe=BRIEF).run(progress=False)
    np.testing.assert_allclose(rows(mapped(table(), tmp_path)).log_loss, rows(table()).log_loss, rtol=1e-5)
