"""Searches on many workers: what a worker's training costs beside the training, where more workers stop helping, and whether a killed one
changes the result. Results in `benchmarks/results/cluster.txt`.

    python benchmarks/cluster.py > benchmarks/results/cluster.txt

A cluster of a hundred machines is simulated by a training that sleeps instead of computing: a sleeping worker needs no core, so that one
machine holds many. All that is not training is real: Dask's scheduler, its workers (a process each), what is sent, and the search between
generations. Another seed of the killing moments: --seed.
"""
import argparse
import logging
import os
import platform
import random
import signal
import threading
import time

import distributed
import numpy as np
import torch

from nsad import Recipe, discover, load_dataset
from nsad.parallel import Workers, connected, run_jobs

SEARCH = dict(seed=3, initial_size=64, population_size=64, generations=2, finalists=4, final_seeds=1, progress=False)
TRAINING = 0.5                                             # seconds that a training sleeps


def nothing(shared, k): return k


def far_from_sine(activation, seed, fidelity):
    "A loss, after a training that takes its time and no core."
    time.sleep(TRAINING)
    x = torch.linspace(-3, 3, 41)
    return float((activation(x) - torch.sin(2 * x)).square().mean())


def cluster(n):
    return distributed.LocalCluster(n_workers=n, threads_per_worker=1, processes=True, dashboard_address=None,
                                    silence_logs=logging.CRITICAL)


def overhead(name, workers, n=400):
    "Milliseconds for each of many calls that do nothing, all that they have in common being a table of 8 MB."
    table = np.zeros(1_000_000)
    with connected(workers):
        list(run_jobs(nothing, [(table, k) for k in range(8)], workers))                 # workers are there, and have the table
        start = time.perf_counter()
        found = list(run_jobs(nothing, [(table, k) for k in range(n)], workers))
        seconds = time.perf_counter() - start
    assert found == list(range(n))
    print(f"{name:<28}{1000 * seconds / n:>10.1f} ms a training{n / seconds:>10.0f} trainings a second", flush=True)
    return seconds / n


def scaling(counts):
    "Seconds of one search by so many workers, and how much of them is training."
    print(f"\nA search by trainings of {TRAINING} s that need no core\n{'workers':>8}{'seconds':>9}{'ideal':>8}{'busy':>7}")
    alone = None
    for n in counts:
        with cluster(n) as here:
            here.wait_for_workers(n)
            workers = Workers(backend="dask", scheduler=here.scheduler_address)
            with connected(workers):
                list(run_jobs(nothing, [(None, k) for k in range(4 * n)], workers))           # everybody has loaded torch
                start = time.perf_counter()
                found = discover(far_from_sine, backend="dask", scheduler=here.scheduler_address, **SEARCH)
                seconds = time.perf_counter() - start
        trainings = len(found.candidates)
        ideal = trainings * TRAINING / n
        print(f"{n:>8}{seconds:>9.1f}{ideal:>8.1f}{ideal / seconds:>7.0%}", flush=True)
        assert alone is None or found.front.equals(alone.front)
        alone = found
    print(f"{trainings} trainings each; the same front each time")


def kill_one(address, seconds, killed):
    "After so many seconds, kill a worker that is at work."
    time.sleep(seconds)
    with distributed.Client(address, set_as_default=False) as client:
        for _ in range(500):
            if busy := [w for w, calls in client.processing().items() if calls]:
                killed.append(client.run(os.getpid, workers=busy[:1])[busy[0]])
                return os.kill(killed[0], signal.SIGKILL)
            time.sleep(0.02)


def killed_workers(times, seed):
    "Two workers, one of them killed at a random moment."
    table = load_dataset("magic", rows=1000, seed=1)
    options = SEARCH | dict(initial_size=24, population_size=24, recipe=Recipe("quick", steps=100, batch_size=64))
    start = time.perf_counter()
    alone = discover(table, **options)
    took, draw = time.perf_counter() - start, random.Random(seed)
    print(f"\nA search on 1,000 rows by two workers, one of them killed; alone: {took:.0f} s, {len(alone.candidates)} losses", flush=True)
    for _ in range(times):                     # a new cluster for each: Dask may give a killed worker up
        after, killed = draw.uniform(0, 0.7 * took), []
        with cluster(2) as here:
            here.wait_for_workers(2, timeout=120)
            killer = threading.Thread(target=kill_one, args=(here.scheduler_address, after, killed))
            killer.start()
            found = discover(table, backend="dask", scheduler=here.scheduler_address, **options)
            killer.join()
        same = found.front.equals(alone.front) and found.candidates.equals(alone.candidates)
        outcome = "the same front and candidates" if same else "ANOTHER FRONT"
        print(f"killed after {after:5.1f} s: {'' if killed else 'nobody was at work; '}{outcome}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which workers are killed")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 8])
    parser.add_argument("--kills", type=int, default=5)
    args = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, Python {platform.python_version()}, distributed {distributed.__version__}\n")
    if args.workers: costs()
    if args.workers: scaling(args.workers)
    killed_workers(args.kills, args.seed)


def costs():
    "Beside the training, for each."
    overhead("2 processes (loky)", Workers(2))
    with cluster(2) as here: cost = overhead("2 workers (Dask)", Workers(backend="dask", scheduler=here.scheduler_address))
    for seconds in (0.1, 1., 10.):
        print(f"trainings of {seconds:4.1f} s: one scheduler feeds about {seconds / cost:,.0f} workers")


if __name__ == "__main__": main()
