# Two commands on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
# Everything is installed in .venv; nothing else of the machine is touched, but for TeX, which
# `make test` installs with apt where it may (scripts/install_test_tools.sh).
PYTHON ?= $(shell for name in python3 python3.15 python3.14 python3.13 python3.12 python3.11 python; do \
	if command -v $$name >/dev/null && \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$name; exit; fi; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.installed
# An environment may forbid Python to keep what it compiled. pytest then rewrites every test anew: 7 s a worker.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -q
SPREAD := -n auto --dist worksteal
FAST := $(SPREAD) -m "not tex and not slow and not browser"
OLDEST := .venv-oldest
# Beforehand, for the same reason.
COMPILE := $(BIN)/python -m compileall -q src

.DEFAULT_GOAL := help
.PHONY: help ready demo test test-fast test-oldest test-tex tools lint types contracts docs docs-serve pictures compiled \
	bench clean

help:  ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

# What greenalgo runs with is less than half of what its tests need.
$(RUNS): constraints.txt pyproject.toml scripts/setup_venv.py
	@$(PYTHON) scripts/setup_venv.py $(VENV) constraints.txt
	@touch $@

$(STAMP): constraints-dev.txt pyproject.toml scripts/setup_venv.py
	@$(PYTHON) scripts/setup_venv.py $(VENV) constraints-dev.txt
	@touch $(RUNS) $@

ready: $(STAMP)
	@$(COMPILE)

demo: $(RUNS)  ## Fill, validate and typeset a published footprint; the files are in demo/
	@$(COMPILE)
	@$(BIN)/python scripts/demo.py

test: tools ready  ## Run the whole test suite
	$(PYTEST) $(SPREAD)

test-fast: ready  ## Run what needs no TeX or browser, long tests in part: under three minutes
	$(PYTEST) $(FAST)

# Warnings are no errors there: old versions warn of each other.
test-oldest:  ## Run the same with the oldest versions that pyproject.toml allows (needs uv)
	uv venv -q --clear --python $(PYTHON) $(OLDEST)
	uv pip compile -q --python $(OLDEST) --resolution lowest-direct --extra server --extra parquet pyproject.toml \
	-o $(OLDEST)/pins.txt
	uv pip install -q --python $(OLDEST) --compile-bytecode -c $(OLDEST)/pins.txt -e '.[dev]'
	$(OLDEST)/bin/python -m pytest -q $(FAST) -o filterwarnings=

test-tex: tools ready  ## Run the tests that typeset
	$(PYTEST) $(SPREAD) -m tex

tools:  ## Install what the tests need beyond Python (apt, as root), or say what is missing
	@PYTHON=$(PYTHON) bash scripts/install_test_tools.sh

lint: ready  ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: ready  ## Check types
	$(BIN)/python -m mypy
	@for file in $$(find tests -mindepth 2 -name conftest.py | sort); do \
	echo "mypy $$file"; $(BIN)/python -m mypy "$$file" || exit 1; done

contracts: ready  ## Check that imports point down only
	$(BIN)/lint-imports

docs: ready  ## Build the documentation in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

docs-serve: ready  ## Serve the documentation while you write
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve

pictures: ready  ## Make docs/images/appendix.png and the gallery again (needs TeX and poppler-utils)
	$(BIN)/python scripts/make_pictures.py

# compare_factors.py needs the peers' packages, and is called by hand.
compiled: ready  ## Build the compiled wheel, and unpack it into build/compiled/installed
	rm -rf build/compiled
	HATCH_BUILD_HOOKS_ENABLE=1 $(BIN)/python -m build --no-isolation --outdir build/compiled
	$(BIN)/python -m zipfile -e build/compiled/*.whl build/compiled/installed
	$(BIN)/python -m compileall -q build/compiled/installed

bench: compiled  ## Measure the compiled wheel; fails where a target is missed (see benchmarks/)
	@code=0; for script in $(filter-out %/compare_factors.py,$(wildcard benchmarks/*.py)); do \
	echo "== $$script"; PYTHONPATH=build/compiled/installed $(BIN)/python "$$script" || code=1; done; exit $$code

clean:  ## Remove everything that was made
	rm -rf $(VENV) demo site build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
