"""A library: whatever a file holds, it is read as it stands or refused; whatever a zip holds, nothing is written that is not an activation."""
import copy
import io
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import ROOT
from nsad.data import Dataset, load_dataset, split
from nsad.discovery import Discovery, discover
from nsad.engines.network import CLASSICS
from nsad.files import FileTaken, write_file
from nsad.formula import Formula
from nsad.library import MAX_BYTES, MAX_FILES, SCHEMA, ActivationLibrary, Entry, LibraryError, distance, find_entry, score, scores_of
from nsad.training import STRONG

SHIPPED = ActivationLibrary.shipped()
FIELDS = {"images", "equations", "extrapolation"}
TABLES = [e for e in SHIPPED if e.domain not in FIELDS]
FULL = Entry("full", "x*exp(-x**2)", "ecology", evidence={"by": "hand", "deep": [{"a": [1, 2.5, None, True, "é"]}]},
             data=dict(name="forest", fingerprint="0123456789abcdef", rows=100, features=4, task="binary", licence="CC BY 4.0"),
             split=dict(test=0.2, seed=42), recipe=dict(name="paper", epochs=15, lr=1e-3), engine=dict(name="network", options={"generations": 2}), seed=3,
             scores=[score("auc", [0.9, 0.91, 0.92], rows="test")], baselines=[score("auc", [0.8, 0.81], activation="relu")],
             versions=dict(nsad="0.1.0"), licence="Apache-2.0", citation="A, B (2026)\nand others", note="a tab\there")
TEXTS = [FULL.to_json(), Entry("small", "sin(x)").to_json(), SHIPPED.entry("forest-bump").to_json(),
         '{"format": "nsad.activation/1", "name": "old", "formula": "tanh(x)", "domain": "", "evidence": {"found_by": "hand"}}']


@pytest.fixture
def library(tmp_path):
    lib = ActivationLibrary(tmp_path / "lib")
    lib.add("wave", "sin(x)", "physics")
    lib.add("full", FULL)
    return lib


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


# ---------------------------------------------------------------- round trips

def test_an_entry_comes_back_as_it_was(library):
    assert library.entry("full") == FULL == Entry.from_json(FULL.to_json())
    assert hash(FULL) == hash(library.entry("full"))
    assert list(json.loads(FULL.to_json())) == ["format", *(k for k in SCHEMA)]


def test_a_file_of_the_first_format_is_read(tmp_path):
    (tmp_path / "old.json").write_text(TEXTS[3])
    entry = ActivationLibrary(tmp_path).entry("old")
    assert entry.formula == "tanh(x)" and entry.evidence == {"found_by": "hand"}
    with pytest.raises(LibraryError, match="seed is not known; known are name, formula, domain, evidence"):
        Entry.from_json(TEXTS[3].replace('"domain"', '"seed": 1, "domain"'))


def test_an_entry_does_not_change_with_what_it_was_made_of():
    evidence = {"a": [1]}
    entry = Entry("e", "sin(x)", evidence=evidence)
    evidence["a"].append(2)
    assert entry.evidence == {"a": [1]}


def test_a_discovery_brings_its_provenance(tmp_path):
    found = Discovery.load(ROOT / "nbs/data/discovery.json")
    entry = ActivationLibrary(tmp_path).add("found", found)
    p = found.provenance
    assert (entry.formula, entry.seed, entry.domain) == (found.best.text, p["seed"], p["domain"])
    assert entry.data["fingerprint"] == p["fingerprint"] and entry.engine["options"] == p["options"]
    assert entry.scores[0]["mean"] == found.front.loss.min()


def test_a_discovery_on_a_problem_and_a_recipe_are_kept(tmp_path):
    def unlike_sine(activation, seed, fidelity):
        x = torch.linspace(-3, 3, 33)
        return float((activation(x) - x.sin()).square().mean())
    kept = ActivationLibrary(tmp_path).add("mine", discover(unlike_sine, budget=40, progress=False), recipe=STRONG)
    assert kept.data["name"] == "unlike_sine" and "rows" not in kept.data and kept.recipe["name"] == "strong"
    assert ActivationLibrary(tmp_path).entry("mine") == kept


def test_names_may_come_from_a_generator(library, tmp_path):
    library.export(tmp_path / "all.zip")
    [name, *_] = library.names
    assert [e.name for e in ActivationLibrary(tmp_path / "new").import_from(tmp_path / "all.zip", (n for n in [name]))] == [name]
    library.export(tmp_path / "one.zip", (n for n in [name]))
    assert [e.name for e in ActivationLibrary(tmp_path / "one").import_from(tmp_path / "one.zip")] == [name]


def test_a_dataset_and_numpy_values_are_kept(tmp_path):
    ds = Dataset.from_arrays(np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2, domain="toys", name="toy")
    entry = ActivationLibrary(tmp_path).add("e", "sin(x)", dataset=ds, seed=np.int64(3), scores=(score("auc", np.array([0.5, 0.6])),), found=np.float32(1.5))
    assert entry.data["fingerprint"] == ds.fingerprint and entry.domain == "toys" and entry.seed == 3 and entry.evidence == {"found": 1.5}


def test_scores_are_those_of_the_study():
    import pandas as pd

    from nsad.statistics import summary
    results = pd.read_csv(ROOT / "nbs/data/results.csv")
    table = summary(results).query("activation == 'relu'").set_index("network")
    for s in scores_of(results, "relu"):
        row = table.loc[s["network"]]
        assert s["mean"] == pytest.approx(row[s["measure"]]) and s["sd"] == pytest.approx(row[s["measure"] + "_sd"])
        assert (s["low"], s["high"]) == pytest.approx((row[s["measure"] + "_low"], row[s["measure"] + "_high"]))
    with pytest.raises(LibraryError, match="no row of 'nothing'"):
        scores_of(results, "nothing")


# ---------------------------------------------------------------- what nsad ships

def test_the_shipped_activations_are_sound_and_carry_their_evidence():
    assert len(TABLES) >= 6 and SHIPPED.problems().empty and SHIPPED.read_only
    assert {e.domain for e in SHIPPED} - {e.domain for e in TABLES} == FIELDS, "see test_library_domains.py"
    for e in TABLES:
        assert e.data["fingerprint"] and e.licence and e.citation and e.note and e.versions and e.seed and e.engine["name"] == "network"
        assert {s["activation"] for s in e.baselines} >= {"relu", "gelu", "silu"} and any(s["network"] == "heavy" for s in e.baselines)
        assert all(s["n"] == 3 and s["rows"] == "test" for s in (*e.scores, *e.baselines))
        assert e.activation()(__import__("torch").linspace(-3, 3, 5)).isfinite().all() and e.activation(trainable=True).constants is not None


def test_the_shipped_scores_are_in_the_results_that_they_name():
    compared = 0
    for e in TABLES:
        text = "".join((ROOT / f).read_text("utf-8") for f in e.evidence["files"] if (ROOT / f).is_file())
        for s in e.scores:
            if s["recipe"] == "paper":
                assert f"{s['mean']:.4f} ± {s['sd']:.4f}" in text
                compared += 1
    assert compared >= len(TABLES)


def test_nothing_is_written_to_the_shipped_ones():
    before = files(SHIPPED.path)
    for act in (lambda: SHIPPED.add("a", "sin(x)"), lambda: SHIPPED.remove("forest-bump"), lambda: SHIPPED.import_from(SHIPPED.path)):
        with pytest.raises(LibraryError, match="read-only; keep activations in a library of your own"):
            act()
    assert files(SHIPPED.path) == before


# ---------------------------------------------------------------- mutated files

