"""Figures show what they say: inputs as they arrive, both themes, and a clear word where there is nothing to draw."""
import re

import numpy as np
import pytest
import torch
from torch import nn

from nsad import mlp
from nsad.report import plot_activation, plot_boundaries, plot_inputs, plot_network, save_figure, theme


def test_inputs_are_those_of_the_trained_network_and_its_mode_is_kept():
    torch.manual_seed(0)
    net = mlp(3, hidden=(8, 4), activation="sin(x)").train()
    X = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    fig = plot_inputs(net, X)
    assert net.training and not any(m._forward_pre_hooks for m in net.modules())
    titles = [ax.get_title() for ax in fig.axes if ax.get_title()]
    assert titles == ["hidden layer 1: sin(x)", "hidden layer 2: sin(x)"]
    ax, slope = fig.axes[0], fig.axes[0].lines[1]
    x, y = slope.get_data()
    assert np.allclose(y, np.cos(x), atol=1e-5)
    met = net.train(False)[1](net[0](torch.tensor(X))).detach().numpy()
    low, high = np.quantile(met, (0.001, 0.999))
    assert np.allclose([x.min(), x.max()], [low, high], atol=1e-5) and ax.get_xlabel() == "x"


def test_boundaries_are_where_the_network_changes_its_mind():
    net = nn.Sequential(nn.Linear(2, 1))
    with torch.no_grad():
        net[0].weight[:] = torch.tensor([[5.0, 0.0]])
        net[0].bias.zero_()
    X = np.random.default_rng(0).normal(size=(200, 2))
    fig = plot_boundaries({"half": net}, X, (X[:, 0] > 0).astype(int))
    border = max(fig.axes[0].collections[1].get_paths(), key=lambda p: len(p.vertices)).vertices
    assert np.allclose(border[:, 0], 0, atol=0.02)
    with pytest.raises(ValueError, match=r"\(200, 3\)"): plot_boundaries({"half": net}, np.zeros((200, 3)), np.zeros(200))


def test_a_network_is_drawn_with_its_shapes_and_formula():
    fig = plot_network(mlp(10, hidden=(64, 32), activation="x*exp(-x**2)"))
    texts = " ".join(t.get_text() for t in fig.axes[0].texts)
    assert all(word in texts for word in ("features\n10", "64", "32", "Linear 64×32", "x*exp(-x**2)", "logit"))
    with pytest.raises(ValueError, match="no linear layer"): plot_network(nn.Sequential(nn.ReLU()))
    with pytest.raises(ValueError, match="no activation"): plot_inputs(nn.Sequential(nn.Linear(2, 1)), np.zeros((3, 2)))


def test_both_themes_as_png_and_svg_the_same_every_time(tmp_path):
    files = save_figure(lambda: plot_activation("sin(x)"), tmp_path / "a" / "sine")
    again = save_figure(lambda: plot_activation("sin(x)"), tmp_path / "b" / "sine")
    assert [f.name for f in files] == ["sine.png", "sine.svg", "sine-dark.png", "sine-dark.svg"]
    assert all(f.read_bytes() == g.read_bytes() for f, g in zip(files, again))
    assert "#14181e" in files[3].read_text() and "#14181e" not in files[1].read_text()
    assert not re.search(r'(href|src)="http', files[1].read_text())


def test_the_theme_ends_with_its_context():
    with pytest.raises(RuntimeError), theme("dark"): raise RuntimeError
    assert plot_activation("x").get_facecolor()[:3] == (1, 1, 1)
    with pytest.raises(ValueError, match="'sepia'"), theme("sepia"): pass


def test_transfer_shows_every_gain_where_it_can_be_read():
    import pandas as pd

    from nsad.report import plot_transfer
    fig = plot_transfer(pd.DataFrame([[2.5, -9.0], [0.4, 0.6]], ["a", "b"], ["c", "d"]))
    shown = {t.get_text(): t.get_color() for t in fig.axes[0].texts}
    assert shown == {"+2.5": "black", "-9.0": "white", "+0.4": "black", "+0.6": "black"}
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["a", "b"] and [t.get_text() for t in fig.axes[0].get_xticklabels()] == ["c", "d"]
