"""Figures show what they say: inputs as they arrive, both themes, and a clear word where there is nothing to draw."""
import re

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.colors import to_rgb
from torch import nn

from nsad import Candidate, Discovery, Formula, mlp
from nsad.discovery import CANDIDATES, pareto_front
from nsad.report import plot_activation, plot_boundaries, plot_front, plot_inputs, plot_network, save_figure, theme


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
    assert np.allclose([x.min(), x.max()], [low, high], atol=1e-5) and ax.get_xlabel() == "input of the units, x"


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


@pytest.mark.slow
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
    from nsad.report import plot_transfer
    fig = plot_transfer(pd.DataFrame([[2.5, -9.0], [0.4, 0.6]], ["a", "b"], ["c", "d"]))
    shown = {t.get_text(): t.get_color() for t in fig.axes[0].texts}
    assert shown == {"+2.5": "black", "-9.0": "white", "+0.4": "black", "+0.6": "black"}
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["a", "b"] and [t.get_text() for t in fig.axes[0].get_xticklabels()] == ["c", "d"]


def contrast(a, b):
    "Of two colours, by the definition of the Web Content Accessibility Guidelines."
    def luminance(colour):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def cells_and_numbers(figure):
    "The colour of each cell of a heat map, and the text that is written on it."
    ax = figure.axes[0]
    image = ax.images[0]
    colours = image.to_rgba(image.get_array())
    for text in ax.texts:
        column, row = (round(v) for v in text.get_position())
        yield colours[row, column, :3], text


@pytest.mark.slow
@pytest.mark.parametrize("page", ["light", "dark"])
def test_numbers_on_a_heat_map_stand_out_from_their_cells(page):
    from nsad.report import plot_transfer
    from nsad.transfer import TransferMatrix
    steps = np.linspace(-12, 12, 25)
    square = pd.DataFrame([steps, steps / 3], ["a", "b"], [f"t{i}" for i in range(25)])
    rows = [dict(dataset=target, network="light", activation=a, kind="source" if a == "a" else "classic", seed=s, accuracy=0.7 + up,
                 train_rows=80, test_rows=20, n_parameters=10)
            for k, target in enumerate(square.columns) for a, up in (("a", steps[k] / 100), ("relu", 0.0)) for s in (1, 2, 3)]
    with theme(page):
        figures = [plot_transfer(square), TransferMatrix(pd.DataFrame(rows)).plot("relu")]
    for figure in figures:
        numbers = list(cells_and_numbers(figure))
        assert len(numbers) in (50, 25)
        assert min(contrast(cell, text.get_color()) for cell, text in numbers) >= 4.5
        assert not [text for _, text in numbers if "-0.0" in text.get_text()]


def test_a_gain_that_is_missing_is_an_empty_cell():
    from nsad.report import plot_transfer
    fig = plot_transfer(pd.DataFrame([[1.0, float("nan")]], ["a"], ["b", "c"]))
    assert [t.get_text() for t in fig.axes[0].texts] == ["+1.0"]


def front_of(*points):
    "A discovery of these (formula, loss)."
    found = pareto_front([Candidate(Formula(text), loss) for text, loss in points])
    return Discovery(found, dict(engine="network", dataset="magic", seed=0))


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("points", [[("relu(x)", 0.4)], [("relu(x)", 0.4), ("sin(x) + x", 0.3)],
                                    [("x", 0.9), ("relu(x)", 0.4), ("x*exp(-x**2)", 0.3), ("sin(x)*exp(-(x + 1)**2) + cos(3*x)", 0.2)]])
def test_complexity_is_counted_in_whole_nodes(points, page):
    found = front_of(*points)
    with theme(page): drawn = [plot_front(found).axes[0], found.plot()]
    for ax in drawn:
        low, high = ax.get_xlim()
        ticks = [t for t in ax.get_xticks() if low <= t <= high]
        assert len(ticks) >= 2 and all(t == round(t) for t in ticks)
        assert low <= found.front.complexity.min() - 1 and high >= found.front.complexity.max() + 1
        assert {t.get_text() for t in ax.texts} == set(found.front.formula)


