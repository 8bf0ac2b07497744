"""Recipes: sane on any table, the same alone and in a stack, and refused by name where they make no sense."""
import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from nsad import PAPER, STRONG, Dataset, NSADRegressor, Recipe, Study, SymbolicActivation, choose_by_trial, mlp, train
from nsad.models import Stack
from nsad.selectable import selectable_mlp
from nsad.training import learning_rate, member_losses, predict

G = torch.Generator().manual_seed(3)
X = torch.randn(310, 5, generator=G)
SCORE = X[:, 0] * X[:, 1] + X[:, 2].sin()
TARGETS = {"binary": (SCORE > 0).long(), "multiclass": (SCORE > -0.5).long() + (SCORE > 0.5).long(), "regression": SCORE}
SHORT = Recipe("short", steps=25, batch_size=32)
SETTINGS = [dict(), dict(clip=0.05), dict(clip=None, schedule="cosine", warmup=0.1), dict(schedule="constant", warmup=0.),
            dict(optimiser="adam", weight_decay=0.01), dict(weight_decay=0.5), dict(label_smoothing=0.2), dict(constants_lr=0.1), dict(norm_lr=7.),
            dict(batch_size="auto"), dict(steps=None, epochs=3), dict(patience=2, schedule="constant", warmup=0., lr=0.03)]


def learning(): return SymbolicActivation("1.3*x*exp(-0.7*x**2)", trainable=True)


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("task", TARGETS)
def test_a_member_ends_where_the_network_alone_ends(task, settings):
    recipe, y = replace(SHORT, **settings), TARGETS[task]
    columns, n_outputs = ["relu", "3*x", learning(), nn.PReLU], 3 if task == "multiclass" else 1
    held = (X[:60].double(), y[:60])
    stack = Stack(5, columns, (1, 2), n_outputs=n_outputs, dropout=recipe.for_rows(len(X)).dropout).double()
    together = train(stack, X[60:], y[60:], task, recipe, validation=held)
    for k, (seed, column) in enumerate((s, c) for s in (1, 2) for c in columns):
        net = mlp(5, activation=copy.deepcopy(column), n_outputs=n_outputs, dropout=recipe.for_rows(len(X)).dropout, seed=seed).double()
        alone = train(net, X[60:], y[60:], task, recipe, seed, held)
        assert_close(torch.tensor(predict(stack, X)[k]), torch.tensor(predict(net, X)), rtol=1e-6, atol=1e-6)
        assert alone.best_epoch[0] == together.best_epoch[k]


@pytest.mark.parametrize("recipe", [SHORT, replace(SHORT, clip=0.01), replace(SHORT, patience=1, steps=None, epochs=8)], ids=str)
def test_a_wild_neighbour_changes_nothing(recipe):
    y, held = TARGETS["binary"], (X[:60], TARGETS["binary"][:60])
    beside, alone = Stack(5, ["tanh", "exp(x**2)"], (4,)), Stack(5, ["tanh"], (4,))
    for stack in (beside, alone): train(stack, X[60:], y[60:], recipe=recipe, validation=held)
    assert_close(torch.tensor(predict(beside, X)[0]), torch.tensor(predict(alone, X)[0]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rows", [100, 275, 1500, 5000, 20_000, 100_000])
def test_strong_is_hundreds_of_steps_on_any_table(rows):
    known = STRONG.for_rows(rows)
    assert 1000 <= STRONG.steps_on(rows) <= 12_000 and 8 <= known.batch_size <= 1024
    assert rows % known.batch_size == 0 or rows % known.batch_size > known.batch_size / 2      # no odd few rows at the end


def test_regression_drops_units_only_where_rows_are_few():
    dropped = [STRONG.for_rows(n, "regression").dropout for n in (100, 500, 700, 1000, 100_000)]
    assert dropped[0] == dropped[1] == 0.15 > dropped[2] > dropped[3] == dropped[4] == 0
    assert STRONG.for_rows(100_000, "multiclass").dropout > 0
    own = Recipe("own", dropout=0.2)
    assert own.for_rows(2000, "regression").dropout == own.for_rows(2000).dropout == 0.2


@pytest.mark.slow
def test_a_smooth_function_is_learned_closely_by_default():
    "Values without noise, which units that are dropped at random would scatter."
    rng = np.random.default_rng(0)
    X = rng.uniform(0.5, 2, (1500, 4))
    y = X[:, 0] * X[:, 1] / ((X[:, 2] - X[:, 3])**2 + 0.3)
    missed, dropping = (
        1 - NSADRegressor("silu", random_state=0, **options).fit(X[:1200], y[:1200])
        .score(X[1200:], y[1200:])
        for options in ({}, {"dropout": 0.15}))
    assert missed < 0.9 * dropping < 0.04


@pytest.mark.parametrize("steps", [1, 7, 50])
def test_steps_are_steps(steps):
    seen = []
    net = mlp(5, seed=1)
    net.register_forward_pre_hook(lambda module, _: seen.append(module.training))
    train(net, X, TARGETS["binary"], recipe=Recipe(steps=steps, batch_size=64))
    assert sum(seen) == steps and Recipe(steps=steps).steps_on(310) == steps


def test_the_paper_s_recipe_is_plain_adam():
    y = TARGETS["binary"].float()
    ours, by_hand = (mlp(5, dropout=0., seed=1).double() for _ in range(2))
    recipe = replace(PAPER, batch_size=64)
    train(ours, X, y, recipe=recipe, seed=9)
    optimiser, order = torch.optim.Adam(by_hand.parameters(), lr=1e-3), torch.Generator().manual_seed(9)
    for _ in range(15):
        for rows in torch.randperm(310, generator=order).split(64):
            loss = nn.functional.binary_cross_entropy_with_logits(by_hand(X[rows].double())[:, 0], y[rows].double())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    for a, b in zip(ours.parameters(), by_hand.parameters()): assert_close(a, b, rtol=1e-6, atol=1e-8)


def test_decay_is_for_weights_alone():
    net = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), learning(), nn.Linear(8, 1))
    before = copy.deepcopy(net.state_dict())
    train(net, X * 0, torch.zeros(310), "regression", Recipe(steps=40, weight_decay=1., lr=0.01, clip=None))
    after = net.state_dict()
    assert after["0.weight"].norm() < 0.9 * before["0.weight"].norm()
    assert_close(after["2.constants"], before["2.constants"], rtol=0.2, atol=0)


