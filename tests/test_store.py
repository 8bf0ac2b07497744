"""Stores of results that are damaged, a stranger's, held or read-only; and studies that are killed faster than they train."""
import os
import random
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from nsad import Dataset, Study
from nsad.cli import app
from nsad.evaluation import ResultsStore
from nsad.training import Recipe, train

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 2))
TABLE = Dataset.from_arrays(X, (X[:, 0] * X[:, 1] > 0).astype(int), name="own")
STUDY = Study([TABLE], ["relu", "sin(x)"], seeds=(1, 2), recipe=Recipe("one", epochs=1))


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "r.sqlite"
    STUDY.run(path, progress=False)
    return path.read_bytes()


@pytest.fixture
def store(good, tmp_path):
    path = tmp_path / "r.sqlite"
    path.write_bytes(good)
    return path


def sql(path, *statements):
    db = sqlite3.connect(path)
    for statement in statements:
        db.executescript(statement)
    db.close()


COPY = "create table t as select * from results; drop table results; "
STRANGERS = {
    "a trigger": ["create trigger evil after insert on results begin update results set accuracy = 0.999; end"],
    "no plain table": [COPY + "create view results as select * from t"],
    "no column `key`": [COPY + "alter table t rename to results"],
    "a database of something else": ["drop table results; create table places (url text)"],
}
VALUES = {
    "'a lot'": "accuracy = 'a lot'", "in the column n_parameters": "n_parameters = 'many'", "in the column seed": "seed = 'x'",
    "in the column network": "network = x'ff00'", "between 0 and 1": "accuracy = 9e999", "have no activation": "activation = null",
    "have no n_parameters": "n_parameters = null", "no UTF-8": "dataset = cast(x'ff41' as text)",
}


@pytest.mark.parametrize("said", STRANGERS)
def test_a_stranger_s_store_is_refused_and_stays_as_it_is(said, store):
    sql(store, *STRANGERS[said])
    before = store.read_bytes()
    for attempt in (lambda: ResultsStore(store), lambda: STUDY.run(store, progress=False)):
        with pytest.raises(ValueError, match=f"r.sqlite cannot be read as a store of results: .*{said}"):
            attempt()
    assert store.read_bytes() == before


@pytest.mark.parametrize("said", VALUES)
def test_a_value_that_no_study_has_written_is_named(said, store):
    sql(store, f"update results set {VALUES[said]}")
    out = CliRunner().invoke(app, ["results", "show", str(store)])
    assert out.exit_code == 1 and isinstance(out.exception, ValueError) and said in str(out.exception), out.exception


def test_a_damaged_store_is_read_right_or_refused(good, tmp_path):
    refused = 0
    for seed in range(24):
        chance, path = random.Random(seed), tmp_path / str(seed) / "r.sqlite"
        path.parent.mkdir()
        content = bytearray(good)
        for _ in range(chance.choice([1, 20, 200, 2000])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content[:chance.randrange(len(content))] if seed % 2 else content)
        try:
            ResultsStore(path).frame()
        except ValueError as error:
            assert "r.sqlite cannot be" in str(error) or "newer nsad" in str(error)
            refused += 1
    assert refused >= 12


@pytest.mark.parametrize("place, said", [("none/r.sqlite", "there is no folder"), (".", "it is a folder"), ("text.txt", "it is no SQLite file")])
def test_a_place_that_is_no_store_is_one_sentence(place, said, tmp_path):
    (tmp_path / "text.txt").write_text("no database " * 100)
    with pytest.raises(ValueError, match=said):
        STUDY.run(tmp_path / place, progress=False)
    assert (tmp_path / "text.txt").read_text() == "no database " * 100


def test_a_store_that_another_program_holds_is_said(store, monkeypatch):
    monkeypatch.setattr("nsad.store.WAIT", 0.1)
    holder = sqlite3.connect(store)
    holder.execute("begin exclusive")
    with pytest.raises(ValueError, match="another program holds it"):
        ResultsStore(store)
    holder.close()
    assert len(ResultsStore(store).frame()) == 4


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), reason="permissions do not bind here")
def test_a_read_only_store_can_be_read_and_takes_no_rows(store):
    code = ("import sys; from nsad.evaluation import ResultsStore; s = ResultsStore(sys.argv[1]); print(len(s.frame()))\n"
            "try: s.add(dict(key='k'))\nexcept ValueError as error: print(error)")
    store.chmod(0o444)
    store.parent.chmod(0o555)
    drop = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    try:
        out = subprocess.run([*drop, sys.executable, "-c", code, str(store)], capture_output=True, text=True)
    finally:
        store.parent.chmod(0o755)
    assert out.stdout.startswith("4\n") and "may not be written to" in out.stdout, out.stderr


def test_a_full_disk_keeps_the_rows_that_were_kept(store):
    kept = ResultsStore(store)
    whole = kept.frame().iloc[0].dropna().to_dict()
    kept.db.execute(f"pragma max_page_count = {kept.db.execute('pragma page_count').fetchone()[0]}")
    with pytest.raises(ValueError, match="cannot be written to .*the disk is full.*the rows kept so far are safe"):
        for i in range(1000):
            kept.add(whole | dict(key=f"{i:032x}"))
    assert {"relu", "sin(x)"} <= set(ResultsStore(store).frame().activation.dropna())


def test_a_study_that_is_killed_in_every_stack_still_gets_done(tmp_path, monkeypatch):
    """Each run is killed when as many networks have been trained as eight stacks of one have; a stack of 24 never ends then."""
    path, real = tmp_path / "r.sqlite", train
    study = Study([TABLE], ["relu", "sin(x)", "tanh", "cos(x)"], seeds=(1, 2, 3), recipe=Recipe("one", epochs=1))
    sizes = []

    def killed(stack, *args, **options):
        sizes.append(stack.n_members)
        if stack.n_members > 1:
            raise SystemExit("killed")
        return real(stack, *args, **options)

    monkeypatch.setattr("nsad.evaluation.train", killed)
    runs = 0
    while len(ResultsStore(path).keys()) < 12:
        runs += 1
        try:
            study.run(path, progress=False)
        except SystemExit:
            assert runs < 8, f"no progress: stacks of {sizes}"
    monkeypatch.setattr("nsad.evaluation.train", real)
    rows, whole = study.run(path, progress=False), study.run(progress=False)
    assert sizes[0] == 12 and sizes[-1] == 1
    np.testing.assert_allclose(rows.accuracy, whole.accuracy, atol=1e-6)


PLAIN = """
import numpy as np
from nsad import Dataset, Recipe, Study
X = np.random.default_rng(0).normal(size=(60, 2))
study = Study([Dataset.from_arrays(X, (X[:, 0] > 0).astype(int), name="toy")], ["relu"], seeds=(1, 2), recipe=Recipe("short", 1, 32))
study.run(progress=False, backend="dask", n_jobs=2)
"""


def test_dask_from_a_plain_script_is_one_sentence(tmp_path):
    pytest.importorskip("distributed")
    (tmp_path / "plain.py").write_text(PLAIN)
    out = subprocess.run([sys.executable, tmp_path / "plain.py"], capture_output=True, text=True, timeout=120)
    assert out.returncode == 1 and out.stderr.count("Traceback") == 1 and out.stderr.splitlines()[-1].startswith("ValueError: backend 'dask'")
    assert 'if __name__ == "__main__"' in out.stderr.splitlines()[-1]
