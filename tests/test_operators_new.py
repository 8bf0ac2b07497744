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


PARTS = {
    "text": """
f = Formula('Sech(-x) + sech(x)')
print(f.text)
print(f.latex)
""",
    "values": """
f = Formula("sech(2*x) + x*sech(x)")
x = torch.linspace(-3, 3, 61, dtype=torch.float64, requires_grad=True)
ours, plain = SymbolicActivation(f)(x), 1 / torch.cosh(2 * x) + x / torch.cosh(x)
print(float((plain - torch.as_tensor(f(x.detach().numpy()))).abs().max()))
for order in range(3):
    ours, plain = (torch.autograd.grad(y.sum(), x, create_graph=True)[0] for y in (ours, plain))
    print(float((ours - plain).abs().max()))
""",
    "C": """
from nsad.export import to_c
open("act.h", "w").write(to_c(SymbolicActivation(Formula("x*sech(x)"))))
""",
    "ONNX": """
import importlib.util
if importlib.util.find_spec("onnxscript"):
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), SymbolicActivation(Formula("sech(x)"))).eval()
    x = torch.linspace(-1, 1, 12).reshape(4, 3)
    torch.onnx.export(net, (x,), "net.onnx", dynamo=True, external_data=False, verbose=False)
    np.savez("rows.npz", x=x.numpy(), y=net(x).detach().numpy())
""",
    "search": """
import random
from nsad.engines.network import primitives, random_tree, small_forms, to_tree
before = len(primitives().mapping)
register(Op("bent", 1, lambda xp, a: xp.sqrt(1 + a * a) - 1, "a/(y + 1)", breed=True))
print(len(primitives().mapping) - before)
random.seed(0)
print(any("bent(" in str(random_tree(9)) for _ in range(200)), any("sech(" in str(random_tree(9)) for _ in range(200)))
print("bent(sin(x))" in set(small_forms()), to_tree(Formula("x*bent(x)")))
"""}


@pytest.fixture(scope="module")
def with_the_row(tmp_path_factory):
    "Of each part the lines that it prints in a process where the row is in the table, and the folder that it writes to."
    folder = tmp_path_factory.mktemp("row")
    code = ROW + "".join(f"{text}\nprint('end of', {name!r})\n" for name, text in PARTS.items())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    printed, rest = {}, done.stdout
    for name in PARTS: printed[name], _, rest = rest.partition(f"end of {name}\n")
    return {name: text.splitlines() for name, text in printed.items()}, folder


@pytest.mark.slow
def test_text_canonical_form_and_latex(with_the_row):
    printed, _ = with_the_row
    assert printed["text"] == ["2*sech(x)", r"2 \operatorname{sech}{\left(x \right)}"]


@pytest.mark.slow
def test_values_and_three_derivatives(with_the_row):
    printed, _ = with_the_row
    assert len(printed["values"]) == 4 and all(float(error) < 1e-9 for error in printed["values"])


@pytest.mark.slow
@compiled
def test_c_gives_the_same_number(with_the_row, tmp_path):
    _, folder = with_the_row
    (tmp_path / "main.c").write_text('#include <stdio.h>\n#include "act.h"\nint main(void) { printf("%.6f", activation(0.7f)); return 0; }\n')
    subprocess.run([CC, "-std=c99", "-Wall", "-Werror", "-I", folder, "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True)
    value = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert float(value) == pytest.approx(0.557704, abs=1e-5)


@pytest.mark.slow
def test_onnx_gives_the_same_numbers(with_the_row):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    _, folder = with_the_row
    rows = np.load(folder / "rows.npz")
    np.testing.assert_allclose(by_onnx(folder / "net.onnx", rows["x"]), rows["y"], atol=1e-5)


@pytest.mark.slow
def test_the_search_breeds_with_it(with_the_row):
    printed, _ = with_the_row
    assert printed["search"] == ["1", "True False", "True mul(x, bent(x))"]


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
