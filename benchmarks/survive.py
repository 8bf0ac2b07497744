"""Kill, cut, fill and lie at random: is anything lost, wrong, or a traceback? Run: python benchmarks/survive.py --rounds 100

Each round is one of: a writer, a search or a study that is killed (SIGKILL) at a random moment; a search that is told to
stop; a write for which there is no room; a file that is cut or altered; a server that lies. The seed is printed, and the
same seed with the same --kinds makes the same choices (the moments of kills depend on the machine as well).
"""
import argparse
import json
import multiprocessing
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")
RESULTS = Path(__file__).parent / "results" / "survive.txt"
SEARCH = dict(population_size=6, initial_size=16, generations=2, finalists=3, rows=100, final_rows=100, progress=False)
STOPS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def table():
    "A small table, made anew in each process."
    from nsad import Dataset
    X = np.random.default_rng(0).normal(size=(120, 2))
    return Dataset.from_arrays(X, (X[:, 0] * X[:, 1] > 0).astype(int), name="small")


def study():
    from nsad import Recipe, Study
    return Study([table()], ["relu", "sin(x)", "tanh", "cos(x)"], seeds=(1, 2, 3), recipe=Recipe("one", epochs=1, batch_size=32))


def quietly(work, log, *args):
    "In a child: the work, its errors into a file."
    sys.stderr = open(log, "a")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import torch
    torch.set_num_threads(1)
    try: work(*args)
    except KeyboardInterrupt: os._exit(130)


def write_for_ever(path, texts):
    from nsad import Discovery
    found = [Discovery.from_json(t) for t in texts]
    while True:
        for d in found: d.save(path)


def search_to(path, scores, seed):
    from nsad import discover
    discover(table(), seed=seed, resume=scores, **SEARCH).save(path)


def study_to(store): study().run(store, progress=False)


