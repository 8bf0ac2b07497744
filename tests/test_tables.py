"""Own tables: every kind of file, words, dates, gaps and identifiers, and that nothing of the test rows leaks into what fills the gaps."""
import gzip
import io
import json
import warnings
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sklearn.datasets
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import PENGUINS
from nsad.card import describe, guess_domain, plot_card
from nsad.data import DataError, Dataset, Scaler, load_dataset, split
from nsad.tables import FEW, MISSING, Encoding, kind_of, read_table

matplotlib.use("Agg")
FRAME = pd.DataFrame(dict(height=[1.5, np.nan, 3.25, 4.], kind=["oak", "elm", None, "oak"], tall=[True, False, True, True], y=[0, 1, 1, 0]))


def arff(frame):
    lines = ["% trees", "@RELATION trees", "@attribute height NUMERIC", "@attribute 'kind' {oak,'elm'}", "@ATTRIBUTE tall {True,False}", "@attribute y integer", "", "@DATA"]
    cells = frame.astype(object).where(frame.notna(), "?").astype(str)
    return "\n".join(lines + [", ".join(row) for row in cells.to_numpy()] + ["% end", ""]).encode()


def written(kind, frame=FRAME):
    out = io.BytesIO()
    if kind == "csv": frame.to_csv(out, index=False)
    elif kind == "tsv": frame.to_csv(out, index=False, sep="\t")
    elif kind == "parquet": frame.to_parquet(out)
    elif kind == "feather": frame.to_feather(out)
    elif kind == "arff": return arff(frame)
    else: np.savez(out, **{c: frame[c].fillna("").to_numpy(str) if c == "kind" else frame[c].to_numpy() for c in frame})
    return out.getvalue()


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet", "feather", "arff", "npz"])
def test_every_kind_of_file_is_the_same_table(kind, packing, tmp_path):
    content = written(kind)
    if packing == ".gz": content = gzip.compress(content, mtime=0)
    if packing == ".zst": content = zstd(content)
    path = tmp_path / f"trees.{kind}{packing}"
    path.write_bytes(content)
    frame = read_table(path)
    assert list(frame.columns) == list(FRAME.columns) and frame["y"].tolist() == [0, 1, 1, 0]
    np.testing.assert_array_equal(frame["height"].astype(float), FRAME["height"])
    assert frame["kind"].fillna("").tolist() == ["oak", "elm", "", "oak"]
    ds = Dataset.from_file(path, target="y")
    assert ds.name == "trees" and ds.source == path.name and ds.task == "binary" and np.isnan(ds.X).sum() == 1


def zstd(content):
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream: stream.write(content)
    return out.getvalue().to_pybytes()


@pytest.mark.parametrize("name, content, message", [
    ("t.csv", b"", "is empty"), ("t.xlsx", b"PK", "does not tell by its name"), ("t", b"a,b", "does not tell"), ("t.gz", b"a,b", "does not tell"),
    ("t.csv", b"a,b\n1,2,3\n", "cannot be read"), ("t.csv", "höhe,b\n1,2\n".encode("latin-1"), "not UTF-8"), ("t.csv.gz", gzip.compress(b"a,b\n1,2\n" * 900, mtime=0)[:-9], "cannot be read"),
    ("t.csv.zst", b"not zstd", "cannot be read"), ("t.csv.gz", b"not gzip", "cannot be read"), ("t.parquet", b"PAR1junk", "cannot be read"), ("t.feather", b"junk", "cannot be read"),
    ("t.npz", b"PK\x03\x04junk", "cannot be read"), ("t.arff", b"1,2,3\n", "no line @data"), ("t.arff", b"@attribute a numeric\n@data\nmany\n", "cannot be read"),
    ("t.arff", b"@attribute a numeric\n@attribute b numeric\n@data\n{0 1}\n", "sparse"), ("t.arff", b"@attribute a\n@data\n1\n", "no attribute and type"),
    ("t.arff", b"@attribute a numeric\n@data\n1,2\n", "cannot be read|Expected")])
