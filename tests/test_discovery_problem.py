"""`discover` on problems: a function, a network of one's own, a field; what holds for tables holds for them."""
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
import torch
from torch import nn

from helpers import front_of
from nsad import Dataset, Discovery, Formula, ModelProblem, discover
from nsad.discovery import Candidate
from nsad.fields import FieldProblem
from nsad.problem import JointProblem, TableProblem, trial_losses
from nsad.training import Recipe

POINTS = torch.linspace(-1, 1, 81)[:, None]
SMALL = dict(initial_size=24, population_size=12, generations=2, finalists=3, final_seeds=2, progress=False)


def closeness(activation, seed, fidelity):
    "No training: how near is the activation to a fast wave? Seeds and fidelity blur it."
    y = activation(30 * POINTS / 30)
    return float((y - torch.sin(30 * POINTS)).square().mean()) + 0.01 * (1 - fidelity) * torch.rand(1).item()


def fast_wave(activation, seed, fidelity):
    net = nn.Sequential(nn.Linear(1, 16), activation, nn.Linear(16, 1))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(int(200 * fidelity)):
        optimiser.zero_grad()
        (net(POINTS[::2]) - torch.sin(25 * POINTS[::2])).square().mean().backward()
        optimiser.step()
    return (net(POINTS[1::2]) - torch.sin(25 * POINTS[1::2])).square().mean().item()


@pytest.mark.slow
def test_a_loop_of_ones_own_comes_back_with_a_front_that_has_found_the_scale():
    found = discover(fast_wave, **SMALL | dict(initial_size=120))
    assert isinstance(found, Discovery) and len(found.front) >= 1
    assert found.provenance["task"] == "problem" and found.provenance["dataset"] == "fast_wave"
    best, relu = (trial_losses_of(fast_wave, f) for f in (found.best, "relu"))
    assert best < 0.5 * relu
    again = Discovery.from_json(found.to_json())
    assert front_of(again) == front_of(found) and again.best == found.best


def trial_losses_of(function, formula):
    from nsad.problem import FunctionProblem
    return trial_losses(FunctionProblem(function), [formula], [7, 8]).mean()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_front_whatever_the_processes():
    one = discover(closeness, seed=3, **SMALL)
    assert front_of(discover(closeness, seed=3, **SMALL)) == front_of(one)
    assert front_of(discover(closeness, seed=3, n_jobs=2, **SMALL)) == front_of(one)
    assert discover(closeness, seed=4, **SMALL).history.loss.tolist() != one.history.loss.tolist()


def test_budget_and_time_limit():
    calls = []
    def counted(activation, seed, fidelity):
        calls.append(fidelity)
        return closeness(activation, seed, fidelity)
    found = discover(counted, budget=40, **SMALL)
    assert found.provenance["candidates"] <= 40 and set(calls) == {0.05, 0.4, 1.0}
    def slow(activation, seed, fidelity):
        time.sleep(0.02)
        return closeness(activation, seed, fidelity)
    assert discover(slow, time_limit=2, **SMALL | dict(generations=500)).provenance["seconds"] < 20


def test_ctrl_c_gives_what_there_is():
    calls = []
    def interrupted(activation, seed, fidelity):
        calls.append(1)
        if len(calls) == 20: os.kill(os.getpid(), signal.SIGINT)
        return closeness(activation, seed, fidelity)
    found = discover(interrupted, **SMALL)
    assert found.provenance["cut"] == "Ctrl-C" and len(found.front) and len(calls) < 30


@pytest.mark.slow
def test_a_killed_search_goes_on_to_the_same_front(tmp_path):
    (tmp_path / "mine.py").write_text(textwrap.dedent("""
        import sys, time, torch
        from nsad import discover
        X = torch.linspace(-1, 1, 41)[:, None]
        def mine(activation, seed, fidelity):
            time.sleep(float(sys.argv[2]))
            return float((activation(X) - torch.sin(9 * X)).square().mean()) + 0.01 * torch.rand(1).item()
        found = discover(mine, resume=sys.argv[1], initial_size=24, population_size=12, generations=2, finalists=3, final_seeds=2, progress=False)
        print(found.front.drop(columns="noise").to_json())
    """))
    def run(file, pause): return subprocess.Popen([sys.executable, "mine.py", str(tmp_path / file), pause], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    killed = run("a.json", "0.05")
    for _ in range(6000):
        time.sleep(0.02)
        if (tmp_path / "a.json").exists() and len(json.loads((tmp_path / "a.json").read_text())["scores"]) >= 5: break
    killed.kill()
    killed.wait()
    resumed, whole = run("a.json", "0"), run("b.json", "0")
    assert resumed.communicate(timeout=200)[0] == whole.communicate(timeout=200)[0] != ""


def test_a_search_is_not_resumed_on_another_problem(tmp_path):
    data = torch.arange(4.)
    def mine(activation, seed, fidelity): return float((activation(data) - 1).square().mean())
    discover(mine, resume=tmp_path / "a.json", budget=30, **SMALL)
    data = torch.arange(5.)
    with pytest.raises(ValueError, match="fingerprint"): discover(mine, resume=tmp_path / "a.json", budget=30, **SMALL)


class Scaled(nn.Module):
    "A module that prints nothing of its setting."
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x): return self.factor * x


