# One target per intention; `make help` lists them. Everything is installed into .venv, nothing outside this folder.

PYTHON ?= python3
# A place to take PyTorch from first, e.g. https://download.pytorch.org/whl/cpu for the small CPU-only build.
TORCH_INDEX ?=
HOST ?= 127.0.0.1
PORT ?= 7860
PYTEST_ARGS ?=

TORCH := torch==2.13.0
BIN := .venv/bin
STOCK := .venv-stock/bin

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help install install-dev run test bench clean

help: ## lists these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

install: .venv/.installed ## creates .venv and installs the program (PYTHON=python3.x, TORCH_INDEX=address)

install-dev: .venv/.installed-dev

run: .venv/.installed ## installs, ingests the bundled documents, serves the page (HOST, PORT)
	$(BIN)/rapporteur ingest --bundled
	@echo "The page opens at http://$(HOST):$(PORT)"
	$(BIN)/rapporteur serve --host $(HOST) --port $(PORT)

test: .venv/.installed-dev ## installs, then lint, types and the whole test suite (PYTEST_ARGS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

bench: .venv/.installed .venv-stock/.installed ## compares with stock Haystack; tables go to bench-results/
	$(BIN)/python tests/bench/run.py --stock-python $(STOCK)/python --out bench-results

clean: ## removes environments, caches and benchmark tables
	rm -rf .venv .venv-stock bench-results build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find corpus ingest search ui tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: nothing is asked of the network while they are newer than the files that they depend on.
.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(call install_torch,$(BIN))
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e .
	@touch $@

.venv/.installed-dev: .venv/.installed
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[dev]'
	@touch $@

.venv-stock/.installed: tests/bench/stock-requirements.txt tests/bench/stock-constraints.txt | .venv-stock/bin/python
	$(call install_torch,$(STOCK))
	$(STOCK)/python -m pip install --disable-pip-version-check -q -c tests/bench/stock-constraints.txt -r tests/bench/stock-requirements.txt
	@touch $@

.venv/bin/python .venv-stock/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "No interpreter named $(PYTHON) here. Install Python 3.11 or newer, or name one: make install PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rapporteur needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -c 'import platform; print(platform.python_version())'). Name a newer one: make install PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(@D:/bin=) || { rm -rf $(@D:/bin=); echo "No virtual environment could be made (on Debian and Ubuntu: apt-get install python3-venv)."; exit 1; }

define install_torch
@echo "Installing into $(1:/bin=): some hundred megabytes at first, a few minutes."
$(if $(TORCH_INDEX),$(1)/python -m pip install --disable-pip-version-check -q $(TORCH) --index-url $(TORCH_INDEX))
endef