def test_files_that_are_none(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        read_table(tmp_path / name)
    assert name in str(error.value)


def test_arrays_of_npz(tmp_path):
    X = np.arange(12.).reshape(4, 3)
    np.savez(tmp_path / "a.npz", X=X, y=[0, 1, 0, 1])
    assert list(read_table(tmp_path / "a.npz")) == ["X0", "X1", "X2", "y"]
    np.savez(tmp_path / "b.npz", X=X, y=[0, 1, 0, 1], feature_names=["p", "q", "r"])
    ds = Dataset.from_file(tmp_path / "b.npz", target="y")
    assert ds.feature_names == ("p", "q", "r") and ds.encoding is None
    for arrays, message in ((dict(X=X, y=[1, 2]), "numbers of rows"), (dict(X=np.zeros((2, 2, 2))), "shape"), (dict(X=np.array([{}])), "cannot be read")):
        np.savez(tmp_path / "c.npz", **arrays)
        with pytest.raises(DataError, match=message):
            read_table(tmp_path / "c.npz")


@pytest.mark.parametrize("text", ["a;b\n1,5;x\n2,5;y\n", "a;b\n1.5;x\n2.5;y\n", "a\tb\n1.5\tx\n2.5\ty\n", "\ufeffa,b\n1.5,x\n2.5,y\n", "a|b\n1.5|x\n2.5|y\n", "a,b\r\n1.5,x\r\n2.5,y\r\n"])
def test_dialects_of_csv(text, tmp_path):
    (tmp_path / "t.csv").write_bytes(text.encode())
    frame = read_table(tmp_path / "t.csv")
    assert frame["a"].tolist() == [1.5, 2.5] and frame["b"].tolist() == ["x", "y"]


N = 40
CITIES = [f"{chr(97 + i)}-ville" for i in range(FEW + 5)]


@pytest.mark.parametrize("values, kind", [
    (np.arange(N) / 7, "number"), (np.arange(N), "number"), ([1, None] * 20, "number"), (pd.array([1, None] * 20, dtype="Int64"), "number"), (["1", "2.5"] * 20, "number"),
    ([True, False] * 20, "truth"), ([True, None] * 20, "truth"), (pd.array([True, None] * 20, dtype="boolean"), "truth"), (["a", "b"] * 20, "word"), (["a", None] * 20, "word"),
    (pd.Categorical(["lo", "hi"] * 20, ["lo", "hi"], ordered=True), "ordered"), (pd.Categorical(["lo", "hi"] * 20), "word"), (pd.date_range("2020", periods=N), "date"),
    (["2020-01-31", "2021-02-03"] * 20, "date"), (["31/01/2020", "03/02/2021"] * 20, "date"), (pd.to_timedelta(np.arange(N), "h"), "duration"), (pd.period_range("2020", periods=N, freq="M"), "date"),
    ([None] * N, "empty"), ([f"user{i}" for i in range(N)], "identifier"), ([f"say {i // 1.5}" for i in range(N)], "text"), (["1", "x"] * 20, "word"), ([1, "x"] * 20, "word")])
def test_kinds(values, kind):
    assert kind_of(pd.Series(values, name="c")) == kind
    frame = pd.DataFrame({"c": pd.Series(values), "other": np.arange(N) % 7})
    numbers = Encoding.of(frame).transform(frame)                 # whatever it is, numbers come of it
    assert all(d.kind in "fiu" for d in numbers.dtypes) and len(numbers) == N


@pytest.mark.parametrize("name, kind", [("id", "identifier"), ("patient_id", "identifier"), ("PatientID", "identifier"), ("Unnamed: 0", "identifier"), ("uuid", "identifier"),
                                        ("row_number", "identifier"), ("humid", "number"), ("x", "number"), ("width", "number"), ("valid", "number"), ("grid", "number")])
def test_identifiers_are_known_by_name_and_values(name, kind):
    assert kind_of(pd.Series(np.random.default_rng(0).permutation(N), name=name)) == kind
    assert kind_of(pd.Series(np.arange(N) // 2, name=name)) == "number"                  # a number that comes twice names nothing
    assert kind_of(pd.Series(np.arange(N) + .5, name=name)) == "number"


def test_the_rule():
    frame = pd.DataFrame(dict(two=["b", "a"] * 20, three=["x", "y", "z", None] * 10, many=(CITIES * 3)[:N], size=pd.Categorical(["S", "L"] * 20, ["S", "M", "L"], ordered=True),
                              some=[1., None, 3., 4.] * 10, few=[None] + [2.] * (N - 1), when=["1970-01-02", "1970-01-04"] * 20, code=[f"u{i}" for i in range(N)]))
    rule = Encoding.of(frame)
    numbers = rule.transform(frame)
    assert rule.names == ("two=b", "three=x", "three=y", "three=z", f"three={MISSING}", "many", "size", "some", "some missing", "few", "when") == tuple(numbers)
    assert numbers["two=b"].tolist()[:2] == [1, 0] and numbers[f"three={MISSING}"].sum() == 10
    assert (numbers[[n for n in numbers if n.startswith("three=")]].sum(axis=1) == 1).all()
    assert numbers["many"].tolist()[:3] == [0, 1, 2] and numbers["size"].tolist()[:2] == [0, 2] and numbers["when"].tolist()[:2] == [1, 3]
    assert numbers["some missing"].sum() == 10 and np.isnan(numbers["few"][0]) and len(rule.notes) == 2
    assert list(rule.table().columns) == ["column", "kind", "how", "becomes", "note"]
    assert "code" in Encoding.of(frame[["two", "code"]], keep=["code"]).names


def test_new_rows_go_by_the_old_rule():
    frame = pd.DataFrame(dict(two=["b", "a"] * 20, three=list("xyz") * 13 + ["x"], many=(CITIES * 3)[:N], n=np.arange(N) * .5))
    rule = Encoding.of(frame)
    new = rule.transform(pd.DataFrame(dict(n=[7], many=["nowhere"], three=["q"], two=["a"], further=["?"])))
    assert new.columns.tolist() == list(rule.names) and new["many"][0] == -1            # a place of its own, beside the codes 0, 1, 2, ...
    assert new.drop(columns=["many", "n"]).to_numpy().sum() == 0
    assert rule.transform(frame.head(1).assign(two="q"))["two=b"][0] == .5               # neither of two
    assert np.isnan(rule.transform(frame.head(1).assign(many=None))["many"][0])          # a gap is not an unseen word
    with pytest.raises(DataError, match="'many'"):
        rule.transform(frame.drop(columns="many"))
    with pytest.raises(DataError, match="column 'n' has 'seven'"):
        rule.transform(frame.assign(n="seven"))


@pytest.mark.parametrize("frame, arguments, message", [
    (pd.DataFrame([[1, 2, 0], [2, 3, 1]], columns=["a", "a", "y"]), {}, "several columns are called 'a'"), (pd.DataFrame(dict(y=[0, 1])), {}, "no column but 'y'"),
    (FRAME, dict(keep=["leaf"]), "'leaf'"), (FRAME, dict(keep="kind"), "list of names"), (FRAME, dict(task="ranking"), "'ranking'"), (FRAME.assign(height=np.inf), {}, "'height' has 4 rows"),
    (FRAME.iloc[:0], {}, "no rows"), (FRAME.assign(y=[0, 1, None, 1]), {}, "target is missing in 1 rows"), (pd.DataFrame(dict(a=[None] * 4, y=[0, 1, 0, 1])), {}, "no column is left"),
    (FRAME.assign(y=1), {}, "one class only"), (FRAME.assign(height=[1j] * 4), {}, "'height'|complex")])
def test_frames_that_cannot_be_used(frame, arguments, message):
    with pytest.raises(DataError, match=message), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Dataset.from_frame(frame, "y", **arguments)


def test_doubts_are_warnings_and_notes():
    frame = pd.DataFrame(dict(id=range(N), count=range(N), when=pd.date_range("2020", periods=N), size=np.arange(N) % 9 / 3, y=[0, 1] * 20))
    with pytest.warns(UserWarning) as caught:
        ds = Dataset.from_frame(frame, "y", name="own")
    said = " ".join(str(w.message) for w in caught)
    assert all(part in said for part in ("'id' is different in every row", "'count' counts the rows", "'when' is a date")) and len(ds.notes) == 3
    assert ds.feature_names == ("count", "when", "size") and "is different in every row" in ds._repr_html_() and ds.take([0, 1]).notes == ds.notes
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Dataset.from_frame(frame[["size", "y"]], "y").notes == ()


def test_day_and_month_stand_in_one_order_for_all_rows():
    for words, order in ((["03/02/2020", "31/01/2020"], "%d/%m/%Y"), (["02/03/2020", "01/31/2020 09:30"], "%m/%d/%Y"), (["3.2.2020", "4.2.2020"], "%d.%m.%Y")):
        rule = Encoding.of(pd.DataFrame(dict(when=words * 20)))
        days = rule.transform(pd.DataFrame(dict(when=words[:1])))              # where a row alone would leave it open
        assert days.when[0] == pd.Timestamp(pd.to_datetime(words[0], format=order)).timestamp() / 86400
        with pytest.raises(DataError, match="'13/13/2020' where a date"): rule.transform(pd.DataFrame(dict(when=["13/13/2020"])))
    assert kind_of(pd.Series(["31/01/2020", "01/31/2020"] * 20)) == "word"


@pytest.mark.parametrize("target, task, classes", [
    (["no", "yes"] * 20, "binary", ("no", "yes")), (pd.Categorical(["no", "yes"] * 20), "binary", ("no", "yes")), (pd.array([0, 1] * 20, dtype="Int64"), "binary", (0, 1)),
    (pd.array(np.arange(N) * 1.5, dtype="Float64"), "regression", ()), (pd.array([True, False] * 20, dtype="boolean"), "binary", (False, True)),
    (list("abcd") * 10, "multiclass", tuple("abcd")), (np.arange(N), "regression", ()), (pd.array(np.arange(N), dtype="Int64"), "regression", ())])
def test_targets_of_frames(target, task, classes):
    ds = Dataset.from_frame(pd.DataFrame(dict(x=np.arange(N) % 7, y=target)), "y")
    assert (ds.task, ds.classes) == (task, classes)


def test_a_table_of_numbers_is_what_it_was():
    X = np.random.default_rng(0).standard_normal((N, 3))
    frame = pd.DataFrame(X, columns=list("abc")).assign(y=np.arange(N) % 2)
    ds, plain = Dataset.from_frame(frame, "y"), Dataset.from_arrays(X, frame["y"], list("abc"))
    assert ds.fingerprint == plain.fingerprint and ds.feature_names == plain.feature_names and ds.encoding is None and ds.notes == ()


def test_penguins():
    ds = Dataset.from_file(PENGUINS, target="species")
    assert ds.classes == ("Adelie", "Chinstrap", "Gentoo") and ds.n_rows == 344 and ds.n_features == 11 and np.isnan(ds.X).sum() == 8
    assert "'bill_length_mm' misses 2 of 344" in " ".join(ds.notes)


def test_what_fills_a_gap_comes_from_training_rows_only():
    ds = Dataset.from_file(PENGUINS, target="species")
    train, test = (split(ds, seed=1).train, split(ds, seed=1).test)
    spoilt = ds.X.copy()
    spoilt[test] = 1e6
    for X in (ds.X, spoilt):
        scaler = Scaler.fit(X[train])
        np.testing.assert_allclose(scaler.mean, np.nanmean(ds.X[train].astype(float), axis=0))
        np.testing.assert_allclose(scaler.scale, np.nanstd(ds.X[train].astype(float), axis=0))
    scaled = scaler.transform(ds.X)
    assert np.isfinite(scaled).all() and (scaled[np.isnan(ds.X)] == 0).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.integers(2, 30), st.integers(0, 10**6), st.floats(0, 1))
def test_a_scaler_with_gaps(width, rows, seed, share):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, width)) * 10. ** rng.integers(-3, 4, width)
    whole = Scaler.fit(X)
    X[rng.random(X.shape) < share] = np.nan
    scaler = Scaler.fit(X)
    Z = scaler.transform(X)
    assert np.isfinite(Z).all() and np.isfinite(scaler.mean).all() and (scaler.scale > 0).all() and (Z[np.isnan(X)] == 0).all()
    if not np.isnan(X).any(): np.testing.assert_array_equal(scaler.mean, whole.mean)


