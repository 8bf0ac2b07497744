"""Benchmarks where activations decide: nothing that judges was searched or tuned on, and the rivals are what they are called."""
import importlib

import numpy as np
import pytest
import torch

from helpers import ROOT
from nsad.equations import EquationProblem
from nsad.fields import FieldEnsemble
from nsad.problem import trial_losses


@pytest.fixture
def benchmark(monkeypatch):
    "A script of benchmarks/ as a module."
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module


@pytest.mark.parametrize("domain", ["images", "equations"])
def test_what_judges_was_never_tuned_on(benchmark, domain):
    script, seen = benchmark(domain), benchmark("field_searches").SEEN[domain]
    tested = script.TEST if domain == "images" else [e for e in script.TESTED if e not in script.TUNE]
    assert set(script.TUNE) == set(seen) and not set(seen) & set(tested) and len(tested) >= 5


def test_functions_that_judge_are_new_and_one_family_is(benchmark):
    seen = {t.name for t in benchmark("field_searches").SEEN["extrapolation"]}
    families = benchmark("extrapolation").FAMILIES
    assert not seen & {t.name for targets in families.values() for t in targets}
    assert not any(name.startswith("Feynman") for name in seen) and len(families["Feynman"]) >= 8


def test_every_rival_is_an_activation_and_the_mix_learns(benchmark):
    rivals, x = benchmark("field_rivals"), torch.linspace(-2, 2, 9)
    for form in rivals.FORMS.values(): assert rivals.activation(form.replace("S", "3"))(x).isfinite().all()
    mix = rivals.activation("mix(3)")
    parts = torch.stack([rivals.activation(form.replace("S", "3"))(x) for form in rivals.MIXED])
    torch.testing.assert_close(mix(x), parts.mean(0))
    assert any(p.requires_grad for p in mix.parameters())


def test_the_loss_without_a_penalty_is_that_of_the_problem(benchmark):
    script = benchmark("equations")
    problem = EquationProblem("heat", steps=4)
    net = FieldEnsemble(["tanh(2*x)"], (3,), 2, problem.hidden)
    loss = script.loss_of(problem, net, penalty=0)
    script.train_fields(net, lambda step: loss()[None], 4, problem.lr)
    error = np.linalg.norm(problem.solutions(net).ravel() - problem.truth) / np.linalg.norm(problem.truth)
    assert error == pytest.approx(trial_losses(problem, ["tanh(2*x)"], [3])[0, 0], rel=1e-3)
    assert script.loss_of(problem, net, penalty=0.1)() > loss()


def test_lbfgs_goes_down_in_double_precision(benchmark):
    script = benchmark("equations")
    problem = EquationProblem("heat", hidden=(12, 12), points=64)
    net = FieldEnsemble(["tanh(2*x)"], (0,), 2, problem.hidden).double()
    loss = script.loss_of(problem, net, penalty=0)
    before = loss().item()
    script.by_lbfgs(net, loss, 25)
    assert net.weight[0].dtype == torch.float64 and loss().item() < 0.3 * before


@pytest.mark.slow
def test_a_stopped_run_of_equations_trains_only_what_is_missing(benchmark, tmp_path, monkeypatch, capsys):
    script, rows = benchmark("equations"), tmp_path / "rows.csv"
    monkeypatch.setattr(script, "TESTED", ["wave", "heat", "convection"])
    run = ["equations.py", "found", "sine", "tanh", "--tune-steps", "1", "--steps", "2", "--rows", str(rows)]
    def main(*more):
        monkeypatch.setattr("sys.argv", [*run, *more])
        script.main()
    main("--seeds", "2")
    before = rows.read_text()
    table = script.stored(rows)
    assert (table.part == "test").sum() == 3 * 3 * 2 and not table.duplicated(script.KEY).any()
    rows.write_text("".join(before.splitlines(keepends=True)[:-3]))
    main("--seeds", "2")
    assert sorted(rows.read_text().splitlines()) == sorted(before.splitlines())
    main("--seeds", "3")
    assert rows.read_text().count("\n") == before.count("\n") + 9 and "heat*" in capsys.readouterr().out


def test_the_first_point_at_one_percent_is_the_time_to_it(benchmark):
    script = benchmark("equations")
    def steps(curve, steps=400): return script.steps_to_goal(script.pd.Series(dict(curve=curve, steps=steps)))
    assert steps("0.5 0.01 0.2 0.009") == 200 and steps("0.5 0.4") == np.inf
    assert steps("nan 0.02 0.003", steps=250) == 250


@pytest.mark.parametrize("cure", ["tanh, double, L-BFGS", "tanh, gradient penalty"])
def test_a_cure_has_a_curve_as_long_as_the_others(benchmark, monkeypatch, cure):
    script = benchmark("equations")
    monkeypatch.setattr(script, "EVERY", 2)
    for name in cure, "tanh":
        assert script.curves(name, ["tanh(2*x)"], "heat", [0, 1], 5).shape == (1, 2, 3)


def test_bicubic_brings_back_what_is_smooth(benchmark):
    assert benchmark("images").bicubic("moon", 64) > 25
