"""What several files of tests share: where things lie, the command as a user starts it, rows that are alike, numbers of exported files."""
import contextlib
import ctypes
import io
import os
import shutil
import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest

import nsad as package
from nsad.activation import SymbolicActivation
from nsad.cli import main
from nsad.formula import FormulaError
from nsad.operators import OPS

ROOT = Path(package.__file__).resolve().parents[1]
PENGUINS = ROOT / "nbs" / "data" / "penguins.csv"
NSAD = Path(sys.executable).with_name("nsad")
CC = shutil.which("cc") or shutil.which("gcc")
compiled = pytest.mark.skipif(CC is None, reason="no C compiler: apt-get install gcc")

# Every operator of the table, of an input, of a line and of a square.
EVERY = [f"{n}({', '.join(['x', '0.7*x + 1', 'x**2'][:op.arity])})" for n, op in OPS.items()]


def layer(text):
    "The activation, with something added where the formula alone is constant."
    try:
        return SymbolicActivation(text)
    except FormulaError:
        return SymbolicActivation(text + " + x")


def nsad(*arguments, cwd=None, code=0):
    "The command, as a user starts it, and what it has said; `code` is how it should end."
    run = subprocess.run([NSAD, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=300)
    assert run.returncode == code, run.stderr
    return run


def nsad_here(*arguments, cwd=None, code=0, **environment):
    "The same in this process, which has loaded torch already: seconds less for each command. Any end will do where `code` is None."
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    ended = 0
    with (contextlib.chdir(cwd or os.getcwd()), mock.patch.object(sys, "argv", ["nsad", *map(str, arguments)]), mock.patch.dict(os.environ, environment),
          warnings.catch_warnings(), contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1])):
        warnings.simplefilter("ignore")
        warnings.simplefilter("default", UserWarning)
        try:
            main()
        except SystemExit as end:
            ended = end.code or 0
        except Exception:                               # with --debug: what Python would print
            traceback.print_exc()
            ended = 1
    out, err = (stream.buffer.getvalue().decode() for stream in streams)
    assert code is None or ended == code, err
    return subprocess.CompletedProcess(arguments, ended, out, err)


def front_of(found): return found.front.drop(columns="noise").to_dict("records")


def assert_same_rows(a, b, rtol=1e-4, in_order=False):
    "Two studies have the same results; when, and how fast, is a run's own, and with several workers the order."
    a, b = (f.drop(columns=["seconds", "latency", "created"]) for f in (a, b))
    if not in_order:
        a, b = (f.sort_values("key", ignore_index=True) for f in (a, b))
    pd.testing.assert_frame_equal(a, b, rtol=rtol)


def by_onnx(path, *inputs):
    "The first output of an ONNX file, by its runtime, for arrays of the types that it asks for."
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install nsad[onnx]")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    kinds = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}
    given = {i.name: np.asarray(x, kinds[i.type]) for i, x in zip(session.get_inputs(), inputs, strict=True)}
    return session.run(None, given)[0]


def in_c(folder, rows, n_outputs, dtype="float", name="network"):
    "What NAME_predict of the one header in a folder gives for rows, by a strict compiler."
    header, = folder.glob("*.h")
    (folder / "net.c").write_text(f'#include "{header.name}"\n')
    flags = [CC, "-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([*flags, "net.c", "-o", "net.so", "-lm"], cwd=folder, check=True, timeout=60)
    predict = getattr(ctypes.CDLL(str(folder / "net.so")), f"{name}_predict")
    kind, number = (np.float64, ctypes.c_double) if dtype == "double" else (np.float32, ctypes.c_float)
    rows, out, address = np.ascontiguousarray(rows, kind), np.zeros((len(rows), n_outputs), kind), ctypes.POINTER(number)
    for row, y in zip(rows, out):
        predict(row.ctypes.data_as(address), y.ctypes.data_as(address))
    return out
