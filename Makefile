# Two commands do everything on a fresh machine: `make demo` and `make test`. `make help` lists the rest.
# They need python3 >= 3.11 with venv, and make; uv is used where it is on PATH.

SHELL := /bin/sh
# Where bytecode is not written, every start compiles anew and every test run rewrites its asserts anew.
export PYTHONDONTWRITEBYTECODE :=
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
STAMP_RUN := $(VENV)/.run.stamp
STAMP_TEST := $(VENV)/.test.stamp
STAMP_BENCH := $(VENV)/.bench.stamp
STAMP_PEERS := $(VENV)/.peers.stamp

.DEFAULT_GOAL := help
.PHONY: help demo test cover check judges unit e2e bench soak screenshots wheel lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: $(STAMP_RUN) ## the monitor on an embedded demo cloud: no account, no network, no config
	@exec $(BIN)/taskdeck demo $(ARGS)

test: $(STAMP_TEST) ## all tests: unit, SDK judges, end to end
	$(BIN)/python -m pytest -q -n auto --dist loadgroup $(ARGS)

cover: $(STAMP_TEST) ## all tests but those in a pty, with the coverage of tui: 90 % at least
	$(BIN)/python -m pytest -q -n auto --dist loadgroup -m "not e2e" --cov --cov-report=term:skip-covered --cov-fail-under=90 $(ARGS)

unit: $(STAMP_TEST) ## the fast tests only: no SDK, no pty, no screens, no cloud at work, no real keyring
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not judge and not e2e and not screen and not snapshot and not cloud" --ignore=tests/e2e --ignore=tests/judges --ignore=tests/keyring --ignore=tests/ssh --ignore=tests/ui/test_snapshots.py $(ARGS)

judges: $(STAMP_TEST) ## the vendors' own SDKs against the demo cloud
	$(BIN)/python -m pytest -q -m judge $(ARGS)

e2e: $(STAMP_TEST) ## the installed command in a real pty
	$(BIN)/python -m pytest -q -m e2e $(ARGS)

check: $(STAMP_TEST) ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP_BENCH) $(STAMP_PEERS) ## bytes, start, lists, pages and keys beside peers; fails where a ratio got worse (15 minutes)
	$(BIN)/python benchmarks/bench.py $(ARGS)

soak: $(STAMP_TEST) ## the picture against the truth under chaos; 220 sources for half an hour (45 minutes in all)
	$(BIN)/python benchmarks/fidelity.py --verbose
	$(BIN)/python benchmarks/many_sources.py

screenshots: $(STAMP_TEST) ## SVG and PNG of the screens, from the seeded demo cloud
	$(BIN)/python -m tests.screenshots

wheel: $(STAMP_TEST) ## builds dist/
	$(BIN)/python -m build --no-isolation --outdir dist

lock: ## writes constraints.txt anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --extra test --extra judges --extra bench pyproject.toml -o constraints.txt

clean: ## removes what the other targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "taskdeck needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "this Python cannot make a venv. Debian, Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# --compile-bytecode: the first start must not pay for compiling, also where PYTHONDONTWRITEBYTECODE is set.
$(STAMP_RUN): pyproject.toml constraints.txt $(VENV)/.made
	@echo "setting up $(VENV) (once)"
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install -q --python $(BIN)/python --compile-bytecode -c constraints.txt -e .; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .; \
	fi
	@$(BIN)/python -m compileall -q tui
	@touch $@

$(STAMP_TEST): $(STAMP_RUN)
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install -q --python $(BIN)/python --compile-bytecode -c constraints.txt -e '.[test,judges]'; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[test,judges]'; \
	fi
	@touch $@

# Programs to compare with, most of them in a venv of their own: the benchmarks go on without them.
$(STAMP_BENCH): $(STAMP_TEST)
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install -q --python $(BIN)/python --compile-bytecode -c constraints.txt -e '.[bench]'; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'; \
	fi || echo "visidata cannot be had: left out of the comparison" >&2
	@touch $@

# Not in one venv: posting wants one Textual and no other, beside which harlequin and textual-fastdatatable would be years
# old; with tree-sitter 0.26 it crashes. tccli brings the whole SDK (370 MB, minutes to compile: what it needs of them is
# compiled when it is first run).
$(STAMP_PEERS):
	@for one in "peers glances posting tree-sitter<0.26" "harlequin harlequin" "fastdatatable textual-fastdatatable" "tccli --no-compile tccli"; do \
	  set -- $$one; venv=$(VENV)/$$1; shift; \
	  $(PYTHON) -m venv $$venv && $$venv/bin/python -m pip install -q --disable-pip-version-check "$$@" || \
	    echo "$$* cannot be had: left out of the comparison" >&2; \
	done
	@touch $@
