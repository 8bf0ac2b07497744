"""Studies by processes, and by a real Dask cluster and a real Ray, a worker of which is killed on the way."""
import os
import signal
import threading
import time

import pandas as pd
import pytest

import nsad.evaluation
from nsad.data import load_dataset
from nsad.evaluation import ResultsStore, Study
from nsad.training import Recipe

RUN_BY = ["seconds", "latency", "created"]


@pytest.fixture(scope="module")
def study():
    names = ["relu", "tanh", "sin(x)", "x*exp(-x**2)"]
    return Study([load_dataset("magic", rows=1500, seed=1)], names, seeds=(1, 2, 3), recipe=Recipe("quick", epochs=30, batch_size=64), stack_size=3)


@pytest.fixture(scope="module")
def whole(study):
    return study.run(progress=False)


def same(a, b):
    a, b = (f.drop(columns=RUN_BY).sort_values("key", ignore_index=True) for f in (a, b))
    pd.testing.assert_frame_equal(a, b, rtol=1e-3)


def test_processes_give_the_rows_of_one_process(study, whole, tmp_path):
    same(study.run(tmp_path / "r.sqlite", progress=False, n_jobs=2), whole)


def test_a_dask_cluster_that_loses_a_worker_loses_no_row(study, whole, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        killed = []

        def kill_a_busy_worker():
            with distributed.Client(cluster.scheduler_address) as client:
                for _ in range(600):
                    busy = [w for w, calls in client.processing().items() if calls]
                    if busy:
                        killed.append(client.run(os.getpid, workers=busy[:1])[busy[0]])
                        return os.kill(killed[0], signal.SIGKILL)
                    time.sleep(0.02)

        killer = threading.Thread(target=kill_a_busy_worker)
        killer.start()
        rows = study.run(tmp_path / "r.sqlite", progress=False, backend="dask", scheduler=cluster.scheduler_address)
        killer.join()
    kept = ResultsStore(tmp_path / "r.sqlite").frame()
    assert killed and len(kept) == len(rows) == 12 and kept.key.is_unique
    same(rows, whole)


def test_ray_loses_a_worker_and_no_row(study, whole, tmp_path, monkeypatch):
    pytest.importorskip("ray", reason="Ray is not installed")
    monkeypatch.setattr(nsad.evaluation, "_stack_rows", _dies_once(tmp_path / "died"))
    rows = study.run(tmp_path / "r.sqlite", progress=False, backend="ray", n_jobs=2)
    assert (tmp_path / "died").exists() and len(ResultsStore(tmp_path / "r.sqlite").frame()) == len(rows) == 12
    same(rows, whole)


def _dies_once(mark):
    "Trains a stack, but the first worker that tries kills itself."
    def work(study, stack, device):
        try: mark.touch(exist_ok=False)
        except FileExistsError: return list(study._train(stack, device))
        os.kill(os.getpid(), signal.SIGKILL)
    return work


def test_an_unknown_backend_is_named(study):
    with pytest.raises(ValueError, match="backend 'threads'"):
        study.run(progress=False, backend="threads")
