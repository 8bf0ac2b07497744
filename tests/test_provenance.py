"""No activation is tested on rows that its search has seen, by whichever door it comes."""
import copy
import json
import pickle
import shlex
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from torch import nn

from helpers import nsad, nsad_here
from nsad import (
    ActivationLibrary,
    Dataset,
    Discovery,
    Formula,
    NSADClassifier,
    Recipe,
    Study,
    SymbolicActivation,
    discover,
    load_dataset,
    split,
    transfer_matrix,
)
from nsad.data import SAMPLES
from nsad.discovery import Candidate, discover_on_splits
from nsad.provenance import MOST_MARKS, SeenRows, leak, origins, row_marks, seen_as_json, seen_from_json, seen_share

pytestmark = pytest.mark.slow

SHORT = Recipe("short", 1, 128)


class Guess:
    "An engine that proposes one formula."
    def search(self, X, y, task, seed, budget): yield Candidate(Formula("x*cos(x)"), 0.5)


@pytest.fixture(scope="module")
def magic(): return load_dataset("magic", rows=600, data_home=SAMPLES)


def searched(ds, seed=42, **options): return discover(ds.take(split(ds, seed=seed).train), Guess(), seed=seed, progress=False, **options)


def study(datasets, found, seeds=(42,), **options): return Study(datasets, {"relu": "relu", "found": found}, seeds=seeds, recipe=SHORT, **options)


def refused(*args, **options):
    with pytest.raises(ValueError, match="cannot be tested.*has seen.*test rows") as caught: study(*args, **options).run(progress=False)
    return str(caught.value)


def test_a_discovery_is_an_activation_of_a_study(magic):
    found = searched(magic)
    rows = study([magic], found, seeds=(42,)).run(progress=False)
    assert list(rows.formula) == ["relu", found.best.text] and set(rows.split_seed) == {42}


def test_a_discovery_for_each_seed(magic):
    found = discover_on_splits(magic, np.arange(42, 44), Guess(), progress=False)
    assert list(found) == [42, 43]
    rows = study([magic], found, seeds=(42, 43)).run(progress=False)
    assert list(rows.split_seed) == [42, 43] * 2
    assert "split seed 42" in refused([magic], {42: found[43], 43: found[42]}, seeds=(42, 43))
    with pytest.raises(ValueError, match="'found' has nothing for seed 44; it has something for 42, 43"): study([magic], found, seeds=(42, 44))


def test_another_split_is_refused_with_the_one_to_take(magic):
    found = searched(magic, 7)
    assert "split_seed=7 (--split-seed 7)" in refused([magic], found, seeds=(42,))
    assert "split_seed=7" in refused([magic], found, seeds=(1, 7))
    assert "split_seed=7" in refused([magic], found, split_seed=3)
    assert set(study([magic], found, seeds=(1, 2), split_seed=7).run(progress=False).split_seed) == {7}
    assert study([magic], found).with_fair_split().split_seed == 7


FORMS = {"the best formula": lambda found: found.best, "one of the front": lambda found: found.choose("score"),
         "a module": lambda found: SymbolicActivation(found.best), "a list of layers": lambda found: ["relu", found.best],
         "a formula of the formula": lambda found: Formula(found.best), "pickled": lambda found: pickle.loads(pickle.dumps(found.best)),
         "copied": lambda found: copy.deepcopy(found.best), "its derivative": lambda found: Formula("x + 0.1*sin(x)").substitute({"x": found.best}).derivative(),
         "put into another": lambda found: Formula("x + X1").substitute({"x": found.best, "X1": "0.5*x"}), "another put into it": lambda found: found.best.substitute({"x": "2*x"}),
         "collapsed": lambda found: Formula("X0 + X1").substitute({"X0": found.best}).collapse(),
         "with constants that learn": lambda found: SymbolicActivation(Formula("0.5*x + X1").substitute({"X1": found.best}).collapse(), trainable=True).formula,
         "a module that was saved": lambda found: pickle.loads(pickle.dumps(SymbolicActivation(found.best))),
         "a network's part": lambda found: nn.Sequential(SymbolicActivation(found.best)), "a saved file": lambda found: Discovery.from_json(found.to_json())}