PATHS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}), st.just("x" * 30_000),
                  st.sampled_from(["sin(x)", "x - x", "X3", "__import__('os').system('true')", "nsad.activation/1", "../up", "\x1b[2J", 10**400, -1]),
                  st.recursive(st.integers(), lambda s: st.lists(s, max_size=2) | st.dictionaries(st.text(max_size=3), s, max_size=2), max_leaves=5))


def places(value, path=()):
    yield path
    for k, v in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(v, (*path, k))


@st.composite
def by_structure(draw):
    "A library file in which some places hold something else, are gone, are doubled or have another key."
    raw = json.loads(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 3))):
        here = draw(st.sampled_from([p for p in places(raw) if p] or [()]))
        if not here:
            return json.dumps(draw(PATHS)).encode()
        inside = raw
        for k in here[:-1]:
            inside = inside[k]
        what = draw(st.sampled_from(["set", "set", "set", "drop", "key", "wrap", "swap"]))
        if what == "set":
            inside[here[-1]] = draw(PATHS)
        elif what == "drop":
            del inside[here[-1]]
        elif what == "key" and isinstance(inside, dict):
            inside[draw(st.text(max_size=12) | st.sampled_from(list(SCHEMA)))] = copy.deepcopy(inside[here[-1]])
        elif what == "wrap":
            for _ in range(draw(st.sampled_from([1, 5, 20]))):
                inside[here[-1]] = [inside[here[-1]]]
        else:
            inside[here[-1]] = str(inside[here[-1]])
    return json.dumps(raw, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def by_bytes(draw):
    "A library file with bytes changed, put in, taken out, cut off or said twice."
    data = bytearray(draw(st.sampled_from(TEXTS)).encode())
    for _ in range(draw(st.integers(1, 4))):
        i = draw(st.integers(0, max(0, len(data) - 1)))
        j = min(len(data), i + draw(st.integers(0, 40)))
        what = draw(st.sampled_from(["set", "insert", "cut", "double", "end", "nest"]))
        if what == "set":
            data[i:i + 1] = bytes([draw(st.integers(0, 255))])
        elif what == "insert":
            data[i:i] = draw(st.binary(max_size=6) | st.sampled_from([b"1e999", b"NaN", b"9" * 5000, b"\\ud800", b"\\u0000", b'"', b"}", b"\xff\xfe", b"-", b"."]))
        elif what == "cut":
            del data[i:j]
        elif what == "double":
            data[i:i] = data[i:j]
        elif what == "end":
            del data[i:]
        else:
            data[i:i] = b"[" * draw(st.sampled_from([3, 500, 100_000]))
    return bytes(data)


def pieces(latex):
    "What a formula in LaTeX is made of; terms and factors may stand in any order."
    return sorted(set(re.findall(r"\w+", latex)))


def same(a, b):
    "Equal, and of the same kind: 1 is not True."
    if type(a) is not type(b):
        return type(a) in (int, float) and type(b) in (int, float) and a == b
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@pytest.mark.slow
def test_a_mutated_file_is_read_as_it_stands_or_refused(tmp_path):
    path, seen = tmp_path / "mutant.json", {"read": 0, "refused": 0}

    @settings(max_examples=1100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=by_structure() | by_bytes())
    def check(data):
        path.write_bytes(data)
        try:
            entry = Entry.from_json(data, str(path))
        except LibraryError as error:
            seen["refused"] += 1
            message = str(error)
            assert str(path) in message and all(line.isprintable() for line in message.split("\n")) and len(message) < 6000
        else:
            seen["read"] += 1
            raw = json.loads(data)
            assert raw.pop("format") in ("nsad.activation/2", "nsad.activation/1")
            latex = raw.pop("latex", None)
            known = raw.get("versions", {}).get("sympy")
            assert latex is None or pieces(latex) == pieces(Formula(entry.formula).latex) or known not in (None, __import__("sympy").__version__)
            assert Formula(raw["formula"]) == Formula(entry.formula) and raw.pop("formula")
            for key, value in raw.items():
                assert same(getattr(entry, key), value), key
            assert Entry.from_json(entry.to_json()) == entry
        assert files(tmp_path) == {"mutant.json": data}
    check()
    assert sum(seen.values()) >= 1000 and min(seen.values()) >= 50, seen


@pytest.mark.parametrize("change, message", [
    (('"seed": 3', '"seed": 3, "seed": 4'), "the key 'seed' stands twice"),
    (('"seed": 3', '"seed": NaN'), "NaN is no number"),
    (('"seed": 3', '"seed": 3.0'), "seed is 3.0; it must be a whole number"),
    (('"seed": 3', '"seed": true'), "seed is True; it must be a whole number"),
    (('"seed": 3', '"seed": 1e999'), "seed is inf"),
    (('"seed": 3', '"seed": ' + "9" * 5000), "too many digits"),
    (('"lr": 0.001', '"lr": true'), "recipe.lr is True; it must be a finite number"),
    (('"lr": 0.001', '"lr": "fast"'), "recipe.lr is 'fast'; it must be a finite number"),
    (('"rows": "test"', '"rows": 5'), r"scores\[0\].rows is 5; it must be text"),
    (('"rows": 100', '"rows": 0'), "data.rows is 0; it must be a whole number from 1"),
    (('"rows": 100', '"rwos": 100'), "data.rwos is not known; known are name, fingerprint"),
    (('0123456789abcdef', '0123'), "data.fingerprint is '0123'; it must be 16 hexadecimal digits"),
    (('"domain": "ecology"', '"domain": "eco\\u202elogy"'), "domain is"),
    (('"formula": "x*exp(-x**2)"', '"formula": "open(\'a\')"'), "formula: .*cannot|formula: unknown function"),
    (('"formula": "x*exp(-x**2)"', '"formula": "x*exp(-x**4)"'), "latex is"),
    (('nsad.activation/2', 'nsad.activation/9'), "needs a newer nsad"),
    (('"formula": "x*exp(-x**2)",', ''), "formula is missing; add it"),
    (('"by": "hand"', '"by": ' + "[" * 13 + "]" * 13), "nested deeper"),
    (('"by": "hand"', '"by": ' + "[" * 99_999 + "]" * 99_999), "nested deeper"),
    (('"name": "full"', '"name": "con"'), "it must be a name"),
])
def test_what_is_wrong_is_named_with_its_place(change, message):
    assert change[0] in FULL.to_json()
    with pytest.raises(LibraryError, match=f"here.json is not an activation: (?s:.*)({message})"):
        Entry.from_json(FULL.to_json().replace(*change, 1), "here.json")


def test_latex_of_another_sympy_is_let_pass_and_not_used():
    text = FULL.to_json().replace('"nsad": "0.1.0"', '"sympy": "0.7"').replace('"latex": "', '"latex": "\\\\; ')
    assert Formula(Entry.from_json(text).formula) == Formula("x*exp(-x**2)") and "\\;" not in Entry.from_json(text).to_json()


def test_odd_files_in_the_folder_are_named_and_do_not_hang(library, tmp_path):
    (library.path / "huge.json").write_bytes(b" " * (MAX_BYTES + 1))
    (library.path / "folder.json").mkdir()
    (library.path / "other.json").write_text(library.entry("wave").to_json())
    os.mkfifo(library.path / "pipe.json")
    os.symlink("/dev/zero", library.path / "zero.json")
    problems = library.problems().set_index("file").problem
    assert sorted(problems.index) == ["folder.json", "huge.json", "other.json", "pipe.json", "zero.json"]
    assert "1,000,000 bytes" in problems["huge.json"] and "not a plain file" in problems["pipe.json"] and "calls itself 'wave'" in problems["other.json"]
    assert library.get("wave") == Formula("sin(x)")
    with pytest.raises(LibraryError, match="is a file; a library is a folder"):
        ActivationLibrary(library.path / "wave.json")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "/a", "a.", "con", "NUL.x", "a" * 81, "é", "a b", "a\n", None, 3])
