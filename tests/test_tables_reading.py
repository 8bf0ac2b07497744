"""What a table's reader decides: from whole columns, from training rows only, and never in silence."""
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsad import Dataset, Recipe, Study, discover, split
from nsad.data import Scaler

SMALL = dict(population_size=8, initial_size=8, generations=1, finalists=2, progress=False)


def table(rows=160, seed=0):
    "Numbers, words few and many, a column with gaps, dates, and a label."
    r = np.random.default_rng(seed)
    frame = pd.DataFrame(dict(size=r.normal(size=rows).round(3), colour=r.choice(["red", "green", "blue"], rows), town=r.choice([f"town {i:02}" for i in range(14)], rows),
                              wet=r.normal(size=rows), seen=[f"{d:02}/{m:02}/2020" for d, m in zip(r.integers(1, 13, rows), r.integers(1, 13, rows))], label=r.integers(0, 2, rows)))
    return frame.assign(wet=frame.wet.where(r.random(rows) > .04))


def quiet(frame, target="label", **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Dataset.from_frame(frame, target, **kwargs)


CANARIES = dict(
    colour=lambda f, t: f.assign(colour=f.colour.where(~f.index.isin(t[:1]), "amber")), town=lambda f, t: f.assign(town=f.town.where(~f.index.isin(t), "aachen")),
    gaps=lambda f, t: f.assign(wet=f.wet.where(~f.index.isin(t))), word=lambda f, t: f.assign(size=f["size"].astype(object).where(~f.index.isin(t[:1]), "n/k")),
    text=lambda f, t: f.assign(size=f["size"].astype(object).where(~f.index.isin(t), "huge")), month=lambda f, t: f.assign(seen=f.seen.where(~f.index.isin(t[:1]), "01/31/2020")),
    dates=lambda f, t: f.assign(seen=f.seen.where(~f.index.isin(t), "never")), all_gone=lambda f, t: f.assign(colour=f.colour.where(~f.index.isin(t))),
    noise=lambda f, t: f.assign(size=f["size"].where(~f.index.isin(t), 1e9), wet=f.wet.where(~f.index.isin(t), -1e9)))


@pytest.mark.parametrize("canary", CANARIES)
def test_a_change_of_test_rows_changes_nothing_that_is_fitted(canary):
    frame = table()
    clean = quiet(frame)
    parts = split(clean, seed=1)
    other = quiet(CANARIES[canary](frame, parts.test))
    assert (split(other, seed=1).train == parts.train).all()
    a, b = clean.take(parts.train), other.take(parts.train)
    assert a.fingerprint == b.fingerprint and a.feature_names == b.feature_names
    np.testing.assert_array_equal(Scaler.fit(a.X).mean, Scaler.fit(b.X).mean)


@pytest.mark.slow
def test_neither_a_search_nor_a_study_notices_test_rows():
    frame = table()
    fitted = []
    for f in (frame, CANARIES["town"](CANARIES["gaps"](CANARIES["dates"](frame, split(quiet(frame), seed=1).test), split(quiet(frame), seed=1).test), split(quiet(frame), seed=1).test)):
        ds = quiet(f)
        front = discover(ds.take(split(ds, seed=1).train), seed=1, recipe=Recipe("short", epochs=2), **SMALL).front
        rows = Study([ds], ["relu"], seeds=(1,), recipe=Recipe("short", epochs=2)).run(progress=False)
        fitted.append((front.to_csv(), rows.n_parameters.tolist()))
    assert fitted[0] == fitted[1]


def test_a_study_encodes_each_seed_by_its_own_training_rows():
    r = np.random.default_rng(0)
    frame = pd.DataFrame(dict(kind=["rare", *r.choice(list("ab"), 119)], x=r.normal(size=120), label=np.arange(120) % 2))
    ds = quiet(frame)
    seeds = [s for s in range(30) if 0 in split(ds, seed=s).test][:2] + [s for s in range(30) if 0 in split(ds, seed=s).train][:2]
    rows = Study([ds], ["relu", "sin(x)"], seeds=seeds, recipe=Recipe("short", epochs=1)).run(progress=False)
    sizes = rows.groupby("seed").n_parameters.first()
    assert len(rows) == 8 and sizes[seeds[0]] == sizes[seeds[1]] < sizes[seeds[2]] == sizes[seeds[3]]        # two words are one column, three are three


def test_parts_share_one_rule_and_an_unseen_word_has_its_own_place():
    ds = quiet(table())
    training, validation, test = ds.parts(split(ds, validation=.2, seed=3))
    assert training.encoding is validation.encoding is test.encoding and training.feature_names == test.feature_names
    rule = training.encoding
    known = rule.transform(table())
    new = rule.transform(table().head(1).assign(colour="mauve", town="nowhere"))
    columns = [n for n in known if n.startswith(("colour", "town"))]
    assert np.isfinite(new[columns]).all(axis=None) and not (known[columns] == new[columns].iloc[0]).all(axis=1).any()


def is_no_giant(text):
    "Not one like 'INF' or '9e99', which a table refuses in any row, by name."
    try: return abs(float(text)) < 1e38
    except ValueError: return True


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.one_of(st.none(), st.text(max_size=6).filter(is_no_giant), st.integers(), st.floats(allow_nan=False, allow_infinity=False, width=32)), min_size=1, max_size=6))
def test_whatever_stands_in_test_rows(seed, cells):
    frame = table(80, seed % 7).astype(object)
    parts = split(quiet(frame), seed=seed % 100)
    other = frame.copy()
    for k, cell in enumerate(cells): other.iloc[parts.test[k], (seed + k) % 5] = cell
    a, b = (quiet(f).take(parts.train) for f in (frame, other))
    assert a.fingerprint == b.fingerprint and a.encoding == b.encoding


