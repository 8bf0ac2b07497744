"""Matrices of transfers: what is trained, what is refused, what is compared; forecasts that read what they are given and nothing else."""
from itertools import product

import numpy as np
import pandas as pd
import pytest

from nsad.data import Dataset, split
from nsad.discovery import discover
from nsad.evaluation import ResultsStore, Study
from nsad.files import FileError
from nsad.statistics import compare
from nsad.training import Recipe
from nsad.transfer import TransferMatrix, forecast_quality, indicators, spectrum_of, transfer_matrix, transferabilities, transferability

pytestmark = pytest.mark.slow

QUICK = Recipe("quick", epochs=2, batch_size=128)
TINY = dict(generations=1, initial_size=3, population_size=3, finalists=1, final_seeds=1, tune=0, starters=("relu(x)", "sin(x)"), steps=(8, 8))
RUN = dict(recipe=QUICK, progress=False, options=TINY)


def table(name, seed=0, n=200, task="binary", kind="normal"):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 4)) if kind == "normal" else rng.integers(0, 2, (n, 4)).astype(float)
    y = X[:, 0] + 0.1 * rng.standard_normal(n)
    return Dataset.from_arrays(X, y if task == "regression" else y > np.median(y), name=name, task=task)


def made(gain, seeds=range(5), spread=0.001):
    "A matrix with given gains over ReLU: {(source, target): gain}."
    rng, rows = np.random.default_rng(0), []
    sources, targets = (list(dict.fromkeys(names)) for names in zip(*gain))
    for t, seed in product(targets, seeds):
        luck = rng.normal(0, 0.01)
        for a in (*sources, "relu"):
            value = 0.8 + luck + gain.get((a, t), 0.) + spread * rng.standard_normal()
            rows.append(dict(dataset=t, network="light", activation=a, kind="classic" if a == "relu" else "source", seed=seed, accuracy=value,
                             log_loss=1 - value, train_rows=80, test_rows=20, n_parameters=10))
    return TransferMatrix(pd.DataFrame(rows))


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    "Two tables that are searched, a third one that is only judged on."
    folder = tmp_path_factory.mktemp("transfer")
    tables = table("a", 0), table("b", 1), table("c", 2)
    return transfer_matrix(tables[:2], tables, seeds=(1, 2), folder=folder, **RUN), folder, tables


def test_every_pair_and_every_specialist_is_there(searched):
    matrix, _, _ = searched
    pairs = {*product("abc", ["a", "b", "relu", "gelu", "silu"], (1, 2)), ("c", "c", 1), ("c", "c", 2)}
    rows = matrix.results
    assert set(zip(rows.dataset, rows.activation, rows.seed)) == pairs and len(rows) == len(pairs)
    assert (matrix.sources, matrix.targets, matrix.classics) == (("a", "b", "c"), ("a", "b", "c"), ("relu", "gelu", "silu"))
    kinds = matrix.frame().set_index(["target", "source"]).kind
    assert kinds["c", "c"] == kinds["a", "a"] == "specialist" and kinds["a", "b"] == "transfer" and kinds["a", "relu"] == "classic"


def test_all_is_equal_for_all(searched):
    matrix, _, tables = searched
    for _, rows in matrix.results.groupby(["dataset", "seed"]):
        assert rows.split_seed.eq(rows.seed).all()
        assert all(rows[c].nunique() == 1 for c in ("fingerprint", "recipe", "train_rows", "test_rows", "n_parameters"))


def test_searches_saw_the_training_rows_of_each_split(searched):
    from nsad.discovery import Discovery
    _, folder, tables = searched
    for ds, seed in product(tables, (1, 2)):
        found = Discovery.load(folder / "discoveries" / f"network-{ds.name}-{seed}.json")
        assert found.provenance["fingerprint"] == ds.take(split(ds, test=0.2, seed=seed).train).fingerprint


def test_a_second_run_trains_nothing(searched, monkeypatch):
    matrix, folder, tables = searched
    def never(*args, **kwargs): raise AssertionError("searched or trained again")
    monkeypatch.setattr("nsad.discovery.discover", never)
    monkeypatch.setattr("nsad.evaluation.train", never)
    again = transfer_matrix(tables[:2], tables, seeds=(1, 2), folder=folder, **RUN)
    pd.testing.assert_frame_equal(again.results, matrix.results)


