"""Embeddings of words: the values of a table of embeddings, training rows only, the same alone, in ensembles, in ONNX and in C."""
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from helpers import by_onnx, compiled, in_c
from nsad import (
    CategoryEmbedding,
    Dataset,
    NSADClassifier,
    NSADRegressor,
    PeriodicEmbedding,
    PiecewiseLinearEmbedding,
    Recipe,
    Study,
    TableProblem,
    count_parameters,
    discover,
    mlp,
    split,
    to_c,
    to_numpy,
    to_onnx,
)
from nsad.data import SCALINGS, Scaler
from nsad.embeddings import category_edges, embedding_of, embeddings_as_one, with_words
from nsad.ensemble import ensemble_of
from nsad.models import MLPEnsemble, embedding_in, hidden_of
from nsad.training import predict, train

RNG = np.random.default_rng(0)
ROWS, TOWNS = 400, 16
TOWN = RNG.integers(0, TOWNS, ROWS)
EFFECT = RNG.permutation(np.linspace(-2, 2, TOWNS))
FRAME = pd.DataFrame({
    "x": RNG.normal(size=ROWS),
    "town": np.array([f"town {k:02}" for k in range(TOWNS)])[TOWN],
    "colour": RNG.choice(["red", "green", "blue"], ROWS),
    "size": pd.Categorical(RNG.choice(list("SML"), ROWS), list("SML"), ordered=True),
    "z": 40 * RNG.normal(size=ROWS) + 300,
})
SCORE = EFFECT[TOWN] + np.sin(2 * FRAME.x)
LABELS = np.where(SCORE > 0, "yes", "no")
TABLE = Dataset.from_frame(FRAME.assign(target=LABELS), "target", name="towns")
X, Y, N = TABLE.X, TABLE.y, TABLE.n_features
SCALER = Scaler.fit(X)
SCALED = SCALER.transform(X)
QUICK = Recipe("quick", epochs=3, batch_size=32)
KINDS = [
    CategoryEmbedding(),
    CategoryEmbedding(d_embedding=3, activation="x*exp(-x**2)"),
    CategoryEmbedding(max_categories=5, numbers=PiecewiseLinearEmbedding(n_bins=4, d_embedding=3)),
    CategoryEmbedding(numbers="periodic(columns=6, n_frequencies=3)"),
]
each_kind = pytest.mark.parametrize("wanted", KINDS, ids=str)


def placed(wanted, rows=SCALED):
    return with_words(wanted, TABLE.categorical_columns).for_rows(rows)


# ---------------------------------------------------------------- which columns

def test_columns_of_many_words_are_known_and_others_are_not():
    assert TABLE.feature_names == ("x", "town", "colour=blue", "colour=green", "colour=red", "size", "z")
    assert TABLE.categorical_columns == (1,)
    gaps = FRAME.assign(target=LABELS)
    gaps.loc[::3, "town"] = None
    gaps = Dataset.from_frame(gaps[["town", "x", "target"]], "target")
    assert gaps.feature_names == ("town", "town missing", "x") and gaps.categorical_columns == (0,)
    assert Dataset.from_arrays(X, Y).categorical_columns == ()
    two = replace(TABLE, X=X[:, [6, 1]], feature_names=("z", "town"))
    assert two.categorical_columns == (1,)


def test_without_columns_of_words_nothing_is_embedded_or_the_numbers_are():
    assert with_words(CategoryEmbedding(), ()) is None
    assert with_words(CategoryEmbedding(numbers="periodic"), ()) == PeriodicEmbedding()
    assert with_words(PeriodicEmbedding(), (1,)) == PeriodicEmbedding()
    assert with_words(CategoryEmbedding((0,)), (1,)).columns == (0,)
    with pytest.raises(ValueError, match="categorical_columns"):
        CategoryEmbedding().for_rows(SCALED)
    with pytest.raises(ValueError, match="for_rows"):
        mlp(N, embedding=CategoryEmbedding((1,)))


def test_numbers_beside_words_are_the_other_numeric_columns():
    wanted = placed(CategoryEmbedding(numbers="piecewise"))
    assert wanted.columns == (1,) and wanted.numbers.columns == (0, 5, 6)
    layer = wanted.layer(N)
    assert layer.n_outputs == wanted.d_embedding + 3 * 4 + 3
    assert layer(torch.as_tensor(SCALED)).shape == (ROWS, layer.n_outputs)


# ---------------------------------------------------------------- values

