"""Lightning: exchange the activations of the module, and let the Trainer train it."""
import os
import lightning
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from nsad import discover, replace_activations

SMALL = bool(os.environ.get("NSAD_SMALL"))                           # a short run, for tests
SEARCH = dict(budget=9, finalists=1, final_seeds=1) if SMALL else dict(budget=200, scales=(0.3, 3))
X, y = map(torch.tensor, load_digits(return_X_y=True))
learn, judge, test = ((X[i::3].float() / 16, y[i::3]) for i in range(3))

class Digits(lightning.LightningModule):                             # yours, as it is
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    def configure_optimizers(self): return torch.optim.Adam(self.parameters(), 0.01)
    def training_step(self, rows, _=0): return nn.CrossEntropyLoss()(self.net(rows[0]), rows[1])
def mine(activation, seed, fidelity, rows=judge):
    lightning.seed_everything(seed, verbose=False)
    replace_activations(module := Digits(), nn.ReLU, activation)
    epochs = max(1, round(fidelity * (4 if SMALL else 20)))
    trainer = lightning.Trainer(max_epochs=epochs, barebones=True)
    trainer.fit(module, DataLoader(TensorDataset(*learn), 64, shuffle=True))
    return module.training_step(rows).item()
best = discover(mine, progress=False, **SEARCH).best
before, after = (sum(mine(a, s, 1, test) for s in range(3)) / 3 for a in ("relu", best))
print(f"log loss on test rows: {before:.3f} with ReLU, {after:.3f} with {best.text}")
