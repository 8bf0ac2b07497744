"""What runs on a card computes what the CPU computes. `pytest -m cuda` runs the CUDA half; the CPU half keeps the tests themselves honest."""
import numpy as np
import pytest
import torch
from torch import nn

from helpers import EVERY
from nsad import Recipe, Study, SymbolicActivation, discover, mlp, replace_activations, to_c, train
from nsad.data import SAMPLES, Dataset, Scaler, load_dataset
from nsad.equations import EquationProblem
from nsad.fields import image_problem
from nsad.kernels import plain
from nsad.models import Stack
from nsad.problem import ModelProblem
from nsad.program import jet
from nsad.training import evaluate, predict, resolve_device

here = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device: needs a card and a build of torch for it"))])
BUMP = "x*exp(-x**2)"
FORMULAS = [*EVERY, BUMP, "cos(x) - cos(abs(cos(x)))", "x**3/(1 + x**2)"]
BRIEF = Recipe("brief", epochs=4, batch_size=64)


@pytest.fixture(scope="module")
def table():
    "Six hundred rows, scaled, and their labels."
    ds = load_dataset("magic", rows=600, data_home=SAMPLES, seed=1)
    return Scaler.fit(ds.X).transform(ds.X), ds.y


def same(a, b, tolerance=1e-4):
    np.testing.assert_allclose(torch.as_tensor(a).cpu().numpy(), torch.as_tensor(b).cpu().numpy(), rtol=tolerance, atol=tolerance)


@here
def test_auto_takes_the_card(device):
    if device == "cuda": assert resolve_device("auto").type == "cuda"
    assert resolve_device(device).type == device


@here
@pytest.mark.parametrize("text", FORMULAS)
def test_values_and_slopes_of_every_operator(text, device):
    "In single precision on the device, as in double on the CPU, where both are of a usual size."
    try: act = SymbolicActivation(text)
    except ValueError: act = SymbolicActivation(text + " + x")
    x = torch.linspace(-2.9, 3.1, 4001)
    exact = plain(jet(act.program, 1), x.double())
    on = x.to(device).requires_grad_()
    y = act.to(device)(on)
    (slope,) = torch.autograd.grad(y.sum(), on)
    assert y.device.type == slope.device.type == device
    for got, expected in ((y.detach(), exact[0]), (slope, exact[1])):
        usual = (expected.abs() < 1e3) & expected.isfinite()
        off = (got.cpu() - expected).abs()[usual] / (1 + expected.abs()[usual])
        assert off.quantile(0.99) < 1e-3, off.max()          # beside a pole, single precision has another value


@here
def test_constants_that_learn(device):
    act = SymbolicActivation("1.5*x*cos(0.5*x)", trainable=True, per_channel=3).to(device)
    by_cpu = SymbolicActivation("1.5*x*cos(0.5*x)", trainable=True, per_channel=3)
    by_cpu.load_state_dict(act.state_dict())
    x = torch.linspace(-3, 3, 60).view(20, 3)
    (act(x.to(device)) ** 2).mean().backward()
    (by_cpu(x) ** 2).mean().backward()
    same(act.constants.grad, by_cpu.constants.grad)


@here
def test_a_second_derivative(device):
    act = SymbolicActivation("x*sin(x)").to(device)
    x = torch.linspace(-3, 3, 101, device=device, requires_grad=True)
    (slope,) = torch.autograd.grad(act(x).sum(), x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), x)
    same(curvature, 2 * torch.cos(x.detach()) - x.detach() * torch.sin(x.detach()))


@here
def test_a_stack_learns_what_it_learns_on_the_cpu(table, device):
    "Dropout, batches and starts are drawn on the CPU from the seed, so that members differ by rounding alone."
    X, y = table
    def trained(where):
        stack = Stack(X.shape[1], [BUMP, "relu", nn.PReLU], seeds=(1, 2), hidden=(16, 8), dropout=0.1)
        history = train(stack, X, y, recipe=BRIEF, validation=(X[:100], y[:100]), device=where)
        assert next(stack.parameters()).device.type == where
        return history, predict(stack, X)
    (history, outputs), (by_cpu, expected) = trained(device), trained("cpu")
    same(history.train_loss, by_cpu.train_loss, 1e-2)
    assert np.abs(outputs - expected).mean() < 0.02 * expected.std()


@here
def test_an_ensemble_with_another_operator_in_each_member(device):
    "Values and gradients of all members at once, as on the CPU where they are of a usual size."
    texts = [f"{t} + 0.3*x" for t in FORMULAS]
    x, columns = torch.linspace(-3, 3, 150).view(50, 3), []
    for where in (device, "cpu"):
        stack = Stack(3, texts, seeds=(1, 2), hidden=(8,), dropout=0.0).to(where)
        output = stack(x.to(where))
        (slopes,) = torch.autograd.grad(output.square().sum(), stack.weight[0])
        columns.append([t.detach().cpu().flatten(1) for t in (output, slopes)])
    for got, expected in zip(*columns):
        usual = expected.abs().amax(1) < 1e3
        assert usual.sum() > 0.8 * len(usual)
        off = (got - expected).abs().amax(1)[usual] / (1 + expected.abs().amax(1)[usual])
        assert off.quantile(0.9) < 1e-3 and off.max() < 0.05, off


