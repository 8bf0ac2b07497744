"""Files that are written whole or not at all, files from elsewhere that are looked at first, and names that do no harm."""
import errno
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nsad import ActivationLibrary, Discovery, Formula, NSADRegressor, TransferMatrix, discover, load_dataset, to_c, to_onnx
from nsad.discovery import Candidate, pareto_front
from nsad.evaluation import Study
from nsad.export import ExportError
from nsad.files import FileError, check_output, file_name, free_name, locked, write_file, writing
from nsad.library import LibraryError
from nsad.messages import printable, shown
from nsad.paper import specialists
from nsad.report import export_results, markdown_table, plot_activation, save_figure
from nsad.training import Recipe

pytestmark = pytest.mark.slow

OLD = b"what was here before"
HOSTILE = "a\x1b]0;owned\x07\x1b[2J\rb\x9b31m\u202ec | <b> $x^$ & ~ \\ {d}_#%"


@pytest.fixture(scope="module")
def table():
    return load_dataset("magic", rows=200, seed=1, progress=False)


@pytest.fixture(scope="module")
def found():
    front = pareto_front([Candidate(Formula("sin(x)"), 0.3), Candidate(Formula("x*exp(-x**2)"), 0.2)])
    return Discovery(front, dict(dataset="magic", engine="network", seed=1, fingerprint="0" * 16))


@pytest.fixture(scope="module")
def results(table):
    names = {"relu": "relu", HOSTILE: "sin(x)"}
    return Study([replace(table, name=HOSTILE)], names, seeds=(1, 2), recipe=Recipe("one", epochs=1)).run(progress=False)


@pytest.fixture(scope="module")
def estimator():
    X = np.random.default_rng(0).normal(size=(60, 2))
    return NSADRegressor("relu", hidden=(4,), max_iter=1, device="cpu").fit(X, X[:, 0] * X[:, 1])


@pytest.fixture
def writers(found, results, estimator):
    return {
        "discovery": ("found.json", found.save),
        "estimator": ("fitted.nsad", estimator.save),
        "rows": ("rows.csv", lambda path: export_results(results, path)),
        "parquet": ("rows.parquet", lambda path: export_results(results, path)),
        "table": ("table.md", lambda path: export_results(results, path)),
        "C": ("bump.h", lambda path: to_c("x*exp(-x**2)", path)),
        "ONNX": ("bump.onnx", lambda path: to_onnx("x*exp(-x**2)", path)),
        "transfer": ("gains.csv", lambda path: TransferMatrix(results.assign(kind="classic")).save(path)),
        "figure": ("curve.png", lambda path: save_figure(lambda: plot_activation("sin(x)"), path.with_suffix(""))),
    }


WRITERS = ["discovery", "estimator", "rows", "parquet", "table", "C", "ONNX", "transfer", "figure"]


# ---------------------------------------------------------------- written beside, then put in place
@pytest.mark.parametrize("what", WRITERS)
def test_a_disk_that_fills_up_leaves_the_older_file(what, writers, tmp_path, monkeypatch):
    if what == "ONNX":
        pytest.importorskip("onnxscript")
    name, write = writers[what]
    (tmp_path / name).write_bytes(OLD)

    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(FileError, match=f"the disk is full while writing {name}"):
            write(tmp_path / name)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {name: OLD}
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() != OLD and not [p for p in tmp_path.iterdir() if ".part" in p.name]


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_limit_on_the_size_of_files_leaves_the_older_file(found, tmp_path):
    path = found.save(tmp_path / "found.json")
    whole = path.read_bytes()
    code = ("import resource, sys; from nsad import Discovery; d = Discovery.load(sys.argv[1]);"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); d.save(sys.argv[1])")
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert run.returncode == 1 and "FileError" in run.stderr and "found.json" in run.stderr
    assert path.read_bytes() == whole and os.listdir(tmp_path) == ["found.json"]


