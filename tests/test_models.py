"""Stacks: members do not depend on their neighbours, and learn what a network alone learns."""
import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from nsad import SymbolicActivation
from nsad.models import Stack, count_parameters, mlp
from nsad.training import Recipe, evaluate, predict, train

ROWS, FEATURES = 700, 6
G = torch.Generator().manual_seed(0)
X = torch.randn(ROWS, FEATURES, generator=G)
SCORE = X[:, 0] * X[:, 1] + X[:, 2].sin()
TARGETS = {"binary": (SCORE > 0).long(), "multiclass": (SCORE > -0.5).long() + (SCORE > 0.5).long(), "regression": SCORE}
OUTPUTS = {"binary": 1, "multiclass": 3, "regression": 1}
QUICK = Recipe("quick", epochs=3, batch_size=128)


@pytest.mark.parametrize("task", TARGETS)
def test_member_learns_as_the_network_alone(task):
    y = TARGETS[task]
    stack = Stack(FEATURES, ["relu", "x * exp(-x**2)"], seeds=(1, 2), n_outputs=OUTPUTS[task]).double()
    losses = train(stack, X, y, task, QUICK).train_loss
    for k, (seed, act) in enumerate((s, a) for s in (1, 2) for a in ("relu", "x * exp(-x**2)")):
        net = mlp(FEATURES, activation=act, seed=seed, n_outputs=OUTPUTS[task]).double()
        alone = train(net, X, y, task, QUICK, seed=seed).train_loss[:, 0]
        assert_close(torch.tensor(losses[:, k]), torch.tensor(alone), rtol=1e-7, atol=1e-8)
        assert_close(torch.tensor(predict(stack, X)[k]), torch.tensor(predict(net, X)), rtol=1e-6, atol=1e-7)


def test_member_is_the_same_alone_and_among_thirty():
    y = TARGETS["binary"]
    among = Stack(FEATURES, ["tanh", "sin(2*x)"] + ["relu"] * 8, seeds=(5, 6, 7))
    train(among, X, y, recipe=QUICK)
    alone = Stack(FEATURES, ["sin(2*x)"], seeds=(6,))
    train(alone, X, y, recipe=QUICK)
    a, b = evaluate(among, X, y)[11], evaluate(alone, X, y)[0]
    assert a.keys() == b.keys()
    for name in a:
        assert abs(a[name] - b[name]) < 1e-4, name


def test_seeds_may_have_rows_of_their_own():
    Xs, ys = torch.stack([X, X.flip(0) + 1]), torch.stack([TARGETS["binary"], TARGETS["binary"].flip(0)])
    both = Stack(FEATURES, ["relu", "tanh"], seeds=(1, 2))
    train(both, Xs, ys, recipe=QUICK)
    second = Stack(FEATURES, ["relu", "tanh"], seeds=(2,))
    train(second, Xs[1], ys[1], recipe=QUICK)
    assert_close(torch.tensor(predict(both, Xs)[2:]), torch.tensor(predict(second, Xs[1])), rtol=1e-3, atol=1e-4)


def test_a_diverging_member_leaves_the_others_alone():
    class Explodes(nn.Module):
        def forward(self, x): return x * float("nan")
    y = TARGETS["binary"]
    pair, single = Stack(FEATURES, ["relu", Explodes]), Stack(FEATURES, ["relu"])
    train(pair, X, y, recipe=QUICK)
    train(single, X, y, recipe=QUICK)
    good, bad = evaluate(pair, X, y)
    assert all(v != v for v in bad.values())
    assert good == pytest.approx(evaluate(single, X, y)[0], abs=1e-5)


def test_activations_that_learn_are_not_shared_between_seeds():
    stack = Stack(FEATURES, [nn.PReLU, "relu"], seeds=(1, 2))
    train(stack, X, TARGETS["binary"], recipe=QUICK)
    slopes = [float(stack.acts[0][0][s].weight.detach()) for s in (0, 1)]
    assert slopes[0] != slopes[1]
    net = mlp(FEATURES, activation=nn.PReLU, seed=2)
    train(net, X, TARGETS["binary"], recipe=QUICK, seed=2)
    assert slopes[1] == pytest.approx(float(net[2].weight.detach()), rel=1e-3)
    assert count_parameters(stack.member(2)) == count_parameters(net)


@pytest.mark.slow
def test_constants_learn_in_a_stack():
    torch.manual_seed(0)
    rows = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)
    stack = Stack(5, [SymbolicActivation("sin(1.1*x)", trainable=True), "sin(x)"], seeds=(1, 2), hidden=(8, 4))
    train(stack, rows, (rows[:, 0] * rows[:, 1] > 0).astype(int), recipe=Recipe("brief", steps=200))
    learned = [m.constants.item() for m in stack.modules() if isinstance(m, SymbolicActivation) and m.constants is not None]
    assert len(learned) == 4 and all(abs(c - 1.1) > 1e-4 for c in learned) and len(set(learned)) == 4


def test_patience_keeps_the_best_epoch_of_each_member():
    y = TARGETS["binary"]
    patient = Recipe("patient", epochs=40, batch_size=128, lr=0.03, dropout=0., patience=3)
    held = (X[:200], y[:200])
    among = Stack(FEATURES, ["relu", "sin(2*x)", nn.PReLU], seeds=(1, 2), dropout=0.)
    history = train(among, X[200:], y[200:], recipe=patient, validation=held)
    for k in range(among.n_members):
        s, a = divmod(k, 3)
        alone = Stack(FEATURES, [among.activations[a]], seeds=(among.seeds[s],), dropout=0.)
        h = train(alone, X[200:], y[200:], recipe=patient, validation=held)
        assert h.best_epoch[0] == history.best_epoch[k]
        assert evaluate(among, *held)[k]["log_loss"] == pytest.approx(evaluate(alone, *held)[0]["log_loss"], abs=1e-3)


def test_training_again_gives_the_same_and_leaves_the_global_generator_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    nets = [mlp(FEATURES, seed=1) for _ in range(2)]
    runs = [train(n, X, TARGETS["binary"], recipe=QUICK, seed=1).train_loss for n in nets]
    assert (runs[0] == runs[1]).all()
    assert_close(torch.rand(2), expected)


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="at least one activation"):
        Stack(FEATURES, [])
    with pytest.raises(ValueError, match="same rows"):
        train(mlp(FEATURES), X, TARGETS["binary"][:-1])
    with pytest.raises(ValueError, match="needs validation rows"):
        train(mlp(FEATURES), X, TARGETS["binary"], recipe=Recipe(patience=2))


@pytest.mark.parametrize("dropout", ["auto", 1, -0.1, None])
def test_a_dropout_that_is_no_probability_is_named(dropout):
    for make in (lambda: mlp(3, dropout=dropout), lambda: Stack(3, ["relu"], (1,), dropout=dropout)):
        with pytest.raises(ValueError, match="dropout=.* must be a number from 0 to below 1"):
            make()
