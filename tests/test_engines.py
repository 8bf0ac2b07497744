"""Engines that fit labels: repeatable, within budget, honest about what they need and could not read."""
import ast
import builtins
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from nsad.data import load_dataset, split
from nsad.discovery import Discovery, discover, load_engine, read_hall_of_fame
from nsad.engines.pysr import NO_JULIA, PySREngine
from nsad.formula import Formula

pytestmark = pytest.mark.slow

SMALL = {"operon": dict(population_size=100, generations=3, rounds=2, fraction=0.5),
         "gplearn": dict(population_size=60, generations=2, fraction=0.5)}
HALL = 'Complexity,Loss,Equation\n1,0.25,"0.5"\n4,0.21,"sin(x3 * 2.1)"\n6,0.18,"cos(x25) - cos(abs(x1))"\n7,0.17,"wild(x1)"\n8,0.16,"x1 ^ 2"\n'


@pytest.fixture(scope="module")
def training():
    ds = load_dataset("magic", rows=1200, seed=1)
    return ds.take(split(ds, test=0.2, seed=1).train)


@pytest.mark.parametrize("reduction", ["collapse", "projections"])
@pytest.mark.parametrize("engine", SMALL)
def test_same_seed_same_front_in_one_variable(engine, reduction, training):
    first, again = (discover(training, engine, seed=3, reduction=reduction, progress=False, **SMALL[engine]) for _ in range(2))
    assert first.front.equals(again.front)
    assert all(Formula(t).variables == ("x",) for t in first.front.formula)
    assert np.isfinite(first.front.loss).all() and (first.front.source != "").all()


def test_operon_does_not_warn_of_a_program_without_variables(recwarn):
    import pyoperon

    from nsad.engines.operon import OperonEngine, program_text
    X = np.random.default_rng(0).normal(size=(40, 2))
    estimator = OperonEngine(population_size=10, generations=1).estimator(3).fit(X, X[:, 0])
    assert float(program_text(estimator, pyoperon.Tree([pyoperon.Node.Constant(0.5)]).UpdateNodes(), ["X0", "X1"]).strip("()")) == 0.5
    assert not [w for w in recwarn if "no variables" in str(w.message)]


def test_operon_keeps_a_budget(training):
    assert discover(training, "operon", budget=3, progress=False, **SMALL["operon"]).provenance["candidates"] <= 3


def test_operon_takes_numbers_and_several_classes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3)).astype("float32")
    for y in (np.sin(2 * X[:, 0]), np.digitize(X[:, 0], [-0.5, 0.5])):
        assert np.isfinite(discover((X, y), "operon", progress=False, **SMALL["operon"]).front.loss).all()


@pytest.mark.parametrize("engine", SMALL)
def test_an_unknown_reduction_is_refused(engine, training):
    with pytest.raises(ValueError, match="reduction 'sum' is not one of 'collapse', 'projections'"):
        discover(training, engine, reduction="sum", progress=False)


def test_without_operon_it_says_what_to_install(training, monkeypatch):
    real = builtins.__import__
    def without(name, *args, **kwargs):
        if name.startswith("pyoperon"):
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'nsad\[operon\]'"):
        discover(training, "operon", progress=False)


def test_projections_know_the_label_and_stay_with_their_rows(training):
    from nsad.data import Scaler
    from nsad.engines.labels import projected
    X = Scaler.fit(training.X).transform(training.X)
    z, labels = projected(X, training.y, "binary", 1, n_units=3)
    assert z.shape == (3 * len(X), 1) and (labels.reshape(3, -1) == training.y).all()
    for unit, label in zip(z.reshape(3, -1), labels.reshape(3, -1)):
        assert abs(unit.mean()) < 1e-3 and abs(unit.std() - 1) < 1e-3
        assert np.corrcoef(unit, label)[0, 1] > 0.05


