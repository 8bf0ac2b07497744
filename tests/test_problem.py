"""Problems: what a search may rely on, whoever trains."""
import math
import random
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, IterableDataset, RandomSampler, Subset, TensorDataset, WeightedRandomSampler

import nsad
from nsad import Dataset, Formula, ModelProblem, PeriodicEmbedding, Problem, TableProblem, discover
from nsad.problem import (
    NO_FINGERPRINT,
    FunctionProblem,
    JointProblem,
    as_problem,
    best_activation,
    constants_pay,
    embedding_pays,
    fingerprint,
    seeded,
    trial_losses,
    useful_steps,
)
from nsad.training import Recipe

G = torch.Generator().manual_seed(0)
X = torch.randn(60, 2, generator=G)
Y = X[:, 0] * X[:, 1]
PLAIN = dict(weight_decay=0., optimiser="adam", schedule="constant", warmup=0., clip=None)
SHORT = Recipe("short", epochs=3, batch_size=16, lr=1e-2, **PLAIN)


def build(activation): return nn.Sequential(nn.Linear(2, 8), activation, nn.Dropout(0.1), nn.Linear(8, 1))


def model_problem(**changes):
    settings = dict(build=build, train=(X[:40], Y[:40]), validation=(X[40:], Y[40:]), loss="regression", recipe=SHORT)
    return ModelProblem(**{**settings, **changes})


def function(activation, seed, fidelity):
    return float(activation(torch.rand(3)).sum()) + np.random.rand() + random.random()


@pytest.mark.parametrize("problem", [FunctionProblem(function), model_problem()], ids=["function", "model"])
def test_a_loss_depends_on_its_own_training_only(problem):
    assert isinstance(problem, Problem)
    state = torch.random.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    whole = trial_losses(problem, ["relu", "tanh", "sin(x)"], seeds=[3, 1])
    assert torch.equal(torch.random.get_rng_state(), state[0])
    assert (np.random.get_state()[1] == state[1]).all() and random.getstate() == state[2]
    assert whole.shape == (3, 2) and np.isfinite(whole).all() and len(np.unique(whole)) == 6
    np.testing.assert_array_equal(trial_losses(problem, ["sin(x)"], seeds=[1]), whole[2:, 1:])


def test_model_problem_trains_as_a_loop_by_hand():
    with seeded(7):
        net = build(nn.Tanh())
        optimiser = torch.optim.Adam(net.parameters(), 1e-2)
        for _ in range(3):
            for rows in torch.randperm(40).split(16):
                optimiser.zero_grad()
                (net(X[:40][rows])[:, 0] - Y[:40][rows]).square().mean().backward()
                optimiser.step()
        by_hand = (net.eval()(X[40:])[:, 0] - Y[40:]).square().mean().item()
    assert trial_losses(model_problem(), ["tanh"], [7])[0, 0] == pytest.approx(by_hand, abs=1e-7)


def test_fidelity_is_a_share_of_the_steps():
    steps = []
    def counting(output, y):
        if torch.is_grad_enabled(): steps.append(1)
        return nn.functional.mse_loss(output[:, 0], y)
    for fidelity, expected in ((1.0, 9), (0.5, 4), (1e-6, 1)):
        steps.clear()
        trial_losses(model_problem(loss=counting), ["relu"], [0], fidelity)
        assert len(steps) == expected


