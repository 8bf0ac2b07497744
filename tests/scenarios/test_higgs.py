"""Large files: downloads from servers that cut, stall and lie; conversions that are killed, cut short, altered or run twice at once."""
import errno
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import numpy as np
import pytest

import nsad.data
import nsad.files
from nsad.data import NAMES, ORIGINALS, DataError, load_dataset
from nsad.files import download, open_rows, rows_folder

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
BODY = RNG.bytes(5 << 20)
DIGEST = hashlib.sha256(BODY).hexdigest()
COLUMNS = ["a", "b", "c", "d"]


# ---- downloads ----

class Server:
    "What a server does with the n-th request is the n-th word of `ways`; the last one stands for all that follow."
    def __init__(self):
        outer = self
        self.ways, self.asked, self.body, self.sent = ["honest"], [], BODY, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked = self.headers.get("Range")
                outer.asked.append(asked)
                way = outer.ways[min(len(outer.asked), len(outer.ways)) - 1]
                try: getattr(outer, way)(self, int(asked[6:-1]) if asked else 0)
                except (BrokenPipeError, ConnectionResetError): pass

            def log_message(self, *args): pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/file"

    def answer(self, to, start, content, total=None, length=None):
        total = len(self.body) if total is None else total
        to.send_response(206 if start else 200)
        if start: to.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        to.send_header("Content-Length", str(total - start if length is None else length))
        to.end_headers()
        to.wfile.write(content)

    def honest(self, to, start): self.answer(to, start, self.body[start:])
    def cuts(self, to, start): self.answer(to, start, self.body[start:start + (3 << 19)])
    def cuts_at_once(self, to, start): self.answer(to, start, b"")
    def knows_no_ranges(self, to, start): self.answer(to, 0, self.body)
    def cuts_and_knows_no_ranges(self, to, start): self.answer(to, 0, self.body[:3 << 19])
    def alters(self, to, start): self.answer(to, start, bytes([self.body[start] ^ 1]) + self.body[start + 1:])
    def sends_another(self, to, start): self.answer(to, start, bytes(len(self.body))[start:])
    def announces_more(self, to, start): self.answer(to, start, self.body[start:], total=10 * len(self.body))
    def announces_less(self, to, start): self.answer(to, start, self.body[start:], total=len(self.body) - 7)
    def goes_on_elsewhere(self, to, start):
        if not start: return self.cuts(to, start)
        to.send_response(206)
        to.send_header("Content-Range", f"bytes {start - 9}-{len(self.body) - 1}/{len(self.body)}")
        to.end_headers()
        to.wfile.write(self.body[start - 9:])

    def stalls(self, to, start):
        self.answer(to, start, self.body[start:start + (3 << 19)])
        self.sent.wait(20)

    def says_nothing(self, to, start): self.sent.wait(20)
    def trickles(self, to, start):
        self.answer(to, start, b"")
        for i in range(start, start + 400):
            to.wfile.write(self.body[i:i + 1])
            if self.sent.wait(0.05): return

    def never_ends(self, to, start):
        to.send_response(200)
        to.end_headers()
        for _ in range(1000): to.wfile.write(self.body)

    def is_broken(self, to, start): to.send_error(503)
    def has_no_such_file(self, to, start): to.send_error(404)
    def has_nothing_more(self, to, start): to.send_error(416) if start else self.honest(to, start)
    def talks_nonsense(self, to, start): to.wfile.write(b"\x00\xff nonsense\r\n\r\n")


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    made = Server()
    yield made
    made.sent.set()
    made.http.shutdown()
    made.http.server_close()


def ends_with(error, after, name):
    "An `open` that gives files which raise an error after so many writes, where `name` is part of theirs."
    class Ending:
        def __init__(self, file): self.file, self.writes = file, 0
        def __getattr__(self, part): return getattr(self.file, part)
        def __enter__(self): return self
        def __exit__(self, *how): self.file.close()

        def write(self, data):
            self.writes += 1
            if self.writes > after: raise error
            return self.file.write(data)

    def opened(path, mode="r", *args, **kwargs):
        file = open(path, mode, *args, **kwargs)
        return Ending(file) if name in os.path.basename(path) and mode != "rb" else file
    return opened


def fetch(server, folder, sha256=DIGEST, limit=2 * len(BODY), timeout=0.3):
    return download(server.url, folder / "big.bin", sha256, limit, progress=False, timeout=timeout, tries=3)


