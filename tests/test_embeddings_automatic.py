"""What the estimators do by default, `embedding="auto"`: what the training rows say, and what the network then has."""

import numpy as np
import pandas as pd
import pytest

from nsad import CategoryEmbedding, NSADClassifier, NSADRegressor, PiecewiseLinearEmbedding, Recipe, to_c
from nsad.embeddings import automatic_embedding
from nsad.problem import embedding_pays

RNG = np.random.default_rng(0)
WIDE = RNG.normal(size=(4000, 12))
FEW_VALUES = RNG.integers(0, 9, size=(4000, 3)).astype(float)
SHORT = dict(hidden=(8,), max_iter=2, random_state=0)


def mixed(n=4000):
    "Two columns with many values, between columns with few."
    return np.column_stack([FEW_VALUES[:n, 0], WIDE[:n, 0], FEW_VALUES[:n, 1], WIDE[:n, 1]])


@pytest.mark.parametrize("X, columns", [
    (WIDE[:, :6], (0, 1, 2, 3, 4, 5)), (mixed(), (1, 3)), (mixed(3999), None),
    (WIDE, None), (FEW_VALUES, None), (np.ones((4000, 2)), None),
    (np.where(WIDE[:, :2] > 0, np.nan, WIDE[:, :2]), (0, 1)),
], ids=["few", "mixed", "few rows", "many columns", "few values", "constant", "gaps"])
def test_the_rule_asks_rows_values_and_columns(X, columns):
    found = automatic_embedding(X)
    assert (found and found.columns) == columns
    assert found is None or isinstance(found, PiecewiseLinearEmbedding)


@pytest.mark.parametrize("X, words, expected", [
    (mixed(), (3,), CategoryEmbedding((3,), numbers=PiecewiseLinearEmbedding((1,)))),
    (mixed(300), (0,), CategoryEmbedding((0,))), (WIDE, (2, 3), CategoryEmbedding((2, 3), numbers=PiecewiseLinearEmbedding((0, 1, *range(4, 12))))),
    (mixed(), (), PiecewiseLinearEmbedding((1, 3))),
], ids=["beside numbers", "few rows", "words make numbers few", "no words"])
def test_words_are_embedded_whatever_becomes_of_numbers(X, words, expected):
    assert automatic_embedding(X, words) == expected


def test_words_of_a_frame_are_embedded_as_words_and_never_as_numbers(tmp_path):
    towns = RNG.integers(0, 80, 4000)
    frame = pd.DataFrame({"town": [f"town {k:02}" for k in towns], "x": WIDE[:, 0]})
    model = NSADRegressor("silu", **SHORT).fit(frame, towns % 7 + WIDE[:, 0])
    assert model.embedding_.columns == (0,) and model.embedding_.numbers.columns == (1,)
    assert "behind an embedding of 2 columns" in model.explain()
    again = NSADRegressor.load(model.save(tmp_path / "model.nsad"))
    assert again.embedding_ == model.embedding_ and again.embedding == "auto"
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))


@pytest.mark.parametrize("make", [NSADClassifier, NSADRegressor])
def test_an_estimator_says_what_it_decided_and_is_saved_with_it(make, tmp_path):
    X, y = mixed(), (WIDE[:, 0] > 0).astype(int)
    model = make("silu", **SHORT, scaling="robust").fit(X, y)
    assert model.embedding_.columns == (1, 3) and model.get_params()["embedding"] == "auto"
    again = make.load(model.save(tmp_path / "model.nsad"))
    assert again.embedding_ == model.embedding_ and again.embedding == "auto"
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    few = make("silu", **SHORT).fit(X[:300], y[:300])
    plain = make("silu", **{**SHORT, "embedding": None}).fit(X[:300], y[:300])
    assert few.embedding_ is None and "embedding" not in few.explain()
    np.testing.assert_array_equal(few.predict(X), plain.predict(X))


