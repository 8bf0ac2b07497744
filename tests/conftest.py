"""Markers that a test gets by what it asks for: browser, compiler, cuda. `slow` is said in the files. `make quick` is the inner loop."""
import os
import signal

import pytest


def needs(item, word):
    "Is a test skipped where something is missing, by the reason that its `skipif` gives?"
    reasons = [mark.kwargs.get("reason", "") for mark in item.iter_markers("skipif")]
    return any(word in reason.lower() for reason in reasons)


@pytest.fixture
def brief(monkeypatch):
    "What leaves its epochs to the recipe trains for two: code of the documentation runs as it stands, in a fraction of the time."
    from dataclasses import replace

    from nsad import Recipe
    whole = Recipe.for_rows

    def in_two(recipe, n_rows, task="binary"):
        short = recipe if recipe.epochs != "auto" or recipe.steps is not None else replace(recipe, epochs=2)
        return whole(short, n_rows, task)
    monkeypatch.setattr(Recipe, "for_rows", in_two)


def pytest_sessionstart():
    """Ctrl-C and a hang-up mean here what they mean in a terminal.

    What is started in the background, or by nohup, ignores them, and so would every process that a test starts.
    """
    if os.name == "posix":
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        for word in ("compiler", "cuda"):
            if needs(item, word):
                item.add_marker(getattr(pytest.mark, word))
