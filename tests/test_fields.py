"""Coordinate networks and the problems made of pictures and signals."""
import math

import numpy as np
import pytest
import torch
from torch import nn

from nsad.activation import activation_module
from nsad.equations import EquationProblem
from nsad.fields import (
    PHOTOS,
    FieldEnsemble,
    FieldProblem,
    edge_scale,
    image_problem,
    load_eeg,
    load_photo,
    moments,
    pixel_grid,
    psnr,
    render,
    signal_problem,
    train_fields,
)
from nsad.problem import Problem, trial_losses

GRID = np.linspace(-1, 1, 17)[:, None]
WAVE = FieldProblem("wave", (GRID[::2], np.sin(5 * GRID[::2])), (GRID[1::2], np.sin(5 * GRID[1::2])), hidden=(6,), steps=4)
FORMS = ("relu", "sin(30*x)", "x + sin(7*x)**2", "exp(-(9*x)**2)", "tanh(4*x)")


@pytest.mark.parametrize("width, frequency", [(32, 10), (32, 30), (64, 30), (64, 100), (256, 30), (256, 100)])
def test_the_start_of_a_sine_is_siren(width, frequency):
    "SIREN takes phases for spread out, that is, frequency times bias for large."
    scale, mean_square = edge_scale(activation_module(f"sin({frequency}*x)"), width**-0.5)
    assert scale * math.sqrt(3 / (width * mean_square)) == pytest.approx(math.sqrt(6 / width) / frequency, rel=0.12)


def test_weights_keep_to_the_bounds_that_siren_has():
    net = FieldEnsemble(["sin(30*x)"], seeds=range(3), n_inputs=2, hidden=(64, 64))
    for weight, most in zip(net.weight, (1 / 2, math.sqrt(6 / 64) / 30, math.sqrt(6 / 64) / 30)):
        assert weight.abs().max().item() == pytest.approx(most, rel=0.03)
    for bias, n in zip(net.bias, (2, 64, 64)): assert bias.abs().max().item() <= n**-0.5


def test_the_start_of_relu_is_he():
    scale, mean_square = edge_scale(nn.ReLU())
    assert scale == 1. and mean_square == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("text", FORMS[1:])
def test_moments_are_those_of_samples(text):
    scale, bias, draw = 0.2, 0.1, np.random.default_rng(0)
    z = scale * draw.normal(size=200_000) + draw.uniform(-bias, bias, 200_000)
    from nsad import Formula
    f, h = Formula(text), 1e-5
    value, slope = moments(activation_module(text), torch.tensor([scale]), bias)
    assert value.item() == pytest.approx((f(z)**2).mean(), rel=0.02)
    assert slope.item() == pytest.approx((((f(z + h) - f(z - h)) / (2 * h))**2).mean(), rel=0.02)


@pytest.mark.parametrize("factor", [0.1, 3., 40.])
def test_a_scale_inside_of_a_formula_only_moves_the_edge(factor):
    scale, mean_square = edge_scale(activation_module("sin(x)*exp(-x**2)"))
    moved, same = edge_scale(activation_module(f"sin({factor}*x)*exp(-({factor}*x)**2)"))
    assert moved * factor == pytest.approx(scale, rel=0.02) and same == pytest.approx(mean_square, rel=0.02)


@pytest.mark.parametrize("text", FORMS)
def test_a_signal_keeps_its_spread_through_ten_layers(text):
    net = FieldEnsemble([text], seeds=range(4), hidden=[128] * 10)
    bias = 128**-0.5
    scale, _ = edge_scale(activation_module(text), bias)
    seen = []
    net.acts[0][0].register_forward_pre_hook(lambda m, args: seen.append(args[0].detach()))
    net(torch.rand(300, 2) * 2 - 1)
    first, last = (seen[i].square().mean().sqrt().item() for i in (0, -1))
    aim = first if text == "relu" else math.hypot(scale, bias / math.sqrt(3))           # ReLU keeps whatever spread comes in
    assert last == pytest.approx(aim, rel=0.5)


