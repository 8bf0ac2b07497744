"""What a newcomer writes first: it works, or the error says what to write."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from helpers import ROOT
from nsad import (
    ActivationLibrary,
    Dataset,
    ModelProblem,
    NSADClassifier,
    Recipe,
    Study,
    SymbolicActivation,
    TableProblem,
    discover,
    light,
    mlp,
    replace_activations,
    split,
    train,
)
from nsad.export import to_c, to_onnx
from nsad.fields import FieldEnsemble
from nsad.judgement import judge
from nsad.models import MLPEnsemble
from nsad.paper import Reproduction, claims

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize("mistake, remedy", [
    (lambda: split(X, Y), r"Dataset\.from_arrays\(X, y\)"),
    (lambda: discover(X, Y), r"discover\(\(X, y\)\)"),
    (lambda: discover(pd.DataFrame(X)), r"Dataset\.from_frame"),
    (lambda: discover("magic"), r"load_dataset\('magic'\)"),
    (lambda: SymbolicActivation("relu"), r"relu\(x\)"),
    (lambda: SymbolicActivation("swish"), r"swish\(x\)"),
    (lambda: replace_activations(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), "relu", "sin(x)"), r"nn\.ReLU"),
], ids=["split", "two arrays", "frame", "name", "relu", "swish", "replace"])
def test_a_first_mistake_is_told_with_its_remedy(mistake, remedy):
    with pytest.raises((ValueError, TypeError), match=remedy):
        mistake()


BRIEF = Recipe("brief", steps=2)
TABLE = Dataset.from_arrays(X, Y)


def search(**options):
    return discover((X, Y), **dict(recipe=BRIEF, hidden=(4,), budget=4, final_seeds=1, lr_factors=(1,), progress=False) | options)


@pytest.mark.parametrize("option", [
    dict(population_size=0), dict(generations=0), dict(initial_size=0), dict(tournament_size=0), dict(max_nodes=1),
    dict(max_nodes=2, operators=("add",)), dict(parsimony=float("nan")), dict(promote=-1), dict(promote=1.5), dict(rows=1),
    dict(screen_rows=0), dict(final_rows=0), dict(final_seeds=0), dict(tune=-1), dict(per_layer=-1), dict(stack_size=0),
    dict(fidelity=0.5), dict(fidelity=("a", "b")), dict(steps=5), dict(steps=(5,)), dict(scales=3), dict(scales=(2, 1)), dict(lr_factors=1),
    dict(hidden=()), dict(hidden=(0,)), dict(hidden="64-32"), dict(hidden=(8.5,)), dict(recipe="paper"), dict(recipe=3),
    dict(device="gpu0"), dict(seed=-1), dict(seed=2**70),
], ids=str)
def test_an_option_of_a_search_that_cannot_be_is_named_with_its_value(option):
    name, value = next(iter(option.items()))
    with pytest.raises(ValueError, match=rf"{name}={re.escape(repr(value))}"):
        search(**option)


def test_a_setting_that_a_recipe_has_not_is_named():
    with pytest.raises(ValueError, match="no setting 'epoch'; it has name, epochs"):
        search(recipe=dict(epoch=3))


def test_two_names_of_one_option_may_not_say_two_things():
    with pytest.raises(ValueError, match="starters=.*initial_formulas=.*one option"):
        search(starters=["sin(x)"], initial_formulas=["cos(x)"])


def constant(activation, seed, fidelity): return 1.0


@pytest.mark.parametrize("option", [dict(hidden=(128,)), dict(recipe=BRIEF), dict(lr=0.1), dict(rows=9), dict(steps=(2, 2)), dict(embedding="periodic"),
                                    dict(scaling="robust"), dict(device="cuda"), dict(objective="shifted"), dict(per_layer=2)], ids=str)
def test_a_problem_is_not_given_what_only_tables_read(option):
    with pytest.raises(ValueError, match=rf"{next(iter(option))}=.*is for tables"):
        discover(constant, budget=4, progress=False, **option)


def test_a_problem_may_be_told_that_nothing_is_to_be_done():
    found = discover(constant, budget=4, progress=False, tune=0, lr_factors=(1,), per_layer=0, embedding=None)
    assert found.best.text == "relu(x)"


def far_from_a_bell(activation, seed, fidelity):
    z = torch.linspace(-1, 1, 99)
    return float((activation(z) - torch.exp(-(4 * z)**2)).abs().mean())


@pytest.mark.parametrize("tune", [0, 3])
def test_a_problem_is_asked_for_other_scales_of_its_best_formulas(tune):
    found = discover(far_from_a_bell, seed=1, budget=50, tune=tune, scales=(0.5, 50), starters=["exp(-x**2)", "sin(x)"], initial_size=12, progress=False)
    assert ("tuned" in set(found.candidates.source)) == bool(tune)


@pytest.mark.parametrize("use", [
    lambda recipe: TableProblem(TABLE, recipe=recipe), lambda recipe: Study(TABLE, "relu", recipe=recipe),
    lambda recipe: train(mlp(3, 4), X, Y, recipe=recipe),
    lambda recipe: ModelProblem(lambda a: mlp(3, 4, a), (X, Y), (X, Y), "binary", recipe=recipe),
], ids=["table", "study", "train", "model"])
def test_a_recipe_is_one_or_its_settings_wherever_it_goes(use):
    with pytest.raises(ValueError, match="recipe='paper' must be a Recipe"):
        use("paper")
    use(dict(steps=2))


@pytest.mark.parametrize("device", ["gpu0", "cuda:99", "auto:1", ""])
def test_a_device_that_is_not_there_is_named_with_what_to_take(device):
    with pytest.raises(ValueError, match=rf"device='{device}' cannot be used here .*take 'auto', 'cpu'"):
        train(mlp(3, 4), X, Y, recipe=BRIEF, device=device)


def test_a_table_keeps_its_device_in_a_search():
    with pytest.raises(ValueError, match="device='gpu0'"):
        discover(TableProblem(TABLE, hidden=4, recipe=BRIEF, device="gpu0"), budget=4, progress=False)


FAST = dict(recipe=BRIEF, network="4", n_seeds=2, tune=False)
SHIPPED = ActivationLibrary.shipped()
TRIAL = dict(names=["forest-bell"], rows=30, steps=2, seeds=(1,), hidden=(4,))


@pytest.mark.parametrize("mistake, says", [
    (lambda: Study([(X, Y)], "relu"), r"not tuple .*Dataset\.from_arrays\(X, y\)"),
    (lambda: Study([3], "relu"), "not int 3"),
    (lambda: Study(TABLE, "relu", seeds=3), r"seeds=3 must be several, such as \(42, 43, 44\)"),
    (lambda: Study(TABLE, "relu", test=0), "test=0 must be a share"),
    (lambda: judge((X, Y), "sin(x)", **FAST), r"Dataset\.from_arrays"),
    (lambda: judge(TABLE, "sin(x)", **FAST | dict(recipe="paper")), "recipe='paper' must be a Recipe"),
    (lambda: judge(TABLE, "sin(x)", lasting=1.5, **FAST), "lasting=1.5 must be a whole number"),
    (lambda: judge(TABLE, "sin(x)", lasting=0, **FAST), "lasting=0 must be"),
    (lambda: judge(TABLE, "sin(x)", **FAST | dict(n_seeds=0)), "n_seeds=0 must be"),
    (lambda: SHIPPED.recommend(TABLE, **TRIAL | dict(seeds=())), r"seeds=\(\): 0 seeds; give one"),
    (lambda: SHIPPED.recommend(TABLE, **TRIAL | dict(seeds=3)), "seeds=3: one number; give one"),
    (lambda: SHIPPED.recommend(TABLE, **TRIAL | dict(hidden="4")), "hidden='4' must name"),
    (lambda: SHIPPED.recommend(TABLE, **TRIAL | dict(steps=0)), "steps=0 must be"),
    (lambda: SHIPPED.recommend(TABLE, **TRIAL | dict(recipe="paper")), "recipe='paper' must be a Recipe"),
    (lambda: ActivationLibrary("nowhere").add("a", SymbolicActivation("sin(x)")), "formula is a SymbolicActivation; .*of a layer its `formula`"),
    (lambda: ActivationLibrary("nowhere").add("a", None), "formula is a NoneType"),
    (lambda: SymbolicActivation("sin(x)")(torch.arange(3)), r"not torch\.int64; give x\.float\(\)"),
    (lambda: SymbolicActivation("sin(x)")(np.ones(3)), r"not ndarray; give torch\.as_tensor\(x\)"),
    (lambda: mlp(0), r"n_features=0 must be a whole number of at least 1, such as .*X\.shape\[1\]"),
    (lambda: mlp(2.5), "n_features=2.5 must be a whole number"),
    (lambda: mlp("3"), "n_features='3' must be a whole number"),
    (lambda: mlp(None), "n_features=None must be"),
    (lambda: mlp(True), "n_features=True must be"),
    (lambda: mlp(3, n_outputs=0), "n_outputs=0 must be a whole number of at least 1, such as 1, or the number of classes"),
    (lambda: mlp(3, n_outputs=-2), "n_outputs=-2 must be"),
    (lambda: mlp(3, n_outputs="two"), "n_outputs='two' must be"),
    (lambda: MLPEnsemble(-3, ["relu"]), "n_features=-3 must be a whole number of at least 1"),
    (lambda: FieldEnsemble(["sin(x)"], n_inputs=0), "n_inputs=0 must be a whole number of at least 1, such as 2 for images"),
    (lambda: FieldEnsemble(["sin(x)"], n_outputs=2.5), "n_outputs=2.5 must be"),
    (lambda: FieldEnsemble(["sin(x)"], hidden=(8, 0)), r"hidden=\(8, 0\) must name layers"),
    (lambda: to_onnx(mlp(3), "never.onnx", n_features="all"), r"n_features='all' must be a whole number .*or None"),
    (lambda: to_onnx("sin(x)", "never.onnx", n_features=0), "n_features=0 must be"),
    (lambda: light(X.shape), r"n_features=\(40, 3\) must be a whole number"),
    (lambda: replace_activations(3, nn.ReLU, "sin(x)"), "model=3 is no network; give an nn.Module"),
    (lambda: replace_activations("relu"), "model='relu' is no network"),
    (lambda: replace_activations(nn.ReLU), "model=.*ReLU.*is no network"),
    (lambda: replace_activations(3, object), "model=3 is no network"),
    (lambda: replace_activations(mlp(3), 3, "sin(x)"), "old=3 is no class; give a class like nn.ReLU"),
    (lambda: replace_activations(mlp(3), nn.ReLU(), "sin(x)"), r"old=ReLU\(\) is no class; give a class"),
    (lambda: replace_activations(mlp(3), (nn.ReLU, "gelu"), "sin(x)"), "old=.*is no class; give a class"),
    (lambda: replace_activations(mlp(3), "relu", "sin(x)"), "old='relu' is a text; give a class like nn.ReLU"),
    (lambda: to_c(mlp(3, 4), dtype="int4"), "'double', of networks 'int8' too, not 'int4'"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_mistake_is_told_by_name_and_value(mistake, says):
    with pytest.raises((ValueError, TypeError), match=says):
        mistake()


def test_one_name_of_a_library_may_stand_alone():
    advice = SHIPPED.recommend(TABLE, **TRIAL | dict(names="forest-bell", hidden=4, recipe=dict(epochs=1)))
    assert set(advice.name) == {"forest-bell", ""}


def test_numbers_of_numpy_are_numbers():
    assert mlp(np.int64(3), 4, n_outputs=np.int32(2))[-1].out_features == 2
    assert {m.p for m in mlp(3, np.int64(4), dropout=np.float32(0.25)) if isinstance(m, nn.Dropout)} == {0.25}


def test_a_single_row_is_told_as_what_it_is():
    with pytest.raises(ValueError, match="one class|rows"):
        discover((X[:1], Y[:1]), progress=False)


def test_one_width_is_one_hidden_layer():
    assert [m.out_features for m in mlp(3, hidden=7) if isinstance(m, nn.Linear)] == [7, 1]
    assert search(hidden=7).provenance["options"]["hidden"] == [7]
    assert NSADClassifier("relu", hidden=7, max_iter=1, random_state=0).fit(X, Y).network_[0].out_features == 7


def test_one_of_a_kind_may_stand_alone():
    study = Study(Dataset.from_arrays(X, Y), "relu", "16-8")
    assert [*study.activations] == ["relu"] and [*study.networks] == ["16-8"] and len(list(study.cells())) == 3
    assert Study("magic", "gelu").datasets == ("magic",)


@pytest.mark.slow
def test_one_split_proves_no_claim_of_the_paper():
    "One seed has no spread: no interval, and no difference that holds."
    rows = pd.read_csv(ROOT / "benchmarks/results/reproduce-rows.csv")
    one = rows[rows.seed == 42]
    engines = sorted({a.removeprefix("specialist, ") for a in one.activation if a.startswith("specialist, ")})
    roles = {"physics": "higgs", "ecology": "forest_cover", "text": "spambase"}
    told = claims(Reproduction(one, {(e, d, 42): None for e in engines for d in roles.values()}, roles))
    assert not any("nan" in str(interval) for interval in told.interval)
    compared = told[told.claim.isin(["C1", "C2", "C5"])]
    assert len(compared) and not (compared.verdict == "holds").any()
