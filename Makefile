# The two commands for a newcomer are `make demo` and `make test`; both set themselves up.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test check diagrams docs interop clean

demo: $(VENV)/.installed
	$(BIN)/callfsm demo

test: $(VENV)/.developed
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report --include='callfsm/core/*' --fail-under=100
	$(BIN)/coverage report --fail-under=90

check: $(VENV)/.developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

diagrams: $(VENV)/.installed
	$(BIN)/callfsm diagram -o diagrams

# The reference of everything that can be imported, from the docstrings, into build/docs/.
docs: $(VENV)/.developed
	$(BIN)/pdoc --docformat google --output-directory build/docs callfsm callfsm.client callfsm.configuration callfsm.overview callfsm.call \
		callfsm.commands callfsm.hearing callfsm.action callfsm.message callfsm.event callfsm.errors callfsm.builders callfsm.embedding \
		callfsm.shapes callfsm.constants callfsm.statistics callfsm.log callfsm.transport callfsm.simulator

# What the simulator serves, from its own tables.
docs/simulator.md: $(VENV)/.installed callfsm/simulator/coverage.py
	$(BIN)/python -c 'from callfsm.simulator.coverage import coverage; print(coverage(), end="")' > $@

# Other people's clients against the simulator; needs package registries and Node, so it is no part of `make test`.
interop: $(VENV)/.installed
	$(PYTHON) -m venv $(VENV)-interop
	$(VENV)-interop/bin/pip install --quiet signalwire-sdk
	npm install --silent --no-save --prefix $(VENV)-interop/node '@signalwire/realtime-api@4'
	$(BIN)/python tests/interop/run.py $(VENV)-interop/bin/python $(abspath $(VENV)-interop/node/node_modules)

clean:
	rm -rf $(VENV) $(VENV)-interop build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("callfsm needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