class Cooling(nn.Module):
    "A network part that computes with a Python number which somebody changes on the way."
    temperature = 4.0

    def forward(self, x): return torch.tanh(x / self.temperature)


@here
@pytest.mark.parametrize("hidden", [nn.Tanh, Cooling, lambda: SymbolicActivation("1.5*x*cos(0.5*x)", trainable=True)])
def test_steps_that_are_played_again_are_the_steps_themselves(table, device, hidden):
    "Thirty-six steps, of two sizes of batches; a temperature that falls is seen by each of them."
    X, y = table
    def trained(where):
        torch.manual_seed(3)
        part = hidden()
        net = nn.Sequential(nn.Linear(X.shape[1], 8), nn.BatchNorm1d(8), part, nn.Linear(8, 1))
        def cool(share): part.temperature = 4.0 - 3 * share
        train(net, X[:550], y[:550], recipe=BRIEF, device=where, before_epoch=cool if hidden is Cooling else None)
        return predict(net, X)
    got, expected = trained(device), trained("cpu")
    assert np.abs(got - expected).mean() < 0.02 * expected.std()


@here
def test_one_network_learns_what_it_learns_on_the_cpu(table, device):
    X, y = table
    def trained(where):
        net = mlp(X.shape[1], (16, 8), BUMP, dropout=0.0, seed=3)
        train(net, X, y, recipe=BRIEF, device=where)
        return net
    net, expected = trained(device), trained("cpu")
    assert np.abs(predict(net, X) - predict(expected, X)).mean() < 0.02 * predict(expected, X).std()
    assert abs(evaluate(net, X, y)["accuracy"] - evaluate(expected, X, y)["accuracy"]) < 0.02


@here
def test_a_search_trains_on_the_device(table, device):
    X, y = (torch.as_tensor(t, dtype=torch.float32) for t in table)
    seen = set()
    class Watched(nn.Sequential):
        def forward(self, x):
            seen.add((x.device.type, next(self.parameters()).device.type))
            return super().forward(x)
    def build(activation): return Watched(nn.Linear(X.shape[1], 8), activation, nn.Linear(8, 1), nn.Flatten(0))
    problem = ModelProblem(build, (X[:400], y[:400]), (X[400:], y[400:]), "binary", recipe=Recipe("brief", epochs=2, batch_size=64), device=device)
    found = discover(problem, seed=1, budget=6, progress=False, population_size=4, generations=1)
    assert np.isfinite(found.front.loss).all() and 0 < found.front.loss.min() < 1
    assert seen == {(device, device)}


@here
def test_a_search_on_a_table_takes_the_device(device):
    ds = load_dataset("magic", rows=300, data_home=SAMPLES, seed=1)
    def losses(where):
        found = discover(ds, seed=1, budget=8, progress=False, population_size=4, generations=1, recipe=Recipe("brief", epochs=3, batch_size=64),
                         device=where)
        return found.candidates.set_index(["formula", "rung", "seed"]).loss
    got, expected = losses(device), losses("cpu")
    assert len(got) == len(expected) == 32
    np.testing.assert_allclose(got, expected[got.index], rtol=0.05)


@here
def test_a_study_on_the_device(device):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4))
    ds = Dataset.from_arrays(X, (X[:, 0] * X[:, 1] > 0).astype(int), name="saddle")
    def rows(where):
        study = Study([ds], {"relu": "relu", "bump": BUMP}, seeds=(1, 2), networks=["16-8"], recipe=BRIEF)
        return study.run(device=where, progress=False).sort_values(["activation", "seed"]).reset_index(drop=True)
    got, expected = rows(device), rows("cpu")
    assert set(got.device.str.partition(":")[0]) == {device}
    np.testing.assert_allclose(got.log_loss, expected.log_loss, atol=0.02)


@here
def test_a_network_leaves_the_device_as_the_same_file(table, device):
    X, _ = table
    net = mlp(X.shape[1], (8, 4), SymbolicActivation("1.5*x*cos(0.5*x)", trainable=True), seed=1).eval()
    expected = to_c(net), to_c(net, dtype="int8", calibration=X)
    assert (to_c(net.to(device)), to_c(net, dtype="int8", calibration=X)) == expected


@here
def test_activations_that_replace_others_go_where_the_network_is(device):
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)).to(device)
    replace_activations(net, new=SymbolicActivation("1.5*x*cos(0.5*x)", trainable=True))
    y = net(torch.ones(2, 3, device=device))
    y.sum().backward()
    assert y.device.type == device and all(p.grad.device.type == device for p in net.parameters())


@pytest.mark.slow
@here
def test_pictures_and_equations(device):
    "A problem over coordinates trains where it is told to, with the errors that the CPU gets."
    image = np.random.default_rng(0).uniform(size=(8, 8))
    for make in (lambda where: image_problem(image, steps=20, batch=16, device=where),
                 lambda where: EquationProblem("wave", hidden=(8, 8), steps=5, points=32, optimiser="adam", device=where)):
        activations = [SymbolicActivation("sin(3*x)"), nn.Tanh(), SymbolicActivation("1.5*cos(x)", trainable=True)]
        problem, by_cpu = make(device), make("cpu")
        assert problem.trained(activations, [0, 1]).weight[0].device.type == device
        same(problem.losses(activations, [0, 1]), by_cpu.losses(activations, [0, 1]), 1e-3)
        assert problem.fingerprint == by_cpu.fingerprint
