"""Servers that lie about originals without a published checksum: what they send never gets the real name."""
import gzip
import socket
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from nsad import load_dataset
from nsad.data import ORIGINALS, DataError
from nsad.files import download


def lines(counts=(40, 60)):
    rng = np.random.default_rng(0)
    kinds = ["h"] * counts[0] + ["g"] * counts[1]
    return [",".join(f"{v:.4f}" for v in rng.normal(size=10)) + f",{kind}\n" for kind in kinds]


REAL = "".join(lines()).encode()
HALF = "".join(lines()[:50]).encode()
EXCHANGED = REAL.replace(b",g\n", b",Q\n").replace(b",h\n", b",g\n").replace(b",Q\n", b",h\n")
PACKED = gzip.compress(REAL)


def answer(head, body): return lambda c: c.sendall(head.encode() + b"\r\n\r\n" + body)


def trickle(c):
    c.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(60):
        c.sendall(b"X-More: y\r\n")
        time.sleep(0.2)


LIES = {
    "a login page": answer("HTTP/1.1 200 OK\r\nContent-Length: 26", b"<html>Please log in</html>"),
    "half, and says so": answer(f"HTTP/1.1 200 OK\r\nContent-Length: {len(HALF)}", HALF),
    "half, and hangs up": answer("HTTP/1.0 200 OK", HALF), "cut in a line": answer("HTTP/1.0 200 OK", REAL[:-9]),
    "nothing": answer("HTTP/1.0 200 OK", b""), "no content": answer("HTTP/1.1 204 No Content", b""),
    "labels exchanged": answer(f"HTTP/1.1 200 OK\r\nContent-Length: {len(REAL)}", EXCHANGED),
    "gzip, unasked": answer(f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(PACKED)}", PACKED),
    "a negative length": answer("HTTP/1.1 200 OK\r\nContent-Length: -5", HALF), "a part that nobody asked for":
    answer(f"HTTP/1.1 206 P\r\nContent-Range: bytes 0-9/{len(HALF)}\r\nContent-Length: {len(HALF)}", HALF),
    "a row more": answer("HTTP/1.0 200 OK", REAL + lines()[0].encode()), "a column less": answer("HTTP/1.0 200 OK", REAL.replace(b",", b"", 1)),
    "not found": answer("HTTP/1.1 404 N\r\nContent-Length: 0", b""), "garbage": answer("\0\1\2", b""),
}


@pytest.fixture
def server(monkeypatch):
    "A server that answers as its attribute `says`."
    listening = socket.create_server(("127.0.0.1", 0))
    talk = SimpleNamespace(says=None, url=f"http://127.0.0.1:{listening.getsockname()[1]}/magic04.data")

    def serve(c):
        with c:
            try:
                while b"\r\n\r\n" not in c.recv(65536):
                    pass
                talk.says(c)
            except OSError:
                pass

    def loop():
        while True:
            try:
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
            except OSError:
                return
    threading.Thread(target=loop, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setitem(ORIGINALS, "magic", replace(ORIGINALS["magic"], url=talk.url, counts=(40, 60), sample=None))
    monkeypatch.setattr("nsad.data.download", lambda url, path, sha256, size, progress: download(url, path, sha256, size, False, 1., 1))
    yield talk
    listening.close()


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_fit_the_original_is_never_kept_under_its_name(lie, server, tmp_path):
    server.says = LIES[lie]
    with pytest.raises(DataError, match="could not be downloaded"):
        load_dataset("magic", data_home=tmp_path, progress=False)
    assert not list(tmp_path.iterdir())
    server.says = answer(f"HTTP/1.1 200 OK\r\nContent-Length: {len(REAL)}", REAL)
    assert load_dataset("magic", data_home=tmp_path, progress=False).n_rows == 100
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [REAL]


@pytest.mark.slow
def test_an_answer_whose_head_trickles_in_ends_at_the_time_out(server, tmp_path):
    server.says = trickle
    with pytest.raises(DataError, match="the head of its answer did not come in 0.5 seconds"):
        download(server.url, tmp_path / "t.csv", progress=False, timeout=0.5, tries=1)


def test_the_published_files_are_known_by_their_rows():
    assert {name: sum(o.counts) for name, o in ORIGINALS.items()} == {"higgs": 0, "forest_cover": 581_012, "spambase": 4_601, "magic": 19_020}
    assert ORIGINALS["higgs"].sha256
