"""Candidates scored per second: the network engine's stacks beside training the same networks one by one, with the same budget.

    NSAD_DATA=../shared/data OMP_NUM_THREADS=1 python benchmarks/search_speed.py forest_cover > benchmarks/results/search_speed-forest_cover.txt

The formulas of a first generation are scored as the search scores them on its first two rungs: same rows, steps, seeds and network. One by one means
`mlp` with the formula in every hidden layer, trained by `train` and judged by its validation loss. Both ways run on one core, and on both: two
processes each. The runs are interleaved and repeated, the medians compared. Losses agree between the ways, or the script stops.
The last column compares seconds of processor time instead of seconds on the clock: other work on the machine disturbs it less.
"""
import random
import statistics
import sys
import time
from dataclasses import replace
from datetime import date

import numpy as np
import torch
from joblib import Parallel, delayed

from nsad import load_dataset, mlp, split, train
from nsad.data import Scaler
from nsad.engines.network import NetworkEngine, _Archive, stack_losses
from nsad.training import predict


def one_by_one(trial, formulas):
    "Validation losses of networks trained one after another, and the processor time it took."
    torch.set_num_threads(1)
    losses, start = [], time.process_time()
    for formula in formulas:
        of_seeds = []
        for seed in trial.seeds:
            fit, held = trial.parted(seed)
            net = mlp(trial.X.shape[1], trial.hidden, formula, seed=seed,
                      dropout=trial.recipe.for_rows(len(fit), trial.task).dropout)
            train(net, trial.X[fit], trial.target(fit), trial.task, trial.recipe, seed=seed, device="cpu")
            logit = torch.as_tensor(predict(net, trial.X[held])[:, 0])
            target = torch.as_tensor(trial.target(held), dtype=torch.float32)
            of_seeds.append(float(torch.nn.functional.binary_cross_entropy_with_logits(logit, target)))
        losses.append(float(np.mean(of_seeds)))
    return losses, time.process_time() - start


def in_stacks(trial, formulas):
    "The same of networks trained as one."
    start = time.process_time()
    return [float(np.mean(parts)) for parts in stack_losses(trial, formulas)], time.process_time() - start


def run(way, trial, formulas, size, jobs):
    "Losses, seconds and processor time of a way, in parts of `size` formulas spread over `jobs` processes."
    parts = [formulas[i:i + size] for i in range(0, len(formulas), size)]
    start = time.perf_counter()
    done = Parallel(jobs)(delayed(way)(trial, p) for p in parts) if jobs > 1 else [way(trial, p) for p in parts]
    losses, busy = zip(*done)
    return sum(losses, []), time.perf_counter() - start, sum(busy)


def main(name="forest_cover", repeats=3, processes="12"):
    ds = load_dataset(name, rows=100_000, seed=42)
    training = ds.take(split(ds, test=0.2, seed=42).train)
    engine = NetworkEngine(initial_size=96)
    rungs = engine._rungs(Scaler.fit(training.X).transform(training.X), training.y, training.task, 42)
    formulas = [f.text for f in engine.new_formulas(random.Random(42), _Archive(), rungs[1])]
    print(f"{date.today()}  {' '.join(sys.argv)}\n{name}: {len(formulas)} formulas\n")
    print("rung     steps   processes   one by one   in stacks   ratio   (candidates per second)   ratio by processor time")
    in_stacks(replace(rungs[0], rows=512), formulas)                                 # read formulas and start processes outside the clock
    Parallel(2)(delayed(abs)(1) for _ in range(2))
    for rung, trial in enumerate(rungs[:2]):
        few = formulas[:96 if rung == 0 else 48]
        steps = trial.recipe.steps_on(trial.rows)
        for jobs in map(int, processes):
            alone, together = [], []
            for _ in range(int(repeats)):
                a, *seconds = run(one_by_one, trial, few, 8, jobs)
                alone.append(seconds)
                b, *seconds = run(in_stacks, trial, few, engine._stack_of([trial]), jobs)
                together.append(seconds)
            off = np.nanmedian(np.abs(np.array(a) - b))
            if off > 1e-3: sys.exit(f"the two ways differ: median difference of losses {off}")
            (slow, busy), (quick, less) = [[statistics.median(t) for t in zip(*times)] for times in (alone, together)]
            print(f"{['screen', 'score'][rung]:8} {steps:5}   {jobs:9}   {len(few) / slow:10.2f}   {len(few) / quick:9.2f}   {slow / quick:5.2f}"
                  f"{busy / less:52.2f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
