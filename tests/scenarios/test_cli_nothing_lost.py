"""The command line keeps what it has made, replaces nothing unasked, and fails in one way."""
import json
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers import NSAD
from nsad import ActivationLibrary, Discovery, Entry
from nsad.cli import app
from nsad.evaluation import ResultsStore

pytestmark = pytest.mark.slow

HOSTILE = "a\x1b]0;owned\x07\x1b[2J\x9b31m\u202ec"


@pytest.fixture
def own(tmp_path, monkeypatch):
    "A folder of its own with a small table in it."
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    pd.DataFrame(X, columns=["a", "b"]).assign(kind=(X[:, 0] * X[:, 1] > 0).astype(int)).to_csv(tmp_path / "own.csv", index=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NSAD_LIBRARY", str(tmp_path / "lib"))
    return tmp_path


def run(*arguments):
    "The command in this process; a mistake is what `main` would say."
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CliRunner().invoke(app, list(map(str, arguments)))


ALL = """
import json, sys
from nsad.cli import main
for command in json.loads(sys.argv[1]):
    sys.argv = ["nsad", *command]
    try: main()
    except SystemExit as end: code = end.code
    else: code = 0
    for stream in (sys.stdout, sys.stderr): print(f"END {code}", file=stream, flush=True)
"""


def program(*commands, **environment):
    "Commands in one process of its own: for each its exit code, and what it has printed on both streams, as bytes."
    out = subprocess.run([sys.executable, "-c", ALL, json.dumps(commands)], capture_output=True, timeout=300, env={**os.environ, **environment})
    texts, codes = ([re.split(rb"END (\d+)\r?\n", stream)[k::2] for stream in (out.stdout, out.stderr)] for k in (0, 1))
    assert out.returncode == 0 and len(codes[0]) == len(commands), out.stderr
    return [(int(code), printed + said) for code, printed, said in zip(codes[0], *texts)]


SEARCH = ["discover", "own.csv", "--target", "kind", "--budget", "8", "--epochs", "2", "--quiet"]
STUDY = ["study", "own.csv", "--target", "kind", "--seeds", "1", "--quiet", "--epochs", "2"]


# ---------------------------------------------------------------- a discovery is kept, and replaces nothing
def test_a_discovery_is_kept_where_no_file_is_named_and_never_over_an_older_one(own):
    printed = [run(*SEARCH, "--no-judge").stdout for _ in range(2)]
    assert [Discovery.load(own / f"own-discovery{n}.json").provenance["dataset"] for n in ("", "-2")] == ["own", "own"]
    assert "saved: own-discovery.json" in printed[0] and "-a own-discovery-2.json" in printed[1]
    assert sorted(p.name for p in own.iterdir() if p.suffix in (".json", ".png")) == ["own-discovery-2.json", "own-discovery.json"]


@pytest.mark.parametrize("out, there", [("found.json", "found.json"), ("found.json", "found.png"), (".", None), ("none/found.json", None)])
def test_an_output_that_may_not_be_written_is_refused_before_the_search(out, there, own):
    if there:
        Path(there).write_text("my thesis")
    result = run(*SEARCH, "--out", out)
    assert isinstance(result.exception, OSError) and result.stdout == "" and "[Errno" not in str(result.exception)
    assert not there or Path(there).read_text() == "my thesis" and there in str(result.exception)


def test_force_replaces_and_a_figure_never_takes_the_place_of_its_discovery(own):
    Path("found.png").write_text("old")
    assert run(*SEARCH, "-o", "found.png", "--force").exit_code == 0
    assert Discovery.load("found.png").best and Path("found-activation.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("command, out", [(["export", "sin(x)", "{}"], "bump.h"), (["export", "sin(x)", "{}"], "bump.tex"),
                                          (["data", "describe", "own.csv", "-o", "{}"], "card.png"), (["results", "export", "r.sqlite", "{}"], "rows.csv"),
                                          (["library", "export", "{}"], "lib.zip")])
