"""What may be asked of a search: callbacks, logs, restarts, every candidate with its losses."""
import csv
import errno
import itertools
import json
import os
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

import nsad.discovery
from helpers import front_of
from nsad import Candidate, Dataset, Discovery, Formula, Recipe, discover
from nsad.callbacks import CSVLogger, TensorBoardLogger
from nsad.discovery import STANDARD, discover_on_splits, pareto_front
from nsad.files import FileError

X = torch.linspace(-3, 3, 61)
SMALL = dict(initial_size=24, population_size=12, generations=3, finalists=3, final_seeds=2, progress=False)


def closeness(activation, seed, fidelity):
    "No training: how near is the activation to a curve? Seeds and fidelity blur it."
    apart = (activation(X) - torch.sin(2 * X) * torch.exp(-X**2 / 4)).square().mean()
    return float(apart) + 0.01 * (1.1 - fidelity) * torch.rand(1).item()


def table(n=200):
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(n, 3))
    return Dataset.from_arrays(rows, (np.sin(2 * rows[:, 0]) + rows[:, 1] > 0).astype(int), name="waves")


@pytest.mark.slow
def test_a_callback_sees_each_generation_and_the_end():
    states = []
    found = discover(closeness, callback=states.append, **SMALL)
    assert [(s.generation, s.done) for s in states] == [(1, False), (2, False), (3, False), (0, True)]
    counts = [len(s.candidates) for s in states]
    assert counts == sorted(counts) and counts[-1] == found.provenance["candidates"]
    assert states[0].candidates[-1].closes and states[0].best.rung == 1 and states[-1].best.rung == 2
    assert states[-1].front.formula.tolist() == found.front.formula.tolist() and states[-1].seconds > 0
    assert front_of(discover(closeness, **SMALL)) == front_of(found)


def test_a_callback_ends_the_search_by_true_and_by_nothing_else(tmp_path):
    whole = discover(closeness, callback=lambda state: state.generation, **SMALL)            # 1 is no True
    assert "cut" not in whole.provenance
    told = []
    stopped = discover(closeness, callback=[lambda s: s.generation == 2, told.append], resume=tmp_path / "a.json", **SMALL)
    assert stopped.provenance["cut"] == "callback" and len(told) == 2 and len(stopped.front)
    assert stopped.candidates.generation.max() == 2 and stopped.candidates.rung.max() == 1
    assert front_of(discover(closeness, resume=tmp_path / "a.json", **SMALL)) == front_of(whole)


def test_a_callback_may_answer_with_a_truth_value_of_numpy():
    stopped = discover(closeness, callback=lambda s: s.front.loss.min() < np.inf, **SMALL)
    assert stopped.provenance["cut"] == "callback" and stopped.candidates.generation.max() == 1


def test_a_callback_ends_a_search_by_gplearn_after_a_generation():
    states, options = [], dict(population_size=40, progress=False)
    discover(table(), "gplearn", generations=3, callback=states.append, **options)
    assert [s.generation for s in states[:-1]] == [1, 2, 3][:len(states) - 1] and len(states) > 1
    stopped = discover(table(), "gplearn", generations=50, callback=lambda s: True, **options)
    assert stopped.provenance["cut"] == "callback" and set(stopped.candidates.generation) == {1}


def test_a_callback_of_a_table_and_of_an_engine_without_generations():
    states = []
    discover(table(), recipe=Recipe("brief", steps=20), hidden=(8,), callback=states.append, **SMALL | dict(generations=2))
    assert [s.generation for s in states] == [1, 2, 0]
    class Three:
        def search(self, X, y, task, seed, budget):
            from nsad import Candidate
            for n, text in enumerate(["x", "sin(x)", "tanh(x)"]): yield Candidate(Formula(text), 1. / (n + 1))
    states.clear()
    discover(table(), Three(), callback=states.append, progress=False)
    assert [(s.generation, s.done, len(s.candidates)) for s in states] == [(0, True, 3)]


@pytest.mark.parametrize("options, words", [(dict(callback=3), "callback=3"), (dict(callback=[print, "x"]), "'x'"), (dict(restarts=0), "restarts=0"),
                                            (dict(restarts=True), "restarts=True"), (dict(restarts=1.5), "restarts=1.5"),
                                            (dict(restarts=3, budget=2), "budget=2 for restarts=3: each search needs one")])