@pytest.mark.parametrize("form", FORMS)
def test_the_source_is_known_in_every_form(magic, form): refused([magic], FORMS[form](searched(magic)), seeds=(43,))


def test_more_rows_or_other_rows_of_the_same_table(magic):
    found = searched(magic)
    wider = load_dataset("magic", rows=900, data_home=SAMPLES)
    assert "search anew" in refused([wider], found, seeds=(42,))
    refused([load_dataset("magic", rows=600, seed=7, data_home=SAMPLES)], found, seeds=(42,))


def test_a_formula_made_of_two_searches_remembers_both(magic, tmp_path):
    first, second = searched(magic), searched(load_dataset("magic", rows=500, seed=8, data_home=SAMPLES))
    both = Formula("x + X1").substitute({"x": first.best, "X1": second.best})
    assert len(origins(both)) == 2 and len(origins(both.collapse())) == 2
    assert origins(Formula("x + X1").substitute({"x": first.best, "X1": first.best}))[0].dataset == magic.name
    with pytest.raises(ValueError, match="made of formulas of 2 searches"):
        ActivationLibrary(tmp_path / "lib").add("both", both.collapse())
    assert origins(Formula(str(first.best))) == []              # what was typed comes from nowhere


CHANGES = {"a row appended": lambda f: pd.concat([f, f.iloc[[0]].assign(fLength=123.)], ignore_index=True), "rows in another order": lambda f: f.sample(frac=1, random_state=0),
           "rows left out": lambda f: f.iloc[50:], "numbers as text": lambda f: f.astype({"fSize": str}), "a column beside": lambda f: f.assign(one=np.arange(len(f)) % 7),
           "columns in another order": lambda f: f[[*reversed(f.columns)]], "columns by other names": lambda f: f.rename(columns=lambda c: c if c == "target" else c.upper()),
           "another label": lambda f: f.assign(target=np.where(f.fAlpha > 20, "far", "near"))}


@pytest.mark.parametrize("change", CHANGES)
def test_a_table_that_has_changed_is_known_by_its_rows(magic, change):
    found = searched(magic)
    changed = Dataset.from_frame(CHANGES[change](magic.to_frame()), "target", name="other")
    refused([changed], found, seeds=(43,))


def test_another_name_does_not_help(magic): refused([replace(magic, name="gamma")], searched(magic), seeds=(43,))


def test_natural_duplicates_are_no_leak():
    "A row that also stands in the split's own training part may be seen by anyone who trains there."
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (400, 2)).astype(float)
    ds = Dataset.from_arrays(X, (X[:, 0] > X[:, 1]).astype(int), name="dice")
    found = searched(ds)
    assert SeenRows.of(ds.take(split(ds, seed=43).train)).has(ds).all()
    assert leak(found.origin, ds, 43) == ""
    assert len(study([ds], found, seeds=(43,)).run(progress=False)) == 2


def test_a_single_row_counts(magic):
    parts = split(magic, seed=42)
    one_more = np.append(parts.train, parts.test[0])
    found = discover(magic.take(one_more), Guess(), seed=42, progress=False)
    assert "1% of the test rows" in refused([magic], found, seeds=(42,))


def test_rows_of_another_table_and_formulas_that_were_typed_pass(magic):
    spam = load_dataset("spambase", rows=300, data_home=SAMPLES)
    assert len(study([magic], searched(spam), seeds=(42,)).run(progress=False)) == 2
    assert len(study([magic], searched(magic).best.text, seeds=(43,)).run(progress=False)) == 2


