"""Networks with our layers under torch's transforms and tracers: right to 1e-6 against plain formulas."""
import pytest
import torch
from torch import fx, nn
from torch.testing import assert_close

from nsad import SymbolicActivation, mlp
from nsad.autograd import FEW

PLAIN = {"x*exp(-x**2)": lambda x: x * torch.exp(-x * x), "sin(2*x) + x": lambda x: torch.sin(2 * x) + x,
         "x*tanh(softplus(x))": lambda x: x * torch.tanh(nn.functional.softplus(x)), "1.5*cos(0.5*x)": lambda x: 1.5 * torch.cos(0.5 * x)}


class Plain(nn.Module):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def forward(self, x):
        return PLAIN[self.text](x)


def pair(text, trainable=False, per_channel=False):
    "A network of doubles with our layers, and the same with plain torch."
    torch.manual_seed(0)
    widths = 3, 5, 4
    ours = [SymbolicActivation(text, trainable=trainable, per_channel=n if per_channel else None) for n in widths[1:]]
    layers = [nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    head = nn.Linear(4, 2)
    return [nn.Sequential(*[m for pair in zip(layers, acts) for m in pair], head).double() for acts in (ours, [Plain(text), Plain(text)])]


def close(a, b):
    assert_close(a, b, rtol=1e-6, atol=1e-6)


ROWS = torch.linspace(-2, 2, 12, dtype=torch.float64).reshape(4, 3)
KINDS = [(text, {}) for text in PLAIN] + [("1.5*cos(0.5*x)", {"trainable": True}), ("1.5*cos(0.5*x)", {"trainable": True, "per_channel": True})]


@pytest.mark.parametrize(("text", "more"), KINDS)
@pytest.mark.parametrize("transform", ["jvp", "jacfwd", "jacrev", "hessian", "forward over reverse", "vmap of grad"])
def test_functional_transforms(text, more, transform):
    ours, plain = pair(text, **more)
    row, way = ROWS[1], torch.tensor([1., -2., 0.5], dtype=torch.float64)
    what = {"jvp": lambda net: torch.func.jvp(net, (ROWS,), (ROWS.flip(0),))[1],
            "jacfwd": lambda net: torch.func.jacfwd(net)(row),
            "jacrev": lambda net: torch.func.jacrev(net)(row),
            "hessian": lambda net: torch.func.hessian(lambda x: net(x)[0])(row),
            "forward over reverse": lambda net: torch.func.jvp(torch.func.grad(lambda x: net(x).sum()), (row,), (way,))[1],
            "vmap of grad": lambda net: torch.func.vmap(torch.func.grad(lambda x: net(x).prod()))(ROWS)}[transform]
    close(what(ours), what(plain))


@pytest.mark.parametrize(("text", "more"), KINDS)
def test_hessians_of_autograd_by_rows_and_in_one(text, more):
    ours, plain = pair(text, **more)
    for vectorize in (False, True):
        found = [torch.autograd.functional.hessian(lambda x, net=net: net(x)[1], ROWS[2], vectorize=vectorize) for net in (ours, plain)]
        close(*found)


@pytest.mark.parametrize("by_parameters", [False, True])
@pytest.mark.parametrize(("text", "more"), KINDS)
def test_four_derivatives_one_after_the_other_in_any_order(text, more, by_parameters):
    results = []
    for net in pair(text, **more):
        x = ROWS.clone().requires_grad_()
        first, = torch.autograd.grad(net(x).sum(), x, create_graph=True)
        plainly, = torch.autograd.grad(first.square().sum(), x, retain_graph=True)            # no graph of this one
        second, = torch.autograd.grad(first[:, 0].sum(), x, create_graph=True)
        third, = torch.autograd.grad(second[:, 1].sum() + first.prod(), x, create_graph=True)
        again, = torch.autograd.grad(first[:, 0].sum(), x, create_graph=True)
        at = list(net[0].parameters()) if by_parameters else [x]
        fourth = torch.autograd.grad((third.sin() + again + second * first).sum(), at, retain_graph=True)
        twice = torch.autograd.grad((third.sin() + again + second * first).sum(), at)
        for a, b in zip(fourth, twice):
            assert torch.equal(a, b)
        results.append((plainly, second, third, again, *fourth))
    for a, b in zip(*results):
        close(a, b)


@pytest.mark.parametrize("n", [1, FEW, FEW + 1])
def test_second_derivatives_of_few_and_of_many_numbers(n):
    x = torch.linspace(-3, 3, n, dtype=torch.float64).requires_grad_()
    found = []
    for f in (SymbolicActivation("x*exp(-x**2)"), PLAIN["x*exp(-x**2)"]):
        slope, = torch.autograd.grad(f(x).sum(), x, create_graph=True)
        curvature, = torch.autograd.grad(slope.sum(), x, create_graph=True)
        found.append((slope, curvature, *torch.autograd.grad(curvature.square().sum(), x)))
    for a, b in zip(*found):
        close(a, b)


def test_a_physics_informed_step_has_the_gradients_of_plain_formulas():
    found = []
    for net in pair("sin(2*x) + x"):
        x = ROWS.clone().requires_grad_()
        u = net(x)[:, 0]
        slope, = torch.autograd.grad(u.sum(), x, create_graph=True)
        curvature, = torch.autograd.grad(slope[:, 0].sum(), x, create_graph=True)
        loss = (curvature[:, 0] + u**3 - slope[:, 1]).square().mean()
        loss.backward()
        found.append([p.grad for p in net.parameters()])
    for a, b in zip(*found):
        close(a, b)


@pytest.mark.parametrize(("text", "more"), KINDS)
def test_a_graph_of_fx_computes_and_learns_the_same(text, more):
    ours, plain = pair(text, **more)
    traced = fx.symbolic_trace(ours)
    close(traced(ROWS), plain(ROWS))
    found = [torch.autograd.grad(net(ROWS).square().sum(), net[0].weight if net is plain else traced.get_parameter("0.weight")) for net in (traced, plain)]
    close(found[0], found[1])
    net = mlp(3, (5, 4), text, seed=0).train(False)
    assert_close(fx.symbolic_trace(net)(ROWS.float()), net(ROWS.float()))


@pytest.mark.slow
@pytest.mark.parametrize(("text", "more"), KINDS)
def test_torch_compile_takes_the_whole_graph(text, more):
    ours, plain = pair(text, **more)
    torch.compiler.reset()
    whole = torch.compile(ours, fullgraph=True, backend="aot_eager")
    x, y = (ROWS.clone().requires_grad_() for _ in range(2))
    close(whole(x), plain(y))
    gradients = [torch.autograd.grad(net(at).square().sum(), [at, ours[0].weight if net is whole else plain[0].weight]) for net, at in ((whole, x), (plain, y))]
    for a, b in zip(*gradients):
        close(a, b)


@pytest.mark.parametrize("text", ["x*exp(-x**2)", "sin(-4*x) - x*(-2)*cos(2*x)", "-x*(-x)*tanh(x/2)", "exp(-2*x**2) + exp(2*x**2)*0.25*x"])
def test_exact_factors_change_no_digit_of_the_value(text):
    "A program moves signs and powers of two outwards; the value is that of the formula as it is written, to the last digit or nearly."
    x = torch.linspace(-3, 3, 1001, dtype=torch.float64)
    act = SymbolicActivation(text)
    assert_close(act(x), torch.as_tensor(act.formula(x.numpy())), rtol=1e-15, atol=1e-15)
