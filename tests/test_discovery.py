"""Discovery: the front has no beaten formula, seeds repeat, engines see what they are given and no more."""
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsad.data import load_dataset, split
from nsad.discovery import Budget, Candidate, Discovery, discover, pareto_front
from nsad.formula import Formula, FormulaError
from nsad.training import Recipe

pytestmark = pytest.mark.slow

POOL = [Formula(t) for t in ("x", "sin(x)", "tanh(x)", "x*sin(x)", "x + sin(x)", "x*exp(-x**2)", "max(x, sin(2*x))")]
SMALL = {"network": dict(population_size=12, generations=2, steps=(16, 32), tune=2, finalists=4, final_seeds=1,
                         recipe=Recipe("quick", steps=40, batch_size=64)),
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


@pytest.mark.parametrize("budget", [1, 2, 10, 30])
@pytest.mark.parametrize("engine", SMALL)
def test_a_budget_is_kept(engine, budget, training):
    found = discover(training, engine, budget=budget, progress=False, **SMALL[engine])
    assert 1 <= found.provenance["candidates"] <= budget


def test_the_bar_knows_how_many_formulas_may_come(training, capsys):
    from nsad.engines.network import NetworkEngine
    engine = NetworkEngine(**SMALL["network"], per_layer=2)
    found = discover(training, engine, seed=3)
    assert 0.9 * engine.expected <= found.provenance["candidates"] <= engine.expected
    assert f"/{engine.expected} " in capsys.readouterr().err


def test_a_budget_is_kept_layer_by_layer(training):
    found = discover(training, budget=12, progress=False, per_layer=3, **SMALL["network"])
    assert found.provenance["candidates"] <= 12


def test_time_is_up():
    assert Budget(seconds=0).spent(0) and not Budget(seconds=60).spent(0)
    assert Budget(candidates=3).spent(3) and not Budget(candidates=3).spent(2)


def test_interrupted_search_returns_what_it_has(training):
    def until_interrupted():
        yield Candidate(POOL[1], 0.3)
        raise KeyboardInterrupt
    found = discover(training, Reciting(until_interrupted()), progress=False)
    assert found.best == POOL[1]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_in_a_terminal_returns_what_was_found(jobs, tmp_path):
    script, scores = tmp_path / "search.py", tmp_path / "scores.json"
    # under nohup and in the background a shell has Ctrl-C ignored, and every process begun there inherits that
    listens = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script.write_text(listens + SEARCH.replace("discover(load", "found = discover(load").replace("generations=40", "generations=400, steps=(16, 32), n_jobs=int(sys.argv[2])")
                      + "    print('found', found.best.text, len(found.front))\n")
    env = {k: v for k, v in os.environ.items() if k != "JOBLIB_MULTIPROCESSING"}
    running = subprocess.Popen([sys.executable, str(script), str(scores), jobs], stdout=subprocess.PIPE, text=True, env=env, start_new_session=True)
    try:
        deadline = time.monotonic() + 300
        while not scores.exists():
            assert running.poll() is None and time.monotonic() < deadline, "nothing was scored"
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)                          # as a terminal does it: to the whole group
        out, _ = running.communicate(timeout=300)
        assert running.returncode == 0 and out.startswith("found ")
    finally:
        if running.poll() is None: os.killpg(running.pid, signal.SIGKILL)


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


SEARCH = """
import sys
from nsad.data import load_dataset
from nsad.discovery import discover
from nsad.training import Recipe
if __name__ == "__main__":
    discover(load_dataset("magic", rows=1500, seed=1), seed=3, progress=False, resume=sys.argv[1], population_size=12, generations=40, finalists=4, final_seeds=1,
             recipe=Recipe('quick', steps=40, batch_size=64))
"""