def test_a_name_is_a_file_name_everywhere(library, name):
    before = files(library.path.parent)
    with pytest.raises(LibraryError):
        library.add(name, "sin(x)")
    with pytest.raises(LibraryError):
        library.get(name)
    assert files(library.path.parent) == before


# ---------------------------------------------------------------- several writers

WRITER = """
import sys
from nsad.library import ActivationLibrary, LibraryError
library, who = ActivationLibrary(sys.argv[1]), sys.argv[2]
library.path.mkdir(exist_ok=True)
won = 0
for i in range(15):
    library.add(f"{who}-{i}", f"sin({i + 1}*x)", who=who)
    try:
        library.add(f"both-{i}", f"sin({i + 1}*x)", who=who)
        won += 1
    except LibraryError as error:
        assert "already" in str(error), error
    if i % 5 == 4: list(library)
print(won)
"""


@pytest.mark.slow
def test_two_processes_add_at_once(tmp_path):
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, tmp_path / "lib", who], stdout=subprocess.PIPE, text=True, env=env) for who in "ab"]
    won = [int(r.communicate(timeout=120)[0]) for r in runs]
    library = ActivationLibrary(tmp_path / "lib")
    assert sum(won) == 15 and len(library) == 45 and library.problems().empty
    assert sum(e.evidence["who"] == "a" for e in library if e.name.startswith("both")) == won[0]
    assert {p.suffix for p in library.path.iterdir()} == {".json"}


