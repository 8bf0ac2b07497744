"""A search breeds with the operators that it is given, in every engine that can."""
import re

import numpy as np
import pytest

from nsad import discover
from nsad.discovery import STANDARD, load_engine, operators_named

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 3))
Y = np.sin(2 * X[:, 0])
TINY = dict(recipe=dict(epochs=2), population_size=12, initial_size=24, generations=2, finalists=3, final_seeds=1, lr_factors=(1,), seed=1, progress=False)
SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow"}


def names_in(text):
    "Functions and signs of a formula as it is printed."
    return {*re.findall(r"[a-z]\w*(?=\()", text), *(SIGNS[sign] for sign in re.findall(r"\*\*|[*+/]", text))}


@pytest.mark.slow
@pytest.mark.parametrize("operators,allowed", [
    (("mul", "sin"), {"mul", "sin", "pow"}),                        # x*x is written x**2
    ("add, arctan, exp", {"add", "mul", "atan", "exp"}),            # x + x is written 2*x
    (["tanh"], {"tanh"}), (["max", "swish"], {"max", "silu", "relu"})])
def test_the_network_engine_breeds_with_these(operators, allowed):
    found = discover((X, Y), operators=operators, **TINY)
    bred = found.candidates[~found.candidates.formula.isin(STANDARD) & (found.candidates.source != "tuned")].formula.unique()
    assert set().union(*map(names_in, bred)) <= allowed
    assert found.provenance["options"]["operators"] == list(operators_named(operators))
    assert set(STANDARD) & set(found.candidates.formula)            # what people use is judged beside it in any case


def test_starters_of_ones_own_stay():
    found = discover((X, Y), operators=("mul", "sin"), starters=["tanh(x)*erf(x)"], **TINY)
    assert "erf(x)*tanh(x)" in set(found.candidates.formula)


def test_without_a_word_the_search_is_what_it_was():
    one, other = (discover((X, Y), **TINY, **more).candidates for more in ({}, {"operators": None}))
    assert one.equals(other) and {"relu(x)", "sin(x)", "softplus(x)"} <= set(one.formula)


def test_gplearn_and_operon_take_them_as_well():
    found = discover((X, Y), "gplearn", operators="mul,cos", generations=1, population_size=60, seed=0, progress=False)
    assert set().union(*map(names_in, found.front.formula)) <= {"mul", "cos", "pow"}
    pytest.importorskip("pyoperon")
    found = discover((X, Y), "operon", operators=("mul", "tanh"), rounds=1, generations=3, population_size=60, seed=0, progress=False)
    assert set().union(*map(names_in, found.front.formula)) <= {"mul", "tanh", "pow", "add"}


def test_pysr_is_told_by_its_own_names():
    said = load_engine("pysr", operators="+,*,tanh,cube").arguments("regression", 1)
    assert (said["binary_operators"], said["unary_operators"]) == (["+", "*"], ["tanh", "cube"])


@pytest.mark.parametrize("engine", ["network", "gplearn", "operon", "pysr"])
@pytest.mark.parametrize("operators,named", [("sin,sine", "'sine'"), (["sin", 3], "3"), ([], "names none"), ("", "names none")])
def test_a_name_that_is_none_is_told_with_the_list(engine, operators, named):
    with pytest.raises(ValueError, match=named) as error:
        load_engine(engine, operators=operators)
    assert "names none" in named or "add, sub, mul" in str(error.value)


@pytest.mark.parametrize("engine,operators,lacks", [("gplearn", "sin,tanh", "'tanh'"), ("operon", "add,gelu", "'gelu'"), ("pysr", "mish", "'mish'")])
def test_what_an_engine_lacks_is_told_with_what_it_has(engine, operators, lacks):
    with pytest.raises(ValueError, match=f"the engine '{engine}' has no operator {lacks}; it has .*sin"):
        load_engine(engine, operators=operators)
