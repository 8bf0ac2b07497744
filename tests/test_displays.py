"""What a notebook shows of a discovery, of a study's results and of a library: the answer in sight, and nothing of others' text is run."""
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from nsad import ActivationLibrary, Discovery, Formula, Recipe, Study, describe, load_dataset, verdicts

EVIL = "<script>alert(1)</script>"


class Page(HTMLParser):
    "The tags of a page, whether each is closed, and its text."
    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("br", "hr", "img", "path", "polyline"): self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("path", "polyline"): assert self.open.pop() == tag

    def handle_data(self, data): self.words.append(data)

    @property
    def text(self): return " ".join(self.words)


def shown(thing):
    "The page that a notebook shows, which is whole, and runs nothing."
    page = Page(thing._repr_html_())
    assert not {"script", "iframe", "object"} & set(page.tags)
    return page


def readable(thing):
    "Do no colours stand in the tables that a dark page, or a light one, would not show?"
    styles = re.findall(r"<t[^>]*style='([^']*)'", thing._repr_html_())
    return bool(styles) and not any(re.search(r"(^|[; ])(color|background[a-z-]*) *:(?!inherit)", style) for style in styles)


def a_discovery(dataset="magic", lead=0.02, **provenance):
    front = pd.DataFrame([("x", 0.6, 1), ("x*exp(-x**2)", 0.4, 6)], columns=["formula", "loss", "complexity"])
    relu = dict(formula="relu(x)", loss=0.42, noise=0.01, behind={"x*exp(-x**2)": (lead, 0.001), "x": (-0.18, 0.001)})
    return Discovery(front.assign(score=0.1, source="", noise=np.nan),
                     dict(engine="network", dataset=dataset, seed=1, standard=[relu]) | provenance)


def test_a_discovery_shows_what_to_use_its_front_and_what_it_was_judged_beside():
    page = shown(a_discovery())
    assert {"svg", "table"} <= set(page.tags)
    assert all(word in page.text for word in ("x*exp(-x**2)", "0.4", "0.6", "relu(x)", "0.42", "standard", "to use", "network", "magic"))
    rows = [row for row in re.findall(r"<tr>.*?</tr>", a_discovery()._repr_html_()) if "to use" in row]
    assert len(rows) == 1 and "exp" in rows[0]
    unworthy = [row for row in re.findall(r"<tr>.*?</tr>", a_discovery(lead=-0.1)._repr_html_()) if "to use" in row]
    assert len(unworthy) == 1 and "relu(x)" in unworthy[0], "ReLU stays where no formula is ahead"
    assert readable(a_discovery())


def test_a_name_from_elsewhere_is_text_in_a_discovery():
    page = shown(a_discovery(EVIL, engine=EVIL))
    assert EVIL in page.text


def test_a_long_front_says_how_long_it_is():
    front = pd.DataFrame([(f"x + {i}.5", 1.0 / (1 + i), 3 + i) for i in range(100)], columns=["formula", "loss", "complexity"])
    found = Discovery(front.assign(score=0.1, source="", noise=np.nan), dict(engine="by hand", dataset="d", seed=0))
    page = shown(found)
    assert "100" in page.text and page.tags.count("tr") <= 40 and found.best.text in page.text


@pytest.fixture(scope="module")
def results():
    ds = replace(load_dataset("sklearn:wine"), name=EVIL)
    return Study([ds], {"relu": "relu", f"bump {EVIL}": "x*exp(-x**2)"}, seeds=(1, 2, 3), recipe=Recipe("short", epochs=2)).run(progress=False)


def test_results_show_means_and_the_verdict(results):
    page = shown(results)
    assert all(word in page.text for word in ("accuracy", "±", "beside relu", "recipe short", "relu", EVIL))
    judged = verdicts(results, baseline="relu")
    assert len(judged) == 1
    for verdict in judged:
        assert verdict.word in page.text and verdict.sentence in page.text
    mean = results[results.activation == "relu"].accuracy.mean()
    assert f"{mean:.3f}" in page.text and readable(results)


def test_results_are_a_table_like_any_other(results):
    assert isinstance(results, pd.DataFrame) and len(results) == 6
    assert type(results.head()) is type(results[results.activation == "relu"]) is type(results.copy()) is pd.DataFrame
    assert "accuracy" in str(results.columns) and "<div" not in repr(results)


def test_results_of_several_recipes_stay_apart_and_odd_rows_are_shown_one_by_one(results):
    both = pd.concat([results, results.assign(recipe=f"long {EVIL}")], ignore_index=True)
    page = shown(type(results)(both))
    assert "recipe short" in page.text and f"recipe long {EVIL}" in page.text
    assert "accuracy" in shown(type(results)(results[["activation", "accuracy"]])).text
    assert "table" in shown(type(results)(results.head(0))).tags
    alone = type(results)(results[results.activation == "relu"])
    assert "relu" in shown(alone).text, "nothing to compare with"


def test_results_where_networks_diverged_say_so(results):
    lost = results.copy()
    measures = [c for c in ("accuracy", "auc", "log_loss", "balanced_accuracy", "average_precision", "ece", "e_param", "e_flop", "skill") if c in lost]
    lost.loc[lost.index[-1], measures] = np.nan
    assert "1 of 3 diverged" in shown(type(results)(lost)).text


def test_a_library_shows_every_entry_with_its_score_and_what_stood_beside_it(tmp_path):
    page = shown(ActivationLibrary.shipped())
    assert all(word in page.text for word in (f"{len(ActivationLibrary.shipped())} activations", "read-only", "forest-bump", "x*exp(-x**2)", "0.8447", "gelu", "ahead"))
    assert readable(ActivationLibrary.shipped())
    own = ActivationLibrary(tmp_path)
    assert "0 activations" in shown(own).text
    score = dict(measure="accuracy", mean=0.5, rows="test")
    own.add("mine", "sin(x)", EVIL, scores=[score], baselines=[score | dict(activation=EVIL)], note=EVIL)
    (tmp_path / "damaged.json").write_text("{" + EVIL)
    page = shown(own)
    assert page.text.count(EVIL) >= 2 and "not judged" in page.text
    assert "damaged" in page.text and "cannot be read" in page.text
    assert EVIL in shown(own.entry("mine")).text


def test_formulas_data_cards_and_datasets_escape_too():
    assert "x*exp(-x**2)" in shown(Formula("x*exp(-x**2)")).text
    assert EVIL in shown(replace(load_dataset("sklearn:wine"), name=EVIL)).text
    table = pd.DataFrame({EVIL: [1.5, 2.5, 3.5] * 20, "kind": ["a", EVIL, "b"] * 20})
    assert EVIL in shown(describe(table, target="kind")).text


@pytest.mark.parametrize("text", ["x**3", "x + erf(x)", "softplus(x) + atan(x)", "exp(x)"])
def test_a_curve_that_leaves_its_frame_does_not_look_flat(text):
    "A cut-off that is drawn as a horizontal line looks like a function that saturates."
    points = re.search(r"points='([^']*)'", Formula(text)._repr_html_()).group(1).split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights[-1] < heights[-2] < heights[-3] and min(heights) < 0
