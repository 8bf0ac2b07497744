"""Embeddings of numbers: the published layers' values, training rows only, the same alone, in ensembles, in ONNX and in C."""
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from helpers import by_onnx, compiled, in_c
from nsad import (
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
from nsad.data import Scaler
from nsad.embeddings import automatic_embedding, embedding_of, numeric_columns, quantile_bins
from nsad.ensemble import ensemble_of
from nsad.models import Stack, embedding_in, hidden_of
from nsad.training import evaluate, measures, predict, train

RNG = np.random.default_rng(0)
ROWS = 240
NUMBERS = RNG.normal(size=(ROWS, 3)) * [1, 40, .01] + [0, 300, 5]
FLAGS = (RNG.random((ROWS, 2)) < .3).astype(float)
X = np.column_stack([NUMBERS[:, 0], FLAGS[:, 0], NUMBERS[:, 1:], FLAGS[:, 1]]).astype(np.float32).astype(float)
Y = (np.sin(3 * NUMBERS[:, 0]) + FLAGS[:, 0] > .3).astype(int)
NUMERIC = (0, 2, 3)
SCALER = Scaler.fit(X)
SCALED = SCALER.transform(X)
QUICK = Recipe("quick", epochs=3, batch_size=32)
KINDS = [PeriodicEmbedding(n_frequencies=3, d_embedding=2), PiecewiseLinearEmbedding(n_bins=4, d_embedding=3),
         PeriodicEmbedding(d_embedding=2, activation="x*exp(-x**2)"), PiecewiseLinearEmbedding(n_bins=3, activation="relu")]
each_kind = pytest.mark.parametrize("wanted", KINDS, ids=str)


def both(wanted): return wanted.for_rows(SCALED)


def table(X=X, y=Y): return Dataset.from_arrays(X, y, name="waves", task="binary")


# ---------------------------------------------------------------- the published layers

rtdl = pytest.importorskip("rtdl_num_embeddings")


@pytest.mark.parametrize("relu", [False, True])
def test_periodic_is_the_published_layer_from_the_same_start(relu):
    torch.manual_seed(7)
    theirs = rtdl.PeriodicEmbeddings(3, 5, n_frequencies=6, frequency_init_scale=.4, activation=relu, lite=False)
    ours = PeriodicEmbedding(NUMERIC, 6, 5, .4, "relu" if relu else None).layer(5, seed=7)
    x = torch.as_tensor(SCALED)
    assert_close(ours(x)[:, :15], theirs(x[:, NUMERIC]).flatten(1))
    assert sum(p.numel() for p in theirs.parameters()) == count_parameters(ours)


def test_bins_and_piecewise_linear_are_the_published_ones():
    x = torch.as_tensor(SCALED)[:, NUMERIC]
    bins = rtdl.compute_bins(x, n_bins=6)
    wanted = PiecewiseLinearEmbedding(n_bins=6, d_embedding=4).for_rows(SCALED)
    for ends, theirs in zip(wanted.edges, bins): assert_close(torch.tensor(ends), theirs, rtol=1e-5, atol=1e-6)
    encoding, ours = rtdl.PiecewiseLinearEncoding(bins), wanted.layer(5, seed=1)
    far = torch.cat([x, 3 * x])                                       # beyond the first and last ends, too
    flat = ours.basis(far.T.unsqueeze(-1)).transpose(0, 1).flatten(1)
    assert_close(flat, encoding(far), rtol=1e-4, atol=1e-4)
    theirs = rtdl.PiecewiseLinearEmbeddings(bins, 4, activation=False, version="A")
    with torch.no_grad():
        theirs.linear.weight.copy_(ours.weight), theirs.linear.bias.copy_(ours.bias)
    assert_close(ours(torch.as_tensor(SCALED))[:, :12], theirs(x).flatten(1), rtol=1e-4, atol=1e-4)


# ---------------------------------------------------------------- values, gradients, columns

@each_kind
def test_gradients_are_those_of_finite_differences(wanted):
    layer = both(wanted).layer(5, seed=3).double()
    x = torch.as_tensor(SCALED[:6].astype(float) + 1e-3).requires_grad_()
    assert torch.autograd.gradcheck(layer, x)
    parameters = [p.detach().clone().requires_grad_() for p in layer.parameters()]
    names = [n for n, _ in layer.named_parameters()]
    def run(*values): return torch.func.functional_call(layer, dict(zip(names, values)), (x.detach(),))
    assert torch.autograd.gradcheck(run, parameters)


@each_kind
def test_columns_of_two_values_pass_as_they_are(wanted):
    placed = both(wanted)
    assert placed.columns == NUMERIC == numeric_columns(SCALED)
    layer, x = placed.layer(5, seed=3), torch.as_tensor(SCALED)
    assert_close(layer(x)[:, -2:], x[:, [1, 4]], rtol=0, atol=0)
    assert layer(x).shape == (ROWS, 3 * wanted.d_embedding + 2) == (ROWS, layer.n_outputs)
    moved = x.clone()
    moved[:, [1, 4]] += 5
    assert_close(layer(moved)[:, :-2], layer(x)[:, :-2], rtol=0, atol=0)


def test_constant_columns_gaps_and_tables_without_numbers():
    X = np.array([[1., 0., np.nan], [1., 1., 2.], [1., 0., 2.], [1., 1., 7.]])
    assert numeric_columns(X) == ()
    nothing = PeriodicEmbedding().for_rows(np.nan_to_num(X)[:, :2])
    assert nothing.columns == ()
    assert count_parameters(mlp(2, (4,), embedding=nothing)) == count_parameters(mlp(2, (4,)))
    assert quantile_bins(np.ones(5), 4) == (1., 2.)
    assert PeriodicEmbedding().for_rows(X * np.nan).columns == ()


@pytest.mark.parametrize("make, says", [
    (lambda: PeriodicEmbedding(columns=(0, 0)), "twice"), (lambda: PeriodicEmbedding(columns=(-1,)), "from 0"),
    (lambda: PeriodicEmbedding(columns="all"), "range"), (lambda: PeriodicEmbedding(columns=(True,)), "from 0"),
    (lambda: PeriodicEmbedding(n_frequencies=0), "n_frequencies=0"), (lambda: PeriodicEmbedding(d_embedding=2.5), "d_embedding=2.5"),
    (lambda: PeriodicEmbedding(frequency_init_scale=float("nan")), "frequency_init_scale"),
    (lambda: PeriodicEmbedding(activation="prelu"), "numbers to learn"), (lambda: PeriodicEmbedding(activation=torch.nn.ReLU()), "text"),
    (lambda: PeriodicEmbedding(columns=(7,)).layer(5), "column 7"), (lambda: PeriodicEmbedding(columns=(7,)).for_rows(SCALED), "column 7"),
    (lambda: PiecewiseLinearEmbedding().layer(5), "for_rows"), (lambda: PiecewiseLinearEmbedding((0,), edges=((1., 1.),)), "ascending"),
    (lambda: mlp(5, embedding="piecewise"), "for_rows"), (lambda: mlp(5, embedding="fourier"), "periodic, piecewise"),
    (lambda: embedding_of("periodic(n_bins=4)"), "n_bins=4"), (lambda: embedding_of("periodic(d_embedding=many)"), "d_embedding=many"),
    (lambda: embedding_of(3), "no embedding"), (lambda: hidden_of("light+fourier"), "fourier"),
    (lambda: Recipe(embedding_lr=-1), "embedding_lr=-1"),
    (lambda: Stack(5, ["relu"], (1, 2), embedding=["periodic"]), "1 embeddings for 2 seeds")])
def test_what_cannot_be_is_named(make, says):
    with pytest.raises(ValueError, match=says): make()


@each_kind
def test_text_and_back(wanted):
    assert embedding_of(str(wanted)) == wanted
    assert embedding_in(f"128-64+{wanted}") == wanted and hidden_of(f"128-64+{wanted}") == (128, 64)
    assert embedding_in("light") is None


# ---------------------------------------------------------------- networks and ensembles

def test_parameters_are_those_that_were_published_with_the_figures():
    wanted = PeriodicEmbedding(columns=range(10))
    assert count_parameters(mlp(54, (64, 32), embedding=wanted)) == 8505
    assert count_parameters(mlp(54, (200, 100), embedding=wanted)) == 38561


@each_kind
def test_efficiency_counts_the_embedding(wanted):
    net = mlp(5, (8, 4), embedding=both(wanted), seed=1)
    scores, n = evaluate(net, SCALED, Y), sum(p.numel() for p in net.parameters())
    assert n > count_parameters(mlp(5, (8, 4)))
    assert scores["e_param"] == pytest.approx(measures(Y, predict(net, SCALED), "binary", n)["e_param"])


@each_kind
def test_members_of_a_stack_learn_what_each_network_alone_learns(wanted):
    formulas, seeds = ["relu", "x*exp(-x**2)"], (1, 2)
    own = [wanted.for_rows(SCALED[::2]), wanted.for_rows(SCALED[1::2])]
    stack = Stack(5, formulas, seeds, (8, 4), embedding=own).double()
    losses = train(stack, SCALED, Y, "binary", QUICK).train_loss
    for k, (s, a) in enumerate((s, a) for s in (0, 1) for a in formulas):
        net = mlp(5, (8, 4), a, seed=seeds[s], embedding=own[s]).double()
        alone = train(net, SCALED, Y, "binary", QUICK, seed=seeds[s]).train_loss[:, 0]
        np.testing.assert_allclose(losses[:, k], alone, rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(predict(stack, SCALED)[k], predict(net, SCALED), atol=1e-6)
        np.testing.assert_allclose(predict(stack.member(k), SCALED), predict(net, SCALED), atol=1e-6)
        assert count_parameters(stack.member(k)) == count_parameters(net)


@each_kind
def test_an_ensemble_of_any_networks_takes_embeddings(wanted):
    nets = [mlp(5, (8, 4), a, seed=s, dropout=0., embedding=both(wanted)).double() for s, a in enumerate(("relu", "sin(x)", "relu"))]
    whole = ensemble_of(nets, seeds=[4, 4, 5])
    train(whole, SCALED, Y, "binary", QUICK)
    for k, (net, seed) in enumerate(zip(nets, (4, 4, 5))):
        train(net, SCALED, Y, "binary", QUICK, seed=seed)
        np.testing.assert_allclose(predict(whole, SCALED)[k], predict(net, SCALED), atol=1e-6)
        np.testing.assert_allclose(predict(whole.member(k), SCALED), predict(net, SCALED), atol=1e-6)


def test_the_best_epoch_of_each_member_is_kept_with_its_embedding():
    patient = replace(QUICK, epochs=12, patience=2, lr=.05)
    held, rest = (SCALED[:80], Y[:80]), (SCALED[80:], Y[80:])
    whole = Stack(5, ["relu", "sin(2*x)"], (1, 2), (8,), dropout=0., embedding=both(KINDS[0])).double()
    history = train(whole, *rest, recipe=patient, validation=held)
    for k in range(4):
        alone = Stack(5, [whole.activations[k % 2]], (whole.seeds[k // 2],), (8,), dropout=0., embedding=both(KINDS[0])).double()
        assert train(alone, *rest, recipe=patient, validation=held).best_epoch[0] == history.best_epoch[k]
        np.testing.assert_allclose(predict(alone, SCALED)[0], predict(whole, SCALED)[k], atol=1e-6)


def test_frequencies_have_a_learning_rate_of_their_own_and_are_not_decayed():
    def changed(**settings):
        net = mlp(5, (4,), embedding=both(KINDS[0]), seed=1, dropout=0.)
        before = {n: p.detach().clone() for n, p in net.named_parameters()}
        train(net, SCALED, Y, "binary", replace(QUICK, **settings))
        return {n: not torch.equal(before[n], p) for n, p in net.named_parameters()}
    still = changed(embedding_lr=0.)
    assert not still["0.frequencies"] and not still["0.weight"] and still["1.weight"] and all(changed().values())
    net = mlp(5, (4,), embedding=both(KINDS[0]), seed=1, dropout=0.)
    before = net[0].frequencies.detach().clone(), net[0].weight.detach().clone()
    train(net, SCALED * 0, np.zeros(ROWS), "regression", replace(QUICK, weight_decay=1.))
    assert torch.equal(before[0], net[0].frequencies) and net[0].weight.norm() < before[1].norm()


# ---------------------------------------------------------------- training rows only

def with_other_test_rows(ds, seed):
    "The same dataset with other numbers in its test rows."
    other, test = X.copy(), split(ds, seed=seed).test
    other[np.ix_(test, list(NUMERIC))] *= 1000
    return table(other), test


def test_a_study_places_columns_and_bins_by_training_rows_alone(monkeypatch):
    ds = table()
    changed, test = with_other_test_rows(ds, 42)
    assert np.array_equal(split(changed, seed=42).test, test)
    kept = []
    whole = Stack.__init__
    def noted(self, *args, **kwargs):
        whole(self, *args, **kwargs)
        kept.append(self)
    monkeypatch.setattr(Stack, "__init__", noted)
    for one in (ds, changed): Study([one], ["relu"], ["8-4+piecewise(n_bins=4)"], (42,), QUICK).run(progress=False)
    first, second = kept
    assert first.wanted == second.wanted and first.wanted[0].columns == NUMERIC
    for (name, a), b in zip(first.state_dict().items(), second.state_dict().values()): assert torch.equal(a, b), name
    assert not np.array_equal(Scaler.fit(ds.X).mean, Scaler.fit(changed.X).mean)                # the whole table would have told


def test_a_study_with_seeds_whose_bins_differ_in_number_trains_each():
    crowded = X.copy()
    crowded[:, 0] = np.round(RNG.normal(size=ROWS) / 1.4)
    rows = Study([table(crowded)], ["relu", "sin(x)"], ["8+piecewise(n_bins=12, d_embedding=2)", "8"], (1, 2, 3), QUICK).run(progress=False)
    assert len(rows) == 12 and rows.accuracy.notna().all()
    n = rows.groupby("network").n_parameters.min()
    assert n["8+piecewise(n_bins=12, d_embedding=2)"] > n["8"]


def test_a_table_in_a_file_gets_the_same_columns_and_bins(tmp_path):
    ds = Dataset.from_arrays(X.astype(np.float32), Y, name="waves", task="binary")
    np.save(tmp_path / "X.npy", ds.X)
    mapped = replace(ds, X=np.load(tmp_path / "X.npy", mmap_mode="r"))
    def losses(one): return Study([one], ["relu"], ["8+piecewise(n_bins=4)"], (1, 2), QUICK).run(progress=False).log_loss
    np.testing.assert_allclose(losses(mapped), losses(ds), rtol=1e-4)


def test_a_study_files_networks_with_different_embeddings_apart(tmp_path):
    names = ["8", "8+periodic", "8+periodic(n_frequencies=3)"]
    study = Study([table()], ["relu"], names, (1,), QUICK)
    rows = study.run(tmp_path / "rows.sqlite", progress=False)
    assert rows.key.nunique() == rows.identity.nunique() == 3
    assert len(study.run(tmp_path / "rows.sqlite", progress=False)) == 3
    scored = dict(zip(rows.network, rows.n_parameters))
    assert scored["8+periodic"] == count_parameters(mlp(5, (8,), embedding=PeriodicEmbedding(NUMERIC)))


# ---------------------------------------------------------------- searches

def test_a_problem_judges_in_the_network_with_the_embedding():
    short = Recipe("short", steps=20, batch_size=32)
    plain = TableProblem(table(), (8,), short)
    waves = TableProblem(table(), (8,), short, embedding="periodic")
    assert len({p.fingerprint for p in (plain, waves, TableProblem(table(), (8,), short, embedding=KINDS[0]))}) == 3
    acts = [torch.nn.ReLU(), torch.nn.Tanh()]
    losses = [p.losses(acts, [1, 2]) for p in (plain, waves)]
    assert losses[0].shape == losses[1].shape == (2, 2) and not np.allclose(*losses)


def test_a_problem_may_take_the_embedding_of_the_rule():
    many = Dataset.from_arrays(np.random.default_rng(1).normal(size=(4000, 3)).astype(np.float32), np.arange(4000) % 2, name="many")
    ruled = TableProblem(many, embedding="auto")
    assert ruled.options["embedding"].columns == (0, 1, 2)
    assert ruled.fingerprint == TableProblem(many, embedding=automatic_embedding(many.X)).fingerprint
    assert TableProblem(table(), embedding="auto").fingerprint == TableProblem(table()).fingerprint      # too few rows


def test_discover_searches_inside_the_network_with_the_embedding():
    small = dict(hidden=(8,), recipe=Recipe("short", steps=20, batch_size=32), budget=12, progress=False, initial_size=8, finalists=2,
                 final_seeds=1, lr_factors=(1,), population_size=8)
    found = discover(table(), seed=1, embedding="periodic", **small)
    assert found.provenance["options"]["embedding"] == "periodic"
    same = discover(TableProblem(table(), small.pop("hidden"), small.pop("recipe"), embedding=PeriodicEmbedding()), seed=1, **small)
    assert list(same.front.loss) == list(found.front.loss)
    with pytest.raises(ValueError, match="no embedding is called"): discover(table(), embedding="waves", budget=12)


# ---------------------------------------------------------------- elsewhere

def trained(wanted, act="x*exp(-x**2)"):
    net = mlp(5, (8, 4), act, seed=1, embedding=both(wanted))
    train(net, SCALED, Y, "binary", QUICK)
    return net


@each_kind
@pytest.mark.parametrize("dtype", ["float", "double"])
@compiled
def test_c_gives_the_same_numbers(wanted, dtype, tmp_path):
    net = trained(wanted)
    text = to_c(net, tmp_path / "net.h", name="net", dtype=dtype, scaler=SCALER)
    np.testing.assert_allclose(in_c(tmp_path, X, 1, dtype, "net"), predict(net, SCALED), atol=1e-5)
    np.testing.assert_allclose(to_numpy(net, dtype, SCALER)(X), predict(net, SCALED), atol=1e-5)
    assert "network of 5-" in text


@pytest.mark.slow
@each_kind
def test_onnx_gives_the_same_numbers(wanted, tmp_path):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    net = trained(wanted)
    path = to_onnx(net, tmp_path / "net.onnx", scaler=SCALER)
    np.testing.assert_allclose(by_onnx(path, X), predict(net, SCALED), atol=1e-5)
    assert onnx.load(path).graph.input[0].type.tensor_type.shape.dim[1].dim_value == 5


def test_a_large_mean_costs_no_digits_in_single_precision():
    far = X.copy()
    far[:, 0] = far[:, 0] * 1e-2 + 4096
    scaler = Scaler.fit(far)
    rows = scaler.transform(far.astype(np.float32))
    net = mlp(5, (8,), seed=1, embedding=KINDS[0].for_rows(rows))
    np.testing.assert_allclose(to_numpy(net, "float", scaler)(far), predict(net, rows), atol=1e-4)


# ---------------------------------------------------------------- estimators

@each_kind
def test_an_estimator_embeds_numbers_and_is_saved_with_its_embedding(wanted, tmp_path):
    import pickle

    from sklearn.base import clone
    model = NSADClassifier("x*exp(-x**2)", (8, 4), max_iter=2, random_state=1, embedding=wanted).fit(X, Y)
    assert model.network_[0].columns == NUMERIC and model.formula_.text == "x*exp(-x**2)"
    assert model.n_parameters_ == count_parameters(mlp(5, (8, 4), embedding=both(wanted)))
    model.save(tmp_path / "model")
    for again in (NSADClassifier.load(tmp_path / "model"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert clone(model).get_params()["embedding"] == wanted


def test_an_estimator_without_numeric_columns_or_with_an_unknown_embedding():
    flags = FLAGS[:, :2]
    model = NSADClassifier("relu", (4,), max_iter=1, random_state=1, embedding="periodic").fit(flags, Y)
    assert model.n_parameters_ == count_parameters(mlp(2, (4,)))
    with pytest.raises(ValueError, match="no embedding is called"): NSADClassifier("relu", embedding="waves").fit(X, Y)
    targets = NUMBERS[:, 0]**2
    assert NSADRegressor("relu", (8,), max_iter=2, random_state=1, embedding="piecewise").fit(X, targets).predict(X).shape == (ROWS,)


def test_an_estimator_searches_with_its_embedding():
    model = NSADClassifier(None, (4,), max_iter=2, budget=9, random_state=1, embedding="periodic",
                           engine_options=dict(initial_size=9, finalists=1, final_seeds=1, lr_factors=(1,))).fit(X, Y)
    assert model.discovery_.provenance["options"]["embedding"] == "periodic"
