# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['KINDS', 'PACKINGS', 'MOST_COLUMNS', 'LONGEST_CELL', 'FEW', 'OFTEN', 'MISSING', 'IDENTIFIER_NAMES', 'COMPACT_DATES', 'reading', 'file_state', 'holds_text', 'cell_text', 'column_texts', 'kind_and_spelling', 'kind_of', 'Column', 'column_rule', 'spelling_notes', 'most_frequent_texts', 'encode_column', 'Encoding', 'decimal_of', 'read_table']
import io
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence as Sequence
from contextlib import contextmanager as contextmanager
from dataclasses import asdict as asdict, dataclass as dataclass, replace as replace
from pathlib import Path as Path
import numpy as np
import pandas as pd
from fastcore.basics import patch as patch
from .arff import read_arff as read_arff
from .files import DataError as DataError
from nsad.spellings import ALWAYS_GAPS as ALWAYS_GAPS, NUMBER_GAPS as NUMBER_GAPS, PLAIN as PLAIN, RARE_GAPS as RARE_GAPS, DateSpelling as DateSpelling, NumberSpelling as NumberSpelling, date_spelling as date_spelling, day_is_open as day_is_open, is_ambiguous as is_ambiguous, is_gap as is_gap, number_spelling as number_spelling
KINDS = {'.csv': 'csv', '.tsv': 'tsv', '.tab': 'tsv', '.parquet': 'parquet', '.pq': 'parquet', '.feather': 'feather', '.arrow': 'feather', '.arff': 'arff', '.npz': 'npz'}
PACKINGS = {'.gz': 'gzip', '.gzip': 'gzip', '.zst': 'zstd', '.zstd': 'zstd'}
MOST_COLUMNS = 20000
LONGEST_CELL = 1000000
_BOMB = (250, 200000000)

@contextmanager
def reading(path: Path):
    ...

def file_state(path: Path) -> tuple | None:
    ...

def _content(path: Path) -> tuple[io.BytesIO, str]:
    ...

def _unpacked(path: Path, packing: str) -> io.BytesIO:
    ...

def _refuse_bomb(packed: int, unpacked: int) -> None:
    ...

def _refuse_too_large(n_bytes: int) -> None:
    ...

def _memory() -> int:
    ...

def _separator(content: io.BytesIO) -> str:
    ...

def _cells(content, **dialect) -> pd.DataFrame:
    ...

def _refuse_unwieldy(frame: pd.DataFrame) -> None:
    ...

def _read_csv(content: io.BytesIO, sep: str, header: bool) -> pd.DataFrame:
    ...

def _refuse_twins(names: Sequence[str]) -> None:
    ...

def _is_number(text: str) -> bool:
    ...
_COMMA = re.compile('[+-]?(\\d{1,3}(\\.\\d{3})+|\\d+),\\d+(e[+-]?\\d+)?', re.I)

def _pointed(text: str) -> str:
    ...

def _refuse_data_as_names(names: Sequence[str], rows: pd.DataFrame) -> None:
    ...

def _is_like(name: str, column: pd.Series) -> bool:
    ...

def _is_date_like(name: str, texts: pd.Series) -> bool:
    ...
_TOTAL = re.compile('(grand |sub)?-?totals?|sum|average|mean|summe|gesamt(summe)?|insgesamt|mittelwert|durchschnitt|total(es|i|aux|en)?|somme|moyenne|suma|media|totaal|totalt|итого|合計', re.I)

def _without_totals(frame: pd.DataFrame, notes: list) -> pd.DataFrame:
    ...

def _without_units(frame: pd.DataFrame, notes: list) -> pd.DataFrame:
    ...

def _read_npz(content: io.BytesIO) -> pd.DataFrame:
    ...

def _labels(name: str, width: int, given) -> list[str]:
    ...

def _refuse_hollow(stream, member: zipfile.ZipInfo) -> None:
    ...

def _raw_table(path: Path, header: str | None='first') -> pd.DataFrame:
    ...

def _read_parquet(content: io.BytesIO) -> pd.DataFrame:
    ...
FEW = 10
OFTEN = 0.05
MISSING = '(missing)'
IDENTIFIER_NAMES = re.compile('(^|[_\\s.-])(id|uuid|guid|index|key|rownames?|row[_\\s]?(id|number|nr|no))$|^unnamed: \\d+$|(?-i:[a-z]I[Dd]$)', re.I)
_TRUTH = {'true': 1.0, 'false': 0.0}
COMPACT_DATES = (18000101, 22001231)

def holds_text(column: pd.Series) -> bool:
    ...

def cell_text(value) -> str:
    ...

def column_texts(column: pd.Series) -> pd.Series:
    ...

def _hashable(column: pd.Series) -> bool:
    ...

def _factorized(column: pd.Series) -> tuple[np.ndarray, list]:
    ...

def _enough(good: int, odd: int, different: int) -> bool:
    ...

def kind_and_spelling(texts: pd.Series, decimal: str='') -> tuple[str, NumberSpelling | DateSpelling | None]:
    ...

def _is_compact(text: str) -> bool:
    ...

def _numbers_are_dates(values: pd.Series) -> bool:
    ...

def kind_of(column: pd.Series) -> str:
    ...

