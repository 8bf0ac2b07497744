"""What third parties run on engines and problems of their own: the right ones pass, each broken promise is found."""
import numpy as np
import pytest
import torch
from torch import nn

from nsad import Candidate, Dataset, Formula, ModelProblem, Recipe, TableProblem
from nsad.discovery import load_engine
from nsad.testing import ContractError, check_engine, check_problem, small_table

BRIEF = Recipe("brief", epochs=2, batch_size=32)
OPTIONS = {
    "network": dict(population_size=6, initial_size=6, generations=1, finalists=2, final_seeds=1, tune=0, recipe=BRIEF, lr_factors=(1,)),
    "gplearn": dict(population_size=40, generations=1, fraction=1.0),
    "operon": dict(population_size=40, generations=1, rounds=1, fraction=1.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("engine", OPTIONS)
def test_the_engines_of_the_package_keep_their_promises(engine, task):
    if engine == "operon":
        pytest.importorskip("pyoperon")
    check_engine(load_engine(engine, **OPTIONS[engine]), task)


class Keeps:
    "An engine that keeps every promise."
    def search(self, X, y, task, seed, budget):
        rng = np.random.default_rng(seed)
        for n in range(6):
            if budget.spent(n):
                return
            yield self.candidate(f"sin({n + 1}*x)", float(rng.random()))

    def candidate(self, text, loss): return Candidate(Formula(text), loss)


class Lists(Keeps):
    def search(self, *args): return list(super().search(*args))


class Spoils(Keeps):
    def search(self, X, y, task, seed, budget):
        X[0] = 0
        yield from super().search(X, y, task, seed, budget)


class Mislabels(Keeps):
    def search(self, X, y, task, seed, budget):
        y[:] = y[::-1].copy()
        yield from super().search(X, y, task, seed, budget)


class Texts(Keeps):
    def candidate(self, text, loss): return text


class Wide(Keeps):
    def candidate(self, text, loss): return Candidate(Formula("X0*X1"), loss)


class Words(Keeps):
    def candidate(self, text, loss): return Candidate(Formula(text), f"{loss:.3f}")


class Diverges(Keeps):
    def candidate(self, text, loss): return Candidate(Formula(text), float("nan"))


class Forgets(Keeps):
    def candidate(self, text, loss): return Candidate(Formula(text), float(np.random.rand()))


class Remembers(Keeps):
    searches = 0

    def search(self, X, y, task, seed, budget):
        self.searches += 1
        yield from super().search(X, y, task, seed + self.searches, budget)


class Spends(Keeps):
    def search(self, X, y, task, seed, budget): yield from (Candidate(Formula(f"cos({n + 1}*x)"), 0.5) for n in range(9))


@pytest.mark.parametrize("engine, promise", [
    (Lists, "one by one"), (Spoils, "stay as they are"), (Mislabels, "stay as they are"), (Texts, "not str"), (Wide, "in x alone"), (Words, "a loss is a number"),
    (Diverges, "finite loss"), (Forgets, "same seed"), (Remembers, "same seed"), (Spends, "9 candidates came of 4")])
def test_an_engine_that_breaks_a_promise_is_found(engine, promise):
    check_engine(Keeps())
    with pytest.raises(ContractError, match=promise):
        check_engine(engine())


def build(activation): return nn.Sequential(nn.Linear(3, 4), activation, nn.Dropout(0.1), nn.Linear(4, 1))


def own(activation, seed, fidelity):
    return float(build(activation)(torch.ones(2, 3)).square().mean().detach())


@pytest.mark.parametrize("kind", ["table", "model", "function"])
def test_the_problems_of_the_package_keep_their_promises(kind):
    X, y = small_table("regression")
    rows, target = torch.as_tensor(X), torch.as_tensor(y).float()
    check_problem({
        "table": lambda: TableProblem(Dataset.from_arrays(X, y), recipe=BRIEF, hidden=(4,)),
        "model": lambda: ModelProblem(build, (rows[:150], target[:150]), (rows[150:], target[150:]), "regression", BRIEF),
        "function": lambda: own,
    }[kind]())


class Fair:
    "A problem that keeps every promise."
    name, fingerprint = "fair", "1"

    def losses(self, activations, seeds, fidelity=1.0):
        return np.array([[self.loss(a, s) for s in seeds] for a in activations])

    def loss(self, activation, seed):
        x = torch.linspace(-2, 2, 9) + seed
        return float(activation(x).square().mean().detach())


class Nameless(Fair):
    name = ""


class Changing(Fair):
    @property
    def fingerprint(self): return str(np.random.default_rng().random())


class Flat(Fair):
    def losses(self, *args): return super().losses(*args).ravel()


class Lost(Fair):
    def loss(self, *args): return float("nan")


class Moody(Fair):
    def loss(self, *args): return super().loss(*args) * float(1 + torch.rand(1))


class Beside(Fair):
    def losses(self, *args): return super().losses(*args) / len(args[0])


class BesideSeeds(Fair):
    def losses(self, *args): return super().losses(*args) / len(args[1])


class Shortened(Fair):
    def losses(self, activations, seeds, fidelity=1.0): return super().losses(activations, seeds) if fidelity == 1 else []


class Trains(Fair):
    def loss(self, activation, seed):
        with torch.no_grad():
            for p in activation.parameters(): p.mul_(1.1)
        return super().loss(activation, seed)


@pytest.mark.parametrize("problem, promise", [
    (Nameless, "not empty"), (Changing, "fingerprint of the same"), (Flat, "losses are numbers of shape"), (Lost, "diverged"), (Moody, "seeds decide"),
    (Beside, "beside others"), (BesideSeeds, "beside others"), (Shortened, "losses are numbers of shape"), (Trains, "train a copy")])
def test_a_problem_that_breaks_a_promise_is_found(problem, promise):
    check_problem(Fair())
    with pytest.raises(ContractError, match=promise):
        check_problem(problem())
