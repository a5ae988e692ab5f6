# make demo   see KL vanishing and its cure, no data needed
# make test   lint, types, tests and doctests
# make test-release   the trials that are too many for every day, before a release
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test lint types tests test-release clean

help:
	@sed -n 's/^# //p' Makefile

demo: .venv/installed-demo
	$(BIN)/unvanish demo --out runs/demo

test: lint types tests

lint: .venv/installed-test
	$(BIN)/ruff check src tests examples
	$(BIN)/ruff format --check src tests examples

types: .venv/installed-test
	$(BIN)/mypy

tests: .venv/installed-test
	$(BIN)/pytest --cov --cov-report=term:skip-covered --durations=10

test-release: .venv/installed-test
	$(BIN)/pytest -m release --durations=10

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'unvanish needs Python 3.11 or later: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed-demo: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[cli,report]'
	@touch $@

.venv/installed-test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	@touch $@ .venv/installed-demo
