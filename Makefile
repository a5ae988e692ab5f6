# make demo   see KL vanishing and its cure, no data needed
# make test   lint, types, tests and doctests; with COVERAGE=1 also the lines that none of them runs
# make test-integrations   adapters and examples in the real frameworks; the documentation
# make docs   the documentation, build/docs/index.html
# make test-release   the trials that are too many for every day, before a release
PYTHON ?= python3
BIN := .venv/bin
FULL := .venv-integrations/bin
COUNTED := $(if $(COVERAGE),--cov --cov-report=)
REPORTED := $(if $(COVERAGE),--cov --cov-append --cov-report=term:skip-covered)

.PHONY: help demo test lint types tests test-integrations docs test-release clean

help:
	@sed -n 's/^# //p' Makefile

demo: .venv/installed-demo
	$(BIN)/unvanish demo --out runs/demo

test: lint types tests

lint: .venv/installed-test
	$(BIN)/ruff check src tests docs examples benchmarks
	$(BIN)/ruff format --check src tests docs examples benchmarks

types: .venv/installed-test
	$(BIN)/mypy

tests: .venv/installed-test # pages apart, in one process: a line of one goes on from those before it
	$(BIN)/pytest tests src/unvanish --numprocesses=auto --dist=worksteal --durations=10 $(COUNTED)
	$(BIN)/pytest docs $(REPORTED)

test-integrations: .venv-integrations/installed docs
	$(FULL)/pytest tests/integrations tests/examples tests/schedules tests/test_wheel.py docs --durations=10

docs: .venv-integrations/installed
	$(FULL)/sphinx-build -W --keep-going -q docs build/docs
	@echo 'the documentation: build/docs/index.html'

test-release: .venv/installed-test
	$(BIN)/pytest -m release --durations=10

clean:
	rm -rf .venv .venv-integrations build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

.venv/bin/python .venv-integrations/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'unvanish needs Python 3.11 or later: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv $(@D)/..

.venv/installed-demo: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[cli,report]'
	@touch $@

.venv/installed-test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	@touch $@ .venv/installed-demo

.venv-integrations/installed: .venv-integrations/bin/python pyproject.toml constraints.txt
	$(FULL)/python -m pip install --quiet --constraint constraints.txt \
	  --editable '.[all,dev,docs,integrations]'
	@touch $@
