"""Discovery: the front has no beaten formula, seeds repeat, engines see what they are given and no more."""
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsad.data import load_dataset, split
from nsad.discovery import Budget, Candidate, Discovery, discover, pareto_front
from nsad.formula import Formula, FormulaError

POOL = [Formula(t) for t in ("x", "sin(x)", "tanh(x)", "x*sin(x)", "x + sin(x)", "x*exp(-x**2)", "max(x, sin(2*x))")]
SMALL = {"network": dict(population_size=12, generations=2, rows=600, final_rows=800, finalists=4),
         "gplearn": dict(population_size=100, generations=2, fraction=1.0)}


@pytest.fixture(scope="module")
def training():
    ds = load_dataset("magic", rows=1500, seed=1)
    return ds.take(split(ds, test=0.2, seed=1).train)


class Reciting:
    "An engine that yields what it was told to, and remembers what it was given."
    def __init__(self, candidates):
        self.candidates = candidates

    def search(self, X, y, task, seed, budget):
        self.given = X, y, task, seed, budget
        yield from self.candidates


@given(st.lists(st.tuples(st.sampled_from(POOL), st.floats(0.01, 1) | st.just(float("nan"))), min_size=1), st.randoms())
def test_nothing_on_the_front_is_beaten_and_order_does_not_matter(pairs, rng):
    candidates = [Candidate(f, loss) for f, loss in pairs]
    front = pareto_front(candidates)
    finite = [c for c in candidates if np.isfinite(c.loss)]
    assert len(front) == 0 if not finite else front.loss.min() == min(c.loss for c in finite)
    for _, row in front.iterrows():
        assert not any(c.loss <= row.loss and c.complexity < row.complexity or c.loss < row.loss and c.complexity <= row.complexity
                       for c in finite)
    rng.shuffle(candidates)
    assert pareto_front(candidates).equals(front)


def test_only_the_highest_rung_counts(training):
    found = discover(training, Reciting([Candidate(POOL[0], 0.1), Candidate(POOL[1], 0.5, rung=1)]), progress=False)
    assert found.best == POOL[1]


def test_an_engine_gets_standardised_rows_of_what_it_was_given(training):
    engine = Reciting([Candidate(POOL[0], 0.1)])
    discover(training, engine, seed=9, budget=5, progress=False)
    X, y, task, seed, budget = engine.given
    assert X.shape == training.X.shape and task == "binary" and seed == 9 and budget.candidates == 5
    np.testing.assert_allclose(X.mean(0), 0, atol=1e-3)
    np.testing.assert_array_equal(y, training.y)


def test_rows_outside_the_training_part_change_nothing():
    ds = load_dataset("magic", rows=1500, seed=1)
    parts = split(ds, test=0.2, seed=1)
    X = ds.X.copy()
    X[parts.test] = 1e6
    from dataclasses import replace
    spoilt = replace(ds, X=X)
    fronts = [discover(d.take(parts.train), seed=1, progress=False, **SMALL["network"]).front for d in (ds, spoilt)]
    assert fronts[0].equals(fronts[1])


@pytest.mark.parametrize("engine", SMALL)
def test_same_seed_same_front(engine, training):
    np.random.seed(0)
    first = discover(training, engine, seed=3, progress=False, **SMALL[engine])
    np.random.rand(7)                                    # what others draw must not matter
    again = discover(training, engine, seed=3, progress=False, **SMALL[engine])
    assert first.front.equals(again.front)


@pytest.mark.parametrize("engine", SMALL)
def test_a_budget_is_kept(engine, training):
    found = discover(training, engine, budget=10, progress=False, **SMALL[engine])
    assert 1 <= found.provenance["candidates"] <= 12


def test_time_is_up():
    assert Budget(seconds=0).spent(0) and not Budget(seconds=60).spent(0)
    assert Budget(candidates=3).spent(3) and not Budget(candidates=3).spent(2)


def test_interrupted_search_returns_what_it_has(training):
    def until_interrupted():
        yield Candidate(POOL[1], 0.3)
        raise KeyboardInterrupt
    found = discover(training, Reciting(until_interrupted()), progress=False)
    assert found.best == POOL[1]


def test_regression_and_several_classes():
    from nsad.data import Dataset
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3)).astype("float32")
    for y in (np.sin(X[:, 0]) * 50 + 100, np.digitize(X[:, 0], [-0.5, 0.5])):
        for engine, options in SMALL.items():
            found = discover(Dataset.from_arrays(X, y), engine, progress=False, **options)
            assert np.isfinite(found.front.loss).all()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"front": [], "history": []}', "\x00", '{"front": 3, "provenance": {}, "history": []}'])
def test_a_file_that_is_no_discovery_is_refused(content, tmp_path):
    path = tmp_path / "found.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="not a saved discovery"):
        Discovery.load(path)


def test_a_formula_in_a_file_cannot_run(tmp_path, training):
    found = discover(training, Reciting([Candidate(POOL[0], 0.1)]), progress=False)
    raw = json.loads(found.to_json())
    raw["front"][0]["formula"] = "__import__('os').system('touch owned')"
    (tmp_path / "found.json").write_text(json.dumps(raw))
    with pytest.raises(FormulaError):
        Discovery.load(tmp_path / "found.json")
    assert not (tmp_path / "owned").exists()
