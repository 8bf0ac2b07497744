"""What estimators make of unusual rows, targets, weights and settings: the right thing, or a word about it; nothing in silence."""
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning

from nsad import NSADClassifier, NSADRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
B = X[:, 0] ** 2
TINY = dict(hidden=(4,), max_iter=4, random_state=0)
WORDS = pd.DataFrame({"word": ["p", "q", "r"] * 20, "x": X[:, 0]})


def classifier(X, y, sample_weight=None, **options): return NSADClassifier("relu", **{**TINY, **options}).fit(X, y, sample_weight)
def regressor(X, y, **options): return NSADRegressor("relu", **{**TINY, **options}).fit(X, y)


def quietly(fit, *args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fit(*args, **options)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["strong", dict(epochs=60)])
def test_epochs_to_wait_turn_early_stopping_on(recipe):
    net = quietly(regressor, X, RNG.normal(size=60), recipe=recipe, max_iter=60, lr=0.05, n_iter_no_change=2)
    assert net.recipe_.patience == 2 and net.n_iter_ < 60
    assert regressor(X, B, recipe=recipe).recipe_.patience is None
    assert regressor(X, B, recipe="converged", n_iter_no_change=3).recipe_.patience == 3


def test_epochs_to_wait_without_early_stopping_are_said_to_do_nothing():
    with pytest.warns(UserWarning, match="n_iter_no_change=2 does nothing with early_stopping=False"):
        net = regressor(X, B, early_stopping=False, n_iter_no_change=2)
    assert net.recipe_.patience is None and "patience" not in net.recipe_.name and net.n_iter_ == 4
    quietly(regressor, X, B, early_stopping=False)


NATURAL = {"Int64": (Y, np.int64), "Int8": (Y, np.int8), "UInt16": (Y, np.uint16), "boolean": (Y > 0, np.bool_), "Float64": (Y + 1.0, np.float64)}


@pytest.mark.parametrize("name", NATURAL)
def test_labels_keep_the_type_that_pandas_can_have_gaps_in(name):
    labels, dtype = NATURAL[name]
    given = pd.Series(labels, dtype=name, index=range(500, 560))
    net = classifier(X, given)
    assert net.classes_.dtype == net.predict(X).dtype == dtype
    np.testing.assert_array_equal(net.predict(X), classifier(X, labels).predict(X))
    assert net.score(X, given) == net.score(X, labels)
    with pytest.warns(DataConversionWarning):
        assert classifier(X, given.to_frame()).classes_.dtype == dtype
    for fit in (classifier, regressor):
        with pytest.raises(ValueError, match="y is missing in 2 rows, the first is row 3"):
            fit(X, given.where((np.arange(60) < 3) | (np.arange(60) > 4)))


@pytest.mark.parametrize("labels, dtype", [([bool(v) for v in Y], np.bool_), ([int(v) for v in Y], np.int64)], ids=["truth", "whole numbers"])
def test_objects_that_are_all_of_one_type_are_labels_of_it(labels, dtype):
    net = classifier(X, np.array(labels, dtype=object))
    assert net.classes_.dtype == net.predict(X).dtype == dtype


@pytest.mark.parametrize("labels, says", [
    (np.array([b"a", b"b"])[Y], "labels are of a type .bytes_. that cannot be put in order"),
    ([2**70 + int(v) for v in Y], "labels are of a type .int. that cannot"),
    (np.ma.masked_array(Y, np.arange(60) > 57), "y is missing in 2 rows, the first is row 58"),
], ids=["bytes", "beyond NumPy", "masked"])
def test_labels_that_cannot_be_used_are_named(labels, says):
    with pytest.raises(ValueError, match=says):
        classifier(X, labels)


@pytest.mark.parametrize("scale", [2.0**1000, 2.0**600, 2.0**-600, 2.0**-1000])     # a power of two leaves the digits
def test_numbers_of_any_size_are_scaled(scale):
    plain, far = regressor(X, B), quietly(regressor, X * [scale, 1, 1], B * scale)
    np.testing.assert_allclose(far.predict(X * [scale, 1, 1]) / scale, plain.predict(X), rtol=1e-4, atol=1e-5)


def test_the_largest_targets_are_learned():
    y = np.where(Y > 0, 1.7e308, -1.7e308)
    assert np.isfinite(regressor(X, y).predict(X)).all()


