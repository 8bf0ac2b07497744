"""Data: clear errors, splits that keep test rows apart, samples that are what they say."""
import gzip
import socket
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsad.data import NAMES, ORIGINALS, SAMPLES, DataError, Dataset, Scaler, fetch_dataset, list_datasets, load_dataset, split

SHARED = Path(__file__).parents[2] / "shared" / "data"
X, Y = np.arange(40.).reshape(20, 2), np.arange(20) % 2


def test_embedded_samples():
    for name, rows, positive in (("forest_cover", 20_000, 0.488), ("spambase", 4601, 0.394), ("magic", 12_000, 0.648)):
        ds = load_dataset(name, data_home=SAMPLES)
        assert ds.X.shape == (rows, len(NAMES[name])) and ds.X.dtype == np.float32 and ds.y.mean() == pytest.approx(positive, abs=2e-3)
        assert ds.licence == "CC BY 4.0" and "UCI" in ds.citation and "sample" in ds.source and np.isfinite(ds.X).all()
    assert sum(p.stat().st_size for p in SAMPLES.iterdir()) < 2e6


@pytest.mark.skipif(not SHARED.is_dir(), reason="the originals are not on this machine")
def test_originals():
    for name, rows in (("higgs", 35_298), ("magic", 19_020), ("spambase", 4601)):
        ds = load_dataset(name, data_home=SHARED)
        assert ds.X.shape == (rows, len(NAMES[name])) and ds.source == ORIGINALS[name].file
    assert load_dataset("higgs", data_home=SHARED).feature_names[0] == "lepton_pT"
    some = load_dataset("forest_cover", rows=5000, data_home=SHARED)
    assert some.n_rows == 5000 and some.y.mean() == pytest.approx(0.4876, abs=1e-3) and some.X[:, 0].mean() == pytest.approx(2959, abs=20)


def test_a_missing_original_is_replaced_by_its_sample_and_said_so(tmp_path, monkeypatch):
    monkeypatch.setenv("NSAD_DATA", str(tmp_path))
    with pytest.warns(UserWarning, match="reading the sample"):
        ds = load_dataset("magic", rows=10)
    assert "sample" in ds.source
    assert list(list_datasets()["read from"]) == ["to be downloaded", "sample", "sample", "sample"]
    (tmp_path / "magic04.data").write_text("1,2,3,4,5,6,7,8,9,10,g\n0,2,3,4,5,6,7,8,9,10,h\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_dataset("magic").n_rows == 2


def test_without_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    def refused(*args, **kwargs):
        raise OSError("no network here")
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    with pytest.raises(DataError) as error:
        load_dataset("higgs", data_home=tmp_path)
    for part in ("HIGGS.csv.gz", str(tmp_path), "NSAD_DATA", "https://archive.ics.uci.edu"):
        assert part in str(error.value)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "spambase.data").write_text("kept")
    assert fetch_dataset("spambase", tmp_path).read_text() == "kept"


@pytest.mark.parametrize("content, message", [
    (b"", "is empty"), (b"1,2,3\n", "has 3 columns, not 58"), (gzip.compress(b"x")[:-4], "cannot be read|columns"), (b"\xff\xfe\x00\x01", "cannot be read|columns"),
    (b",".join([b"1"] * 57 + [b"1"]) + b"\n" + b",".join([b"a"] * 58), "is text"), (b",".join([b"1"] * 58) + b"\n", "one class"),
    (b",".join([b"nan"] * 57 + [b"1"]) + b"\n" + b",".join([b"1"] * 57 + [b"0"]), "missing"),
])
def test_broken_files(content, message, tmp_path):
    (tmp_path / "spambase.data").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_dataset("spambase", data_home=tmp_path)