class Rounds:
    "Rounds of each kind, and what came of them."
    def __init__(self, rounds, seed, folder):
        self.n, self.chance, self.folder, self.log = rounds, random.Random(seed), Path(folder), Path(folder, "errors.txt")
        self.fresh = multiprocessing.get_context("forkserver")           # of a process that has imported all and done nothing
        self.fresh.set_forkserver_preload(["nsad.evaluation", "nsad.engines.network", "torch._dynamo"])
        self.log.touch()

    def start(self, work, *args):
        process = self.fresh.Process(target=quietly, args=(work, self.log, *args))
        process.start()
        return process

    def whole(self, work, *args):
        "Run to the end; the seconds that it took."
        begun, process = time.monotonic(), self.start(work, *args)
        process.join()
        assert process.exitcode == 0, self.log.read_text()
        return time.monotonic() - begun

    def killed(self, longest, work, *args):
        "Run, and kill at a random moment; was it still at work?"
        process = self.start(work, *args)
        process.join(self.chance.uniform(0, longest))
        process.kill()
        process.join()
        return process.exitcode == -signal.SIGKILL

    def prepare(self):
        "Files that are whole, for all kinds."
        for seed, name in enumerate(("a.json", "b.json")): self.whole(search_to, self.folder / name, None, seed)
        self.study_takes = self.whole(study_to, self.folder / "whole.sqlite")

    def writers(self):
        from nsad import Discovery
        path, first, second = self.folder / "found.json", self.folder / "a.json", self.folder / "b.json"
        texts = [p.read_text() for p in (first, second)]
        path.write_text(texts[0])
        wrong = 0
        for _ in range(self.n):
            self.killed(0.5, write_for_ever, path, texts)
            wrong += path.read_text() not in texts or Discovery.load(path) is None
        return dict(lost=0, wrong=wrong, note="the file was the older or the newer one, whole, after each kill")

    def searches(self):
        front = {}
        kills = lost = wrong = done = 0
        seed, before = 0, 0
        path, scores = self.folder / "front.json", self.folder / "scores.json"
        while kills < self.n:
            if seed not in front:
                whole = self.folder / f"whole-{seed}.json"
                longest = self.whole(search_to, whole, None, seed)
                front[seed] = json.loads(whole.read_text())["front"]
            killed = self.killed(1.2 * longest, search_to, path, scores, seed)
            kills += killed
            now = len(json.loads(scores.read_text())["scores"]) if scores.exists() else 0
            lost, before = lost + (now < before), now
            if killed: continue
            done += 1
            wrong += json.loads(path.read_text())["front"] != front[seed]
            for p in (path, scores): p.unlink()
            seed, before = (seed + 1) % 3, 0
        return dict(lost=lost, wrong=wrong, note=f"{done} searches came to their end in spite of it, with the front of an unbroken one")

    def studies(self):
        from nsad.evaluation import ResultsStore
        store, whole = self.folder / "killed.sqlite", self.folder / "whole.sqlite"
        longest = self.study_takes
        want = ResultsStore(whole).frame().set_index("key").accuracy
        kills = lost = wrong = done = before = 0
        while kills < self.n:
            killed = self.killed(1.2 * longest, study_to, store)
            kills += killed
            rows = ResultsStore(store).frame().set_index("key").accuracy
            lost, before = lost + (len(rows) < before), len(rows)
            wrong += bool((rows - want[rows.index]).abs().gt(1e-6).any())
            if killed: continue
            done, before = done + 1, 0
            lost += len(rows) < len(want)
            for p in self.folder.glob("killed.sqlite*"): p.unlink()
        return dict(lost=lost, wrong=wrong, note=f"{done} studies came to their end in spite of it, with the rows of an unbroken one")

    def stops(self):
        from nsad import Discovery
        path, whole = self.folder / "stopped.json", self.folder / "unstopped.json"
        longest = self.whole(search_to, whole, None, 0)
        lost = wrong = cut = early = 0
        for _ in range(self.n):
            path.unlink(missing_ok=True)
            process, sent = self.start(search_to, path, None, 0), self.chance.choice(STOPS)
            process.join(self.chance.uniform(0, longest))
            if process.is_alive(): os.kill(process.pid, sent)
            process.join()
            if process.exitcode in (-sent, 130): early += 1               # before anything was found
            elif process.exitcode: wrong += 1
            elif not path.exists(): lost += 1
            else: cut += "cut" in Discovery.load(path).provenance
        return dict(lost=lost, wrong=wrong, note=f"{cut} kept what they had found and say that they were cut, {early} had found nothing yet")

    def full(self):
        from nsad import ActivationLibrary, Discovery, NSADRegressor, to_c
        from nsad.report import export_results
        X = np.random.default_rng(0).normal(size=(60, 2))
        fitted = NSADRegressor("relu", hidden=(8,), max_iter=1, device="cpu").fit(X, X[:, 0])
        found, rows = Discovery.load(self.folder / "a.json"), study().run(progress=False)
        place = self.folder / "full"
        place.mkdir()
        library = ActivationLibrary(place)
        writers = {"found.json": found.save, "fitted.nsad": fitted.save, "rows.csv": lambda p: export_results(rows, p),
                   "bump.h": lambda p: to_c("x*exp(-x**2)", p), "wave.json": lambda p: library.add("wave", "sin(x)", overwrite=True)}
        for name, write in writers.items(): write(place / name)
        lost = wrong = refused = 0
        for _ in range(self.n):
            name = self.chance.choice(list(writers))
            before = {p.name: p.read_bytes() for p in place.iterdir()}
            limit = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.chance.randrange(2 * len(before[name])), limit[1]))
            try: writers[name](place / name)
            except ValueError as error: refused += "cannot be written" in str(error)
            finally: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            after = {p.name: p.read_bytes() for p in place.iterdir()}
            lost += set(before) != set(after)
            wrong += any(len(after[n]) != len(before[n]) for n in before if n != "fitted.nsad")
        return dict(lost=lost, wrong=wrong, note=f"{refused} writes were refused in a sentence, the older file stayed")

    def damage(self):
        from nsad import ActivationLibrary, Discovery, NSADRegressor, discover
        from nsad.evaluation import ResultsStore
        place = self.folder / "damaged"
        place.mkdir()
        scores = self.folder / "kept-scores.json"
        self.whole(search_to, self.folder / "c.json", scores, 0)
        X = np.random.default_rng(0).normal(size=(60, 2))
        NSADRegressor("relu", hidden=(8,), max_iter=1, device="cpu").fit(X, X[:, 0]).save(self.folder / "fitted.nsad")
        ActivationLibrary(self.folder / "kept").add("wave", "sin(x)")
        sources = {"found.json": (self.folder / "a.json", Discovery.load),
                   "scores.json": (scores, lambda p: discover(table(), seed=0, resume=p, **SEARCH)),
                   "r.sqlite": (self.folder / "whole.sqlite", lambda p: ResultsStore(p).frame()),
                   "fitted.nsad": (self.folder / "fitted.nsad", NSADRegressor.load),
                   "wave.json": (self.folder / "kept" / "wave.json", lambda p: ActivationLibrary(place).entry("wave"))}
        wrong = read = 0
        for _ in range(self.n):
            name = self.chance.choice(list(sources))
            source, reader = sources[name]
            content = bytearray(source.read_bytes())
            for _ in range(self.chance.choice([0, 1, 5, 50])): content[self.chance.randrange(len(content))] = self.chance.randrange(256)
            if self.chance.random() < 0.5: del content[self.chance.randrange(len(content)):]
            (place / name).write_bytes(content)
            try:
                reader(place / name)
                read += 1
            except ValueError: pass
            except Exception as error:
                wrong += 1
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        return dict(lost=0, wrong=wrong, note=f"{read} were still of their kind and were read, the others refused in a sentence")

    def lies(self):
        import nsad.data as data
        from nsad.files import download
        labels = ["h"] * 40 + ["g"] * 60
        real = "".join(",".join(f"{v:.3f}" for v in np.random.default_rng(i).normal(size=10)) + f",{k}\n" for i, k in enumerate(labels)).encode()
        home, listening, says = self.folder / "home", socket.create_server(("127.0.0.1", 0)), []

        def serve():
            while True:
                try: connection = listening.accept()[0]
                except OSError: return
                with connection:
                    try:
                        connection.recv(65536)
                        connection.sendall(says[-1])
                    except OSError: pass
        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/magic04.data"
        data.ORIGINALS["magic"] = replace(data.ORIGINALS["magic"], url=url, counts=(40, 60), sample=None)
        data.download = lambda url, path, sha256, size, progress: download(url, path, sha256, size, False, 1., 1)
        wrong = kept = 0
        for _ in range(self.n):
            says.append(self.answer(real))
            try: data.load_dataset("magic", data_home=home, progress=False)
            except ValueError: pass
            there = home / "magic04.data"
            if there.exists():
                kept += 1
                wrong += there.read_bytes() != real
                there.unlink()
            wrong += any(home.iterdir()) if home.exists() else 0
        listening.close()
        return dict(lost=0, wrong=wrong, note=f"{kept} times the whole file came and was kept, else nothing was")

    def answer(self, real):
        "An answer that may be cut, changed, or say another length than it has."
        chance, body = self.chance, real
        kind = chance.choice(["whole", "cut", "lines", "exchanged", "page", "empty", "more"])
        if kind == "cut": body = real[:chance.randrange(len(real))]
        if kind == "lines": body = b"\n".join(real.split(b"\n")[:chance.randrange(1, 99)]) + b"\n"
        if kind == "exchanged": body = real.translate(bytes.maketrans(b"gh", b"hg"))
        if kind == "page": body = b"<html>Please log in</html>"
        if kind == "empty": body = b""
        if kind == "more": body = real + real[:chance.randrange(1, 500)]
        length = chance.choice([f"Content-Length: {len(body)}\r\n", "", f"Content-Length: {len(body)}\r\n", "Content-Length: -5\r\n"])
        return f"HTTP/1.0 {chance.choice([200] * 8 + [206, 503])} OK\r\n{length}\r\n".encode() + body