def test_other_rows_take_no_part():
    X, y = mixed(), (WIDE[:, 0] > 0).astype(int)
    model = NSADClassifier("silu", **SHORT).fit(X, y)
    before = model.embedding_
    model.predict(np.full((2000, 4), 1e6))
    assert model.embedding_ == before
    assert before.edges == NSADClassifier("silu", **SHORT).fit(X, y).embedding_.edges


@pytest.mark.slow
@pytest.mark.parametrize("target, embeds", [
    (lambda X: np.sin(6 * X[:, 0]), True), (lambda X: X.sum(1), False),
], ids=["a wave", "a plane"])
@pytest.mark.parametrize("more_columns", [0, 12])
def test_before_a_search_trainings_decide_and_the_search_is_in_that_network(target, embeds, more_columns):
    X = np.random.default_rng(1).normal(size=(600, 3))
    X = np.column_stack([X, np.zeros((600, more_columns))])    # what is constant is no column to embed
    model = NSADRegressor(
        hidden=(16,), recipe=Recipe("brief", steps=600), budget=3, random_state=0,
        engine_options=dict(population_size=8, initial_size=8, generations=1, finalists=2, final_seeds=1),
    ).fit(X, target(X))
    assert (model.embedding_ and model.embedding_.columns) == ((0, 1, 2) if embeds else None)
    searched = model.discovery_.provenance["options"].get("embedding")
    assert str(searched).startswith("piecewise" if embeds else "None")
    assert model.score(X, target(X)) > 0.8
    model.set_params(time_limit=60).fit(X, target(X))          # then there is no time for trainings
    assert model.embedding_ is None


@pytest.mark.slow
def test_numbers_beside_words_are_tried_and_words_embedded_whatever_comes_out():
    frame = pd.DataFrame({"town": [f"town {k % 80}" for k in range(800)], "x": WIDE[:800, 0]})
    brief = dict(hidden=(16,), recipe=Recipe("brief", steps=600), budget=3, random_state=0)
    wave = NSADRegressor(**brief).fit(frame, np.sin(6 * frame.x))
    line = NSADRegressor(**brief).fit(frame, frame.x)
    assert wave.embedding_.columns == line.embedding_.columns == (0,)
    assert wave.embedding_.numbers.columns == (1,) and line.embedding_.numbers is None


def test_few_rows_columns_of_few_values_and_what_was_asked_for_are_not_tried():
    brief = dict(hidden=(4,), recipe=Recipe("brief", steps=20), budget=3, random_state=0)
    y = WIDE[:, 0] > 0
    assert NSADClassifier(**brief).fit(mixed(399), y[:399]).embedding_ is None
    assert NSADClassifier(**brief).fit(FEW_VALUES[:500], y[:500]).embedding_ is None
    asked = NSADClassifier(**brief, embedding="periodic(columns=1)").fit(mixed(500), y[:500])
    assert str(asked.embedding_).startswith("periodic")
    assert NSADClassifier(**brief, embedding=None).fit(mixed(500), y[:500]).embedding_ is None


@pytest.mark.slow
def test_how_much_lower_the_loss_has_to_be_is_an_option():
    X = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    asked = X, np.sin(3 * X[:, 0]) + X[:, 1], "regression", PiecewiseLinearEmbedding()
    said = [embedding_pays(*asked, recipe=Recipe("brief", steps=100), most=most) for most in (0.01, 100)]
    assert said == [False, True]


def test_all_options_together_are_one_file():
    X, y = mixed(), (WIDE[:, 0] > 0).astype(int)
    model = NSADClassifier("sin(x)", **SHORT, scaling="quantile_normal", n_members=2).fit(X, y)
    text = to_c(model.network_, scaler=model.scaler_)
    assert "average of 2 networks" in text and model.embedding_.columns == (1, 3)


def test_what_is_no_embedding_is_still_named():
    with pytest.raises(ValueError, match="automatic"):
        NSADClassifier("silu", **{**SHORT, "embedding": "automatic"}).fit(mixed(), WIDE[:, 0] > 0)
