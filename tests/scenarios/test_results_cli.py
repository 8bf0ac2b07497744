"""`nsad study --resume` and `nsad results`: through the program itself."""
import pandas as pd
import pytest
from typer.testing import CliRunner

from nsad.cli import app
from nsad.data import load_dataset
from nsad.evaluation import ResultsStore, Study
from nsad.report import export_results
from nsad.training import Recipe

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path, ds = tmp_path_factory.mktemp("store") / "r.sqlite", load_dataset("magic", rows=300, seed=1)
    for name in ("first_half", "second"):
        Study([ds], {"relu": "relu", "50% & more_": "sin(x)"}, seeds=(1, 2), recipe=Recipe(name, epochs=1)).run(path, progress=False)
    return path


def run(*args):
    return CliRunner().invoke(app, list(map(str, args)))


def test_show_tells_recipes_apart(store):
    out = run("results", "show", store)
    assert out.exit_code == 0 and "Recipe first_half" in out.stdout and "Recipe second" in out.stdout


def test_show_as_json_has_every_row(store):
    from io import StringIO
    assert len(pd.read_json(StringIO(run("results", "show", store, "--json").stdout))) == 8


@pytest.mark.parametrize("ending, read", [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_rows_come_back_from_a_file(ending, read, store, tmp_path):
    path = tmp_path / f"r.{ending}"
    assert run("results", "export", store, path).exit_code == 0
    rows = ResultsStore(store).frame()
    pd.testing.assert_frame_equal(read(path), rows, check_dtype=False)


def test_tables_are_markdown_and_latex(store, tmp_path):
    for ending in ("md", "tex"):
        assert run("results", "export", store, tmp_path / f"t.{ending}").exit_code == 0
    lines = (tmp_path / "t.md").read_text().splitlines()
    assert len(lines) == 6 and all(line.count("|") == lines[0].count("|") for line in lines)
    tex = (tmp_path / "t.tex").read_text()
    assert r"50\% \& more\_" in tex and r"first\_half" in tex and r"$\pm$" in tex
    body = [line for line in tex.splitlines() if line.endswith(r"\\")]
    assert len(body) == 5 and all(line.replace(r"\&", "").count("&") == body[0].count("&") for line in body)


def test_what_cannot_be_read_or_written_is_named(store, tmp_path):
    with pytest.raises(ValueError, match="by the ending of the name"):
        export_results(ResultsStore(store).frame(), tmp_path / "r.xlsx")
    (tmp_path / "text.sqlite").write_text("no database at all")
    for args, said in (((tmp_path / "none.sqlite",), "there is no store"), ((tmp_path / "text.sqlite",), "cannot be read as a store")):
        out = run("results", "show", *args)
        assert out.exit_code and said in str(out.exception)
    assert not (tmp_path / "none.sqlite").exists()


def test_resume_goes_on_from_a_store_that_is_there(tmp_path):
    study = ["study", "magic", "-a", "relu", "--seeds", "1,2", "--epochs", "2", "--rows", "300", "--quiet", "--store", tmp_path / "r.sqlite"]
    assert "there is no store" in str(run(*study, "--resume").exception) and not (tmp_path / "r.sqlite").exists()
    assert "needs --store" in str(run(*study[:-2], "--resume").exception)
    assert run(*study).exit_code == 0
    first = ResultsStore(tmp_path / "r.sqlite").frame()
    assert run(*study, "-a", "tanh", "--resume").exit_code == 0
    rows = ResultsStore(tmp_path / "r.sqlite").frame()
    assert len(rows) == 4
    pd.testing.assert_frame_equal(rows.head(2), first)
