"""Search an activation where one decides: on photographs, on differential equations, on ranges never seen.

    OMP_NUM_THREADS=1 python benchmarks/field_searches.py images        # keeps benchmarks/results/found-images.json

A search sees the problems of `SEEN` and nothing else: three photographs, two equations, or five functions of two families. images.py, equations.py
and extrapolation.py judge what was found on problems that are not among them. The loss of a candidate is the geometric mean over the problems seen.
The number of candidates is fixed, so that a search can be repeated to the digit, however fast the machine.
"""
import argparse
from pathlib import Path

import torch

from nsad import discover
from nsad.equations import EquationProblem
from nsad.extrapolation import extrapolation_problem, harmonic, polynomial
from nsad.fields import image_problem, load_photo
from nsad.problem import JointProblem

SEEN = {"images": ("china", "flower", "astronaut"), "equations": ("convection", "Burgers"),
        "extrapolation": (polynomial(0), polynomial(1), polynomial(2), harmonic(0), harmonic(1))}
RESULTS = Path(__file__).parent / "results"


def photograph(name):
    "Half of the pixels known, a quarter of those in each step."
    return image_problem(load_photo(name, 64), "gaps", name, steps=200, batch=512)


def equation(name, steps=100, width=16):
    "An equation with the network and points of equations.py, which takes half as many steps again."
    return EquationProblem(name, hidden=(width,) * 3, points=1024, steps=steps)


def beyond(target): return extrapolation_problem(target, rows=256, steps=400)


def small_equation(name):
    "The same by smaller networks: less than half of the time for a step."
    return equation(name, width=12)


MADE = {"images": photograph, "equations": small_equation, "extrapolation": beyond}
SEARCH = {"initial_size": 160, "population_size": 48, "fidelity": (0.1, 0.3), "final_seeds": 2}
OF_DOMAIN = {"equations": {"initial_size": 64, "population_size": 24, "fidelity": (0.5, 0.8), "final_seeds": 3,
                           "starters": ("tanh(x)", "sin(x)", "exp(-x**2)", "silu(x)")}}   # those with a curvature


def problem_of(domain):
    "What the search of a domain is judged by."
    return JointProblem([MADE[domain](seen) for seen in SEEN[domain]], name=domain)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("domain", choices=SEEN)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--keep", type=Path, help="folder for FOUND-DOMAIN.json and scores of a search that may be stopped", default=RESULTS)
    args = parser.parse_args()
    torch.set_num_threads(1)
    settings = SEARCH | OF_DOMAIN.get(args.domain, {})
    found = discover(problem_of(args.domain), seed=args.seed, budget=args.budget, finalists=6, n_jobs=args.jobs,
                     progress=False, resume=args.keep / f"found-{args.domain}.scores", **settings)
    found.save(args.keep / f"found-{args.domain}.json")
    print(f"{found.provenance['candidates']} candidates in {found.provenance['seconds']} s")
    print(found.front.to_string())


if __name__ == "__main__": main()
