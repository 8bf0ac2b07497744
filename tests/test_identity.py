"""Two things are one only where they compute the same: in keys of studies, in ensembles, in costs, in tables of results."""
import functools
import shutil
import sqlite3

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from nsad import Dataset, Recipe, Stack, Study, SymbolicActivation, count_parameters
from nsad.cli import app
from nsad.evaluation import ResultsStore
from nsad.identity import IdentityError, activation_specification, identity, is_plain, specification
from nsad.report import results_table
from nsad.training import member_costs

QUICK = Recipe("quick", epochs=2, batch_size=32, lr=5e-3)
SLOPE = 0.3


class Snake(nn.Module):
    "As people write it: no extra_repr."
    def __init__(self, a):
        super().__init__()
        self.a = a

    def forward(self, x): return x + torch.sin(self.a * x)**2 / self.a


class Tanh(nn.Module):
    "LeCun's."
    def forward(self, x): return 1.7159 * torch.tanh(2 * x / 3)


class Centred(nn.Module):
    "Looks at more than one number at a time."
    def forward(self, x): return torch.relu(x - x.mean(0))


class Leaky(nn.Module):
    "Reads a number of the script."
    def forward(self, x): return torch.where(x > 0, x, helper(x))


def helper(x): return SLOPE * x


def name(spec): return identity(activation_specification(spec))


def leaky(slope): return lambda: nn.LeakyReLU(slope)


@pytest.fixture(scope="module")
def toy():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    return Dataset.from_arrays(X, (np.sin(3 * X[:, 0]) + X[:, 1] > 0).astype(int), name="toy")


def learned(**options):
    act = SymbolicActivation("1.0*x*exp(-x**2)", trainable=True, **options)
    with torch.no_grad(): act.constants.mul_(1.5)
    return act


PAIRS = {
    "attributes": (Snake(.2), Snake(9.)), "parameters": (nn.PReLU(init=.01), nn.PReLU(init=3.)), "lambdas": (leaky(.2), leaky(3.)),
    "partials": (functools.partial(nn.LeakyReLU, .2), functools.partial(nn.LeakyReLU, 3.)), "a class of torch's name": (Tanh, nn.Tanh),
    "protection": (SymbolicActivation("log(x)"), SymbolicActivation("log(x)", protect=False)),
    "what learns": (SymbolicActivation("1.5*x"), SymbolicActivation("1.5*x", trainable=True)),
    "channels": ([SymbolicActivation("1.5*x", trainable=True)] * 2, [SymbolicActivation("1.5*x", trainable=True, per_channel=n) for n in (64, 32)]),
    "trained constants": (SymbolicActivation("1.0*x*exp(-x**2)", trainable=True), learned()),
    "approximation": (nn.GELU(), nn.GELU(approximate="tanh")), "parts": (nn.Sequential(nn.ReLU(), Snake(1.)), nn.Sequential(nn.ReLU(), Snake(2.)))}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_different_activations_have_different_keys_and_rows(pair, toy):
    first, second = pair
    assert name(first) != name(second) and name(first) == name(first)
    rows = Study([toy], {"first": first, "second": second}, seeds=(1,), recipe=QUICK).run(progress=False)
    assert rows.key.nunique() == 2


def test_one_activation_in_several_forms_is_one():
    assert len({name(s) for s in ("relu", "ReLU", nn.ReLU, nn.ReLU(), lambda: nn.ReLU(), functools.partial(nn.ReLU))}) == 1
    assert name("x*sin(x)") == name(SymbolicActivation("x*sin(x)")) != name("sin(x)")


@pytest.mark.skipif(shutil.which("c++") is None and shutil.which("g++") is None, reason="no C++ compiler")
def test_a_compiled_layer_is_what_it_was():
    "How quickly a layer computes is no part of what it computes; a study goes on with either."
    layer, given = SymbolicActivation("x*exp(-x**2) + 0.125*x"), identity(specification(SymbolicActivation("x*exp(-x**2) + 0.125*x")))
    assert layer.compile().backend == "compiled"
    assert identity(specification(layer)) == given == identity(specification(nn.Sequential(layer)[0]))



def test_an_edited_class_is_another(toy, tmp_path):
    def written(factor):
        class Mine(nn.Module):
            def forward(self, x): return torch.sin(x) if factor else torch.cos(x)
        return Mine

    def again():
        class Mine(nn.Module):
            def forward(self, x): return torch.cos(2 * x)
        return Mine
    classes = [written(True)(), written(False)(), again()]
    assert len({name(c) for c in classes}) == 3
    for m in classes: Study([toy], {"mine": m}, seeds=(1,), recipe=QUICK).run(tmp_path / "r.sqlite", progress=False)
    assert len(ResultsStore(tmp_path / "r.sqlite").frame()) == 3


def test_globals_and_functions_that_are_read_count(monkeypatch):
    before = name(Leaky())
    monkeypatch.setitem(globals(), "SLOPE", 0.9)
    assert name(Leaky()) != before
    monkeypatch.undo()
    assert name(Leaky()) == before
    monkeypatch.setitem(globals(), "helper", lambda x: SLOPE * x * 1.5)
    assert name(Leaky()) != before


def test_hooks_and_a_forward_of_the_instance_count():
    hooked, patched = nn.Tanh(), nn.Tanh()
    hooked.register_forward_hook(lambda module, args, out: 2 * out)
    patched.forward = lambda x: x
    assert len({name(m) for m in (nn.Tanh(), hooked, patched)}) == 3
    assert [is_plain(m, nn.Tanh) for m in (nn.Tanh(), Tanh(), hooked, patched)] == [True, False, False, False]


