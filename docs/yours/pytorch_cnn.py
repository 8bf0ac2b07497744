"""A convolutional network in PyTorch: search a formula for it, put it in, train again."""
import os

from sklearn.datasets import load_digits
from torch import nn

from nsad import ModelProblem, Recipe, discover, replace_activations
from nsad.problem import trial_losses

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = dict(budget=9, finalists=1, final_seeds=1) if SMALL else dict(budget=200, scales=(0.3, 3))
RECIPE = Recipe("digits", steps=40 if SMALL else 300, batch_size=64, lr=5e-3)
X, y = load_digits(return_X_y=True)
learn, judge, test = ((X[i::3].reshape(-1, 1, 8, 8) / 16, y[i::3]) for i in range(3))


def build(activation):
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 2),
                        nn.ReLU(), nn.Flatten(), nn.Linear(64, 10))  # yours, as it is
    replace_activations(net, nn.ReLU, activation)
    return net


problem, again = (ModelProblem(build, learn, part, "multiclass", RECIPE) for part in (judge, test))
best = discover(problem, progress=False, **SEARCH).best
before, after = trial_losses(again, ["relu", best], seeds=[0, 1, 2]).mean(1)
print(f"log loss on test rows: {before:.3f} with ReLU, {after:.3f} with {best.text}")
