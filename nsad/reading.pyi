# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['NAME_OF', 'MAX_LENGTH', 'MAX_DEPTH', 'MAX_NODES', 'MAX_EXPONENT', 'MAX_NUMBER', 'INFIX', 'CONSTANTS', 'PLAIN', 'Protected', 'symbolic', 'expanded', 'tame', 'quotient', 'FormulaError', 'checked', 'expression']
import ast
import difflib
import functools
import re
import warnings
from collections.abc import Callable as Callable, Iterable as Iterable
import numpy as np
import sympy
from fastcore.basics import patch as patch
from sympy.core.sorting import default_sort_key as default_sort_key
from .operators import IDIOMS as IDIOMS, NUMPY as NUMPY, OPS as OPS, SPELLINGS as SPELLINGS, arity_of as arity_of, meaning as meaning
_NATIVE = {'abs': sympy.Abs, 'sign': sympy.sign, 'sin': sympy.sin, 'cos': sympy.cos, 'sinh': sympy.sinh, 'cosh': sympy.cosh, 'tanh': sympy.tanh}
NAME_OF = {f: name for name, f in _NATIVE.items()}
_TEXTBOOK = {'exp': sympy.exp, 'log': sympy.log, 'sqrt': sympy.sqrt, 'pow': sympy.Pow, 'tan': sympy.tan, 'asin': sympy.asin, 'acos': sympy.acos, 'atan': sympy.atan, 'asinh': sympy.asinh, 'acosh': sympy.acosh, 'atanh': sympy.atanh, 'erf': sympy.erf, 'erfc': sympy.erfc, 'gamma': sympy.gamma}

class Protected(sympy.Function):
    """A function of real arguments that SymPy leaves as it is; one subclass an operator."""
    is_real = True
    op = ''

    @classmethod
    def eval(cls, *args):
        ...

    def fdiff(self, argindex=1):
        ...

    def _eval_evalf(self, prec):
        ...

@functools.cache
def symbolic(name: str) -> type:
    ...

def _partial(f: sympy.Expr, i: int) -> sympy.Expr:
    ...

def expanded(text: str, args: list, y=None) -> sympy.Expr:
    ...

def tame(e: sympy.Expr) -> bool:
    ...

def quotient(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    ...
MAX_LENGTH, MAX_DEPTH, MAX_NODES, MAX_EXPONENT, MAX_NUMBER = (4000, 50, 600, 64, 1e+30)

class FormulaError(ValueError):
    """Text that is no formula. The message shows the place and says what is allowed.

    Parameters
    ----------
    message : what is wrong
    text, column : the formula, and where in it, from 0; None where the whole is meant

    Examples
    --------
    >>> FormulaError("unknown name", "x + y", column=4).column
    4
    """

    def __init__(self, message: str, text: str='', column: int | None=None):
        self.text, self.column = (text, column)
        start = max(0, (column or 0) - 60)
        shown = text[start:start + 120]
        mark = f"\n  {shown}\n  {' ' * (column - start)}^" if column is not None and text else ''
        super().__init__(message + mark)

def checked(text) -> str:
    ...

@functools.lru_cache(256)
def _parsed(text: str) -> ast.AST:
    ...

def _place(text: str, offset: int) -> int:
    ...
INFIX = {ast.Add: 'add', ast.Sub: 'sub', ast.Mult: 'mul', ast.Div: 'div', ast.Pow: 'pow'}
_COMPARED = {ast.Gt: 'greater', ast.GtE: 'greater_equal', ast.Lt: 'less', ast.LtE: 'less_equal', ast.Eq: 'equal', ast.NotEq: 'not_equal'}
_JOINED = {ast.BitAnd: 'logical_and', ast.BitOr: 'logical_or'}
_ALLOWED = 'only numbers, variables, + - * / ^, comparisons and the known functions can be in a formula'

def _is_condition(node: ast.AST) -> bool:
    ...

class _Reader:
    """Builds the SymPy expression of a text."""

    def __init__(self, text: str, variables: Iterable[str] | None, rename: Callable):
        self.text, self.rename, self.nodes = (text, rename, 0)
        self.variables = None if variables is None else set(variables)

    def fail(self, message: str, node: ast.AST):
        ...

    def read(self, node: ast.AST, depth: int=0) -> sympy.Expr:
        """The expression of a syntax tree."""
        'The expression of a syntax tree.'
        self.nodes += 1
        if depth > MAX_DEPTH:
            self.fail(f'nested deeper than {MAX_DEPTH}', node)
        if self.nodes > MAX_NODES:
            self.fail(f'more than {MAX_NODES} parts', node)
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            inner = self.read(node.operand, depth + 1)
            return -inner if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.BinOp) and type(node.op) in INFIX:
            args = [self.read(node.left, depth + 1), self.read(node.right, depth + 1)]
            return self.apply(INFIX[type(node.op)], args, node)
        if _is_condition(node) and depth:
            return self.condition(node, depth)
        if _is_condition(node):
            self.fail('a comparison alone is no formula; greater(a, b) is 1 where a > b, else 0', node)
        self.fail(_ALLOWED, node)

    def condition(self, node: ast.AST, depth: int) -> sympy.Expr:
        """A comparison: 1 where it holds, else 0."""
        ...

    def number(self, node) -> sympy.Expr:
        ...

    def name(self, node) -> sympy.Expr:
        """A variable or a constant; an expression where a name stands for one."""
        ...

    def call(self, node, depth: int) -> sympy.Expr:
        """A function of the table, by any of its spellings."""
        ...

    def unknown(self, node):
        """Say that there is no such function, and which one is alike."""
        ...

    def piecewise(self, node, depth: int) -> sympy.Expr:
        """SymPy's Piecewise((value, condition), ..., (value, True)) as `where` inside `where`."""
        ...

    def apply(self, name: str, args: list, node) -> sympy.Expr:
        """The operator's expression; constants are checked, and folded where they are no longer pretty."""
        ...

    def exponent(self, base: sympy.Expr, e: sympy.Expr, node) -> sympy.Expr:
        """A constant exponent, whole if it can be; powers of powers count as what SymPy makes of them."""
        ...
CONSTANTS = {'pi': sympy.pi, 'e': sympy.E}
PLAIN = re.compile('x|[xX]_?\\d{1,6}')
_ANY_NUMBER = ('max', 'min', 'add', 'mul', 'And', 'Or')
_IMPOSSIBLE = {sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I}
_ARITHMETIC = ('add', 'sub', 'mul', 'div', 'neg', 'inv', 'pow', 'mod', 'abs', 'sign')
_STEEP = ('exp', 'expm1', 'sinh', 'cosh')

def _constant(name: str, args) -> float | None:
    ...

def _pretty(name: str, args, value: float) -> bool:
    ...

def _power(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    ...

def _choice(c: sympy.Expr, a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    ...

def _built(name: str, args: list) -> sympy.Expr:
    ...

def expression(text: str, variables: Iterable[str] | None=None, rename: Callable=str) -> sympy.Expr:
    ...