def test_a_killed_search_ends_with_the_same_front(tmp_path):
    path, script = tmp_path / "search.json", tmp_path / "search.py"
    script.write_text(SEARCH)
    running = subprocess.Popen([sys.executable, str(script), str(path)])
    deadline = time.monotonic() + 120
    while not (path.exists() and len(json.loads(path.read_text())["scores"]) > 60):
        assert running.poll() is None and time.monotonic() < deadline, "the search ended before it could be killed"
        time.sleep(0.05)
    running.kill()
    running.wait()
    assert json.loads(path.read_text())["scores"]
    ds = load_dataset("magic", rows=1500, seed=1)
    options = dict(seed=3, progress=False, population_size=12, generations=3, finalists=4, final_seeds=1, recipe=Recipe("quick", steps=40, batch_size=64))
    raw = json.loads(path.read_text())
    raw["search"]["options"]["generations"] = 3            # so that the test ends soon; the first generations are the same
    path.write_text(json.dumps(raw))
    resumed, unbroken = discover(ds, resume=path, **options), discover(ds, **options)
    assert resumed.front.equals(unbroken.front)
    assert resumed.provenance["candidates"] == unbroken.provenance["candidates"]


def test_what_was_scored_is_not_trained_again(tmp_path, training, monkeypatch):
    from nsad.engines import network
    options = dict(SMALL["network"], seed=3, progress=False)
    first = discover(training, resume=tmp_path / "s.json", **options)
    monkeypatch.setattr(network, "stack_losses", lambda *_: pytest.fail("trained again"))
    assert discover(training, resume=tmp_path / "s.json", **options).front.equals(first.front)


def test_a_checkpoint_of_another_search_is_refused(tmp_path, training):
    engine = Reciting([Candidate(POOL[1], 0.3)])
    discover(training, engine, resume=tmp_path / "s.json", progress=False)
    with pytest.raises(ValueError, match="another search .*seed differ"):
        discover(training, engine, seed=1, resume=tmp_path / "s.json", progress=False)
    (tmp_path / "s.json").write_text('{"scores": 3')
    with pytest.raises(ValueError, match="no search that could be resumed"):
        discover(training, engine, resume=tmp_path / "s.json", progress=False)


def test_processes_change_nothing(training):
    fronts = [discover(training, seed=3, progress=False, n_jobs=n, **SMALL["network"]).front.to_json() for n in (1, 2)]
    assert fronts[0] == fronts[1] != ""


AIMS = {"shifted": dict(objective="shifted"), "layers": dict(per_layer=2)}


@pytest.mark.parametrize("aim", [*AIMS, "many"])
def test_other_aims_repeat_and_resume(aim, tmp_path, training, monkeypatch):
    from nsad.engines import network
    other = load_dataset("spambase", rows=600, seed=1)
    options = dict(SMALL["network"], seed=3, progress=False, **AIMS.get(aim) or dict(objective="many", others=[other]))
    options["generations"] = 3
    first = discover(training, resume=tmp_path / "s.json", **options)
    again = discover(training, **options)
    monkeypatch.setattr(network, "stack_losses", lambda *_: pytest.fail("trained again"))
    resumed = discover(training, resume=tmp_path / "s.json", **options)
    for found in (again, resumed):
        assert found.front.equals(first.front) and found.layers == first.layers
    assert len(first.layers) == (2 if aim == "layers" else 0)
    if aim == "many":                                                  # a mean rank has no standard error
        assert (first.front.loss > 0).all() and (first.front.loss <= 1).all() and first.front.noise.isna().all()


@pytest.mark.parametrize("name", ["surrogate", "no_such_option"])
def test_an_option_that_no_benchmark_supports_is_gone(training, name):
    with pytest.raises(ValueError, match=f"no option '{name}'"): discover(training, progress=False, **{name: 2})


def test_what_seeds_a_search(training, tmp_path):
    import pandas as pd

    from nsad import ActivationLibrary
    from nsad.engines.network import CLASSICS, NetworkEngine
    library = ActivationLibrary(tmp_path / "library")
    library.add("wave", "sin(2*x)", domain="physics")
    other = discover(training, Reciting([Candidate(Formula("sin(2*x)"), 0.3)]), progress=False)
    for starters in ("sin(2*x)", Formula("sin(2*x)"), ["sin(2*x)"], pd.Series(["sin(2*x)"]), other, library):
        assert NetworkEngine(starters=starters).starters == ("sin(2*x)",)
    found = discover(training, starters=[*CLASSICS, *other.front.formula], budget=20, progress=False, **SMALL["network"])
    assert found.provenance["options"]["starters"] == [Formula(t).text for t in (*CLASSICS, "sin(2*x)")]
    with pytest.raises(FormulaError, match="unknown variable 'y'"):
        discover(training, starters=["sin(y)"])


