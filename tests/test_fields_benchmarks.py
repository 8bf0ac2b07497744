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
    tested = script.TEST if domain == "images" else [e for e in script.EQUATIONS if e not in script.TUNE]
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


def test_bicubic_brings_back_what_is_smooth(benchmark):
    assert benchmark("images").bicubic("moon", 64) > 25