def parameters_of_pysr():
    "What PySRRegressor takes, read from its source: importing it would want Julia."
    folder = Path(importlib.util.find_spec("pysr").submodule_search_locations[0])
    kind = next(n for n in ast.parse((folder / "sr.py").read_text("utf-8")).body if isinstance(n, ast.ClassDef) and n.name == "PySRRegressor")
    start = next(n for n in kind.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    return {a.arg for a in (*start.args.args, *start.args.kwonlyargs)} - {"self"}


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_pysr_is_given_only_arguments_that_it_has(task):
    given = PySREngine().arguments(task, 42, 60.)
    assert set(given) <= parameters_of_pysr() and given["random_state"] == 42 and given["timeout_in_seconds"] == 60


def has_julia():
    try:
        import pysr  # noqa: F401
    except Exception:
        return False
    return True


@pytest.mark.skipif(has_julia(), reason="Julia is installed here")
def test_without_julia_one_sentence_says_what_to_install(training):
    with pytest.raises(ImportError) as raised:
        discover(training, "pysr", progress=False)
    assert str(raised.value).startswith(NO_JULIA) and "\n" not in str(raised.value)


@pytest.mark.skipif(not has_julia(), reason="PySR needs Julia, which is not installed here")
def test_pysr_finds_something(training):
    assert not discover(training, "pysr", niterations=2, populations=2, progress=False).front.empty


def test_a_hall_of_fame_is_read_and_what_is_left_out_is_said(tmp_path):
    (tmp_path / "hall_of_fame.csv").write_text(HALL)
    for path in (tmp_path, tmp_path / "hall_of_fame.csv"):
        found = Discovery.from_pysr(path)
        assert list(found.front.formula) == ["x**2"] and found.front.source[0] == "x1 ^ 2"        # simpler than sin(2.1*x), and better
        reasons = dict(entry.split(": ", 1) for entry in found.provenance["left_out"])
        assert list(reasons) == ["0.5", "cos(x25) - cos(abs(x1))", "wild(x1)"]
        assert "constant" in reasons["0.5"] and "unknown function 'wild'" in reasons["wild(x1)"]
    assert Discovery.load(found.save(tmp_path / "found.json")).front.equals(found.front)


@pytest.mark.parametrize("cut", [0, 10, 30, len(HALL) - 3])
def test_a_file_cut_short_gives_way_to_its_backup(cut, tmp_path):
    (tmp_path / "hall_of_fame.csv").write_text(HALL[:cut])
    (tmp_path / "hall_of_fame.csv.bak").write_text(HALL)
    assert len(read_hall_of_fame(tmp_path)[0]) == 2
    (tmp_path / "hall_of_fame.csv.bak").unlink()
    with pytest.raises(ValueError, match="no hall of fame"):
        read_hall_of_fame(tmp_path)


def test_no_file_at_all(tmp_path):
    with pytest.raises(FileNotFoundError, match="hall_of_fame.csv.bak"):
        Discovery.from_pysr(tmp_path)
    (tmp_path / "hall_of_fame.csv").write_text('Complexity,Loss,Equation\n1,0.2,"__import__(1)"\n')
    with pytest.raises(ValueError, match="__import__"):
        Discovery.from_pysr(tmp_path)


def test_names_of_features_and_numbers_of_julia_are_read(tmp_path):
    lines = ["sin(wind_speed * 2.1)", "hillshade_9am + 2.0f-5", "exp(e) * exponent", "x₁ * 2.0", "temp + other_unknown(temp)"]
    (tmp_path / "hall_of_fame.csv").write_text("Complexity,Loss,Equation\n" + "".join(f'{n},0.{9 - n},"{e}"\n' for n, e in enumerate(lines)))
    candidates, left_out = read_hall_of_fame(tmp_path)
    assert [c.formula for c in candidates] == [Formula(t) for t in ("sin(2.1*x)", "x + 2e-05", "x*exp(x)")]
    assert [entry.partition(": ")[0] for entry in left_out] == lines[3:]


def test_a_backup_of_an_old_version_is_read(tmp_path):
    (tmp_path / "hall_of_fame.csv.bkup").write_text(HALL)
    assert len(read_hall_of_fame(tmp_path)[0]) == 2


def test_what_pysr_has_found_can_be_kept_in_a_library(tmp_path):
    from nsad import ActivationLibrary
    (tmp_path / "hall_of_fame.csv").write_text(HALL)
    library = ActivationLibrary(tmp_path / "library")
    library.add("square", Discovery.from_pysr(tmp_path))
    assert library.get("square") == Formula("x**2")


@pytest.fixture
def late(monkeypatch):
    "A clock on which each look is an hour after the last."
    import nsad.discovery
    hours = iter(range(3600, 10**9, 3600))
    monkeypatch.setattr(nsad.discovery.time, "monotonic", lambda: next(hours))


def test_a_round_of_operon_that_ends_late_is_not_lost(training, late):
    from nsad.discovery import Budget
    from nsad.engines.operon import OperonEngine
    found = list(OperonEngine(**SMALL["operon"]).search(training.X, training.y, "binary", 3, Budget(seconds=5000, start=0)))
    assert len(found) > 1 and found[0].loss < np.log(2)


def test_a_run_of_pysr_that_ends_late_keeps_its_best(training, monkeypatch):
    import sys
    from types import SimpleNamespace

    import pandas as pd

    class StandIn:                                      # Julia is not needed to see what the engine does with an answer
        def __init__(self, **kwargs):
            assert 0 < kwargs["timeout_in_seconds"] <= 0.9 * 10
            self.equations_ = pd.DataFrame(dict(equation=["0.5", "X3 + X2", "sin(X1)"], loss=[0.7, 0.6, 0.5]))

        def fit(self, X, y, variable_names):
            budget.start -= 60                          # a minute has gone
            return self

    from nsad.discovery import Budget
    monkeypatch.setitem(sys.modules, "pysr", SimpleNamespace(PySRRegressor=StandIn))
    budget = Budget(seconds=10)
    assert [c.formula.text for c in PySREngine().search(training.X, training.y, "binary", 3, budget)] == ["sin(x)", "2*x"]
    budget = Budget(candidates=1, seconds=10)
    assert [c.formula.text for c in PySREngine().search(training.X, training.y, "binary", 3, budget)] == ["sin(x)"]


@pytest.mark.parametrize("engine, options, words", [
    ("gplearn", dict(keep=-1), "keep=-1"), ("gplearn", dict(generations=0), "generations=0"), ("gplearn", dict(population_size=2.5), "population_size=2.5"),
    ("gplearn", dict(fraction=0), "fraction=0"), ("gplearn", dict(parsimony_coefficient="low"), "parsimony_coefficient='low'"),
    ("operon", dict(rounds=0), "rounds=0"), ("operon", dict(fraction=7), "fraction=7"), ("operon", dict(n_jobs="auto"), "n_jobs='auto'"),
    ("operon", dict(n_jobs=0), "n_jobs=0"), ("pysr", dict(maxsize=0), "maxsize=0"), ("pysr", dict(parsimony=-1), "parsimony=-1"),
])
def test_a_setting_that_cannot_be_is_refused_where_the_engine_is_made(engine, options, words):
    with pytest.raises(ValueError, match=words): load_engine(engine, **options)


def test_gplearn_takes_any_seed_that_others_take(training):
    assert len(discover(training, "gplearn", seed=2**40, progress=False, **SMALL["gplearn"]).front)
