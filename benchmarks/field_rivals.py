"""What stands beside a found formula where activations decide: an activation that learns a mix of several, and forms with S for a scale."""
import numpy as np

from nsad import SymbolicActivation
from nsad.selectable import SelectableActivation
from nsad.statistics import interval

FORMS = {"ReLU": "relu(S*x)", "GELU": "gelu(S*x)", "tanh": "tanh(S*x)", "SIREN": "sin(S*x)", "Gauss": "exp(-(S*x)**2)",
         "WIRE, real part": "cos(2*S*x)*exp(-(S*x)**2)", "FINER": "sin(S*(abs(x) + 1)*x)", "Snake": "x + sin(S*x)**2/S",
         "GELU plus sine": "gelu(S*x) + 0.1*sin(S*x)", "learned mix": "mix(S)"}
SCALES_OF_GIVEN = 0.5, 0.7, 1, 1.4                                   # a formula that was found has its scale
MIXED = "sin(S*x)", "tanh(S*x)", "gelu(S*x)", "exp(-(S*x)**2)"       # one set of weights in each layer, as ABU has, arXiv:2308.04073


def activation(text):
    "The module of a formula, or of the learned mix at a scale, `mix(10)`."
    if not text.startswith("mix("): return SymbolicActivation(text)
    return SelectableActivation([form.replace("S", text[4:-1]) for form in MIXED])


def geometric(logs):
    "Geometric mean and 95 % t interval of ratios, from their logarithms: mean, low, high."
    one = interval(logs)
    return np.exp([one.mean, one.low, one.high])
