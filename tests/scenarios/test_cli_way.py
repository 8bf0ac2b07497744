"""How the command line receives people: the way in, examples, completion, the doctor, errors and their codes."""
import json
import os
import re
import subprocess
import sys

import pytest

from helpers import NSAD, PENGUINS, nsad_here

pytestmark = pytest.mark.slow

COMMANDS = [["doctor"], ["discover"], ["study"], ["reproduce"], ["demo"], ["export"], ["data", "list"], ["data", "fetch"], ["data", "describe"],
            ["results", "show"], ["results", "export"], *(["library", c] for c in ("list", "show", "add", "use", "export", "import"))]


def here(*arguments, **environment): return nsad_here(*arguments, code=None, **environment)


def run(*arguments, **environment):
    return subprocess.run([NSAD, *arguments], capture_output=True, text=True, timeout=120, env={**os.environ, **environment})


def test_alone_it_shows_the_way():
    out = run()
    assert out.returncode == 0 and all(f"nsad {c}" in out.stdout for c in ("doctor", "demo", "discover", "study", "reproduce"))


def test_every_command_has_an_example_in_its_help_and_a_place_in_the_list():
    for command in COMMANDS:
        text = here(*command, "--help").stdout
        assert re.search(r"Examples?:\s+(.* )?nsad " + " ".join(command), text), command


def test_completion_knows_the_commands():
    out = run(_NSAD_COMPLETE="complete_bash", COMP_WORDS="nsad d", COMP_CWORD="1")
    assert {"doctor", "demo", "discover", "data"} <= set(out.stdout.split())


def test_the_doctor_says_what_works_as_json(tmp_path):
    out = here("doctor", "--json", "--data-home", tmp_path)
    parts = {row["part"]: row for row in json.loads(out.stdout)}
    assert out.returncode == 0 and parts["torch"]["state"] == "ok" and parts["engine gplearn"]["state"] == "ok"
    assert parts["data higgs"]["state"] == "absent" and "nsad data fetch higgs" in parts["data higgs"]["remedy"] and parts["data magic"]["state"] == "ok"
    assert all(row["state"] == "ok" or row["remedy"] for row in parts.values())


def test_a_required_part_that_fails_is_exit_code_1(monkeypatch):
    monkeypatch.setattr("nsad.doctor.trains", lambda: 1 / 0)
    out = here("doctor")
    assert out.returncode == 1 and "fails" in out.stdout and "division by zero" in out.stdout


@pytest.mark.parametrize("arguments, code", [(["study", "magic", "-n", "giant"], 1), (["no-such-command"], 2), (["discover"], 2)])
def test_exit_codes_and_no_traceback(arguments, code):
    out = here(*arguments)
    assert out.returncode == code and "Traceback" not in out.stderr


@pytest.mark.parametrize("arguments", [["--debug", "study", "magic", "-n", "giant"], ["study", "magic", "-n", "giant", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(arguments):
    out = here(*arguments)
    assert out.returncode == 1 and "Traceback" in out.stderr and "no network is called 'giant'" in out.stderr


def test_a_file_that_is_not_there_is_not_taken_for_a_dataset():
    out = here("discover", "wine.cvs", "--target", "kind")
    assert out.returncode == 1 and "there is no file wine.cvs" in out.stderr


@pytest.mark.parametrize("arguments, words", [
    (["discover", "magic", "--target", "class"], "--target is for files; magic is a dataset"),
    (["study", "magic", "--no-header"], "--no-header is for files"),
    (["data", "describe", "magic", "--target", "class"], "--target is for files"),
    (["discover", PENGUINS, "--target", "species", "--rows", "50"], "--rows is for datasets given by name; .*penguins.csv is read as a whole"),
    (["study", PENGUINS, "--target", "species", "--rows", "50"], "--rows is for datasets given by name"),
    (["discover", "magic", "--engine", "gplearn", "--no-judge", "--hidden", "heavy"], "the engine 'gplearn' trains none"),
    (["discover", "magic", "--engine", "gplearn", "--json", "--epochs", "3"], "the engine 'gplearn' trains none"),
    (["discover", "magic", "--engine", "operon", "--jobs", "0"], "n_jobs=0 must be a whole number"),
    (["export", "sin(x)", "sine.onnx", "--dtype", "double"], "--name and --dtype are for C"),
    (["export", "sin(x)", "sine.tex", "--name", "sine"], "--name and --dtype are for C"),
    (["library", "list", "--shipped", "--library", "own"], "--shipped and --library name two libraries"),
])
def test_an_option_that_nothing_would_read_is_refused(arguments, words, tmp_path):
    out = nsad_here(*arguments, cwd=tmp_path, code=1)
    assert re.search(words, out.stderr) and os.listdir(tmp_path) == []


def test_the_way_from_a_table_to_a_verdict_is_told_at_each_step(tmp_path):
    (tmp_path / "own.csv").write_text("a,b,kind\n" + "\n".join(f"{i % 7 - 3},{i % 5 - 2},{int((i % 7 - 3) * (i % 5 - 2) > 0)}" for i in range(300)))
    found = subprocess.run([NSAD, "discover", "own.csv", "--target", "kind", "--budget", "12", "--epochs", "2", "-o", "found.json", "--quiet", "--no-judge"],
                           capture_output=True, text=True, cwd=tmp_path)
    step = next(line for line in found.stdout.splitlines() if line.startswith("next: ")).removeprefix("next: ")
    assert step == "nsad study own.csv --target kind -a relu -a found.json"
    judged = here(*step.split()[1:], "--seeds", "1,2", "--epochs", "2", "--quiet", cwd=tmp_path)
    assert judged.returncode == 0 and "found.json" in judged.stdout and "relu" in judged.stdout
    assert "formulas/s" not in found.stderr + judged.stderr                            # bars are for terminals


def test_the_share_of_test_rows_can_be_chosen_and_goes_along(tmp_path):
    rows = (f"{i % 7 - 3},{i % 5 - 2},{i},{int((i % 7 - 3) * (i % 5 - 2) > 0)}" for i in range(300))
    (tmp_path / "own.csv").write_text("a,b,c,kind\n" + "\n".join(rows))

    def nsad(*arguments): return here(*arguments, "--quiet", cwd=tmp_path)

    own = "own.csv", "--target", "kind", "--test-share", "0.4"
    search = "--budget", "8", "--epochs", "2", "--no-judge", "-o", "found.json"
    found = nsad("discover", *own, *search)
    step = found.stdout.split("next: ")[1].split()
    assert step[1:] == ["study", *own, "-a", "relu", "-a", "found.json"]
    judged = nsad(*step[1:], "--seeds", "1,2", "--epochs", "2")
    assert judged.returncode == 0 and "120 test rows" in judged.stdout
    refused = nsad("study", *own[:3], "--test-share", "1")
    assert refused.returncode == 2 and "--test-share" in refused.stderr


def test_a_discovery_is_judged_on_rows_that_its_search_has_not_seen(tmp_path):
    rows = "\n".join(f"{i % 7 - 3},{i % 5 - 2},{i * 37 % 200 / 7:.2f},{int((i % 7 - 3) * (i % 5 - 2) > 0)}" for i in range(200))
    (tmp_path / "own.csv").write_text("a,b,c,kind\n" + rows)           # no row twice: twins are no leak
    def nsad(*arguments): return here(*arguments, "--epochs", "2", "--quiet", cwd=tmp_path)
    for seed in ("3", "4"): nsad("discover", "own.csv", "--target", "kind", "--budget", "10", "--no-judge", "--seed", seed, "-o", f"{seed}.json")
    study = ["study", "own.csv", "--target", "kind", "-a", "relu", "--seeds", "1,2", "--json"]
    told = nsad(*study, "-a", "3.json")
    assert {row["split_seed"] for row in json.loads(told.stdout)} == {3} and "new to 3.json" in told.stderr
    assert {row["split_seed"] for row in json.loads(nsad(*study).stdout)} == {1, 2}
    both = nsad(*study, "-a", "3.json", "-a", "4.json")
    assert both.returncode == 1 and "different splits" in both.stderr and "study one at a time" in both.stderr
    other = nsad(*study, "-a", "3.json", "--split-seed", "9")
    assert other.returncode == 1 and "has seen" in other.stderr and "--split-seed 3" in other.stderr


def test_a_mistake_in_where_to_write_is_told_before_the_search(tmp_path):
    out = here("discover", "magic", "--out", str(tmp_path / "none" / "found.json"))
    assert out.returncode == 1 and "there is no folder" in out.stderr


def test_the_library_speaks_of_options_not_of_arguments(tmp_path):
    library = dict(NSAD_LIBRARY=str(tmp_path))
    assert here("library", "add", "mine", "sin(x)", **library).returncode == 0
    again = here("library", "add", "mine", "cos(x)", **library)
    assert again.returncode == 1 and "--overwrite" in again.stderr
    listed = here("library", "list", "--shipped").stdout.splitlines()
    [bump] = [line for line in listed if "forest-bump " in line]                   # with what it is worth, and beside whom
    assert "accuracy 0.8447" in bump and "0.8123 (gelu)" in bump and "ahead" in bump
    assert "first score" in here("library", "list", "--shipped", "--domain", "none").stdout
    assert here("library", "add", "mine", "cos(x)", "--overwrite", **library).returncode == 0 and "cos(x)" in here("library", "list", **library).stdout
    sent = str(tmp_path / "sent.zip")
    assert [here("library", "export", sent, *more, **library).returncode for more in ([], [], ["--overwrite"])] == [0, 1, 0]


def test_what_looks_like_markup_is_shown_as_it_is():
    code = "import nsad.cli as c, pandas as pd; c.show(pd.DataFrame({'a': [\"pip install 'nsad[jax]'\"]}), 'of [things]')"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "nsad[jax]" in out.stdout and "of [things]" in out.stdout
