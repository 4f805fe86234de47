# The tasks of this project. A fresh machine needs Python 3.11 or newer, make and a Python package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(BIN)/python -m pip install -qq --constraint requirements.lock

# What a release is made of: the wheel, its bill of materials, and all that must be carried to a place without a network.
CYCLONEDX := cyclonedx-bom>=7.5,<8
PIP_AUDIT := pip-audit>=2.10,<3
PYTHON_VERSION ?= 3.11
PLATFORMS := linux-x86_64 linux-aarch64 windows
TAGS_linux-x86_64 := manylinux_2_28_x86_64 manylinux_2_27_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64
TAGS_linux-aarch64 := manylinux_2_28_aarch64 manylinux_2_27_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64
TAGS_windows := win_amd64

.PHONY: help demo test test-spark test-all coverage mutation lint bench bench-guard lock docs docs-reference dist sbom audit wheelhouse fuzz faults clean

help:
	@echo "make demo      build a county, assess it, say where the report is"
	@echo "make test      run the tests, the slow ones too"
	@echo "make lint      ruff, mypy --strict, import layers"
	@echo "make test-spark  the Spark tests; they need Java 17"
	@echo "make coverage  the tests once more, and which branches of the sources they take (at least 95 in 100)"
	@echo "make mutation  400 mutants of what decides, and what share the tests notice"
	@echo "make test-all  lint, then coverage, then test-spark, faults, fuzz (SECONDS=6) and mutation; more than an hour on two cores"
	@echo "make bench     speed and memory, beside the least work possible and beside other matchers; hours"
	@echo "make bench-guard  the ratios at a small size, under their bounds"
	@echo "make docs      build the documentation in both languages, into docs/_build"
	@echo "make docs-reference  write the pages that list options, rules and verdicts anew"
	@echo "make dist      the wheel and the source archive; the same source gives the same bytes"
	@echo "make sbom      the bill of materials of the wheel (CycloneDX), from a package index"
	@echo "make audit     known vulnerabilities of what requirements.lock names; asks a database on the network"
	@echo "make wheelhouse  every wheel for Linux x86-64 and aarch64 and for Windows, to install without a network"
	@echo "make fuzz      inputs made to break readers, rules and catalogs; hours of processor time (SECONDS=120 each, 15 times that for the six most used)"
	@echo "make faults    runs killed at every step of writing and at a hundred moments, a full disk, limits; hostile input measured"
	@echo "make lock      write requirements.lock anew from what the bounds of pyproject.toml allow today"

demo: $(VENV)/.installed
	@$(BIN)/licmatch demo -o demo-result

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m 'not spark'

test-spark: $(VENV)/.installed-spark
	@$(BIN)/python -m pytest -q -m spark tests/spark

coverage: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m 'not spark' --cov --cov-report=term

mutation: $(VENV)/.installed-dev
	@$(PIP) --editable '.[dev,mutation]'
	@$(BIN)/python tests/mutation/run.py

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test-all: SECONDS := 6
test-all: lint coverage test-spark faults fuzz mutation

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

$(VENV)/.installed-bench: pyproject.toml requirements.lock | $(VENV)/.installed-dev
	@$(PIP) --editable '.[dev,peers]'
	@touch $@

lock:
	@fresh="$$(mktemp -d)" && trap 'rm -rf "$$fresh"' EXIT && $(PYTHON) -m venv "$$fresh" && \
	  "$$fresh/bin/python" -m pip install -qq --disable-pip-version-check '.[dev]' && \
	  "$$fresh/bin/python" -m pip freeze --exclude licmatch > "$$fresh/frozen" && \
	  { echo '# Made by `make lock`. Exact versions that CI, make demo and make test use.'; cat "$$fresh/frozen"; } > requirements.lock

dist: $(VENV)/.installed-dev
	@rm -f dist/licmatch-*.whl dist/licmatch-*.tar.gz
	@$(BIN)/python -m hatchling build --directory dist

# What the wheel brings, and nothing of the tools: an environment with neither pip nor anything else in it is described from outside.
sbom: dist
	@fresh="$$(mktemp -d)" && trap 'rm -rf "$$fresh"' EXIT && $(PYTHON) -m venv "$$fresh/tool" && $(PYTHON) -m venv --without-pip "$$fresh/run" && \
	  "$$fresh/tool/bin/python" -m pip install -qq --disable-pip-version-check '$(CYCLONEDX)' && \
	  "$$fresh/tool/bin/python" -m pip --python "$$fresh/run/bin/python" install -qq --disable-pip-version-check --constraint requirements.lock dist/licmatch-*.whl && \
	  "$$fresh/tool/bin/cyclonedx-py" environment --pyproject pyproject.toml --spec-version 1.6 --output-reproducible --output-format JSON \
	    --output-file dist/licmatch.cdx.json "$$fresh/run/bin/python"
	@echo dist/licmatch.cdx.json

audit:
	@fresh="$$(mktemp -d)" && trap 'rm -rf "$$fresh"' EXIT && $(PYTHON) -m venv "$$fresh" && \
	  "$$fresh/bin/python" -m pip install -qq --disable-pip-version-check '$(PIP_AUDIT)' && \
	  "$$fresh/bin/pip-audit" --strict --disable-pip --no-deps --requirement requirements.lock

wheelhouse: dist
	@for platform in $(PLATFORMS); do $(MAKE) --no-print-directory wheelhouse-$$platform || exit 1; done

wheelhouse-%:
	@mkdir -p dist/wheelhouse/$* && $(BIN)/python -m pip download -qq --disable-pip-version-check --constraint requirements.lock --only-binary=:all: \
	  --implementation cp --python-version $(PYTHON_VERSION) $(addprefix --platform ,$(TAGS_$*)) --dest dist/wheelhouse/$* dist/licmatch-*.whl
	@echo "dist/wheelhouse/$*: pip install --no-index --find-links dist/wheelhouse/$* licmatch"

clean:
	@rm -rf $(VENV) build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis
