"""How long the reader takes to refuse, or to read, text that nobody should have sent: `python benchmarks/hostile_text.py`.

Ten thousand texts: valid formulas with characters changed, inserted, repeated or nested at random.
"""
import random
import time
from collections import Counter
from datetime import date

from nsad.formula import Formula, FormulaError

SEEDS = [
    "min(softplus(x), sin(2*x))", "add(X0, mul(X3, 0.5))", "((1.23 * X1) + sin(X2))^2", "x*exp(-x**2)/(1 + abs(x))",
    "__import__('os').system('ls')", "9**9**9", "exp(exp(exp(100)))", "(((7*x)**60)**60)**60", "x.__class__.__bases__[0]",
    "lambda x: x", "max(x, min(x, max(x, 0.1)))",
]
BITS = [*"xX0123456789.e+-*/^()[]{},_'\"\\:;=<>!@#%&|~ \n\x00é", "**", "sin(", "exp(", "((((", "))))", "9**", "^9", "x,",
        "lambda ", "import ", "__", "1e300*"]


def mutated(rng):
    text = rng.choice(SEEDS)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        kind = rng.random()
        if kind < 0.5:
            text = text[:at] + rng.choice(BITS) + text[at + rng.randint(0, 2):]
        elif kind < 0.8:
            text = text[:at] + text[at:at + 9] * rng.randint(1, 40) + text[at:]
        else:
            text = f"{rng.choice(['sin', 'exp', 'sqrt', 'inv', ''])}({text})" if kind < 0.9 else f"({text})**{rng.randint(-70, 70)}"
    return text


if __name__ == "__main__":
    rng, outcome, slowest = random.Random(0), Counter(), (0.0, "")
    for _ in range(10_000):
        text = mutated(rng)
        start = time.process_time()
        try:
            Formula(text)
            outcome["read"] += 1
        except FormulaError:
            outcome["refused"] += 1
            slowest = max(slowest, (time.process_time() - start, text))
    print(f"{date.today()}  {dict(outcome)}; slowest refusal {1e3 * slowest[0]:.1f} ms of processor time: {slowest[1][:100]!r}")
