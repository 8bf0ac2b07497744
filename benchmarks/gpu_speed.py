"""Candidates scored per second on a graphics card, beside the processor of the same machine.

    NSAD_DATA=../shared/data python benchmarks/gpu_speed.py > benchmarks/results/gpu_speed.txt

The formulas of a first generation are scored as the search scores them on its first two rungs: same rows, steps, seeds and network. On the
processor one process takes one core, as the search does; on the card also several processes, each with networks of its own, share it.
Losses of both are compared: they differ by rounding, which a training makes larger the longer it is and the steeper its formula.
Then a whole search with default settings on the card, from the table to the front.
"""
import random
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np
import torch
from joblib import Parallel, delayed

from nsad import discover, load_dataset, split
from nsad.data import Scaler
from nsad.engines.network import NetworkEngine, _Archive
from nsad.problem import stack_losses
from nsad.training import resolve_device


def scored(trial, formulas, size, jobs=1):
    "The loss of each formula, in stacks of `size`, and the seconds it took."
    parts = [formulas[i:i + size] for i in range(0, len(formulas), size)]
    start = time.perf_counter()
    done = Parallel(jobs)(delayed(stack_losses)(trial, p) for p in parts) if jobs > 1 else [stack_losses(trial, p) for p in parts]
    return np.array([np.mean(losses) for part in done for losses in part]), time.perf_counter() - start


def main(name="forest_cover", jobs="4", n_on_cpu="16"):
    device = resolve_device("auto")
    if device.type != "cuda": sys.exit("no CUDA device here")
    ds = load_dataset(name, rows=100_000, seed=42)
    training = ds.take(split(ds, test=0.2, seed=42).train)
    engine = NetworkEngine(initial_size=1536)
    rungs = engine.rungs(Scaler.fit(training.X).transform(training.X), training.y, training.task, 42)
    formulas = [f.text for f in engine.new_formulas(random.Random(42), _Archive(), rungs[1])]
    print(f"{date.today()}  {' '.join(sys.argv)}\n{torch.cuda.get_device_name()}, torch {torch.__version__}; {name}: {training.X.shape} rows, "
          f"{len(formulas)} formulas, network of 64 and 32 units\n")
    print("rung       steps   where                     formulas   as one   seconds   candidates per second   difference of losses (median, 95 %)")
    few, several = formulas[:int(n_on_cpu)], int(jobs)
    for rung, trial in zip(("screening", "scoring"), rungs):
        size = engine._stack_of([trial])
        on_cpu = replace(trial, device="cpu")
        expected, seconds = scored(on_cpu, few, 8)
        tell(rung, trial, "processor, one core", few, 8, seconds)
        scored(trial, formulas[:size], size)                                      # the first compiles, and chooses kernels
        found, seconds = scored(trial, formulas[:2 * size], size)
        off = np.abs(found[:len(few)] - expected)
        tell(rung, trial, "card, one process", formulas[:2 * size], size, seconds, f"{np.nanmedian(off):.1e}, {np.nanquantile(off, .95):.1e}")
        if several > 1:
            scored(trial, formulas[:8 * several], 8, several)                     # starts the processes
            many = formulas[:min(len(formulas), 2 * several * size)]
            tell(rung, trial, f"card, {several} processes", many, size, scored(trial, many, size, several)[1])
    start = time.perf_counter()
    found = discover(training, seed=42, progress=False)
    seconds = time.perf_counter() - start
    print(f"\nsearch with default settings: {len(found.candidates)} candidates in {seconds:.0f} s, {len(found.candidates) / seconds:.1f} a second; "
          f"best {found.best}")


def tell(rung, trial, where, formulas, size, seconds, off=""):
    n, steps = len(formulas), trial.recipe.steps_on(trial.rows)
    print(f"{rung:10} {steps:5}   {where:25} {n:8} {size:8} {seconds:9.2f}   {n / seconds:21.1f}   {off}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