def test_every_command_that_writes_asks_before_it_replaces(command, out, own):
    ActivationLibrary().add("wave", "sin(x)")
    if "r.sqlite" in command:
        run(*STUDY, "-a", "relu", "--store", "r.sqlite")
    Path(out).write_text("mine")
    command = [part.format(out) for part in command]
    refused = run(*command)
    assert refused.exit_code == 1 and "is there already" in str(refused.exception) and Path(out).read_text() == "mine"
    forced = run(*command, "--force")
    assert forced.exit_code == 0 and Path(out).read_bytes() != b"mine", forced.exception


def test_a_search_on_the_command_line_goes_on_from_its_file(own):
    first = run(*SEARCH, "--no-judge", "--resume", "scores.json", "--json")
    scores = json.loads(Path("scores.json").read_text())["scores"]
    again = run(*SEARCH, "--no-judge", "--resume", "scores.json", "--json")
    assert len(scores) and json.loads(first.stdout)["front"] == json.loads(again.stdout)["front"]
    assert "other search" in str(run(*SEARCH, "--seed", 3, "--resume", "scores.json").exception).replace("another", "other")


# ---------------------------------------------------------------- what is typed after -a
def test_nothing_from_elsewhere_takes_the_place_of_relu(own):
    library = ActivationLibrary()
    library.add("relu", Entry("relu", "0.001*x"))
    Path("gelu").write_text("no discovery at all")
    rows = json.loads(run(*STUDY, "-a", "relu", "-a", "gelu", "--json").stdout)
    assert {(r["activation"], r["formula"]) for r in rows} == {("relu", "relu"), ("gelu", "gelu")}


@pytest.mark.parametrize("text, said", [("none.json", "no file none.json"), ("none.jsn", "no file none.jsn"), ("folder", "folder is a folder")])
def test_a_file_that_is_not_there_is_not_taken_for_a_formula(text, said, own):
    Path("folder").mkdir()
    assert said in str(run(*STUDY, "-a", text).exception)


def test_a_formula_may_be_longer_than_a_file_name(own):
    text = " + ".join(f"{i}.5*sin({i}*x)" for i in range(1, 25))
    assert len(text) > 255 and len(json.loads(run(*STUDY, "-a", text, "--json").stdout)) == 1