def test_of_many_rows_a_sample_is_kept():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(30_000, 3))
    ds = Dataset.from_arrays(X, rng.integers(0, 2, 30_000), name="large")
    seen = SeenRows.of(ds.take(split(ds, seed=42).train))
    assert seen.rows == 24_000 and len(seen.marks) == MOST_MARKS and len(json.dumps(seen_as_json(seen))) < 80_000
    back = seen_from_json(json.loads(json.dumps(seen_as_json(seen))))
    found = replace(searched(ds).origin, seen=back)
    assert leak(found, ds, 42) == ""
    assert 0.75 < seen_share(back, ds, split(ds, seed=43).test) < 0.85
    assert "of the test rows" in leak(found, ds.take(rng.permutation(30_000)[:3000]), 1)


def test_hashes_of_rows_stay_what_they_are():
    "Files are read by later versions: these numbers are a promise."
    ds = Dataset.from_arrays(np.array([[1.5, -2.0], [0.1, 1e9]]), [0, 1])
    assert row_marks(ds).tolist() == [104586826884074, 68667113479592]
    assert len(set(row_marks(Dataset.from_arrays(np.array([[1., 2.], [2., 1.], [-0., 0.], [0., 0.]]), [0, 1, 0, 1])).tolist())) == 3


def test_what_is_no_list_of_hashes_is_refused(magic):
    raw = json.loads(searched(magic).to_json())
    for broken in ({"rows": 3}, {"rows": -1, "columns": [], "marks": "AAAAAAAA"}, {"rows": 3, "columns": [], "marks": "?"}, 7):
        raw["provenance"]["seen"] = broken
        with pytest.raises(ValueError, match="not a saved discovery"): Discovery.from_json(json.dumps(raw))


def test_a_file_without_hashes_is_judged_by_what_it_says(magic):
    "Files of earlier versions know the fingerprint of their rows and the name of the table."
    def without(found): return replace(found, provenance={k: v for k, v in found.provenance.items() if k != "seen"})
    old = without(searched(magic))
    assert len(study([magic], old, seeds=(42,)).run(progress=False)) == 2
    with pytest.raises(ValueError, match="may have seen test rows; take the split.*split_seed=42"): study([magic], old, seeds=(43,)).run(progress=False)


def test_a_library_remembers_which_rows_were_seen(magic, tmp_path):
    library = ActivationLibrary(tmp_path)
    library.add("whole", searched(magic))
    library.add("formula", searched(magic).best)
    library.add("rows", "x*cos(x)", dataset=magic.take(split(magic, seed=42).train))
    for name in library.names:
        refused([magic], library.get(name), seeds=(43,))
        refused([magic], library.entry(name).activation(trainable=True), seeds=(43,))
    library.export(tmp_path / "sent.zip")
    other = ActivationLibrary(tmp_path / "other")
    other.import_from(tmp_path / "sent.zip")
    refused([magic], other.get("whole"), seeds=(43,))
    assert library.search(text=library.entry("whole").data["seen"]["marks"][:6]).empty


def test_a_transfer_matrix_compares_rows_not_names(magic):
    everything = discover((magic.X, magic.y), Guess(), progress=False)
    with pytest.raises(ValueError, match="'sneaky' cannot be tested: its search has seen 100% of the test rows of 'magic'"):
        transfer_matrix({"sneaky": everything}, targets=[magic], seeds=(42,), specialist=False, recipe=SHORT, progress=False)
    with pytest.raises(ValueError, match="'sneaky' cannot be tested"):
        transfer_matrix({"sneaky": everything.best}, targets=[magic], seeds=(42,), specialist=False, recipe=SHORT, progress=False)
    twin = replace(magic.take(range(599, -1, -1)), name="twin")
    with pytest.raises(ValueError, match="'magic' and 'twin' share rows"):
        transfer_matrix([magic, twin], seeds=(42,), recipe=SHORT, progress=False)


