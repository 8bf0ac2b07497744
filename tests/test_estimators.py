"""Classifier and regressor: scikit-learn's own checks, awkward tables, and files from elsewhere."""
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from torch import nn

from nsad import STRONG, Candidate, Dataset, Formula, NSADClassifier, NSADRegressor, Recipe, SymbolicActivation, mlp
from nsad.signals import Stopped

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = np.array(["no", "yes"])[(X[:, 0] * X[:, 1] > 0).astype(int)]
B = X[:, 0] ** 2 + X[:, 1]
TINY = dict(hidden=(8,), max_iter=10, random_state=3)
SMALL = dict(starters=("relu(x)", "tanh(x)"), initial_size=2, generations=1, final_seeds=1, steps=(8, 8), tune=0)

CHECK = """
import json, sys, warnings
warnings.simplefilter("ignore")
import torch
from sklearn.utils.estimator_checks import check_estimator
import nsad
torch.set_num_threads(1)
for name, parameters in json.loads(sys.argv[1]):
    results = check_estimator(getattr(nsad, name)(**parameters), on_fail=None, on_skip=None)
    print(json.dumps([(r["check_name"], r["status"], str(r["exception"] or "")) for r in results]))
"""
QUICK = dict(hidden=[8], max_iter=10, batch_size=32, lr=0.03)
WAYS = {"discovers": dict(budget=2, engine_options=SMALL, **QUICK), "relu": dict(activation="relu", **QUICK),
        "all options": dict(activation="silu", n_members=2, scaling="robust", embedding="auto", **QUICK)}
if os.environ.get("NSAD_SLOW"):                     # four minutes: a search of the default size in each fit
    WAYS["as it comes"] = {}


@pytest.fixture(scope="module")
def checks():
    "All checks of all ways, in a process of its own: scikit-learn skips one check unless SCIPY_ARRAY_API is set before SciPy starts."
    env = {**os.environ, "SCIPY_ARRAY_API": "1", "OMP_NUM_THREADS": "1"}
    asked = {(name, way): parameters for way, parameters in WAYS.items() for name in ("NSADClassifier", "NSADRegressor")}
    said = subprocess.run([sys.executable, "-c", CHECK, json.dumps([(name, parameters) for (name, _), parameters in asked.items()])],
                          env=env, text=True, stdout=subprocess.PIPE, timeout=900).stdout
    return dict(zip(asked, map(json.loads, said.splitlines()[-len(asked):]), strict=True))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["NSADClassifier", "NSADRegressor"])
def test_every_check_of_scikit_learn_passes_and_none_is_skipped(checks, name, way):
    results = checks[name, way]
    assert [r for r in results if r[1] != "passed"] == []
    assert len(results) > 40


@pytest.mark.parametrize("kind", [NSADClassifier, NSADRegressor])
def test_no_tag_says_less_than_is_true(kind):
    tags = kind().__sklearn_tags__()           # `_skip_test` is a name of scikit-learn's developer API
    assert not tags.non_deterministic and not tags.no_validation and tags.requires_fit and not tags._skip_test
    assert not (tags.classifier_tags or tags.regressor_tags).poor_score


def outputs(model, X): return model.predict_log_proba(X) if hasattr(model, "predict_log_proba") else model.predict(X)


@pytest.mark.parametrize("kind,y", [(NSADClassifier, Y), (NSADRegressor, B)])
def test_a_seed_decides_everything_and_the_order_of_rows_nothing(kind, y):
    first = kind(budget=2, engine_options=SMALL, **TINY).fit(X, y)
    order = RNG.permutation(len(X))
    again = clone(first).fit(X[order], y[order])
    assert first.formula_ == again.formula_
    assert np.array_equal(first.predict(X), again.predict(X))
    assert not np.allclose(outputs(first, X), outputs(clone(first).set_params(random_state=4).fit(X, y), X))


def test_weights_are_repetitions_whichever_class_weight():
    w = RNG.integers(0, 4, len(X))
    for class_weight in (None, "balanced", {"yes": 3}):
        net = NSADClassifier("x*sin(x)", class_weight=class_weight, **TINY)
        a = net.fit(X, Y, sample_weight=w).predict_proba(X)
        b = net.fit(X.repeat(w, 0), Y.repeat(w)).predict_proba(X)
        assert np.array_equal(a, b)


@pytest.mark.parametrize("n", [100, 600, 1500])
@pytest.mark.parametrize("options", [{}, {"batch_size": 32}, {"early_stopping": True}])
def test_a_weight_is_so_many_rows_in_every_step(n, options):
    "The size of a batch, the rows put aside, the scale and the search as well."
    rng = np.random.default_rng(n)
    points, w = rng.normal(size=(n, 4)), rng.integers(1, 4, n)
    labels = (points[:, 0] * points[:, 1] > 0).astype(int)
    for make, target in ((NSADClassifier, labels), (NSADRegressor, points[:, 0] + points[:, 1] ** 2)):
        net = make("x*exp(-x**2)", hidden=(6,), max_iter=3, random_state=0, **options)
        a = outputs(net.fit(points, target, sample_weight=w), points)
        b = outputs(net.fit(points.repeat(w, 0), target.repeat(w)), points)
        assert np.array_equal(a, b)