def test_constants_may_be_held_still():
    y = TARGETS["binary"]
    stack = Stack(5, [learning()], (1,))
    start = copy.deepcopy(stack.acts.state_dict())
    train(stack, X, y, recipe=replace(SHORT, constants_lr=0.))
    assert len(start) == 2 and start.keys() == stack.acts.state_dict().keys()
    for name, value in stack.acts.state_dict().items(): assert torch.equal(value, start[name])


def test_scales_and_shifts_may_be_held_still_or_go_further():
    def moved(norm_lr):
        net = mlp(5, seed=1)
        train(net, X, TARGETS["binary"], recipe=replace(SHORT, norm_lr=norm_lr))
        return (net[1].weight - 1).abs().mean().item()
    assert moved(0.) == 0 < 3 * moved(1.) < moved(10.)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one-cycle"])
def test_the_learning_rate_rises_and_falls(schedule):
    recipe = Recipe(schedule=schedule, warmup=0.2)
    rates = np.array([learning_rate(recipe, p) for p in np.linspace(0, 1, 101)])
    assert rates[20] == 1. and (np.diff(rates[:21]) > 0).all() and (np.diff(rates[20:]) <= 0).all()
    assert rates[-1] == pytest.approx(1. if schedule == "constant" else 0.)


@pytest.mark.parametrize("rows, fidelity", [(275, 0.05), (5000, 0.1), (80_000, 0.02)])
def test_a_share_is_the_same_recipe_with_fewer_steps(rows, fidelity):
    short, whole = STRONG.share(fidelity, rows), STRONG.steps_on(rows)
    assert short.steps_on(rows) == max(200, round(fidelity * whole)) < whole
    same = {k: v for k, v in vars(short).items() if k not in ("name", "steps", "batch_size", "norm_lr")}
    assert all(vars(STRONG)[k] == v for k, v in same.items())
    assert short.norm_lr == min(20., whole / short.steps_on(rows))
    assert STRONG.share(1., rows) == STRONG


@pytest.mark.parametrize("setting", [dict(epochs=0), dict(epochs=2.5), dict(epochs="many"), dict(batch_size=1), dict(lr=0.), dict(lr=float("nan")),
                                     dict(weight_decay=-1), dict(dropout=1.), dict(dropout=True), dict(patience=0), dict(steps=-5), dict(optimiser="sgd"),
                                     dict(schedule="linear"), dict(warmup=1.), dict(label_smoothing=1.5), dict(clip=0), dict(constants_lr=-1), dict(norm_lr=-1)], ids=str)
def test_what_a_recipe_cannot_be(setting):
    [(name, value)] = setting.items()
    with pytest.raises(ValueError) as said: Recipe(**setting)
    assert name in str(said.value) and repr(value) in str(said.value) and "must be" in str(said.value)


def test_a_short_training_forgives_a_bad_start():
    "An even wave is behind an odd one only until the scales and shifts around it are put to rights."
    short = replace(STRONG, steps=2000, batch_size=32).share(0.1, len(X))
    def behind(recipe):
        stack = Stack(5, ["sin(x)", "sin(x + 1.5)"], (1, 2, 3))
        train(stack, X, TARGETS["binary"], recipe=recipe)
        loss = member_losses(torch.as_tensor(predict(stack, X)), TARGETS["binary"].float().expand(6, -1), "binary")
        return float((loss[1::2] - loss[::2]).mean())
    assert behind(short) < 0.6 * behind(replace(short, norm_lr=1.))


def test_a_fidelity_is_a_share():
    for wrong in (0, -0.1, 1.5):
        with pytest.raises(ValueError, match=f"fidelity={wrong}"): STRONG.share(wrong, 100)


@pytest.mark.slow
def test_a_small_table_is_learned_by_default():
    "Fifteen steps teach a network on 300 rows next to nothing; what `train`, `Study` and `choose_by_trial` do unasked teaches it."
    X = np.random.default_rng(0).normal(size=(300, 4))
    ds = Dataset.from_arrays(X, (X[:, 0] * X[:, 1] > 0).astype(int), name="corners")
    rows = Study([ds], ["relu"], seeds=(1, 2)).run(progress=False)
    assert rows.accuracy.min() > 0.8 and set(rows.recipe) == {"strong"}
    net = selectable_mlp(4, ["relu", "sin(x)"], seed=1)
    assert choose_by_trial(net, ds.X, ds.y, finalists=1).score.max() > 0.8