def test_members_do_not_depend_on_their_neighbours():
    net, x = FieldEnsemble([*FORMS, nn.PReLU], seeds=(3, 8), hidden=(16, 16)), torch.rand(20, 2) * 2 - 1
    for i, form in enumerate([*FORMS, nn.PReLU]):
        alone = FieldEnsemble([form], seeds=(8,), hidden=(16, 16))
        torch.testing.assert_close(alone(x)[0], net(x)[2 * i + 1])
        torch.testing.assert_close(net.member(2 * i + 1)(x), net(x)[2 * i + 1])


def test_members_have_their_own_rows_and_gradients():
    net, x = FieldEnsemble(["sin(3*x)", "tanh"], seeds=(0, 1), hidden=(8,)).double(), torch.rand(4, 6, 2).double()
    (net(x)**2).sum().backward()
    for k in range(4):
        single = net.member(k)
        (single(x[k])**2).sum().backward()
        torch.testing.assert_close(single[0].weight.grad.T, net.weight[0].grad[k])
        torch.testing.assert_close(single[2].bias.grad, net.bias[1].grad[k, 0])


def test_constants_that_learn_are_each_members_own():
    net = FieldEnsemble([nn.PReLU], seeds=(0, 1), hidden=(8, 8))
    assert sum(p.numel() for p in net.acts.parameters()) == 4
    x = torch.rand(9, 2)
    net(x)[0].sum().backward()
    grads = [p.grad for p in net.acts.parameters()]
    assert [g is not None and bool(g.abs().sum() > 0) for g in grads] == [True, False, True, False]


def wave(**settings):
    x = np.linspace(-1, 1, 81)[:, None]
    return FieldProblem("wave", (x[::2], np.sin(7 * x[::2])), (x[1::2], np.sin(7 * x[1::2])), **dict(hidden=(16, 16), steps=60) | settings)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"batch": 16}, {"together": 1}, {"together": 3}])
def test_losses_are_the_same_alone_and_together(settings):
    problem = wave(**settings)
    assert isinstance(problem, Problem)
    whole = trial_losses(problem, FORMS, seeds=(0, 5))
    assert np.isfinite(whole).all()
    for i in (0, 3): np.testing.assert_allclose(trial_losses(problem, FORMS[i:i + 1], seeds=(5,))[0, 0], whole[i, 1], rtol=2e-2)


def test_a_field_trains_as_an_ordinary_network_does():
    problem = wave()
    net = FieldEnsemble(["sin(5*x)"], (4,), 1, (16, 16)).member(0)
    optimiser = torch.optim.Adam(net.parameters(), problem.lr)
    x, y = problem.fit
    for step in range(60):
        for group in optimiser.param_groups: group["lr"] = problem.lr * (1 + math.cos(math.pi * (step + 0.5) / 60)) / 2
        optimiser.zero_grad()
        (net(x) - y).square().mean().backward()
        optimiser.step()
    x, y = problem.judge
    assert trial_losses(problem, ["sin(5*x)"], [4])[0, 0] == pytest.approx((net(x) - y).square().mean().item(), rel=1e-2)


def test_a_member_that_diverges_harms_no_other():
    class Breaks(nn.Module):
        def forward(self, x): return x / 0. - x / 0.
    both = trial_losses(wave(), [Breaks(), "tanh"], [0])
    assert np.isnan(both[0, 0]) and both[1, 0] == pytest.approx(trial_losses(wave(), ["tanh"], [0])[0, 0], rel=1e-2)


@pytest.mark.parametrize("problem", [WAVE, EquationProblem("heat", hidden=(6,), points=16, steps=4)], ids=["field", "equation"])
def test_a_training_can_be_watched_step_by_step(problem):
    seen = []
    def after(step, net): seen.append((step, net.weight[0].detach().clone()))
    net = problem.trained(["tanh(2*x)", "sin(3*x)"], [0, 1], after=after)
    unseen = problem.trained(["tanh(2*x)", "sin(3*x)"], [0, 1])
    assert [step for step, _ in seen] == list(range(1, problem.steps + 1))
    assert torch.equal(seen[-1][1], net.weight[0]) and not torch.equal(seen[0][1], seen[1][1])
    for watched, free in zip(net.parameters(), unseen.parameters()): assert torch.equal(watched, free)


