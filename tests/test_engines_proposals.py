"""Formulas that come from elsewhere: a file, a function, a language model on a server that sometimes lies."""
import http.server
import json
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
import warnings

import numpy as np
import pytest
import torch

from nsad import Dataset, Recipe, discover
from nsad.engines.proposals import ProposalEngine, read_proposal, texts_of
from nsad.files import FileError

X = torch.linspace(-3, 3, 61)
QUIET = dict(final_seeds=1, finalists=3, progress=False)


def wave(activation, seed, fidelity): return float((activation(X) - torch.sin(5 * X) * X).square().mean())


def quietly(*args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return discover(*args, **QUIET | options)


LIES = [
    json.dumps(["x*sin(5*x)", "sin(5*x)", "x*sin(5*x)", "2*x*sin(5*x)"]),                           # duplicates, up to a factor
    "Sure! Here are some activations you could try:\n1. f(x) = x*sin(4.9*x)\n2. `tanh(3*x)`\n3. __import__('os').system('rm -rf /')\n",
    json.dumps(["sin(" * 58 + "x" + ")" * 58, "x" * 5000, "9" * 299 + "*x", "x + y", "x1*x2", "3.0", "10**10**10*x", "\u001b[2J\u202ex", "σ(x)", ""]),
    json.dumps([None, 3, {"formula": "x"}, ["sin(x)"], True, "cos(5*x)*x"]),
    json.dumps({"formulas": ["sin(x)"]}),
    "\x00\x01\x02",
    "<html>502 Bad Gateway</html>",
    "slow",
    json.dumps("sin(2*x)\n" * 100_000),
    json.dumps([]),
]


class LanguageModel(http.server.BaseHTTPRequestHandler):
    "Plays a model that answers with formulas, most of the time."
    asked = []

    def do_POST(self):
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = LIES[(len(self.asked) - 1) % len(LIES)]
        if body == "slow": time.sleep(3)
        if "502" in body: self.send_response(502)
        else: self.send_response(200)
        self.end_headers()
        try: self.wfile.write(body.encode("utf-8"))
        except OSError: pass                                          # nobody waits any more

    def log_message(self, *args): pass


@pytest.fixture
def model():
    LanguageModel.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), LanguageModel)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    def propose(history):
        request = urllib.request.Request(url, json.dumps(history[:50]).encode("utf-8"))
        with urllib.request.urlopen(request, timeout=20) as answer: text = answer.read().decode("utf-8")
        try: return json.loads(text)
        except ValueError: return text
    yield propose
    server.shutdown()


@pytest.mark.slow
def test_a_language_model_that_sometimes_lies(model):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = discover(wave, "proposals", propose=model, generations=len(LIES) + 1, attempts=4, patience_s=1.5, **QUIET)
    assert "sin(5*x)" in found.choose("loss").text and found.provenance["engine"] == "proposals"
    tried = set(found.candidates.formula)
    assert any("4.9" in t for t in tried) and any("cos(5*x)" in t for t in tried)
    refused = found.provenance["refused"]
    reasons = " | ".join(refused.values())
    for word in ("tried before", "only a known function", "characters, at most", "parentheses", "unknown variable", "x1, x2", "constant",
                 "NoneType is no text", "int is no text", "dict", "no answer in 1.5 seconds", "HTTPError"):
        assert word in reasons, word
    assert all(name.isprintable() for name in refused) and all(why.isprintable() for why in refused.values())
    assert any("refused" in str(w.message) for w in said)
    first, later = LanguageModel.asked[0], LanguageModel.asked[2]
    assert first[0]["loss"] <= first[1]["loss"] and {"formula", "loss", "rung", "complexity", "refused"} == set(first[0])
    assert any(row["refused"] for row in later)                       # it is told what was refused, and why


def test_the_search_goes_on_to_judging_where_nothing_comes():
    def broken(history): raise ConnectionError("no route to host")
    with pytest.warns(UserWarning, match="ConnectionError: no route"):
        found = discover(wave, "proposals", propose=broken, **QUIET)
    assert found.candidates.rung.max() == 2 and set(found.candidates.source) <= {"starter", "standard"}
    assert len(found.provenance["refused"]) == 3                      # asked three times


def test_an_answer_without_end_and_one_that_hangs():
    def endless(history):
        n = 0
        while True:
            n += 1
            yield f"sin({n}*x)"
    found = quietly(wave, "proposals", propose=endless, population_size=5, generations=3)
    assert (found.candidates.source == "proposed").sum() >= 5
    def hangs(history): threading.Event().wait()
    start = time.monotonic()
    quietly(wave, "proposals", propose=hangs, patience_s=0.2)
    assert time.monotonic() - start < 30


def test_a_file_is_read_in_parts(tmp_path):
    lines = ["# ideas", "x*sin(5*x)", "", "sin(5*x)", "not a formula", "y = tanh(x)*x", "cos(x)"]
    (tmp_path / "ideas.txt").write_text("\n".join(lines))
    found = quietly(wave, "proposals", propose=tmp_path / "ideas.txt", population_size=2)
    assert {"x*sin(5*x)", "sin(5*x)", "x*tanh(x)", "cos(x)"} <= {t.replace("tanh(x)*x", "x*tanh(x)").replace("sin(5*x)*x", "x*sin(5*x)") for t in found.candidates.formula}
    assert "not a formula" in found.provenance["refused"]
    screened = found.candidates[(found.candidates.source == "proposed") & (found.candidates.rung == 0)]
    assert sorted(set(screened.generation)) == [2, 3, 4]


