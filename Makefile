# `make setup` prepares .venv and the front-end packages; every other target calls it first.
# It needs python3 (3.11 or newer) and make; what is missing beside them comes from the package
# registries that this machine is set up for.

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# Some machines say that nothing compiled be kept; then every process compiles all of Accord anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup up test test-thorough test-kills check bench record lock messages

help:
	@echo "make up          set up and run Accord, prints its address"
	@echo "make test        all tests, in WORKERS=$(WORKERS) processes"
	@echo "make test-thorough  many more random criteria, leads and days against the judges"
	@echo "make test-kills  kills every process at work, twenty times"
	@echo "make check       formatter, linters, types, contracts, laws"
	@echo "make bench       benchmarks, each beside its limit"
	@echo "make record      write openapi.json, the agreement's schema and query counts anew"
	@echo "make messages LOCALE=de  gather all sentences for a translation (needs GNU gettext)"
	@echo "make lock        write requirements.txt and frontend/package-lock.json anew"

setup: .venv/.python .venv/.frontend

.venv/.python: requirements.txt pyproject.toml .ci/install-python
	@bash .ci/install-python $(PYTHON)
	@touch $@

.venv/.frontend: frontend/package-lock.json frontend/package.json .ci/install-frontend | .venv/.python
	@bash .ci/install-frontend
	@touch $@

up: setup
	@$(BIN)/accord up

test: setup
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not kills or quick_kills"

# Prints how many pairs of a definition and a lead were compared.
test-thorough: setup
	ACCORD_HYPOTHESIS=thorough $(BIN)/pytest -n 0 -s tests/criteria/test_compiler.py \
		tests/criteria/test_timeline.py tests/qualification/test_live_past.py

test-kills: setup
	$(BIN)/pytest -n 0 -m kills

check: setup
	@bash .ci/check

bench: setup
	@$(BIN)/accord bench

record: setup
	ACCORD_RECORD=1 $(BIN)/pytest -n 0 -q tests/laws/test_addresses.py tests/laws/test_query_counts.py \
		tests/agreement/test_schema.py

# What is translated in src/accord/locale/LOCALE stays; what is new is added.
messages: setup
	@test -n "$(LOCALE)" || { echo "Say which language: make messages LOCALE=de" >&2; exit 2; }
	cd src/accord && mkdir -p locale && DJANGO_SETTINGS_MODULE=accord.config.settings \
		ACCORD_HOME=$$(mktemp -d) ../../$(BIN)/python -m django makemessages --locale $(LOCALE) --no-wrap

lock: setup
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --generate-hashes \
		--extra test --extra check --no-emit-index-url --no-emit-find-links --no-header --quiet \
		--output-file requirements.txt
	cd frontend && npm install --package-lock-only --ignore-scripts --no-audit --no-fund