def test_a_loader_takes_as_many_steps_as_tensors_of_the_same_batches():
    for recipe in (SHORT, Recipe("few", steps=7, batch_size=16), Recipe("auto", batch_size=16)):
        steps = []
        def counting(output, y):
            if torch.is_grad_enabled(): steps.append(len(y))
            return nn.functional.mse_loss(output[:, 0], y)
        for train in ((X[:40], Y[:40]), DataLoader(TensorDataset(X[:40], Y[:40]), 16, shuffle=True)):
            trial_losses(model_problem(train=train, loss=counting, recipe=recipe), ["relu"], [0], 0.5)
        assert steps[:len(steps) // 2] == steps[len(steps) // 2:] and len(steps) == 2 * round(0.5 * recipe.steps_on(40))


def test_a_loader_with_its_own_generator_starts_anew():
    loader = DataLoader(TensorDataset(X, Y), batch_size=16, shuffle=True, generator=torch.Generator().manual_seed(5))
    problem = model_problem(train=loader)
    first = trial_losses(problem, ["relu"], [0, 1])
    np.testing.assert_array_equal(trial_losses(problem, ["relu"], [0, 1]), first)
    assert first[0, 0] != first[0, 1]


def test_several_inputs_and_a_validation_of_ones_own():
    class Two(nn.Module):
        def __init__(self, act):
            super().__init__()
            self.a, self.act, self.b = nn.Linear(1, 4), act, nn.Linear(5, 1)

        def forward(self, x, z): return self.b(torch.cat([self.act(self.a(x)), z], 1))[:, 0]

    seen = []
    def judge(net):
        seen.append(net.training)
        return 0.25
    problem = model_problem(build=Two, train=(X[:, :1], X[:, 1:], Y), validation=judge)
    assert trial_losses(problem, ["relu"], [0]) == [[0.25]] and seen == [False]


def test_a_training_does_not_change_the_activation_that_was_given():
    act = nn.PReLU(init=0.3)
    problem = model_problem()
    a = problem.losses([act], [0])
    assert act.weight.item() == pytest.approx(0.3) and act.weight.grad is None
    np.testing.assert_array_equal(problem.losses([act], [0]), a)


@pytest.mark.parametrize("what", [math.nan, math.inf, -math.inf, "overflow"])
def test_divergence_is_nan_and_harms_no_other(what):
    def mine(activation, seed, fidelity):
        if seed: return 1.0
        return math.exp(1e9) if what == "overflow" else what
    np.testing.assert_array_equal(trial_losses(FunctionProblem(mine), ["relu", "tanh"], [0, 1]), [[np.nan, 1.], [np.nan, 1.]])


def test_a_network_that_explodes_is_nan():
    problem = model_problem(recipe=Recipe("wild", epochs=50, batch_size=16, lr=1e30, **PLAIN))
    assert np.isnan(trial_losses(problem, ["x**3"], [0])).all()


class Doubled(nn.Module):
    "A layer that no ensemble knows."
    def forward(self, x): return 2 * x


@pytest.mark.parametrize("extra", [nn.Identity, Doubled], ids=["trained as one", "one by one"])
def test_an_activation_that_no_weights_can_start_from_is_nan_and_harms_no_other(extra):
    def started_for_it(activation):
        net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1), extra())
        nsad.replace_activations(net, new=activation, init=True)
        return net

    spike, tanh = (nsad.SymbolicActivation(text) for text in ("exp(-10000*x**2)", "tanh(x)"))
    losses = model_problem(build=started_for_it).losses([spike, tanh], [1, 2])
    assert np.isnan(losses[0]).all() and np.isfinite(losses[1]).all()
    with pytest.raises(ValueError, match="no gain keeps a signal"):
        started_for_it(spike)


def test_an_error_of_the_users_own_says_which_training_it_was():
    def mine(activation, seed, fidelity): raise RuntimeError("no such file")
    with pytest.raises(RuntimeError, match="no such file") as caught: trial_losses(FunctionProblem(mine), ["sin(2*x)"], [4], 0.5)
    assert "sin(2*x)" in caught.value.__notes__[0] and "seed 4" in caught.value.__notes__[0]


class Stream(IterableDataset):
    "Rows that come one after the other; nobody knows how many."
    def __init__(self, *tensors): self.rows = iter(list(zip(*tensors)))

    def __iter__(self): return self.rows


class Once(Stream):
    "Rows that can be gone through once."
    def __len__(self): return len(X)


