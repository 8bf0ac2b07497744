"""Activations of images, equations and extrapolation: what is shipped says what was measured, losses too; a library is asked by any problem."""
import importlib.util
import json
import re

import numpy as np
import pytest
import torch

from helpers import ROOT
from nsad import ActivationLibrary, Dataset, ModelProblem, Recipe
from nsad.equations import EquationProblem
from nsad.fields import image_problem
from nsad.library import Entry, LibraryError, best_beside, judged

RESULTS = ROOT / "benchmarks" / "results"
SHIPPED = ActivationLibrary.shipped()
DOMAINS = "images", "equations", "extrapolation"
NEW = [e for e in SHIPPED if e.domain in DOMAINS]


def beside(entry, dataset, name):
    "The baseline of that name on that problem, the first of several."
    return next(b for b in entry.baselines if b["dataset"] == dataset and b["activation"].split(":")[0] == name)


def lines_of(file, pattern):
    return re.findall(pattern, (RESULTS / file).read_text("utf-8"), re.M)


# ---------------------------------------------------------------- what nsad ships

@pytest.mark.parametrize("domain", DOMAINS)
def test_each_domain_ships_what_its_search_found(domain):
    assert set(SHIPPED.search(domain=domain).domain) == {domain}
    found = json.loads((RESULTS / f"found-{domain}.json").read_text("utf-8"))["provenance"]
    assert any(e.data.get("fingerprint") == found["fingerprint"] and e.engine["candidates"] == found["candidates"] and e.seed == found["seed"]
               for e in NEW if e.domain == domain)


@pytest.mark.parametrize("entry", NEW, ids=lambda e: e.name)
def test_a_shipped_field_activation_carries_its_evidence(entry):
    assert entry.licence and entry.citation and entry.versions and entry.engine["name"] == "network" and entry.data["source"]
    assert "scale" in entry.evidence and all((ROOT / f).is_file() for f in entry.evidence["files"])
    assert entry.scores and all("gain" in b or "ratio" in b for b in entry.baselines)
    assert "hint, not a proof" in entry.note and not ({"accuracy", "auc"} & {s["measure"] for s in entry.scores})
    assert entry.activation()(torch.linspace(-3, 3, 7)).isfinite().all()