def test_a_run_that_was_broken_off_goes_on(searched, tmp_path, monkeypatch):
    matrix, folder, tables = searched
    (tmp_path / "discoveries").mkdir()
    for file in (folder / "discoveries").iterdir(): (tmp_path / "discoveries" / file.name).write_bytes(file.read_bytes())
    run, left = Study.run, [2]
    def breaks(self, **kwargs):
        left[0] -= 1
        if not left[0]: raise KeyboardInterrupt
        return run(self, **kwargs)
    monkeypatch.setattr(Study, "run", breaks)
    with pytest.raises(KeyboardInterrupt): transfer_matrix(tables[:2], tables, seeds=(1, 2), folder=tmp_path, **RUN)
    kept = len(ResultsStore(tmp_path / "results.sqlite").keys())
    monkeypatch.setattr(Study, "run", run)
    again = transfer_matrix(tables[:2], tables, seeds=(1, 2), folder=tmp_path, **RUN)
    assert 0 < kept < len(matrix.results)
    pd.testing.assert_series_equal(again.results.accuracy, matrix.results.accuracy, rtol=1e-4)


def test_equal_formulas_count_for_each_of_their_sources(tmp_path):
    twice = {"one": {1: "sin(x)", 2: "cos(x)"}, "two": {1: "sin(x)", 2: "x*sin(x)"}, "again": "sin(x)"}
    matrix = transfer_matrix(twice, [table("a")], seeds=(1, 2), specialist=False, folder=tmp_path, **RUN)
    rows = matrix.results.set_index(["activation", "seed"]).accuracy
    assert len(rows) == 12 and rows["one", 1] == rows["two", 1] == rows["again", 1]
    assert len(ResultsStore(tmp_path / "results.sqlite").keys()) == 4 + 6          # sin at both seeds, cos, x*sin; three classics


def test_one_split_for_all_needs_one_search(tmp_path):
    transfer_matrix([table("a")], seeds=(1, 2, 3), split_seed=7, folder=tmp_path, **RUN)
    assert [p.name for p in (tmp_path / "discoveries").iterdir()] == ["network-a-7.json"]


def test_a_given_discovery_is_refused_where_it_may_have_seen_test_rows():
    a, b = table("a"), table("b", 1)
    whole = discover(a, seed=1, recipe=QUICK, progress=False, **TINY)
    with pytest.raises(ValueError, match="source .mine. cannot be tested: its search has seen 100% of the test rows of .a. at split seed 1"):
        transfer_matrix({"mine": whole}, [a, b], seeds=(1,), specialist=False, **RUN)
    assert transfer_matrix({"mine": whole}, [b], seeds=(1,), specialist=False, **RUN).sources == ("mine",)
    honest = discover(a.take(split(a, test=0.2, seed=1).train), seed=1, recipe=QUICK, progress=False, **TINY)
    assert transfer_matrix({"a": honest}, [a], seeds=(1,), **RUN).frame().kind.iloc[0] == "specialist"
    with pytest.raises(ValueError, match="split seed 2"): transfer_matrix({"a": honest}, [a], seeds=(1, 2), **RUN)


@pytest.mark.parametrize("sources, options, says", [
    ({"f": "gleu(x"}, {}, "source 'f': "),
    ({"f": "X1 * X2"}, {}, "source 'f': "),
    ({"f": 3}, {}, "source 'f': 3 is no activation"),
    ({"f": {1: "sin(x)"}}, dict(seeds=(1, 2)), "source 'f' has nothing for seed 2"),
    ({"relu": "sin(x)"}, {}, "'relu' is the name of a classic"),
    ({"f": "sin(x)"}, dict(targets=None), "there are no targets"),
    ({"f": "sin(x)"}, dict(targets=[]), "at least one source and one target"),
    ({"f": "sin(x)"}, dict(baseline="tanh"), "the baseline 'tanh' is not among the classics"),
    ({"f": "sin(x)"}, dict(measure="r2"), "a \\(binary\\) has no measure 'r2'"),
    ({"b": table("a")}, {}, "source 'b' is the dataset 'a'"),
    ([table("a", 5)], {}, "both called 'a' and differ"),
    ([table("a"), table("a", 1)], {}, "two datasets are called 'a'"),
    ([3], {}, "3 is no dataset"),
    (["higs"], {}, "did you mean 'higgs'"),
    ({"f": "sin(x)"}, dict(network="giant"), "no network is called 'giant'"),
    ({"f": "sin(x)"}, dict(seeds=(1, 1)), "give different ones"),
    ({"f": "sin(x)"}, dict(seeds=5), "seeds=5 must be several"),
    ({"f": "sin(x)"}, dict(seeds=()), "at least one seed"),
    ([table("a")], dict(engine=object()), "needs an engine's name"),
    ([table("../a")], {}, "must do as a file's name"),
    ({"f": "sin(x)"}, dict(recipe="strong"), "recipe='strong' must be a Recipe"),
])
def test_what_cannot_work_is_refused_before_anything_is_trained(sources, options, says, monkeypatch):
    monkeypatch.setattr("nsad.evaluation.train", lambda *a, **k: pytest.fail("trained"))
    with pytest.raises(ValueError, match=says):
        transfer_matrix(sources, **dict(dict(targets=[table("a")], seeds=(1,), specialist=False) | RUN | options))


