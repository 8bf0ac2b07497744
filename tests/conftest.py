"""Markers that a test gets by what it asks for: browser, compiler, cuda. `slow` is said in the files. `make quick` is the inner loop."""
import os
import signal

import pytest


def needs(item, word):
    "Is a test skipped where something is missing, by the reason that its `skipif` gives?"
    reasons = [mark.kwargs.get("reason", "") for mark in item.iter_markers("skipif")]
    return any(word in reason.lower() for reason in reasons)


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
