# `make demo` and `make test` need Python 3.11+, make and a package index, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test check chaos bench bench-storm bench-introspect bench-generated bench-typing bench-verify clean

demo: $(STAMP)
	$(BIN)/snakebridge demo

test: check
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python proto/generate.py --check
	$(BIN)/snakebridge check --out examples/bridges --manifests manifests

# Every scenario of docs/explanation/chaos.md, with the bounds that the documents promise; `make test` runs a part of it.
chaos: $(STAMP)
	SNAKEBRIDGE_CHAOS=full $(BIN)/python -m pytest tests/chaos -p no:randomly

bench: $(STAMP)
	$(BIN)/python benchmarks/run.py

# The long runs: a storm of 10 minutes, 100,000 calls under recycling, a soak of 30 minutes.
bench-storm: $(STAMP)
	$(BIN)/python benchmarks/storm/storm.py --seconds 600
	$(BIN)/python benchmarks/storm/recycling.py --calls 100000
	$(BIN)/python benchmarks/storm/soak.py --seconds 1800

bench-introspect: $(STAMP)
	$(BIN)/python benchmarks/introspect/run.py

bench-typing: $(STAMP)
	$(BIN)/python benchmarks/typing/run.py

bench-verify: $(STAMP)
	$(BIN)/python benchmarks/verify.py

bench-generated: $(STAMP)
	$(BIN)/python benchmarks/generated/run.py

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv when present (fast), else the standard library's venv and pip.
$(STAMP): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	    uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	    uv pip install --quiet --python $(BIN)/python -e . --group dev; \
	else \
	    $(PYTHON) -m venv $(VENV) && \
	    $(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' && \
	    $(BIN)/python -m pip install --quiet -e . --group dev; \
	fi
	@touch $@