def test_each_word_has_its_row_of_a_table_and_unknown_ones_share_the_bias():
    layer = placed(CategoryEmbedding(d_embedding=3)).layer(N, seed=2)
    table = nn.Embedding(TOWNS, 3)
    with torch.no_grad():
        table.weight.copy_(layer.weight[0] + layer.bias[0])
    out = layer(torch.as_tensor(SCALED))
    assert_close(out[:, :3], table(torch.as_tensor(TOWN)))
    assert_close(out[:, 3:], torch.as_tensor(np.delete(SCALED, 1, axis=1)))
    unknown = X[:3].copy()
    unknown[:, 1] = [-1, 2.5, TOWNS]
    assert_close(layer(torch.as_tensor(SCALER.transform(unknown)))[:, :3], layer.bias.expand(3, 3))


def test_the_words_with_the_most_rows_are_kept():
    column = np.array([0, 1, 1, 2, 3, 3, 3, 4], dtype=float)
    kept = np.array(category_edges(column, 2)).reshape(-1, 2).mean(1)
    np.testing.assert_allclose(kept, [1, 3], atol=1e-6)
    assert len(category_edges(column, 9)) == 10 and len(category_edges(np.zeros(4), 9)) == 2
    assert placed(KINDS[2]).layer(N).weight.shape == (1, 5, KINDS[2].d_embedding)


def naming(layer):
    "The same layer, whose first number is the place of the word in its column, from 1; 0 where there is none."
    with torch.no_grad():
        layer.weight[..., 0] = 1.0 + torch.arange(layer.weight.shape[-2])
        layer.bias.zero_()
    return layer


def test_columns_with_fewer_words_than_others_have_no_word_in_common():
    rows = np.array([[0, 5], [1, 5], [2, 6], [2, 6], [3, 0]], np.float32)
    layer = naming(CategoryEmbedding((0, 1), d_embedding=1).for_rows(rows[:4]).layer(2))
    assert_close(layer(torch.as_tensor(rows)), torch.tensor([[1.0, 1], [2, 1], [3, 2], [3, 2], [0, 0]]))
    alone = torch.as_tensor(rows).expand(3, 5, 2)                     # leading axes of the rows
    assert_close(layer(alone), layer(torch.as_tensor(rows)).expand(3, 5, 2))


@each_kind
def test_text_and_back(wanted):
    assert embedding_of(str(wanted)) == wanted
    assert embedding_in(f"128-64+{wanted}") == wanted and hidden_of(f"128-64+{wanted}") == (128, 64)


@pytest.mark.parametrize("make, match", [
    (lambda: CategoryEmbedding(d_embedding=0), "d_embedding=0"),
    (lambda: CategoryEmbedding(max_categories=2.5), "max_categories=2.5"),
    (lambda: CategoryEmbedding(numbers="categories"), "periodic or piecewise"),
    (lambda: CategoryEmbedding((1, 2), numbers="periodic(columns=2 3)"), "column 2"),
    (lambda: CategoryEmbedding((9,)).for_rows(SCALED), "column 9"),
    (lambda: CategoryEmbedding(("town",)), "by their numbers"),
    (lambda: embedding_of("categories(n_bins=3)"), "no setting of categories"),
    (lambda: embedding_of("categories(numbers=waves)"), "no embedding is called"),
    (lambda: CategoryEmbedding((1,), edges=((0.0, 0.0),)), "ascending"),
    (lambda: CategoryEmbedding((1,), edges=((0.0, 0.1, 0.9),)), "two for each"),
])
def test_what_cannot_be_is_said(make, match):
    with pytest.raises(ValueError, match=match):
        make()


# ---------------------------------------------------------------- networks and ensembles

