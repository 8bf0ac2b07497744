"""What had another name before has the field's word now, and is still understood by the earlier one."""
import json
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from nsad import Candidate, Encoding, Formula, NSADRegressor, Recipe, Study, discover, load_dataset
from nsad.discovery import discover_on_splits, load_engine
from nsad.evaluation import FittedModel

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 3)).astype("float32")
Y = np.sin(2 * X[:, 0])
TINY = dict(recipe=dict(epochs=1), population_size=4, generations=1, finalists=2, final_seeds=1, lr_factors=(1,), seed=1, progress=False)


@pytest.mark.parametrize("engine,earlier,name,value", [
    ("network", "first", "initial_size", 7), ("gplearn", "to_one", "reduction", "projections"),
    ("operon", "to_one", "reduction", "projections"), ("pysr", "to_one", "reduction", "projections")])
def test_an_option_may_be_given_by_its_earlier_name(engine, earlier, name, value):
    if engine == "operon":
        pytest.importorskip("pyoperon")
    by_each = [load_engine(engine, **{n: value}) for n in (name, earlier)]
    assert by_each[0] == by_each[1] and getattr(by_each[1], name) == value
    assert earlier not in [f.name for f in fields(by_each[1])]                 # nor twice in what a search notes
    with pytest.raises(ValueError, match=f"{name}=.*{earlier}=.*one option by two"):
        load_engine(engine, **{name: 3 if name == "initial_size" else "projections", earlier: 5 if name == "initial_size" else "collapse"})


@pytest.mark.parametrize("engine", ["gplearn", "operon", "pysr"])
@pytest.mark.parametrize("name", ["reduction", "to_one"])
def test_a_reduction_that_is_none_is_refused_by_the_name_that_was_used(engine, name):
    if engine == "operon":
        pytest.importorskip("pyoperon")
    with pytest.raises(ValueError, match=f"{name} 'sum' is not one of 'collapse', 'projections'"):
        load_engine(engine, **{name: "sum"})


def test_an_option_of_another_engine_is_unknown_by_either_name():
    for engine, name in (("gplearn", "first"), ("gplearn", "initial_size"), ("network", "to_one"), ("network", "reduction")):
        with pytest.raises(ValueError, match=f"has no option '{name}'"):
            load_engine(engine, **{name: 1})


def test_a_search_is_one_search_by_either_name():
    one, other = (discover((X, Y), **TINY, **{name: 5}) for name in ("initial_size", "first"))
    assert one.candidates.equals(other.candidates)
    assert one.provenance["options"] == other.provenance["options"] and one.provenance["options"]["initial_size"] == 5


def test_a_kept_search_is_taken_up_whichever_name_it_was_kept_by(tmp_path):
    wine = load_dataset("sklearn:wine")
    options = {k: v for k, v in TINY.items() if k not in ("seed", "progress")}
    kept, again = (discover_on_splits(wine, (1,), folder=tmp_path, progress=False, **options, **{name: 5})[1] for name in ("initial_size", "first"))
    assert again.provenance["seconds"] == kept.provenance["seconds"]           # read, not searched again
    path, = tmp_path.glob("*.json")
    raw = json.loads(path.read_text("utf-8"))
    raw["provenance"]["options"]["first"] = raw["provenance"]["options"].pop("initial_size")
    path.write_text(json.dumps(raw), "utf-8")
    assert discover_on_splits(wine, (1,), folder=tmp_path, progress=False, **options, initial_size=5)[1].provenance["seconds"] == kept.provenance["seconds"]
    other = discover_on_splits(wine, (1,), folder=tmp_path, progress=False, **options, first=4)[1]
    assert other.provenance["options"]["initial_size"] == 4                    # another search


def test_an_estimator_passes_on_either_name():
    options = dict(generations=1, finalists=2, final_seeds=1, recipe=dict(epochs=1))
    net = NSADRegressor(None, (8,), max_iter=1, random_state=0, engine_options=options | dict(first=5)).fit(X, Y)
    assert net.discovery_.provenance["options"]["initial_size"] == 5           # not what the estimator would choose


def test_a_candidate_has_its_losses():
    candidate = Candidate(Formula("sin(x)"), 0.2, losses=(0.1, 0.3))
    assert candidate.losses == candidate.parts == (0.1, 0.3) and candidate.noise == pytest.approx(0.1)


class Always:
    "A model of one's own: what it predicts does not depend on the rows."
    kind = "always"

    def __str__(self): return "always 0"

    def fit(self, rows, task, n_outputs, seed, recipe, device):
        return FittedModel(lambda X: np.zeros((len(X), n_outputs)), n_parameters=0, flops=0)


class OfAPackage(Always):
    requires = "numpy"


class ByItsEarlierName(Always):
    needs = "numpy"


def test_a_baseline_may_say_what_it_requires():
    wine = load_dataset("sklearn:wine")
    models = {"own": Always(), "now": OfAPackage(), "before": ByItsEarlierName()}
    rows = Study([wine], ["relu"], seeds=(1,), recipe=Recipe("short", epochs=1), models=models).run(progress=False).set_index("activation")
    packages = {label: json.loads(rows.settings[label])["package"] for label in models}
    assert packages == {"own": "", "now": f"numpy {np.__version__}", "before": f"numpy {np.__version__}"}


def test_earlier_names_of_modules_are_there():
    from nsad.baselines import reference_models, rivals
    from nsad.evaluation import Baseline, Model
    assert Model is Baseline and rivals is reference_models


def test_the_rule_of_a_table_may_be_written_by_the_earlier_name():
    frame = pd.DataFrame({"depth": [1.5, np.nan] * 20, "site": ["a", "b"] * 20})
    rule = Encoding.of(frame)
    assert rule.columns[0].missing_indicator and "depth missing" in rule.names
    written = rule.to_dict()
    assert Encoding.from_dict(written) == rule
    for column in written["columns"]:
        column["gaps"] = column.pop("missing_indicator")
    assert Encoding.from_dict(written) == rule
    written["columns"][0]["gaps"] = "yes"
    with pytest.raises(ValueError, match="missing_indicator of a column is 'yes'"):
        Encoding.from_dict(written)