def test_an_interruption_while_writing_leaves_the_older_file(tmp_path):
    path = write_file(tmp_path / "a.json", OLD)
    with pytest.raises(KeyboardInterrupt), writing(path) as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == OLD and os.listdir(tmp_path) == ["a.json"]


def test_a_link_stays_a_link_and_a_pipe_is_written_to(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    write_file(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "new"
    if os.name == "posix":
        write_file("/dev/null", "gone")
        assert not Path("/dev/null").is_file()


def test_permissions_of_a_replaced_file_stay(tmp_path):
    path = write_file(tmp_path / "a.txt", "old")
    path.chmod(0o640)
    assert write_file(path, "new").stat().st_mode & 0o777 == 0o640


def test_leftovers_of_killed_processes_are_swept_and_nothing_else(tmp_path):
    old, fresh, other = (tmp_path / n for n in (".a.txt.01234567.part.txt", ".a.txt.89abcdef.part.txt", ".a.txt.mine.part.txt"))
    for p in (old, fresh, other):
        p.write_text("")
    for p in (old, other):
        os.utime(p, (1, 1))
    write_file(tmp_path / "a.txt", "new")
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt", fresh.name, other.name}


@pytest.mark.parametrize("place, said", [("none/found.json", "there is no folder"), (".", "is a folder"), ("file/found.json", "is a file"),
                                         ("x" * 300, "too long")])
def test_a_place_that_cannot_be_written_has_a_sentence_and_no_number(place, said, found, tmp_path):
    (tmp_path / "file").write_text("")
    for attempt in (found.save, check_output):
        with pytest.raises(FileError, match=said) as error:
            attempt(tmp_path / place)
        assert "[Errno" not in str(error.value)


def test_what_is_there_is_replaced_only_by_those_who_say_so(tmp_path):
    path = write_file(tmp_path / "found.json", OLD)
    for attempt in (check_output, lambda p: write_file(p, "new", overwrite=False)):
        with pytest.raises(FileError, match="is there already"):
            attempt(path)
    assert path.read_bytes() == OLD
    assert check_output(path, overwrite=True) == path and check_output(tmp_path / "other.json") and os.listdir(tmp_path) == ["found.json"]
    assert free_name(path).name == "found-2.json" and free_name(tmp_path / "other.json").name == "other.json"


# ---------------------------------------------------------------- searches that are resumed
SMALL = dict(population_size=6, initial_size=12, generations=1, finalists=3, progress=False, recipe=dict(epochs=2))


def test_two_searches_on_one_file_do_not_mix(table, tmp_path):
    path = tmp_path / "scores.json"
    with locked(tmp_path / ".scores.json.lock"), pytest.raises(ValueError, match="another process is at work on .*scores.json"):
        discover(table, resume=path, **SMALL)
    assert not path.exists()
    discover(table, resume=path, **SMALL)
    assert os.listdir(tmp_path) == ["scores.json"]


def test_a_disk_that_fills_up_ends_no_search(table, tmp_path, monkeypatch):
    def full(fd):
        raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="scores are not kept any more .*the search goes on"):
        found = discover(table, resume=tmp_path / "scores.json", **SMALL)
    assert len(found.front)


@pytest.mark.parametrize("change", [lambda raw: raw | {"format": "nsad.search/9"}, lambda raw: [], lambda raw: raw | {"scores": [[0, "x", []]]},
                                    lambda raw: raw | {"scores": {"a": 1}}, lambda raw: {k: v for k, v in raw.items() if k != "search"}])
def test_scores_of_another_kind_are_refused_and_kept(change, table, tmp_path):
    path = tmp_path / "scores.json"
    discover(table, resume=path, **SMALL)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="holds no search that could be resumed"):
        discover(table, resume=path, **SMALL)
    assert path.read_bytes() == before


@pytest.mark.parametrize("limits", [dict(budget=0), dict(budget=-3), dict(budget=2.5), dict(budget=True), dict(time_limit=0), dict(time_limit=-5),
                                    dict(time_limit=float("nan")), dict(time_limit=float("inf"))])