def test_frames_are_what_compare_says():
    matrix = made({("a", "a"): .02, ("b", "a"): -.03, ("a", "b"): .0, ("b", "b"): .01})
    rows = matrix.frame("relu").query("kind != 'classic'").reset_index(drop=True)
    tests = compare(matrix.results, "relu")
    np.testing.assert_allclose(rows.p, tests.p)
    assert list(rows.verdict) == ["better", "worse", "no difference shown", "better"]
    against = matrix.frame("specialist").set_index(["target", "source"])
    assert against.verdict["a", "b"] == "worse" and against.verdict["a", "a"] == "compared with" and against.difference["a", "a"] == 0
    assert "is worse than specialist (light)" in against.sentence["a", "b"]


def test_gains_are_positive_where_better_for_losses_too():
    matrix = made({("a", "a"): .02, ("b", "a"): -.03})
    np.testing.assert_allclose(matrix.gains(measure="log_loss"), matrix.gains(), atol=1e-12)


def test_a_target_without_a_specialist_is_left_out_of_that_question():
    matrix = made({("a", "a"): .02, ("a", "b"): .01})
    assert set(matrix.frame("specialist").target) == {"a"}
    with pytest.raises(ValueError, match="no target of the matrix has a specialist"): made({("a", "b"): .01}).frame("specialist")
    with pytest.raises(ValueError, match="no measure 'r2'"): matrix.frame(measure="r2")


def test_kept_and_read_back(tmp_path):
    matrix = made({("a", "a"): .02, ("b", "a"): -.03})
    again = TransferMatrix.load(matrix.save(tmp_path / "m.csv"))
    np.testing.assert_allclose(again.gains(), matrix.gains(), atol=1e-5)
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match="other.csv holds no transfer matrix: it has no column"): TransferMatrix.load(tmp_path / "other.csv")


def test_names_that_look_like_numbers_or_like_nothing_stay_names(tmp_path):
    matrix = made({("NA", "2019"): .02, ("2019", "2019"): -.03})
    again = TransferMatrix.load(matrix.save(tmp_path / "m.csv"))
    assert again.sources == ("NA", "2019") and again.targets == ("2019",)
    np.testing.assert_allclose(again.gains("specialist"), matrix.gains("specialist"), atol=1e-5)
    with pytest.raises(FileError, match="none.csv cannot be read: No such file"): TransferMatrix.load(tmp_path / "none.csv")


def test_the_heat_map_has_every_number_and_every_mark():
    matrix = made({("a", "a"): .02, ("b", "a"): -.03, ("a", "b"): .0, ("b", "b"): .01})
    texts = [t.get_text() for t in matrix.plot("relu").axes[0].texts]
    values = (100 * matrix.gains("relu")).loc[["a", "b"]].to_numpy().ravel()
    assert texts == [f"{v:+.1f}{mark}" for v, mark in zip(values, ["▲", "", "▼", "▲"])]
    assert len(matrix.plot("specialist").axes[0].texts) == 6 and len(matrix.plot("specialist").axes[0].patches) == 2
    assert made({("a", "b"): .01}).plot().axes[0].texts


def test_a_table_is_like_itself_and_less_like_another():
    a, b, flags = table("a"), table("b", 1), table("flags", kind="flags")
    same, near, far = transferability(a, a), transferability(a, b), transferability(a, flags)
    assert same.score == same.together == pytest.approx(1) and 1 > near.together > far.together > 0
    assert far.ties < 0.5 < near.ties
    rings = Dataset.from_arrays(a.X, (a.X ** 2).sum(1) > 3.4, name="rings")
    assert transferability(a, rings).score < 0.5 < near.score
    assert transferability(b, a).score == pytest.approx(near.score)


def test_the_forecast_does_not_depend_on_units_order_of_columns_or_names_of_classes():
    a, b = table("a", n=1000), table("b", 1, n=1000)
    moved = Dataset.from_arrays(b.X * 3 + 7, np.where(b.y == 1, "no", "yes"), name="b")
    assert transferability(a, moved).together == pytest.approx(transferability(a, b).together, rel=1e-3)
    turned = Dataset.from_arrays(b.X[:, ::-1], b.y, name="b")
    assert transferability(a, turned).together == pytest.approx(transferability(a, b).together, rel=0.1)