CELLS = st.one_of(st.none(), st.booleans(), st.integers(-10**9, 10**9), st.floats(allow_nan=True, allow_infinity=False, width=32), st.text(max_size=8), st.dates())


def test_any_table_becomes_numbers_or_one_error():
    seen = {"table": 0, "error": 0}

    @settings(max_examples=80, deadline=None)
    @given(st.integers(2, 30).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=4)))
    def check(columns):
        frame = pd.DataFrame({f"c{i}": pd.Series(c, dtype=object) for i, c in enumerate(columns)}).assign(y=np.arange(len(columns[0])) % 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try: ds = Dataset.from_frame(frame, "y")
            except DataError:
                seen["error"] += 1
                return
            assert np.isfinite(Scaler.fit(ds.X).transform(ds.X)).all() and len(set(ds.feature_names)) == ds.n_features
            describe(frame, "y").to_json()
            seen["table"] += 1
    check()
    assert seen["table"] > 20, seen


# ---- from elsewhere ----

@pytest.mark.parametrize("name, rows, features, task", [("sklearn:iris", 150, 4, "multiclass"), ("wine", 178, 13, "multiclass"), ("sklearn:breast_cancer", 569, 30, "binary"),
                                                        ("digits", 1797, 64, "multiclass"), ("diabetes", 442, 10, "regression")])
def test_tables_of_sklearn(name, rows, features, task):
    ds = load_dataset(name)
    assert (ds.n_rows, ds.n_features, ds.task) == (rows, features, task) and ds.domain and "scikit-learn" in ds.source
    few = load_dataset(name, rows=60, seed=3)
    assert few.n_rows == 60 and few.fingerprint == load_dataset(name, rows=60, seed=3).fingerprint
    np.testing.assert_array_equal(load_dataset(name, rows=20, seed=None).X, ds.X[:20])


def test_classes_of_sklearn_have_names():
    assert load_dataset("iris").classes == ("setosa", "versicolor", "virginica") and load_dataset("breast_cancer").classes == ("benign", "malignant")


@pytest.mark.parametrize("name, arguments, message", [
    ("sklearn:linnerud", {}, "not a table"), ("sklearn:nothing", {}, "there are iris"), ("sklearn:", {}, "not a table"), ("openml:", {}, "openml:NUMBER"), ("openml:a@b", {}, "openml:NUMBER"),
    ("iris", dict(target="petal"), "has one target"), ("iris", dict(part="test"), "no test rows"), ("iris", dict(rows=0), "at least one"), ("iris", dict(rows=2), "needs a row"),
    ("kaggle:x", {}, "no dataset is called 'kaggle:x'"), ("irsi", {}, "sklearn:NAME")])
def test_elsewhere_mistakes(name, arguments, message):
    with pytest.raises(DataError, match=message):
        load_dataset(name, **arguments)


@pytest.fixture
def openml(monkeypatch):
    asked, frame = [], pd.DataFrame(dict(duration=np.arange(N) * 1.5, purpose=["car", "radio"] * 20, rate=np.arange(N) % 4 + .5))

    def fetch(**kwargs):
        asked.append(kwargs)
        column = kwargs.get("target_column", "class")
        target = pd.Series(pd.Categorical(["good", "bad"] * 20), name="class") if column == "class" else frame[column]
        return SimpleNamespace(data=frame.drop(columns=column, errors="ignore"), target=target,
                               details=dict(name="credit-g", id="31", version="1", licence="Public", citation="Hofmann (1994)"))
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)
    return asked


