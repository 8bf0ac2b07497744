"""Weights to start from: variance kept through depth, frequencies met, and nothing else touched."""
import copy
import math

import pytest
import torch
from torch import nn

from nsad import SymbolicActivation, mlp, replace_activations
from nsad.activation import initialisation_gain

KEPT = ["relu", "gelu(x)", "x*exp(-x**2)", "cos(x) - cos(abs(cos(x)))", "tanh(x)", "x + sin(x)**2", "sin(30*x)", "sin(4*x)"]


def spreads(net, rows, kinds=nn.Linear):
    "Root mean squares of what the layers of these kinds give, one after the other."
    found = []
    hooks = [m.register_forward_hook(lambda m, given, out: found.append(out.square().mean().sqrt().item()))
             for m in net.modules() if isinstance(m, kinds)]
    with torch.no_grad():
        net.eval()(rows)
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize("text", KEPT)
def test_eight_layers_keep_the_variance(text):
    net = mlp(256, (256,) * 8, text, seed=1, init="gain")
    # an untrained normalisation in evaluation mode does nothing but multiply with its factors
    found = spreads(net, torch.randn(2000, 256, generator=torch.Generator().manual_seed(0)))
    assert len(found) == 9 and all(0.5 < s < 2 for s in found)


@pytest.mark.parametrize("text", ["x*exp(-x**2)", "sin(30*x)"])
def test_the_default_start_does_not_keep_it(text):
    found = spreads(mlp(256, (256,) * 8, text, seed=1), torch.randn(2000, 256))
    assert not all(0.5 < s < 2 for s in found)


def test_the_default_start_is_torchs_own():
    nets = [mlp(5, (7, 6), "x*exp(-x**2)", seed=3, **more) for more in ({}, {"init": "default"})]
    torch.manual_seed(3)
    own = [nn.Linear(5, 7), nn.Linear(7, 6), nn.Linear(6, 1)]
    for net in nets:
        linears = [m for m in net.modules() if isinstance(m, nn.Linear)]
        assert all(torch.equal(a.weight, b.weight) and torch.equal(a.bias, b.bias) for a, b in zip(linears, own))
    with pytest.raises(ValueError, match="init='he' is none of 'default', 'gain'"):
        mlp(5, init="he")


@pytest.mark.parametrize(("spec", "wanted"), [
    ("relu", 2**0.5), (nn.ReLU(), 2**0.5), ("relu(x)", 2**0.5), (nn.Identity, 1.), ("2.0*x", 0.5),
    (lambda: SymbolicActivation("2.0*x", trainable=True, per_channel=3, channel_axis=1), 0.5), (nn.PReLU(4), (2 / (1 + 0.25**2))**0.5),
    ("exp(x)", math.exp(-1)), ("sin(x)", (2 / (1 - math.exp(-2)))**0.5)])
def test_the_gain_is_one_over_the_root_mean_square(spec, wanted):
    assert initialisation_gain(spec) == pytest.approx(wanted, rel=0.01)


class Silent(nn.Module):
    def forward(self, x):
        return torch.relu(x - 60)


def test_an_activation_that_passes_nothing_has_no_gain():
    with pytest.raises(ValueError, match="no gain keeps a signal"):
        initialisation_gain(Silent)
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    before = copy.deepcopy(net.state_dict())
    with pytest.raises(ValueError, match="no gain keeps a signal"):
        replace_activations(net, nn.ReLU, Silent, init=True)
    assert type(net[1]) is nn.ReLU and all(torch.equal(v, before[k]) for k, v in net.state_dict().items())


def plain_net(depth=8, width=256):
    torch.manual_seed(0)
    return nn.Sequential(*[m for _ in range(depth) for m in (nn.Linear(width, width), nn.ReLU())], nn.Linear(width, width))


@pytest.mark.parametrize("text", KEPT)
def test_a_network_of_somebodys_own_keeps_the_variance(text):
    net = plain_net()
    assert len(replace_activations(net, nn.ReLU, text, init=True)) == 8
    scale = {"sin(30*x)": 1 / 30, "sin(4*x)": 1 / 4}.get(text, 1.)
    found = spreads(net, torch.randn(2000, 256, generator=torch.Generator().manual_seed(0)))
    assert all(0.5 * scale < s < 2 * scale for s in found[:-1]) and 0.5 < found[-1] < 2


def test_a_sine_starts_as_siren_does():
    "Hidden weights of variance (6/n)/3/w**2; the exact mean square of a sine differs by 16 %."
    net = plain_net(3, 512)
    replace_activations(net, nn.ReLU, "sin(30*x)", init=True)
    assert net[2].weight.std().item() * 30 * math.sqrt(512) == pytest.approx(2**0.5, rel=0.09)


def test_without_init_weights_stay():
    net = plain_net()
    before = copy.deepcopy(net.state_dict())
    replace_activations(net, nn.ReLU, "sin(30*x)")
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())


def test_convolutions_and_normalisations():
    torch.manual_seed(0)
    block = [m for _ in range(4) for m in (nn.Conv2d(16, 16, 3, padding=1, padding_mode="circular"), nn.BatchNorm2d(16), nn.ReLU())]
    net = nn.Sequential(*block, nn.Conv2d(16, 16, 1))
    replace_activations(net, nn.ReLU, "sin(5*x)", init=True)
    assert all(torch.equal(m.weight, torch.full((16,), 0.2)) for m in net if isinstance(m, nn.BatchNorm2d))
    found = spreads(net, torch.randn(16, 16, 24, 24), nn.Conv2d)
    assert all(0.5 < s < 2 for s in found)


def test_of_a_transformer_only_what_is_beside_the_activation_is_drawn():
    torch.manual_seed(0)
    net = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 64, batch_first=True), 2)
    before = copy.deepcopy(net.state_dict())
    replace_activations(net, nn.ReLU, "x*exp(-x**2)", init=True)
    changed = {k.rsplit(".", 1)[0] for k, v in net.state_dict().items() if not torch.equal(v, before[k])}
    assert changed == {f"layers.{i}.linear{k}" for i in (0, 1) for k in (1, 2)}


def test_other_activations_and_what_is_inside_a_new_one_stay():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(1, 1)

        def forward(self, x): return self.inner(x.unsqueeze(-1)).squeeze(-1)

    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.GELU(), nn.Linear(4, 2))
    before = copy.deepcopy(net.state_dict())
    new = Own()
    replace_activations(net, nn.ReLU, new, init=True)
    changed = {k for k, v in net.state_dict().items() if k not in before or not torch.equal(v, before[k])}
    assert changed == {"2.weight", "2.bias", "4.weight", "4.bias", "3.inner.weight", "3.inner.bias"}
    assert torch.equal(net[3].inner.weight, new.inner.weight)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_dtype_stays(dtype):
    net = plain_net(2, 64).to(dtype)
    replace_activations(net, nn.ReLU, "x*exp(-x**2)", init=True)
    assert {p.dtype for p in net.parameters()} == {dtype}
    assert net(torch.randn(3, 64, dtype=dtype)).isfinite().all()
