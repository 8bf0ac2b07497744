"""What an activation costs: forward and backward time over that of torch's GELU on the same tensor, in the same run.

    python benchmarks/activation_speed.py > benchmarks/results/activation_speed.txt
    OMP_NUM_THREADS=1 python benchmarks/activation_speed.py > benchmarks/results/activation_speed_1_thread.txt

On a busy machine the second says more: several threads wait for each other wherever one of them is interrupted.
Twenty formulas, 4 million and 1024 x 64 float32 values, compiled and not, and the bytes that each keeps for the backward pass.
Times are medians of interleaved runs, so that a busy machine disturbs both sides alike.
"""
import math
import os
import statistics
import time
from datetime import date

import numpy as np
import torch
import torch.nn.functional as F

from nsad.activation import SymbolicActivation

FORMULAS = [
    "x*exp(-x**2)", "min(softplus(x), sin(2*x))", "sin(x + sin(x) + 0.9)", "sin(2*x)", "cos(x) - cos(abs(cos(x)))", "x*cos(x)", "tanh(x)",
    "x*sigmoid(x)", "max(x, 0.1*x)", "x + sin(x)**2", "erf(2*x)", "sin(x)*tanh(softplus(x))", "exp(-x**2)", "atan(x)", "x/(1 + abs(x))",
    "cos(2.0*x + 1.4)", "cos((softplus(x) + 1.6)*tanh(x))", "sqrt(x**2 + 1) - 1", "log(1 + x**2)", "relu(x) - 0.1*sin(x)",
]


def step(function, x, grad):
    start = time.perf_counter()
    x.grad = None
    function(x).backward(grad)
    return time.perf_counter() - start


def ratio(function, x, grad, repeats):
    "Median time of the function over that of GELU, run by turns."
    for f in (function, F.gelu):
        for _ in range(3):
            step(f, x, grad)
    times = [(step(function, x, grad), step(F.gelu, x, grad)) for _ in range(repeats)]
    return statistics.median(t for t, _ in times) / statistics.median(t for _, t in times)


def kept(function, x):
    "Bytes that autograd keeps for the backward pass."
    seen = {}

    def keep(t):
        seen[t.untyped_storage().data_ptr()] = t.untyped_storage().nbytes()
        return t

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
        function(x)
    return sum(seen.values())


def main():
    print(f"{date.today()}  torch {torch.__version__}, numpy {np.__version__}, {torch.get_num_threads()} threads on {os.cpu_count()} processors "
          f"({torch.backends.cpu.get_cpu_capability()}), load {os.getloadavg()[0]:.1f}; time over GELU's")
    shapes = {"4,000,000": (4_000_000,), "1024 x 64": (1024, 64)}
    tensors = {name: (torch.randn(shape, requires_grad=True), torch.randn(shape)) for name, shape in shapes.items()}
    print(f"{'formula':36}" + "".join(f"{f'{n} {b}':>21}" for n in shapes for b in ("compiled", "eager")) + f"{'bytes kept / GELU':>20}")
    logs = {}
    for text in FORMULAS:
        eager, compiled = SymbolicActivation(text), SymbolicActivation(text).compile()
        line = f"{text:36}"
        for name, (x, grad) in tensors.items():
            for act, word in ((compiled, "compiled"), (eager, "eager")):
                value = ratio(act, x, grad, 7 if x.numel() > 1e6 else 60)
                logs.setdefault((name, word), []).append(math.log(value))
                line += f"{value:21.2f}"
        x = tensors["4,000,000"][0]
        print(line + f"{max(kept(a, x) for a in (eager, compiled)) / kept(F.gelu, x):20.2f}  {compiled.backend}", flush=True)
    print(f"{'geometric mean':36}" + "".join(f"{math.exp(statistics.fmean(v)):21.2f}" for v in logs.values()))


if __name__ == "__main__":
    main()