def test_a_table_is_searched_the_same_way():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(200, 3))
    table = Dataset.from_arrays(rows, (np.sin(2 * rows[:, 0]) > 0).astype(int), name="waves")
    found = quietly(table, "proposals", propose=lambda history: ["sin(2*x)", "x*cos(x)"], recipe=Recipe("brief", steps=20), hidden=(8,))
    assert {"sin(2*x)", "cos(x)*x", "x*cos(x)"} & set(found.candidates.formula) and found.provenance["task"] == "binary"


@pytest.mark.parametrize("text", ["", "import os", "exec('x')", "x.__class__", "lambda x: x", "[x for x in x]", "x if x else x", "x;x", "f'{x}'",
                                  "(" * 100 + "x" + ")" * 100, "x**x**x**x**x**x**x", "1e400*x", "\ud800", "x\x00", "--" * 100 + "x", "nan*x", "inf",
                                  "sin(x)" + "+sin(x)" * 40, 3, None, b"x", ["x"], float("nan")])
def test_a_hostile_text_is_a_formula_or_a_reason(text):
    formula, why = read_proposal(text)
    assert (formula is None) == bool(why) and why.isprintable() and len(why) < 400


def test_lines_of_an_answer():
    assert texts_of("1) sin(x)\n* cos(x)\n- x\n```\n-x*2\n3.5*x\ng(x) = x**2;\n") == ["sin(x)", "cos(x)", "x", "-x*2", "3.5*x", "x**2"]
    assert texts_of(["x == 2"]) == ["x == 2"]
    for bad in (None, 3, b"x", {"a": 1}):
        with pytest.raises(TypeError, match="answer"): texts_of(bad)


@pytest.mark.parametrize("options, error, words", [
    (dict(), ValueError, "propose=None"), (dict(propose=3), ValueError, "propose=3"), (dict(propose="no such file.txt"), FileError, "cannot be read"),
    (dict(propose=print, attempts=0), ValueError, "attempts"), (dict(propose=print, patience_s=0), ValueError, "patience_s"),
    (dict(propose=print, patience_s=float("inf")), ValueError, "patience_s=inf"), (dict(propose=print, max_complexity=0), ValueError, "max_complexity=0"),
    (dict(propose=print, operators=["add", "sin"]), ValueError, "operators=.* is for breeding"), (dict(propose=print, max_nodes=5), ValueError, "max_nodes=5"),
    (dict(propose=print, refused={}), ValueError, "refused"),
])
def test_mistakes_are_named_before_the_search(options, error, words):
    with pytest.raises(error, match=words): discover(wave, "proposals", progress=False, **options)


def test_each_search_has_its_own_refusals():
    told = []
    def propose(history):
        told.append({row["formula"] for row in history if row["refused"]})
        return [f"no formula {len(told)}"]
    engine = ProposalEngine(propose=propose, attempts=2, finalists=1, final_seeds=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first, second = (discover(wave, engine, progress=False).provenance["refused"] for _ in range(2))
    assert list(first) == ["no formula 1", "no formula 2"] and list(second) == ["no formula 3", "no formula 4"]
    assert told == [set(), {"no formula 1"}, set(), {"no formula 3"}]


def test_of_several_restarts_all_refusals_are_written_down_and_each_is_told_its_own():
    told = []
    def propose(history):
        told.append({row["formula"] for row in history if row["refused"]})
        return [f"no formula {len(told)}"]
    found = quietly(wave, "proposals", propose=propose, attempts=1, restarts=2)
    assert list(found.provenance["refused"]) == ["no formula 1", "no formula 2"] and told == [set(), set()]


def test_answers_that_are_no_file_of_answers(tmp_path):
    (tmp_path / "a.jsonl").write_text("{}\n")
    with pytest.raises(FileError, match="holds no answers"): ProposalEngine(propose=print, answers=tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").write_text('["x*sin(5*x)"]\n["x*si')       # the last line was cut short by a kill
    found = quietly(wave, "proposals", propose=lambda history: ["cos(x)"], answers=tmp_path / "b.jsonl", generations=3)
    assert {"cos(x)"} <= set(found.candidates.formula) and len((tmp_path / "b.jsonl").read_text().splitlines()) == 2


@pytest.mark.slow
def test_a_killed_search_takes_the_answers_that_it_had(tmp_path):
    "The function never answers twice alike, as a language model does not."
    (tmp_path / "mine.py").write_text(textwrap.dedent("""
        import os, sys, time, random, torch, warnings
        from nsad import discover
        warnings.simplefilter("ignore")
        X = torch.linspace(-3, 3, 61)
        def wave(activation, seed, fidelity):
            time.sleep(float(sys.argv[2]))
            return float((activation(X) - torch.sin(5 * X)).square().mean())
        def propose(history): return [f"sin({random.SystemRandom().randint(2, 10**6) / 1000}*x)" for _ in range(4)]
        found = discover(wave, "proposals", propose=propose, generations=4, final_seeds=1, finalists=3, resume=f"{sys.argv[1]}.json",
                         answers=f"{sys.argv[1]}.jsonl", progress=False)
        print(found.candidates.to_json())
    """))
    def run(file, pause): return subprocess.Popen([sys.executable, "mine.py", str(tmp_path / file), pause], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    killed = run("a", "0.05")
    for _ in range(6000):
        time.sleep(0.02)
        if (tmp_path / "a.jsonl").exists() and len((tmp_path / "a.jsonl").read_text().splitlines()) >= 2: break
    killed.kill()
    killed.wait()
    before = (tmp_path / "a.jsonl").read_text().splitlines()
    first = run("a", "0").communicate(timeout=200)[0]
    assert (tmp_path / "a.jsonl").read_text().splitlines()[:len(before)] == before
    again = run("a", "0").communicate(timeout=200)[0]
    assert first == again != "" and all(json.loads(line)[0] in first.replace("\\/", "/") for line in before)
