"""Differential equations: derivatives, reference solutions and the problem made of them, each against an independent way."""
import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from torch import nn

from nsad.equations import (
    EQUATIONS,
    Condition,
    Equation,
    EquationProblem,
    Solution,
    allen_cahn,
    burgers,
    cole_hopf,
    edge,
    grid,
    heat,
    helmholtz,
    known,
    periodic,
    strang,
    wave,
)
from nsad.fields import FieldEnsemble
from nsad.jets import slopes_of
from nsad.problem import Problem, trial_losses

SMOOTH = ["tanh", "sin(4*x)", "exp(-(2*x)**2)", "x*sigmoid(x)", "gelu", nn.SiLU, "erf(3*x)*cos(3*x)"]


def nested(net, x):
    "Value, first and second derivatives of an ordinary network by differentiating it twice backwards."
    value = net(x)
    first, = torch.autograd.grad(value.sum(), x, create_graph=True)
    seconds = [torch.autograd.grad(first[:, i].sum(), x, create_graph=True)[0][:, i:i + 1] for i in range(x.shape[1])]
    return value, first[:, :1], first[:, 1:], *seconds


def test_jets_are_derivatives_by_backward_differentiation_and_so_are_their_gradients():
    net = FieldEnsemble(SMOOTH, seeds=(0, 3), hidden=(7, 7, 7)).double()
    x = (torch.rand(9, 2, dtype=torch.float64) * 2 - 1).requires_grad_()
    ours = net.jets(x, (0, 1), (0, 1))
    (ours[0] * ours[3] + ours[1]**2 - ours[4] * ours[2]).sum().backward()
    for k in range(net.n_members):
        single = net.member(k)
        theirs = nested(single, x)
        for a, b in zip(ours, theirs): torch.testing.assert_close(a[k], b, rtol=1e-8, atol=1e-8)
        (theirs[0] * theirs[3] + theirs[1]**2 - theirs[4] * theirs[2]).sum().backward()
        linears = [m for m in single if isinstance(m, nn.Linear)]
        for i, linear in enumerate(linears): torch.testing.assert_close(net.weight[i].grad[k], linear.weight.grad.T, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("text", ["x**3", "sin(x)*exp(-x**2)", "softplus(2*x)", "atan(x)", "tanh(x)**2", "x/(1 + x**2)"])
def test_slope_and_curvature_are_central_differences(text):
    from nsad.activation import activation_module
    act, z, h = activation_module(text), torch.linspace(-1.9, 2.1, 41, dtype=torch.float64), 1e-4
    value, slope, curvature = slopes_of(act, z)
    torch.testing.assert_close(slope, (act(z + h) - act(z - h)) / (2 * h), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(curvature, (act(z + h) - 2 * act(z) + act(z - h)) / h**2, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(value, act(z))


@pytest.mark.parametrize("act", ["relu", "x", "abs(x)", "max(x, 0.1*x)"])
def test_a_line_has_no_curvature(act):
    net = FieldEnsemble([act], hidden=(5, 5)).double()
    assert not net.jets(torch.rand(4, 2, dtype=torch.float64), (0,), (0,))[2].any()


class Differences:
    "Looks like a `Solution`; derivatives are central differences of the reference."
    def __init__(self, equation, points, h=1e-4):
        self.u = torch.as_tensor(equation.reference(points))[None]
        for i, n in enumerate(equation.box):
            up, down = (torch.as_tensor(equation.reference(points + s * h * np.eye(2)[i]))[None] for s in (1, -1))
            setattr(self, n, torch.as_tensor(points[:, i]))
            setattr(self, f"u_{n}", (up - down) / (2 * h))
            setattr(self, f"u_{n}{n}", (up - 2 * self.u + down) / h**2)


def inside(box, n=150):
    low, high = np.array(list(box.values())).T
    return low + (high - low) * np.random.default_rng(1).uniform(0.05, 0.95, (n, 2))


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_reference_satisfies_the_equation(name):
    equation = EQUATIONS[name]()
    points = inside(equation.box)
    if name == "Burgers": points = points[np.abs(points[:, 0]) > 0.1]                    # not inside of the shock, which is .003 wide
    h = 1e-2 if name == "Allen-Cahn" else 1e-4                                           # a table in between, not a formula
    field = Differences(equation, points, h)
    terms = max(getattr(field, d).abs().max() for d in equation.derivatives)
    assert equation.residual(field).abs().max() < (0.05 if name == "Allen-Cahn" else 1e-3) * max(1., terms)


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_reference_satisfies_the_conditions(name):
    equation = EQUATIONS[name]()
    assert equation.conditions
    for condition in equation.conditions:
        field = Differences(equation, condition.points, 1e-5)
        assert condition.residual(field).abs().max() < 2e-3


def test_burgers_is_that_of_the_method_of_lines():
    "A wider shock, which finite differences can follow."
    n, viscosity = 400, 0.05
    x = np.linspace(-1, 1, n + 1)
    h = x[1] - x[0]
    def change(t, u):
        u = np.concatenate([[0.], u, [0.]])
        return -(u[2:]**2 - u[:-2]**2) / (4 * h) + viscosity * (u[2:] - 2 * u[1:-1] + u[:-2]) / h**2
    out = solve_ivp(change, (0, 0.8), -np.sin(np.pi * x[1:-1]), method="BDF", rtol=1e-8, atol=1e-10, t_eval=[0.3, 0.8])
    for k, t in enumerate((0.3, 0.8)):
        ours = cole_hopf(np.stack([x[1:-1], np.full(n - 1, t)], 1), viscosity)
        assert np.abs(ours - out.y[:, k]).max() < 1e-3
    assert np.abs(cole_hopf(inside(burgers().box), 0.01 / np.pi, 160) - cole_hopf(inside(burgers().box), 0.01 / np.pi, 320)).max() < 1e-6


def test_allen_cahn_is_that_of_the_method_of_lines_and_splitting_converges():
    n, diffusion, reaction = 256, 1e-3, 5.
    x = -1 + 2 * np.arange(n) / n
    def change(t, u): return diffusion * (np.roll(u, 1) - 2 * u + np.roll(u, -1)) / (2 / n)**2 + reaction * (u - u**3)
    lines = solve_ivp(change, (0, 1), x**2 * np.cos(np.pi * x), method="LSODA", rtol=1e-9, atol=1e-11).y[:, -1]
    ours = [strang(diffusion, reaction, n, steps)[-1] for steps in (50, 100, 200, 400)]
    assert np.abs(ours[-1] - lines).max() < 2e-2 and np.sqrt(np.mean((ours[-1] - lines)**2)) < 3e-3
    apart = [np.abs(a - b).max() for a, b in zip(ours, ours[1:])]
    assert apart[0] / apart[1] == pytest.approx(4, rel=0.1) and apart[1] / apart[2] == pytest.approx(4, rel=0.1)     # second order
    assert np.isfinite(allen_cahn().reference(grid(allen_cahn().box))).all()


def test_derivatives_are_in_the_units_of_the_equation():
    box = dict(x=(2., 8.), t=(-1., 0.5))
    net = FieldEnsemble(["sin(2*x)"], hidden=(6,)).double()
    points = torch.tensor([[3., 0.], [7., -0.9]], dtype=torch.float64)
    field, h = Solution(box, net, points, ["u_x", "u_tt"]), 1e-4
    def u(shift): return Solution(box, net, points + torch.tensor(shift, dtype=torch.float64)).u
    torch.testing.assert_close(field.u_x, (u([h, 0]) - u([-h, 0])) / (2 * h), rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(field.u_tt, (u([0, h]) - 2 * u([0, 0]) + u([0, -h])) / h**2, rtol=1e-4, atol=1e-5)
    with pytest.raises(AttributeError, match="u_xx"): field.u_xx
    for wrong in ("u_xt", "u_xxx", "v", "u_y"):
        with pytest.raises(ValueError, match=wrong): Solution(box, net, points, [wrong])


def test_losses_are_the_same_alone_and_together():
    problem = EquationProblem("heat", hidden=(12, 12), steps=20, points=64, optimiser="adam")
    assert isinstance(problem, Problem)
    whole = trial_losses(problem, ["tanh", "sin(3*x)", "gelu"], seeds=(0, 4))
    assert np.isfinite(whole).all()
    np.testing.assert_allclose(trial_losses(problem, ["sin(3*x)"], seeds=(4,))[0, 0], whole[1, 1], rtol=1e-2)


def test_training_never_sees_the_reference_and_heat_is_solved():
    equation = heat()
    calls = []
    def counted(points):
        calls.append(len(points))
        return equation.reference(points)
    seen = Equation("heat", equation.box, equation.residual, equation.conditions, equation.derivatives, counted)
    problem = EquationProblem(seen, hidden=(12, 12), steps=40, points=128)
    before = len(calls)
    loss = trial_losses(problem, ["sin(4*x)", "relu"], [0])[:, 0]
    assert len(calls) == before and loss[0] < 0.01 < 0.1 < loss[1]


def test_fingerprints_follow_equation_and_settings():
    prints = [EquationProblem("heat").fingerprint, EquationProblem("wave").fingerprint, EquationProblem(heat(0.1)).fingerprint,
              EquationProblem("heat", steps=10).fingerprint, EquationProblem("heat", hidden=(8,)).fingerprint]
    assert len(set(prints)) == len(prints) and EquationProblem("heat").fingerprint == prints[0]


def test_edges_and_grids():
    box = dict(x=(0., 2.), t=(1., 3.))
    assert grid(box, 3).tolist() == [[a, b] for a in (0, 1, 2) for b in (1, 2, 3)]
    assert edge(box, 3, t=1).tolist() == [[0, 1], [1, 1], [2, 1]]
    assert isinstance(known(edge(box, 3, t=1), lambda p: p[:, 0]), Condition)
    with pytest.raises(ValueError, match="Stokes"): EquationProblem("Stokes")


UNIT = dict(x=(0., 1.), t=(0., 1.))
START = edge(UNIT, 5, t=0)


def decay(f): return f.u_t + f.u


def fading(p): return np.exp(-p[:, 1])


def fade(conditions=(), reference=fading, box=UNIT, residual=decay, **settings):
    equation = Equation("fade", box, residual, conditions, ("u_t",), reference)
    return EquationProblem(equation, **dict(hidden=(4,), steps=2, points=16) | settings)


@pytest.mark.parametrize("make, words", [
    (lambda: known(START, lambda p: np.where(p[:, 0] == 0.5, np.nan, 1)), r"known u is nan at \[0.5, 0.0\]; it has to be finite"),
    (lambda: known(START, lambda p: p[:, :1], "u_t"), r"known u_t has shape \(5, 1\) at 5 points; it has to return one number for each"),
    (lambda: fade(reference=lambda p: fading(p)[:, None]), r"fade: the reference has shape \(4096, 1\) at 4096 points"),
    (lambda: fade(reference=lambda p: np.full(len(p), np.inf)), r"fade: the reference is inf at \[0.0, 0.0\]"),
    (lambda: fade(reference=lambda p: 0), "fade: the reference is 0 everywhere, and errors are shares of its size; take another"),
    (lambda: fade(box=dict(x=(0., 0.), t=(0., 1.))), r"fade: box={'x': \(0.0, 0.0\), .* two different finite limits, such as x=\(0, 1\)"),
    (lambda: fade(box=dict(x=(0., np.nan), t=(0., 1.))), "fade: box="), (lambda: fade(box=dict(x=(0, 1, 2), t=(0., 1.))), "fade: box="),
    (lambda: fade(box=dict(t=(0., 1.))), "two coordinates"), (lambda: fade(box=UNIT | dict(y=(0., 1.))), "two coordinates"),
    (lambda: fade([Condition(START[:, :1], decay)]), r"fade: a condition has points of shape \(5, 1\); they have to be finite"),
    (lambda: fade([known(START[:0], fading)]), r"shape \(0, 2\)"), (lambda: fade([known(edge(UNIT, 5, x=np.nan), fading)]), "finite numbers"),
    (lambda: edge(UNIT, 3, y=0), "edge fixes y; name one of x, t, such as t=0"), (lambda: edge(UNIT, 3), "edge fixes no coordinate; name one of x, t"),
    (lambda: periodic(dict(r=(0., 1.), t=(0., 1.))), "edge fixes x; name one of r, t"),
    (lambda: wave(0.), "speed=0.0 leaves no wave"), (lambda: helmholtz((1.5, 4)), "a=1.5 must be a whole number"),
])
def test_what_is_no_equation_is_refused(make, words):
    with pytest.raises(ValueError, match=words): make()


@pytest.mark.parametrize("optimiser", ["least squares", "adam"])
def test_residuals_that_are_no_table_of_networks_and_points_are_refused(optimiser):
    wide = Condition(START, lambda f: f.u - torch.zeros(5, 1))
    for problem in (fade([wide], optimiser=optimiser), fade(residual=lambda f: f.u.mean(), optimiser=optimiser)):
        with pytest.raises(ValueError, match=r"fade: a residual has shape \(.*\); it has to be \(networks, points\), here 1 networks"):
            problem.losses(["tanh(x)"], [0])


def test_one_number_stands_for_all_points():
    assert known(START, lambda p: 2.).residual(type("Half", (), dict(u=torch.ones(1, 5)))).tolist() == [[-1.] * 5]
    one, each = (fade(reference=f) for f in (lambda p: 1, lambda p: np.ones(len(p))))
    assert one.losses(["tanh(x)"], [0]) == each.losses(["tanh(x)"], [0]) and one.truth.shape == (4096,)


@pytest.mark.parametrize("optimiser", ["least squares", "adam"])
def test_a_network_that_could_not_be_trained_has_no_loss(optimiser):
    problem = fade(residual=lambda f: decay(f) + torch.log(-1 - f.u**2), optimiser=optimiser)
    assert np.isnan(problem.losses(["tanh(x)", "sin(x)"], [0])).all()


@pytest.mark.parametrize("optimiser", ["least squares", "adam"])
def test_networks_of_no_hidden_layer_are_lines(optimiser):
    losses = fade([known(START, fading)], hidden=(), optimiser=optimiser).losses([nn.PReLU(), nn.Tanh()], [0, 1])
    assert np.isfinite(losses).all() and np.allclose(losses[0], losses[1])
