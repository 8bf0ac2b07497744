"""Networks that choose their activations: exact collapses, learned choices, and what cannot be chosen from."""
import copy

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from nsad import ActivationLibrary, Formula, SelectableActivation, Stack, SymbolicActivation, collapse_activations, mlp, train
from nsad.models import count_parameters
from nsad.selectable import ChannelActivation, Choice, anneal, choices, selectable_mlp
from nsad.training import Recipe, choose_by_trial, predict

FORMULAS = "relu", "sin(x)", "x*exp(-x**2)", "max(x, 0.1*x)"
MAKES = {"layer": lambda: selectable_mlp(5, FORMULAS, (8, 6), seed=1), "channel": lambda: selectable_mlp(5, FORMULAS, (8, 6), "channel", seed=1)}


def shaken(net):
    "The network with choices drawn at random."
    torch.manual_seed(3)
    for m in net.modules():
        if isinstance(m, Choice):
            nn.init.normal_(m.logits)
    return net.train(False)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_collapse_changes_no_value_and_leaves_no_parameter(make, dtype):
    net, x = shaken(make()).to(dtype), torch.randn(20, 5, dtype=dtype)
    anneal(net, 1.)
    whole, size = net(x), len(choices(net))
    again = copy.deepcopy(net)
    places = collapse_activations(net)
    assert size >= len(places) and not any(isinstance(m, Choice) for m in net.modules())
    assert_close(net(x), whole)
    assert count_parameters(net) == count_parameters(mlp(5, (8, 6)))
    assert_close(again(x), whole)                                            # the copy is still free to choose
    net(x).sum().backward()
    assert all(p.grad is not None for p in net.parameters())


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_falling_temperature_leads_to_the_collapse(make):
    net, x = shaken(make()).double(), torch.randn(50, 5).double()
    whole = copy.deepcopy(net)
    collapse_activations(whole)
    far = []
    for progress in (0., 0.2, 0.4, 0.6):
        anneal(net, progress, hard_from=0.5, end=1e-4)
        far.append((net(x) - whole(x)).abs().max().item())
    assert far[0] > far[2] and far[-1] < 1e-12


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_weights_and_gradients(make):
    net = shaken(make()).double()
    for m in (m for m in net.modules() if isinstance(m, Choice)):
        assert_close(m.weights.sum(-1), torch.ones_like(m.weights[..., 0]))
    net(torch.randn(9, 5).double()).sum().backward()
    assert all(m.logits.grad.abs().sum() > 0 for m in net.modules() if isinstance(m, Choice))


@pytest.mark.slow
def test_the_formula_that_made_the_data_is_chosen():
    torch.manual_seed(0)
    x = 2 * torch.randn(1500, 2)
    y = x.prod(1)
    for make, places in ((lambda: selectable_mlp(2, ["relu", "tanh", "x**2"], (16,), dropout=0., seed=0), 1),
                         (lambda: selectable_mlp(2, ["relu", "tanh", "x**2"], (16,), "channel", dropout=0., seed=0), 16)):
        net = make()
        train(net, x, y, "regression", Recipe(epochs=30, batch_size=64, lr=3e-3), before_epoch=lambda share: anneal(net, share))
        first = choices(net).iloc[0]
        assert first.formula == "x**2" and first.chosen >= places / 2 and first.weight == 1


@pytest.mark.slow
@pytest.mark.parametrize("task,per", [("regression", "layer"), ("binary", "channel"), ("multiclass", "layer")])
def test_a_trial_finds_the_formula_that_made_the_data_and_leaves_the_weights(task, per):
    torch.manual_seed(0)
    x = 2 * torch.randn(900, 2)
    y = x.prod(1) if task == "regression" else (x.prod(1) > 0).long() + (task == "multiclass") * (x.prod(1) > 2).long()
    net = selectable_mlp(2, ["tanh", "x", "x**2"], (8,), per, n_outputs=3 if task == "multiclass" else 1, seed=0)
    before = {k: v.clone() for k, v in net.state_dict().items() if "logits" not in k and "temperature" not in k}
    trials = choose_by_trial(net, x, y, task, Recipe(epochs=10, batch_size=64, lr=1e-2), finalists=2)
    assert trials.formulas[0] == ("x**2",) == tuple(choices(net).formula) and trials.score.notna().sum() == 2 and len(trials) == 3
    assert all(torch.equal(v, net.state_dict()[k]) for k, v in before.items())
    assert collapse_activations(net) == ["2"] and net[2].formula == Formula("x**2")