@pytest.mark.parametrize("make, words", [
    (lambda: as_problem(3), "3"),
    (lambda: as_problem(dict), "dict"),
    (lambda: as_problem(lambda activation, seed: 0.), "fidelity"),
    (lambda: model_problem(build=3), "build"),
    (lambda: model_problem(train=X), "tensors"),
    (lambda: model_problem(train=iter([(X, Y)])), "many times"),
    (lambda: model_problem(train=(X, Y[:3])), "same rows"),
    (lambda: model_problem(train=(X,)), "two or more"),
    (lambda: model_problem(train=(X[:0], Y[:0])), "rows"),
    (lambda: model_problem(loss="hinge"), "'hinge'"),
    (lambda: model_problem(recipe=Recipe("patient", patience=3)), "patience=None"),
    (lambda: trial_losses(model_problem(build=lambda a: 3), ["relu"], [0]), "build gave"),
    (lambda: trial_losses(model_problem(build=lambda a: nn.Flatten()), ["relu"], [0]), "no weights"),
    (lambda: trial_losses(model_problem(build=lambda a: nn.Linear(2, 3)), ["relu"], [0]), "(16, 3)"),
    (lambda: trial_losses(model_problem(loss=lambda o, y: o.square()), ["relu"], [0]), "one number"),
    (lambda: trial_losses(model_problem(loss=lambda o, y: 0.5), ["relu"], [0]), "one number"),
    (lambda: trial_losses(model_problem(train=DataLoader(X, 4)), ["relu"], [0]), "batch"),
    (lambda: trial_losses(model_problem(), ["relu"], []), "0 seeds"),
    (lambda: trial_losses(model_problem(), [], [0]), "0 activations"),
    (lambda: trial_losses(model_problem(), ["relu"], [0], fidelity=0), "fidelity 0"),
    (lambda: trial_losses(model_problem(), ["relu"], [0], fidelity=math.nan), "fidelity nan"),
    (lambda: trial_losses(FunctionProblem(lambda a, s, f: None), ["relu"], [0]), "one number"),
    (lambda: trial_losses(FunctionProblem(lambda a, s, f: "0.5"), ["relu"], [0]), "one number"),
    (lambda: trial_losses(FunctionProblem(lambda a, s, f: np.mean(s) < 1), ["relu"], [0]), "one number"),
    (lambda: trial_losses(model_problem(validation=lambda net: None), ["relu"], [0]), "validation gave back None"),
    (lambda: trial_losses(model_problem(), ["relu"], [0.5]), "a seed=0.5 is not a whole number"),
    (lambda: trial_losses(model_problem(), ["relu"], [2**64]), "below 2**62"),
    (lambda: model_problem(loss="binary"), "the target of train is from"),
    (lambda: model_problem(loss="binary", train=DataLoader(TensorDataset(X, Y.sign()), 16)), "is from -1 to 1"),
    (lambda: model_problem(loss="multiclass", train=(X, Y > 0), validation=(X, Y.abs())), "the target of validation has numbers that are not whole"),
    (lambda: model_problem(train=DataLoader(Stream(X, Y), 16)), "with a length"),
    (lambda: trial_losses(model_problem(train=DataLoader(Once(X, Y), 16)), ["relu"], [0]), "train has no batch left"),
    (lambda: trial_losses(model_problem(validation=DataLoader(Once(X, Y), 16)), ["relu"], [0, 1]), "validation has no batch left"),
])
def test_what_cannot_be_trained_is_refused_with_the_remedy(make, words):
    with pytest.raises((TypeError, ValueError)) as caught: make()
    assert words in str(caught.value)


def test_networks_that_share_weights_are_refused_and_frozen_parts_are_not():
    first, last = nn.Linear(2, 8), nn.Linear(8, 1)
    def shared(activation): return nn.Sequential(first, activation, last)
    with pytest.raises(ValueError, match="weights of one that it gave before.*make new layers"):
        model_problem(build=shared).losses([nn.ReLU(), nn.Tanh()], [0])
    first.requires_grad_(False)
    def headed(activation): return nn.Sequential(first, activation, nn.Linear(8, 1))
    assert np.isfinite(model_problem(build=headed).losses([nn.ReLU(), nn.Tanh()], [0])).all()


@pytest.mark.parametrize("given", [None, "low", [1.0], [[1.0], [2.0]], np.zeros((2, 1)), [[["a"]]]])
def test_a_table_of_another_shape_is_refused(given):
    class Own:
        name, fingerprint = "own", "1"
        def losses(self, activations, seeds, fidelity=1.0): return given
    with pytest.raises(ValueError, match="'own' gave"): trial_losses(Own(), ["relu"], [0, 1])


def test_a_fingerprint_follows_data_settings_and_code():
    same = model_problem().fingerprint
    assert model_problem().fingerprint == same and len(same) == 16
    different = [model_problem(train=(X[:40] + 1, Y[:40])), model_problem(validation=(X[40:], Y[40:] * 2)),
                 model_problem(loss=nn.functional.l1_loss), model_problem(recipe=Recipe("short", epochs=4, batch_size=16, lr=1e-2, **PLAIN)),
                 model_problem(build=lambda a: nn.Sequential(nn.Linear(2, 9), a, nn.Linear(9, 1))),
                 *(model_problem(train=DataLoader(TensorDataset(X, Y), size)) for size in (8, 16))]
    prints = [p.fingerprint for p in different]
    assert len({same, *prints}) == 1 + len(prints)