@pytest.mark.parametrize("arguments, message", [
    (dict(X=X, y=np.ones(20)), "one class only"), (dict(X=X, y=Y[:-1]), "X has 20 rows and y has 19"), (dict(X=X[:0], y=Y[:0]), "no rows"),
    (dict(X=np.where(X == 7, np.nan, X), y=Y), "'X1' has 1 rows"), (dict(X=np.where(X == 6, np.inf, X), y=Y), "'X0' has 1 rows"),
    (dict(X=X.astype(str), y=Y), "'X0' is text"), (dict(X=pd.DataFrame({"a": ["u"] * 20, "b": 1}), y=Y), "'a' is text|X0"), (dict(X=X[:, 0], y=Y), "shape"),
    (dict(X=X, y=np.where(Y, np.nan, 1.)), "target is missing"), (dict(X=X, y=Y, task="ranking"), "'ranking'"),
    (dict(X=X, y=np.arange(20) % 3, task="binary"), "3 classes"), (dict(X=X, y=["a"] * 10 + ["b"] * 10, task="regression"), "needs numbers"),
    (dict(X=X, y=Y, feature_names=["a"]), "2 columns need 2"), (dict(X=X[:, :0], y=Y), "at least one feature"),
])
def test_what_cannot_be_used_is_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        Dataset.from_arrays(**arguments)


def test_other_mistakes(tmp_path):
    with pytest.raises(DataError, match="did you mean 'forest_cover'"):
        load_dataset("forest_covr")
    with pytest.raises(DataError, match="at least one row"):
        load_dataset("magic", rows=0)
    ds = Dataset.from_arrays(X, Y)
    for shares in (dict(test=1.), dict(test=-0.1), dict(test=0.6, validation=0.5)):
        with pytest.raises(DataError, match="leave rows to train on"):
            split(ds, **shares)
    with pytest.raises(DataError, match=r"rows for each class: \[19, 1\]"):
        split(Dataset.from_arrays(X, [0] * 19 + [1]))
    with pytest.raises(DataError, match="no file"):
        Dataset.from_file(tmp_path / "none.csv", target="y")


def test_tasks_are_inferred():
    tasks = {"binary": [Y, Y.astype(bool), ["n", "y"] * 10, Y * 2.], "multiclass": [np.arange(20) % 3, list("abcd") * 5],
             "regression": [np.linspace(0, 1, 20), np.arange(20) * 1.5]}
    for task, targets in tasks.items():
        for y in targets:
            ds = Dataset.from_arrays(X, y)
            assert ds.task == task and ds.n_outputs == (ds.n_classes if task == "multiclass" else 1)
            if ds.classes:
                assert [str(ds.classes[c]) for c in ds.y] == [str(v) for v in np.asarray(y).tolist()]


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 300), st.floats(0.1, 0.4), st.sampled_from([0, 0.1, 0.25]), st.integers(0, 99), st.booleans())
def test_parts_share_no_row_and_have_all(n, test, validation, seed, regression):
    y = np.linspace(0, 1, n) if regression else np.arange(n) % 3
    ds = Dataset.from_arrays(np.arange(2. * n).reshape(n, 2), y)
    parts = split(ds, test, validation, seed)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(n)) and abs(len(parts.test) - test * n) <= 1
    again = split(ds, test, validation, seed)
    assert (again.test == parts.test).all() and (again.train == parts.train).all()
    if not regression:
        assert np.ptp(np.bincount(ds.y[parts.test], minlength=3)) <= 1


def test_the_scaler_knows_training_rows_only():
    ds = load_dataset("magic", rows=500, data_home=SAMPLES)
    train = split(ds).train
    before = Scaler.fit(ds.X[train])
    spoilt = ds.X.copy()
    spoilt[split(ds).test] = 1e9
    after = Scaler.fit(spoilt[train])
    np.testing.assert_array_equal(before.mean, after.mean)
    np.testing.assert_array_equal(before.scale, after.scale)
    flat = Scaler.fit(np.ones((5, 1)))
    assert flat.transform(np.full((2, 1), 3.)).tolist() == [[2.], [2.]]


def test_a_draw_is_repeatable_and_balanced():
    a, b, c = (load_dataset("spambase", rows=300, seed=s, data_home=SAMPLES) for s in (1, 1, 2))
    assert a.fingerprint == b.fingerprint != c.fingerprint
    assert a.y.mean() == pytest.approx(load_dataset("spambase", data_home=SAMPLES).y.mean(), abs=0.01)