def test_a_name_is_claimed_without_hard_links(tmp_path, monkeypatch):
    def refused(*a):
        raise OSError("no links here")
    monkeypatch.setattr(os, "link", refused)
    library = ActivationLibrary(tmp_path)
    library.add("a", "sin(x)")
    with pytest.raises(LibraryError, match="already"):
        library.add("a", "cos(x)")
    with pytest.raises(FileTaken):
        write_file(tmp_path / "a.json", "another", overwrite=False)
    assert library.get("a") == Formula("sin(x)")


def test_a_full_disk_leaves_nothing(library, monkeypatch):
    def full(fd):
        raise OSError(28, "No space left on device")
    before = files(library.path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LibraryError, match="the disk is full"):
        library.add("b", "cos(x)")
    assert files(library.path) == before


def test_overwrite_and_remove(library):
    library.add("wave", "cos(x)", overwrite=True)
    assert library.get("wave") == Formula("cos(x)")
    library.remove("wave")
    assert "wave" not in library
    with pytest.raises(LibraryError, match="no activation 'wave'"):
        library.remove("wave")


# ---------------------------------------------------------------- export and import

@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_export_and_import(library, tmp_path, to):
    path = library.export(tmp_path / to)
    other = ActivationLibrary(tmp_path / "other")
    assert [e.name for e in other.import_from(path)] == ["full", "wave"]
    assert files(other.path) == files(library.path) and other.import_from(path) == []
    with pytest.raises(LibraryError, match="is there already"):
        library.export(path)
    one = ActivationLibrary(tmp_path / "one")
    assert [e.name for e in one.import_from(path, names=["wave"])] == ["wave"]
    with pytest.raises(LibraryError, match="has no activation wvae; it has full, wave"):
        one.import_from(path, names=["wvae"])


def test_a_zip_is_the_same_bytes_each_time(library, tmp_path):
    assert library.export(tmp_path / "a.zip").read_bytes() == library.export(tmp_path / "b.zip").read_bytes()