def _judged(column: pd.Series, decimal: str='') -> tuple[str, NumberSpelling | DateSpelling | None]:
    ...

def _judged_words(column: pd.Series, decimal: str) -> tuple[str, NumberSpelling | DateSpelling | None]:
    ...

@dataclass(frozen=True)
class Column:
    """How one column becomes numbers.

    Parameters
    ----------
    name, kind : str
        Of the column.
    how : str
        "number", "one-hot", "codes", "days" or "left out".
    levels : tuple, default ()
        The words, in the order of their columns or codes.
    missing_indicator : bool, default False
        Does a further column say where a value is missing? (scikit-learn's `MissingIndicator`)
    note : str, default ''
        What is doubtful about it, or what was made of it; empty if nothing is.
    spelling : NumberSpelling or DateSpelling, optional
        How numbers or dates are written, for those that are written as text.
    offset : int, default 0
        Whole numbers beyond 2**53 are counted from here, since float64 would round them.
    gap_words : tuple, default ()
        Words that mean a gap in this column, beside those that always do.
    """
    name: str
    kind: str
    how: str
    levels: tuple = ()
    missing_indicator: bool = False
    note: str = ''
    spelling: NumberSpelling | DateSpelling | None = None
    offset: int = 0
    gap_words: tuple = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        ...

    @property
    def _shown(self) -> tuple:
        ...
_DOUBTS = {'identifier': 'is different in every row, like an identifier, and is left out', 'text': 'is text that hardly repeats and is left out', 'empty': 'has no value at all and is left out', 'date': 'is a date, taken as days since 1970; rows of one time may be alike', 'duration': 'is a length of time, taken in days'}

def column_rule(column: pd.Series, keep: bool, decimal: str='') -> Column:
    ...

def _often(missing) -> bool:
    ...

def _word_column(column: pd.Series, kind: str) -> Column:
    ...

def _number_column(column: pd.Series, kind: str, spelling: NumberSpelling | None, decimal: str) -> Column:
    ...

def spelling_notes(name: str, texts: pd.Series, spelling: NumberSpelling, decimal: str='') -> list[str]:
    ...

def _counts(values: np.ndarray) -> bool:
    ...

def _odd(column: pd.Series, spelling) -> tuple[pd.Series, np.ndarray]:
    ...

def most_frequent_texts(odd: pd.Series) -> str:
    ...

def _odd_note(name: str, odd: pd.Series | None, what: str) -> str:
    ...

def _offset(column: pd.Series) -> int:
    ...

def _whole(column: pd.Series) -> pd.Series:
    ...

def encode_column(column: pd.Series, rule: Column, odd: str='refuse') -> np.ndarray:
    ...

def _other_type(column: pd.Series, rule: Column) -> str:
    ...

def _as_levels(column: pd.Series, levels: Sequence[str]) -> pd.Series:
    ...

def _read(column: pd.Series, rule: Column, odd: str, what: str) -> np.ndarray:
    ...

def _one_hot(texts: pd.Series, rule: Column) -> np.ndarray:
    ...

def _codes_of(texts: pd.Series, rule: Column) -> np.ndarray:
    ...

def _truths(column: pd.Series, rule: Column, odd: str) -> np.ndarray:
    ...

def _days(column: pd.Series, rule: Column, odd: str='refuse') -> np.ndarray:
    ...

@dataclass(frozen=True)
class Encoding:
    """The rule that makes numbers of a table.

    Parameters
    ----------
    columns : tuple of Column
        A `Column` for each.

    Examples
    --------
    >>> import pandas as pd
    >>> from nsad import Encoding
    >>> table = pd.DataFrame({"colour": ["red", "blue", "red"], "size": [1.5, 2.5, 3.5]})
    >>> [*Encoding.of(table).transform(table).columns]
    ['colour=red', 'size']
    """
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, frame: pd.DataFrame, keep: Sequence[str]=()) -> 'Encoding':
        ...

    @property
    def names(self) -> tuple[str, ...]:
        ...

    @property
    def categorical_columns(self) -> tuple[int, ...]:
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        ...

    def transform(self, frame: pd.DataFrame, odd: str='refuse') -> pd.DataFrame:
        ...

    def table(self) -> pd.DataFrame:
        ...

    def to_dict(self) -> dict[str, object]:
        """The rule as JSON can hold it; `from_dict` reads it.

    Returns
    -------
    dict
        Of plain values.
    """
        ...

    @classmethod
    def from_dict(cls, rule: dict[str, object]) -> Encoding:
        """The rule that `to_dict` has written.

    Raises
    ------
    ValueError
        Anything else.
    """
        ...

def decimal_of(frame: pd.DataFrame) -> str:
    ...

def _spelling_as_dict(spelling: NumberSpelling | DateSpelling | None) -> dict | None:
    ...
_TYPES = dict(name=str, kind=str, how=str, levels=list, missing_indicator=bool, note=str, offset=int, gap_words=list)

def _column_of(about: dict) -> Column:
    ...

def _spelling_of(about: dict) -> NumberSpelling | DateSpelling:
    ...

def _with_types(frame: pd.DataFrame) -> pd.DataFrame:
    ...

def _typed(column: pd.Series, decimal: str) -> pd.Series:
    ...

def read_table(path: str | Path, header: str | None='first', raw: bool=False) -> pd.DataFrame:
    ...
