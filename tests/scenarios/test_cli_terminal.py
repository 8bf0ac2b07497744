"""The command line on a terminal of 80 columns, and on files and names as people have them."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from helpers import NSAD, nsad_here


def here(*arguments, cwd=None): return nsad_here(*arguments, cwd=cwd, code=None)


def run(*arguments, cwd=None, **environment):
    return subprocess.run([NSAD, *map(str, arguments)], capture_output=True, text=True, timeout=200, cwd=cwd, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})


def on_terminal(*arguments, cwd=None, columns=80):
    "Lines that a command prints on a terminal so many columns wide, without colours."
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | dict(TERM="xterm")
    process = subprocess.Popen([NSAD, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, cwd=cwd, env=environment)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:                                        # Linux: nobody writes any more
            break
        if not piece:
            break
        text += piece
    assert process.wait(200) == 0
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in text.decode().replace("\r", "").split("\n")]


@pytest.fixture
def harvest(tmp_path):
    "A table with words, gaps, an identifier, dates and decimal commas."
    rows = [f"P{i:03d};{'' if i % 17 == 3 else ('Lehm', 'Sand')[i % 2]};{'n/k' if i % 13 == 5 else f'{i % 9},{i % 10}'};{(i * 37) % 120},5;"
            f"{i % 28 + 1:02d}.03.2021;{'hoch' if (i * 37) % 120 > 60 else 'niedrig'}" for i in range(120)]
    (tmp_path / "harvest.csv").write_text("\n".join(["Probe;Boden;pH;Niederschlag;Datum;Ertrag", *rows]))
    (tmp_path / "nameless.csv").write_text("\n".join(rows))
    return tmp_path


@pytest.mark.slow
def test_a_data_card_fits_and_says_what_becomes_of_each_column(harvest):
    lines = on_terminal("data", "describe", "harvest.csv", "--target", "Ertrag", cwd=harvest)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 80
    for word in ("different", "missing", "Niederschlag", "identifier", "left out", "target", "7.5%"):    # 9 of 120 are n/k
        assert word in text, text


@pytest.mark.slow
def test_tables_and_sentences_of_a_study_break_between_words(harvest):
    lines = on_terminal("study", "harvest.csv", "--target", "Ertrag", "-a", "relu", "-a", "sin(x)", "--epochs", "1", "--seeds", "1,2", "--quiet", cwd=harvest)
    text = "\n".join(lines)
    assert max(map(len, lines)) <= 80
    assert {"activation", "accuracy", "difference"} <= set(re.findall(r"\w+", text))
    assert re.search(r"\d\.\d+ ± \d\.\d+", text)


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_that_is_too_wide_is_told_row_by_row(columns):
    code = ("import pandas as pd, nsad.cli as c; frame = pd.DataFrame([[f'a_rather_long_word_{i}_{j}' for j in range(9)] for i in range(3)],"
            "columns=[f'name_{j}' for j in range(9)]); c.show(frame, 'wide')")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | dict(TERM="xterm")
    subprocess.run([sys.executable, "-c", code], stdout=theirs, check=True, env=environment, timeout=100)
    text = os.read(ours, 65536).decode()
    assert all(f"a_rather_long_word_{i}_{j}" in text for i in range(3) for j in range(9))


@pytest.mark.slow
def test_a_file_without_names_is_noticed_and_read(harvest):
    refused = here("data", "describe", "nameless.csv", cwd=harvest)
    assert refused.returncode == 1 and "--no-header" in refused.stderr
    card = json.loads(here("data", "describe", "nameless.csv", "--no-header", "--target", "-1", "--json", cwd=harvest).stdout)
    assert (card["rows"], card["target"], card["balance"]) == (120, "X5", {"hoch": 59, "niedrig": 61})
    study = here("study", "nameless.csv", "--no-header", "--target", "5", "-a", "relu", "-a", "tanh", "--epochs", "1", "--seeds", "1", cwd=harvest)
    assert study.returncode == 0 and "tanh" in study.stdout, study.stderr


@pytest.mark.slow
def test_numbers_that_are_names_stay_names(tmp_path):
    (tmp_path / "spectra.csv").write_text("400,5;410,5;420,5;kind\n" + "\n".join(f"{i % 7},1;{i % 5},2;{i % 3},3;{'ab'[i % 2]}" for i in range(40)))
    card = json.loads(here("data", "describe", "spectra.csv", "--json", cwd=tmp_path).stdout)
    assert [c["column"] for c in card["columns"]] == ["400,5", "410,5", "420,5", "kind"]


@pytest.mark.slow
@pytest.mark.parametrize("trained", [["relu", "sin(x)"], ["relu"]])
def test_a_baseline_that_is_not_trained_is_a_mistake(trained, harvest):
    activations = [word for name in trained for word in ("-a", name)]
    out = here("study", "harvest.csv", "--target", "Ertrag", *activations, "--baseline", "gelu", cwd=harvest)
    assert out.returncode == 1 and "-a gelu" in out.stderr and ", ".join(trained) in out.stderr


@pytest.mark.slow
def test_an_entry_is_shown_with_its_evidence_used_as_it_stands_and_removed(tmp_path):
    shown = here("library", "show", "forest-bump").stdout
    assert "benchmarks/results/shipped/discovery_worth-forest_cover.txt" in shown
    snippet = here("library", "use", "forest-bump").stdout
    used = subprocess.run([sys.executable, "-c", snippet + "\nimport torch; print(net(torch.zeros(2, 54)).shape)"], capture_output=True, text=True)
    assert used.returncode == 0 and "torch.Size([2, 1])" in used.stdout, used.stderr
    mine = ("--library", tmp_path / "mine")
    assert here("library", "add", "wave", "sin(2*x)", *mine).returncode == 0
    asked = here("library", "remove", "wave", *mine)
    assert asked.returncode == 1 and "--yes" in asked.stderr and (tmp_path / "mine" / "wave.json").exists()
    assert here("library", "remove", "wave", "--yes", *mine).returncode == 0 and not (tmp_path / "mine" / "wave.json").exists()
    gone = here("library", "remove", "wave", "--yes", *mine)
    assert gone.returncode == 1 and "no activation 'wave'" in gone.stderr


def test_the_help_tells_the_exit_codes_and_keeps_paragraphs_whole():
    text = run("--help", COLUMNS="80").stdout
    assert "Exit codes" in text and "130" in text and "nsad doctor" in text
    lines = [line.strip() for line in run("discover", "--help", COLUMNS="80").stdout.splitlines()]
    first = next(line for line in lines if line.startswith("The search trains"))
    assert len(first) > 60                                     # not broken where the source was


@pytest.mark.slow
def test_a_limit_that_comes_before_the_judging_is_told(tmp_path):
    "Losses of short trainings look like those of whole ones."
    short = here("discover", "magic", "--rows", "600", "--time-limit", "0.1", "--no-judge", "-o", "short.json", cwd=tmp_path)
    assert short.returncode == 0 and "losses are of short trainings" in " ".join(short.stderr.split())
    whole = here("discover", "magic", "--rows", "600", "--budget", "8", "--epochs", "2", "--no-judge", "-o", "whole.json", cwd=tmp_path)
    assert whole.returncode == 0 and "short trainings" not in whole.stderr