def test_weights_of_a_search_are_rows():
    w = np.arange(60) % 3 + 1
    net = NSADClassifier(budget=4, engine_options=SMALL, **TINY)
    a, b = net.fit(X, Y, sample_weight=w).discovery_, clone(net).fit(X.repeat(w, 0), Y.repeat(w)).discovery_
    assert a.front.equals(b.front) and a.provenance["rows"] == b.provenance["rows"] == w.sum()


def test_large_whole_weights_are_rows_and_the_largest_are_bounded():
    w = np.full(60, 30)
    net = NSADClassifier("tanh", **TINY)
    assert np.array_equal(net.fit(X, Y, sample_weight=w).predict_proba(X), net.fit(X.repeat(w, 0), Y.repeat(w)).predict_proba(X))
    many, more = (clone(net).set_params(max_iter=1).fit(X, Y, sample_weight=np.where(Y == "yes", 2., 1.) * 10.**k).predict_proba(X) for k in (5, 7))
    assert np.allclose(many, more)


def test_broken_weights_count_on_average():
    rare = np.r_[np.zeros(50, int), np.ones(10, int)]
    points = RNG.normal(size=(60, 1))                                      # nothing to learn but how frequent a class is
    for weights, low, high in ((np.where(rare, 5., 1.), 0.35, 0.65), (np.where(rare, 2.5, 0.5), 0.35, 0.65), (None, 0., 0.35)):
        p = NSADClassifier("tanh", max_iter=150, hidden=(4,), random_state=0).fit(points, rare, sample_weight=weights).predict_proba(points)
        assert low < p[:, 1].mean() < high


def test_awkward_tables():
    flat = np.column_stack([X, np.ones(60), np.full(60, 1e9)])
    assert np.isfinite(NSADClassifier("relu", **TINY).fit(flat, Y).predict_proba(flat * 1e3)).all()
    assert NSADClassifier("x**2", **TINY).fit(X[:, :1], Y).predict(X[:, :1]).shape == (60,)
    assert NSADRegressor("gelu", **TINY).fit(X[:2], [1., 2.]).predict(X).shape == (60,)
    three = NSADClassifier(budget=2, engine_options=SMALL, **TINY).fit(X[:9], [3, 1, 2] * 3)
    assert three.classes_.tolist() == [1, 2, 3] and three.predict_proba(X).shape == (60, 3)
    assert NSADClassifier("relu", **TINY).fit(X, X[:, 0] > 0).predict(X).dtype == bool
    assert NSADClassifier("relu", batch_size=59, **TINY).fit(X, Y).n_iter_ == 10             # a last batch of one row
    assert NSADRegressor("relu", **TINY).fit(X, 1e12 + 1e3 * B).score(X, 1e12 + 1e3 * B) <= 1


@pytest.mark.parametrize("parameters,rows,error", [
    (dict(hidden=()), (X, Y), "hidden"), (dict(hidden=(0,)), (X, Y), "hidden"), (dict(max_iter=0), (X, Y), "max_iter"),
    (dict(batch_size=1), (X, Y), "batch_size"), (dict(activation="rellu"), (X, Y), "rellu"), (dict(activation="x - x"), (X, Y), "constant"),
    (dict(engine="gp"), (X, Y), "no engine"), (dict(class_weight="even"), (X, Y), "class_weight"), (dict(engine_options={"a": 1}), (X, Y), "'a'"),
    ({}, (X, ["one"] * 60), "one class"), ({}, (X[:1], Y[:1]), "1 sample"), ({}, (X, B), "continuous"),
    ({}, (X[:6], Y[:6]), "6 rows are too few"), (dict(activation="relu", early_stopping=True), (X[:2], ["a", "b"]), "class")])
def test_what_cannot_be_fitted_is_named(parameters, rows, error):
    with pytest.raises(ValueError, match=error):
        NSADClassifier(**{**TINY, **parameters}).fit(*rows)


def test_weights_that_cannot_be_used_are_named():
    for weights, error in ((-np.ones(60), "negative"), (np.zeros(60), "zero"), (np.ones(59), "one weight"), (np.eye(60)[0], "1 sample")):
        with pytest.raises(ValueError, match=error):
            NSADRegressor("relu", **TINY).fit(X, B, sample_weight=weights)
    with pytest.raises(ValueError, match="nothing to learn"):
        NSADRegressor("relu", **TINY).fit(X, np.ones(60))


