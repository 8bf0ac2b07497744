# Two commands do everything on a machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
NEEDS = settings.ini setup.py constraints.txt
# Notebooks and tests use the embedded data and start processes of their own: one thread each, no idle worker pools left behind.
QUIET = NSAD_DATA= OMP_NUM_THREADS=1
# Notebooks and tests run in so many processes; the tests of a file in one, so that what they share is made once.
JOBS ?= 2
PYTEST = $(QUIET) $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder

.PHONY: help demo test quick check notebooks pytest export run readme clean-notebooks lab docs docs-serve check-lab hooks

help:                ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*## /\t/' | expand -t 20

demo: $(VENV)/user    ## install, then discover and judge activations on the embedded data (some minutes)
	$(BIN)/nsad demo

test: check notebooks pytest    ## install what development needs, then every check and test

quick: $(VENV)/dev    ## the inner loop: the tests that take seconds, in less than two minutes
	$(PYTEST) -x -m "not slow and not browser and not compiler" tests

check: $(VENV)/dev    ## notebooks, package and README agree; lint; every public docstring is whole, every public name has a type
	$(BIN)/python tools/check_sync.py
	$(BIN)/python tools/readme.py --check
	$(BIN)/ruff check -q nsad docs tests tools benchmarks setup.py
	$(PYTEST) tests/test_docstrings.py tests/test_editors.py -k "whole or types or pyright"

notebooks: $(VENV)/dev    ## run every notebook as a test, tutorials in small
	NSAD_SMALL=1 JOBLIB_MULTIPROCESSING=0 $(QUIET) $(BIN)/nbdev_test --n_workers $(JOBS) --timing

pytest: $(VENV)/dev    ## run tests/
	$(PYTEST) tests

export: $(VENV)/dev    ## write nsad/ from the notebooks
	$(BIN)/nbdev_export
	$(BIN)/python tools/check_sync.py --write

run: $(VENV)/dev    ## run the notebooks in place, so that their stored outputs are fresh
	$(QUIET) $(BIN)/python tools/run_notebooks.py && $(BIN)/nbdev_clean

readme: $(VENV)/dev    ## write README.md from nbs/index.ipynb
	$(BIN)/python tools/readme.py

docs: $(VENV)/dev    ## build the site into _docs/ and check its links
	rm -rf _docs
	$(BIN)/python -m sphinx -E -W --keep-going -q -b html -d build/doctrees docs _docs
	$(BIN)/python tools/check_site.py _docs

docs-serve: docs    ## build the site and show it at http://127.0.0.1:8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _docs 8000

check-lab: $(VENV)/dev    ## run a tutorial cell by cell in JupyterLab, in a browser; leaves build/lab.png
	$(BIN)/python tools/check_lab.py

lab: $(VENV)/dev    ## open the notebooks
	$(BIN)/jupyter lab nbs

hooks: $(VENV)/dev    ## clean, sync and lint before each commit
	git config core.hooksPath tools/hooks

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/user: $(BIN)/python $(NEEDS)
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

$(VENV)/dev: $(BIN)/python $(NEEDS)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev,docs,jupyter,operon,pysr,onnx,dask,images,skops,baselines,yours]'
	touch $(VENV)/user $@