@pytest.mark.parametrize("after", [3, "step", [print]])
def test_what_cannot_watch_is_refused_before_the_first_step(after):
    net, taken = FieldEnsemble(["tanh"], hidden=(4,)), []
    def loss(step): taken.append(step)
    with pytest.raises(TypeError, match="after is .*; it has to be a function of step and net, or None"):
        train_fields(net, loss, 5, after=after)
    assert not taken


def test_judging_points_never_touch_training():
    image = load_photo("flower", 16)
    spoilt = image.copy()
    black = np.indices(image.shape).sum(0) % 2 == 1
    spoilt[black] = np.random.default_rng(1).random(black.sum())
    nets = [image_problem(i, "gaps", steps=5, hidden=(8,)).trained(["sin(20*x)"]) for i in (image, spoilt)]
    for a, b in zip(nets[0].parameters(), nets[1].parameters()): assert torch.equal(a, b)


def test_pixels_lie_where_a_picture_of_half_the_size_has_them():
    fine, coarse = (pixel_grid(n, n).reshape(n, n, 2) for n in (8, 4))
    np.testing.assert_allclose(fine.reshape(4, 2, 4, 2, 2).mean((1, 3)), coarse, atol=1e-12)
    wide = pixel_grid(4, 8)
    assert np.abs(wide[:, 1]).max() == pytest.approx(7 / 8) and np.abs(wide[:, 0]).max() == pytest.approx(3 / 8)


def test_tasks_of_a_picture():
    image = np.random.default_rng(0).random((6, 8, 3))
    for task, fit, judge in (("gaps", 24, 24), ("fit", 48, 48), ("double", 12, 48), ("noise", 48, 48)):
        problem = image_problem(image, task, noise=0.2)
        assert (len(problem.fit[0]), len(problem.judge[0])) == (fit, judge) and problem.fit[1].shape[1] == 3
        if task != "gaps": np.testing.assert_allclose(problem.judge[1].numpy().reshape(6, 8, 3), image * 2 - 1, atol=1e-6)
    noise = (problem.fit[1] - problem.judge[1]).numpy() / 2
    assert noise.std() == pytest.approx(0.2, rel=0.2)
    assert image_problem(image, "noise").fingerprint == image_problem(image, "noise").fingerprint != image_problem(image, "fit").fingerprint


def test_decibels_are_those_of_scikit_image():
    metrics = pytest.importorskip("skimage.metrics", reason="scikit-image is not installed")
    image, other = np.random.default_rng(0).random((2, 9, 9))
    loss = np.mean(((image * 2 - 1) - (other * 2 - 1))**2)
    assert psnr(loss) == pytest.approx(metrics.peak_signal_noise_ratio(image, other, data_range=1.))


def test_render_gives_back_what_was_learned():
    problem = image_problem(load_photo("flower", 16), "fit", steps=400, hidden=(48, 48))
    net = problem.trained(["sin(10*x)"])
    picture = render(net, 16, 16)[0, ..., 0]
    assert psnr(4 * np.mean((picture - load_photo("flower", 16))**2)) > 25
    assert render(net, 40, 40).shape == (1, 40, 40, 1)


def test_signals():
    eeg = load_eeg()
    assert eeg.shape == (800, 4) and np.isfinite(eeg).all()
    problem = signal_problem(eeg, every=4)
    assert len(problem.fit[0]) == 200 and len(problem.judge[0]) == 600 and problem.fit[1].abs().max() == 1