KINDS = {"a writer is killed": "writers", "a search is killed": "searches", "a study is killed": "studies", "a search is told to stop": "stops",
         "there is no room": "full", "a file is cut or altered": "damage", "a server lies": "lies"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--kinds", nargs="+", choices=KINDS.values(), default=list(KINDS.values()), help="some of the kinds only")
    parser.add_argument("--keep", action="store_true", help=f"write the table to {RESULTS.name}")
    args = parser.parse_args()
    lines = [f"seed {args.seed}, {args.rounds} rounds a kind", "", "| kind | rounds | lost | wrong | what came of it |", "|---|---|---|---|---|"]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        rounds = Rounds(args.rounds, args.seed, folder)
        rounds.prepare()
        bad = 0
        for kind, method in KINDS.items():
            if method not in args.kinds: continue
            r = getattr(rounds, method)()
            bad += r["lost"] + r["wrong"]
            lines.append(f"| {kind} | {args.rounds} | {r['lost']} | {r['wrong']} | {r['note']} |")
            print(lines[-1], flush=True)
        said = rounds.log.read_text()
        lines += ["", f"tracebacks: {said.count('Traceback')}"]
        print("\n".join(lines[-2:]) + (f"\n{said[-3000:]}" if "Traceback" in said else ""))
    if args.keep: RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(bool(bad or said.count("Traceback")))


if __name__ == "__main__":
    main()
