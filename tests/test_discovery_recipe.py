"""A search judges formulas by the recipe that will train them, beside the activations that people use."""
import numpy as np
import pytest

from nsad import STRONG, Dataset, Discovery, Formula, Recipe, discover, problem
from nsad.discovery import STANDARD, Candidate
from nsad.engines import network

RNG = np.random.default_rng(4)
X = RNG.normal(size=(300, 3))
WAVE = Dataset.from_arrays(X, (np.sin(3 * X[:, 0]) * X[:, 1] > 0).astype(int), name="wave")
NOISE = Dataset.from_arrays(X, RNG.integers(0, 2, 300), name="noise")
SHORT = Recipe("short", steps=60, batch_size=64)
SMALL = dict(population_size=8, initial_size=8, generations=1, finalists=3, final_seeds=2, tune=0, progress=False)


@pytest.fixture
def trained(monkeypatch):
    "The recipes of all trainings of a search."
    recipes, train = [], problem.train
    def noted(*args, **kwargs):
        recipes.append(args[4])
        return train(*args, **kwargs)
    monkeypatch.setattr(problem, "train", noted)
    return recipes


@pytest.mark.slow
@pytest.mark.parametrize("steps", [(5, 9), (70, 90)])
def test_steps_that_were_asked_for_are_taken(steps, trained):
    discover(WAVE, steps=steps, recipe=SHORT, lr_factors=(1,), **SMALL)
    assert [r.steps_on(225) for r in trained if r.steps not in steps] == [60] * len([r for r in trained if r.steps not in steps])
    assert {r.steps for r in trained} == {*steps, 60}


@pytest.mark.slow
def test_short_trainings_are_a_share_of_the_recipe(trained):
    recipe = Recipe("mine", epochs=30, batch_size=16, lr=2e-3, dropout=0.2)                # 420 steps on 225 rows
    discover(WAVE, recipe=recipe, fidelity=(0.5, 0.75), lr_factors=(1,), **dict(SMALL, finalists=1, final_seeds=1, initial_size=3))
    assert {r.steps_on(225) for r in trained} == {210, 315, 420}
    assert {(r.lr, r.batch_size, r.dropout, r.schedule) for r in trained} == {(2e-3, 16, 0.2, recipe.schedule)}


def test_no_training_is_a_handful_of_steps():
    engine = network.NetworkEngine()
    for rows in (60, 300, 3000, 60_000):
        for trial in engine.rungs(np.zeros((rows, 3), np.float32), np.arange(rows) % 2, "binary", 1):
            assert trial.recipe.steps_on(trial.rows) >= 200
        assert trial.recipe == STRONG


@pytest.mark.slow
@pytest.mark.parametrize("ds", [WAVE, NOISE], ids=str)
def test_what_people_use_is_judged_beside_it(ds):
    found = discover(ds, recipe=SHORT, starters=["sin(x)", "x**2"], **SMALL)
    assert {s["formula"] for s in found.provenance["standard"]} == set(STANDARD)


@pytest.mark.slow
def test_in_noise_there_is_nothing_to_find():
    found = [discover(NOISE, recipe=SHORT, seed=s, **SMALL) for s in (1, 2)]
    assert all(f.best.text in STANDARD for f in found)
    assert any(f.choose("loss").text not in STANDARD for f in found)


@pytest.mark.slow
def test_a_lead_beyond_the_noise_is_taken():
    found = discover(WAVE, recipe=Recipe("longer", steps=250, batch_size=32), starters=["sin(2*x)", "sin(3*x)"], lr_factors=(1,), **SMALL)
    assert found.best == found.choose("loss") and found.best.text not in STANDARD


def judged_beside(**losses):
    "A discovery whose front and standard activations have these losses, a number for each of some splits and seeds."
    texts = {"relu": "relu(x)", "tanh": "tanh(x)", "silu": "silu(x)", "wave": "x*exp(-x**2)"}
    parts = {texts[name]: tuple(map(float, values)) for name, values in losses.items()}
    class Judges:
        def search(self, X, y, task, seed, budget):
            for text, p in parts.items(): yield Candidate(Formula(text), float(np.mean(p)), 2, "by hand", p)
    return discover(WAVE, Judges(), progress=False)