def test_mistakes_are_named_before_anything_is_trained(options, words):
    def never(activation, seed, fidelity): raise AssertionError("trained")
    with pytest.raises((TypeError, ValueError), match=words): discover(never, progress=False, **options)


def test_an_error_in_a_callback_is_the_users_and_scores_are_kept(tmp_path):
    def broken(state): raise RuntimeError("mine")
    with pytest.raises(RuntimeError, match="mine"): discover(closeness, callback=broken, resume=tmp_path / "a.json", **SMALL)
    assert len(json.loads((tmp_path / "a.json").read_text())["scores"]) > 20


def test_scores_that_could_not_be_written_once_are_there_at_the_end(tmp_path, monkeypatch):
    clock, real, failed = itertools.count(step=2), os.fsync, []
    def full_once(fd):
        if failed: return real(fd)
        failed.append(fd)
        raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(nsad.discovery, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(os, "fsync", full_once)
    with pytest.warns(UserWarning, match="scores are not kept any more"):
        found = discover(closeness, resume=tmp_path / "a.json", budget=30, **SMALL)
    assert len(json.loads((tmp_path / "a.json").read_text())["scores"]) == found.provenance["candidates"]


@pytest.mark.slow
def test_where_every_training_diverges_more_of_them_are_no_remedy():
    with pytest.raises(ValueError, match="no usable formula in [1-9].* candidates; none has a loss that is a finite number"):
        discover(lambda activation, seed, fidelity: float("inf"), budget=20, progress=False)


def test_losses_below_0_have_a_score_as_well():
    front = pareto_front([Candidate(Formula(t), loss) for t, loss in (("x", 1.0), ("sin(x)", -1.0), ("x*sin(x)", -9.0))])
    assert front.score.tolist() == [0.0, 2.0, 4.0]
    found = Discovery(front, dict(dataset="a", engine="own", seed=1))
    assert found.choose("score").text == "x*sin(x)"


def test_a_formula_that_was_changed_by_hand_has_the_complexity_that_it_has():
    found = Discovery(pareto_front([Candidate(Formula("x"), 1.0)]), dict(dataset="a", engine="own", seed=1))
    changed = Discovery.from_json(found.to_json().replace('"formula": "x"', '"formula": "x*sin(x)"'))
    assert changed.front.complexity.tolist() == [Formula("x*sin(x)").complexity]
    with pytest.raises(ValueError, match="at most 2"): changed.choose("loss", max_complexity=2)


def test_every_candidate_with_losses_by_fidelity_and_seed():
    found = discover(closeness, **SMALL)
    table = found.candidates
    assert table.groupby("rung").fidelity.unique().map(list).to_dict() == {0: [0.05], 1: [0.4], 2: [1.0]}
    assert set(table.seed[table.rung == 2]) == {42, 43} and set(table.seed[table.rung == 0]) == {1042}
    first = found.front.iloc[-1]
    own = table[(table.formula == first.formula) & (table.rung == 2)]
    assert own.loss.mean() == pytest.approx(first.loss) and len(own) == 2
    assert len(table.drop_duplicates(["formula", "rung"])) == found.provenance["candidates"]
    again = Discovery.from_json(found.to_json())
    pd.testing.assert_frame_equal(again.candidates, table)


@pytest.mark.slow
def test_a_table_tells_its_shares_and_seeds():
    found = discover(table(), recipe=Recipe("brief", steps=400), hidden=(8,), lr_factors=(1, 3), **SMALL | dict(generations=1, initial_size=8, final_seeds=1))
    table_ = found.candidates
    assert table_.fidelity.dropna().between(0, 1).all() and (table_.fidelity[table_.rung == 2] == 1).all()
    assert (table_.fidelity[table_.rung == 0] == 0.5).all()                        # at least 200 steps of 400
    assert table_.seed.notna().all() and table_.lr.notna().any()


@pytest.mark.parametrize("change", [lambda c: 3, lambda c: [3], lambda c: [dict(c[0], formula=None)], lambda c: [dict(c[0], loss="low")],
                                    lambda c: [dict(c[0], rung="a")], lambda c: {"a": 1}])
def test_a_file_with_other_candidates_is_refused(change):
    raw = json.loads(discover(closeness, **SMALL | dict(generations=1)).to_json())
    raw["candidates"] = change(raw["candidates"])
    with pytest.raises(ValueError, match="saved discovery"): Discovery.from_json(json.dumps(raw))
    del raw["candidates"]                                                          # of an older version
    assert Discovery.from_json(json.dumps(raw)).candidates.empty


@pytest.mark.slow
def test_restarts_keep_the_best_by_its_own_final_losses():
    three = discover(closeness, restarts=3, **SMALL)
    assert set(three.candidates.restart) == {0, 1, 2} and three.provenance["restarts"] == 3
    finals = three.candidates[three.candidates.rung == 2]
    lowest = finals.groupby(["restart", "formula"]).loss.mean()
    assert three.front.loss.min() == pytest.approx(lowest.min())
    assert set(three.front.formula) <= set(finals.formula[finals.restart == lowest.idxmin()[0]])
    assert len(set(finals.groupby("restart").formula.apply(frozenset))) > 1        # they look elsewhere
    assert finals.groupby("restart").seed.apply(set).tolist() == [{42, 43}] * 3    # and are judged alike
    one = discover(closeness, **SMALL)
    assert front_of(one)[-1]["loss"] >= three.front.loss.min() and "restarts" not in one.provenance
    assert three.best_of_each[0] == three.best and one.best_of_each == [one.best]
    bests = lowest.groupby("restart").idxmin().map(lambda pair: pair[1])
    assert set(bests) <= {f.text for f in three.best_of_each} | set(STANDARD)      # what is best anywhere is there to be judged
    second = three.best_of_each[1].text
    diverged = (three.candidates.formula == second) & (three.candidates.seed == 43)
    spoilt = replace(three, candidates=three.candidates.assign(loss=three.candidates.loss.mask(diverged)))
    assert second not in {f.text for f in spoilt.best_of_each}                     # one seed that diverged is too many
    first = three.candidates[three.candidates.restart == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, one.candidates)                           # the first is the search without restarts


@pytest.mark.slow
def test_restarts_of_any_engine_share_budget_and_are_resumed(tmp_path):
    found = discover(closeness, restarts=2, budget=60, **SMALL)
    assert found.provenance["candidates"] <= 60 and set(found.candidates.restart) == {0, 1}
    options = dict(restarts=2, callback=lambda s: s.restart == 1 and s.generation == 1, resume=tmp_path / "a.json", **SMALL)
    assert discover(closeness, **options).provenance["cut"] == "callback"
    resumed = discover(closeness, restarts=2, resume=tmp_path / "a.json", **SMALL)
    assert front_of(resumed) == front_of(discover(closeness, restarts=2, **SMALL))
    with pytest.raises(ValueError, match="another search"): discover(closeness, restarts=3, resume=tmp_path / "a.json", **SMALL)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 2))
    by_labels = discover((rows, rows[:, 0] > 0), "gplearn", restarts=2, population_size=50, generations=2, progress=False)
    assert set(by_labels.candidates.restart) == {0, 1}


