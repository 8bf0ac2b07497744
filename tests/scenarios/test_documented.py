"""What the front page, the README and the pages by hand tell a reader to type: commands and options exist, and code runs."""
import re
import shlex

import pytest
import typer

from helpers import ROOT
from nsad.cli import app

COMMANDS = typer.main.get_command(app)
BY_HAND = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").glob("*.md") if p.name != "gallery.md"),
           *sorted(p for folder in ("howto", "explain", "learn", "yours") for p in (ROOT / "docs" / folder).glob("*.md"))]


def typed(text):
    "Lines of code and words between backticks that begin with `nsad`, without what is set or remarked around them."
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()] + re.findall(r"`(nsad [^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    for line in lines:
        if found := re.match(r"(?:[A-Z_]+=\S* )*nsad((?: [^#]*)?)(?:#.*)?$", " ".join(line.split())): yield shlex.split(found[1])


def unknown(words):
    "The first word of a command that nsad does not have: a command, or an option."
    command = COMMANDS
    while words and words[0] in getattr(command, "commands", {}): command, words = command.commands[words[0]], words[1:]
    if "commands" in vars(command) and words and not words[0].startswith("-"): return words[0]
    options = {name for p in command.params for name in [*p.opts, *p.secondary_opts] if name.startswith("-")} | {"--help", "-h", "--debug", "--version"}
    return next((word for word in words if word.startswith("-") and not word.lstrip("-").isdigit() and word.split("=")[0] not in options), None)


def test_what_is_no_command_is_found():
    wrong = ("`nsad discovr own.csv`\n```\nNSAD_DATA=x nsad study own.csv --jobbs 4   # all\n```\n"
             "`nsad results show --no-such` and `nsad data describe own.csv --target label`")
    assert [unknown(words) for words in typed(wrong)] == ["--jobbs", "discovr", "--no-such", None]


@pytest.mark.parametrize("page", BY_HAND, ids=lambda p: p.stem)
def test_every_command_that_a_page_names_exists(page):
    assert {" ".join(words): found for words in typed(page.read_text("utf-8")) if (found := unknown(words))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["index.md", "howto/install.md"])
def test_the_code_of_a_page_runs(name, capsys, brief):
    "The front page's search has two seconds here, and the pages of how-to are run by test_site.py."
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / name).read_text("utf-8"), re.M | re.S))
    exec(compile(code.replace("time_limit=60", "time_limit=2"), name, "exec"), {"__name__": "page"})
    assert capsys.readouterr().out.strip()