class Judge:
    "A problem as an object that is called."
    def __init__(self, wanted): self.wanted = wanted

    def __call__(self, activation, seed, fidelity): return float((activation(POINTS) - self.wanted).square().mean())


def through(module):
    def mine(activation, seed, fidelity): return float((module(activation(POINTS)).detach() - 1).square().mean())
    return mine


PAIRS = {"two lambdas of one line": (lambda a, s, f: abs(float(a(POINTS).mean()) - 1), lambda a, s, f: abs(float(a(POINTS).mean()) - 2)),
         "two lambdas beside each other": ((lambda a, s, f: float(a(POINTS).mean())), (lambda a, s, f: -float(a(POINTS).mean()))),
         "modules that print alike": (through(Scaled(2.)), through(Scaled(3.))), "parts of a network": (through(nn.Sequential(Scaled(2.))), through(nn.Sequential(Scaled(3.)))),
         "weights": (through(nn.PReLU(init=0.1)), through(nn.PReLU(init=0.2))), "objects": (Judge(1.), Judge(2.)), "methods": (Judge(1.).__call__, Judge(2.).__call__)}


@pytest.mark.parametrize("pair", PAIRS)
def test_problems_that_compute_different_things_are_different_searches(pair, tmp_path):
    first, second = PAIRS[pair]
    found = discover(first, resume=tmp_path / "a.json", budget=30, **SMALL)
    assert discover(first, resume=tmp_path / "a.json", budget=30, **SMALL).front.equals(found.front)
    with pytest.raises(ValueError, match="belongs to another search .fingerprint"): discover(second, resume=tmp_path / "a.json", budget=30, **SMALL)


class Aim:
    "An engine's option, and an engine, with a setting of its own."
    def __init__(self, weight): self.weight = weight

    def search(self, X, y, task, seed, budget): yield Candidate(Formula("x*cos(x)"), self.weight)


def spread(stack, X, wanted):
    "How far the outputs of each member are from a spread that is wanted."
    with torch.no_grad(): out = stack(torch.as_tensor(X))
    return (out.std(1).mean(1) - wanted).abs()


def options_of(value): return dict(engine="network", objective=value, recipe=QUICK) if not isinstance(value, Aim) else dict(engine=value)


@pytest.mark.parametrize("first, second", [(lambda stack, X, y: spread(stack, X, 0), lambda stack, X, y: spread(stack, X, 1)), (Aim(0.1), Aim(0.2))])
def test_functions_of_one_name_are_different_options(first, second, tmp_path):
    table = Dataset.from_arrays(np.random.default_rng(0).normal(size=(60, 3)), np.random.default_rng(1).normal(size=60))
    small = SMALL if not isinstance(first, Aim) else dict(progress=False)
    found = discover(table, resume=tmp_path / "a.json", budget=30, **small, **options_of(first))
    assert discover(table, resume=tmp_path / "a.json", budget=30, **small, **options_of(first)).front.equals(found.front)
    with pytest.raises(ValueError, match="belongs to another search .options"):
        discover(table, resume=tmp_path / "a.json", budget=30, **small, **options_of(second))


def test_what_cannot_be_told_apart_is_searched_but_not_resumed(tmp_path):
    lock = threading.Lock()
    def mine(activation, seed, fidelity):
        with lock: return float(activation(POINTS).mean())
    with pytest.raises(ValueError, match="cannot be told what fingerprint computes.*search without resume"):
        discover(mine, resume=tmp_path / "a.json", budget=30, **SMALL)
    assert not (tmp_path / "a.json").exists() and discover(mine, budget=30, **SMALL).best


def test_a_network_without_the_activation_that_it_was_given_is_noticed():
    def build(activation): return nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
    problem = ModelProblem(build, (POINTS, POINTS), (POINTS, POINTS), nn.MSELoss(), Recipe("short", steps=3))
    with pytest.warns(UserWarning, match="all of the first 12 formulas have the loss .* use the activation that it is given"):
        discover(problem, **SMALL | dict(initial_size=12, generations=1))


