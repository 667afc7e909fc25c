# make run: install, build the sample library, open the chat.   make test: install, pass the tests.
PYTHON ?= python3
PORT ?= 7860
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test crash check bench bench-parts clean

$(VENV)/run: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Wenjin needs Python 3.11 or newer: make PYTHON=python3.11")'
	@echo 'Installing into $(VENV): some minutes the first time.  正在安装到 $(VENV)，首次需要几分钟。'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable .
	touch $@

$(VENV)/test: $(VENV)/run
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[test]'
	touch $@

run: $(VENV)/run
	$(BIN)/wenjin demo --port $(PORT)

test: $(VENV)/test
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

crash: $(VENV)/test
	KILLS=200 $(BIN)/python -m pytest tests/test_index_crash.py

check: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/bench: $(VENV)/test
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --editable '.[bench]'
	touch $@

bench: $(VENV)/bench
	$(BIN)/python tests/benchmarks/bench_library.py --results tests/benchmarks/results

bench-parts: $(VENV)/test
	$(BIN)/python -m pytest tests/benchmarks -o python_files='bench_*.py' --benchmark-only

clean:
	rm -rf $(VENV) demo-library build dist
