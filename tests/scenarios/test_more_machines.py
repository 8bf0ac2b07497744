"""Studies and searches by processes, and by a real Dask cluster and a real Ray, whose workers are killed on the way."""
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import assert_same_rows
from nsad import discover, parallel
from nsad.data import load_dataset
from nsad.evaluation import Fitted, ResultsStore, Study
from nsad.parallel import Workers, WorkersLost, connected, run_jobs
from nsad.training import Recipe

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study():
    names = ["relu", "tanh", "sin(x)", "x*exp(-x**2)"]
    return Study([load_dataset("magic", rows=1500, seed=1)], names, seeds=(1, 2, 3), recipe=Recipe("quick", epochs=10, batch_size=64), stack_size=3)


@pytest.fixture(scope="module")
def whole(study):
    return study.run(progress=False)


def test_processes_give_the_rows_of_one_process(study, whole, tmp_path):
    assert_same_rows(study.run(tmp_path / "r.sqlite", progress=False, n_jobs=2), whole, 1e-3)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


class Killer(threading.Thread):
    "Kills a worker of a Dask cluster that is at work, so many seconds after the first one is."
    def __init__(self, address, seconds=0.):
        super().__init__()
        self.address, self.seconds, self.killed = address, seconds, []
        self.start()

    def run(self):
        import distributed
        with distributed.Client(self.address, set_as_default=False) as client:
            self.until_busy(client)
            time.sleep(self.seconds)
            if busy := self.until_busy(client):
                self.killed.append(client.run(os.getpid, workers=busy[:1])[busy[0]])
                os.kill(self.killed[0], signal.SIGKILL)

    def until_busy(self, client):
        for _ in range(600):
            if busy := [w for w, calls in client.processing().items() if calls]: return busy
            time.sleep(0.02)


def test_a_dask_cluster_that_loses_a_worker_loses_no_row(study, whole, tmp_path, cluster):
    killer = Killer(cluster.scheduler_address)
    rows = study.run(tmp_path / "r.sqlite", progress=False, backend="dask", scheduler=cluster.scheduler_address)
    killer.join()
    kept = ResultsStore(tmp_path / "r.sqlite").frame()
    assert killer.killed and len(kept) == len(rows) == 12 and kept.key.is_unique
    assert_same_rows(rows, whole, 1e-3)


SEARCH = dict(seed=3, initial_size=16, population_size=8, generations=2, finalists=2, final_seeds=1, progress=False)


def far_from_sine(activation, seed, fidelity):
    import torch
    x = torch.linspace(-3, 3, 41)
    time.sleep(0.02)
    return float((activation(x) - torch.sin(2 * x)).square().mean()) + 0.01 * torch.rand(1).item()


PROBLEMS = dict(table=lambda: load_dataset("magic", rows=800, seed=1), function=lambda: far_from_sine)
OF_KIND = dict(table=dict(steps=(16, 32), recipe=Recipe("quick", steps=60, batch_size=64)), function={})


@pytest.fixture(scope="module", params=PROBLEMS)
def search(request):
    "What is searched, with which options, what one process finds, and how long that took."
    problem, options, start = PROBLEMS[request.param](), SEARCH | OF_KIND[request.param], time.monotonic()
    return problem, options, discover(problem, **options), time.monotonic() - start


def same_search(found, alone):
    pd.testing.assert_frame_equal(found.front, alone.front, check_exact=True)
    pd.testing.assert_frame_equal(found.candidates, alone.candidates, check_exact=True)      # none lost, none twice
    assert found.provenance["candidates"] == alone.provenance["candidates"]


def test_a_search_on_dask_that_loses_a_worker_finds_what_one_process_finds(search, cluster):
    problem, options, alone, seconds = search
    drawn = random.SystemRandom().randrange(2**32)
    print("seed of the moment", drawn)
    killer = Killer(cluster.scheduler_address, random.Random(drawn).uniform(0, seconds / 2))
    found = discover(problem, backend="dask", scheduler=cluster.scheduler_address, **options)
    killer.join()
    assert killer.killed
    same_search(found, alone)


def test_scores_of_one_process_are_gone_on_from_by_a_cluster(tmp_path, cluster):
    first = discover(far_from_sine, budget=20, resume=tmp_path / "s.json", **SEARCH)
    size = (tmp_path / "s.json").stat().st_size
    again = discover(far_from_sine, budget=20, resume=tmp_path / "s.json", backend="dask", scheduler=cluster.scheduler_address, **SEARCH)
    pd.testing.assert_frame_equal(again.front, first.front)
    assert (tmp_path / "s.json").stat().st_size == size


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def after_a_pause(X, k):
    time.sleep(0.2)
    return float(X.sum()) + k


def test_a_scheduler_that_is_started_again_loses_nothing():
    pytest.importorskip("distributed")
    port, running = free_port(), []
    address = f"tcp://127.0.0.1:{port}"

    def start(*words):
        env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        running.append(subprocess.Popen([sys.executable, "-m", *words], stderr=subprocess.DEVNULL, env=env))

    def start_all():
        start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")

    def restart():
        for process in running: process.kill()
        start_all()

    try:
        start_all()
        workers = Workers(backend="dask", scheduler=address)
        with connected(workers):
            results = run_jobs(after_a_pause, [(np.ones(100_000), k) for k in range(12)], workers)
            first = next(results)
            restart()
            assert [first, *results] == [100_000. + k for k in range(12)]
    finally:
        for process in running: process.kill()


