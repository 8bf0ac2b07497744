"""Markers for all tests. `pytest -m "not slow and not browser"` is the inner loop, `make quick` runs it."""
import os
import signal

import pytest

# Whole files that start processes, kill them, serve downloads, or search and train for minutes.
SLOW = {"test_baselines", "test_cli", "test_cli_nothing_lost", "test_cli_way", "test_discovery", "test_engines", "test_estimators",
        "test_export", "test_higgs", "test_killed_problems", "test_learning_constants", "test_mapped_rows", "test_more_machines", "test_never_lose", "test_nothing_lost",
        "test_provenance", "test_quantised", "test_results_cli", "test_site", "test_store", "test_transfer", "test_wheel"}

# Tests of many random examples, or of other processes, in files that are quick without them.
SLOW_TESTS = {
    "test_text_reads_back_as_itself", "test_any_text_is_a_formula_or_an_error",
    "test_random_formulas_agree_with_mpmath", "test_random_formulas_are_finite_everywhere",
    "test_gradients_of_smooth_random_formulas", "test_compiled_is_the_same",
    "test_a_fingerprint_is_the_same_in_another_process", "test_two_processes_add_at_once",
    "test_a_mutated_file_is_read_as_it_stands_or_refused", "test_recommend_on_an_embedded_dataset",
    "test_shuffled_labels_show_no_difference", "test_across_datasets_false_positives_are_rare",
    "test_a_small_table_is_learned_by_default", "test_intervals_hold_the_true_mean_as_often_as_they_say",
    "test_whatever_stands_in_test_rows", "test_neither_a_search_nor_a_study_notices_test_rows",
    "test_training_never_sees_the_reference_and_heat_is_solved", "test_export_and_onnx",
    "test_without_a_compiler_the_layer_stays_as_it_was",
    "test_at_most_one_study_in_twenty_declares_a_difference_that_is_not_there",
}


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
        if item.module.__name__.rpartition(".")[2] in SLOW or item.name.partition("[")[0] in SLOW_TESTS:
            item.add_marker(pytest.mark.slow)
        if "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        for word in ("compiler", "cuda"):
            if needs(item, word):
                item.add_marker(getattr(pytest.mark, word))
