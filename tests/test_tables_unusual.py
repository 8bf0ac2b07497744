"""Unusual tables and arrays: what is read as something is said, what cannot be read is an error that names it."""
import warnings

import numpy as np
import pandas as pd
import pytest

from nsad import DataError, Dataset, Encoding, read_table
from nsad.card import describe
from nsad.tables import kind_of

N = 40
LABEL = [0, 1] * (N // 2)


def file(folder, text, name="t.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def notes(make, *args, **kwargs):
    "What is made, and what is said of it."
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        made = make(*args, **kwargs)
    return made, " | ".join(str(w.message) for w in said)


def test_the_target_has_the_decimal_mark_of_the_file(tmp_path):
    "1,200 beside 0,5 is one and a fifth, as `read_table` reads it."
    path = file(tmp_path, "a;y\n" + "".join(f"{i % 7},5;1,{200 + i}\n" for i in range(N)))
    ds, said = notes(Dataset.from_file, path, "y")
    np.testing.assert_allclose(ds.y, 1.2 + np.arange(N) / 1000)
    np.testing.assert_array_equal(ds.y, read_table(path).y)
    assert "'y': '1,200' is read as 1.2" in said
    assert "'y': '1,200' is read as 1.2" in " ".join(describe(path, "y").notes)


@pytest.mark.parametrize("beside, said", [("7", True), ("2.5", False)])
def test_thousands_that_could_be_fractions_are_said(beside, said, tmp_path):
    path = file(tmp_path, "a;b;y\n" + "".join(f"1,{200 + i};{beside};{LABEL[i]}\n" for i in range(N)))
    ds, told = notes(Dataset.from_file, path, "y")
    np.testing.assert_array_equal(ds.X[:, 0], 1200 + np.arange(N))
    assert ("'a': '1,200' is read as 1200; 'a' could have decimal commas" in told) == said


def test_a_target_of_as_many_classes_as_rows_is_said():
    days = [f"2020-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(N)]
    said = notes(Dataset.from_frame, pd.DataFrame({"x": LABEL, "y": days}), "y")[1]
    assert "the target has 40 classes in 40 rows" in said
    assert "classes in" not in notes(Dataset.from_frame, pd.DataFrame({"x": np.arange(N) / 3, "y": LABEL}), "y")[1]


@pytest.mark.parametrize("text, line", [("a,y\n1,0\n2,1,3\n", 3), ("# made today\na,y\n1,0\n", 2), ("a,y\n1,0,\n2,1,\n", 2)])
def test_rows_of_another_width_are_named_with_the_remedy(text, line, tmp_path):
    with pytest.raises(DataError, match=f"line {line} has . cells, the first .; each line needs as many"):
        read_table(file(tmp_path, text))


def test_whole_numbers_of_a_file_stay_whole(tmp_path):
    largest = [2**63 - 1 - i for i in range(N)]
    frame = read_table(file(tmp_path, "a,b\n" + "".join(f"{v},-{v}\n" for v in largest)))
    assert frame.a.tolist() == largest and frame.b.tolist() == [-v for v in largest]
    assert read_table(file(tmp_path, f"a\n{2**63}\n1\n", "beyond.csv")).a.tolist() == [2.0**63, 1.0]


def test_lengths_of_time_are_days_and_no_dates():
    hours = pd.Series(pd.to_timedelta(np.arange(N), "h"), name="t")
    assert kind_of(hours) == "duration" and kind_of(pd.Series(pd.date_range("2020", periods=N))) == "date"
    rule = Encoding.of(hours.to_frame())
    assert rule.notes == ("'t' is a length of time, taken in days",)
    np.testing.assert_allclose(rule.transform(hours.to_frame()).t, np.arange(N) / 24)
    assert Encoding.from_dict(rule.to_dict()) == rule


@pytest.mark.parametrize("column, other, says", [
    (np.arange(N) / 3, pd.date_range("2020", periods=N), "datetime64.* where a number is expected"),
    (np.arange(N) / 3, 1j * np.arange(N), "complex128 where a number is expected"),
    (pd.date_range("2020", periods=N), pd.to_timedelta(np.arange(N), "h"), "timedelta64.* where a date is expected"),
    (pd.to_timedelta(np.arange(N), "h"), pd.date_range("2020", periods=N), "datetime64.* where a duration is expected"),
    (pd.to_timedelta(np.arange(N), "h"), np.arange(N), "int64 where a duration is expected"),
    (np.array(LABEL) > 0, np.arange(N), "'2' where True or False is expected"),
], ids=["date for number", "complex for number", "duration for date", "date for duration", "number for duration", "number for truth"])
def test_a_column_of_another_type_is_refused_or_a_gap(column, other, says):
    rule = Encoding.of(pd.DataFrame({"c": column, "x": np.arange(N) % 7}))
    rows = pd.DataFrame({"c": other, "x": np.arange(N) % 7})
    with pytest.raises(DataError, match=f"column 'c' has {says}"):
        rule.transform(rows)
    gaps = rule.transform(rows, odd="gap").c.isna()
    assert gaps.all() or says.startswith("'2'") and gaps.sum() == N - 2
    blank = rule.transform(rows.assign(c=None))
    assert blank.c.isna().all()


def test_columns_that_stand_twice_are_refused_where_they_are_needed():
    frame = pd.DataFrame({"a": np.arange(N) / 3, "b": ["u", "v"] * (N // 2)})
    rule, twice = Encoding.of(frame), pd.concat([frame, frame[["a"]]], axis=1)
    with pytest.raises(DataError, match="several columns are called 'a'"):
        rule.transform(twice)
    other = pd.concat([frame, pd.DataFrame(0, range(N), ["z", "z"])], axis=1)
    pd.testing.assert_frame_equal(rule.transform(other), rule.transform(frame))


def test_names_in_several_levels_are_found_again():
    frame = pd.DataFrame(np.arange(2 * N).reshape(N, 2) / 3, columns=pd.MultiIndex.from_tuples([("u", "a"), ("u", "b")]))
    assert Encoding.of(frame).transform(frame).shape == (N, 2)


def test_an_index_of_several_levels_is_columns(tmp_path):
    frame = pd.DataFrame({"a": np.arange(N) / 3, "w": ["p", "q"] * (N // 2), "x": np.arange(N) % 7, "y": LABEL})
    frame.set_index(["a", "w"]).to_parquet(tmp_path / "t.parquet")
    assert sorted(read_table(tmp_path / "t.parquet").columns) == ["a", "w", "x", "y"]


def test_arrays_of_a_file_in_another_byte_order_and_names_that_do_not_fit(tmp_path):
    X = np.arange(2.0 * N).reshape(N, 2)
    np.savez(tmp_path / "big.npz", X=X.astype(">f8"), y=np.array(LABEL, ">i4"))
    np.testing.assert_array_equal(notes(Dataset.from_file, tmp_path / "big.npz", "y")[0].X, X)
    np.savez(tmp_path / "names.npz", X=X, y=LABEL, feature_names=["a", "b", "c"])
    with pytest.raises(DataError, match="feature_names has 3 names, and the matrices have .2. columns"):
        read_table(tmp_path / "names.npz")


X2 = np.arange(2.0 * N).reshape(N, 2)


@pytest.mark.parametrize("y, says", [
    (np.arange(N) * 1j, "the target has complex numbers"), (3, "y=3 is one value"), (np.ma.masked_array(LABEL, [True] + [False] * (N - 1)), "the target is missing in 1 rows")])
def test_targets_that_are_none_are_named(y, says):
    with pytest.raises(DataError, match=says):
        Dataset.from_arrays(X2, y)


def test_a_list_is_no_target():
    with pytest.raises(DataError, match="is a list; a dataset has one target"):
        Dataset.from_frame(pd.DataFrame({"a": LABEL, "y": LABEL}), ["y"])


def test_numbers_that_double_precision_makes_equal_are_said():
    ticks = 2**60 + np.arange(N)
    said = notes(Dataset.from_arrays, ticks[:, None], LABEL, feature_names=["ticks"])[1]
    assert "column 'ticks' has 40 different numbers, of which double precision tells 1 apart" in said
    said = notes(Dataset.from_arrays, X2, 2**60 + 100 * np.arange(N))[1]
    assert "column 'target' has 40 different numbers" in said
    assert notes(Dataset.from_arrays, ticks[:, None] - 2**60, LABEL)[1] == ""