def test_an_objective_gives_a_loss_for_each_member(training):
    with pytest.raises(ValueError, match="the objective gave 1 losses for a stack of"):
        discover(training, objective=lambda stack, X, y: 1.0, progress=False, **SMALL["network"])


def test_time_is_looked_at_while_many_datasets_are_ranked(training):
    from nsad.engines.network import NetworkEngine
    engine = NetworkEngine(**{**SMALL["network"], "stack_size": 2}, objective="many", others=[training])
    candidates = list(engine.search(training.X, training.y, "binary", 3, Budget(seconds=0)))
    assert 0 < len([c for c in candidates if c.rung == 0]) <= 2


def test_an_engine_of_ones_own_has_a_name(training, tmp_path, monkeypatch):
    from nsad.discovery import ENGINES
    (tmp_path / "my_engines.py").write_text("""
from dataclasses import dataclass
from nsad.discovery import Candidate
from nsad.formula import Formula

@dataclass
class Guessing:
    guess: str = "sin(x)"

    def search(self, X, y, task, seed, budget):
        yield Candidate(Formula(self.guess), 0.5)
""")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(ENGINES, "guessing", "my_engines:Guessing")
    found = discover(training, "guessing", guess="tanh(x)", progress=False)
    assert found.best == Formula("tanh(x)") and found.provenance["options"] == {"guess": "tanh(x)"}
    with pytest.raises(ValueError, match="no option 'gues'; it has guess"):
        discover(training, "guessing", gues="tanh(x)")


def test_options_an_engine_does_not_have():
    with pytest.raises(ValueError, match="'gplearn' has no option 'n_jobs'; it has population_size"):
        discover(load_dataset("magic", rows=200), "gplearn", n_jobs=2)
    with pytest.raises(ValueError, match="objective 'odd'"):
        discover(load_dataset("magic", rows=200), objective="odd")
    with pytest.raises(ValueError, match="per_layer 2 with the objective 'many'"):
        discover(load_dataset("magic", rows=200), objective="many", others=[load_dataset("magic", rows=200)], per_layer=2)
    with pytest.raises(ValueError, match="n_jobs: options go with the name of an engine"):
        discover(load_dataset("magic", rows=200), Reciting([]), n_jobs=2)
    for engine in (object(), Reciting):
        with pytest.raises(ValueError, match="neither a name .network, gplearn, operon, pysr. nor an object"):
            discover(load_dataset("magic", rows=200), engine)


def test_arrays_and_frames_do_as_well(training):
    import pandas as pd
    engine = Reciting([Candidate(POOL[1], 0.3)])
    frame = pd.DataFrame(training.X, columns=training.feature_names)
    for rows in ((training.X, training.y), (frame, pd.Series(training.y))):
        assert discover(rows, engine, progress=False).best == POOL[1]
        np.testing.assert_array_equal(engine.given[1], training.y)
    with pytest.raises(ValueError, match="Dataset or a pair"):
        discover(7, engine)


def test_shifted_rows_are_from_elsewhere():
    from nsad.engines.network import TableTrial
    from nsad.training import PAPER
    X = np.random.default_rng(0).normal(size=(400, 5)).astype("float32")
    y = (X[:, 0] > 0).astype(int)
    for objective, apart in (("validation", False), ("shifted", True)):
        trial = TableTrial(X, y, "binary", PAPER, (1,), 300, objective=objective)
        fit, held = trial.parted(1)
        assert len(fit) == 300 and len(held) == 100 and not set(fit) & set(held)
        direction = X[held].mean(0) - X[fit].mean(0)
        assert (np.linalg.norm(direction) > 1) == apart


def test_survivors_are_a_front_first():
    from nsad.engines.network import survivors
    losses = {Formula("x*exp(-x**2)"): 0.3, Formula("sin(x)"): 0.4, Formula("sin(sin(x))"): 0.5, Formula("tanh(sin(x))"): float("nan")}
    kept = survivors(losses, 2)
    assert {f.text for f in kept} == {"x*exp(-x**2)", "sin(x)"} and len(survivors(losses, 9)) == 3
