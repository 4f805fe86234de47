# The tasks of this project. A fresh machine needs Python 3.11 or newer, make and a Python package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install -qq --constraint requirements.lock

.PHONY: help demo test test-spark test-all mutation lint bench bench-guard lock docs docs-reference clean

help:
	@echo "make demo      build a county, assess it, say where the report is"
	@echo "make test      run the tests, the slow ones too"
	@echo "make lint      ruff, mypy --strict, import layers"
	@echo "make test-spark  the Spark tests; they need Java 17"
	@echo "make mutation  400 mutants of what decides, and what share the tests notice; at most an hour"
	@echo "make test-all  lint, then test, then test-spark"
	@echo "make bench     speed and memory, beside the least work possible and beside other matchers; about an hour"
	@echo "make bench-guard  the ratios at a small size, under their bounds"
	@echo "make docs      build the documentation in both languages, into docs/_build"
	@echo "make docs-reference  write the pages that list options, rules and verdicts anew"
	@echo "make lock      write requirements.lock anew from what the bounds of pyproject.toml allow today"

demo: $(VENV)/.installed
	@$(BIN)/licmatch demo -o demo-result

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -n auto -m 'not spark'

test-spark: $(VENV)/.installed-spark
	@$(BIN)/python -m pytest -q -m spark tests/spark

mutation: $(VENV)/.installed-dev
	@$(PIP) --editable '.[dev,mutation]'
	@$(BIN)/python tests/mutation/run.py

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test-all: lint test test-spark

bench: $(VENV)/.installed-bench
	@$(BIN)/python benchmarks/suite.py

bench-guard: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/guard.py

docs: $(VENV)/.installed-dev
	@rm -rf docs/_build && mkdir -p docs/_build && cp docs/_site/start.html docs/_build/index.html
	@$(BIN)/sphinx-build -q -W -n -d docs/_build/trees/en docs docs/_build/en
	@$(BIN)/sphinx-build -q -W -n -d docs/_build/trees/zh -t zh docs docs/_build/zh
	@echo "docs/_build/index.html"

docs-reference: $(VENV)/.installed-dev
	@$(BIN)/python docs/_site/make_reference.py

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

$(VENV)/.installed-bench: pyproject.toml requirements.lock | $(VENV)/.installed-dev
	@$(PIP) --editable '.[dev,peers]'
	@touch $@

lock:
	@fresh="$$(mktemp -d)" && trap 'rm -rf "$$fresh"' EXIT && $(PYTHON) -m venv "$$fresh" && \
	  "$$fresh/bin/python" -m pip install -qq --disable-pip-version-check '.[dev]' && \
	  "$$fresh/bin/python" -m pip freeze --exclude licmatch > "$$fresh/frozen" && \
	  { echo '# Made by `make lock`. Exact versions that CI, make demo and make test use.'; cat "$$fresh/frozen"; } > requirements.lock

clean:
	@rm -rf $(VENV) build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