# ---------------------------------------------------------------- told to stop
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name, code", [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_search_that_is_told_to_end_keeps_what_it_has(name, code, own):
    search = subprocess.Popen([NSAD, *SEARCH[:4], "--epochs", "2", "--quiet", "--resume", "scores.json", "-o", "found.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
    deadline = time.monotonic() + 120
    while not Path("scores.json").exists():
        assert search.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    search.send_signal(getattr(signal, name))
    _, said = search.communicate(timeout=120)
    assert search.returncode == code and f"cut short by {name}" in said and "--resume scores.json" in said and "Traceback" not in said
    assert Discovery.load("found.json").provenance["cut"] == name


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_study_that_is_told_to_end_says_what_it_has_kept(own):
    many = [part for i in range(1, 30) for part in ("-a", f"sin({i}*x)")]
    study = subprocess.Popen([NSAD, *STUDY[:4], "--seeds", "1,2,3", "--quiet", "--store", "r.sqlite", *many], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
    deadline = time.monotonic() + 120
    while not (Path("r.sqlite").exists() and len(ResultsStore("r.sqlite").keys())):
        assert study.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    study.terminate()
    _, said = study.communicate(timeout=120)
    assert study.returncode == 143 and "cut short by SIGTERM" in said and "--resume goes on" in said and "Traceback" not in said
    assert f"after {len(ResultsStore('r.sqlite').keys())} new networks" in said


# ---------------------------------------------------------------- one way to fail
FAILURES = ["MemoryError()", "RuntimeError('DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes')", "RecursionError('too deep')",
            "TypeError('reader')", "sqlite3.OperationalError('locked')", "KeyError('a')", "FileNotFoundError(2, 'No such file', 'd.h')",
            "ValueError('')", "joblib.externals.loky.process_executor.TerminatedWorkerError('gone')"]


def test_whatever_goes_wrong_is_one_line_and_debug_shows_the_rest():
    code = ("import joblib, sqlite3, sys, traceback, nsad.data, nsad.cli as c\nmore = sys.argv[1:]\n"
            f"for error in [{', '.join(FAILURES)}]:\n"
            "    def fails(*a): raise error\n    nsad.data.list_datasets, sys.argv = fails, ['nsad', 'data', 'list', *more]\n"
            "    try: c.main()\n    except SystemExit as end: print(end.code)\n    except Exception: traceback.print_exc(); print('debug')\n")
    plain, debug = (subprocess.run([sys.executable, "-c", code, *more], capture_output=True, text=True, timeout=120) for more in ([], ["--debug"]))
    assert plain.stdout.split() == ["1"] * len(FAILURES) and all(line.startswith("nsad: ") for line in plain.stderr.splitlines())
    assert len(plain.stderr.splitlines()) == len(FAILURES) and "[Errno" not in plain.stderr and "enough memory" in plain.stderr
    assert debug.stdout.split() == ["debug"] * len(FAILURES) and debug.stderr.count("Traceback") >= len(FAILURES)


# ---------------------------------------------------------------- what is printed
@pytest.mark.slow
def test_no_name_reaches_the_terminal_as_a_command(own):
    frame = pd.read_csv("own.csv").rename(columns={"a": HOSTILE}).assign(w=[HOSTILE, "v"] * 40, identifier=[f"k{i}" for i in range(80)])
    frame["kind"] = frame.kind.map({0: "no", 1: f"yes{HOSTILE}"})
    path = f"x{HOSTILE}.csv"
    frame.to_csv(path, index=False)
    commands = [["data", "describe", path, "--target", "kind"], ["data", "describe", path, "--target", "nope"], ["export", f"x+{HOSTILE}", "a.h"],
                ["discover", path, "--target", "kind", "--budget", "8", "--epochs", "2", "--quiet", "--no-judge"], ["study", "magic", "--rows", "200", "-a", HOSTILE],
                ["study", path, "--target", "kind", "-a", "relu", "--seeds", "1", "--epochs", "2", "--quiet"], ["library", "show", HOSTILE]]
    for command, (_, seen) in zip(commands, program(*commands)):
        assert "owned" in seen.decode("utf-8") and not set("\x1b\x07\x9b\u202e\r") & set(seen.decode("utf-8")), command


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_output_redirected_in_any_encoding_is_whole(encoding, own):
    pd.read_csv("own.csv").rename(columns={"a": "größe → Ω"}).to_csv("wide.csv", index=False)
    commands = [["data", "describe", "wide.csv", "--target", "kind"], ["data", "list"], ["--help"], [], ["library", "show", "forest-bump"], ["doctor"]]
    for command, (code, seen) in zip(commands, program(*commands, PYTHONIOENCODING=encoding)):
        assert code == 0 and seen and b"Traceback" not in seen and b"codec" not in seen, command


def test_a_data_set_whose_name_is_a_path_stays_in_the_folder(own, monkeypatch):
    import sklearn.datasets
    from sklearn.utils import Bunch
    rng = np.random.default_rng(0)
    table = Bunch(data=pd.DataFrame(rng.normal(size=(80, 2)), columns=list("ab")), target=pd.Series(rng.integers(0, 2, 80), name="y"),
                  details=dict(name="../../outside/evil", id="7", version="1"))
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda **_: table)
    before = {p for p in own.parent.rglob("*") if own not in p.parents}
    assert run("discover", "openml:7", "--budget", "8", "--epochs", "2", "--quiet", "--no-judge").exit_code == 0
    assert {p for p in own.parent.rglob("*") if own not in p.parents} == before and len(list(own.glob("*discovery.json"))) == 1