@pytest.mark.parametrize("other, told", [
    (dict(finalists=2), "options.finalists"), (dict(restarts=2), "restarts"), (dict(seed=7, tune=0), "seed, options.tune"),
], ids=str)
def test_what_differs_from_the_search_of_a_file_is_named(other, told, tmp_path):
    discover(closeness, budget=10, resume=tmp_path / "a.json", **SMALL)
    with pytest.raises(ValueError, match=rf"belongs to another search \({told} differ\)"):
        discover(closeness, budget=10, resume=tmp_path / "a.json", **SMALL | other)


@pytest.mark.slow
def test_a_kept_discovery_is_of_the_same_limits(tmp_path):
    options = dict(seeds=(1,), folder=tmp_path, recipe=Recipe("brief", steps=4), hidden=(4,), final_seeds=1, progress=False)
    def of(budget, **more): return discover_on_splits(table(60), budget=budget, **options, **more)[1]
    def written(): return [file.stat().st_mtime_ns for file in tmp_path.iterdir()]

    assert of(4).provenance["candidates"] == 4
    first = written()
    assert of(4).provenance["budget"] == 4 and written() == first
    assert of(6).provenance["candidates"] == 6 and written() != first
    assert set(of(6, restarts=2).candidates.restart) == {0, 1}


