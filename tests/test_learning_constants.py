"""Constants that learn do so in a stack as in a network of their own."""
import numpy as np
import torch

from nsad import Stack, SymbolicActivation, train


def test_constants_learn_in_a_stack():
    torch.manual_seed(0)
    X = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)
    stack = Stack(5, [SymbolicActivation("sin(1.1*x)", trainable=True), "sin(x)"], seeds=(1, 2), hidden=(8, 4))
    train(stack, X, (X[:, 0] * X[:, 1] > 0).astype(int))
    learned = [m.constants.item() for m in stack.modules() if isinstance(m, SymbolicActivation) and m.constants is not None]
    assert len(learned) == 4 and all(abs(c - 1.1) > 1e-4 for c in learned) and len(set(learned)) == 4
