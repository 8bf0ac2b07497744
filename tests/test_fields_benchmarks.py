"""Benchmarks where activations decide: nothing that judges was searched or tuned on, and the rivals are what they are called."""
import importlib

import numpy as np
import pytest
import torch

from helpers import ROOT
from nsad.equations import EquationProblem, Solution
from nsad.fields import FieldEnsemble


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


def test_a_penalty_is_the_mean_square_of_the_residuals_gradient(benchmark):
    script = benchmark("equations")
    problem = EquationProblem("Klein-Gordon", hidden=(8, 8), points=64)
    net = FieldEnsemble(["tanh(2*x)"], (3,), 2, problem.hidden).double()
    parts = script.with_penalty(problem)(net, 5)
    assert len(parts) == len(problem.residuals(net, 5)) + 2
    points = torch.as_tensor(np.random.default_rng(5).uniform(1e-4, 1 - 1e-4, (16, 2))).requires_grad_()     # of the unit square
    left = problem.equation.residual(Solution(problem.equation.box, net, points, problem.equation.derivatives))
    slope, = torch.autograd.grad(left.sum(), points)
    mine = sum(part.square().sum() for part in parts[-2:])
    torch.testing.assert_close(mine, script.PENALTY * slope.square().sum(1).mean(), rtol=1e-4, atol=0)


def test_lbfgs_goes_down_in_double_precision(benchmark):
    script = benchmark("equations")
    problem = EquationProblem("heat", hidden=(12, 12), points=64, steps=8)
    net = FieldEnsemble(["tanh(2*x)"], (0,), 2, problem.hidden).double()
    def loss(): return sum(part.square().sum() for part in problem.residuals(net)).item()
    before, seen = loss(), []
    script.by_lbfgs(net, problem, lambda step, net: seen.append(step))
    assert net.weight[0].dtype == torch.float64 and loss() < 0.3 * before and seen == list(range(1, 9))


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
    assert rows.read_text().count("\n") == before.count("\n") + 9 and "convection*" in capsys.readouterr().out


def test_the_first_point_at_one_percent_is_the_time_to_it(benchmark):
    script = benchmark("equations")
    def steps(curve, steps=400): return script.steps_to_goal(script.pd.Series(dict(curve=curve, steps=steps)))
    assert steps("0.5 0.01 0.2 0.009", steps=40) == 20 and steps("0.5 0.4") == np.inf
    assert steps("nan 0.02 0.003", steps=25) == 25


@pytest.mark.parametrize("cure", ["tanh, L-BFGS", "tanh, gradient penalty"])
def test_a_cure_has_a_curve_as_long_as_the_others(benchmark, monkeypatch, cure):
    script = benchmark("equations")
    monkeypatch.setattr(script, "EVERY", 2)
    for name in cure, "tanh":
        assert script.curves(name, ["tanh(2*x)"], "heat", [0, 1], 5).shape == (1, 2, 3)


def test_bicubic_brings_back_what_is_smooth(benchmark):
    assert benchmark("images").bicubic("moon", 64) > 25
