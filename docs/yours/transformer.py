"""A transformer encoder in PyTorch: a digit is read as a sequence of eight rows."""
import os

from sklearn.datasets import load_digits
from torch import nn

from nsad import ModelProblem, Recipe, discover, replace_activations
from nsad.problem import trial_losses

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = dict(budget=6, finalists=1, final_seeds=1) if SMALL else dict(budget=200, scales=(0.3, 3))
RECIPE = Recipe("rows", steps=20 if SMALL else 300, batch_size=64, lr=3e-3)
X, y = load_digits(return_X_y=True)
learn, judge, test = ((X[i::3].reshape(-1, 8, 8) / 16, y[i::3]) for i in range(3))


def build(activation):
    layer = nn.TransformerEncoderLayer(8, 2, 32, dropout=0, batch_first=True)
    net = nn.Sequential(nn.TransformerEncoder(layer, 2), nn.Flatten(), nn.Linear(64, 10))
    replace_activations(net, nn.ReLU, activation)                    # F.relu in the layers, too
    return net


problem, again = (ModelProblem(build, learn, part, "multiclass", RECIPE) for part in (judge, test))
best = discover(problem, progress=False, **SEARCH).best
before, after = trial_losses(again, ["relu", best], seeds=[0, 1, 2]).mean(1)
print(f"log loss on test rows: {before:.3f} with ReLU, {after:.3f} with {best.text}")
