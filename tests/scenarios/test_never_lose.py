"""Studies that are killed, shared, or changed; a stack's members among others."""
import os
import subprocess
import sys

import numpy as np
import pytest

from helpers import assert_same_rows
from nsad.data import load_dataset
from nsad.evaluation import ResultsStore, Study
from nsad.models import Stack
from nsad.training import Recipe, evaluate, train

pytestmark = pytest.mark.slow

SETUP = '''
import os, random, signal, sys, time
import torch, torch._dynamo
from nsad.data import load_dataset
from nsad.evaluation import ResultsStore, Study
from nsad.training import Recipe
magic = load_dataset("magic", rows=800, seed=1, progress=False)
names = ["relu", "tanh", "gelu", "silu", "sin(x)", "cos(x)", "x*exp(-x**2)", "x*sin(x)"]
study = Study([magic], names, seeds=(1, 2, 3), recipe=Recipe("quick", epochs=6, batch_size=128), stack_size=3)
folder = sys.argv[1]
torch.set_num_threads(1)
'''
KILLS = SETUP + '''
import multiprocessing
from dataclasses import replace
one_by_one = replace(study, stack_size=1)                  # a row at a time, so that there are many moments

def work(store): one_by_one.run(store, progress=False)

if __name__ == "__main__":
    # A process that has trained must not be forked: its child would inherit locks that nobody holds any more. The server that
    # is forked here has imported everything and done nothing.
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(["nsad.evaluation", "torch._dynamo"])

    def start(store):
        process = fresh.Process(target=work, args=(store,))
        process.start()
        return process

    begun = time.monotonic()
    whole = start(folder + "/whole.sqlite")
    whole.join()
    assert whole.exitcode == 0
    one, chance, killed, seen, store = (time.monotonic() - begun) / 24, random.Random(int(sys.argv[2])), 0, [], folder + "/killed.sqlite"
    for _ in range(10):                                    # after none or one more row, and at any moment of the next
        process = start(store)
        rows = ResultsStore(store)
        aim = len(rows.keys()) + chance.randint(0, 1)
        while len(rows.keys()) < aim and process.is_alive(): time.sleep(0.002)
        time.sleep(chance.uniform(0., 1.) * one)
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        seen.append(len(rows.keys()))
        rows.db.close()
    last = start(store)
    last.join()
    assert last.exitcode == 0
    print(killed, *seen)
'''


def run_script(text, *args):
    return subprocess.Popen([sys.executable, "-c", text, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_killed_ten_times_a_study_ends_with_the_rows_of_an_unbroken_one(tmp_path):
    script = tmp_path / "kills.py"                                        # a file, since the processes that it starts read it again
    script.write_text(KILLS)
    process = subprocess.Popen([sys.executable, script, tmp_path, "7"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    killed, *seen = map(int, out.split())
    assert killed == 10 and seen == sorted(seen) and 0 < seen[-1] < 24   # ten kills of one study, the last before its end; no row was lost
    resumed = ResultsStore(tmp_path / "killed.sqlite").frame()
    assert len(resumed) == 24
    assert_same_rows(resumed, ResultsStore(tmp_path / "whole.sqlite").frame())


def test_two_processes_share_a_store(tmp_path):
    both = [run_script(SETUP + 'print(len(study.run(folder + "/shared.sqlite", progress=False)))', tmp_path) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0 and out.strip() == "24", err
    rows = ResultsStore(tmp_path / "shared.sqlite").frame()
    assert len(rows) == 24 and rows.key.is_unique


def test_what_another_process_has_done_meanwhile_is_not_trained_again(tmp_path, monkeypatch):
    ds, settings, trained = load_dataset("magic", rows=300, seed=1), dict(seeds=(1,), recipe=Recipe("quick", epochs=1), stack_size=1), []
    store, real = tmp_path / "r.sqlite", train

    def train_while_another_does_the_rest(stack, *args, **options):
        trained.append(stack.activations)
        if len(trained) == 1:
            Study([ds], ["tanh"], **settings).run(store, progress=False)
        return real(stack, *args, **options)

    monkeypatch.setattr("nsad.evaluation.train", train_while_another_does_the_rest)
    assert len(Study([ds], ["relu", "tanh"], **settings).run(store, progress=False)) == 2
    assert len(trained) == 2 and trained[0] != trained[1]                 # relu here, tanh there; nothing a second time


@pytest.mark.parametrize("change", [dict(epochs=2), dict(lr=0.01), dict(batch_size=64), dict(dropout=0.4), dict(patience=1)])
def test_a_changed_recipe_of_the_same_name_does_not_mix(change, tmp_path):
    ds = load_dataset("magic", rows=300, seed=1)
    settings = dict(name="mine", epochs=1)
    first = Study([ds], ["relu"], seeds=(1,), recipe=Recipe(**settings)).run(tmp_path / "r.sqlite", progress=False)
    second = Study([ds], ["relu"], seeds=(1,), recipe=Recipe(**settings | change)).run(tmp_path / "r.sqlite", progress=False)
    assert len(first) == len(second) == 1 and first.key[0] != second.key[0]


def test_a_member_scores_the_same_alone_and_among_thirty_others():
    ds, recipe = load_dataset("magic", rows=1500, seed=1), Recipe("three", epochs=3)
    X, y = (ds.X - ds.X.mean(0)) / ds.X.std(0), ds.y.copy()
    names = ["x*exp(-x**2)", "relu", "gelu", "sin(x)", "tanh", "x*sin(x)", "silu", "cos(x)", "x/(1 + abs(x))", "elu"]
    crowd = Stack(ds.n_features, names, seeds=(5, 6, 7))
    assert crowd.n_members == 30
    train(crowd, X[:1000], y[:1000], recipe=recipe)
    among = evaluate(crowd, X[1000:], y[1000:])
    for column, seed in ((0, 0), (3, 1), (9, 2)):
        alone = Stack(ds.n_features, [names[column]], seeds=(crowd.seeds[seed],))
        train(alone, X[:1000], y[:1000], recipe=recipe)
        member, single = among[seed * len(names) + column], evaluate(alone, X[1000:], y[1000:])[0]
        assert max(abs(member[m] - single[m]) for m in single) < 1e-4
        assert np.isfinite(list(single.values())).all()


PARENT = """
import subprocess, sys
code = "import os, time; from nsad.signals import end_with; end_with(os.getppid(), 0.05); print('works', flush=True); time.sleep(100)"
subprocess.Popen([sys.executable, "-c", code]).wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="processes of POSIX")
def test_a_worker_does_not_outlive_a_killed_parent():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "works\n"
    parent.kill()
    assert parent.communicate(timeout=30)[0] == ""                        # the pipe closes when the worker, too, has ended
