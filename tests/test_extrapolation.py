"""Functions learned on one range and judged on another."""
import numpy as np
import pytest

from nsad.extrapolation import FEYNMAN, Target, extrapolation_problem, feynman, harmonic, polynomial
from nsad.problem import Problem, trial_losses

TARGETS = [polynomial(0), polynomial(3, degree=2, n_inputs=3), harmonic(0), harmonic(5, n_inputs=2), *map(feynman, FEYNMAN)]


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_learned_and_judged_ranges_are_disjoint_and_values_true(target):
    problem = extrapolation_problem(target, rows=128)
    assert isinstance(problem, Problem)
    (x, y), (far, z) = problem.fit, problem.judge
    assert x.abs().max() <= 1 and (far.abs() > 1).any(1).all() and len(x) == len(far) == 128
    assert abs(y.mean()) < 1e-4 and abs(y.std(correction=0) - 1) < 1e-3
    low, high = map(np.array, (target.low, target.high))
    def true(p): return target.function(low + (p.numpy().astype(float) + 1) / 2 * (high - low))
    mean, spread = true(x).mean(), true(x).std()
    np.testing.assert_allclose((true(far) - mean) / spread, z[:, 0], rtol=2e-3, atol=2e-3)


def test_feynman_stays_inside_of_the_published_limits():
    for name, (_, limits) in FEYNMAN.items():
        target = feynman(name)
        for (bottom, top), low, high in zip(limits, target.low, target.high):
            assert low == bottom and high + target.beyond * (high - low) == pytest.approx(top)


def test_known_values():
    assert FEYNMAN["I.12.2"][0](np.array([[2., 3., 1.]]))[0] == pytest.approx(6 / (4 * np.pi))
    assert FEYNMAN["I.8.14"][0](np.array([[1., 4., 1., 5.]]))[0] == 5.
    assert FEYNMAN["I.16.6"][0](np.array([[0.5, 0.5, 1.]]))[0] == pytest.approx(0.8)
    assert FEYNMAN["I.6.2"][0](np.array([[0., 1.]]))[0] == pytest.approx(0.3989, abs=1e-4)
    x = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    design = np.stack([x[:, 0]**i * x[:, 1]**j for i in range(4) for j in range(4 - i)], 1)
    y = polynomial(7).function(x)
    assert np.abs(design @ np.linalg.lstsq(design, y, rcond=None)[0] - y).max() < 1e-9


def test_members_are_repeatable_and_differ():
    x = np.linspace(-1, 1, 9)[:, None]
    assert (harmonic(1).function(x) == harmonic(1).function(x)).all() and (harmonic(1).function(x) != harmonic(2).function(x)).any()
    assert extrapolation_problem(polynomial(1)).fingerprint == extrapolation_problem(polynomial(1)).fingerprint
    assert extrapolation_problem(polynomial(1)).fingerprint != extrapolation_problem(polynomial(1), seed=1).fingerprint


def test_a_wave_is_carried_on_by_a_sine_only():
    "One wave over one input: a sine finds its frequency, ReLU goes straight on."
    target = Target("wave", lambda x: np.sin(4 * x[:, 0]), (-1.,), (1.,))
    relu, sine = trial_losses(extrapolation_problem(target, rows=128, hidden=(16, 16), steps=400), ["relu", "sin(3*x)"], [0]).ravel()
    assert sine < 0.5 * relu


def sine(x): return np.sin(x[:, 0])


def sine_of(low=(-1.,), high=(1.,), function=sine, rows=32, seed=0, **settings):
    return extrapolation_problem(Target("sine", function, low, high, **settings), rows, seed)


def test_a_few_points_beyond_are_as_many_as_asked_for_or_none():
    assert len(sine_of(rows=512, beyond=0.05).judge[0]) == 512
    assert sine_of(rows=np.int64(32), seed=np.int64(0)).fingerprint == sine_of().fingerprint == sine_of((-1,), [1]).fingerprint


@pytest.mark.parametrize("make, words", [
    (lambda: feynman("II.1.1"), "I.6.2"),
    (lambda: sine_of((-1.,), (1., 2.)), r"sine: low=\(-1.0,\) and high=\(1.0, 2.0\) must have two finite limits for each input, the lower one in low"),
    (lambda: sine_of((1.,), (-1.,)), "the lower one in low"), (lambda: sine_of((1., 2.), (3., 2.)), "the lower one in low"),
    (lambda: sine_of((-1.,), (np.inf,)), "finite limits"), (lambda: sine_of((), ()), "finite limits"), (lambda: sine_of(-1., 1.), "finite limits"),
    (lambda: sine_of(beyond=0), "sine: beyond=0 must be a finite number above 0, such as 0.5"),
    (lambda: sine_of(beyond=-0.5), "beyond=-0.5"), (lambda: sine_of(beyond=np.nan), "beyond=nan"), (lambda: sine_of(beyond=np.inf), "beyond=inf"),
    (lambda: sine_of(rows=512, beyond=0.005), "sine: beyond=0.005 leaves [0-9]+ points of 512 to judge by; take a larger one"),
    (lambda: sine_of(rows=2.5), "rows=2.5"), (lambda: sine_of(seed=None), "seed=None"),
    (lambda: sine_of(function=lambda x: x @ x.T), r"sine has shape \(32, 32\) at 32 points; it has to return one number for each"),
    (lambda: sine_of(function=lambda x: 1.), r"sine has shape \(\) at 32 points"),
    (lambda: extrapolation_problem(Target("flat", lambda x: np.ones(len(x)), (0.,), (1.,))), "flat"),
    (lambda: extrapolation_problem(Target("hole", lambda x: np.full(len(x), np.nan), (0.,), (1.,))), "hole"),
])
def test_what_cannot_be_learned_is_refused(make, words):
    with pytest.raises(ValueError, match=words): make()
