"""Data: clear errors, splits that keep test rows apart, samples that are what they say."""
import gzip
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nsad.data
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
    with pytest.warns(UserWarning, match=r"magic04.data has 2 rows, the published file 19,020: it is cut short") as said:
        ds = load_dataset("magic")
    assert ds.n_rows == 2 and not any("sample" in str(w.message) for w in said)
    assert ds.source == "magic04.data (2 rows, not the published 19,020)"


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
    (b"", "is empty"), (b"1,2,3\n", "has 3 columns, not 58"), (gzip.compress(b"x", mtime=0)[:-4], "cannot be read|columns"), (b"\xff\xfe\x00\x01", "cannot be read|columns"),
    (b",".join([b"1"] * 57 + [b"1"]) + b"\n" + b",".join([b"a"] * 58), "line 2 the label 'a'"), (b",".join([b"1"] * 58) + b"\n", "one class"),
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
            assert bool(ds.classes) == (task != "regression")
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


def magic_file(folder, labels, cells="1"):
    (folder / "magic04.data").write_text("".join(",".join([cells] * 10 + [label]) + "\n" for label in labels))
    return folder


@pytest.mark.parametrize("name, label", [("magic", "x"), ("magic", "G"), ("magic", ""), ("forest_cover", "9"), ("spambase", "2"), ("spambase", "0.5"), ("spambase", "spam")])
def test_a_label_that_is_none_is_never_a_negative(name, label, tmp_path):
    labels, original = ["g", "h"] if name == "magic" else ["1", "2"] if name == "forest_cover" else ["0", "1"], ORIGINALS[name]
    text = "".join(",".join(["1"] * len(NAMES[name]) + [v]) + "\n" for v in [*labels, label]).encode()
    (tmp_path / original.file).write_bytes(gzip.compress(text) if original.file.endswith("gz") else text)
    with pytest.raises(DataError, match="in line 3"):
        load_dataset(name, data_home=tmp_path)


def test_every_cut_of_the_last_line_is_refused_or_leaves_whole_rows(tmp_path):
    whole = (magic_file(tmp_path, "ghgh", "1.5") / "magic04.data").read_bytes()
    line = whole.index(b"\n") + 1
    for cut in range(3 * line + 1, len(whole) - 2):
        (tmp_path / "magic04.data").write_bytes(whole[:cut])
        with pytest.raises(DataError, match="line 4"):
            load_dataset("magic", data_home=tmp_path)


def test_a_damaged_archive_is_one_clear_error(tmp_path):
    raw = (SAMPLES / ORIGINALS["forest_cover"].sample).read_bytes()
    middle = len(raw) // 2
    for broken in (raw[:middle], raw[:middle] + bytes(64) + raw[middle + 64:], raw[:middle] + b"\xff" * 64 + raw[middle + 64:]):
        (tmp_path / "covtype.data.gz").write_bytes(broken)
        with pytest.raises(DataError, match="covtype.data.gz"):
            load_dataset("forest_cover", data_home=tmp_path)


@pytest.mark.parametrize("piece", [1, 7, 50])
def test_the_size_of_a_piece_changes_nothing(piece, tmp_path, monkeypatch):
    lines = gzip.decompress((SAMPLES / ORIGINALS["magic"].sample).read_bytes()).splitlines(keepends=True)[:120]
    (tmp_path / "magic04.data").write_bytes(b"".join(lines))
    want = [load_dataset("magic", rows=rows, data_home=tmp_path) for rows in (None, 40)]
    monkeypatch.setattr(nsad.data, "PIECE", piece)
    assert [load_dataset("magic", rows=rows, data_home=tmp_path).fingerprint for rows in (None, 40)] == [ds.fingerprint for ds in want]
    rows = {tuple(x): y for x, y in zip(want[0].X, want[0].y)}
    assert all(rows[tuple(x)] == y for x, y in zip(want[1].X, want[1].y))


def test_a_fault_far_down_a_file_is_found_by_its_column_and_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(nsad.data, "PIECE", 2)
    magic_file(tmp_path, "ghgh")
    path = tmp_path / "magic04.data"
    for value, what in (("", "missing"), ("inf", "infinite"), ("many", "text \\('many'"), ("1e40", "float32")):
        path.write_text("".join(["1,1,1,1,1,1,1,1,1,1,g\n", "1,1,1,1,1,1,1,1,1,1,h\n"] * 2) + f"1,1,{value},1,1,1,1,1,1,1,g\n")
        with pytest.raises(DataError, match=f"lines 5 to 5: column 'fSize' .*{what}"):
            load_dataset("magic", data_home=tmp_path)


