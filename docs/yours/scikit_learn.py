"""From scikit-learn's MLP, whose activations are a fixed list, to one with a formula."""
import os

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nsad import NSADClassifier, discover

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = (dict(budget=9, finalists=1, final_seeds=1, recipe=dict(epochs=5)) if SMALL
          else dict(budget=200, scales=(0.3, 3)))
SAME = dict(hidden=(64, 32), max_iter=20 if SMALL else 200, random_state=0)
X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)


def accuracy(network):
    return make_pipeline(StandardScaler(), network).fit(X, y).score(X_test, y_test)


best = discover((X, y), progress=False, **SEARCH).best              # it sees training rows alone
print(f"accuracy on test rows: {accuracy(MLPClassifier((64, 32), random_state=0)):.3f} by "
      f"MLPClassifier, {accuracy(NSADClassifier('relu', **SAME)):.3f} by "
      f"NSADClassifier with ReLU, {accuracy(NSADClassifier(best, **SAME)):.3f} "
      f"with {best.text}")