def test_rows_beyond_single_precision_are_said_and_are_no_class_by_chance():
    net, far = classifier(X, Y), X[:2].copy()
    far[0, 1] = 1e300
    with pytest.warns(UserWarning, match="column 1 .from 0. has numbers so far from the training rows"):
        proba = net.predict_proba(far)
    assert np.isfinite(proba).all() and proba[0].max() > 0.99
    net.network_[0].weight.data *= 1e300
    with pytest.raises(ValueError, match="no finite output for row 0 of X"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.predict(far)


def test_weights_of_any_size_are_shares():
    plain = classifier(X, Y, np.ones(60))
    for weight in (1e308, 1e-310):
        np.testing.assert_allclose(quietly(classifier, X, Y, np.full(60, weight)).predict_proba(X), plain.predict_proba(X))


@pytest.mark.parametrize("weight", [{0: -1, 1: 1}, {0: np.nan, 1: 1}, {0: 0, 1: 0}])
def test_class_weights_that_cannot_be_used_are_named(weight):
    with pytest.raises(ValueError, match="class_weight=.* must have finite numbers of at least 0"):
        classifier(X, Y, class_weight=weight)


@pytest.mark.slow
def test_rows_put_aside_count_as_their_class_does():
    "Else the epoch is kept that is best without weights."
    noise = RNG.normal(size=(200, 3))
    labels = RNG.integers(0, 2, 200)
    for rare in (0, 1):
        net = classifier(noise, labels, class_weight={rare: 1000, 1 - rare: 1e-4}, early_stopping=True, max_iter=60, lr=0.03)
        assert (net.predict(noise) == rare).mean() > 0.9


TICKS = 2**60 + np.arange(60)


@pytest.mark.parametrize("ticks", [TICKS, TICKS.astype(np.uint64), TICKS.astype(np.longdouble)], ids=["int64", "uint64", "longdouble"])
def test_numbers_that_double_precision_makes_equal_are_said(ticks):
    if np.finfo(np.longdouble).nmant < 60 and ticks.dtype == np.longdouble:
        pytest.skip("longdouble is no longer than double here")
    with pytest.warns(UserWarning, match="column 'X1' has 60 different numbers, of which double precision tells 1 apart"):
        classifier(np.column_stack([np.zeros_like(ticks), ticks]), Y)
    quietly(classifier, np.arange(60)[:, None], Y)


def test_whole_numbers_of_a_frame_are_counted_from_their_smallest():
    frame = pd.DataFrame({"ticks": TICKS})
    with pytest.warns(UserWarning, match="'ticks' has whole numbers that float64 cannot hold"):
        net = classifier(frame, Y)
    assert net.scaler_.scale[0] == pytest.approx(np.arange(60).std())
    assert len(np.unique(net.predict_proba(frame), axis=0)) > 1


@pytest.mark.parametrize("fit", [classifier, regressor])
def test_dates_are_no_numbers(fit):
    days = np.datetime64("2020-01-01") + np.arange(180).reshape(60, 3)
    net = fit(X, Y)
    for dates in (days, days.astype("M8[ns]"), days - days[0, 0]):
        with pytest.raises(ValueError, match="X has (datetime|timedelta)64.* where numbers are expected"):
            fit(dates, Y)
        with pytest.raises(ValueError, match="where numbers are expected"):
            net.predict(dates)
    with pytest.raises(ValueError, match="the target is datetime64.D., and a regression needs numbers"):
        regressor(X, days[:, 0])


def test_what_a_masked_array_hides_is_a_gap():
    hidden = np.ma.masked_array(np.where(X > 1, 1e6, X), X > 1)
    gaps = np.where(X > 1, np.nan, X)
    net, same = classifier(hidden, Y), classifier(gaps, Y)
    np.testing.assert_array_equal(net.scaler_.mean, same.scaler_.mean)
    np.testing.assert_array_equal(net.predict_proba(hidden), same.predict_proba(gaps))


def test_columns_without_a_value_are_said():
    with pytest.warns(UserWarning, match="column 1 .from 0. has no value at all"):
        classifier(np.column_stack([X[:, 0], np.full(60, np.nan)]), Y)
    with pytest.raises(ValueError, match="X has no value at all in 60 rows"):
        classifier(np.full((60, 2), np.nan), Y)
    with pytest.raises(ValueError, match="X has 60 rows and no column"):
        classifier(pd.DataFrame(index=range(60)), Y)


def test_what_never_changes_has_no_importance():
    shares = classifier(np.column_stack([X, np.full(60, 3.0)]), Y).feature_importances_
    assert shares[3] == 0 and shares.sum() == pytest.approx(1)


def test_a_column_of_another_type_is_said_in_other_rows():
    days, hours = pd.Series(pd.date_range("2020", periods=60)), pd.Series(pd.to_timedelta(np.arange(60), "h"))
    with pytest.warns(UserWarning, match="'x' is a length of time, taken in days"):
        timed = classifier(WORDS.assign(x=hours), Y)
    with pytest.warns(UserWarning, match="'x' is a date"):
        dated = classifier(WORDS.assign(x=days), Y)
    numbered, true = classifier(WORDS, Y), classifier(WORDS.assign(x=Y > 0), Y)
    for net, other, what in [(timed, days, "a duration"), (dated, hours, "a date"), (numbered, days, "a number"), (numbered, hours, "a number"), (true, 7.5, "True or False")]:
        with pytest.warns(UserWarning, match=f"'x' has .* where {what} is expected; it is read as a gap"):
            proba = net.predict_proba(WORDS.assign(x=other))
        np.testing.assert_array_equal(proba, net.predict_proba(WORDS.assign(x=None)))


def test_a_column_that_stands_twice_in_other_rows_is_refused():
    with pytest.raises(ValueError, match="several columns are called 'x'"):
        classifier(WORDS, Y).predict(pd.concat([WORDS, WORDS[["x"]]], axis=1))


def test_categories_that_are_numbers_are_known_by_their_value():
    frame = pd.DataFrame({"code": pd.Categorical([1, 2, 3] * 20, ordered=True), "word": ["u", "v"] * 30})
    net = classifier(frame, Y)
    floats = frame.assign(code=frame.code.astype(float))
    np.testing.assert_array_equal(net.predict_proba(frame), net.predict_proba(floats))