@each_kind
def test_members_of_a_stack_learn_what_each_network_alone_learns(wanted):
    formulas, seeds, own = ["relu", "x*exp(-x**2)"], (1, 2), placed(wanted)
    stack = MLPEnsemble(N, formulas, seeds, (8, 4), embedding=own).double()
    losses = train(stack, SCALED, Y, "binary", QUICK).train_loss
    for k, (s, a) in enumerate((s, a) for s in seeds for a in formulas):
        net = mlp(N, (8, 4), a, seed=s, embedding=own).double()
        alone = train(net, SCALED, Y, "binary", QUICK, seed=s).train_loss[:, 0]
        np.testing.assert_allclose(losses[:, k], alone, rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(predict(stack, SCALED)[k], predict(net, SCALED), atol=1e-6)
        np.testing.assert_allclose(predict(stack.member(k), SCALED), predict(net, SCALED), atol=1e-6)
        assert count_parameters(stack.member(k)) == count_parameters(net)


@pytest.mark.slow
@each_kind
def test_an_ensemble_of_any_networks_takes_words(wanted):
    nets = [mlp(N, (8,), a, seed=s, dropout=0., embedding=placed(wanted)).double() for s, a in enumerate(("relu", "sin(x)"))]
    whole = ensemble_of(nets, seeds=[4, 5])
    train(whole, SCALED, Y, "binary", QUICK)
    for k, (net, seed) in enumerate(zip(nets, (4, 5))):
        train(net, SCALED, Y, "binary", QUICK, seed=seed)
        np.testing.assert_allclose(predict(whole, SCALED)[k], predict(net, SCALED), atol=1e-6)
        np.testing.assert_allclose(predict(whole.member(k), SCALED), predict(net, SCALED), atol=1e-6)


def test_embeddings_of_other_words_or_numbers_are_not_one():
    one, other = placed(KINDS[2]), placed(replace(KINDS[2], numbers="piecewise(n_bins=3, d_embedding=3)"))
    with pytest.raises(ValueError, match="must have the same kind"):
        embeddings_as_one([one.layer(N), other.layer(N)])
    with pytest.raises(ValueError, match="must have the same kind"):
        embeddings_as_one([one.layer(N), replace(one, numbers=None).layer(N)])


def test_words_that_decide_are_learned_better_than_their_codes():
    def loss(embedding):
        net = mlp(N, (16,), "silu", seed=1, dropout=0., embedding=embedding)
        history = train(net, SCALED[100:], Y[100:], "binary", replace(QUICK, epochs=40, lr=.01), seed=1, validation=(SCALED[:100], Y[:100]))
        return history.validation_loss[-1, 0]
    assert loss(placed(CategoryEmbedding())) < .7 * loss(None)


# ---------------------------------------------------------------- training rows only

def test_words_of_test_rows_take_no_part(monkeypatch):
    test = split(TABLE, seed=42).test
    other = FRAME.assign(target=LABELS)
    other.loc[test, "town"] = "elsewhere"
    kept, whole = [], MLPEnsemble.__init__

    def noted(self, *args, **kwargs):
        whole(self, *args, **kwargs)
        kept.append(self)
    monkeypatch.setattr(MLPEnsemble, "__init__", noted)
    for one in (TABLE, Dataset.from_frame(other, "target", name="towns")):
        Study([one], ["relu"], ["8+categories(numbers=piecewise(n_bins=3))"], (42,), QUICK).run(progress=False)
    first, second = kept
    assert first.wanted == second.wanted and first.wanted[0].columns == (1,)
    for (name, a), b in zip(first.state_dict().items(), second.state_dict().values()):
        assert torch.equal(a, b), name


def test_a_study_trains_splits_with_other_words_and_files_them(tmp_path):
    rare = FRAME.assign(target=LABELS)
    rare.loc[:2, "town"] = ["somewhere", "anywhere", "nowhere"]
    names = ["8", "8+categories(d_embedding=1)", "8+categories(d_embedding=5)"]
    study = Study([Dataset.from_frame(rare, "target")], ["relu", "sin(x)"], names, (1, 2, 3), QUICK)
    rows = study.run(tmp_path / "rows.sqlite", progress=False)
    assert len(rows) == rows.key.nunique() == 18 and rows.accuracy.notna().all()
    n = rows.groupby("network").n_parameters.min()
    assert n["8"] < n[names[1]] < n[names[2]]
    assert len(study.run(tmp_path / "rows.sqlite", progress=False)) == 18


# ---------------------------------------------------------------- searches

SMALL = dict(budget=12, progress=False, initial_size=8, finalists=2, final_seeds=1, lr_factors=(1,), population_size=8)


def test_discover_and_a_problem_search_in_the_network_with_the_words():
    short = Recipe("short", steps=20, batch_size=32)
    found = discover(TABLE, seed=1, embedding="categories", hidden=(8,), recipe=short, **SMALL)
    assert found.provenance["options"]["embedding"] == "categories"
    problem = TableProblem(TABLE, (8,), short, embedding=CategoryEmbedding())
    same = discover(problem, seed=1, **SMALL)
    assert list(same.front.loss) == list(found.front.loss)
    named = TableProblem(TABLE, (8,), short, embedding=CategoryEmbedding((1,)))
    plain = TableProblem(TABLE, (8,), short)
    assert len({p.fingerprint for p in (problem, named, plain)}) == 3
    losses = [p.losses(["relu"], [1, 2]) for p in (problem, named, plain)]
    assert np.array_equal(losses[0], losses[1]) and not np.allclose(losses[0], losses[2])


def test_a_search_over_several_tables_says_that_words_are_of_one():
    with pytest.raises(ValueError, match="words of their own"):
        discover(TABLE, objective="many", others=[TABLE], embedding="categories", **SMALL)


# ---------------------------------------------------------------- elsewhere

def trained(wanted, scaler=SCALER, rows=SCALED):
    net = mlp(N, (8, 4), "x*exp(-x**2)", seed=1, embedding=placed(wanted, rows))
    train(net, rows, Y, "binary", QUICK)
    return net


WITH_UNKNOWN = X.copy()
WITH_UNKNOWN[:5, 1] = [-1, TOWNS, TOWNS + 3, -2, 7.5]


@each_kind
@pytest.mark.parametrize("dtype", ["float", "double"])
@compiled
def test_c_gives_the_same_numbers(wanted, dtype, tmp_path):
    net = trained(wanted)
    text = to_c(net, tmp_path / "net.h", name="net", dtype=dtype, scaler=SCALER)
    expected = predict(net, SCALER.transform(WITH_UNKNOWN))
    np.testing.assert_allclose(in_c(tmp_path, WITH_UNKNOWN, 1, dtype, "net"), expected, atol=1e-5)
    np.testing.assert_allclose(to_numpy(net, dtype, SCALER)(WITH_UNKNOWN), expected, atol=1e-5)
    assert f"network of {N}-" in text


@pytest.mark.parametrize("kind", SCALINGS)
def test_words_are_found_behind_every_scaling(kind):
    scaler = Scaler.fit(X, kind)
    rows = scaler.transform(X)
    net = trained(KINDS[2], scaler, rows)
    np.testing.assert_allclose(to_numpy(net, "float", scaler)(X), predict(net, rows), atol=1e-5)
    names = naming(placed(CategoryEmbedding(), rows).layer(N))(torch.as_tensor(rows))[:, 0]
    np.testing.assert_array_equal(names.detach(), TOWN + 1)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", KINDS[1:3], ids=str)
def test_onnx_gives_the_same_numbers(wanted, tmp_path):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    net = trained(wanted)
    path = to_onnx(net, tmp_path / "net.onnx", scaler=SCALER)
    expected = predict(net, SCALER.transform(WITH_UNKNOWN))
    np.testing.assert_allclose(by_onnx(path, WITH_UNKNOWN), expected, atol=1e-5)


# ---------------------------------------------------------------- estimators

@each_kind
def test_an_estimator_embeds_words_and_is_saved_with_them(wanted, tmp_path):
    model = NSADClassifier("sin(x)", (8,), max_iter=2, random_state=1, embedding=wanted).fit(FRAME, LABELS)
    assert model.embedding_.columns == model.network_[0].columns == (1,)
    assert str(model.get_params()["embedding"]) == str(wanted)
    model.save(tmp_path / "model")
    new = FRAME.assign(town=np.where(np.arange(ROWS) % 2, FRAME.town, "a new town"))
    for again in (NSADClassifier.load(tmp_path / "model"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict_proba(new), model.predict_proba(new))
        assert again.embedding_ == model.embedding_


def test_an_estimator_goes_on_with_its_words_and_refuses_to_drop_them():
    options = dict(hidden=(8,), max_iter=2, random_state=1, warm_start=True)
    model = NSADRegressor("sin(x)", embedding="categories", **options).fit(FRAME, SCORE)
    before = model.network_[0].weight.detach().clone()
    assert not torch.equal(before, model.fit(FRAME, SCORE).network_[0].weight)
    with pytest.raises(ValueError, match="another embedding"):
        model.set_params(embedding=None).fit(FRAME, SCORE)


def test_an_estimator_searches_with_words_and_averages_networks_in_one_file():
    options = dict(initial_size=9, finalists=1, final_seeds=1, lr_factors=(1,))
    model = NSADClassifier(None, (4,), max_iter=2, budget=9, random_state=1, embedding="categories",
                           n_members=2, engine_options=options).fit(FRAME, LABELS)
    assert model.discovery_.provenance["options"]["embedding"] == "categories(columns=1)"
    assert "average of 2 networks" in to_c(model.network_, scaler=model.scaler_)


def test_an_estimator_without_words_has_no_embedding_of_them():
    numbers = FRAME[["x", "z"]]
    model = NSADClassifier("relu", (4,), max_iter=1, random_state=1, embedding="categories").fit(numbers, LABELS)
    assert model.embedding_ is None and model.n_parameters_ == count_parameters(mlp(2, (4,)))
    both = NSADClassifier("relu", (4,), max_iter=1, random_state=1, embedding="categories(numbers=periodic)").fit(numbers, LABELS)
    assert both.embedding_ == PeriodicEmbedding((0, 1))


@pytest.mark.slow
def test_words_count_among_the_importances_and_may_be_all_there_is():
    options = dict(hidden=(16,), max_iter=40, lr=.01, random_state=1, embedding="categories")
    model = NSADRegressor("silu", **options).fit(FRAME, 3 * EFFECT[TOWN] + FRAME.z / 400)
    shares = dict(zip(FRAME.columns, model.feature_importances_))
    assert shares["town"] == max(shares.values()) and sum(shares.values()) == pytest.approx(1)
    alone = NSADRegressor("silu", **options).fit(FRAME[["town"]], EFFECT[TOWN])
    assert list(alone.feature_importances_) == [1] and alone.score(FRAME[["town"]], EFFECT[TOWN]) > .5
