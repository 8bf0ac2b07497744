"""Networks that are computed as one: every member is what it would be alone."""
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close
from torch.utils.data import DataLoader, TensorDataset

from nsad import ModelProblem, Recipe, Stack, SymbolicActivation, mlp, train
from nsad.ensemble import EnsembleError, ensemble_of, try_ensemble
from nsad.problem import trial_losses

DRAW = torch.Generator().manual_seed(0)
IMAGES = torch.randn(24, 2, 8, 8, generator=DRAW, dtype=torch.float64)
ROWS = torch.randn(24, 5, generator=DRAW, dtype=torch.float64)
SIGNALS = torch.randn(24, 3, 12, generator=DRAW, dtype=torch.float64)
WORDS = torch.randint(0, 7, (24, 6), generator=DRAW)
ACTIVATIONS = [nn.Tanh(), SymbolicActivation("x*exp(-x**2)"), SymbolicActivation("sin(1.5*x)", trainable=True), nn.PReLU(), nn.SELU(inplace=True)]
SEEDS = (3, 4, 3, 5, 4)


def perceptron(act):
    return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), act, nn.Dropout(0.3), nn.Linear(8, 4, bias=False), nn.LayerNorm(4), act, nn.Linear(4, 2))


def of_images(act):
    return nn.Sequential(nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect"), nn.BatchNorm2d(4), act, nn.Dropout2d(0.2), nn.MaxPool2d(2),
                         nn.Conv2d(4, 4, 3, groups=2, stride=2, bias=False), act, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))


class Residual(nn.Module):
    "A forward of one's own, with what PyTorch's users write between layers."
    def __init__(self, act):
        super().__init__()
        self.first, self.norm, self.act = nn.Conv1d(3, 4, 3, padding=1), nn.BatchNorm1d(4, momentum=None), act
        self.blocks = nn.ModuleList([nn.Conv1d(4, 4, 3, padding=1) for _ in range(2)])
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(8, 1)

    def forward(self, x):
        h = self.act(self.norm(self.first(x)))
        for block in self.blocks: h = h + self.act(block(h))
        return self.head(self.drop(torch.cat([h.mean(2), h.amax(2)], 1))).view(x.size(0))


