"""What a newcomer writes first: it works, or the error says what to write."""

import numpy as np
import pandas as pd
import pytest
from torch import nn

from helpers import ROOT
from nsad import Dataset, Study, SymbolicActivation, discover, mlp, replace_activations, split
from nsad.paper import Reproduction, claims

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize("mistake, remedy", [
    (lambda: split(X, Y), r"Dataset\.from_arrays\(X, y\)"),
    (lambda: discover(X, Y), r"discover\(\(X, y\)\)"),
    (lambda: discover(pd.DataFrame(X)), r"Dataset\.from_frame"),
    (lambda: discover("magic"), r"load_dataset\('magic'\)"),
    (lambda: SymbolicActivation("relu"), r"relu\(x\)"),
    (lambda: SymbolicActivation("swish"), r"swish\(x\)"),
    (lambda: replace_activations(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), "relu", "sin(x)"), r"nn\.ReLU"),
], ids=["split", "two arrays", "frame", "name", "relu", "swish", "replace"])
def test_a_first_mistake_is_told_with_its_remedy(mistake, remedy):
    with pytest.raises((ValueError, TypeError), match=remedy):
        mistake()


def test_one_width_is_one_hidden_layer():
    assert [m.out_features for m in mlp(3, hidden=7) if isinstance(m, nn.Linear)] == [7, 1]


def test_one_of_a_kind_may_stand_alone():
    study = Study(Dataset.from_arrays(X, Y), "relu", "16-8")
    assert [*study.activations] == ["relu"] and [*study.networks] == ["16-8"] and len(list(study.cells())) == 3
    assert Study("magic", "gelu").datasets == ("magic",)


def test_one_split_proves_no_claim_of_the_paper():
    "One seed has no spread: no interval, and no difference that holds."
    rows = pd.read_csv(ROOT / "benchmarks/results/reproduce-rows.csv")
    one = rows[rows.seed == 42]
    engines = sorted({a.removeprefix("specialist, ") for a in one.activation if a.startswith("specialist, ")})
    roles = {"physics": "higgs", "ecology": "forest_cover", "text": "spambase"}
    told = claims(Reproduction(one, {(e, d, 42): None for e in engines for d in roles.values()}, roles))
    assert not any("nan" in str(interval) for interval in told.interval)
    compared = told[told.claim.isin(["C1", "C2", "C5"])]
    assert len(compared) and not (compared.verdict == "holds").any()
