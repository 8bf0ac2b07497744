"""Programs as numbers, carried out by hand: what a card's interpreter reads is the formula. The kernel itself is tested in test_cuda.py."""
import struct

import numpy as np
import pytest
import torch

from helpers import EVERY
from nsad.formula import Formula
from nsad.interpreter import OPCODES, REGISTER, ProgramTable, encoded, runs
from nsad.kernels import plain
from nsad.operators import NUMPY
from nsad.program import jet, program_of

FORMULAS = [*(f"{text} + 0.3*x" for text in EVERY), "x*exp(-x**2)", "cos(x) - cos(abs(cos(x)))", "x**3/(1 + x**2)", "min(softplus(x), sin(2*x))", "atan(x)*erf(x) - sigmoid(2*x)", "x"]
BY_SIGN = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "neg": np.negative, "ge": np.greater_equal,
           "gt": np.greater, "le": np.less_equal, "lt": np.less}
FUNCTIONS = [BY_SIGN.get(op) or getattr(NUMPY, op) for op in OPCODES]


def rows_of(text): return encoded(jet(program_of(Formula(text)), 1))


KNOWN = [text for text in FORMULAS if rows_of(text)]


def by_hand(code, x):
    "The outputs of a program from its rows of numbers."
    registers, y = {0: x}, x

    def operand(at, kind):
        number = np.float64(struct.unpack("<f", struct.pack("<i", at))[0])
        return [number, registers.get(at), y][kind]

    for op, to, *pairs in code.rows:
        function = FUNCTIONS[op]
        operands = [operand(*pairs[i:i + 2]) for i in (0, 2, 4)]
        n = 3 if function is NUMPY.where else getattr(function, "nin", 1)
        y = function(*operands[:n]) if function is not NUMPY.where else np.where(operands[0] != 0, *operands[1:])
        y = np.asarray(y, dtype=np.float64)
        if to >= 0: registers[to] = y
    return [np.broadcast_to(registers[at] if kind == REGISTER else operand(at, kind), x.shape) for at, kind in code.ends]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("text", KNOWN)
def test_rows_of_numbers_compute_the_formula_and_its_slope(text):
    program, x = jet(program_of(Formula(text)), 1), torch.linspace(-2.9, 3.1, 301, dtype=torch.float64)
    code = encoded(program)
    for got, expected in zip(by_hand(code, x.numpy()), plain(program, x)):
        usual = (expected.abs() < 1e3).numpy()
        off = np.abs(got - expected.numpy())[usual] / (1 + np.abs(expected.numpy()[usual]))
        assert np.quantile(off, 0.97) < 1e-5, off.max()          # where a function leaps, constants of single precision do so elsewhere


def test_what_the_search_breeds_with_is_known():
    assert all(encoded(jet(program_of(Formula(t)), 1)) for t in
               ("sin(x)", "cos(x)", "tanh(x)", "erf(x)", "atan(x)", "sigmoid(x)", "softplus(x)", "relu(x)", "abs(x)", "x**2", "exp(-x**2)",
                "max(x, sin(x))", "min(x, sin(x))", "gelu(x)", "silu(x)", "x - 2*cos(3*x)/(1 + x**2)"))
    assert encoded(program_of(Formula("asinh(x)"))) is None                  # which the interpreter leaves to torch, as some others
    assert len(KNOWN) >= 0.75 * len(FORMULAS)


def test_few_registers_suffice():
    "A register is free again after its last use."
    deep = "x"
    for k in range(1, 16): deep = f"sin({k}.5*x + {deep})"
    assert encoded(program_of(Formula(deep))).n_registers <= 2


def test_away_from_a_card_there_is_no_interpreter():
    table = ProgramTable([program_of(Formula("sin(x)"))])
    assert not runs(torch.device("cpu")) and table.on_card(torch.zeros(1, 1, 4, 2), 1) is None
