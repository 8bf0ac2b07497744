# Written by tools/stubs.py, which `make export` runs. Do not edit.
__all__ = ['SUFFIX', 'literal', 'CUnit', 'activation_file', 'NetworkUnit', 'network_file', 'about_network', 'identifier', 'number_type']
import re
import textwrap
from collections import Counter as Counter
from collections.abc import Sequence as Sequence
import numpy as np
from fastcore.basics import patch as patch
from torch import nn as nn
import nsad
from .activation import SymbolicActivation as SymbolicActivation
from .layers import Embedded as Embedded, ExportError as ExportError, Layer as Layer, LinearMap as LinearMap, Pointwise as Pointwise, Scaling as Scaling, network_layers as network_layers, pointwise as pointwise
from .tracer import Constant as Constant, Program as Program
SUFFIX = {'float': 'f', 'double': ''}
_SIGN = {'add': '+', 'sub': '-', 'mul': '*', 'truediv': '/', 'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>='}
_PRECEDENCE = {'<': 1, '<=': 1, '>': 1, '>=': 1, '+': 2, '-': 2, '*': 3, '/': 3}
_RENAMED = {'arctan': 'atan', 'arctan2': 'atan2', 'arcsin': 'asin', 'arccos': 'acos', 'arcsinh': 'asinh', 'arccosh': 'acosh', 'arctanh': 'atanh', 'abs': 'fabs', 'power': 'pow', 'round': 'rint'}
_HELPERS = {'sign': ('a', 'isnan(a) ? a : a > 0.0@ ? 1.0@ : a < 0.0@ ? -1.0@ : 0.0@'), 'maximum': ('a b', 'a > b || isnan(a) ? a : b'), 'minimum': ('a b', 'a < b || isnan(a) ? a : b'), 'clip': ('a low high', 'a < low ? low : a > high ? high : a'), 'relu': ('a', 'a > 0.0@ || isnan(a) ? a : 0.0@'), 'sigmoid': ('a', 'a >= 0.0@ ? 1.0@ / (1.0@ + exp@(-a)) : exp@(a) / (1.0@ + exp@(a))'), 'softplus': ('a', '(a > 0.0@ ? a : 0.0@) + log1p@(exp@(-fabs@(a)))'), 'gelu': ('a', '0.5@ * a * erfc@(-0.7071067811865476@ * a)'), 'inv': ('a', 'a / (a * a < 1e-10@ ? 1e-10@ : a * a)'), 'finite': ('a', 'isnan(a) ? 0.0@ : isinf(a) ? (a > 0.0@ ? 1e30@ : -1e30@) : a')}

def literal(value: float, dtype: str) -> str:
    ...

class CUnit:
    """A C file in the making: it knows the type of its numbers, the prefix of its names, and the
    helpers that it has asked for.

    `expression` is an instruction's text, `body` a program's statements, `function` a program's
    function, `array` a constant array, `file` the whole.
    """

    def __init__(self, name: str, dtype: str):
        self.name, self.dtype, self.helpers = (name, dtype, set())

    def call(self, op: str, args: Sequence[str]) -> str:
        ...

    def helper_text(self) -> str:
        ...

    def _helper(self, op: str) -> str:
        ...

    def expression(self, op: str, args: Sequence[_Text]) -> _Text:
        """Text of an instruction."""
        ...

    def one_sided(self, args: Sequence[_Text]) -> str:
        """A clip of which one limit is infinite."""
        ...

    def body(self, program: Program, inputs: Sequence[str], finite: bool) -> str:
        """Statements that compute a program's output and return it; `finite` as a layer's outputs are."""
        ...

    def operand(self, o: int | Constant, texts: Sequence[_Text]) -> _Text:
        """Text of an operand."""
        ...

    def function(self, name: str, of: Pointwise, program: Program, table: str) -> str:
        """The function of a program, a value's or a slope's; `table` holds the constants of channels."""
        ...

    def array(self, name: str, values: np.ndarray) -> str:
        """A constant array, ten numbers to a line."""
        ...

    def _lines(self, row: np.ndarray) -> str:
        ...

    def file(self, about: str, *parts: str, include: str='math.h') -> str:
        """The parts behind a comment that says what they are, guarded against being included twice."""
        ...
_Text = tuple[str, int]

def _inside(text: _Text, least: int) -> str:
    ...

def activation_file(act: SymbolicActivation, name: str, dtype: str) -> str:
    ...
_LINEAR = 'static void NAME_linear(int n_in, int n_out, const TYPE *w, const TYPE *b,\n                        const TYPE *x, TYPE *y)\n{\n    for (int i = 0; i < n_out; i++) {\n        TYPE sum = b[i];\n        for (int j = 0; j < n_in; j++) sum += *w++ * x[j];\n        y[i] = sum;\n    }\n}\n'