def test_a_fingerprint_sees_what_a_function_closes_over():
    def make(factor):
        def mine(activation, seed, fidelity): return factor
        return FunctionProblem(mine).fingerprint
    assert make(1.0) == make(1.0) != make(2.0)
    assert fingerprint({"a": 1}, np.zeros(2)) != fingerprint({"a": 1}, np.zeros(2, np.float32))


class Rows(torch.utils.data.Dataset):
    "No tensors that could be looked at; from row 16 on, targets of a scale."
    def __init__(self, scale=1.): self.scale = scale

    def __len__(self): return len(X)

    def __getitem__(self, i): return X[i], Y[i] * (1. if i < 16 else self.scale)


def twice(rows): return [2 * t for t in torch.utils.data.default_collate(rows)]


def weighted(last): return WeightedRandomSampler([1.] * 59 + [last], 60, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("first, other", [
    (lambda: DataLoader(Rows(), 16), lambda: DataLoader(Rows(-5.), 16)),
    (lambda: DataLoader(Rows(), 16, shuffle=True), lambda: DataLoader(Rows(-5.), 16, shuffle=True)),
    (lambda: DataLoader(Subset(Rows(), range(40)), 16), lambda: DataLoader(Subset(Rows(), [*range(39), 45]), 16)),
    (lambda: DataLoader(TensorDataset(X, Y), 16, sampler=weighted(1.)), lambda: DataLoader(TensorDataset(X, Y), 16, sampler=weighted(50.))),
    (lambda: DataLoader(TensorDataset(X, Y), 16), lambda: DataLoader(TensorDataset(X, Y), 16, collate_fn=twice)),
    (lambda: DataLoader(TensorDataset(X, Y), 59, drop_last=True), lambda: DataLoader(TensorDataset(X, Y.clone().index_fill(0, torch.tensor(59), 9.)), 59, drop_last=True)),
    (lambda: DataLoader(Rows(), batch_sampler=BatchSampler(RandomSampler(Rows(), generator=torch.Generator()), 16, False)), lambda: DataLoader(Rows(), 16)),
], ids=["later batches", "shuffled", "subsets", "weights", "collate_fn", "left out", "batch_sampler"])
def test_a_fingerprint_sees_all_that_a_loader_gives(first, other):
    problem = model_problem(train=first())
    marks = {problem.fingerprint, problem.fingerprint, model_problem(train=first()).fingerprint}
    assert len(marks) == 1 and model_problem(train=other()).fingerprint not in marks
    assert model_problem(validation=first()).fingerprint != model_problem(validation=other()).fingerprint


def test_a_fingerprint_of_a_loader_without_an_end_and_of_one_that_is_used_up():
    class Endless:
        def __len__(self): return 3
        def __iter__(self):
            while True: yield X[:16], Y[:16]
    endless = model_problem(train=Endless(), recipe=Recipe("few", steps=5, batch_size=16))
    assert endless.fingerprint == endless.fingerprint and np.isfinite(trial_losses(endless, ["relu"], [0])).all()
    once = model_problem(train=DataLoader(Once(X, Y), 16))
    assert once.fingerprint
    with pytest.raises(ValueError, match="train has no batch left"): once.fingerprint


def test_what_has_a_part_that_cannot_be_told_from_others_cannot_be_told_either(tmp_path):
    lock = threading.Lock()
    def locked(activation, seed, fidelity):
        with lock: return 1.0
    inner, free = FunctionProblem(locked), FunctionProblem(function)
    def around(activation, seed, fidelity): return inner.losses([activation], [seed], fidelity)[0, 0]
    for problem in (JointProblem([free, locked]), JointProblem([JointProblem([locked]), free]), FunctionProblem(around)):
        assert problem.fingerprint.startswith(NO_FINGERPRINT) and problem.fingerprint != problem.fingerprint
    with pytest.raises(ValueError, match="cannot be resumed"):
        discover(JointProblem([locked]), budget=12, progress=False, resume=tmp_path / "j.json")
    assert JointProblem([free, function]).fingerprint == fingerprint([free.fingerprint] * 2)


class Filling(nn.Sequential):
    "A network that has its own way with missing values."
    def forward(self, x): return super().forward(x.nan_to_num())


def with_nan(values, row):
    values = values.clone()
    values[row] = math.nan
    return values


@pytest.mark.parametrize("extra", [nn.Identity, Doubled], ids=["trained as one", "one by one"])
@pytest.mark.parametrize("changes, words", [
    (dict(train=(with_nan(X, 33), Y)), "train has a number that is not finite, in tensor 0 .from 0., row 33"),
    (dict(train=(X, with_nan(Y, 33))), "train .* tensor 1 .from 0., row 33; leave such rows out or fill them"),
    (dict(validation=(with_nan(X, 3), Y)), "validation .* tensor 0 .from 0., row 3"),
    (dict(train=(X, with_nan(Y, 33)), loss="multiclass"), "train .* tensor 1 .from 0., row 33"),
    (dict(train=DataLoader(TensorDataset(with_nan(X, 33), Y), 16)), "train .* tensor 0 .from 0., row 33"),
])
def test_numbers_that_are_not_finite_are_refused(changes, words, extra):
    def own(activation): return nn.Sequential(nn.Linear(2, 4), activation, nn.Linear(4, 1), extra())
    with pytest.raises(ValueError, match=words): model_problem(build=own, **changes).losses([nn.Tanh(), nn.ReLU()], [0])


def test_a_network_or_a_loss_that_knows_what_to_do_with_missing_values_may_have_them():
    def filling(activation): return Filling(nn.Linear(2, 4), activation, nn.Linear(4, 1))
    expected = model_problem(build=filling, train=(with_nan(X, 33).nan_to_num(), Y)).losses([nn.Tanh(), nn.ReLU()], [0])
    np.testing.assert_array_equal(model_problem(build=filling, train=(with_nan(X, 33), Y)).losses([nn.Tanh(), nn.ReLU()], [0]), expected)
    def masked(output, y): return (output[:, 0] - y)[~y.isnan()].square().mean()
    assert np.isfinite(model_problem(train=(X, with_nan(Y, 33)), loss=masked).losses([nn.Tanh(), nn.ReLU()], [0])).all()
    some = DataLoader(TensorDataset(X, with_nan(Y, 33)), 16, sampler=[i for i in range(60) if i != 33])
    assert np.isfinite(model_problem(train=some).losses([nn.Tanh(), nn.ReLU()], [0])).all()


@pytest.mark.slow
def test_a_fingerprint_is_the_same_in_another_process():
    code = ("import torch; from torch import nn; from nsad import ModelProblem\n"
            "X = torch.arange(8.).reshape(4, 2)\n"
            "def build(a): return nn.Linear(2, 1)\n"
            "print(ModelProblem(build, (X, X[:, 0]), (X, X[:, 1]), nn.L1Loss()).fingerprint)")
    out = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert len(out) == 1 and len(out.pop().strip()) == 16


def test_public_names():
    assert nsad.Problem is Problem and "ModelProblem" in nsad.__all__


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["silu(x)", "sin(x)"])
def test_noise_asks_for_few_steps_and_a_clean_table_for_all(formula):
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(160, 4))
    asked = dict(recipe=Recipe("brief", steps=800, dropout=0.), activation=formula)
    assert useful_steps(rows, rows[:, 0], "regression", **asked) is None
    assert useful_steps(rows, draw.normal(size=160), "regression", **asked) == 50