def test_scores_of_another_nsad_are_not_mixed_in(tmp_path):
    path = tmp_path / "a.json"
    discover(closeness, budget=10, resume=path, **SMALL)
    kept = json.loads(path.read_text())
    kept["search"]["version"] = "0.0.1"
    path.write_text(json.dumps(kept))
    with pytest.raises(ValueError, match="another search .version differ"):
        discover(closeness, budget=10, resume=path, **SMALL)


def test_splits_take_what_discover_takes():
    found = discover_on_splits(table(), seeds=(1,), budget=30, restarts=2, recipe=Recipe("brief", steps=20), hidden=(8,), progress=False, **{
        k: v for k, v in SMALL.items() if k != "progress"})
    assert found[1].provenance["restarts"] == 2


def test_a_csv_log_has_a_line_for_each_generation_and_goes_on(tmp_path):
    for _ in range(2): discover(closeness, callback=CSVLogger(tmp_path / "log.csv"), **SMALL)
    with open(tmp_path / "log.csv", newline="", encoding="utf-8") as file: rows = list(csv.DictReader(file))
    assert [r["generation"] for r in rows] == ["1", "2", "3", "0"] * 2
    assert all(Formula(r["formula"]) and float(r["loss"]) > 0 for r in rows)
    with pytest.raises(FileError, match="cannot be written"): CSVLogger(tmp_path / "none" / "log.csv")
    (tmp_path / "own.csv").write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="no log of a search: it begins with 'a,b'"): CSVLogger(tmp_path / "own.csv")
    assert (tmp_path / "own.csv").read_text() == "a,b\n1,2\n"


def test_a_log_that_cannot_be_written_any_more_ends_and_the_search_does_not(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    log, others = CSVLogger(folder / "log.csv"), []
    def away(state): return shutil.rmtree(folder, ignore_errors=True)
    with pytest.warns(UserWarning, match="the log is not kept any more .*log.csv cannot be written.*; the search goes on") as said:
        found = discover(closeness, callback=[away, log, others.append], **SMALL)
    assert sum("not kept any more" in str(w.message) for w in said) == 1
    assert found.best == discover(closeness, **SMALL).best and len(others) == 4
    folder.mkdir()
    log(others[-1])
    assert not list(folder.iterdir())                                             # a log with a gap is no log


def test_a_tensorboard_log_that_cannot_be_written_any_more_ends_as_well(tmp_path, monkeypatch):
    class Full:
        "A writer of TensorBoard's on a full disk."
        def __init__(self, folder): pass
        def add_scalar(self, *given): raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", SimpleNamespace(SummaryWriter=Full))
    log = TensorBoardLogger(tmp_path)
    with pytest.warns(UserWarning, match="not kept any more .*No space left") as said: assert discover(closeness, callback=log, **SMALL).best
    assert sum("not kept any more" in str(w.message) for w in said) == 1


def test_a_tensorboard_log(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    discover(closeness, callback=TensorBoardLogger(tmp_path), **SMALL)
    events = EventAccumulator(str(tmp_path)).Reload()
    assert len(events.Scalars("candidates")) == 4 and len(events.Scalars("lowest loss/rung 1")) == 4


def test_without_tensorboard_the_remedy_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ImportError, match=r"nsad\[tensorboard\]"): TensorBoardLogger(tmp_path)


class Counts:
    "An engine with a state of its own: how often it has searched."
    def __init__(self, scale): self.scale, self.searches = scale, 0

    def search(self, X, y, task, seed, budget):
        from nsad.discovery import Candidate
        from nsad.formula import Formula
        self.searches += 1
        for k in range(3): yield Candidate(Formula(f"sin({k + self.scale}*x)"), 1 / (k + 1))


def test_an_engine_that_counts_is_the_same_search_after_it_has_searched(tmp_path):
    import numpy as np
    X = np.random.default_rng(0).normal(size=(40, 2))
    rows, engine = (X, (X[:, 0] > 0).astype(int)), Counts(1)
    first = discover(rows, engine, progress=False)
    for _ in range(3):
        again = discover(rows, engine, progress=False, resume=tmp_path / "s.json")
        assert again.front.equals(first.front) and again.provenance["options"] == first.provenance["options"]
    discover(rows, Counts(1), progress=False, resume=tmp_path / "s.json")            # a new one with the same settings
    assert engine.searches == 4
    for other in (Counts(2), engine):
        other.scale = 2
        with pytest.raises(ValueError, match="another search"):
            discover(rows, other, progress=False, resume=tmp_path / "s.json")