def test_a_convolutional_network_on_digits():
    from sklearn.datasets import load_digits
    X, y = load_digits(return_X_y=True)
    X = X.reshape(-1, 1, 8, 8) / 16
    def cnn(activation): return nn.Sequential(nn.Conv2d(1, 4, 3), activation, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 10))
    problem = ModelProblem(cnn, (X[:400], y[:400]), (X[400:800], y[400:800]), "multiclass", Recipe("short", steps=80, batch_size=64, lr=1e-2), "digits")
    found = discover(problem, **SMALL | dict(initial_size=8, population_size=4))
    assert found.provenance["dataset"] == "digits" and found.front.loss.min() < 2.0


def test_a_transformer_on_sequences():
    draw = torch.Generator().manual_seed(0)
    X = torch.randint(0, 5, (200, 6), generator=draw)
    y = (X[:, 0] == X[:, -1]).float()
    class Small(nn.Module):
        def __init__(self, act):
            super().__init__()
            self.embed, self.act = nn.Embedding(5, 8), act
            self.layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0., activation=act, batch_first=True)
            self.head = nn.Linear(8, 1)

        def forward(self, x): return self.head(self.layer(self.embed(x)).mean(1))
    problem = ModelProblem(Small, (X[:150], y[:150]), (X[150:], y[150:]), "binary", Recipe("short", steps=10, batch_size=50))
    assert len(discover(problem, **SMALL | dict(initial_size=6, population_size=4, generations=1)).front)


@pytest.mark.slow
def test_a_field_and_several_fields_as_one():
    x = np.linspace(-1, 1, 41)[:, None]
    fields = [FieldProblem(f"wave {k}", (x[::2], np.sin(k * x[::2])), (x[1::2], np.sin(k * x[1::2])), hidden=(8, 8), steps=40) for k in (9, 12)]
    joint = JointProblem(fields)
    losses = [trial_losses(f, ["tanh", "sin(5*x)"], [0, 1]) for f in fields]
    np.testing.assert_allclose(trial_losses(joint, ["tanh", "sin(5*x)"], [0, 1]), np.sqrt(losses[0] * losses[1]), rtol=1e-3)
    found = discover(joint, **SMALL | dict(initial_size=12, population_size=6))
    assert found.provenance["fingerprint"] == JointProblem(fields).fingerprint != JointProblem(fields[:1]).fingerprint
    assert len(found.front)


@pytest.mark.parametrize("what, options, words", [
    (closeness, dict(engine="gplearn"), "table"),
    (closeness, dict(objective="shifted"), "objective"),
    (closeness, dict(scales=(3, 1)), "scales"),
    (3, {}, "int"), ("forest_cover", {}, "str"), (nn.ReLU, {}, "type"), (lambda a: 0., {}, "fidelity"),
])
def test_what_cannot_be_searched_is_refused(what, options, words):
    options = dict(progress=False) | options
    with pytest.raises((TypeError, ValueError), match=words): discover(what, **options)


def test_a_problem_that_always_diverges_ends_with_one_sentence():
    with pytest.raises(ValueError, match="no usable formula"): discover(lambda activation, seed, fidelity: float("nan"), **SMALL)


def table(n=240):
    draw = np.random.default_rng(0)
    X = draw.normal(size=(n, 3))
    return Dataset.from_arrays(X, (np.sin(2 * X[:, 0]) + X[:, 1] > 0).astype(int), name="waves")


QUICK = Recipe("quick", steps=20, batch_size=64)


def test_a_table_as_a_problem_is_what_discover_makes_of_a_dataset():
    problem = TableProblem(table(), hidden=(8,), recipe=QUICK)
    assert trial_losses(problem, ["relu", "sin(2*x)"], seeds=(0, 1)).shape == (2, 2)
    options = SMALL | dict(initial_size=8, population_size=4, generations=1)
    a, b = discover(problem, **options), discover(table(), hidden=(8,), recipe=QUICK, **options)
    assert front_of(a) == front_of(b) and a.provenance["task"] == "binary"


@pytest.mark.slow
def test_losses_of_a_table_do_not_depend_on_neighbours_and_follow_fidelity():
    problem = TableProblem(table(), hidden=(8,), recipe=Recipe("long", steps=400, batch_size=64))
    both = trial_losses(problem, ["relu", "sin(2*x)"], seeds=(0, 1))
    np.testing.assert_allclose(trial_losses(problem, ["sin(2*x)"], seeds=(1,))[0, 0], both[1, 1], rtol=1e-3)
    assert (trial_losses(problem, ["relu", "sin(2*x)"], seeds=(0, 1), fidelity=0.5) != both).all()
    assert problem.fingerprint != TableProblem(table(), hidden=(9,)).fingerprint


def test_constants_of_scaled_formulas_can_be_read():
    found = discover(closeness, **SMALL | dict(initial_size=120))
    for text in [*found.front.formula, *found.history.formula]:
        assert all(len(n.replace(".", "").strip("0")) <= 4 for n in re.findall(r"\d+\.?\d*", text)), text