@pytest.mark.slow
def test_constants_learn_where_a_wave_needs_them_and_not_in_noise():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(400, 3))
    asked = dict(task="regression", formula="sin(1.2*x)", recipe=Recipe("brief", steps=200))
    assert constants_pay(rows, np.sin(4 * rows[:, 0]), **asked)
    assert not constants_pay(rows, draw.normal(size=400), **asked)


@pytest.mark.slow
def test_of_several_formulas_a_network_is_best_with_the_one_that_the_target_is_made_of():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(400, 2))
    brief = Recipe("brief", steps=200, dropout=0.)
    best = best_activation(rows, np.sin(6 * rows[:, 0]), "regression", ["relu(x)", "sin(3.0*x)", "tanh(0.1*x)"], recipe=brief)
    assert best.formula.text.startswith("sin(") and best.constants is not None
    bend = best_activation(rows, np.abs(rows[:, 0]), "regression", ["sin(3.0*x)", "relu(x)"], recipe=brief)
    assert bend.formula.text == "relu(x)" and bend.constants is None


def test_one_formula_that_cannot_learn_is_not_tried_and_none_is_refused():
    rows = np.full((40, 2), np.nan)                                                # a training would fail
    best = best_activation(rows, rows[:, 0], "regression", ["sin(2*x)"])
    assert best.formula.text == "sin(2*x)" and best.constants is None
    with pytest.raises(ValueError, match="no formula"): best_activation(rows, rows[:, 0], "regression", [])