def test_a_limit_that_leaves_nothing_to_do_is_refused(limits, table):
    with pytest.raises(ValueError, match=f"{next(iter(limits))}="):
        discover(table, **SMALL, **limits)


# ---------------------------------------------------------------- files from elsewhere
def changed(found, **parts):
    return json.dumps(json.loads(found.to_json()) | parts)


def test_a_discovery_of_another_format_or_size_is_refused(found, tmp_path):
    row = json.loads(found.to_json())["front"][0]
    cases = {"its format is 'nsad.discovery/9'": dict(format="nsad.discovery/9"), "its front has no formula": dict(front=[]),
             "no finite number": dict(front=[row | {"loss": float("nan")}]), "is no text": dict(front=[row | {"formula": 3}]),
             "100,001 formulas": dict(front=[row] * 100_001), "dataset": dict(provenance={}), "engine": dict(provenance={"dataset": "a", "engine": 3})}
    for said, parts in cases.items():
        with pytest.raises(ValueError, match=f"not a saved discovery.*{said}"):
            Discovery.from_json(changed(found, **parts))
    with pytest.raises(FileError, match="none.json cannot be read .No such file"):
        Discovery.load(tmp_path / "none.json")
    assert repr(Discovery.from_json(found.to_json())) == repr(found)


def test_a_hall_of_fame_of_100_000_rows_is_refused_at_once(tmp_path):
    lines = "\n".join(f"{i},0.5,x + {i}.5" for i in range(100_000))
    (tmp_path / "hall_of_fame.csv").write_text(f"Complexity,Loss,Equation\n{lines}\n")
    with pytest.raises(ValueError, match="100,000 equations"):
        Discovery.from_pysr(tmp_path)


@pytest.mark.parametrize("values, said", [(lambda w: np.full_like(w, np.nan), "not finite"), (lambda w: np.full_like(w, -np.inf), "not finite"),
                                          (lambda w: w + 1j, "complex"), (lambda w: w.astype(str), "not real numbers"),
                                          (lambda w: w.astype(object), "not a saved")])