def written(folder, text, name="t.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("cells, values", [
    (["2", "1,3", "10,5", ""], [2, 1.3, 10.5, None]), (["1.234,50", "7", "2.000.000"], [1234.5, 7, 2e6]), (["1,234.50", "7", "2,000,000"], [1234.5, 7, 2e6]), (["$5", "$1,200", "-$3"], [5, 1200, -3]),
    (["12 %", "7%", "0"], [12, 7, 0]), (["1 234", "5", "6"], [1234, 5, 6]), (["(5)", "7.5", "−2"], [-5, 7.5, -2]), (["3,50 €", "2 €", "1.000 €"], [3.5, 2, 1000]), (["1'000.5", "3"], [1000.5, 3])])
def test_numbers_in_every_spelling(cells, values, tmp_path):
    lines = [f"{c}\t{i}\t{i % 2}" for i, c in enumerate(cells * 12)]
    ds = quiet_file(written(tmp_path, "\n".join(["amount\tz\ty", *lines]) + "\n", "t.tsv"), "y")
    j = ds.feature_names.index("amount")
    np.testing.assert_allclose(ds.X[:len(values), j].astype(float), np.array(values, dtype=float))


def quiet_file(path, target, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Dataset.from_file(path, target, **kwargs)


@pytest.mark.parametrize("mark", ["-", "n/k", ".", "missing", "<5", "?", "", "NA", "NULL", "*", "about 40", "#DIV/0!"])
def test_one_odd_cell_is_a_named_gap(mark, tmp_path):
    ages = np.random.default_rng(0).integers(5, 90, 120)
    cells = [str(a) for a in ages]
    cells[7] = mark
    path = written(tmp_path, "age,z,y\n" + "\n".join(f"{c},{i % 3},{i % 2}" for i, c in enumerate(cells)) + "\n")
    ds = quiet_file(path, "y")
    assert np.isnan(ds.X[7, 0]) and (np.delete(ds.X[:, 0], 7) == np.delete(ages, 7)).all()
    assert mark in ("?", "", "NA", "NULL") or repr(mark) in " ".join(ds.notes)


DATES = {"month and year": (["04/2021", "05/2018"], "D", ["2021-04-01", "2018-05-01"]), "month-year": (["4-2021", "12-1999"], "D", ["2021-04-01", "1999-12-01"]),
         "spaces": (["2020 03 04", "2020 11 30"], "D", ["2020-03-04", "2020-11-30"]), "without signs": (["20200304T1200", "20201130T183000Z"], "s", ["2020-03-04T12:00:00", "2020-11-30T18:30:00"]),
         "weeks": (["2020-W01", "2021-W53", "2020-W53"], "D", ["2019-12-30", "", "2020-12-28"]), "days of weeks": (["2020-W10-3", "2020W107"], "D", ["2020-03-04", "2020-03-08"])}


@pytest.mark.parametrize("spelling", DATES)
def test_dates_in_rarer_spellings_are_days(spelling):
    "Not words in alphabetical order, in which 12/2018 comes after 01/2021."
    texts, unit, wanted = DATES[spelling]
    days = np.array([np.datetime64(w, unit) if w else np.datetime64("NaT", unit) for w in wanted])
    days = np.where(np.isnat(days), np.nan, (days - np.datetime64("1970-01-01", unit)) / np.timedelta64(1, "D"))
    texts = [t for t, w in zip(texts, wanted) if w] * 20                       # there is no week 53 of 2021
    ds = quiet(pd.DataFrame(dict(when=texts, label=[0, 1] * (len(texts) // 2))))
    np.testing.assert_allclose(ds.X[:len(texts) // 20, 0], days[~np.isnan(days)])


@pytest.mark.parametrize("words", [["3/1000", "4/1000"], ["1/7", "2/7"], ["13/2020x", "5/2020x"]])
def test_what_only_looks_like_a_date_is_none(words):
    ds = quiet(pd.DataFrame(dict(when=words * 20, label=[0, 1] * 20)))
    assert set(np.unique(ds.X)) <= {0., 1.}