def test_a_formula_without_decimals_has_nothing_that_could_learn():
    rows = np.zeros((40, 2))
    assert not constants_pay(rows, rows[:, 0], "regression", "sin(2*x)")


TABLE = X.double().numpy()
TARGET = Y.double().numpy()
TRIED = dict(hidden=(4,), recipe=SHORT)
TRIALS = {
    "embedding_pays": lambda X, y, task: embedding_pays(X, y, task, PeriodicEmbedding(), **TRIED),
    "useful_steps": lambda X, y, task: useful_steps(X, y, task, **TRIED),
    "best_activation": lambda X, y, task: best_activation(X, y, task, ["relu(x)", "sin(x)"], **TRIED),
    "constants_pay": lambda X, y, task: constants_pay(X, y, task, "sin(1.4*x)", **TRIED),
}


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("rows, y, task, words", [
    (TABLE, (TARGET > 0) + 1, "binary", "y has 2, which is no class of the task 'binary'; number the classes 0, 1"),
    (TABLE, TARGET, "multiclass", "y has -?[0-9.]+, which is no class of the task 'multiclass'"),
    (TABLE, np.r_[TARGET, TARGET], "regression", r"X of shape .60, 2. and y of shape .120,. do not belong together"),
    (TABLE[:, 0], TARGET, "regression", "X of shape .60,. and y"),
    (TABLE, TARGET * np.nan, "regression", "y has a number that is not finite, in row 0"),
    (np.where(np.arange(60)[:, None] == 7, np.inf, TABLE), TARGET, "regression", "X has a number that is not finite, in row 7"),
    (TABLE[:1], TARGET[:1], "regression", "a trial on 1 row has none to judge by.*; give 4 at least"),
    (TABLE[:3], TARGET[:3], "regression", "a trial on 3 rows has none"),
])
def test_trials_refuse_rows_that_cannot_be_right(trial, rows, y, task, words):
    with pytest.raises(ValueError, match=words): TRIALS[trial](rows, y, task)


def test_a_trial_takes_one_formula_as_a_list_of_one():
    for formula in ("sin(1.4*x)", Formula("sin(1.4*x)")):
        one, listed = (best_activation(TABLE, TARGET, "regression", given, **TRIED) for given in (formula, [formula]))
        assert one.formula == listed.formula and (one.constants is None) == (listed.constants is None)


def test_a_table_of_too_few_rows_is_refused_before_a_search():
    for n in (2, 3):
        few = Dataset.from_arrays(TABLE[:n], TARGET[:n], task="regression")
        with pytest.raises(ValueError, match=f"a trial on {n} rows has none to judge by"): TableProblem(few)
        with pytest.raises(ValueError, match=f"a trial on {n} rows has none to judge by"): discover(few, budget=12, progress=False)
    four = Dataset.from_arrays(TABLE[:4], TARGET[:4], task="regression")
    assert np.isfinite(TableProblem(four, hidden=(4,), recipe=SHORT).losses(["relu(x)"], [0])).all()


def test_a_length_of_training_that_diverges_is_not_the_best(monkeypatch):
    def told(*losses):
        left = iter(losses)
        monkeypatch.setattr(nsad.problem, "stack_losses", lambda trial, formulas: [(next(left),)])
        return useful_steps(TABLE, TARGET, "regression", recipe=Recipe("long", steps=160), hidden=(4,))
    nan = math.nan
    assert told(1., .9, .8, .7) is None and told(1., .8, .9) == 20                 # as before
    assert told(nan, .9, .8, .85) == 40 and told(nan, .9, .8, .7) is None and told(1., nan, .9, .95) == 40
    assert told(.8, .79, nan, nan) == 20 and told(nan, nan, nan, nan) is None
