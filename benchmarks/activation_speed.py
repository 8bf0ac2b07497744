"""What an activation costs: forward and backward time over that of torch's GELU on the same tensor, in the same run.

    python benchmarks/activation_speed.py > benchmarks/results/activation_speed.txt
    OMP_NUM_THREADS=1 python benchmarks/activation_speed.py > benchmarks/results/activation_speed_1_thread.txt

On a busy machine the second says more: several threads wait for each other wherever one of them is interrupted; with one thread the
time is that which the thread itself has used, not that on the wall.
Twenty formulas, 4 million and 1024 x 64 float32 values, compiled and not, and the bytes that each keeps for the backward pass; 32 x 16
values, over plain autograd of the same formula. Then a step of a physics-informed network (three hidden layers of 32, 1,000 points, second
derivatives in the loss), over the same step with torch.tanh; `--physics` gives that table alone, in a process that has done nothing
else: there most of a step goes into memory that is fetched anew (tensors of 128 kB are where malloc begins to ask the system), and the
ratios are higher.
Times are medians of interleaved runs, so that a busy machine disturbs both sides alike. GELU's own time halves or doubles from process
to process, as its memory is new or used before; so all is done in five processes, and the medians of their geometric means count.
"""
import math
import os
import statistics
import subprocess
import sys
import time
from datetime import date

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from nsad.activation import SymbolicActivation

FORMULAS = [
    "x*exp(-x**2)", "min(softplus(x), sin(2*x))", "sin(x + sin(x) + 0.9)", "sin(2*x)", "cos(x) - cos(abs(cos(x)))", "x*cos(x)", "tanh(x)",
    "x*sigmoid(x)", "max(x, 0.1*x)", "x + sin(x)**2", "erf(2*x)", "sin(x)*tanh(softplus(x))", "exp(-x**2)", "atan(x)", "x/(1 + abs(x))",
    "cos(2.0*x + 1.4)", "cos((softplus(x) + 1.6)*tanh(x))", "sqrt(x**2 + 1) - 1", "log(1 + x**2)", "relu(x) - 0.1*sin(x)",
]


RUNS, WIDTHS = 5, (21, 21, 21, 21, 17)


def clock():
    return time.thread_time() if torch.get_num_threads() == 1 else time.perf_counter()


def step(function, x, grad):
    start = clock()
    x.grad = None
    function(x).backward(grad)
    return clock() - start


def by_turns(first, second, repeats):
    "Median time of the first over that of the second, run by turns; both are functions that return how long they took."
    for _ in range(3):
        first(), second()
    times = [(first(), second()) for _ in range(repeats)]
    return statistics.median(t for t, _ in times) / statistics.median(t for _, t in times)


def ratio(function, x, grad, repeats, other=F.gelu):
    return by_turns(lambda: step(function, x, grad), lambda: step(other, x, grad), repeats)


class Plain(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def physics_step(activation):
    "A step of training on u'' + u**3 = sin(3x), as a function that returns how long it took."
    torch.manual_seed(0)
    widths = 1, 32, 32, 32
    hidden = [m for a, b in zip(widths, widths[1:]) for m in (nn.Linear(a, b), activation())]
    net, points = nn.Sequential(*hidden, nn.Linear(32, 1)), torch.linspace(-1, 1, 1000)[:, None]

    def run():
        start = clock()
        net.zero_grad(set_to_none=True)
        x = points.clone().requires_grad_()
        u = net(x)
        slope, = torch.autograd.grad(u.sum(), x, create_graph=True)
        curvature, = torch.autograd.grad(slope.sum(), x, create_graph=True)
        (curvature + u**3 - torch.sin(3 * x)).square().mean().backward()
        return clock() - start
    return run


PHYSICS = {"x*exp(-x**2)": lambda: SymbolicActivation("x*exp(-x**2)"), "sin(x)": lambda: SymbolicActivation("sin(x)"),
           "tanh(x)": lambda: SymbolicActivation("tanh(x)"),
           "plain autograd of x*exp(-x**2)": lambda: Plain(lambda x: x * torch.exp(-x * x)), "torch.sin": lambda: Plain(torch.sin)}


def physics():
    "The step with each activation over that with torch.tanh: medians of 100 pairs."
    print("step of a physics-informed network, 3 x 32 units, 1,000 points, second derivatives; over the same with torch.tanh")
    for text, activation in PHYSICS.items():
        print(f"{text:36}{by_turns(physics_step(activation), physics_step(lambda: Plain(torch.tanh)), 100):21.2f}", flush=True)


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
    if "--physics" in sys.argv:
        return physics()
    if "--run" in sys.argv:
        table(), physics()
        return
    print("runs, a process each: the table of the first, the geometric means of all")
    first, *others = [lines_of_a_run() for _ in range(RUNS)]
    end = next(i for i, line in enumerate(first) if line.startswith("step of"))
    print("\n".join(first[1:end] + [run[end - 1] for run in others]))
    runs = [[float(v) for v in run[end - 1].split()[2:]] for run in (first, *others)]
    for name, choose in ((f"median of {RUNS} runs", statistics.median), ("lowest", min), ("highest", max)):
        print(f"{name:36}" + "".join(f"{choose(v):{w}.2f}" for v, w in zip(zip(*runs), WIDTHS)), flush=True)
    print(f"\n{first[end]}, median and all of the same processes")
    for lines in zip(first[end + 1:], *(run[end + 1:] for run in others)):
        found = sorted(float(line[36:]) for line in lines)
        print(f"{lines[0][:36]}{statistics.median(found):21.2f}   ({', '.join(f'{v:.2f}' for v in found)})", flush=True)


def lines_of_a_run():
    return subprocess.run([sys.executable, __file__, "--run"], capture_output=True, text=True, check=True).stdout.splitlines()


def table():
    "Every formula, and the geometric means over all."
    shapes = {"4,000,000": (4_000_000,), "1024 x 64": (1024, 64)}
    tensors = {name: (torch.randn(shape, requires_grad=True), torch.randn(shape)) for name, shape in shapes.items()}
    heads = "".join(f"{f'{n} {b}':>21}" for n in shapes for b in ("compiled", "eager"))
    print(f"{'formula':36}{heads}{'32 x 16 / plain':>17}{'bytes kept / GELU':>20}")
    logs, small = {}, (torch.randn(32, 16, requires_grad=True), torch.randn(32, 16))
    for text in FORMULAS:
        eager, compiled = SymbolicActivation(text), SymbolicActivation(text).compile()
        line = f"{text:36}"
        for name, (x, grad) in tensors.items():
            for act, word in ((compiled, "compiled"), (eager, "eager")):
                value = ratio(act, x, grad, 7 if x.numel() > 1e6 else 60)
                logs.setdefault((name, word), []).append(math.log(value))
                line += f"{value:21.2f}"
        value = ratio(eager, *small, 200, other=eager.plain)
        logs.setdefault("small", []).append(math.log(value))
        line += f"{value:17.2f}"
        x = tensors["4,000,000"][0]
        print(line + f"{max(kept(a, x) for a in (eager, compiled)) / kept(F.gelu, x):20.2f}  {compiled.backend}", flush=True)
    means = [math.exp(statistics.fmean(v)) for v in logs.values()]
    print(f"{'geometric mean':36}" + "".join(f"{v:{w}.2f}" for v, w in zip(means, WIDTHS)), flush=True)


if __name__ == "__main__":
    main()
