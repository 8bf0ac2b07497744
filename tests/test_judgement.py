"""Is a found activation worth it? The answer, what it rests on, and what it must not see."""
import json
import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from nsad.cli import app
from nsad.data import Dataset, split
from nsad.discovery import discover
from nsad.judgement import judge, tuned_rates
from nsad.training import PAPER, Recipe

SHORT = Recipe("short", epochs=30)
BRIEF = Recipe("brief", epochs=8)


def waves(n=700, seed=0):
    "A target that oscillates along one feature: what a periodic activation is good at."
    X = np.random.default_rng(seed).uniform(-3, 3, (n, 3))
    return Dataset.from_arrays(X, np.sin(4 * X[:, 0]) + 0.1 * X[:, 1], name="waves", task="regression")


def line(n=200, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return Dataset.from_arrays(X, (X[:, 0] + 0.5 * rng.normal(size=n) > 0).astype(int), name="line")


@pytest.mark.slow
def test_a_gain_that_lasts_is_worth_it():
    judged = judge(waves(500), "sin(2*x)", recipe=Recipe("short", epochs=24), n_seeds=4)
    assert judged.worth == "yes" and "activation='sin(2*x)'" in judged.advice
    assert "NSADRegressor" in judged.advice
    assert judged.verdicts[0].word == "better"


@pytest.mark.slow
def test_a_function_that_is_only_steep_is_not_worth_it():
    judged = judge(line(), "2*x + softplus(x) + erf(x)", recipe=SHORT, n_seeds=3)
    assert judged.worth != "yes"
    assert re.search(r"a linear model is not shown to be worse|linear( and LightGBM)? predicts these rows better", judged.advice)


@pytest.mark.slow
def test_a_gain_of_speed_does_not_last():
    "A steeper function is a larger learning rate in disguise: ahead after 190 small steps, level after four times as many."
    hasty = Recipe("hasty", epochs=10, batch_size=16, lr=1e-4, schedule="constant")
    judged = judge(line(400), "5*relu(x)", recipe=hasty, n_seeds=3, tune=False)
    assert judged.verdicts[0].word == "better" and judged.worth == "not shown"
    assert "no difference" in judged.sentence and any("did not last" in note for note in judged.notes)
    assert judge(line(400), "5*relu(x)", recipe=hasty, n_seeds=3, tune=False, lasting=1).worth == "yes"


def test_relu_is_no_find():
    judged = judge(line(), "relu(x)", recipe=SHORT, n_seeds=2, tune=False)
    assert judged.worth == "no" and "came back to ReLU" in judged.advice


@pytest.mark.slow
def test_a_recipe_of_few_steps_is_warned_of():
    few = judge(line(), "x + erf(x)", recipe=PAPER, n_seeds=2, tune=False)
    enough = judge(line(), "x + erf(x)", recipe=SHORT, n_seeds=2, tune=False)
    assert any("15 steps are few" in n for n in few.notes)
    assert not any("steps are few" in n for n in enough.notes)


@pytest.mark.slow
def test_what_is_tuned_does_not_see_test_rows():
    ds = line()
    test = split(ds, test=0.2, seed=42).test
    X = ds.X.copy()
    X[test] = -X[test]                       # labels stay, as the split draws from each class
    spoiled = Dataset.from_arrays(X, ds.y, name="line")
    own, other = (judge(d, "tanh(x)", recipe=BRIEF, n_seeds=2).table.set_index("") for d in (ds, spoiled))
    assert own.lr[["found", "relu", "gelu"]].equals(other.lr[["found", "relu", "gelu"]])
    assert own.accuracy["relu"] != other.accuracy["relu"]


@pytest.mark.slow
@pytest.mark.parametrize("factors", [(1e-4, 1), (1, 1e4)])
def test_a_learning_rate_that_learns_nothing_is_not_taken(factors):
    rates = tuned_rates(waves(), {"relu": "relu", "sine": "sin(2*x)"}, Recipe("short", epochs=8), factors=factors)
    assert rates == {"relu": 0.003, "sine": 0.003}


@pytest.mark.slow
def test_an_answer_travels_as_json():
    judged = judge(line(), "tanh(x)", recipe=BRIEF, n_seeds=2, tune=False)
    raw = json.loads(json.dumps(judged.to_dict()))
    assert raw["worth"] == judged.worth and raw["formula"] == "tanh(x)"
    assert {r[""] for r in raw["table"]} >= {"found", "relu", "gelu", "linear"}
    assert list(judged.rows()[""]) == [r[""] for r in raw["table"]]


@pytest.mark.slow
def test_a_network_of_other_widths():
    judged = judge(line(), "tanh(x)", recipe=BRIEF, network="16-8", n_seeds=2, tune=False)
    assert judged.table.set_index("").parameters["found"] == 3 * 16 + 16 + 16 * 8 + 8 + 8 + 1 + 2 * (16 + 8)
    with pytest.raises(ValueError, match="no network is called 'wide'"):
        judge(line(), "tanh(x)", recipe=SHORT, network="wide")


@pytest.mark.slow
def test_a_discovery_is_judged_on_its_own_split_and_on_no_other():
    ds = line()
    found = discover(ds.take(split(ds, test=0.2, seed=42).train), budget=12, generations=1, progress=False, recipe=BRIEF)
    assert judge(ds, found, recipe=BRIEF, n_seeds=2).formula == found.best
    with pytest.raises(ValueError, match="seen"):
        judge(ds, found, split_seed=7, recipe=BRIEF, n_seeds=2, tune=False)
    with pytest.raises(ValueError, match="seen"):                # more test rows: some were searched on
        judge(ds, found, recipe=BRIEF, n_seeds=2, tune=False, test=0.4)


@pytest.mark.slow
def test_the_share_of_test_rows_is_chosen():
    ds, how = line(), dict(recipe=BRIEF, n_seeds=2, tune=False)
    shares = {test: judge(ds, "tanh(x)", test=test, **how).sentence for test in (0.2, 0.5)}
    assert all(f"{round(ds.n_rows * test)} test rows" in text for test, text in shares.items())


@pytest.mark.slow
def test_the_command_answers_for_a_program(tmp_path, monkeypatch):
    ds = line()
    table = pd.DataFrame(ds.X, columns=list("abc")).assign(side=np.where(ds.y, "left", "right"))
    table.to_csv(tmp_path / "sides.csv", index=False)
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["discover", "sides.csv", "--target", "side", "--budget", "12", "--epochs", "4",
                                    "--hidden", "16-8", "--json", "--judge", "--quiet"])
    assert said.exit_code == 0, said.output
    answer = json.loads(said.stdout)["judgement"]
    assert answer["worth"] in ("yes", "no", "not shown")
    assert any("'strong, 4 epochs'" in n for n in answer["notes"])
    assert {r["parameters"] for r in answer["table"] if r[""] == "relu"} == {3 * 16 + 16 + 16 * 8 + 8 + 8 + 1 + 48}


def test_what_cannot_be_judged_is_refused_before_anything_is_trained():
    table = line()
    for given, formula, words in (((table.X, table.y), "sin(x)", "judge needs a Dataset with all rows, not tuple"),
                                  (table, "3.0", "is constant"), (table, "X1*X2", "not a formula in x")):
        with pytest.raises((TypeError, ValueError), match=words): judge(given, formula, recipe=SHORT)
