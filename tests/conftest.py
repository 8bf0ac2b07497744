"""Markers for all tests. `pytest -m "not slow and not browser"` is the inner loop, `make quick` runs it."""
import pytest

# Whole files that start processes, kill them, serve downloads, or search and train for minutes.
SLOW = {"test_cli_way", "test_engines", "test_estimators", "test_higgs", "test_more_machines", "test_never_lose",
        "test_site", "test_wheel"}


def needs(item, word):
    "Is a test skipped where something is missing, by the reason that its `skipif` gives?"
    reasons = [mark.kwargs.get("reason", "") for mark in item.iter_markers("skipif")]
    return any(word in reason.lower() for reason in reasons)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.module.__name__.rpartition(".")[2] in SLOW:
            item.add_marker(pytest.mark.slow)
        if "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        for word in ("compiler", "cuda"):
            if needs(item, word):
                item.add_marker(getattr(pytest.mark, word))