def test_seven_kinds_of_forest():
    many, two = (load_dataset("forest_cover", data_home=SAMPLES, target=target) for target in ("multiclass", "binary"))
    assert many.n_outputs == 7 and two.n_outputs == 1 and len(np.unique(many.y)) == 7
    np.testing.assert_array_equal(many.X, two.X)
    np.testing.assert_array_equal(many.y == many.classes.index("lodgepole pine"), two.y == 1)


def test_a_dataset_is_a_value_and_leaves_its_makers_arrays_alone():
    from dataclasses import replace
    mine, target = np.ones((4, 1), np.float32), np.array([0, 1, 0, 1])
    ds = replace(Dataset.from_arrays(mine, target), X=mine, y=target)
    before = ds.fingerprint
    mine[:], target[:] = 7, 0
    assert ds.fingerprint == before and not ds.X.flags.writeable and not ds.take([0, 2]).X.flags.writeable


@pytest.mark.parametrize("arguments, message", [
    (dict(X=X * 1j, y=Y), "complex"), (dict(X=X, y=np.c_[Y, Y]), "one target"), (dict(X=X, y=np.full(20, .5)), "every row"),
    (dict(X=pd.DataFrame({"when": pd.date_range("2020", periods=20)}), y=Y, feature_names=["when"]), "'when' is of type Timestamp"),
    (dict(X=pd.DataFrame({"n": pd.array([1, None] * 10, dtype="Int64")}), y=Y, feature_names=["n"]), "'n' has 10 rows"),
    (dict(X=[["1"]] * 19 + [["red"]], y=Y), "'red'"), (dict(X=X * 1e300, y=Y), "beyond float32"),
])
def test_more_that_cannot_be_used(arguments, message):
    with pytest.raises(DataError, match=message):
        Dataset.from_arrays(**arguments)


def test_numbers_kept_as_objects_are_numbers():
    np.testing.assert_array_equal(Dataset.from_arrays(X.astype(object), Y).X, X)


@pytest.mark.parametrize("rows", [1, 2.5, True, "9"])
def test_a_number_of_rows_that_cannot_be_drawn(rows):
    with pytest.raises(DataError, match="rows="):
        load_dataset("magic", rows=rows, data_home=SAMPLES)


def test_all_rows_but_one_can_be_drawn():
    assert load_dataset("spambase", rows=4600, data_home=SAMPLES).n_rows == 4600


def test_a_share_that_is_no_number_is_refused():
    for shares in (dict(test=float("nan")), dict(validation=float("nan"))):
        with pytest.raises(DataError, match="leave rows to train on"):
            split(Dataset.from_arrays(X, Y), **shares)


def test_a_scaler_fits_its_features_only():
    scaler = Scaler.fit(np.full((1000, 2), 0.1))
    assert scaler.scale.tolist() == [1, 1] and scaler.mean.tolist() == [0.1, 0.1]
    for call in (lambda: scaler.transform(np.ones((2, 3))), lambda: Scaler.fit(np.ones((0, 2)))):
        with pytest.raises(DataError, match="shape"):
            call()


@pytest.fixture
def published(tmp_path, monkeypatch):
    "A server on this machine in place of the repository; gives a function that says what it serves."
    import hashlib
    import threading
    from dataclasses import replace
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        served = b"", 0

        def do_GET(self):
            body, missing = Handler.served
            self.send_response(200)
            self.send_header("Content-Length", str(len(body) + missing))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args): pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def serve(name, body, missing=0, digest_of=None):
        Handler.served = body, missing
        digest = hashlib.sha256(digest_of).hexdigest() if digest_of is not None else None
        url = f"http://127.0.0.1:{server.server_port}/file"
        monkeypatch.setitem(ORIGINALS, name, replace(ORIGINALS[name], url=url, sha256=digest))
    yield serve
    server.shutdown()
    server.server_close()


def test_a_download_is_kept_and_not_repeated(published, tmp_path):
    body = (",".join(["1"] * 57) + ",0\n" + ",".join(["1"] * 58) + "\n").encode()
    published("spambase", body, digest_of=body)
    path = fetch_dataset("spambase", tmp_path / "new" / "folder", progress=False)
    published("spambase", b"something else")
    assert fetch_dataset("spambase", path.parent, progress=False) == path and path.read_bytes() == body
    assert load_dataset("spambase", data_home=path.parent).n_rows == 2


@pytest.mark.slow
@pytest.mark.parametrize("fault", [dict(missing=1000), dict(digest_of=b"the original")])
def test_a_download_that_is_cut_or_altered_leaves_nothing_behind(fault, published, tmp_path):
    published("higgs", b"not the original", **fault)
    with pytest.raises(DataError, match="could not be downloaded") as error:
        load_dataset("higgs", data_home=tmp_path, progress=False)
    assert "HIGGS.csv.gz" in str(error.value) and list(tmp_path.iterdir()) == []
