"""`explore`: a panel that follows its text and its sliders, says what is wrong in itself, and is a figure where there is no panel."""
import io
import json
import os
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nsad import ActivationLibrary, Formula, explore

widgets = pytest.importorskip("ipywidgets", reason="the panel comes with the extra jupyter")
SHIPPED = ActivationLibrary.shipped()


@pytest.fixture(scope="module")
def panel():
    return explore("1.5*x*exp(-1.0*x**2)", library=SHIPPED, panel=True)


def picture(panel):
    return plt.imread(io.BytesIO(panel.picture.value))


def shows(panel, *words):
    return all(word in panel.facts.value for word in words)


def test_the_panel_is_a_widget_with_a_field_and_a_slider_for_each_constant(panel):
    panel.text.value = "1.5*x*exp(-1.0*x**2)"
    assert isinstance(panel, widgets.Widget) and panel.text in panel.children
    assert [slider.value for slider in panel.sliders] == [1.5, -1.0]
    assert all(slider.min < 0 < slider.max for slider in panel.sliders)
    assert shows(panel, "1.5*x*exp(-1.0*x**2)", "odd", "initialisation gain", "finite", "instructions")


def test_a_slider_moves_the_curve_the_facts_and_the_formula(panel):
    panel.text.value = "1.5*x*exp(-1.0*x**2)"
    before, facts = picture(panel), panel.facts.value
    panel.sliders[1].value = -0.25
    assert panel.formula == Formula("1.5*x*exp(-0.25*x**2)")
    assert shows(panel, "1.5*x*exp(-0.25*x**2)") and panel.facts.value != facts
    assert not np.array_equal(picture(panel), before)
    assert panel.text.value == "1.5*x*exp(-1.0*x**2)", "the text stays what was typed"


def test_a_new_text_has_new_sliders_and_a_new_curve(panel):
    before = panel.picture.value
    panel.text.value = "cos(2.5*x)"
    assert [slider.value for slider in panel.sliders] == [2.5]
    assert shows(panel, "even", "period") and panel.picture.value != before
    panel.text.value = "sub(X3, X7**2)"
    assert panel.sliders == () and panel.formula == Formula("x - x**2")
    assert "1.0*x" in panel.constants.children[0].value, "how a constant gets a slider"


@pytest.mark.slow
@pytest.mark.parametrize(("text", "said"), [
    ("x*(", "cannot be read"), ("", "empty"), ("2.0", "constant"), ("x + nosuchname", "nosuchname"), ("import os", "statement"),
    ("<script>alert(1)</script>", "&lt;script&gt;"), ("x" * 5000, "5000"), ("2.0*x - 2.0*x", "constant")])
def test_what_is_wrong_with_a_text_is_said_in_the_panel(panel, text, said):
    panel.text.value = "sin(1.5*x)"
    panel.text.value = text
    assert said in panel.error.value and "Traceback" not in panel.error.value and "<script" not in panel.error.value
    assert panel.formula is None and panel.found.layout.display == "none", "no picture of another formula"
    panel.text.value = "sin(1.5*x)"
    assert panel.error.value == "" and panel.found.layout.display != "none"


def test_a_constant_that_leaves_nothing_of_the_formula_can_be_moved_back(panel):
    panel.text.value = "1.5*sin(x)"
    panel.sliders[0].value = 0
    assert "constant" in panel.error.value and panel.formula is None
    panel.sliders[0].value = 0.5
    assert panel.error.value == "" and panel.formula == Formula("0.5*sin(x)")


def test_where_the_library_has_seen_its_shape_win(panel, tmp_path):
    panel.text.value = "2.0*x*exp(-x**2)"
    assert all(word in panel.evidence.value for word in ("forest-bump", "ahead", "0.8447", "gelu"))
    panel.text.value = "1/(1 + x**2)"
    assert "no activation of this shape" in panel.evidence.value
    own = ActivationLibrary(tmp_path)
    score = dict(measure="log_loss", network="light", rows="test")
    own.add("worse", "sin(x)", scores=[score | dict(mean=0.5, low=0.4, high=0.6)],
            baselines=[score | dict(mean=0.2, low=0.1, high=0.3, activation="<script>relu")])
    (tmp_path / "damaged.json").write_text("{")
    of_own = explore("sin(x)", library=own, panel=True)
    assert "behind" in of_own.evidence.value and "&lt;script&gt;relu" in of_own.evidence.value
    assert "<script" not in of_own.evidence.value


def test_a_formula_is_said_to_be_continued_where_the_textbook_has_no_value(panel):
    panel.text.value = "log(x)"
    assert shows(panel, "continued where the textbook")
    panel.text.value = "digamma(1.5*x)"
    assert panel.error.value == "", "a slope that is no formula is drawn all the same"


def test_its_time_is_measured_when_asked(panel):
    panel.text.value = "sin(x)"
    assert panel.time.value == ""
    panel.measure.click()
    assert "GELU" in panel.time.value
    panel.text.value = "cos(x)"
    assert panel.time.value == "", "the time of another formula"


def test_outside_of_jupyter_it_is_a_figure_and_a_sentence_that_names_the_extra(capsys):
    figure = explore("x*exp(-x**2)", library=SHIPPED)
    assert "pip install 'nsad[jupyter]'" in capsys.readouterr().out
    value, slope = figure.axes
    x, y = value.lines[-1].get_data()
    assert np.allclose(y, x * np.exp(-x**2)) and len(slope.lines) == 2
    assert all(word in figure.get_suptitle() for word in ("odd", "gain", "instructions"))
    assert explore("sin(x)", panel=False) and capsys.readouterr().out == ""
    with pytest.raises(ValueError, match="cannot be read"): explore("x*(")


@pytest.mark.slow
def test_without_ipywidgets_it_is_a_figure_too():
    code = ("import sys; sys.modules['ipywidgets'] = None\nimport nsad\n"
            "figure = nsad.explore('sin(x)')\nassert len(figure.axes) == 2\n"
            "try: nsad.explore('sin(x)', panel=True)\nexcept ModuleNotFoundError as error: print('refused:', error)")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {"MPLBACKEND": "agg"})
    assert run.returncode == 0, run.stderr
    still, refused = run.stdout.splitlines()
    assert "ipywidgets" in still and "nsad[jupyter]" in still and refused.startswith("refused:") and "nsad[jupyter]" in refused


@pytest.mark.slow
def test_a_kernel_of_jupyter_shows_the_panel():
    nbclient = pytest.importorskip("nbclient", reason="notebooks run with the extra dev")
    from nbformat.v4 import new_code_cell, new_notebook
    book = new_notebook(cells=[new_code_cell("import nsad\nnsad.explore('1.5*sin(x)')")])
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
    (output,) = book.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert "constant 1" in json.dumps(book.metadata["widgets"])