def test_conflicts(library, tmp_path):
    theirs = ActivationLibrary(tmp_path / "theirs")
    theirs.add("wave", "cos(x)")
    theirs.add("new", "tanh(x)")
    before = files(library.path)
    with pytest.raises(LibraryError, match="another activation 'wave'.*Nothing was taken"):
        library.import_from(theirs.path)
    assert files(library.path) == before
    assert [e.name for e in library.import_from(theirs.path, on_conflict="skip")] == ["new"]
    assert [e.name for e in library.import_from(theirs.path, on_conflict="rename")] == ["wave-2"]
    assert library.import_from(theirs.path, on_conflict="rename") == [] and library.get("wave-2") == Formula("cos(x)")
    library.import_from(theirs.path, on_conflict="replace")
    assert library.get("wave") == Formula("cos(x)")
    with pytest.raises(LibraryError, match="on_conflict is 'ask'"):
        library.import_from(theirs.path, on_conflict="ask")


def test_one_bad_file_and_nothing_is_taken(library, tmp_path):
    path = library.export(tmp_path / "out")
    (path / "zz.json").write_text("{}")
    (path / "notes.txt").write_text("not read")
    fresh = ActivationLibrary(tmp_path / "fresh")
    with pytest.raises(LibraryError, match="zz.json is not an activation: format is None"):
        fresh.import_from(path)
    assert not fresh.path.exists()
    (path / "zz.json").unlink()
    os.symlink("/etc/passwd", path / "link.json")
    with pytest.raises(LibraryError, match="link.json is a link"):
        fresh.import_from(path)
    assert not fresh.path.exists()


WAVE = Entry("wave", "sin(x)").to_json()


def zipped(*members, **kwargs):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **{"compression": zipfile.ZIP_DEFLATED} | kwargs) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def info(name, mode=0, **attributes):
    i = zipfile.ZipInfo(name)
    i.external_attr, i.compress_type = mode << 16, zipfile.ZIP_DEFLATED
    for k, v in attributes.items():
        setattr(i, k, v)
    return i


def lying(data, size):
    "A zip whose headers say that the member is as long as `size`."
    true = len(WAVE_BOMB).to_bytes(4, "little")
    return data.replace(true, size.to_bytes(4, "little"))


