"""Training by nonlinear least squares: the Jacobian against automatic differentiation, and what a step may and may not do."""
import numpy as np
import pytest
import torch
from torch import nn

from nsad.activation import SymbolicActivation
from nsad.equations import EQUATIONS, EquationProblem
from nsad.fields import FieldEnsemble
from nsad.least_squares import TRIES, DampedStep, add_to, jacobian, train_least_squares
from nsad.problem import trial_losses
from nsad.selectable import SelectableActivation


def mixed(): return SelectableActivation(["sin(2*x)", "tanh(2*x)"])


def problem(name="heat", **settings):
    return EquationProblem(name, **(dict(hidden=(6, 5), points=32, steps=12) | settings))


def net_of(*activations, seeds=(0,), hidden=(6, 5)): return FieldEnsemble(activations, seeds, 2, hidden).double()


def flat(net, k, values):
    "Numbers of member k, from lists like `net.weight`, `net.bias` and the parameters of its activations."
    weights, biases, learned = values
    return torch.cat([v[k].flatten() for pair in zip(weights, biases) for v in pair] + [p.flatten() for p in learned])


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_jacobian_is_that_of_automatic_differentiation(name):
    equation, net = problem(name), net_of("tanh(2*x)", "sin(3*x)", seeds=(0, 4))
    values, table = jacobian(net, equation.residuals)
    again = torch.cat(equation.residuals(net), 1)
    torch.testing.assert_close(values, again.detach())
    for k, row in ((0, 3), (1, 40), (2, -1), (3, -70)):
        weights = [*net.weight, *net.bias]
        grads = torch.autograd.grad(again[k, row], weights, retain_graph=True, materialize_grads=True)
        n = len(net.weight)
        torch.testing.assert_close(table[k, row], flat(net, k, (grads[:n], grads[n:], [])), rtol=1e-7, atol=1e-9)


def test_activations_that_learn_have_columns_and_others_zeros_in_their_place():
    equation, net = problem("wave"), net_of(mixed(), "tanh(2*x)", seeds=(0, 1))
    _, table = jacobian(net, equation.residuals)
    assert table.shape[2] == 2*6 + 6 + 6*5 + 5 + 5 + 1 + 2*2
    assert not table[2:, :, -4:].any() and table[:2, :, -4:].any()
    last = torch.cat(equation.residuals(net), 1)[1, 5]
    own = [p for act in net.acts[0][1::2] for p in act.parameters()]
    torch.testing.assert_close(table[1, 5, -4:], torch.cat(torch.autograd.grad(last, own)), rtol=1e-7, atol=1e-9)


def test_what_is_added_is_added_to_each_members_own_numbers():
    net = net_of(mixed(), "tanh(2*x)", seeds=(0, 1))
    equation, h = problem("heat"), 1e-6
    values, table = jacobian(net, equation.residuals)
    change = torch.randn(4, table.shape[2], dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    add_to(net, h * change)
    moved = torch.cat(equation.residuals(net), 1)
    torch.testing.assert_close((moved - values) / h, (table @ change[..., None])[..., 0], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("rows", [5, 40])
def test_a_step_solves_the_damped_normal_equations(rows):
    draw = torch.Generator().manual_seed(1)
    values, table = (torch.randn(*shape, dtype=torch.float64, generator=draw) for shape in ((3, rows), (3, rows, 12)))
    damping = torch.tensor([1e-3, 1., 50.], dtype=torch.float64)
    step = DampedStep(values, table)(torch.tensor([True, False, True]), damping)
    for k, own in zip((0, 2), step):
        direct = torch.linalg.solve(table[k].T @ table[k] + damping[k] * torch.eye(12), -table[k].T @ values[k])
        torch.testing.assert_close(own, direct, rtol=1e-6, atol=1e-9)


@pytest.mark.slow
def test_members_do_not_feel_each_other():
    activations = "tanh(2*x)", mixed(), "sin(3*x)", SymbolicActivation("1.5*cos(2.5*x)", trainable=True)
    together = problem().trained(activations, seeds=[0, 1])
    for k, (activation, seed) in enumerate((a, s) for a in activations for s in (0, 1)):
        alone = problem().trained([activation], seeds=[seed])
        for many, one in zip(together.weight, alone.weight): torch.testing.assert_close(many[k], one[0], rtol=1e-5, atol=1e-6)


def test_the_loss_at_the_same_points_never_rises_and_evaluations_are_counted():
    equation, losses, calls = problem("Burgers"), [], []
    def residuals(net, step):
        calls.append(step)
        return equation.residuals(net)
    def after(step, net):
        losses.append(torch.cat(equation.residuals(net), 1).square().sum(1).detach().numpy())
    train_least_squares(net_of("tanh(3*x)", "sin(4*x)"), residuals, 15, after)
    assert (np.diff(losses, axis=0) <= 1e-12).all() and losses[-1].max() < 0.7 * losses[0].max()
    assert max(map(calls.count, range(15))) <= 1 + TRIES


class Broken(nn.Module):
    "A hyperbolic tangent whose derivative is not a number."
    def forward(self, x): return torch.tanh(x) + torch.sqrt(0 * x)


def test_a_member_without_finite_residuals_stays_and_harms_nobody():
    bad = Broken()
    net = problem().trained(["tanh(2*x)", bad])
    start = net_of(bad)
    assert all(torch.equal(now[1], then[0]) for now, then in zip(net.weight, start.weight))
    losses = problem().losses(["tanh(2*x)", bad], seeds=[0])
    assert np.isnan(losses[1, 0]) and losses[0, 0] == pytest.approx(problem().losses(["tanh(2*x)"], seeds=[0])[0, 0], rel=1e-6)


def test_least_squares_solves_what_gradient_descent_does_not_begin():
    few = dict(hidden=(10, 10), points=128, steps=40)
    quick, slow = (trial_losses(problem(optimiser=o, **few), ["sin(3*x)"], [0])[0, 0] for o in ("least squares", "adam"))
    assert quick < 0.01 < 0.2 < slow
    assert problem().fingerprint != problem(optimiser="adam").fingerprint


def test_points_differ_from_step_to_step_and_are_the_same_in_every_run():
    equation, net = problem(), net_of("tanh(2*x)")
    first, same, other = (equation.residuals(net, step)[0] for step in (3, 3, 4))
    assert torch.equal(first, same) and not torch.equal(first, other)


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="'newton'; there are least squares, adam"): problem(optimiser="newton")
    net, x = net_of("tanh"), torch.zeros(6, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match="4 values of 6 points"): jacobian(net, lambda net: [net.jets(x)[0][:, :4, 0]])
    with pytest.raises(ValueError, match="1 tensors of residuals from 2 passes"):
        jacobian(net, lambda net: [net.jets(x)[0][..., 0] + net.jets(x)[0][..., 0]])