@pytest.mark.parametrize("ways", [["honest"], ["cuts"], ["cuts", "knows_no_ranges"], ["stalls"], ["says_nothing", "cuts", "honest"], ["is_broken", "honest"],
                                  ["cuts", "is_broken", "says_nothing", "cuts"], ["cuts", "alters", "honest"], ["cuts", "has_nothing_more", "honest"],
                                  ["cuts", "goes_on_elsewhere", "honest"], ["cuts_at_once", "cuts_at_once", "honest"], ["cuts", "talks_nonsense", "honest"]], ids="-".join)
def test_what_can_be_had_is_had(ways, server, tmp_path):
    server.ways = ways
    try: path = fetch(server, tmp_path)
    except DataError:                                             # silence before the first byte is no server at all: another call
        assert ways[0] == "says_nothing"
        path = fetch(server, tmp_path)
    assert path.read_bytes() == BODY and [p.name for p in tmp_path.iterdir()] == ["big.bin"]


@pytest.mark.parametrize("ways, message", [
    (["cuts_and_knows_no_ranges"], "bytes came"), (["alters"], "altered on the way"), (["sends_another"], "SHA-256"), (["announces_more"], "are the most that it can be"),
    (["announces_less"], "SHA-256"), (["never_ends"], "sends more than"), (["says_nothing"], "timed out"), (["trickles"], "bytes in 0.3 seconds|bytes came"), (["has_no_such_file"], "404"),
    (["is_broken"], "503"), (["talks_nonsense"], "nonsense|BadStatus|Remote"), (["goes_on_elsewhere"], "asked to go on"), (["cuts_at_once"], "0 of 5,242,880 bytes"), (["cuts", "alters"], "SHA-256")], ids=str)
def test_what_cannot_be_had_leaves_no_file(ways, message, server, tmp_path):
    server.ways = ways
    with pytest.raises(DataError, match=message):
        fetch(server, tmp_path)
    assert {p.name for p in tmp_path.iterdir()} <= {"big.bin.part"}
    server.ways, server.asked = ["honest"], []
    assert fetch(server, tmp_path).read_bytes() == BODY           # and whatever was left does no harm


def test_a_later_call_asks_for_the_rest_only(server, tmp_path):
    server.ways = ["cuts", "is_broken"]
    with pytest.raises(DataError, match="503"):
        fetch(server, tmp_path)
    assert (tmp_path / "big.bin.part").read_bytes() == BODY[:3 << 19]
    server.ways, server.asked = ["honest"], []
    fetch(server, tmp_path)
    assert server.asked == [f"bytes={3 << 19}-"]
    fetch(server, tmp_path)
    assert len(server.asked) == 1                                 # what is there is not asked for


def test_a_download_that_was_complete_but_for_its_name(server, tmp_path):
    (tmp_path / "big.bin.part").write_bytes(BODY)
    server.ways = ["has_nothing_more"]
    assert fetch(server, tmp_path).read_bytes() == BODY


def test_without_a_checksum_nothing_is_continued(server, tmp_path):
    (tmp_path / "big.bin.part").write_bytes(b"of another file")
    server.ways = ["cuts", "honest"]
    assert fetch(server, tmp_path, sha256=None).read_bytes() == BODY and server.asked == [None, None]


def test_a_full_disk_is_said_before_and_during(server, tmp_path, monkeypatch):
    with monkeypatch.context() as m:
        m.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=10, used=9, free=1))
        with pytest.raises(DataError, match="has room for 1;"):
            fetch(server, tmp_path)
    monkeypatch.setattr(nsad.files, "open", ends_with(OSError(errno.ENOSPC, "No space left on device"), 3, "big.bin.part"), raising=False)
    with pytest.raises(DataError, match="No space left|disk is full"):
        fetch(server, tmp_path)
    assert not (tmp_path / "big.bin").exists()


def test_two_downloads_at_once_ask_once(server, tmp_path):
    paths, calls = [], [threading.Thread(target=lambda: paths.append(fetch(server, tmp_path, timeout=5))) for _ in range(4)]
    for call in calls: call.start()
    for call in calls: call.join()
    assert len(paths) == 4 and server.asked == [None] and paths[0].read_bytes() == BODY


# ---- rows on disk ----

