"""The command line as a user meets it: a process of its own, its exit code, and what it prints."""
import json

import pytest

from helpers import nsad, nsad_here
from nsad import paper

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("command", [[], ["discover"], ["study"], ["reproduce"], ["demo"], ["data"], ["data", "list"], ["data", "fetch"]])
def test_every_command_has_help(command):
    assert "Usage" in nsad(*command, "--help").stdout


def test_discover_a_table_of_your_own_and_judge_what_was_found(tmp_path):
    rows = [(i % 7 - 3, i % 5 - 2, "yes" if (i % 7 - 3) * (i % 5 - 2) > 0 else "no") for i in range(400)]
    (tmp_path / "own.csv").write_text("a,b,label\n" + "\n".join(",".join(map(str, r)) for r in rows))
    printed = nsad("discover", "own.csv", "--target", "label", "--budget", 20, "--epochs", 2, "--out", "found.json", "--json", "--quiet", cwd=tmp_path).stdout
    found = json.loads(printed)
    assert found == json.loads((tmp_path / "found.json").read_text()) and found["provenance"]["rows"] == 320
    best = min(found["front"], key=lambda row: row["loss"])["formula"]
    args = ["study", "own.csv", "--target", "label", "-a", "relu", "-a", best, "--seeds", "1,2", "--epochs", 5, "--store", "r.sqlite", "--quiet"]
    table = nsad_here(*args, cwd=tmp_path).stdout
    assert "relu" in table and "difference" in table
    assert nsad_here(*args, cwd=tmp_path).stdout == table


@pytest.mark.parametrize("arguments, message", [
    (["discover", "forest"], "no dataset is called 'forest'"), (["study", "magic", "-a", "rellu"], "'rellu'"), (["study", "magic", "-n", "giant"], "'giant'"),
    (["discover", "magic", "--engine", "gplearnt"], "no engine is called 'gplearnt'"), (["discover", "own.csv"], "--target"),
    (["discover", "own.csv", "--target", "c"], "there is no column 'c'"), (["study", "magic", "--seeds", "a,b"], "'a,b'"),
])
def test_a_mistake_is_one_line_and_no_traceback(arguments, message, tmp_path):
    (tmp_path / "own.csv").write_text("a,b\n1,2\n3,4\n")
    error = nsad_here(*arguments, "--quiet", cwd=tmp_path, code=1).stderr
    lines = [line for line in error.splitlines() if "reading the sample" not in line and "warn" not in line]
    assert message in error and "Traceback" not in error and lines[0].startswith("nsad: ")


def test_data_list():
    names = [row["name"] for row in json.loads(nsad_here("data", "list", "--json").stdout)]
    assert names == ["higgs", "forest_cover", "spambase", "magic"]


def test_reproduce_writes_a_report_that_needs_no_network(tmp_path, monkeypatch):
    "The demo, as small as it can be: table, verdicts and report; a second run trains nothing again."
    small = dict(generations=1, final_seeds=1, lr_factors=(1,))
    monkeypatch.setattr(paper, "DEMO_ENGINES", {"gplearn": dict(population_size=60, generations=1, fraction=0.5),
                                                "network": dict(population_size=12, initial_size=12, rows=300, final_rows=400, finalists=3, **small)})
    monkeypatch.setattr(paper, "DEMO_SEARCH", dict(population_size=8, initial_size=8, finalists=2, **small))
    monkeypatch.setattr(paper, "DEMO_EPOCHS", 2)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")                  # trainings as short as these are not worth processes of their own
    outputs = [nsad_here("demo", "--rows", 600, "--splits", 2, "--out", tmp_path, "--quiet").stdout for _ in (1, 2)]
    last = outputs[0].strip().splitlines()[-1]
    assert last == f"report: {tmp_path / 'report.html'}" and all(f"C{i}" in outputs[0] for i in range(1, 8))
    assert outputs[0] == outputs[1]
    assert outputs[0].index("worth it:") < outputs[0].index("The paper's claims"), "what a user wants to know comes first"
    page = (tmp_path / "report.html").read_text()
    assert "<svg" in page and 'src="http' not in page and 'href="http' not in page and "<script" not in page
    for name in ("table.csv", "claims.csv", "results.sqlite", "accuracy-against-parameters.png", "accuracy-against-parameters.svg"):
        assert (tmp_path / name).stat().st_size > 200
