"""Each kind of problem: killed and resumed, in two processes, or stopped by Ctrl-C, a search ends as it should."""
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

pytestmark = pytest.mark.slow

BEGIN = """
import os, sys, time, warnings
import numpy as np
import torch
from torch import nn
from nsad import Dataset, ModelProblem, Recipe, TableProblem, discover
from nsad.fields import FieldProblem
from nsad.problem import JointProblem

warnings.simplefilter("ignore")
DRAW = torch.Generator().manual_seed(0)


def pause():
    time.sleep(float(os.environ["PAUSE"]))                     # no part of what is computed
    return 0.
"""

KINDS = {
    "cnn": """
        from sklearn.datasets import load_digits
        X, y = load_digits(return_X_y=True)
        X = X[:300].reshape(-1, 1, 8, 8) / 16
        y = y[:300]
        def judge(net):
            pause()
            with torch.no_grad(): return nn.functional.cross_entropy(net(torch.tensor(X[200:]).float()), torch.tensor(y[200:]).long()).item()
        def build(act):
            return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), act, nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.1), nn.Linear(36, 10))
        problem = ModelProblem(build, (X[:200], y[:200]), judge, "multiclass", Recipe("r", steps=30, batch_size=50, lr=1e-2), "digits", device="cpu")
        assert problem.as_one
    """,
    "transformer": """
        X = torch.randint(0, 5, (120, 6), generator=DRAW)
        y = (X[:, 0] == X[:, -1]).float()
        class Encoder(nn.Module):
            def __init__(self, act):
                super().__init__()
                self.embed, self.head = nn.Embedding(5, 8), nn.Linear(8, 1)
                self.layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, activation=act, batch_first=True)

            def forward(self, x): return self.head(self.layer(self.embed(x)).mean(1))
        def judge(net):
            pause()
            with torch.no_grad(): return nn.functional.binary_cross_entropy_with_logits(net(X[80:])[:, 0], y[80:]).item()
        problem = ModelProblem(Encoder, (X[:80], y[:80]), judge, "binary", Recipe("r", steps=20, batch_size=40), "first is last", device="cpu")
        assert not problem.as_one
    """,
    "joint": """
        x = np.linspace(-1, 1, 41)[:, None]
        wave = FieldProblem("wave", (x[::2], np.sin(9 * x[::2])), (x[1::2], np.sin(9 * x[1::2])), hidden=(8, 8), steps=60)
        def mine(activation, seed, fidelity):
            pause()
            t = torch.linspace(-1, 1, 41)
            return float((activation(t) - torch.sin(9 * t)).square().mean()) + 0.01 * torch.rand(1).item()
        problem = JointProblem([wave, mine])
    """,
    "table": """
        draw = np.random.default_rng(0)
        X = draw.normal(size=(240, 3))
        table = Dataset.from_arrays(X, (np.sin(2 * X[:, 0]) + X[:, 1] > 0).astype(int), name="waves")
        def judge(stack, rows, targets):
            pause()
            from nsad.training import predict
            output = predict(stack, rows)[..., 0]
            return np.logaddexp(0, -output * (2 * targets - 1)).mean(1)
        problem = TableProblem(table, hidden=(8,), recipe=Recipe("r", steps=40, batch_size=64), objective=judge)
    """,
}
END = """
def search(file, n_jobs):
    size = 48 if isinstance(problem, TableProblem) or getattr(problem, "as_one", False) else 24           # what trains one by one tells of each training
    return discover(problem, resume=file, initial_size=size, population_size=size // 2, generations=2, finalists=3, final_seeds=2, progress=False, n_jobs=n_jobs)
"""
# Each search has a process of its own, forked from one that has imported everything and done nothing.
SERVER = """
import importlib, json, multiprocessing, os, sys


def work(folder, kind, pause, searches):
    os.chdir(folder)
    os.environ["PAUSE"] = pause
    sys.path.insert(0, folder)
    search = importlib.import_module(kind).search
    with open("said.txt", "w") as said:
        for file, n_jobs in searches:
            found = search(file, n_jobs)
            print(found.front.drop(columns="noise").to_json(), found.provenance.get("cut", ""), file=said, flush=True)
    os._exit(0)                        # workers of its own are not waited for


if __name__ == "__main__":
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(["nsad.discovery", "nsad.engines.network", "nsad.fields", "nsad.problem", "torch._dynamo", "sklearn.datasets"])
    for line in sys.stdin:
        process = fresh.Process(target=work, args=json.loads(line))
        process.start()
        print(process.pid, flush=True)
        process.join(120)
        process.kill()
        process.join()
        print(process.exitcode, flush=True)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    (folder / "server.py").write_text(SERVER)
    process = subprocess.Popen([sys.executable, "server.py"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.stdin.close()
    process.wait(60)


def scores(path):
    try: return len(json.loads(path.read_text())["scores"])
    except (OSError, ValueError): return 0


def alive(pid):
    try: os.kill(pid, 0)
    except ProcessLookupError: return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_killed_stopped_and_in_two_processes_a_search_ends_with_the_same_front(kind, tmp_path, server):
    (tmp_path / f"{kind}_problem.py").write_text(BEGIN + textwrap.dedent(KINDS[kind]) + END)
    def start(*searches, pause="0"):
        "Searches in one process, one after the other: the file of each, and its number of processes. The process's number."
        server.stdin.write(json.dumps([str(tmp_path), f"{kind}_problem", pause, searches]) + "\n")
        server.stdin.flush()
        return int(server.stdout.readline())
    def ended(code=0):
        assert int(server.stdout.readline()) == code
        return (tmp_path / "said.txt").read_text()
    def once_further(pid, signum):
        before = scores(tmp_path / "a.json")
        for _ in range(6000):
            time.sleep(0.02)
            if scores(tmp_path / "a.json") >= before + 5 or not alive(pid): break
        assert alive(pid), "too quick to be stopped"
        os.kill(pid, signum)
        return ended(-signum if signum == signal.SIGKILL else 0)
    start(("whole.json", 1), ("two.json", 2))
    whole, by_two = ended().splitlines()
    assert whole.strip() and by_two == whole
    pause = "0.3" if kind == "table" else "0.05"                                         # a table's losses come for a whole stack
    once_further(start(("a.json", 1), pause=pause), signal.SIGKILL)
    stopped = once_further(start(("a.json", 1), pause=pause), signal.SIGINT)             # goes on from the kill, and is stopped
    assert "formula" in stopped and "Ctrl-C" in stopped
    start(("a.json", 1))
    assert ended().splitlines() == [whole]