@pytest.mark.parametrize("make, words", [
    (lambda: FieldEnsemble([], (0,)), "0 activations"),
    (lambda: load_photo("nobody"), "china"),
    (lambda: load_photo("flower", 5000), "5000"),
    (lambda: image_problem(np.ones((4, 4)) * 7), "between 0 and 1"),
    (lambda: image_problem(np.full((4, 4, 3), 250, np.uint8)), "from 250 to 250"), (lambda: image_problem(np.eye(4) * 255), "divide those"),
    (lambda: image_problem(np.ones(4)), "(4,)"),
    (lambda: image_problem(np.full((4, 4), np.nan)), "finite"),
    (lambda: image_problem(np.ones((4, 4)), "blur"), "'blur'"),
    (lambda: image_problem(np.ones((5, 4)), "double"), "5 x 4"),
    (lambda: signal_problem(np.ones(3)), "(3,)"),
    (lambda: signal_problem(np.ones(30), every=1), "every 1"),
    (lambda: signal_problem(np.array([1., np.nan] * 9)), "finite"),
    (lambda: signal_problem(np.sin(np.arange(10.)), every=2.5), "every=2.5"), (lambda: signal_problem(np.ones(30), every="2"), "every='2'"),
    (lambda: FieldProblem("a", (GRID, np.sin(GRID)), (GRID, np.c_[np.sin(GRID), GRID])), "points of 1 values, judge of 2; give both the same"),
    (lambda: FieldProblem("a", (GRID, GRID), (np.c_[GRID, GRID], GRID)), "points of 1 coordinates, judge of 2; give both the same"),
    (lambda: signal_problem(np.ones(30), hidden=(0,)), "hidden=(0,)"), (lambda: EquationProblem("heat", hidden=(8, 2.5)), "hidden=(8, 2.5)"),
    (lambda: FieldEnsemble(["tanh"], (1.5,)), "a seed=1.5"), (lambda: FieldEnsemble(["tanh"], gain=math.nan), "gain=nan"),
    (lambda: load_photo("flower", 0), "size=0"), (lambda: pixel_grid(2.5, 3), "height=2.5"), (lambda: pixel_grid(3, 0), "width=0"),
    (lambda: signal_problem(np.ones(30), steps=0), "steps=0"), (lambda: signal_problem(np.ones(30), batch=0), "batch=0"),
    (lambda: signal_problem(np.ones(30), together=0.5), "together=0.5"), (lambda: EquationProblem("heat", points=0), "points=0"),
])
def test_what_is_no_field_is_refused(make, words):
    with pytest.raises(ValueError) as caught: make()
    assert words in str(caught.value)


PROBLEMS = {"field": lambda **settings: signal_problem(np.sin(np.arange(30.)), **dict(hidden=(6,), steps=4) | settings),
            "equation": lambda **settings: EquationProblem("heat", **dict(hidden=(6,), points=16, steps=4) | settings)}


@pytest.mark.parametrize("make", PROBLEMS.values(), ids=PROBLEMS)
def test_whole_numbers_of_numpy_and_a_single_width_mean_what_they_say(make):
    losses = make().losses([nn.Tanh()], [0, 1])
    assert np.array_equal(make().losses([nn.Tanh()], np.arange(2)), losses)
    assert np.array_equal(make(hidden=6).losses([nn.Tanh()], [0, 1]), losses) and make(hidden=np.int64(6)).fingerprint == make().fingerprint


@pytest.mark.parametrize("make", PROBLEMS.values(), ids=PROBLEMS)
def test_a_device_that_is_not_here_is_refused_with_what_to_take(make):
    missing = "cuda:99" if torch.cuda.is_available() else "cuda"
    with pytest.raises(ValueError, match=f"device='{missing}' cannot be used here .*; take 'auto', 'cpu'"):
        make(device=missing).losses([nn.Tanh()], [0])


def test_without_a_hidden_layer_no_activation_takes_part():
    x = torch.rand(5, 2)
    assert torch.equal(FieldEnsemble([nn.PReLU()], (0, 1), hidden=())(x), FieldEnsemble(["tanh"], (0, 1), hidden=())(x))
    losses = PROBLEMS["field"](hidden=()).losses([nn.PReLU(), nn.Tanh()], [0, 1])
    assert np.isfinite(losses).all() and np.allclose(losses[0], losses[1])


@pytest.mark.parametrize("name", PHOTOS)
def test_photographs(name):
    if name not in ("china", "flower"): pytest.importorskip("skimage.data", reason="scikit-image is not installed")
    photo = load_photo(name, 64)
    assert photo.shape == (64, 64) and 0 <= photo.min() < photo.max() <= 1 and photo.std() > 0.02