def test_origins_of_a_model_that_is_no_network(magic):
    from nsad.baselines import MLP
    found = searched(magic)
    assert [o.seed for o in origins(MLP(like="relu", activation=found.best))] == [42]
    with pytest.raises(ValueError, match="'wide' cannot be tested"):
        Study([magic], ["relu"], seeds=(43,), recipe=SHORT, models={"wide": MLP(like="relu", activation=found.best)}).run(progress=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    "A table, and the file of a search on it."
    path = tmp_path_factory.mktemp("leaks")
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(300, 3)), columns=list("abc")).round(4)
    table.assign(label=np.where(table.a * table.b > 0, "yes", "no")).to_csv(path / "own.csv", index=False)
    nsad("discover", "own.csv", "--target", "label", "--budget", 9, "--epochs", 2, "--seed", 7, "--no-judge", "-o", "found.json", "--quiet", cwd=path)
    return path


STUDY = ("study", "own.csv", "--target", "label", "--seeds", "1,2", "--epochs", "2", "--json", "--quiet", "-a", "relu", "-a")


def test_the_command_takes_the_split_of_a_discovery_and_says_so(folder):
    run = nsad_here(*STUDY, "found.json", cwd=folder)
    assert {row["split_seed"] for row in json.loads(run.stdout)} == {7} and "its test rows are new to found.json" in run.stderr
    run = nsad_here(*STUDY, "found.json", "--split-seed", 3, cwd=folder, code=1)
    assert "--split-seed 7" in run.stderr and "Traceback" not in run.stderr
    (folder / "longer.csv").write_text((folder / "own.csv").read_text() + "1.5,2.5,3.5,yes\n")
    assert "search anew" in nsad_here(*(w.replace("own", "longer") for w in STUDY), "found.json", cwd=folder, code=1).stderr


def test_the_printed_next_step_is_safe(folder):
    "Followed to the letter, it tests on rows that the search has not seen."
    printed = nsad_here("discover", "own.csv", "--target", "label", "--budget", 9, "--epochs", 2, "--seed", 7, "--no-judge", "--quiet", cwd=folder).stdout
    words = shlex.split(next(line for line in printed.splitlines() if line.startswith("next: nsad "))[len("next: nsad "):])
    run = nsad_here(*words, "--seeds", "1,2", "--epochs", "2", "--json", "--quiet", cwd=folder)
    assert {row["split_seed"] for row in json.loads(run.stdout)} == {7}


def test_the_printed_next_step_draws_the_same_rows(tmp_path):
    printed = nsad_here("discover", "magic", "--rows", 900, "--data-home", SAMPLES, "--budget", 9, "--epochs", 2, "--seed", 7, "--no-judge", "--quiet", cwd=tmp_path).stdout
    words = shlex.split(next(line for line in printed.splitlines() if line.startswith("next: nsad "))[len("next: nsad "):])
    run = nsad_here(*words, "--seeds", "1", "--epochs", "2", "--json", "--quiet", cwd=tmp_path)
    assert {row["split_seed"] for row in json.loads(run.stdout)} == {7}
    path = words[-1]
    for other in (["--rows", 900], ["--rows", 1200, "--draw-seed", 7]):
        run = nsad_here("study", "magic", "--data-home", SAMPLES, *other, "--seeds", 42, "-a", "relu", "-a", path, "--quiet", cwd=tmp_path, code=1)
        assert "--rows 900 --draw-seed 7 --split-seed 7" in run.stderr


def test_a_name_in_the_library_is_no_way_round(folder):
    nsad_here("library", "add", "--library", "lib", "mine", "found.json", cwd=folder)
    run = nsad_here(*STUDY, "library:mine", cwd=folder, NSAD_LIBRARY="lib")
    assert {row["split_seed"] for row in json.loads(run.stdout)} == {7}
    run = nsad_here(*STUDY, "library:mine", "--split-seed", "3", cwd=folder, code=1, NSAD_LIBRARY="lib")
    assert "--split-seed 7" in run.stderr


def test_what_an_estimator_found_has_seen_its_rows_as_they_came(magic):
    net = NSADClassifier(None, (8,), max_iter=2, budget=4, random_state=0, engine_options=dict(population_size=4, initial_size=4, generations=1))
    net.fit(magic.X[:400] * 1., magic.y[:400])
    for spec in (net.discovery_, net.formula_, net.discovery_.best): refused([magic], spec, seeds=(42,))
