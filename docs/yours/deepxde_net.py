"""DeepXDE, on PyTorch: its networks take any function as their activation."""
import os

os.environ["DDE_BACKEND"] = "pytorch"
import deepxde as dde
import numpy as np
from nsad import discover
from nsad.activation import activation_module

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = dict(budget=4, finalists=1, final_seeds=1) if SMALL else dict(budget=60, scales=(0.3, 3))
STEPS, x = 40 if SMALL else 2000, np.linspace(0, 1, 101)[:, None]

def solved(k, activation, seed, fidelity=1.):
    "Relative error for -u'' = (k pi)^2 sin(k pi x), zero at both ends."
    def force(x): return (k * np.pi)**2 * dde.backend.sin(k * np.pi * x)
    def residual(x, u): return dde.grad.hessian(u, x) + force(x)
    dde.config.set_random_seed(seed)
    interval = dde.geometry.Interval(0, 1)
    ends = dde.icbc.DirichletBC(interval, lambda x: 0, lambda x, on_boundary: on_boundary)
    net = dde.nn.FNN([1, 24, 24, 1], activation_module(activation), "Glorot uniform")
    model = dde.Model(dde.data.PDE(interval, residual, ends, 32, 2), net)
    model.compile("adam", lr=0.005, verbose=0)
    model.train(max(1, round(fidelity * STEPS)), display_every=10**9, verbose=0)
    return dde.metrics.l2_relative_error(np.sin(k * np.pi * x), model.predict(x))

def mine(activation, seed, fidelity): return solved(2, activation, seed, fidelity)
best = discover(mine, progress=False, **SEARCH).best
before, after = (np.mean([solved(3, a, s) for s in range(2)]) for a in ("tanh", best))
print(f"relative error, another k: {before:.3f} with tanh, {after:.3f} with {best.text}")
