"""The network you already have: every script runs with the package that it is for, and has its page."""
import ast
import importlib.util
import os
import re
import subprocess
import sys

import pytest

from helpers import ROOT
from nsad import Formula

PAGES = ROOT / "docs" / "yours"
SCRIPTS = sorted(PAGES.glob("*.py"))


def packages(script):
    "Names of the packages that a script imports, at its top or inside."
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.Import): yield from (a.name.split(".")[0] for a in node.names)
        elif isinstance(node, ast.ImportFrom): yield node.module.split(".")[0]


def test_the_kinds_of_network_are_there():
    known = {name for script in SCRIPTS for name in packages(script)}
    assert {"sklearn", "torch", "skorch", "lightning", "timm", "stable_baselines3", "deepxde", "torch_geometric"} <= known
    assert "TransformerEncoder(" in (PAGES / "transformer.py").read_text("utf-8")
    assert "policy_kwargs" in (PAGES / "sb3_policy.py").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_a_script_runs_and_says_before_and_after(script, tmp_path):
    for name in sorted({*packages(script)}):
        if importlib.util.find_spec(name) is None: pytest.skip(f"{name} is not installed: see docs/yours/{script.stem}.md")
    env = os.environ | {"NSAD_SMALL": "1", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, env=env, timeout=900)
    assert run.returncode == 0, run.stderr
    said = run.stdout.strip().splitlines()[-1]
    figures = re.findall(r"-?\d+\.\d+ (?:with|by)|with .* (-?\d+\.\d+)$", said)
    assert len(figures) >= 2, said
    assert Formula(said.rsplit(" with ", 1)[1]).variables == ("x",), said


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_a_page_and_its_script_are_short_and_belong_together(script):
    page = script.with_suffix(".md").read_text("utf-8")
    for text in (page, script.read_text("utf-8")): assert len(text.splitlines()) <= 30
    assert f"{{literalinclude}} {script.name}" in page
    index = (PAGES / "index.md").read_text("utf-8")
    assert f"]({script.stem}.md)" in index and f"\n{script.stem}\n" in index