class OfWords(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.embed, self.mix, self.act = nn.Embedding(7, 6, padding_idx=0), nn.Linear(6, 6), act
        self.norm, self.head = nn.LayerNorm(6), nn.Linear(6, 2)

    def forward(self, x):
        h = self.embed(x)
        share = torch.softmax(h @ h.transpose(1, 2), -1)              # each position looks at all others
        return self.head(self.norm(h + self.act(self.mix(share @ h))).mean(1))


KINDS = {"MLP": (perceptron, ROWS), "CNN": (of_images, IMAGES), "signals": (Residual, SIGNALS), "words": (OfWords, WORDS)}


def networks(build):
    nets = []
    for act, seed in zip(ACTIVATIONS, SEEDS):
        torch.manual_seed(seed)
        nets.append(build(act).double())
    return nets


@pytest.mark.parametrize("kind", KINDS)
def test_members_equal_single_networks_in_values_derivatives_statistics_and_dropout(kind):
    build, x = KINDS[kind]
    nets = networks(build)
    whole = ensemble_of(nets, seeds=SEEDS)
    for _ in range(2): together = whole(x)                            # statistics and dropout of a second step as well
    for k, net in enumerate(nets):
        torch.manual_seed(SEEDS[k])
        for _ in range(2): alone = net(x)
        assert_close(together[k], alone, rtol=0, atol=1e-6)
        member = whole.member(k)
        for name, value in net.state_dict().items(): assert_close(member.state_dict()[name], value, rtol=0, atol=1e-6)
    whole.eval()
    for k, net in enumerate(nets):
        assert_close(whole(x)[k], net.eval()(x), rtol=0, atol=1e-6)
        assert_close(whole(x)[k], whole.member(k)(x), rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", ["MLP", "CNN", "signals"])
def test_first_and_second_derivatives_by_inputs_and_weights(kind):
    build, x = KINDS[kind]
    nets = networks(build)
    whole = ensemble_of(nets, seeds=SEEDS)
    inputs = [x.clone().requires_grad_() for _ in range(len(nets) + 1)]
    for k, net in enumerate(nets):
        whole.reset_dropout()
        torch.manual_seed(SEEDS[k])
        net.train()
        pairs = []
        for out, inp, weight in ((net(inputs[k]), inputs[k], next(net.parameters())), (whole(inputs[-1])[k], inputs[-1], next(whole.net.parameters()))):
            (slope,) = torch.autograd.grad(out.square().sum(), inp, create_graph=True)
            by_input, by_weight = torch.autograd.grad(slope.square().sum(), [inp, weight])
            pairs.append((slope, by_input, by_weight if len(pairs) == 0 else by_weight[k]))
        for alone, together in zip(*pairs): assert_close(together, alone, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("patience", [None, 2])
def test_members_train_as_networks_alone_and_keep_their_best_epoch(patience):
    y = (ROWS[:, 0] * ROWS[:, 1]).float()
    recipe = Recipe("own", epochs=6, batch_size=7, lr=0.03, clip=0.5, patience=patience)
    nets = [nn.Sequential(perceptron(a), nn.Linear(2, 1)).double() for a in ACTIVATIONS]
    whole = ensemble_of(nets, seeds=SEEDS)
    held = ROWS[:9], y[:9]
    together = train(whole, ROWS, y, "regression", recipe, validation=held, device="cpu")
    for k, net in enumerate(nets):
        alone = train(net, ROWS, y, "regression", recipe, SEEDS[k], held, device="cpu")
        n = len(alone.train_loss)
        np.testing.assert_allclose(together.train_loss[:n, k], alone.train_loss[:, 0], rtol=1e-6)
        assert together.best_epoch[k] == alone.best_epoch[0]
        assert_close(whole.member(k)(ROWS), net.eval()(ROWS), rtol=1e-5, atol=1e-6)


def test_each_seed_may_have_rows_of_its_own():
    nets = networks(perceptron)
    whole = ensemble_of(nets, seeds=SEEDS).eval()
    own = torch.stack([ROWS, 2 * ROWS, -ROWS])                        # of the seeds 3, 4 and 5
    assert whole.seeds == (3, 4, 5)
    out = whole.of_seeds(own)
    for k, net in enumerate(nets): assert_close(out[k], net.eval()(own[whole.seeds.index(SEEDS[k])]))


def test_copies_of_one_network_start_from_their_seeds():
    def make(): return nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
    whole = ensemble_of(make(), 3, seeds=(7, 8, 7))
    torch.manual_seed(8)
    assert_close(whole.member(1)(ROWS.float()), make()(ROWS.float()))
    assert torch.equal(whole(ROWS.float())[0], whole(ROWS.float())[2])
    assert whole.n_members == 3 and ensemble_of(make(), 4).seeds == (0, 1, 2, 3)
    drawn = ensemble_of(make(), 3, seeds=(s for s in (7, 8, 7)))
    assert torch.equal(drawn(ROWS.float()), whole(ROWS.float()))
    for few in ([1, 2], (s for s in [1, 2]), []):
        with pytest.raises(ValueError, match="[02] seeds for n=3 copies; give one for each"): ensemble_of(make(), 3, seeds=few)


def test_a_stack_has_the_same_interface():
    stack, whole = Stack(5, ["relu", "tanh"], (1,)), ensemble_of([mlp(5, activation=a, seed=1) for a in ("relu", "tanh")], seeds=(1, 1))
    x = ROWS.float()
    for many in (stack, whole):
        assert many.n_members == 2 and many.seeds == (1,)
        assert {k: len(v) for k, v in many.kinds().items()}["weights"] == 3
    assert_close(stack(x), whole(x), rtol=1e-4, atol=1e-5)


class WithAParameter(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.shift = nn.Linear(5, 2), nn.Parameter(torch.zeros(2))

    def forward(self, x): return self.body(x) + self.shift


def hooked():
    layer = nn.Linear(5, 2)
    layer.register_forward_hook(lambda module, args, out: out + 1)
    return nn.Sequential(layer)


@pytest.mark.parametrize("models, words", [
    ([nn.Sequential(nn.Linear(5, 4), nn.GRU(4, 4)) for _ in range(2)], "'1', of class GRU"),
    ([nn.Sequential(nn.TransformerEncoderLayer(4, 2)) for _ in range(2)], "TransformerEncoderLayer"),
    ([WithAParameter() for _ in range(2)], "shift|of its own"),
    ([hooked() for _ in range(2)], "hooks"),
    ([nn.Linear(5, 2), nn.Linear(5, 3)], "out_features"),
    ([nn.Sequential(nn.Linear(5, 2)), nn.Sequential(nn.Linear(5, 2), nn.ReLU())], "same parts"),
    ([nn.Sequential(nn.Dropout(p)) for p in (0.1, 0.2)], "'0'.*p differ"),
    ([nn.Sequential(nn.Embedding(4, 2, max_norm=1.)) for _ in range(2)], "max_norm"),
    ([], "no network"),
])
def test_what_cannot_be_one_is_named(models, words):
    with pytest.raises(ValueError, match=words): ensemble_of(models)


class Scaled(nn.Module):
    "Scales by what it was given, in whatever form."
    def __init__(self, given, of=lambda k: k):
        super().__init__()
        self.given, self.of, self.body = given, of, nn.Linear(5, 1)

    def forward(self, x): return self.body(x) * self.of(self.given)


FORMS = [(lambda k: [k], lambda g: g[0]), (lambda k: [1., (k, [None])], lambda g: g[1][0]), (lambda k: {"k": k}, lambda g: g["k"]),
         (lambda k: {"k": k, "act": nn.Tanh()}, lambda g: g["k"]), (lambda k: {k}, max), (lambda k: {k: 1}, max), (torch.tensor, lambda k: k),
         (lambda k: np.array([k]), lambda k: float(k[0])), (np.float32, float), (lambda k: [torch.tensor([k])], lambda g: g[0]), (complex, abs)]


@pytest.mark.parametrize("form, of", FORMS)
def test_settings_of_any_form_that_differ_between_members_are_refused(form, of):
    same = [Scaled(form(5.), of) for _ in range(2)]
    whole = ensemble_of(same)
    for k, net in enumerate(same): assert_close(whole(ROWS.float())[k], net(ROWS.float()))
    with pytest.raises(EnsembleError, match="the network is not the same in all members: given differ"):
        ensemble_of([Scaled(form(1.), of), Scaled(form(5.), of)])


def test_modules_functions_and_weights_that_are_held_on_the_side_are_no_settings():
    nets = [Scaled([nn.Tanh(), lambda: 0, nn.Parameter(torch.tensor(k))], lambda g: 3.) for k in (1., 2.)]
    for k, net in enumerate(nets): assert_close(ensemble_of(nets)(ROWS.float())[k], net(ROWS.float()))


def tied(act, learns=True):
    net = nn.Sequential(nn.Linear(5, 5), act, nn.Linear(5, 5), nn.Flatten(), nn.Linear(5, 1))
    net[2].weight = net[0].weight.requires_grad_(learns)
    return net


def test_layers_that_have_a_weight_in_common_are_refused_and_train_one_by_one():
    nets = [tied(act) for act in (nn.Tanh(), nn.ReLU())]
    with pytest.raises(EnsembleError, match="the layer '2' has its weight in common with the layer '0'"): ensemble_of(nets)
    with pytest.raises(EnsembleError, match="in common"): ensemble_of(nets[0], 2)
    frozen = [tied(act, learns=False) for act in (nn.Tanh(), nn.ReLU())]
    for k, net in enumerate(frozen): assert_close(ensemble_of(frozen)(ROWS.float())[k], net(ROWS.float()))
    x, y = ROWS.float(), ROWS[:, 0].float()
    problem = ModelProblem(tied, (x, y), (x, y), "regression", SHORT)
    with pytest.warns(UserWarning, match="one by one, since the layer '2' has its weight in common"): assert not problem.as_one
    assert np.isfinite(trial_losses(problem, ["tanh", "relu"], [0])).all()


def test_a_layer_in_several_places_is_so_in_all_members():
    def twice(layer): return nn.Sequential(layer, nn.Tanh(), layer)
    def apart(layer, other): return nn.Sequential(layer, nn.Tanh(), other)
    for make in (lambda: nn.Linear(5, 5), nn.PReLU, lambda: nn.Sequential(nn.Linear(5, 5)), lambda: nn.BatchNorm1d(5, affine=False)):
        for nets in ([apart(make(), make()), twice(make())], [twice(make()), apart(make(), make())]):
            with pytest.raises(EnsembleError, match="the layer '2' stands in several places of some members only"): ensemble_of(nets)
    nets = [twice(nn.Linear(5, 5)) for _ in range(2)]
    whole, x = ensemble_of(nets), ROWS.float()
    step = torch.optim.SGD(whole.parameters(), 0.1)
    whole(x).square().sum().backward()
    step.step()
    for k in range(2): assert_close(whole(x)[k], whole.member(k)(x))
    drop, flat = nn.Dropout(0.5), nn.Flatten()
    free = [nn.Sequential(drop, flat, nn.Linear(5, 1), flat, drop), nn.Sequential(nn.Dropout(0.5), nn.Flatten(), nn.Linear(5, 1), nn.Flatten(), nn.Dropout(0.5))]
    assert ensemble_of(free).n_members == 2                                      # nothing in them learns


class Hidden(nn.Module):
    "The activation is no part of the network."
    def __init__(self, act):
        super().__init__()
        self.body, self.kept = nn.Linear(5, 4), [act]

    def forward(self, x): return self.kept[0](self.body(x))


class AcrossRows(Hidden):
    def forward(self, x): return (h := self.kept[0](self.body(x))) - h.mean(0)


class Noisy(Hidden):
    def forward(self, x): return self.body(x) + 0.1 * torch.randn(len(x), 4)


class ByTheWeight(Hidden):
    def forward(self, x): return self.body(x) * self.body.weight.square().mean()


@pytest.mark.parametrize("kind", [Hidden, AcrossRows, Noisy, ByTheWeight])
def test_a_forward_that_needs_to_be_alone_is_found_out(kind):
    nets = [kind(act).float() for act in (nn.Tanh(), nn.ReLU())]
    before = nets[0].body.weight.clone()
    with pytest.raises(EnsembleError): try_ensemble(nets, [ROWS.float()])
    assert torch.equal(nets[0].body.weight, before)


@pytest.fixture
def double():
    "Networks and data in double precision, where rounding does not grow over steps."
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


SHORT = Recipe("short", epochs=3, batch_size=7, lr=1e-2)


def alone_and_as_one(build, x, y, loss="regression", validation=None, loader=False):
    "Losses by training one by one, which a hook makes necessary, and as one."
    def slow(act):
        net = build(act)
        net.register_forward_hook(lambda module, args, out: None)
        return net
    held = validation or (x, y)
    problems = []
    for make in (slow, build):
        data = DataLoader(TensorDataset(x, y), 7, shuffle=True) if loader else (x, y)
        problems.append(ModelProblem(make, data, held, loss, SHORT))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [p.as_one for p in problems] == [False, True]
    names = ["relu", "x*exp(-x**2)", SymbolicActivation("sin(1.5*x)", trainable=True), nn.PReLU()]
    return [trial_losses(p, names, [0, 5], 0.7) for p in problems]


@pytest.mark.parametrize("options", [
    dict(), dict(loss=nn.L1Loss()), dict(loader=True),
    dict(validation=lambda net: net(IMAGES).detach().square().mean() if not net.training else np.nan),
])
def test_a_problem_has_the_same_losses_as_one_and_one_by_one(options, double):
    def small_cnn(act): return nn.Sequential(of_images(act), nn.Linear(3, 1))
    y = IMAGES.mean((1, 2, 3))
    target = y[:, None] if options.get("loss") else y
    np.testing.assert_allclose(*alone_and_as_one(small_cnn, IMAGES, target, **options), rtol=1e-6)


def test_classes_of_words_as_one_and_one_by_one(double):
    np.testing.assert_allclose(*alone_and_as_one(OfWords, WORDS, (WORDS[:, 0] > 3).long(), "multiclass"), rtol=1e-6)


def test_targets_that_cross_entropy_ignores(double):
    y = torch.where(WORDS[:, 1] > 4, -100, (WORDS[:, 0] > 3).long())
    np.testing.assert_allclose(*alone_and_as_one(OfWords, WORDS, y, "multiclass"), rtol=1e-6)


def test_a_member_that_diverges_is_nan_and_harms_no_other():
    x, y = ROWS.float(), ROWS[:, 0].float()
    class Breaks(nn.Module):
        def forward(self, x): return x * torch.inf
    def build(act): return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), act, nn.Linear(8, 1))
    problem = ModelProblem(build, (x, y), (x, y), "regression", SHORT)
    both = trial_losses(problem, ["tanh", Breaks(), "relu"], [1])
    assert problem.as_one and np.isnan(both[1]).all()
    np.testing.assert_allclose(both[[0, 2]], trial_losses(problem, ["tanh", "relu"], [1]), rtol=1e-6)


def test_unknown_layers_train_one_by_one_and_it_is_said_once():
    class Recurrent(nn.Module):
        def __init__(self, act):
            super().__init__()
            self.body, self.act, self.head = nn.GRU(3, 4, batch_first=True), act, nn.Linear(4, 1)

        def forward(self, x): return self.head(self.act(self.body(x)[0][:, -1]))
    x, y = SIGNALS.float().transpose(1, 2), SIGNALS.float().mean((1, 2))
    problem = ModelProblem(Recurrent, (x, y), (x, y), "regression", SHORT, "recurrent")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(2): assert np.isfinite(trial_losses(problem, ["relu", "tanh"], [0])).all()
    texts = [str(w.message) for w in said if "one by one" in str(w.message)]
    assert len(texts) == 1 and "'recurrent'" in texts[0] and "GRU" in texts[0] and "'body'" in texts[0]
    assert problem.together == 1


def test_an_error_of_the_users_own_still_says_which_training_it_was():
    def loss(output, y):
        if float(output.detach().abs().max()) > 1e3: raise RuntimeError("my limit")
        return (output[:, 0] - y).square().mean()
    x, y = ROWS.float(), ROWS[:, 0].float()
    def build(act): return nn.Sequential(nn.Linear(5, 8), act, nn.Linear(8, 1))
    problem = ModelProblem(build, (x, y), (x, y), loss, SHORT)
    with pytest.raises(RuntimeError, match="my limit") as caught: trial_losses(problem, ["tanh", "1e6*x"], [1])
    assert "seed 1" in "".join(caught.value.__notes__) and "1000000" in "".join(caught.value.__notes__)


def test_so_many_train_at_a_time_as_memory_holds():
    x, y = ROWS.float(), ROWS[:, 0].float()
    def of_width(n): return lambda act: nn.Sequential(nn.Linear(5, n), act, nn.Linear(n, 1))
    small, large = (ModelProblem(of_width(n), (x, y), (x, y), "regression", SHORT) for n in (8, 200_000))
    assert small.together == 24 and 1 <= large.together < 24
    losses = trial_losses(small, [f"sin({k}*x)" for k in range(1, 31)], [0])               # more than 24
    assert np.isfinite(losses).all()
    np.testing.assert_allclose(trial_losses(small, ["sin(30*x)"], [0]), losses[29:], rtol=1e-6)