def module_of(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_files_are_what_the_stored_rows_say(tmp_path):
    make = module_of(ROOT / "tools" / "make_field_activations.py")
    make.TO = tmp_path
    make.main(RESULTS)
    made = {e.name: e for e in ActivationLibrary(tmp_path)}
    assert set(made) == {e.name for e in NEW}
    for e in NEW:
        assert all(getattr(made[e.name], part) == getattr(e, part) for part in ("formula", "domain", "data", "engine", "seed", "scores", "baselines", "note"))


def test_decibels_are_the_printed_ones():
    entry = SHIPPED.entry("photo-erf-cosine")
    first = (RESULTS / "images.txt").read_text("utf-8").split("\nphoto")[0]
    lines = re.findall(r"^(\S.*?)  +([\d.]+) ± +([\d.]+)    (-[\d.]+) ± +([\d.]+)", first, re.M)
    assert len(lines) == 10 and f"{entry.scores[0]['mean']:.2f} ±" in first
    for name, mean, half, apart, wide in lines:
        b = beside(entry, "six photographs", name)
        assert b["rows"] == "pixels not seen" and b["n"] == 6 and b["over"] == "photographs"
        assert b["mean"] == pytest.approx(float(mean), abs=0.011) and b["high"] - b["mean"] == pytest.approx(float(half), abs=0.02)
        assert b["gain"] == pytest.approx(-float(apart), abs=0.011) and b["gain"] - b["gain_low"] == pytest.approx(float(wide), abs=0.011)


EQUATIONS = "convection", "heat", "wave", "Burgers", "Allen-Cahn", "Helmholtz", "Klein-Gordon"


@pytest.mark.parametrize("name, row, file", [("equation-sine", "found", "equations.txt"), ("equation-erf-cosine", "erf times cosine", "equations-adam.txt"),
                                             ("equation-cosine", "found", "equations-adam.txt")])
def test_errors_of_equations_are_the_printed_ones(name, row, file):
    entry = SHIPPED.entry(name)
    *equations, mean = map(float, lines_of(file, rf"^{row}" + r" +([\d.]+)" * 8 + "$")[0])
    own = {s["dataset"]: s["mean"] for s in entry.scores}
    assert own["five equations"] == pytest.approx(mean, abs=0.00006)
    assert [own[e] for e in EQUATIONS] == pytest.approx(equations, abs=0.0005)


def test_ratios_out_of_range_are_the_printed_ones():
    entry = SHIPPED.entry("extrapolation-softplus")
    printed = re.findall(r"([\d.]+) \(([\d.]+) to ([\d.]+)\)", lines_of("extrapolation.txt", r"^softplus.*to.*$")[0])
    assert len(printed) == 4
    for dataset, numbers in zip(("18 functions", "polynomials", "harmonics", "Feynman"), printed):
        b = beside(entry, dataset, "GELU")
        assert [b["ratio"], b["ratio_low"], b["ratio_high"]] == pytest.approx([float(v) for v in numbers], abs=0.0051)


def test_losses_stay():
    softplus, photo, wave = (SHIPPED.entry(n) for n in ("extrapolation-softplus", "photo-erf-cosine", "equation-cosine"))
    harmonics = next(s for s in softplus.scores if s["dataset"] == "harmonics")
    assert {judged(harmonics, b) for b in softplus.baselines if b["dataset"] == "harmonics"} == {"behind"} and "behind all ten" in softplus.note
    assert beside(photo, "moon", "SIREN")["gain"] < 0 and judged(photo.scores[0], best_beside(photo.scores[0], photo)) == "level"
    assert all(beside(wave, equation, "sine")["ratio"] > 1 for equation in ("heat", "wave", "Helmholtz", "Klein-Gordon")) and "was missed" in wave.note
    assert {judged(wave.scores[0], b) for b in wave.baselines if b["dataset"] == "five equations"} == {"level"}
    sine = SHIPPED.entry("equation-sine")
    assert all(beside(sine, shock, "tanh")["ratio"] > 1 for shock in ("Burgers", "Allen-Cahn")) and "tanh is ahead" in sine.note
    assert judged(sine.scores[0], beside(sine, "five equations", "sine")) == "level"


def test_on_larger_photographs_it_is_ahead_of_every_rival():
    photo = SHIPPED.entry("photo-erf-cosine-128")
    unseen = [b for b in photo.baselines if b["rows"] == "pixels not seen"]
    assert len(unseen) == 11 and all(b["gain_low"] > 0 and judged(photo.scores[0], b) == "ahead" for b in unseen)
    printed = dict(re.findall(r"^(\S.*?)  +[\d.]+ ± +[\d.]+ +(-?[\d.]+) ± +[\d.]+", (RESULTS / "images-128.txt").read_text("utf-8").split("\nphoto")[0], re.M))
    assert {b["activation"].split(":")[0]: b["gain"] for b in unseen} == {name: pytest.approx(float(gap), abs=0.011) for name, gap in printed.items()}


# ---------------------------------------------------------------- paired evidence

def entry_with(**baseline):
    about = dict(measure="psnr", dataset="six photographs")
    return Entry("e", "sin(x)", scores=[dict(about, mean=30.0, low=25.0, high=35.0)],
                 baselines=[dict(about, activation="other", mean=29.0, low=24.0, high=34.0) | baseline])


@pytest.mark.parametrize("baseline, verdict", [
    (dict(), "level"), (dict(gain=1.0, gain_low=0.5, gain_high=1.5), "ahead"), (dict(gain=1.0, gain_low=-0.5, gain_high=2.5), "level"),
    (dict(gain=-1.0, gain_low=-2.0, gain_high=-0.1), "behind"), (dict(ratio=0.5, ratio_low=0.3, ratio_high=0.9), "ahead"),
    (dict(ratio=2.0, ratio_low=1.1, ratio_high=3.0), "behind"), (dict(ratio=0.9, ratio_low=0.5, ratio_high=1.2), "level"),
])
def test_a_paired_interval_decides(baseline, verdict):
    entry = entry_with(**baseline)
    assert judged(entry.scores[0], best_beside(entry.scores[0], entry)) == verdict
    assert Entry.from_json(entry.to_json()) == entry
    if baseline:
        assert f"{next(iter(baseline.values())):.4f} [" in entry.describe()


def test_a_smaller_error_is_ahead_as_a_difference_too():
    other = dict(measure="relative_l2", activation="other", mean=0.5, gain=-0.2, gain_low=-0.3, gain_high=-0.1)
    assert judged(dict(measure="relative_l2", mean=0.3), other) == "ahead"


@pytest.mark.parametrize("baseline, message", [
    (dict(gain=1.0, gain_low=2.0, gain_high=3.0), "the gain 1.0 is not between gain_low 2.0 and gain_high 3.0"),
    (dict(ratio=2.0, ratio_low=0.5, ratio_high=1.0), "the ratio 2.0 is not between"),
    (dict(gain_low=0.5), "there is no gain for its interval; add it"), (dict(gain="much"), "gain is 'much'; it must be a finite number"),
])
def test_a_paired_interval_that_cannot_be_is_refused(baseline, message):
    with pytest.raises(LibraryError, match=message):
        entry_with(**baseline)


# ---------------------------------------------------------------- recommend for a problem

@pytest.fixture
def library(tmp_path):
    lib = ActivationLibrary(tmp_path)
    for name, formula, domain in (("fast", "sin(20*x)", "images"), ("slow", "sin(x)", "images"), ("bump", "x*exp(-x**2)", "ecology")):
        lib.add(name, formula, domain)
    return lib


def stripes(size=24, steps=60):
    "A picture that changes from pixel to pixel: short waves learn it, long ones do not."
    rows, columns = np.indices((size, size)) / size
    return image_problem((np.sin(25 * rows + 13 * columns) + 1) / 2, "gaps", "stripes", steps=steps, hidden=(24, 24))


def test_an_image_asks_the_library(library):
    problem = stripes()
    advice = library.recommend(problem, seeds=(1, 2), fidelity=1.0)
    assert list(advice.columns) == ["name", "formula", "domain", "loss", "gain", "wins"] and advice.name[0] == "fast" and advice.wins[0] == 2
    assert sorted(advice.name) == ["", "bump", "fast", "slow"] and advice.loss.is_monotonic_increasing
    base = advice[advice.name == ""].iloc[0]
    assert base.formula == "relu(x)" and base.gain == 0 and np.allclose(advice.gain, base.loss - advice.loss)
    assert advice.equals(library.recommend(problem, seeds=(1, 2), fidelity=1.0))
    losses = problem.losses([torch.nn.ReLU()], [1, 2])
    assert base.loss == pytest.approx(losses.mean(), rel=0.05)


def test_a_domain_alone_is_tried(library):
    advice = library.recommend(stripes(steps=10), domain="images", seeds=(1,))
    assert sorted(advice.name) == ["", "fast", "slow"] and set(advice.domain) == {"images", ""}
    with pytest.raises(LibraryError, match="no activation is of the domain 'image'; did you mean 'images'.; there are ecology, images"):
        library.recommend(stripes(), domain="image")
    with pytest.raises(LibraryError, match="no activation is of the domain 'images'"):
        library.recommend(stripes(), names=["bump"], domain="images")


def test_an_equation_asks_the_library(library):
    advice = library.recommend(EquationProblem("heat", hidden=(8, 8), steps=5, points=16), names=["slow"], seeds=(1,), baseline="tanh(x)", fidelity=1)
    assert sorted(advice.name) == ["", "slow"] and np.isfinite(advice.loss).all() and advice[advice.name == ""].formula.iloc[0] == "tanh(x)"


def test_a_network_and_data_of_ones_own_ask_the_library(library):
    x = torch.linspace(-1, 1, 40)[:, None]

    def build(activation):
        return torch.nn.Sequential(torch.nn.Linear(1, 8), activation, torch.nn.Linear(8, 1))
    problem = ModelProblem(build, (x[::2], torch.sin(3 * x[::2])), (x[1::2], torch.sin(3 * x[1::2])), "regression", Recipe("short", steps=10, batch_size=10))
    assert np.isfinite(library.recommend(problem, seeds=(1,), fidelity=1.0).loss).all()


def test_a_plain_function_asks_the_library(library):
    asked = []

    def mine(activation, seed, fidelity):
        asked.append((seed, fidelity))
        x = torch.linspace(-1, 1, 50)
        return float((activation(x) - torch.sin(x)).square().mean()) + 0.01 * seed
    library.add("again", "sin(x)", "elsewhere")
    advice = library.recommend(mine, seeds=(3, 5))
    assert set(advice.name[:2]) == {"slow", "again"} and advice.loss[0] == pytest.approx(0.04)
    assert len(asked) == 2 * 4 and {seed for seed, _ in asked} == {3, 5}         # two names share a formula, and its trainings
    assert len({fidelity for _, fidelity in asked}) == 1 and 0 < asked[0][1] < 1
    library.recommend(mine, seeds=(3,), fidelity=0.75)
    assert asked[-1] == (3, 0.75)


def test_what_diverged_comes_last(library):
    def mine(activation, seed, fidelity):
        loss = float(activation(torch.tensor(1.0)))
        return float("nan") if loss > 0.9 else loss                             # sin(20) = 0.91
    advice = library.recommend(mine, seeds=(1,), baseline="tanh(x)")
    assert advice.name.iloc[-1] == "fast" and np.isinf(advice.loss.iloc[-1]) and advice.wins.iloc[-1] == 0
    assert np.isfinite(advice.loss.iloc[:-1]).all()


def test_a_measure_takes_the_trial_s_place_for_a_problem_too(library):
    problem = stripes()
    advice = library.recommend(problem, measure=lambda judge, formulas: [f.complexity if judge is problem else 0 for f in formulas], domain="images")
    assert list(advice.name) == ["fast", "slow"]


@pytest.mark.parametrize("settings, message", [
    (dict(hidden=(8,)), r"hidden=\(8,\) is for a table; the problem 'stripes, gaps' says itself how it trains"),
    (dict(steps=50), "steps=50 is for a table"), (dict(rows=50), "rows=50 is for a table"), (dict(recipe=Recipe("mine", epochs=3)), "recipe=Recipe.* is for a table"),
    (dict(fidelity=0.0), "fidelity 0.0 is not a share"), (dict(fidelity=2.0), "fidelity 2.0 is not a share"), (dict(seeds=()), "0 seeds; give one"),
])
def test_what_a_problem_has_no_use_for_is_refused(library, settings, message):
    with pytest.raises(ValueError, match=message):
        library.recommend(stripes(), **settings)


def test_what_a_table_has_no_use_for_is_refused(library):
    ds = Dataset.from_arrays(np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 2, name="toy")
    with pytest.raises(LibraryError, match="fidelity=0.5 is for a problem; toy is a table: say rows and steps"):
        library.recommend(ds, fidelity=0.5)
    assert set(library.recommend(ds, domain="ecology", steps=5, seeds=(1,)).domain) == {"ecology", ""}
    for value in ("images", 3, None, torch.nn.ReLU):
        with pytest.raises(LibraryError, match="give a Dataset of training rows, or a problem"):
            library.recommend(value)


# ---------------------------------------------------------------- the gallery

@pytest.fixture(scope="module")
def gallery():
    return module_of(ROOT / "docs" / "gallery.py")


def card_of(gallery, name):
    entry = SHIPPED.entry(name)
    return gallery.card(entry.formula, dict(sources=[], rows=[], evidence=[], beside=list(gallery.beside(entry))), {})


def test_a_card_says_where_an_activation_wins_and_loses(gallery):
    card = card_of(gallery, "extrapolation-softplus")
    assert 'data-domains="extrapolation"' in card and card.count(">behind<") == 10 and 'class="better">ahead' in card
    assert "error × 0.45</span>" in card and "beside GELU, 18 functions" in card and "level beside learned mix" in card
    card = card_of(gallery, "photo-erf-cosine")
    assert 'data-domains="images"' in card and "+9.16 dB</span>" in card and "−0.42 dB" in card and "from −0.4 to 0.4" in card


def test_a_table_s_activation_has_no_such_rows(gallery):
    assert not list(gallery.beside(SHIPPED.entry("forest-bump"))) and gallery.width_of("x*exp(-x**2)") == 4