def test_a_warm_start_goes_on():
    net = NSADClassifier("tanh", hidden=(8,), max_iter=20, warm_start=True, random_state=1).fit(X, Y)
    act, before = net.activation_, net.loss_curve_
    net.fit(X, Y)
    assert net.activation_ is act and net.loss_curve_[:20] == before and len(net.loss_curve_) == 40
    assert net.loss_curve_[20] < before[0]
    with pytest.raises(ValueError, match="classes"):
        net.fit(X, np.where(Y == "yes", "ja", "nein"))
    with pytest.raises(ValueError, match="features"):
        net.fit(X[:, :2], Y)
    assert net.set_params(warm_start=False).fit(X[:, :2], Y).n_features_in_ == 2


@pytest.mark.parametrize("n_rows, n_classes, widths", [(1000, 6, [128, 64]), (999, 6, [64, 32]), (1000, 5, [64, 32])])
def test_many_classes_get_a_wider_network(n_rows, n_classes, widths, tmp_path):
    X, y = RNG.normal(size=(n_rows, 2)), np.arange(n_rows) % n_classes
    net = NSADClassifier("relu", max_iter=1, random_state=0).fit(X, y)
    assert [m.out_features for m in net.network_ if isinstance(m, nn.Linear)][:-1] == widths
    back = NSADClassifier.load(net.save(tmp_path / "net.nsad"))
    assert back.hidden == "auto" and np.array_equal(back.predict(X), net.predict(X))
    assert len(back.set_params(warm_start=True).fit(X, y).loss_curve_) == 2


@pytest.mark.parametrize("other", [dict(hidden=(9, 9)), dict(activation="sin(x)"), dict(scaling="robust"), dict(embedding="periodic"),
                                   dict(n_members=2)], ids=str)
def test_a_warm_start_refuses_another_network(other):
    net = NSADClassifier("tanh", warm_start=True, **TINY).fit(X, Y)
    before = net.predict_proba(X)
    with pytest.raises(ValueError, match=rf"warm start with {next(iter(other))}=.*warm_start=False"):
        net.set_params(**other).fit(X, Y)
    assert np.array_equal(net.predict_proba(X), before)


def test_a_warm_start_takes_columns_as_they_were():
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(X.shape[1])])
    net = NSADClassifier("tanh", warm_start=True, **TINY).fit(frame, Y)
    with pytest.raises(ValueError, match="feature names"):
        net.fit(frame[frame.columns[::-1]], Y)
    with pytest.raises(ValueError, match="feature names"):
        net.fit(frame[["c0"]], Y)
    assert net.n_features_in_ == X.shape[1] and len(net.predict(frame)) == len(X)


def test_a_warm_start_takes_rows_with_gaps():
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(X.shape[1])])
    net = NSADClassifier("tanh", warm_start=True, **TINY).fit(frame, Y)
    assert len(net.fit(frame.mask(frame > 1.5), Y).predict(frame)) == len(X)


def test_a_warm_start_takes_another_dropout():
    net = NSADClassifier("tanh", warm_start=True, dropout=0.1, **TINY).fit(X, Y)
    shares = [m.p for m in net.set_params(dropout=0.5).fit(X, Y).network_ if isinstance(m, nn.Dropout)]
    assert shares == [0.5] and net.recipe_.dropout == 0.5


@pytest.mark.parametrize("labels, says", [
    (pd.Series(Y, dtype="string").where(np.arange(60) != 3), "missing in 1 rows, the first is row 3"),
    (pd.Series(Y).astype("category").where(np.arange(60) > 1), "missing in 2 rows, the first is row 0"),
    (np.array(["a", 1] * 30, dtype=object), "several types .int, str."),
], ids=["NA", "category", "mixed"])
def test_labels_that_are_none_are_named(labels, says):
    with pytest.raises(ValueError, match=says):
        NSADClassifier("relu", **TINY).fit(X, labels)


def test_early_stopping_says_why_no_rows_can_be_put_aside():
    with pytest.raises(ValueError, match="early stopping cannot put 0.1 of 12 rows aside .*early_stopping=False"):
        NSADClassifier("relu", early_stopping=True, **TINY).fit(X[:12], ["a"] * 11 + ["b"])


def test_a_search_trains_where_the_estimator_does():
    net = NSADClassifier(device="cpu", recipe=dict(steps=4), budget=4, hidden=(4,), random_state=0).fit(X, Y)
    assert net.discovery_.provenance["options"]["device"] == "cpu"


def test_restarts_of_a_search_are_explained():
    x = np.random.default_rng(0).uniform(-2, 2, size=(200, 1))
    options = dict(restarts=2, initial_size=8, population_size=8, generations=2, finalists=2, final_seeds=2, lr_factors=(1,))
    net = NSADRegressor(hidden=(8,), recipe=dict(steps=60, batch_size=64, lr=0.02), budget=60, random_state=0,
                        engine_options=options | dict(starters=["sin(x)", "sin(2*x)", "sin(3*x)"]))
    told = net.fit(x, np.sin(4 * x[:, 0])).explain()
    final = net.discovery_.candidates.query("rung == 2").drop_duplicates(["formula", "seed"]).set_index("seed")
    used = told.split("formula ")[1].split(", was")[0]
    apart = final.loss[final.formula == "relu(x)"] - final.loss[final.formula == used]
    assert f"standard error {apart.std() / len(apart) ** 0.5:.2g}." in told      # of each training once