def test_a_trial_needs_choices_of_one_kind():
    with pytest.raises(ValueError, match="0 choices"): choose_by_trial(mlp(2), torch.zeros(9, 2), torch.zeros(9))
    uneven = mlp(2, (3, 3), [SelectableActivation(["relu", "tanh"]), SelectableActivation(FORMULAS)])
    with pytest.raises(ValueError, match=r"2 choices, of \[2, 4\]"): choose_by_trial(uneven, torch.zeros(9, 2), torch.zeros(9))


def test_a_stack_of_networks_that_choose():
    x, y = torch.randn(200, 3), torch.randint(0, 2, (200,))
    stack = Stack(3, ["relu", SelectableActivation(FORMULAS)], seeds=(1, 2), hidden=(8,))
    train(stack, x, y, "binary", Recipe(epochs=4, batch_size=50), before_epoch=lambda share: anneal(stack, share))
    net = stack.member(3)
    collapse_activations(net)
    assert_close(torch.tensor(predict(net, x)), torch.tensor(predict(stack, x)[3]), atol=1e-5, rtol=1e-4)


def test_each_layer_has_a_choice_of_its_own():
    net = mlp(3, (4, 4), SelectableActivation(FORMULAS))
    net[2].logits.data[0] = net[6].logits.data[1] = 1.
    assert (net[2].choice, net[6].choice) == ("ReLU()", "sin(x)")
    collapse_activations(net)
    assert isinstance(net[2], nn.ReLU) and net[6].formula == Formula("sin(x)")


def test_state_comes_back():
    net, other = shaken(MAKES["channel"]()), MAKES["channel"]()
    anneal(net, 0.3)
    other.load_state_dict(net.state_dict())
    x = torch.randn(4, 5)
    assert_close(other.train(False)(x), net(x))


def test_constants_that_learn_stay_with_the_channels_that_chose_them():
    act = SelectableActivation([SymbolicActivation("sin(1.5*x)", trainable=True), "relu"], "channel", 3)
    act.logits.data[1, 1] = 1.
    kept = act.collapse()
    assert isinstance(kept, ChannelActivation) and kept.members[0] is act.members[0] and count_parameters(kept) == 1


def test_formulas_from_a_library(tmp_path):
    library = ActivationLibrary(tmp_path)
    library.add("bump", "x*exp(-x**2)")
    library.add("wave", "sin(x)")
    assert SelectableActivation(library).names == [Formula("x*exp(-x**2)").text, "sin(x)"]


@pytest.mark.parametrize("make,error", [
    (lambda: SelectableActivation(["relu"]), "at least two"), (lambda: SelectableActivation([]), "none"),
    (lambda: SelectableActivation(["sin(x)", "1*sin(x)"]), "different"), (lambda: SelectableActivation(FORMULAS, per="unit"), "'unit'"),
    (lambda: SelectableActivation(FORMULAS, per="channel"), "channels"), (lambda: SelectableActivation(FORMULAS, temperature=-1), "-1"),
    (lambda: SelectableActivation(["relu", "import os"]), "import"), (lambda: anneal(nn.ReLU(), 1.5), "1.5")])
def test_what_cannot_be_chosen_from_is_named(make, error):
    with pytest.raises(ValueError, match=error):
        make()


def test_a_choice_cannot_replace_itself():
    with pytest.raises(TypeError, match="collapse"):
        collapse_activations(SelectableActivation(FORMULAS))