def test_weights_that_no_training_leaves_are_refused(values, said, estimator, tmp_path):
    path = estimator.save(tmp_path / "fitted.nsad")
    with zipfile.ZipFile(path) as z:
        members = {name: z.read(name) for name in z.namelist()}
    name = next(n for n in members if n.endswith("weight.npy"))
    np.save(new := io.BytesIO(), values(np.load(io.BytesIO(members[name]))), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as z:
        for n, data in members.items():
            z.writestr(n, new.getvalue() if n == name else data)
    with pytest.raises(ValueError, match=said):
        NSADRegressor.load(path)


# ---------------------------------------------------------------- discoveries that a pipeline keeps
def test_kept_discoveries_are_not_written_again_and_damaged_ones_are_put_aside(table, tmp_path):
    hostile = replace(table, name="../outside/evil")
    options = {"network": dict(population_size=4, initial_size=8, generations=1, finalists=2, recipe=dict(epochs=2))}
    first = specialists([hostile], (1,), options, tmp_path / "kept", progress=False)
    path, = (tmp_path / "kept").iterdir()
    assert os.listdir(tmp_path) == ["kept"] and path.suffix == ".json"
    written = path.stat().st_mtime_ns
    specialists([hostile], (1,), options, tmp_path / "kept", progress=False)
    assert path.stat().st_mtime_ns == written
    for damaged in (path.read_text()[:300], "{}", ""):
        path.write_text(damaged)
        with pytest.warns(UserWarning, match="the search is done again"):
            again = specialists([hostile], (1,), options, tmp_path / "kept", progress=False)
        assert [f.front.formula.tolist() for f in again.values()] == [f.front.formula.tolist() for f in first.values()]
    assert len([p for p in path.parent.iterdir() if ".damaged" in p.name]) == 3


# ---------------------------------------------------------------- names
@pytest.mark.parametrize("name", ["../x", "../../etc/passwd", "/etc/passwd", "..", "", "a/b\\c", "c:\\x", "nul", "con.txt", "x" * 500, "é" * 200, HOSTILE,
                                  "-o", ".hidden", "a\0b", "\ud800"])
def test_a_name_from_elsewhere_stays_in_its_folder(name, tmp_path):
    safe = file_name(name)
    (tmp_path / f"{safe}.png").write_text("")
    assert [p.name for p in tmp_path.iterdir()] == [f"{safe}.png"] and safe[0] not in ".-" and safe == printable(safe)


def test_names_that_would_look_alike_stay_apart():
    names = ["forest_cover", "a/b", "a:b", "a_b", "a?b", "A/b"]
    assert len({file_name(n).casefold() for n in names}) == len(names) and file_name("forest_cover") == "forest_cover"


def test_what_a_terminal_would_obey_is_shown_instead():
    text = shown(HOSTILE)
    assert text.isprintable() and "\\x1b]0;owned\\x07" in text and "\\u202e" in text and "\\x9b" in text
    assert shown("Größe, x*exp(-x**2), 日本") == "Größe, x*exp(-x**2), 日本"


def test_a_name_stays_in_its_cell_of_markdown_and_latex(results, tmp_path):
    for ending, cut in (("md", "|"), ("tex", "&")):
        lines = export_results(results, tmp_path / f"t.{ending}").read_text("utf-8").splitlines()
        rows = [line.replace("\\" + cut, "") for line in lines if "parameters" in line or "light" in line]
        assert len(rows) == 3 and len({row.count(cut) for row in rows}) == 1 and "<b>" not in "".join(rows)
    assert markdown_table(pd.DataFrame({"a|b": ["sin(x) | cos(x)"]})).splitlines() == ["| a\\|b |", "| --- |", "| sin(x) \\| cos(x) |"]


@pytest.mark.parametrize("name", ["price (US$), was $", "$x^$", r"$\foo{$", HOSTILE])
def test_dollars_in_a_name_do_not_break_a_figure(name, tmp_path, found, results):
    from nsad import describe, plot_card
    from nsad.report import plot_front, plot_results
    frame = pd.DataFrame({name: [1., 2., 3.], "kind": [name, "b", name]})
    pictures = [plot_activation({name: "sin(x)"}), plot_results(results), plot_card(describe(frame, "kind", name=name)),
                plot_front(Discovery(found.front, found.provenance | {"dataset": name}))]
    for i, figure in enumerate(pictures):
        figure.savefig(tmp_path / f"{i}.svg")
        assert not set(map(chr, [*range(9), *range(14, 32)])) & set((tmp_path / f"{i}.svg").read_text("utf-8"))


@pytest.mark.parametrize("name", ["nullptr", "alignas", "co_await", "static_cast", "wchar_t", "linux", "abs", "errno", "M_PI", "thread_local", "import"])
def test_a_name_that_a_compiler_refuses_is_refused_here(name):
    with pytest.raises(ExportError, match="has a meaning in C"):
        to_c("sin(x)", name=name)


def test_library_names_that_differ_by_case_alone_are_one_file_on_many_disks(tmp_path):
    library, other = ActivationLibrary(tmp_path / "a"), ActivationLibrary(tmp_path / "b")
    library.add("bump", "sin(x)")
    with pytest.raises(LibraryError, match="'bump', and on many disks 'Bump'"):
        library.add("Bump", "cos(x)")
    other.add("BUMP", "cos(x)")
    for choice in ("refuse", "replace"):
        with pytest.raises(LibraryError, match="Nothing was taken"):
            library.import_from(other.path, on_conflict=choice)
    assert library.import_from(other.path, on_conflict="skip") == [] and library.names == ["bump"]
    assert [e.name for e in library.import_from(other.path, on_conflict="rename")] == ["BUMP-2"]
