"""One photograph by six activations: half of its pixels are known, the picture shows what a network makes of all of them.

    OMP_NUM_THREADS=1 python benchmarks/reconstructions.py                # writes benchmarks/results/reconstructions.png

Scales and gains of the hidden weights are those that images.py has chosen on other photographs (results/images.txt). One seed, 300 steps.
"""
import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from field_rivals import activation
from PIL import Image

from nsad.fields import image_problem, load_photo, psnr, render

SHOWN = {"ReLU": ("relu(3*x)", 1), "tanh": ("tanh(40*x)", 2), "Gauss": ("exp(-(25*x)**2)", 2), "WIRE, real part": ("cos(20*x)*exp(-(20*x/2)**2)", 2),
         "SIREN": ("sin(15*x)", 1), "erf times cosine": ("erf(15*x)*cos(15*x)", 1)}
TO = Path(__file__).parent / "results" / "reconstructions.png"


def rebuilt(photo, size, steps):
    "Name -> (picture, decibels on the pixels that were not seen)."
    pictures = {}
    for gain in sorted({gain for _, gain in SHOWN.values()}):
        names = [name for name, (_, own) in SHOWN.items() if own == gain]
        problem = image_problem(load_photo(photo, size), "gaps", photo, steps=steps, gain=gain)
        net = problem.trained([activation(SHOWN[name][0]) for name in names])
        x, y = problem.judge
        with torch.no_grad(): errors = (net(x) - y).square().mean((1, 2))
        pictures |= {name: (image, float(psnr(error))) for name, image, error in zip(names, render(net, size, size)[..., 0], errors)}
    return pictures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photo", default="chelsea")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--to", type=Path, default=TO)
    args = parser.parse_args()
    torch.set_num_threads(1)
    pictures = rebuilt(args.photo, args.size, args.steps)
    shown = {"the photograph": load_photo(args.photo, args.size)} | {f"{n}\n{pictures[n][1]:.1f} dB": pictures[n][0] for n in SHOWN}
    figure, axes = plt.subplots(1, len(shown), figsize=(1.65 * len(shown), 2.1), layout="constrained")
    for ax, (title, image) in zip(axes, shown.items()):
        ax.imshow(image, cmap="gray", vmin=0, vmax=1)
        ax.set_title(title, fontsize=8)
        ax.axis("off")
    figure.savefig(args.to, dpi=100)
    Image.open(args.to).convert("L").save(args.to, optimize=True)                 # grey, a third of the bytes
    print({name: round(db, 1) for name, (_, db) in pictures.items()})


if __name__ == "__main__": main()
