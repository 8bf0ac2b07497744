# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['AHEAD', 'FORMAT', 'DataError', 'FileError', 'FileTaken', 'why_not_written', 'writing', 'write_file', 'check_output', 'free_name', 'file_name', 'locked', 'lock_of', 'sha256_of', 'download', 'Rows', 'rows_folder', 'open_rows']
import errno
import hashlib
import http.client
import io
import json
import os
import queue
import re
import secrets
import shutil
import stat
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping as Mapping, Sequence as Sequence
from concurrent.futures import ThreadPoolExecutor as ThreadPoolExecutor
from contextlib import contextmanager as contextmanager, suppress as suppress
from dataclasses import dataclass as dataclass
from pathlib import Path as Path
import filelock
import numpy as np
from fastcore.basics import patch as patch
from tqdm import tqdm as tqdm
try:
    from isal import isal_zlib as unzip
except ImportError:
    import zlib as unzip

class DataError(ValueError):
    """Data that cannot be used as they are: the message names what, where and the remedy.

    Examples
    --------
    >>> from nsad import DataError, load_dataset
    >>> try:
    ...     load_dataset("magik")
    ... except DataError as error:
    ...     print("magic" in str(error))
    True
    """

class FileError(DataError, OSError):
    """A file that cannot be written, or that may not be replaced: the message names it and the
    remedy.
    """

class FileTaken(FileError):
    """There is a file of that name already, and nobody said that it may be replaced."""
_REMEDIES = {errno.EACCES: 'it may not be written there; look at its permissions, or choose another place', errno.EPERM: 'it may not be written there; look at its permissions, or choose another place', errno.EROFS: 'the disk is read-only; choose another place', errno.ENOENT: 'there is no folder {folder}; make it first, or choose another place', errno.ENOTDIR: 'what should be its folder is a file; choose another place', errno.EISDIR: 'it is a folder; name a file in it', errno.ENAMETOOLONG: 'the name is too long; choose a shorter one', errno.EFBIG: 'it is larger than files may be here (see `ulimit -f`); raise the limit'}

def why_not_written(path: Path, error: OSError) -> FileError:
    ...
_STALE = 600

def _synced(file) -> None:
    ...

def _beside(path: Path) -> Path:
    ...

def _sweep(path: Path) -> None:
    ...

def _is_special(path: Path) -> bool:
    ...

def _refuse_place(path: Path, overwrite: bool, name: Path) -> None:
    ...

def _claim(part: Path, target: Path) -> None:
    ...

@contextmanager
def writing(path, overwrite: bool=True):
    ...

def write_file(path, data: bytes | str, overwrite: bool=True) -> Path:
    ...

def check_output(path, overwrite: bool=False, room: int=1 << 16) -> Path:
    ...

def free_name(path) -> Path:
    ...
_DEVICES = re.compile('(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?')

def file_name(text) -> str:
    ...

@contextmanager
def locked(path, wait: bool=True):
    ...

def lock_of(path) -> Path:
    ...

def sha256_of(path, start: int=0) -> str:
    ...
_MIN_PROGRESS_BYTES = 1 << 20

class _Broken(Exception):
    """An attempt that ended early; another may go on from here."""

class _Refused(DataError):
    """An answer of which nothing is worth keeping."""

def _extent(answer, have: int) -> tuple[int, int | None]:
    ...

def _pieces(answer, timeout: float):
    ...

def _refuse_length(total: int | None, have: int, limit: int | None, part: Path) -> None:
    ...

def _certificates(url: str):
    ...

def _answer(request, timeout: float):
    ...

def _receive(url: str, part: Path, limit: int | None, timeout: float, bar: tqdm) -> None:
    ...

def _attempts(url: str, part: Path, resumes: bool, limit: int | None, timeout: float, tries: int, bar: tqdm) -> bool:
    ...

def download(url: str, path, sha256: str | None=None, limit: int | None=None, progress: bool=True, timeout: float=30.0, tries: int=5) -> Path:
    ...
AHEAD = 1 << 22

