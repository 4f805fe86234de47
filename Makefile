# The tasks of this project. A fresh machine needs Python 3.11 or newer, make and a Python package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install -qq --constraint requirements.lock

.PHONY: help demo test test-spark test-all lint bench fuzz faults lock clean

help:
	@echo "make demo      build a county, assess it, say where the report is"
	@echo "make test      run the tests, the slow ones too"
	@echo "make lint      ruff, mypy --strict, import layers"
	@echo "make test-spark  the Spark tests; they need Java 17"
	@echo "make test-all  lint, then test, then test-spark"
	@echo "make bench     speed and memory, beside the least work possible"
	@echo "make fuzz      inputs made to break readers, rules and catalogs; hours (SECONDS=120 each)"
	@echo "make faults    runs killed at a hundred points, three times over; hostile input measured"
	@echo "make lock      write requirements.lock anew from what the bounds of pyproject.toml allow today"

demo: $(VENV)/.installed
	@$(BIN)/licmatch demo -o demo-result

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -n auto -m 'not spark'

test-spark: $(VENV)/.installed-spark
	@$(BIN)/python -m pytest -q -m spark tests/spark

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test-all: lint test test-spark

bench: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/run.py

SECONDS ?= 120
fuzz: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.fuzz.run --seconds $(SECONDS)

faults: $(VENV)/.installed-dev
	@LICMATCH_KILLS=100 $(BIN)/python -m pytest -q -s -n 0 tests/faults
	@$(BIN)/python -m tests.hostile.measured

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("licmatch needs Python 3.11 or newer; set PYTHON=/path/to/one")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements.lock hatch_build.py | $(BIN)/python
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml requirements.lock hatch_build.py | $(BIN)/python
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-spark: pyproject.toml requirements.lock | $(VENV)/.installed-dev
	@$(PIP) --editable '.[dev,spark]'
	@touch $@

lock:
	@fresh="$$(mktemp -d)" && trap 'rm -rf "$$fresh"' EXIT && $(PYTHON) -m venv "$$fresh" && \
	  "$$fresh/bin/python" -m pip install -qq --disable-pip-version-check '.[dev]' && \
	  "$$fresh/bin/python" -m pip freeze --exclude licmatch > "$$fresh/frozen" && \
	  { echo '# Made by `make lock`. Exact versions that CI, make demo and make test use.'; cat "$$fresh/frozen"; } > requirements.lock

clean:
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
