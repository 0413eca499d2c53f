# What a person types. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo demo-live check test test-all benchmark needs clean

help:  ## Say what there is.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

demo: $(STAMP)  ## Run the daily job on a small list of real papers and one real day.
	@$(BIN)/shortlist demo $(DIR)

demo-live: $(STAMP)  ## Read three recorded days from an arXiv of its own: feeds, OAI-PMH, lookups.
	@$(BIN)/python -m tests.arxiv_emulator.demo_live $(DIR)

check: $(STAMP)  ## Style, types, architecture and workflows: under a minute.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --quiet --offline --persona=pedantic .github

test: check  ## The checks and the fast tests: under five minutes.
	$(BIN)/pytest --numprocesses=auto -m "not slow and not benchmark"

test-all: check  ## Everything there is; with PostgreSQL under `.ci/postgresql make test-all`.
	$(BIN)/pytest --numprocesses=auto --dist=worksteal -m "not benchmark"
	$(BIN)/pytest -m benchmark

benchmark: $(STAMP)  ## Speed and memory, as ratios within one run.
	$(BIN)/pytest -m benchmark --capture=no

# PIP_EXTRA_INDEX_URL is honoured: README says which index has PyTorch without CUDA.
$(STAMP): pyproject.toml constraints.txt | needs
	@echo "installing into $(VENV), once; this takes a few minutes"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

needs:
	@command -v git >/dev/null || { echo "make: git is missing: install the package git" >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing: install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11: name a newer one with make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: Python's venv is missing: install the package python3-venv" >&2; exit 1; }

clean:  ## Take away what make made.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