@pytest.mark.parametrize("X, y", [(np.zeros((50, 2)), np.arange(50) % 2), (np.arange(8.).reshape(4, 2), [0, 1, 0, 1]),
                                  (np.full((30, 1), 1e30) * np.arange(30)[:, None], np.arange(30) % 3)])
def test_strange_tables_have_a_finite_forecast(X, y):
    strange = Dataset.from_arrays(X, y, name="strange")
    assert 0 <= transferability(table("a"), strange).together <= 1 and 0 <= transferability(table("a"), strange).score <= 1


def test_shares_of_energy_sum_to_one_and_noise_is_taken_off():
    rng, shares = np.random.default_rng(0), []
    x = rng.uniform(-3 ** .5, 3 ** .5, (500, 1))
    assert spectrum_of(x, indicators(x[:, 0], "regression")).sum() == pytest.approx(1)
    for _ in range(50):
        shares.append(spectrum_of(x, indicators(x[:, 0] + 3 * rng.standard_normal(500), "regression"))[0])
    assert np.mean(shares) > .9                             # with the noise left in it would be near .86


def test_regressions_and_classes_have_spectra_that_compare():
    numbers, classes = table("n", task="regression", n=2000), table("c", n=2000)
    assert transferability(numbers, classes).spectrum > 0.6


def test_only_datasets_have_a_forecast():
    with pytest.raises(ValueError, match="two Datasets, not ndarray"): transferability(table("a"), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="different names"): transferabilities([table("a"), table("a", 1)])


def test_profiles_do_not_depend_on_more_rows_than_they_read():
    big = table("big", n=6000)
    some = big.take(np.random.default_rng(0).permutation(6000)[:3000])
    alike = transferability(big, some)                      # 5,000 rows of it are read
    assert min(alike.projections, alike.ties, alike.spectrum) > 0.8


def perfect(names="abcdef", noise=0., seed=0):
    "Forecasts, and a matrix whose gains follow them."
    rng, pairs = np.random.default_rng(seed), list(product(names, names))
    forecast = pd.DataFrame([dict(source=s, target=t, projections=p, ties=.5, spectrum=.5, together=.5, score=p)
                             for s, t in pairs if s != t for p in [rng.uniform(.1, .9)]])
    true = {(r.source, r.target): .1 * r.score + noise * rng.standard_normal() for r in forecast.itertuples()}
    return forecast, made(true | {(n, n): .1 for n in names}, spread=1e-5)


def test_a_perfect_forecast_is_called_so():
    forecast, matrix = perfect()
    quality = forecast_quality(matrix, forecast, shuffles=200)
    assert quality.spearman.iloc[0] > .95 and quality.p.iloc[0] < .02 and quality.fitted.iloc[0] > .9
    assert list(quality.left_out) == ["", *"abcdef"] and list(quality.pairs) == [30] + [10] * 6


def test_a_useless_forecast_is_called_so():
    p = []
    for seed in range(40):
        forecast, matrix = perfect("abcd", seed=seed)
        forecast["score"] = np.random.default_rng(seed + 1000).permutation(forecast.score)
        p.append(forecast_quality(matrix, forecast, shuffles=40, seed=seed).p[0])
    assert np.mean(np.array(p) <= .05) < .2 and .3 < np.mean(p) < .7


def test_the_fit_never_reads_the_gains_it_forecasts():
    "Gains of a table that are turned round turn its correlation round: what was forecast for it has not changed."
    rng, names = np.random.default_rng(0), "abcdef"
    pairs = list(product(names, names))
    forecast = pd.DataFrame([dict(source=s, target=t, together=.5, score=.5) | dict(zip(("projections", "ties", "spectrum"), rng.uniform(.1, .9, 3)))
                             for s, t in pairs if s != t])
    like = forecast.set_index(["source", "target"]).projections.to_dict()
    gain = {pair: .1 * like.get(pair, 0.) + .02 * rng.standard_normal() for pair in pairs}
    def fitted(gain): return forecast_quality(made(gain, spread=0.), forecast, shuffles=1).set_index("left_out").fitted
    before = fitted(gain)
    for name in "af":
        after = fitted({pair: -value if name in pair else value for pair, value in gain.items()})
        assert after[name] == pytest.approx(-before[name]) and abs(before[name]) > 1e-3


def test_too_few_tables_to_rank():
    forecast, matrix = perfect("ab")
    with pytest.raises(ValueError, match="at least three tables"): forecast_quality(matrix, forecast)