def test_a_table_of_openml(openml, tmp_path):
    ds = load_dataset("openml:31", rows=20, data_home=tmp_path)
    assert (ds.name, ds.licence, ds.citation, ds.source) == ("credit-g", "Public", "Hofmann (1994)", "OpenML 31, version 1")
    assert ds.classes == ("bad", "good") and ds.feature_names == ("duration", "purpose=radio", "rate") and ds.n_rows == 20
    load_dataset("openml:credit-g@2")
    assert load_dataset("openml:credit-g", target="rate").task == "regression"
    assert [{k: v for k, v in a.items() if k in ("data_id", "name", "version", "target_column")} for a in openml] == [
        dict(data_id=31), dict(name="credit-g", version=2), dict(name="credit-g", version="active", target_column="rate")]


@pytest.mark.parametrize("error", [OSError("no route to host"), ValueError("Dataset 1 not found"), KeyError("x")])
def test_openml_that_does_not_answer(error, monkeypatch):
    def fetch(**kwargs): raise error
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)
    with pytest.raises(DataError, match="openml:1 could not be had .*Dataset.from_file"):
        load_dataset("openml:1")


# ---- the card ----

def test_the_card_of_penguins():
    card = describe(PENGUINS, target="species")
    lines = card.columns.set_index("column")
    assert lines.kind["sex"] == "word" and lines.missing["sex"] == pytest.approx(11 / 344) and lines.lowest["bill_length_mm"] == 32.1 and lines.discrete["year"] > 0.99
    read = json.loads(card.to_json())
    assert read["balance"] == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124} and read["domain"] == "ecology" and len(read["columns"]) == 8
    assert "Chinstrap: 68 (19.8%)" in repr(card) and "bill_length_mm" in card._repr_html_()