def test_what_cannot_be_told_apart_is_refused_with_a_remedy(toy):
    running, odd = Snake(1.), iter([nn.ReLU(), nn.Tanh()] * 9)
    running.rows = (i for i in range(3))
    for spec, said in ((running, "rows is builtins.generator"), (lambda: next(odd), "makes another module each time")):
        with pytest.raises(IdentityError, match=said):
            Study([toy], {"odd": spec}, seeds=(1,), recipe=QUICK).run(progress=False)


def test_rings_shared_parts_and_plain_values():
    ring = [1]
    ring.append(ring)
    assert specification(ring) and specification({"a": (1, 2.), "b": {3}, "c": np.arange(3), "d": None})
    assert specification(1) != specification(1.) != specification("1")
    assert specification(np.array([1., 2.])) != specification(np.array([1., 3.]))


@pytest.mark.parametrize("act", [Tanh, Centred, nn.GELU(approximate="tanh"), nn.PReLU(init=-3.), PAIRS["attributes"][0]])
@pytest.mark.parametrize("beside", [[], ["relu", "x*cos(x)"]], ids=["alone", "beside others"])
def test_a_member_of_an_ensemble_computes_its_own_activation(act, beside):
    torch.manual_seed(0)
    stack, x = Stack(5, [act, *beside], (1, 2, 3)), torch.randn(40, 5)
    out = stack.train(False)(x)
    for k in range(stack.n_members): torch.testing.assert_close(out[k], stack.member(k)(x), rtol=1e-4, atol=1e-5)


def test_costs_count_constants_of_channels():
    one = SymbolicActivation("1.0*x*exp(-x**2)", trainable=True)
    each = [SymbolicActivation("1.0*x*exp(-x**2)", trainable=True, per_channel=n) for n in (64, 32)]
    stack = Stack(7, [one, each], (1, 2))
    assert [n for n, _ in member_costs(stack)] == [count_parameters(stack.member(k)) for k in range(4)]
    assert member_costs(stack)[0] != member_costs(stack)[1]


def table_of(path):
    out = CliRunner().invoke(app, ["results", "show", str(path), "--json"])
    assert out.exit_code == 0
    return results_table(ResultsStore(path).frame())


@pytest.mark.parametrize("seeds", [(1, 2), (3, 4)], ids=["the same seeds", "other seeds"])
def test_results_of_two_formulas_under_one_label_are_not_averaged(seeds, toy, tmp_path):
    path = tmp_path / "r.sqlite"
    Study([toy], {"found": "sin(x)"}, seeds=(1, 2), recipe=QUICK).run(path, progress=False)
    Study([toy], {"found": "x**2"}, seeds=seeds, recipe=QUICK).run(path, progress=False)
    table = table_of(path)
    assert list(table.activation) == ["found: sin(x)", "found: x**2"] and list(table.seeds) == [2, 2]


def test_nor_are_two_tables_of_one_name_nor_two_recipes_of_one_name(toy, tmp_path):
    path, other = tmp_path / "r.sqlite", Dataset.from_arrays(toy.X[:150], 1 - toy.y[:150], name="toy")
    for ds in (toy, other): Study([ds], ["relu"], seeds=(1, 2), recipe=QUICK).run(path, progress=False)
    assert table_of(path).dataset.nunique() == 2
    Study([toy], ["relu"], seeds=(1, 2), recipe=Recipe("quick", epochs=3)).run(path, progress=False)
    assert len(table_of(path)) == 3


def test_one_formula_for_each_seed_is_one_label(toy, tmp_path):
    Study([toy], {"found": {1: "sin(x)", 2: "x**2"}}, seeds=(1, 2), recipe=QUICK).run(tmp_path / "r.sqlite", progress=False)
    table = table_of(tmp_path / "r.sqlite")
    assert list(table.activation) == ["found"] and list(table.seeds) == [2]


def test_a_store_of_older_keys_is_read_and_never_mixed(toy, tmp_path):
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE results (key TEXT PRIMARY KEY, dataset TEXT, network TEXT, activation TEXT, seed INTEGER, accuracy REAL)")
        db.execute("INSERT INTO results VALUES ('k', 'toy', 'light', 'relu', 1, 0.5)")
    before = path.read_bytes()
    assert ResultsStore(path).frame().accuracy[0] == 0.5
    with pytest.raises(ValueError, match="older nsad.*a study needs a new file"):
        Study([toy], ["relu"], seeds=(1,), recipe=QUICK).run(path, progress=False)
    assert path.read_bytes() == before
    with sqlite3.connect(tmp_path / "new.sqlite") as db: db.execute("PRAGMA user_version = 99")
    with pytest.raises(ValueError, match="newer nsad"):
        ResultsStore(tmp_path / "new.sqlite")


@pytest.mark.slow
def test_names_of_torch_are_torchs_whatever_a_library_or_a_folder_calls_so(toy, tmp_path, monkeypatch):
    from nsad import ActivationLibrary
    monkeypatch.setenv("NSAD_LIBRARY", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)
    for kept in ("relu", "mine"): ActivationLibrary().add(kept, "0.001*x")
    (tmp_path / "gelu").write_text("a file")
    toy.to_frame().to_csv("toy.csv", index=False)

    def run(*acts):
        args = [part for a in acts for part in ("-a", a)]
        return CliRunner().invoke(app, ["study", "toy.csv", "--target", "target", *args, "--seeds", "1", "--epochs", "2", "--quiet", "--json"])
    rows = pd.read_json(__import__("io").StringIO(run("relu", "gelu", "library:relu", "library:mine").stdout))
    assert dict(zip(rows.activation, rows.formula)) == {"relu": "relu", "gelu": "gelu", "library:relu": "0.001*x", "library:mine": "0.001*x"}
    assert "ask for it as library:mine" in str(run("mine").exception)