def test_a_slow_worker_and_one_with_many_threads_change_nothing(tmp_path):
    distributed = pytest.importorskip("distributed")
    alone = discover(far_from_sine, **SEARCH)

    def slow_in_one(activation, seed, fidelity):
        try: (tmp_path / "slow").write_text(str(os.getpid()), encoding="utf-8") if not (tmp_path / "slow").exists() else None
        except OSError: pass
        loss = far_from_sine(activation, seed, fidelity)
        if (tmp_path / "slow").read_text(encoding="utf-8") == str(os.getpid()): time.sleep(0.1)
        return loss
    with (distributed.LocalCluster(n_workers=2, threads_per_worker=4, processes=True, dashboard_address=None) as cluster,
          pytest.warns(UserWarning, match="--nthreads 1")):
        found = discover(slow_in_one, backend="dask", scheduler=cluster.scheduler_address, **SEARCH)
    pd.testing.assert_frame_equal(found.candidates, alone.candidates, check_exact=True)


def dies_once(folder, k):
    if k == 5 and not (fell := Path(folder) / "fell").exists():
        fell.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return k ** 2


def test_a_killed_process_of_this_machine_loses_nothing(tmp_path):
    assert list(run_jobs(dies_once, [(tmp_path, k) for k in range(12)], Workers(2))) == [k ** 2 for k in range(12)]
    assert (tmp_path / "fell").exists()


def always_dies(k, none): os.kill(os.getpid(), signal.SIGKILL)


def test_work_that_kills_every_worker_is_one_error():
    with pytest.raises(WorkersLost, match="3 times, and 2 of 2 trainings are open: give workers more memory"):
        list(run_jobs(always_dies, [(1, 2), (2, 3)], Workers(2)))


class DiesOnce:
    "A model whose first fit kills its worker."
    kind, needs = "constant", ""

    def __init__(self, mark): self.mark = str(mark)

    def __str__(self): return "constant"

    def fit(self, rows, task, n_outputs, seed, recipe, device):
        if not Path(self.mark).exists():
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Fitted(lambda X: np.zeros((len(X), n_outputs)), 1, 1.)


def test_a_search_and_a_study_on_ray_that_lose_a_worker_lose_nothing(study, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    from ray import cloudpickle  # Ray has one of its own
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # its workers cannot import this file
    alone = discover(far_from_sine, **SEARCH)

    def dies(activation, seed, fidelity):
        if not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return far_from_sine(activation, seed, fidelity)
    with connected(Workers(2, "ray")):
        found = discover(dies, backend="ray", n_jobs=2, **SEARCH)
        models = {"constant": DiesOnce(tmp_path / "again")}
        rows = Study(study.datasets, ["relu"], seeds=(1, 2), recipe=study.recipe, models=models).run(
            tmp_path / "r.sqlite", progress=False, backend="ray", n_jobs=2)
    assert (tmp_path / "died").exists() and (tmp_path / "again").exists()
    pd.testing.assert_frame_equal(found.candidates, alone.candidates, check_exact=True)
    assert len(rows) == len(ResultsStore(tmp_path / "r.sqlite").frame()) == 4


@pytest.mark.parametrize("words, message", [
    (dict(backend="threads"), "backend 'threads'"), (dict(backend="threads", n_jobs=2), "'loky', 'dask', 'ray'"),
    (dict(scheduler="tcp://10.0.0.1:8786"), "backend='dask'"), (dict(backend="dask", scheduler=8786), "address"),
    (dict(backend="dask", scheduler=""), "scheduler ''"),
    (dict(n_jobs=0), "n_jobs=0"), (dict(n_jobs=True), "n_jobs=True"), (dict(n_jobs=2.5), "n_jobs=2.5")])
def test_words_that_name_no_workers_are_refused(study, words, message):
    with pytest.raises(ValueError, match=message): study.run(progress=False, **words)
    with pytest.raises(ValueError, match=message): discover(far_from_sine, progress=False, **words)


@pytest.mark.parametrize("backend, address", [("dask", "tcp://127.0.0.1:9"), ("dask", "nonsense://here"),
                                              ("ray", "127.0.0.1:9"), ("ray", "nowhere")])
def test_a_cluster_that_does_not_answer_is_one_sentence(backend, address, monkeypatch):
    pytest.importorskip({"dask": "distributed"}.get(backend, backend))
    monkeypatch.setattr(parallel, "FIRST_WAIT", 2.)
    with pytest.raises(ConnectionError, match=f"does not answer.*start .*`{backend} s") as error:
        discover(far_from_sine, backend=backend, scheduler=address, **SEARCH)
    assert "\n" not in str(error.value)


def test_an_engine_that_knows_no_cluster_says_so():
    with pytest.raises(ValueError, match="engine 'gplearn' has no option .*'backend'"):
        discover(load_dataset("magic", rows=200, seed=1), "gplearn", backend="dask", progress=False)


PLAIN = """
from nsad import discover
def mine(activation, seed, fidelity): return 1.
discover(mine, progress=False, backend="dask", n_jobs=2)
"""


def test_a_search_from_a_plain_script_is_one_sentence(tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "plain.py").write_text(PLAIN)
    out = subprocess.run([sys.executable, tmp_path / "plain.py"], capture_output=True, text=True, timeout=120)
    assert out.returncode == 1 and out.stderr.count("Traceback") == 1
    assert out.stderr.splitlines()[-1].startswith("ValueError: backend 'dask' starts processes that read plain.py again")