class _Unpacked(io.RawIOBase):
    """The text in a gzip file, unpacked one piece ahead of the reader."""

    def __init__(self, path: Path, bar: tqdm):
        self.file = open(path, 'rb', buffering=0)
        self.bar = bar
        self.digest = hashlib.sha256()
        self.unzip = unzip.decompressobj(31)
        self.packed, self.last, self.pool = (b'', b'\n', ThreadPoolExecutor(1))
        self.next = self.pool.submit(self._piece)

    def _packed(self) -> bytes:
        ...

    def _piece(self) -> bytes:
        while True:
            data = self.unzip.unconsumed_tail or self.unzip.unused_data or self._packed()
            if self.unzip.eof:
                if not data:
                    return b''
                self.unzip = unzip.decompressobj(31)
            elif not data:
                raise EOFError('it is cut short: the archive has no end')
            text = self.unzip.decompress(data, AHEAD)
            if text:
                self.last = text[-1:]
                return text

    def readable(self) -> bool:
        ...

    def read(self, n: int=-1) -> bytes:
        text = self.next.result()
        if text:
            self.next = self.pool.submit(self._piece)
        return text

    def close(self):
        ...

def _batches(source: _Unpacked, names: Sequence[str], label: int):
    ...

def _class_numbers(labels: np.ndarray, coding: Mapping, line: int) -> np.ndarray:
    ...

def _refuse_infinite(X: np.ndarray, names: Sequence[str], line: int) -> None:
    ...

class _Array:
    """A NumPy file that grows by rows."""

    def __init__(self, path: Path, dtype, width: tuple=()):
        self.path = path
        self.dtype = np.dtype(dtype)
        self.width = width
        self.rows = 0
        self.digest = hashlib.sha256()
        self.file = open(path, 'wb')
        self._header()

    def _header(self) -> None:
        about = dict(descr=np.lib.format.dtype_to_descr(self.dtype), fortran_order=False, shape=(self.rows, *self.width))
        np.lib.format.write_array_header_1_0(self.file, about)
        self.start = self.file.tell()

    def append(self, values: np.ndarray) -> None:
        values = np.ascontiguousarray(values, self.dtype)
        self.file.write(values)
        self.digest.update(values)
        self.rows += len(values)

    def finish(self) -> dict:
        ...

def _stamp(path: Path) -> dict:
    ...
FORMAT = 'nsad.rows/1'

def _write(source: Path, folder: Path, names: Sequence[str], label: int, coding: Mapping, progress: bool) -> dict:
    ...

@contextmanager
def _converting(source: Path, folder: Path):
    ...

def _note(folder: Path, about: dict) -> None:
    ...

def _convert(source: Path, folder: Path, names: Sequence[str], label: int, coding: Mapping, progress: bool) -> None:
    ...

@dataclass(frozen=True, eq=False)
class Rows:
    """A table on disk.

    Parameters
    ----------
    X : ndarray
        float32, (rows, features), a memory map: what is not asked for is not read.
    y : ndarray
        Class numbers, int8, a memory map.
    about : dict
        Columns, source and checksums, as in about.json.
    """
    X: np.ndarray
    y: np.ndarray
    about: dict

    def __len__(self):
        ...

    def draw(self, rows: int | None=None, seed: int | None=42, start: int=0, stop: int | None=None) -> tuple[np.ndarray, np.ndarray]:
        """Features and class numbers of some rows.

    Parameters
    ----------
    rows : int, optional
        How many; None, or more than there are, takes all of them, as a memory map.
    seed : int or None, default 42
        Of the draw; None takes the first ones.
    start, stop
        The stretch of the table to take them from.
    """
        ...

def _holds(path: Path, note: dict, digest: str) -> bool:
    ...

def _opened(folder: Path, source: Path, names: Sequence[str], label: int, coding: Mapping) -> Rows | None:
    ...

def rows_folder(source: Path) -> Path:
    ...

def open_rows(source, names: Sequence[str], label: int=0, coding: Mapping | None=None, progress: bool=True) -> Rows:
    ...

def _shares(counts: np.ndarray, rows: int) -> np.ndarray:
    ...
