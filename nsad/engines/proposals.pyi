# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['MOST_TEXT', 'MOST_LINES', 'MOST_ANSWER', 'texts_of', 'read_proposal', 'ask', 'read_proposals', 'ProposalEngine', 'kept_answers', 'keep_answer', 'history_of']
import itertools
import json
import math
import queue
import random
import re
import threading
import warnings
from collections.abc import Callable as Callable, Iterable as Iterable, Iterator as Iterator, Sequence as Sequence
from dataclasses import dataclass as dataclass, field as field
from pathlib import Path as Path
from fastcore.basics import patch as patch
from .labels import COUNT as COUNT
from .network import NetworkEngine as NetworkEngine, to_tree as to_tree
from ..files import FileError as FileError
from ..formula import Formula as Formula, FormulaError as FormulaError
from ..messages import shown as shown
from ..training import ABOVE_0 as ABOVE_0, Allowed as Allowed, check_settings as check_settings
MOST_TEXT, MOST_LINES, MOST_ANSWER = (300, 1000, 1000000)

def texts_of(answer) -> list:
    ...

def _plain(item):
    ...

def read_proposal(text, max_complexity: int=60) -> tuple[Formula | None, str]:
    ...

def ask(propose: Callable, history: list[dict], seconds: float) -> list:
    ...

def read_proposals(path: str | Path) -> list[str]:
    ...
_ALLOWED = dict(attempts=COUNT, patience_s=Allowed('a number of seconds above 0', ABOVE_0), max_complexity=COUNT)
_OF_BREEDING = dict(tournament_size=None, max_nodes=None, tune=0, operators=None)

@dataclass(frozen=True)
class ProposalEngine(NetworkEngine):
    """Formulas from a function or a file, judged as `NetworkEngine` judges its own.

    Parameters
    ----------
    propose : callable, str or Path, optional
        `propose(history)` gives texts: a list, or one text with a formula on each line.
        `history` is a list of dicts, best first, then what was refused: formula, loss (None
        where training diverged), rung, complexity, refused (why, or ""). Or a file with a
        formula on each line.
    population_size : int, default 24
        Texts that are taken from each answer, at most.
    generations
        The starters are the first; each further one is an answer.
    attempts : int, default 3
        How often a function is asked for a generation, while nothing new is in its answers,
        before the search goes on to judging.
    patience_s : float, default 60.0
        Seconds that an answer is waited for.
    max_complexity : int, default 60
        Nodes of a formula, at most.
    answers : str or Path, optional
        File (JSON lines) that keeps the answers; what it has already is not asked for again.
    refused : dict
        Filled by the search, anew by each: what was refused, and why.

    Notes
    -----
    All other attributes are those of `NetworkEngine`; those about breeding are refused.
    """
    population_size: int = 24
    propose: Callable | str | Path | None = None
    attempts: int = 3
    patience_s: float = 60.0
    max_complexity: int = 60
    answers: str | Path | None = None
    refused: dict = field(default_factory=dict, repr=False, metadata=dict(result=True))

    def __post_init__(self, first: int | None):
        ...

    def new_formulas(self, rng: random.Random, archive, trial) -> list[Formula]:
        """The formulas of the next generation, taken into the archive."""
        ...

    def _admit(self, formulas: Iterable[Formula], archive, source: str) -> list[Formula]:
        ...

    def refuse(self, text, why: str, archive):
        """Write down what was refused, the first some thousands, here and for the search."""
        ...

    def _readable(self, texts: Sequence, archive) -> Iterator[Formula]:
        ...

    def _next_answer(self, archive) -> list | None:
        ...

def kept_answers(path: str | Path) -> list[list[str]]:
    ...

def keep_answer(path: str | Path, texts: Sequence):
    ...

def _rank(row: dict) -> tuple:
    ...

def history_of(archive, refused: dict) -> list[dict]:
    ...

def _row(archive, formula: Formula) -> dict:
    ...

def _named(text) -> str:
    ...