def searched(rows):
    "A discovery whose candidates are (formula, generation, rung, share of the training, losses)."
    table = [(text, 2, "bred", 0, generation, rung, share, seed, loss, float("nan"))
             for text, generation, rung, share, losses in rows for seed, loss in enumerate(losses)]
    return Discovery(front_of(("relu(x)", 0.4)).front, {}, candidates=pd.DataFrame(table, columns=CANDIDATES))


def test_a_search_is_drawn_with_its_best_so_far_and_relu_at_each_share_of_the_training():
    found = searched([("relu(x)", 1, 0, 0.1, [0.6]), ("sin(x)", 1, 0, 0.1, [0.7]), ("tanh(x)", 1, 0, 0.1, [0.5]), ("tanh(x)", 1, 1, 1.0, [0.3, 0.5]),
                      ("x**2", 2, 0, 0.1, [1e6]), ("erf(x)", 2, 0, 0.1, [float("nan")]), ("relu(x)", 0, 1, 1.0, [0.4, 0.2]), ("erf(x)", 0, 1, 1.0, [0.2, 0.1])])
    ax = found.plot_search()
    stairs = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    assert [line.get_ydata()[:-1].tolist() for line in stairs] == [pytest.approx([0.6, 0.6, 0.5, 0.5, 0.5]), pytest.approx([0.4, 0.3, 0.15])]
    assert [line.get_xdata().tolist() for line in stairs] == [[1, 2, 3, 5, 6, 8], [4, 7, 8, 8]]
    assert [line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == "--"] == pytest.approx([0.6, 0.3])
    dots = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() == "."])
    assert len(dots) == 8 and np.isfinite(dots).all() and dots.max() < 1.2          # what is far above stands at the edge
    assert [t.get_text() for t in ax.texts] == ["generation 1", "2", "final"]
    assert ["10%" in t.get_text() or "100%" in t.get_text() or "ReLU" in t.get_text() for t in ax.get_legend().get_texts()] == [True] * 3
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("candidates tried", "validation loss")


def test_an_engine_without_shares_and_generations_is_drawn_too():
    ax = searched([("sin(x)", 0, 0, float("nan"), [0.7]), ("erf(x)", 0, 0, float("nan"), [0.6])]).plot_search()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["lowest so far"] and len(ax.texts) == 0


def test_a_search_without_its_candidates_cannot_be_drawn():
    with pytest.raises(ValueError, match="has no candidates to draw.*search again"): front_of(("relu(x)", 0.4)).plot_search()


def test_learning_curves_are_the_losses_against_the_steps():
    from nsad.report import plot_learning_curves
    from nsad.training import History
    rng = np.random.default_rng(0)
    two = History(rng.random((40, 3)), rng.random((40, 3)), np.full(3, 40), 1.0)
    alone = History(rng.random((40, 1)), None, np.full(1, 40), 1.0)
    ax = plot_learning_curves({"relu": two, "found $1": alone}, steps_per_epoch=5, stop=15).axes[0]
    training, held, other, stop = ax.lines
    assert training.get_xdata().tolist() == list(range(5, 201, 5)) and ax.get_xscale() == "log"
    assert np.allclose(training.get_ydata(), two.train_loss.mean(1)) and np.allclose(held.get_ydata(), two.validation_loss.mean(1))
    assert np.allclose(other.get_ydata(), alone.train_loss[:, 0]) and stop.get_xdata() == [15, 15]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["relu, training", "relu, validation", r"found \$1, training", "15 steps of the optimiser"]
    assert training.get_color() == held.get_color() != other.get_color() and len(ax.collections) == 1
    assert plot_learning_curves({"relu": two}).axes[0].get_xlabel() == "epochs"
