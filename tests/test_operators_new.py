"""An operator is one row of a table: with the row come text, values, derivatives, C and ONNX."""
import subprocess
import sys

import numpy as np
import pytest

from helpers import CC, by_onnx, compiled

ROW = '''
import numpy as np
import torch
from nsad.operators import Op, register


def sech(xp, a): return 1 / xp.cosh(xp.clip(a, -80, 80))


register(Op("sech", 1, sech, "-y*tanh(a)", aliases=("Sech",), parity="even"))

from nsad import Formula, SymbolicActivation                                       # noqa: E402
'''


def with_the_row(code, folder):
    "What a process of its own prints, where the row is in the table."
    done = subprocess.run([sys.executable, "-c", ROW + code], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


@pytest.mark.slow
def test_text_canonical_form_and_latex(tmp_path):
    printed = with_the_row("f = Formula('Sech(-x) + sech(x)'); print(f.text); print(f.latex)", tmp_path)
    assert printed == ["2*sech(x)", r"2 \\operatorname{sech}{\\left(x \\right)}".replace("\\\\", "\\")]


@pytest.mark.slow
def test_values_and_three_derivatives(tmp_path):
    printed = with_the_row('''
f = Formula("sech(2*x) + x*sech(x)")
x = torch.linspace(-3, 3, 61, dtype=torch.float64, requires_grad=True)
ours, plain = SymbolicActivation(f)(x), 1 / torch.cosh(2 * x) + x / torch.cosh(x)
print(float((plain - torch.as_tensor(f(x.detach().numpy()))).abs().max()))
for order in range(3):
    ours, plain = (torch.autograd.grad(y.sum(), x, create_graph=True)[0] for y in (ours, plain))
    print(float((ours - plain).abs().max()))
''', tmp_path)
    assert len(printed) == 4 and all(float(error) < 1e-9 for error in printed)


@compiled
def test_c_gives_the_same_number(tmp_path):
    with_the_row('''
from nsad.export import to_c
open("act.h", "w").write(to_c(SymbolicActivation(Formula("x*sech(x)"))))
''', tmp_path)
    (tmp_path / "main.c").write_text('#include <stdio.h>\n#include "act.h"\nint main(void) { printf("%.6f", activation(0.7f)); return 0; }\n')
    subprocess.run([CC, "-std=c99", "-Wall", "-Werror", "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    value = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert float(value) == pytest.approx(0.557704, abs=1e-5)


@pytest.mark.slow
def test_onnx_gives_the_same_numbers(tmp_path):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    with_the_row('''
net = torch.nn.Sequential(torch.nn.Linear(3, 2), SymbolicActivation(Formula("sech(x)"))).eval()
x = torch.linspace(-1, 1, 12).reshape(4, 3)
torch.onnx.export(net, (x,), "net.onnx", dynamo=True, external_data=False, verbose=False)
np.savez("rows.npz", x=x.numpy(), y=net(x).detach().numpy())
''', tmp_path)
    rows = np.load(tmp_path / "rows.npz")
    np.testing.assert_allclose(by_onnx(tmp_path / "net.onnx", rows["x"]), rows["y"], atol=1e-5)


@pytest.mark.slow
def test_the_search_breeds_with_it(tmp_path):
    printed = with_the_row('''
import random
from nsad.engines.network import primitives, random_tree, small_forms, to_tree
before = len(primitives().mapping)
register(Op("bent", 1, lambda xp, a: xp.sqrt(1 + a * a) - 1, "a/(y + 1)", breed=True))
print(len(primitives().mapping) - before)
random.seed(0)
print(any("bent(" in str(random_tree(9)) for _ in range(200)), any("sech(" in str(random_tree(9)) for _ in range(200)))
print("bent(sin(x))" in set(small_forms()), to_tree(Formula("x*bent(x)")))
''', tmp_path)
    assert printed == ["1", "True False", "True mul(x, bent(x))"]


def test_what_the_search_breeds_with_by_default_and_in_which_order():
    "The order decides what a seed draws; these trees were drawn before the table had it."
    import random

    from nsad.engines.network import primitives, random_tree
    from nsad.operators import bred
    assert bred(2) == ("add", "sub", "mul", "max", "min") and bred(3) == ()
    assert bred(1) == ("sin", "cos", "tanh", "erf", "atan", "sigmoid", "softplus", "relu", "abs", "square", "gauss")
    assert {"add", "gauss", "x"} <= set(primitives().mapping)
    before = random.getstate()
    try:
        random.seed(0)
        drawn = [str(random_tree(12)) for _ in range(4)]
    finally:
        random.setstate(before)
    assert drawn == ["sub(erf(gauss(relu(1.0))), softplus(cos(min(-1.2, x))))", "atan(max(x, 1.0))", "abs(cos(gauss(1.3)))", "add(x, 2.0)"]
