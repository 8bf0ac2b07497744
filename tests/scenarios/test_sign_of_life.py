"""A command says within a second that it is there, tells each stage where there is no terminal, and loses no search."""
import runpy
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from helpers import PENGUINS, nsad, nsad_here
from nsad import ActivationLibrary, Dataset, Recipe, cli, discover

SEARCH = ["discover", "penguins.csv", "--target", "species", "--budget", "12", "--epochs", "2", "--operators", "mul,sin"]


@pytest.mark.slow
def test_a_search_tells_each_stage_in_a_log_and_keeps_what_it_found(tmp_path):
    shutil.copy(PENGUINS, tmp_path)
    said = nsad(*SEARCH, cwd=tmp_path).stderr
    stages = [line for line in said.splitlines() if "still at work" not in line]
    assert stages[0] == "nsad discover: reading penguins.csv"
    assert "344 rows" in stages[1] and "275 of the rows" in stages[1]
    assert any(line.startswith("generation 1: ") and "best so far" in line for line in stages)
    assert "is trained beside ReLU" in said and "learning rate 0.003 is tried for " in said
    assert "networks with " in said
    kept = (tmp_path / "penguins-discovery.json").read_text()
    nsad_here(*SEARCH, "--no-judge", cwd=tmp_path)
    assert (tmp_path / "penguins-discovery.json").read_text() == kept
    assert len(list(tmp_path.glob("penguins-discovery*.json"))) == 2
    assert nsad_here(*SEARCH, "--json", "--quiet", cwd=tmp_path).stderr == ""


@pytest.mark.slow
def test_a_vocabulary_that_cannot_be_is_told_with_the_list(tmp_path):
    shutil.copy(PENGUINS, tmp_path)
    wrong = nsad_here(*SEARCH[:-1], "mul,sine", cwd=tmp_path, code=1)
    assert "there is no operator 'sine'; there are add, sub" in wrong.stderr


@pytest.mark.slow
def test_a_study_says_how_much_there_is_to_do(tmp_path):
    shutil.copy(PENGUINS, tmp_path)
    study = ["study", "penguins.csv", "--target", "species", "-a", "relu", "-a", "silu", "--epochs", "2", "--seeds", "1,2"]
    said = [line for line in nsad_here(*study, cwd=tmp_path).stderr.splitlines() if "still at work" not in line]
    assert said[0] == "nsad study: reading penguins.csv" and said[1].startswith("4 networks to train by the recipe 'strong, 2 epochs'")


@pytest.mark.slow
def test_a_slow_command_that_has_said_nothing_says_that_it_is_at_work(monkeypatch, capsys):
    monkeypatch.setattr(cli, "SOON", 0.5)
    monkeypatch.setattr(sys, "argv", ["nsad"])
    for speaks, expected in ((False, ["nsad: at work"]), (True, ["reading"])):
        with cli.sign_of_life():
            if speaks:
                cli.stage("reading")
            time.sleep(1.5)
        assert capsys.readouterr().err.splitlines() == expected
    with cli.sign_of_life():
        pass
    time.sleep(1)
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_a_long_command_says_in_a_log_that_it_is_still_at_work(monkeypatch, capsys):
    monkeypatch.setattr(cli, "SILENCE", 0.5)
    monkeypatch.setattr(sys, "argv", ["nsad"])
    with cli.sign_of_life():
        cli.stage("reading")
        time.sleep(2.5)
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "reading" and 1 <= len(others) <= 3
    assert all(line.startswith("nsad: still at work after ") for line in others)


def test_a_best_that_is_not_on_the_front_is_explained(tmp_path, capsys):
    noise = np.random.default_rng(0)
    data = Dataset.from_arrays(noise.normal(size=(120, 3)), noise.integers(0, 2, 120), name="coins")
    found = discover(data, recipe=Recipe("brief", epochs=2), budget=12, progress=False, operators=("mul", "sin"))
    standard = {"formula": "tanh(x)", "loss": 0.1, "behind": {}}
    for known, words in (((), False), ([standard], True)):
        told = replace(found, provenance=found.provenance | {"standard": known})
        cli.show_front(told, "coins", tmp_path / "found.json")
        assert ("best: tanh(x) (a standard activation" in capsys.readouterr().out) is words
    entry = ActivationLibrary(tmp_path).add("kept", told)
    assert str(entry.formula) == "tanh(x)" and entry.scores[0]["mean"] == 0.1


def test_ctrl_c_while_the_command_still_loads_is_one_line(monkeypatch, capsys):
    class Interrupted:
        def find_spec(self, name, path=None, target=None):
            if name == "nsad.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "nsad.cli")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("nsad", run_name="__main__")
    assert end.value.code == 130 and capsys.readouterr().err == "nsad: stopped by Ctrl-C\n"


@pytest.mark.slow
def test_the_command_is_the_package_too(tmp_path):
    run = subprocess.run([sys.executable, "-m", "nsad", "library", "list"], capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
