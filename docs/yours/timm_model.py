"""timm: any of its models is a network whose activations can be exchanged."""
import os

import timm
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import interpolate
from nsad import ModelProblem, Recipe, discover, replace_activations
from nsad.problem import trial_losses

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = dict(budget=4, finalists=1, final_seeds=1) if SMALL else dict(budget=60, scales=(0.3, 3))
RECIPE = Recipe("digits", steps=6 if SMALL else 300, batch_size=32, lr=3e-3)
X, y = load_digits(return_X_y=True)
X = interpolate(torch.tensor(X, dtype=torch.float32).view(-1, 1, 8, 8) / 16, size=(32, 32))
learn, judge, test = ((X[i::12], y[i::12]) if SMALL else (X[i::3], y[i::3]) for i in range(3))


def build(activation):
    net = timm.create_model("test_resnet", num_classes=10, in_chans=1)         # yours, as it is
    replace_activations(net, nn.ReLU, activation)
    return net


problem, again = (ModelProblem(build, learn, part, "multiclass", RECIPE) for part in (judge, test))
best = discover(problem, progress=False, **SEARCH).best
before, after = trial_losses(again, ["relu", best], seeds=[0, 1]).mean(1)
print(f"log loss on test rows: {before:.3f} with ReLU, {after:.3f} with {best.text}")