class NetworkUnit(CUnit):
    """The parts of a network's file: arrays, functions, and the statements of `predict`."""

    def __init__(self, name: str, dtype: str):
        super().__init__(name, dtype)
        self.part, self.arrays, self.functions, self.lines, self.n_numbers = ('', [], {}, [], 0)

    def store(self, kind: str, values: np.ndarray) -> str:
        """Write an array into the file; its name."""
        self.n_numbers += values.size
        name = f'{self.name}_{self.part}{kind}'
        self.arrays.append(self.array(name, values))
        return name

    def scaled(self, layer: Scaling, source: str, i: int) -> str:
        ...

    def applied(self, layer: Pointwise, source: str, i: int) -> str:
        ...

    def embedded(self, layer: Embedded, source: str, target: str, i: int) -> str:
        """Statements of an embedding of numbers."""
        ...

    def places(self, kind: str, values: np.ndarray) -> str:
        """Write an array of whole numbers; its name, or nothing where there are none."""
        ...

    def run(self, layer: Layer, source: str, target: str, n: int, i: int):
        """Statements that take `n` numbers at `source` through layer number `i` to `target`."""
        ...

    def run_all(self, layers: Sequence[Layer], n_inputs: int) -> tuple[list[int], dict]:
        """Statements of all layers, by turns in two buffers; widths of the network and of the buffers."""
        ...

    def row(self, head: str, layers: Sequence[Layer], n_inputs: int) -> tuple[str, list[int], int]:
        """A function of one row through layers, widths of the network, and numbers in buffers."""
        'A function of one row through layers, widths of the network, and numbers in buffers.'
        self.lines = []
        widths, sizes = self.run_all(layers, n_inputs)
        buffers = ', '.join((f'{b}[{sizes[b]}]' for b in sorted(sizes)))
        declared = f'    {self.dtype} {buffers};\n' * bool(buffers)
        function = f'{head}(const {self.dtype} *x, {self.dtype} *y)\n{{\n{declared}'
        return (f"{function}{''.join(self.lines)}}}\n", widths, sum(sizes.values()))

    def whole(self, about: str, widths: Sequence[int], *functions: str) -> str:
        """The file with NAME_predict, the last of the functions."""
        ...
_EMBED = '    for (int c = 0; c < {n}; c++) {{\n        {type} f[{n_functions}];\n        const {type} v = {source}[{columns}[c]];\n        for (int k = 0; k < {per}; k++) {{\n            {functions}\n        }}\n        for (int j = 0; j < {d}; j++) {{\n            {type} sum = {bias}[c * {d} + j];\n            for (int k = 0; k < {n_functions}; k++)\n                sum += f[k] * {weight}[(c * {n_functions} + k) * {d} + j];\n            {target}[c * {d} + j] = {value};\n        }}\n    }}\n'
_PASS = '    for (int i = 0; i < {m}; i++) {target}[{first} + i] = {source}[{passing}[i]];\n'
_FORMS = {'angle': 'const {type} a = {angle}[c * {per} + k] * v;\n            f[k] = cos{end}(a);\n            f[{per} + k] = sin{end}(a);', 'start': 'const {type} s = (v - {start}[c * {per} + k]) * {slope}[c * {per} + k];\n            const {type} low = {low}[c * {per} + k], high = {high}[c * {per} + k];\n            f[k] = s < low ? low : s > high ? high : s;', 'least': 'f[k] = v >= {least}[c * {per} + k] && v <= {greatest}[c * {per} + k];'}

def network_file(net: nn.Module, name: str, dtype: str, scaler) -> str:
    ...

def about_network(unit: NetworkUnit, layers: Sequence[Layer], widths: Sequence[int], buffered: int, scaler, what: str='a network') -> str:
    ...
_MATH = '\n    acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2\n    expm1 fabs fdim finite floor fma fmax fmin fmod frexp gamma hypot ilogb isinf isnan j0 j1 jn\n    ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter\n    nexttoward pow pow10 remainder remquo rint round scalb scalbln scalbn significand sin sincos\n    sinh sqrt tan tanh tgamma trunc y0 y1 yn'.split()
_WORDS = '\n    auto break case char const continue default do double else enum extern float for goto if inline\n    int long register restrict return short signed sizeof static struct switch typedef union\n    unsigned void volatile while main signbit isfinite isnormal fpclassify isgreater isless\n    isunordered signgam x y and or not xor bool true false class new delete this template namespace\n    operator private public protected try catch throw using virtual friend typename asm export NAN\n    INFINITY alignas alignof constexpr nullptr static_assert thread_local typeof typeof_unqual final\n    override explicit mutable noexcept decltype static_cast const_cast dynamic_cast reinterpret_cast\n    typeid concept requires co_await co_return co_yield import module consteval constinit compl\n    bitand bitor and_eq or_eq xor_eq not_eq wchar_t char8_t char16_t char32_t size_t ptrdiff_t\n    float_t double_t abs labs llabs div exit abort malloc calloc realloc free printf memcpy memset\n    strlen index rindex errno NULL EOF HUGE_VAL HUGE_VALF FP_NAN FP_ZERO FP_NORMAL FP_SUBNORMAL\n    FP_INFINITE M_PI M_E linux unix i386 near far small interface DOMAIN SING OVERFLOW UNDERFLOW\n    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t std'.split()
_TAKEN = {name + end for name in _MATH for end in ('', 'f', 'l')} | set(_WORDS)

def identifier(name) -> str:
    ...

def number_type(dtype) -> str:
    ...