def test_the_card_says_what_is_doubtful():
    frame = pd.DataFrame(dict(id=range(100), x=np.arange(100) % 3, y=["rare"] * 3 + ["often"] * 97))
    card = describe(pd.concat([frame, frame]), "y")
    notes = " ".join(card.notes)
    assert "100 rows are the same as another" in notes and "class 'rare' has 6 rows" in notes
    assert "'id' is different" in " ".join(describe(frame, "y").notes)
    assert "missing in 1 rows" in " ".join(describe(frame.assign(y=["a", "b"] * 49 + ["a", None]), "y").notes)
    assert describe(frame).target == "" and describe(frame).balance == {} and describe(frame, "x", task="regression").balance == {}


def test_the_card_draws_every_kind_of_column():
    from matplotlib import pyplot as plt
    frame = pd.DataFrame(dict(wide=[1e308, -1e308, np.inf] + [1.] * 27, close=1 + 2.3e-16 * np.arange(30), none=np.nan, one=1, truth=[True, False, False] * 10,
                              day=pd.date_range("2020", periods=30), month=pd.period_range("2020", periods=30, freq="M"), text=[f"w{i}" for i in range(30)]))
    frame.loc[3, "day"] = pd.NaT
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        card = describe(frame)
        plt.close(plot_card(card))
    lines = card.columns.set_index("column")
    assert lines["shape"][["wide", "none", "one", "truth"]].tolist() == ["▁█▁", "", "█", "█▄"] and (lines["shape"].str.len() <= 8).all()
    assert lines.often["day"] == "from 2020-01-01 to 2020-01-30" and lines.often["month"] == "from 2020-01 to 2022-06"