def test_early_stopping_stops_and_keeps_the_best():
    net = NSADRegressor("relu", hidden=(8,), max_iter=300, lr=0.02, early_stopping=True, n_iter_no_change=3, random_state=0).fit(X, RNG.normal(size=60))
    assert 3 < net.n_iter_ < 300


def test_class_weights_move_the_border():
    def share(weight):
        return (NSADClassifier("relu", class_weight=weight, **TINY).fit(X, Y).predict(X) == "yes").mean()
    assert share({"yes": 20}) > share(None) > share({"no": 20})


def test_every_way_to_say_an_activation():
    for given, formula in (("x*sin(x)", "x*sin(x)"), (Formula("tanh(x)"), "tanh(x)"), ("SiLU", "silu(x)"), (nn.ReLU, None),
                           (SymbolicActivation("x**2"), "x**2"), (nn.PReLU(), None)):
        net = NSADClassifier(given, **TINY).fit(X, Y)
        assert net.formula_ == (formula and Formula(formula)) and net.discovery_ is None
        assert mlp(4, activation=net.activation_) is not None and "network" in net.explain()
    learns = NSADClassifier(SymbolicActivation("sin(1.0*x)", trainable=True, per_channel=8), **TINY).fit(X, Y)
    assert len(learns.formula_) == 8 and "each channel" in learns.explain()


def test_names_of_columns():
    frame = pd.DataFrame(X, columns=["mass", "charge", "spin", "colour"])
    net = NSADRegressor("x**2", hidden=(16,), max_iter=200, random_state=0).fit(frame, frame.charge ** 2)
    assert net.explain(as_frame=True).feature[0] == "charge" and "charge" in net.explain(most=1)
    assert net.feature_importances_.sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="feature names"):
        net.predict(frame.rename(columns={"mass": "weight"}))
    with pytest.raises(NotFittedError):
        NSADRegressor().explain()


def test_each_fold_searches_by_itself():
    assert cross_val_score(NSADClassifier(budget=2, engine_options=SMALL, **TINY), X, Y, cv=2).shape == (2,)


LABELS = {"text": Y, "objects": Y.astype(object), "numbers": np.where(Y == "yes", 7, -1), "floats": np.where(Y == "yes", .5, 2.) * 2,
          "truth": Y == "yes", "three": load_iris().target[::3][:50]}


@pytest.mark.parametrize("labels", LABELS)
def test_what_is_saved_comes_back(tmp_path, labels):
    y = LABELS[labels]
    net = NSADClassifier(budget=2, engine_options=SMALL, class_weight={y[0]: 2}, **TINY).fit(pd.DataFrame(X[:len(y)], columns=list("abcd")), y)
    back = NSADClassifier.load(net.save(tmp_path / "net.nsad"))
    frame = pd.DataFrame(X, columns=list("abcd"))
    assert np.array_equal(back.predict_proba(frame), net.predict_proba(frame)) and np.array_equal(back.predict(frame), net.predict(frame))
    assert back.classes_.dtype == net.classes_.dtype and back.explain() == net.explain()
    assert back.get_params()["class_weight"] == net.class_weight and back.hidden == (8,)
    assert np.array_equal(clone(back).fit(frame[:len(y)], y).predict_proba(frame), net.predict_proba(frame))


def test_a_regressor_comes_back_and_can_go_on(tmp_path):
    net = NSADRegressor("prelu", warm_start=True, **TINY).fit(X, B)
    back = NSADRegressor.load(net.save(tmp_path / "net.nsad"))
    assert np.array_equal(back.predict(X), net.predict(X))
    assert np.array_equal(back.fit(X, B).predict(X), net.fit(X, B).predict(X))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return NSADClassifier("x*sin(x)", **TINY).fit(X, Y).save(tmp_path_factory.mktemp("saved") / "net.nsad").read_bytes()


def changed(content, name, by):
    "The zip with one member made anew."
    with zipfile.ZipFile(io.BytesIO(content)) as z:
        members = {n: z.read(n) for n in z.namelist()}
    new = by(members.pop(name))
    with zipfile.ZipFile(out := io.BytesIO(), "w") as z:
        for n, data in {**members, **({} if new is None else {name: new})}.items():
            z.writestr(n, data)
    return out.getvalue()


def fitted(**values):
    return lambda data: json.dumps((about := json.loads(data)) | {"fitted": about["fitted"] | values}).encode()