RELU = np.array([0.50, 0.60, 0.40, 0.55, 0.45])
LEAD, LUCK = np.array([0.02, 0.03, 0.02, 0.03, 0.02]), np.array([0.15, -0.05, 0.1, -0.1, 0.02])


@pytest.mark.parametrize("others, best", [
    (dict(tanh=RELU - LUCK), "relu(x)"), (dict(tanh=RELU - LEAD), "tanh(x)"), (dict(tanh=RELU + LEAD), "relu(x)"),
    (dict(tanh=RELU - LUCK, silu=RELU - LEAD / 2), "silu(x)"),                          # tanh has the lower loss, by luck
    (dict(wave=RELU - LUCK), "relu(x)"), (dict(wave=RELU - LEAD), "x*exp(-x**2)"),
    (dict(tanh=RELU - LEAD, wave=RELU - LEAD - LUCK), "tanh(x)"), (dict(tanh=RELU - LEAD, wave=RELU - 2 * LEAD), "x*exp(-x**2)"),
    (dict(tanh=RELU - LUCK, wave=RELU - LEAD / 10), "relu(x)")], ids=str)                # behind tanh, which may be luck: not shown
def test_what_is_simpler_stays_unless_the_lead_is_more_than_noise(others, best, tmp_path):
    found = judged_beside(relu=RELU, **others)
    assert found.best == Formula(best) == Discovery.load(found.save(tmp_path / "found.json")).best


def test_of_what_was_judged_once_the_lowest_loss_is_taken():
    assert judged_beside(relu=[0.5], wave=[0.05]).best.text == "x*exp(-x**2)"
    assert judged_beside(relu=[0.5], tanh=[0.6], wave=[0.55]).best.text == "relu(x)"


def test_without_relu_among_the_simple_ones_the_best_of_them_stands_for_it():
    assert judged_beside(tanh=RELU, silu=RELU - LUCK).best.text == "silu(x)"


def test_learning_rates_are_tuned_for_all_alike(tmp_path):
    slow = Recipe("slow", steps=40, batch_size=64, lr=1e-4)
    found = discover(WAVE, recipe=slow, lr_factors=(1, 30), **SMALL)
    assert found.learning_rate("relu(x)") == pytest.approx(3e-3) == found.learning_rate(found.choose("loss"))
    alone = discover(WAVE, recipe=slow, lr_factors=(1,), **SMALL)
    assert alone.learning_rate("relu(x)") is None
    again = Discovery.load(found.save(tmp_path / "found.json"))
    assert again.best == found.best and again.learning_rate("relu(x)") == found.learning_rate("relu(x)")


@pytest.mark.slow
def test_a_search_by_many_learning_rates_is_resumed(tmp_path, monkeypatch):
    options = dict(SMALL, recipe=SHORT, lr_factors=(1, 0.1, 3), seed=5)
    first = discover(WAVE, resume=tmp_path / "s.json", **options)
    monkeypatch.setattr(network, "stack_losses", lambda *_: pytest.fail("trained again"))
    again = discover(WAVE, resume=tmp_path / "s.json", **options)
    assert again.front.equals(first.front) and again.provenance["standard"] == first.provenance["standard"]


def test_a_discovery_by_an_engine_without_standards_has_the_lowest_loss():
    found = discover(WAVE, "gplearn", population_size=60, generations=1, progress=False)
    assert "standard" not in found.provenance and found.best == found.choose("loss")


@pytest.mark.slow
def test_patience_is_the_search_s_as_well():
    found = discover(WAVE, recipe=Recipe("patient", epochs=20, batch_size=32, patience=2), lr_factors=(1,), **SMALL)
    assert np.isfinite(found.front.loss).all()


@pytest.mark.parametrize("option", [dict(fidelity=(0.5, 0.1)), dict(fidelity=(0, 0.1)), dict(fidelity=(0.1, 2)), dict(steps=(0, 10)),
                                    dict(lr_factors=()), dict(lr_factors=(1, -3)), dict(recipe="strong")], ids=str)
def test_options_that_make_no_training(option):
    with pytest.raises(ValueError, match=next(iter(option))): discover(WAVE, **option)


def test_initial_formulas_are_the_starters():
    by_either = [network.NetworkEngine(**{name: ["sin(x)", Formula("x**2")]}) for name in ("initial_formulas", "starters")]
    assert by_either[0] == by_either[1] and by_either[0].starters == ("sin(x)", "x**2")