@pytest.mark.parametrize("table, arguments, message", [("none.csv", {}, "no file"), (FRAME, dict(target="z"), "no column 'z'"), (FRAME.iloc[:0], {}, "nothing to describe"),
                                                       (FRAME[[]], {}, "nothing to describe"), (FRAME.assign(y=1), dict(target="y"), "one class only")])
def test_what_has_no_card(table, arguments, message):
    with pytest.raises(DataError, match=message):
        describe(table, **arguments)


def test_the_picture_of_a_card():
    from matplotlib import pyplot as plt
    wide = pd.DataFrame(np.random.default_rng(0).standard_normal((50, 30)), columns=[f"column number {i} of very many" for i in range(30)]).assign(empty=None, y=list("ab") * 25)
    for card in (describe(PENGUINS, "species"), describe(wide, "y"), describe(load_dataset("iris")), describe(FRAME)):
        fig = plot_card(card)
        drawn = [ax for ax in fig.axes if ax.patches]
        assert 0 < len(drawn) <= 24 and fig._suptitle.get_text().startswith(card.headline)
        plt.close(fig)


def test_a_domain_is_guessed_or_left_open():
    assert guess_domain(["lepton_pT", "jet_1_eta", "jet_1_phi", "m_bb"]) == "physics" and guess_domain(["patient_id", "age", "glucose", "BMI"]) == "medicine"
    assert guess_domain([]) == "" and guess_domain(["x1", "x2", "x3"]) == ""