def objects(_):
    np.save(file := io.BytesIO(), np.array([print], object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize("name,by", [
    ("estimator.json", lambda d: None), ("estimator.json", lambda d: b"[]"), ("estimator.json", lambda d: b"[" * 100_000),
    ("estimator.json", lambda d: d.replace(b"estimator/1", b"estimator/9")), ("estimator.json", fitted(_spec="import os")),
    ("estimator.json", fitted(_spec=None)), ("estimator.json", fitted(n_features_in_=7)), ("estimator.json", fitted(evil=1)),
    ("estimator.json", fitted(predict="x")), ("estimator.json", fitted(classes_={"kind": "int64", "values": [1, 2, 3]})),
    ("estimator.json", fitted(classes_={"kind": "object", "values": [1, 2]})), ("estimator.json", fitted(scaler_={"mean": [1], "scale": [1]})),
    ("estimator.json", lambda d: d.replace(b'"max_iter"', b'"max_iters"')), ("weights/0.weight.npy", lambda d: None),
    ("weights/0.weight.npy", lambda d: d[:-9]), ("weights/0.weight.npy", objects), ("weights/4.bias.npy", lambda d: d.replace(b"(1,)", b"(9,)"))])
def test_a_file_that_no_fit_has_left_is_refused(saved, tmp_path, name, by):
    path = tmp_path / "net.nsad"
    path.write_bytes(changed(saved, name, by))
    with pytest.raises(ValueError, match="is not a saved NSADClassifier"):
        NSADClassifier.load(path)


def test_bytes_that_are_damaged_are_refused_or_harmless(saved, tmp_path):
    path, refused = tmp_path / "net.nsad", 0
    for i in range(0, len(saved), max(1, len(saved) // 150)):
        path.write_bytes(saved[:i] + bytes([saved[i] ^ 0xFF]) + saved[i + 1:])
        try:
            assert NSADClassifier.load(path).predict(X).shape == (60,)
        except ValueError as error:
            assert "is not a saved" in str(error)
            refused += 1
    assert refused > 50
    path.write_bytes(saved[:len(saved) // 2])
    with pytest.raises(ValueError, match="is not a saved"):
        NSADClassifier.load(path)


@pytest.mark.parametrize("parameters", [dict(activation=nn.PReLU()), dict(activation="relu", random_state=np.random.RandomState(0))])
def test_what_text_cannot_hold_is_named(tmp_path, parameters):
    with pytest.raises(ValueError, match="cannot be saved as text"):
        NSADClassifier(**{**TINY, **parameters}).fit(X, Y).save(tmp_path / "net.nsad")


def test_skops_keeps_it_as_well():
    skops = pytest.importorskip("skops.io")
    net = NSADClassifier(budget=2, engine_options=SMALL, **TINY).fit(X, Y)
    content = skops.dumps(net)
    kinds = skops.get_untrusted_types(data=content)
    assert kinds == ["nsad.estimators.NSADClassifier"]
    assert np.array_equal(skops.loads(content, trusted=kinds).predict_proba(X), net.predict_proba(X))


def mixed(n=120):
    "Words, gaps and dates, and a target that follows from them."
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(dict(size=rng.normal(size=n), colour=rng.choice(["red", "green", "blue"], n),
                              when=pd.date_range("2021-03-01", periods=n), weight=rng.normal(size=n)))
    label = np.where((frame.colour == "red") ^ (frame["size"] > 0), "bad", "good")
    frame.loc[::7, "weight"], frame.loc[::11, "colour"] = np.nan, None
    return frame, label


def test_words_gaps_and_dates_are_read_as_a_dataset_reads_them(tmp_path):
    frame, label = mixed()
    net = NSADClassifier("silu", max_iter=60, random_state=0).fit(frame[:90], label[:90])
    assert net.score(frame[:90], label[:90]) > 0.9
    assert net.n_features_in_ == 4 and list(net.feature_names_in_) == list(frame.columns)
    assert len(net.feature_importances_) == 4 and net.feature_importances_.sum() == pytest.approx(1)
    strange = frame[90:].assign(colour="violet", weight=np.nan)                             # a word that was not there has a place of its own
    assert np.isfinite(net.predict_proba(strange)).all()
    back = NSADClassifier.load(net.save(tmp_path / "net.nsad"))
    assert np.array_equal(back.predict_proba(strange), net.predict_proba(strange))
    with pytest.raises(ValueError, match="DataFrame of 4 columns"):
        net.predict(frame.to_numpy())
    with pytest.raises(ValueError, match="there is no column 'colour'"):
        net.predict(frame.rename(columns={"colour": "color"}))


def test_other_rows_do_not_change_what_the_rule_says():
    frame, label = mixed()
    first = NSADClassifier("silu", max_iter=3, random_state=0).fit(frame[:90], label[:90]).predict_proba(frame[:90])
    other = frame.copy()
    other.loc[90:, "colour"], other.loc[90:, "size"] = "violet", 1e6
    again = NSADClassifier("silu", max_iter=3, random_state=0).fit(other[:90], label[:90]).predict_proba(other[:90])
    assert np.array_equal(first, again)


def test_logarithms_of_probabilities_are_finite_where_probabilities_vanish():
    net = NSADClassifier("relu", **TINY).fit(X, Y)
    np.testing.assert_allclose(net.predict_log_proba(X), np.log(net.predict_proba(X)), atol=1e-12)
    assert np.isfinite(net.predict_log_proba(1e6 * X)).all()


def test_the_recipe_is_the_one_that_everything_else_is_trained_by():
    rows = np.random.default_rng(0).normal(size=(300, 3))  # however many tests drew before
    steps = STRONG.for_rows(300)
    net = NSADRegressor("relu", random_state=0).fit(rows, rows[:, 0])
    assert net.n_iter_ == steps.epochs and net.get_params()["recipe"] == "auto"
    assert NSADRegressor("relu", recipe="paper", random_state=0).fit(rows, rows[:, 0]).n_iter_ == 15
    assert NSADRegressor("relu", recipe=Recipe("own", epochs=3), random_state=0).fit(rows, rows[:, 0]).n_iter_ == 3
    with pytest.raises(ValueError, match="recipe"):
        NSADRegressor("relu", recipe="weak").fit(rows, rows[:, 0])


def noisy(n=200, columns=5):
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(n, columns))
    return rows, rows[:, 0] + 2 * draw.normal(size=n)


def test_the_automatic_recipe_trains_noisy_rows_shortly_and_clean_ones_to_the_end(tmp_path):
    (rows, target), brief = noisy(), dict(random_state=0, dropout=0)
    short = NSADRegressor("silu", **brief).fit(rows, target)
    whole = NSADRegressor("silu", recipe="strong", **brief).fit(rows, target)
    assert short.recipe_.steps < whole.recipe_.steps_on(200) / 2 and "steps" in short.recipe_.name
    unseen = noisy(1000)[0][200:]
    assert short.score(unseen, unseen[:, 0]) > whole.score(unseen, unseen[:, 0])
    clean = NSADRegressor("silu", **brief).fit(rows, rows[:, 0])
    assert clean.recipe_.steps_on(200) > 2 * short.recipe_.steps
    again = NSADRegressor.load(short.save(tmp_path / "short.nsad")).set_params(warm_start=True)
    assert again.fit(rows, target).recipe_ == short.recipe_


def test_what_a_search_finds_trains_as_long_as_if_it_had_been_given():
    (rows, target), how = noisy(100), dict(hidden=(8,), embedding=None, random_state=2)
    only = dict(SMALL, starters=("relu(x)",), initial_size=1)
    found = NSADRegressor(budget=1, engine_options=only, **how).fit(rows, target)
    given = NSADRegressor("relu(x)", **how).fit(rows, target)
    assert found.formula_.text == "relu(x)" and found.recipe_ == given.recipe_
    assert given.recipe_ != NSADRegressor("silu(x)", **how).fit(rows, target).recipe_


@pytest.mark.parametrize("told", [dict(max_iter=4), dict(recipe="strong"), dict(early_stopping=True),
                                  dict(n_iter_no_change=2), dict(recipe=Recipe("own", epochs=4))], ids=str)
def test_who_says_how_long_to_train_is_obeyed(told):
    net = NSADRegressor("silu", hidden=(4,), random_state=0, **told).fit(*noisy(60))
    assert net.recipe_.steps is None


@pytest.mark.parametrize("n_rows", [49, 1000])
def test_very_few_rows_and_many_are_trained_by_the_whole_recipe(n_rows):
    recipe = NSADRegressor("silu", hidden=(4,), random_state=0).fit(*noisy(n_rows)).recipe_
    assert recipe == Recipe("strong").for_rows(n_rows, "regression")


def test_three_sentences_explain_a_network():
    net = NSADClassifier(budget=2, engine_options=SMALL, **TINY).fit(X, Y)
    where, gained, does = net.explain().splitlines()
    assert net.formula_.text in where and "60 rows" in where
    assert "ReLU" in gained and "parameters" in does and "X0" in does
    assert "was given" in NSADClassifier("x*exp(-x**2)", **TINY).fit(X, Y).explain()


RECIPE = dict(epochs=2)
SEARCH = dict(budget=6, engine_options=dict(initial_size=3, generations=1, finalists=2, final_seeds=2, lr_factors=(1,)), recipe=RECIPE)


def test_a_weight_is_so_many_rows_of_words_gaps_and_dates():
    frame, label = mixed()
    weights = np.arange(len(frame)) % 4
    for parameters in (SEARCH, dict(activation="silu", recipe=RECIPE)):
        net = NSADClassifier(random_state=1, **parameters)
        first = net.fit(frame, label, sample_weight=weights).predict_proba(frame)
        rows = np.repeat(np.arange(len(frame)), weights)
        assert np.array_equal(first, net.fit(frame.iloc[rows], label[rows]).predict_proba(frame))


def test_a_search_on_words_knows_its_rows_again():
    frame, label = mixed()
    data = Dataset.from_frame(frame.assign(label=label), "label", name="mixed")
    seen = NSADClassifier(random_state=1, **SEARCH).fit(frame[:60], label[:60], sample_weight=np.full(60, 2)).discovery_.origin.seen
    assert seen.has(data).tolist() == [True] * 60 + [False] * 60


def test_gaps_of_numbers_are_the_mean_and_infinities_are_refused():
    gaps = np.where(RNG.random(X.shape) < 0.1, np.nan, X)
    net = NSADRegressor("silu", recipe=RECIPE, random_state=0).fit(gaps, B)
    filled = np.where(np.isnan(gaps), net.scaler_.mean, gaps)
    assert np.allclose(net.predict(gaps), net.predict(filled), atol=1e-5)
    with pytest.raises(ValueError, match="infinity"):
        net.predict(np.full((2, 4), np.inf))
    with pytest.raises(ValueError, match="infinity"):
        net.fit(np.where(X > 1, np.inf, X), B)


def test_what_is_no_number_in_other_rows_is_said():
    frame = pd.DataFrame(dict(size=["1,5", "2,25", "3,5", "4,75"] * 10, colour=["red", "blue"] * 20))
    net = NSADRegressor("silu", recipe=RECIPE, random_state=0).fit(frame, np.arange(40.))
    with pytest.warns(UserWarning, match="'size' has 'large' where a number is expected; it is read as a gap"):
        odd = net.predict(frame.assign(size="large"))
    assert np.isfinite(odd).all()
    net.set_params(warm_start=True)
    with pytest.warns(UserWarning, match="'size' has 'large' where a number is expected; it is read as a gap"):
        net.fit(frame.assign(size="large"), np.arange(40.))


def test_a_warm_start_keeps_the_dropout_of_its_recipe():
    rows = RNG.normal(size=(1500, 3))
    net = NSADRegressor("tanh", (4,), max_iter=1, random_state=0, warm_start=True)
    first, second = ([m.p for m in net.fit(rows, rows[:, 0]).network_.modules() if isinstance(m, nn.Dropout)] for _ in range(2))
    assert first == second == [net.recipe_.dropout]


def test_constants_of_each_channel_are_given_to_few_rows():
    waves = SymbolicActivation("sin(1.4*x)", trainable=True, per_channel=4)
    net = NSADRegressor(waves, (4,), random_state=0).fit(X, B)                     # the length of training is tried with another activation
    assert np.isfinite(net.predict(X)).all()


@pytest.mark.parametrize("options, says", [(dict(budget=9), "budget=9; say it to the estimator, as budget"),
                                           (dict(seed=3), "seed=3; say it to the estimator, as random_state")])
def test_what_the_estimator_says_itself_is_no_option_of_the_engine(options, says):
    with pytest.raises(ValueError, match=f"engine_options has {says}"): NSADRegressor(engine_options=options).fit(X, B)


def test_what_was_made_of_a_column_is_said():
    frame, label = mixed()
    with pytest.warns(UserWarning, match="'code' is different in every row, like an identifier, and is left out"):
        net = NSADClassifier("relu", recipe=RECIPE).fit(frame.assign(code=[f"n{i}" for i in range(len(frame))]), label)
    assert net.feature_importances_.shape == (5,) and net.feature_importances_[4] == 0


def test_single_settings_stand_before_those_of_the_recipe():
    net = NSADRegressor("relu", recipe=Recipe("own", steps=7, batch_size=20, dropout=0.25), random_state=0).fit(X, B)
    assert (net.recipe_.steps, net.recipe_.batch_size, net.network_[3].p) == (7, 20, 0.25)
    net.set_params(max_iter=4, lr=0.5, dropout=0., weight_decay=0.).fit(X, B)
    recipe = net.recipe_
    assert (recipe.epochs, recipe.steps, recipe.lr, recipe.dropout, recipe.weight_decay) == (4, None, 0.5, 0., 0.)
    assert net.n_iter_ == 4 and "max" not in recipe.name and "epochs" in recipe.name
    with pytest.raises(ValueError, match="no setting 'epoch'; it has name, epochs"):
        NSADRegressor("relu", recipe=dict(epoch=2)).fit(X, B)
    stopped = NSADRegressor("relu", recipe=Recipe("patient", epochs=200, patience=2, lr=0.05), random_state=0).fit(X, RNG.normal(size=60))
    assert stopped.n_iter_ < 200


def loss_of(net, formula): return net.discovery_.candidates.query("rung == 2").groupby("formula").loss.mean()[formula]


def test_the_gain_over_relu_is_told_with_its_numbers_and_its_noise():
    net = NSADRegressor(random_state=1, **SEARCH).fit(X, B)
    gained = net.explain().splitlines()[1]
    assert net.formula_.text == "relu(x)" and "No formula was better than ReLU" in gained and f"{loss_of(net, 'relu(x)'):.4g}" in gained
    assert len(net.explain().splitlines()) == 3 and "operation" in net.explain()
    rows = np.random.default_rng(0).uniform(-3, 3, (200, 1))
    options = SEARCH["engine_options"] | dict(starters=["sin(x)", "sin(2*x)"], initial_size=2, population_size=2, tune=0)
    net = NSADRegressor(hidden=(8,), random_state=1, budget=8, engine_options=options, recipe=Recipe("longer", steps=250, batch_size=32)).fit(
        rows, np.sin(3 * rows[:, 0]))
    gained = net.explain().splitlines()[1]
    assert net.formula_.text == "sin(2*x)" and "standard error" in gained
    assert f"{loss_of(net, 'sin(2*x)'):.4g}" in gained and f"{loss_of(net, 'relu(x)'):.4g}" in gained


@pytest.mark.parametrize("change", [
    lambda rule: rule["columns"].pop(), lambda rule: rule["columns"][0].update(how="eval"), lambda rule: rule["columns"][1].update(levels=[1]),
    lambda rule: rule["columns"][1].update(more=1), lambda rule: rule["columns"][0].update(spelling={"kind": "number", "decimal": "x"}),
    lambda rule: rule.update(columns=None)])
def test_a_rule_that_no_table_has_left_is_refused(tmp_path, change):
    frame = pd.DataFrame(dict(size=["1,5", "2,25", "3,5", "4,75"] * 10, colour=["red", "blue"] * 20))
    path = NSADRegressor("silu", recipe=RECIPE, random_state=0).fit(frame, np.arange(40.)).save(tmp_path / "net.nsad")

    def by(data):
        about = json.loads(data)
        change(about["fitted"]["encoding_"])
        return json.dumps(about).encode()
    path.write_bytes(changed(path.read_bytes(), "estimator.json", by))
    with pytest.raises(ValueError, match="is not a saved NSADRegressor"):
        NSADRegressor.load(path)


def test_skops_keeps_the_rule_of_a_table_as_well():
    skops = pytest.importorskip("skops.io")
    frame, label = mixed()
    net = NSADClassifier("silu", recipe=RECIPE, random_state=0).fit(frame, label)
    content = skops.dumps(net)
    kinds = skops.get_untrusted_types(data=content)
    assert kinds == ["nsad.estimators.NSADClassifier"]
    assert np.array_equal(skops.loads(content, trusted=kinds).predict_proba(frame), net.predict_proba(frame))


class Interrupted:
    "An engine that has found something when it is told to end."

    def __init__(self, by):
        self.by = by

    def search(self, X, y, task, seed, budget):
        yield Candidate(Formula("sin(x)"), 0.3)
        raise self.by


@pytest.mark.parametrize("by", [KeyboardInterrupt(), Stopped(signal.SIGTERM)], ids=["Ctrl-C", "SIGTERM"])
def test_a_fit_that_is_interrupted_ends_and_is_not_fitted_by_half_a_search(by):
    net = NSADClassifier("relu", **TINY).fit(X, Y)
    net.set_params(activation=None, engine=Interrupted(by))
    with pytest.raises(KeyboardInterrupt):
        net.fit(2 * X, Y)
    with pytest.raises(NotFittedError):    # neither half a search nor the earlier network with other scales
        net.predict(X)


class Knows:
    "An engine that has one formula to offer."

    def __init__(self, text):
        self.text = text

    def search(self, X, y, task, seed, budget):
        yield Candidate(Formula(self.text), 0.3)


def test_constants_of_what_is_found_learn_where_that_pays(tmp_path):
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(400, 3))
    wave, noise = np.sin(4 * rows[:, 0]), draw.normal(size=400)
    how = dict(engine=Knows("sin(1.2*x)"), embedding=None, recipe=Recipe("brief", steps=200), random_state=0)
    learnt = NSADRegressor(**how).fit(rows, wave)
    assert learnt.discovery_.best.text == "sin(1.2*x)" != learnt.formula_.text
    assert learnt.activation_.constants.requires_grad and "found" in learnt.explain()
    assert re.search(r"went on learning; the first layer has sin\(\d\.\d{1,2}\*x\)\.", learnt.explain())
    again = NSADRegressor.load(learnt.set_params(engine="network").save(tmp_path / "learnt.nsad"))
    assert again.formula_ == learnt.formula_ and np.array_equal(again.predict(rows), learnt.predict(rows))
    asked = NSADRegressor(**how, time_limit=60).fit(rows, wave), NSADRegressor(**how).fit(rows, noise)
    assert learnt.score(rows, wave) > asked[0].score(rows, wave)
    assert [net.formula_.text for net in asked] == ["sin(1.2*x)", "sin(1.2*x)"]