WAVE_BOMB = WAVE + " " * 3_000_000
HOSTILE = {
    "a path up": (zipped(("../wave.json", WAVE)), "leads out"),
    "a path up, elsewhere": (zipped(("a/../../wave.txt", "x"), ("wave.json", WAVE)), "leads out"),
    "an absolute path": (zipped(("/tmp/wave.json", WAVE)), "leads out"),
    "a drive": (zipped(("C:wave.json", WAVE)), "leads out"),
    "a link": (zipped((info("wave.json", stat.S_IFLNK | 0o777), "/etc/passwd")), "is a link"),
    "a device": (zipped((info("wave.json", stat.S_IFCHR | 0o777), WAVE)), "is a link or a device"),
    "a bomb": (zipped(("wave.json", " " * 300_000_000)), "says that it has 300,000,000 bytes"),
    "a bomb that lies": (lying(zipped(("wave.json", WAVE_BOMB)), 1000), "not a sound zip|not an activation"),
    "many small bombs": (zipped(*((f"w{i}.json", " " * 999_999) for i in range(40))), "not an activation"),
    "many files": (zipped(*((f"w{i}.json", WAVE) for i in range(MAX_FILES + 1)), compression=zipfile.ZIP_STORED), "members; at most"),
    "the same twice": (zipped(("a/wave.json", WAVE), ("b/wave.json", WAVE)), "rename one"),
    "no zip": (b"PK\3\4 not at all", "not a sound zip"),
    "empty": (b"", "not a sound zip"),
    "cut short": (zipped(("wave.json", WAVE))[:-30], "not a sound zip"),
    "altered": (zipped(("wave.json", WAVE), compression=zipfile.ZIP_STORED).replace(b"sin(x)", b"cos(x)", 1), "not a sound zip"),
    "nothing of use": (zipped(("readme.txt", "hello")), "has no activation"),
    "bzip2": (zipped(("wave.json", WAVE), compression=zipfile.ZIP_BZIP2), "compressed in an uncommon way"),
    "code in it": (zipped(("wave.json", WAVE.replace("sin(x)", "__import__('os').system('touch /tmp/owned')"))), "not an activation"),
    "another name": (zipped(("wave.json", WAVE.replace('"wave"', '"../wave"'))), "must be a name"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_is_refused_and_leaves_nothing(kind, tmp_path):
    data, message = HOSTILE[kind]
    (tmp_path / "sent.zip").write_bytes(data)
    library = ActivationLibrary(tmp_path / "deep" / "er" / "lib")
    with pytest.raises(LibraryError, match=message):
        library.import_from(tmp_path / "sent.zip")
    assert list(files(tmp_path)) == ["sent.zip"]


def test_an_encrypted_zip_is_refused(tmp_path):
    data = bytearray(zipped(("wave.json", WAVE)))
    data[6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1
    (tmp_path / "sent.zip").write_bytes(data)
    with pytest.raises(LibraryError, match="is encrypted"):
        ActivationLibrary(tmp_path / "lib").import_from(tmp_path / "sent.zip")


def test_an_altered_zip_is_taken_or_refused(tmp_path_factory):
    seen = {"taken": 0, "refused": 0}

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(changes=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), max_size=6))
    def check(changes):
        folder = tmp_path_factory.mktemp("zip")
        data = bytearray(zipped(("lib/wave.json", WAVE), ("lib/full.json", FULL.to_json())))
        for where, value in changes:
            data[int(where * len(data))] = value
        (folder / "sent.zip").write_bytes(data)
        library = ActivationLibrary(folder / "lib")
        try:
            taken = library.import_from(folder / "sent.zip")
        except LibraryError:
            seen["refused"] += 1
            assert list(files(folder)) == ["sent.zip"]
        else:
            seen["taken"] += 1
            assert {e.name: e for e in library} == {e.name: e for e in taken} and {e.name for e in taken} <= {"wave", "full"}
    check()
    assert seen["refused"] > 50 and seen["taken"] >= 2, seen


def test_a_zip_made_on_a_mac_or_of_a_folder_is_read(tmp_path):
    (tmp_path / "sent.zip").write_bytes(zipped(("lib/", ""), ("lib/wave.json", WAVE), ("__MACOSX/lib/._wave.json", b"\0\5"), ("lib/.DS_Store", b"\0")))
    assert [e.name for e in ActivationLibrary(tmp_path / "lib").import_from(tmp_path / "sent.zip")] == ["wave"]


def test_a_single_file_and_what_is_not_there(library, tmp_path):
    other = ActivationLibrary(tmp_path / "other")
    assert [e.name for e in other.import_from(library.path / "wave.json")] == ["wave"]
    with pytest.raises(LibraryError, match="there is no .*nowhere"):
        other.import_from(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(LibraryError, match="not a plain file"):
        other.import_from(tmp_path / "pipe.zip")


# ---------------------------------------------------------------- search, compare, recommend

@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(CLASSICS), st.sampled_from(CLASSICS), st.integers(-5, 5).filter(bool), st.integers(-5, 5))
def test_distance_is_of_shapes(f, g, factor, shift):
    assert distance(f, f"{factor}*({f}) + {shift}") == pytest.approx(0, abs=1e-5)
    assert distance(f, g) == distance(g, f) and 0 <= distance(f, g) <= 1
    assert (distance(f, g) < 1e-5) == (f == g)


def test_search(library):
    library.add("near-wave", "sin(1.1*x)", "physics", note="From the Hills")
    found = library.search(near="wave")
    assert list(found.name) == ["wave", "near-wave", "full"] and found.distance.is_monotonic_increasing and found.distance[0] == 0
    assert list(library.search(near="5*sin(x)").name) == list(found.name)
    assert list(library.search(domain="physics", near="sin(1.1*x)").name) == ["near-wave", "wave"]
    assert list(library.search(text="hills").name) == ["near-wave"] and list(library.search(data="forest").name) == ["full"]
    assert library.search(domain="art").empty and len(library.search()) == 3
    with pytest.raises(LibraryError, match="formula: unknown variable 'wvae'"):
        library.search(near="wvae")


def test_compare_and_scores():
    table = SHIPPED.compare("forest-bump", "spam-sine")
    assert list(table.index) == ["forest-bump", "spam-sine"] and table.accuracy["forest-bump"] == 0.8447 and table.distance.iloc[0] == 0
    scores = SHIPPED.scores("forest-bump")
    assert {"relu", "gelu", "silu", "x*exp(-x**2)"} == set(scores.activation)
    with pytest.raises(LibraryError, match="is empty"):
        ActivationLibrary("/nonexistent/library").compare()


def test_plot(library):
    import matplotlib.pyplot as plt
    assert len(library.plot("wave", "full").lines) == 4
    plt.close("all")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*sample that nsad carries")
def test_recommend_on_an_embedded_dataset():
    ds = load_dataset("forest_cover", rows=1500, seed=1)
    training = ds.take(split(ds, test=0.2, seed=1).train)
    names = ["forest-bump", "spam-sine", "higgs-soft"]
    advice = SHIPPED.recommend(training, names=names, steps=60, seeds=(1, 2))
    assert sorted(advice.name) == ["", *sorted(names)] and advice.loss.is_monotonic_increasing and np.isfinite(advice.loss).all()
    base = advice[advice.name == ""].iloc[0]
    assert base.gain == 0 and base.wins == 0 and np.allclose(advice.gain, base.loss - advice.loss)
    assert advice.equals(SHIPPED.recommend(training, names=names, steps=60, seeds=(1, 2)))


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_recommend_for_other_tasks(task, library):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    ds = Dataset.from_arrays(X, X[:, 0] + 0.1 * rng.normal(size=200) if task == "regression" else rng.integers(0, 3, 200), task=task)
    assert np.isfinite(library.recommend(ds, steps=10, seeds=(1,)).loss).all()


def test_recommend_by_a_measure_and_what_it_refuses(library):
    ds = Dataset.from_arrays(np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 2)
    by = library.recommend(ds, measure=lambda dataset, formulas: [f.complexity for f in formulas])
    assert list(by.name) == ["full", "wave"] and by.measure.iloc[0] == FULL.activation().formula.complexity
    with pytest.raises(LibraryError, match="it must give one for each"):
        library.recommend(ds, measure=lambda dataset, formulas: [1.])
    with pytest.raises(LibraryError, match="give a Dataset"):
        library.recommend((ds.X, ds.y))
    with pytest.raises(LibraryError, match="has 8 rows; a trial needs at least 11"):
        library.recommend(ds.take(range(8)))
    with pytest.raises(LibraryError, match="rows=3 are too few"):
        library.recommend(ds, rows=3)


def test_find_entry_looks_at_ones_own_first(library, monkeypatch):
    monkeypatch.setenv("NSAD_LIBRARY", str(library.path))
    library.add("forest-bump", "sin(2*x)")
    assert find_entry("forest-bump").formula == "sin(2*x)" and find_entry("higgs-soft") == SHIPPED.entry("higgs-soft")
    assert ActivationLibrary().path == library.path
    with pytest.raises(LibraryError, match="did you mean 'forest-bell'"):
        find_entry("forest-bel")


def test_the_wheel_would_carry_the_activations():
    from configparser import ConfigParser
    cfg = ConfigParser(delimiters=["="])
    cfg.read(ROOT / "settings.ini", encoding="utf-8")
    patterns = cfg["DEFAULT"]["package_data"].split()
    package = SHIPPED.path.parents[1]
    shipped = {p for pattern in patterns for p in package.glob(pattern)}
    assert all(SHIPPED.path / f"{n}.json" in shipped for n in SHIPPED.names)
