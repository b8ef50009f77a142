# `make run` serves the playground, `make test` runs every test; both set up what they need first, and only once.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input
NPM := .ci/npm

PACKAGE := pyproject.toml .ci/hatch_build.py
GENERATORS := app.trace.generate app.kernel.abi.generate app.kernel.reference app.settings tests.fold_examples
PAGE_SOURCES := $(shell find static -name node_modules -prune -o -name dist -prune -o -name tests -prune -o -type f -print 2>/dev/null)

.PHONY: run build test lint generate bench wheel clean
.DELETE_ON_ERROR:

run: $(VENV)/.installed static/dist/manifest.json
	@exec $(BIN)/trapgate serve

build: static/dist/manifest.json

test: $(VENV)/.installed-dev static/dist/manifest.json
	@.ci/system-packages
	@echo "== C libraries"
	-@$(BIN)/trapgate doctor --build
	@echo "== Generated files are current"
	@for generator in $(GENERATORS); do $(BIN)/python -m $$generator --check || exit 1; done
	@echo "== Browser code"
	@$(NPM) test
	@echo "== Python"
	@$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev static/node_modules/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(NPM) run typecheck
	$(NPM) run lint

generate: $(VENV)/.installed
	@for generator in $(GENERATORS); do $(BIN)/python -m $$generator || exit 1; done

bench: $(VENV)/.installed-dev static/dist/manifest.json
	@$(BIN)/python -m tests.bench

wheel: $(VENV)/.installed-dev static/dist/manifest.json
	$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf $(VENV) static/node_modules static/dist dist .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	@.ci/virtualenv "$(PYTHON)" $(VENV)

$(VENV)/.installed: $(PACKAGE) | $(BIN)/python
	@echo "== Installing Trapgate into $(VENV)"
	@$(PIP_INSTALL) --editable .
	@touch $@

# Includes the plain installation, so that `make run` after `make test` has nothing to do.
$(VENV)/.installed-dev: $(PACKAGE) | $(BIN)/python
	@echo "== Installing Trapgate and its development tools into $(VENV)"
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $(VENV)/.installed $@

static/node_modules/.installed: static/package.json static/package-lock.json | $(BIN)/python
	@echo "== Installing the page's packages"
	@$(NPM) ci --no-audit --no-fund
	@touch $@

static/dist/manifest.json: static/node_modules/.installed $(PAGE_SOURCES)
	@echo "== Building the page"
	@$(NPM) run build
	@touch $@