def table(rows, seed=0, columns=len(COLUMNS)):
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(0, 2, rows), rng.standard_normal((rows, columns))]).astype(np.float32)


def packed(values, path):
    text = ("\n".join([",".join(["%.9g"] * values.shape[1])] * len(values)) + "\n") % tuple(values.ravel().tolist())
    path.write_bytes(gzip.compress(text.encode(), 1, mtime=0))
    return path


def is_right(rows, values):
    return np.array_equal(rows.X, values[:, 1:]) and np.array_equal(rows.y, values[:, 0])


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    values = table(60_000, columns=8)
    return packed(values, tmp_path_factory.mktemp("big") / "big.csv.gz"), values, [f"x{i}" for i in range(8)]


def only_the_source(path): return [p.name for p in path.parent.iterdir()] == [path.name]


CHILD = "import sys; from nsad.files import open_rows; print('go', flush=True); print(len(open_rows(sys.argv[1], sys.argv[2:], progress=False)))"


def child(path, names): return subprocess.Popen([sys.executable, "-c", CHILD, str(path), *names], stdout=subprocess.PIPE, text=True)


def test_killed_at_random_moments_the_next_load_is_right(big, tmp_path):
    source, values, names = big
    path = shutil.copy(source, tmp_path / "big.csv.gz")
    start = time.perf_counter()
    open_rows(path, names, progress=False)
    whole, caught, kills = time.perf_counter() - start, 0, 0
    chance = np.random.default_rng(0)
    while kills < 5 or caught < 2 and kills < 30:                 # moments differ from machine to machine; some must be in time
        kills += 1
        moment = chance.uniform(0, 1.2 * whole / (1 + kills // 5))
        shutil.rmtree(rows_folder(path))
        process = child(path, names)
        process.stdout.readline()
        time.sleep(moment)
        process.kill()
        process.wait()
        caught += not rows_folder(path).exists()
        assert is_right(open_rows(path, names, progress=False), values)
        assert {p.name for p in tmp_path.iterdir()} <= {path.name, rows_folder(path).name}
    assert caught >= 2


def test_processes_that_load_at_once_wait_for_each_other(big, tmp_path):
    source, values, names = big
    path = shutil.copy(source, tmp_path / "big.csv.gz")
    processes = [child(path, names) for _ in range(3)]
    outputs = [p.communicate(timeout=60)[0].splitlines() for p in processes]
    assert all(out[0] == "go" and out[-1] == "60000" for out in outputs) and all(p.returncode == 0 for p in processes)
    assert is_right(open_rows(path, names, progress=False), values)
    assert {p.name for p in tmp_path.iterdir()} == {path.name, rows_folder(path).name}


def test_a_lock_file_that_a_dead_process_left_blocks_nobody(tmp_path):
    path = packed(table(100), tmp_path / "t.csv.gz")
    (tmp_path / ".t.csv.gz.rows.lock").write_text("12345")
    (tmp_path / "t.csv.gz.rows.part").mkdir()
    (tmp_path / "t.csv.gz.rows.part" / "X.npy").write_bytes(b"half")
    assert is_right(open_rows(path, COLUMNS), table(100))


def test_only_one_of_many_threads_holds_a_lock(tmp_path):
    inside, most, turns = 0, 0, []

    def work():
        nonlocal inside, most
        for _ in range(20):
            with nsad.files.locked(tmp_path / ".lock"):
                inside += 1
                most = max(most, inside)
                turns.append(1)
                time.sleep(0.0005)
                inside -= 1
    threads = [threading.Thread(target=work) for _ in range(6)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert most == 1 and len(turns) == 120


@pytest.fixture(params=["isal", "zlib"])
def unzip(request, monkeypatch):
    "The fast unpacker where it is installed, and the one that is always there."
    module = pytest.importorskip("isal.isal_zlib") if request.param == "isal" else __import__("zlib")
    monkeypatch.setattr(nsad.files, "unzip", module)


def test_every_cut_is_refused(unzip, tmp_path):
    whole = packed(table(3000), tmp_path / "t.csv.gz").read_bytes()
    path = tmp_path / "t.csv.gz"
    for cut in [0, 1, 5, 12, len(whole) // 3, len(whole) // 2, *range(len(whole) - 12, len(whole))]:
        path.write_bytes(whole[:cut])
        with pytest.raises(DataError, match="t.csv.gz"):
            open_rows(path, COLUMNS)
        assert only_the_source(path)


def test_altered_bytes_are_refused_or_change_nothing(unzip, tmp_path):
    whole = bytearray(packed(table(2000), tmp_path / "t.csv.gz").read_bytes())
    path, refused = tmp_path / "t.csv.gz", 0
    for place in np.random.default_rng(1).integers(0, len(whole), 60):
        altered = whole.copy()
        altered[place] ^= int(RNG.integers(1, 256))
        path.write_bytes(altered)
        try: rows = open_rows(path, COLUMNS)
        except DataError:
            refused += 1
            assert only_the_source(path)
        else: assert is_right(rows, table(2000))                  # the archive's own header has bytes that mean nothing
    assert refused >= 55


def test_text_that_was_cut_before_it_was_packed(tmp_path):
    text = gzip.decompress(packed(table(50), tmp_path / "t.csv.gz").read_bytes())
    for cut in range(len(text) - 40, len(text)):
        (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text[:cut]))
        if text[:cut].endswith(b"\n"): assert len(open_rows(tmp_path / "t.csv.gz", COLUMNS)) == 49
        else:
            with pytest.raises(DataError, match="line 50 has no end|Row #50"):
                open_rows(tmp_path / "t.csv.gz", COLUMNS)


@pytest.mark.parametrize("line, message", [
    ("1,2,3,4", "Row #4.*Expected 5 columns"), ("1,2,3,4,5,6", "Row #4.*Expected 5 columns"), ("1,,3,4,5", "Row #4.*invalid value"), ("1,two,3,4,5", "'two'"), ("", "Row #4|columns"),
    ("1,nan,3,4,5", "line 4 has nan in column 'a'"), ("1,2,3,-inf,5", "column 'c'"), ("1,2,3,4,1e60", "line 4 has inf in column 'd'"), ("2,2,3,4,5", r"line 4 has the label 2, not one of \[0, 1\]"), ("nan,2,3,4,5", "label nan")])
def test_a_fault_is_named_by_its_line(line, message, tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(("0,1,2,3,4\n1,1,2,3,4\n0,1,2,3,4\n" + line + "\n" + "1,1,2,3,4\n" * 3).encode()))
    with pytest.raises(DataError, match=message):
        open_rows(path, COLUMNS)
    assert only_the_source(path)


@pytest.mark.parametrize("content", [b"", b"0,1,2,3,4\n", gzip.compress(b"", mtime=0), b"\x1f\x8b", b"PK\x03\x04" + bytes(100), gzip.compress(b"\x00\xff" * 1000, mtime=0), gzip.compress(b"0,1,2,3,4\n", mtime=0) + b"more"])
def test_files_of_another_kind(content, unzip, tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(content)
    with pytest.raises(DataError, match="t.csv.gz"):
        open_rows(tmp_path / "t.csv.gz", COLUMNS)
    assert only_the_source(tmp_path / "t.csv.gz")


def test_an_archive_of_several_parts_is_one_table(unzip, tmp_path):
    path = packed(table(300), tmp_path / "t.csv.gz")
    path.write_bytes(path.read_bytes() + packed(table(200, seed=1), tmp_path / "u.csv.gz").read_bytes())
    assert is_right(open_rows(path, COLUMNS), np.concatenate([table(300), table(200, seed=1)]))


@pytest.mark.parametrize("piece", [1, 7, 100, 4096])
def test_the_size_of_a_piece_changes_no_row(piece, tmp_path, monkeypatch):
    monkeypatch.setattr(nsad.files, "AHEAD", max(piece, 100))    # a line must fit
    assert is_right(open_rows(packed(table(400), tmp_path / "t.csv.gz"), COLUMNS), table(400))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("writes", [0, 1, 3])                       # at the head of the file, at the first rows, at later ones
def test_a_full_disk_leaves_nothing(error, writes, tmp_path, monkeypatch):
    path = packed(table(3000), tmp_path / "t.csv.gz")
    with monkeypatch.context() as m:
        m.setattr(nsad.files, "AHEAD", 20_000)
        m.setattr(nsad.files, "open", ends_with(OSError(error, os.strerror(error)), writes, "X.npy"), raising=False)
        with pytest.raises(DataError, match="disk is full" if error == errno.ENOSPC else "cannot be written"):
            open_rows(path, COLUMNS)
    assert only_the_source(path) and is_right(open_rows(path, COLUMNS), table(3000))


@pytest.mark.parametrize("writes, name", [(1, "X.npy"), (0, "about.json")])
def test_ctrl_c_leaves_nothing(writes, name, tmp_path, monkeypatch):
    path = packed(table(500), tmp_path / "t.csv.gz")
    with monkeypatch.context() as m:
        m.setattr(nsad.files, "open", ends_with(KeyboardInterrupt(), writes, name), raising=False)
        with pytest.raises(KeyboardInterrupt):
            open_rows(path, COLUMNS)
    assert only_the_source(path)


def touched(path, data):
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))                                     # whatever the clock's grain


def test_rows_that_somebody_altered_are_made_anew(tmp_path):
    path = packed(table(500), tmp_path / "t.csv.gz")
    open_rows(path, COLUMNS)
    folder = rows_folder(path)
    for name in ("X.npy", "y.npy", "about.json"):
        good = (folder / name).read_bytes()
        for bad in (good[:-1], good[:-8] + bytes([good[-8] ^ 1]) + good[-7:], b"", good + b"0"):
            touched(folder / name, bad)
            assert is_right(open_rows(path, COLUMNS), table(500)), (name, len(bad))
        (folder / name).unlink()
        assert is_right(open_rows(path, COLUMNS), table(500)), name


@pytest.mark.parametrize("note", ["[]", "{}", "null", '{"format": "nsad.rows/1"}', "not json", '{"format": "nsad.rows/2"}'])
def test_a_note_that_is_none(note, tmp_path):
    path = packed(table(50), tmp_path / "t.csv.gz")
    open_rows(path, COLUMNS)
    (rows_folder(path) / "about.json").write_text(note)
    assert is_right(open_rows(path, COLUMNS), table(50))


def test_rows_follow_their_source(tmp_path):
    path = packed(table(500), tmp_path / "t.csv.gz")
    open_rows(path, COLUMNS)
    packed(table(500, seed=3), path)
    os.utime(path, ns=(1, 1))
    assert is_right(open_rows(path, COLUMNS), table(500, seed=3))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="cut short"):             # not the rows that it had before
        open_rows(path, COLUMNS)
    path.unlink()
    assert is_right(open_rows(path, COLUMNS), table(500, seed=3))  # the packed file may be thrown away
    with pytest.raises(DataError, match="no file"):
        open_rows(path, list("wxyz"))


def test_a_copy_of_the_rows_is_good_and_is_believed_from_then_on(tmp_path, monkeypatch):
    path = packed(table(500), tmp_path / "t.csv.gz")
    open_rows(path, COLUMNS)
    for file in [path, *rows_folder(path).iterdir()]: os.utime(file, ns=(5, 5))
    monkeypatch.setattr(nsad.files, "unzip", None)                # nothing is unpacked again
    assert is_right(open_rows(path, COLUMNS), table(500))
    assert json.loads((rows_folder(path) / "about.json").read_text())["source"]["mtime_ns"] == 5
    monkeypatch.setattr(nsad.files, "sha256_of", None)
    assert is_right(open_rows(path, COLUMNS), table(500))


def test_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    path = packed(table(50), tmp_path / "data" / "t.csv.gz")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: False if str(p) == str(path.parent) else real(p, mode))
    assert is_right(open_rows(path, COLUMNS), table(50))
    assert rows_folder(path).is_relative_to(tmp_path / "cache") and only_the_source(path)


# ---- HIGGS itself ----

@pytest.fixture
def higgs(tmp_path, monkeypatch):
    "3,000 rows that count as large, the last 500 of them for testing."
    values = table(3000, columns=28)
    path = packed(values, tmp_path / "HIGGS.csv.gz")
    monkeypatch.setattr(nsad.data, "LARGE", 1)
    monkeypatch.setitem(ORIGINALS, "higgs", replace(ORIGINALS["higgs"], test_rows=500, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    return path, values


def test_the_parts_of_higgs(higgs):
    path, values = higgs
    load = dict(data_home=path.parent, progress=False)
    whole, train, test = (load_dataset("higgs", part=part, **load) for part in ("all", "train", "test"))
    for ds, want in ((whole, values), (train, values[:-500]), (test, values[-500:])):
        np.testing.assert_array_equal(ds.X, want[:, 1:])
        np.testing.assert_array_equal(ds.y, want[:, 0])
        assert ds.y.dtype == np.int64 and ds.feature_names == tuple(NAMES["higgs"]) and not ds.X.flags.writeable
    assert (whole.source, test.source) == ("HIGGS.csv.gz", "HIGGS.csv.gz, test part")
    few = load_dataset("higgs", rows=100, part="test", **load)
    assert {tuple(x) for x in few.X} <= {tuple(x) for x in test.X} and few.y.mean() == pytest.approx(test.y.mean(), abs=0.01)
    first = load_dataset("higgs", rows=100, seed=None, **load)
    np.testing.assert_array_equal(first.X, whole.X[:100])
    assert load_dataset("higgs", rows=10**9, **load).n_rows == 3000


def test_a_draw_from_rows_is_repeatable_balanced_and_without_repeats(higgs):
    a, b, c = (load_dataset("higgs", rows=1000, seed=seed, data_home=higgs[0].parent) for seed in (1, 1, 2))
    assert a.fingerprint == b.fingerprint != c.fingerprint and len({tuple(x) for x in a.X}) == 1000
    assert a.y.mean() == pytest.approx(higgs[1][:, 0].mean(), abs=1e-3)
    label = {tuple(row[1:]): row[0] for row in higgs[1]}
    assert all(label[tuple(x)] == y for x, y in zip(a.X, a.y))
    assert [int(load_dataset("higgs", rows=n, data_home=higgs[0].parent).n_rows) for n in (2, 3, 2999)] == [2, 3, 2999]


def test_rows_and_a_direct_reading_are_the_same_table(higgs, monkeypatch):
    kept = load_dataset("higgs", data_home=higgs[0].parent)
    monkeypatch.setattr(nsad.data, "LARGE", 1 << 40)
    assert load_dataset("higgs", data_home=higgs[0].parent).fingerprint == kept.fingerprint


def test_what_is_not_the_published_file_is_said(higgs, monkeypatch):
    path, _ = higgs
    monkeypatch.setitem(ORIGINALS, "higgs", replace(ORIGINALS["higgs"], sha256="0" * 64))
    assert load_dataset("higgs", data_home=path.parent).source == "HIGGS.csv.gz (3,000 rows, not the published 11,000,000)"
    monkeypatch.setitem(ORIGINALS, "higgs", replace(ORIGINALS["higgs"], sha256="0" * 64, rows=3000))
    with pytest.raises(DataError, match="it was altered"):
        load_dataset("higgs", data_home=path.parent)


@pytest.mark.parametrize("arguments, message", [
    (dict(part="tests"), "part='tests' is not"), (dict(name="magic", part="test"), "set no test rows apart"), (dict(rows=1), "each needs a row"), (dict(rows=0), "at least one"),
    (dict(seed=-1), "seed=-1"), (dict(seed=1.5), "whole number"), (dict(target="multiclass"), "no target")])
def test_wishes_that_cannot_be_met(arguments, message, higgs):
    with pytest.raises(DataError, match=message):
        load_dataset(**(dict(name="higgs", data_home=higgs[0].parent) | arguments))


def test_too_few_rows_for_the_test_set(higgs, monkeypatch):
    monkeypatch.setitem(ORIGINALS, "higgs", replace(ORIGINALS["higgs"], test_rows=500_000))
    with pytest.raises(DataError, match="the test set alone is 500,000"):
        load_dataset("higgs", part="test", data_home=higgs[0].parent)


def test_from_the_server_to_the_rows(server, higgs, tmp_path, monkeypatch):
    path, values = higgs
    server.body = path.read_bytes()
    monkeypatch.setitem(ORIGINALS, "higgs", replace(ORIGINALS["higgs"], url=server.url))
    home = tmp_path / "elsewhere"
    for ways in (["alters"], ["announces_less"], ["has_no_such_file"]):
        server.ways, server.asked = ways, []
        with pytest.raises(DataError, match="could not be downloaded"):
            load_dataset("higgs", data_home=home, progress=False)
        assert list(home.iterdir()) == []
    server.ways, server.asked = ["honest"], []
    np.testing.assert_array_equal(load_dataset("higgs", data_home=home, progress=False).X, values[:, 1:])
    (home / "HIGGS.csv.gz").unlink()
    assert load_dataset("higgs", rows=10, data_home=home, progress=False).n_rows == 10 and len(server.asked) == 1
