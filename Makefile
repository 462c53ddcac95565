# The two commands for a newcomer are `make demo` and `make test`; both set themselves up.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test test-oldest check diagrams docs interop promises stories chaos clean

demo: $(VENV)/.installed
	$(BIN)/callfsm demo

test: $(VENV)/.developed
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --include='callfsm/core/*' --fail-under=100
	$(BIN)/coverage report --fail-under=90

# The same tests on the oldest libraries that pyproject.toml promises to work with; without those that only repeat, and the types.
test-oldest: $(VENV)-oldest/.developed
	HYPOTHESIS_PROFILE=oldest $(VENV)-oldest/bin/pytest -n auto --dist worksteal --ignore tests/integration/test_typing.py \
		--ignore tests/property/test_stories.py --ignore tests/property/test_fuzz.py

$(VENV)-oldest/.developed: pyproject.toml tests/oldest.txt
	$(PYTHON) -m venv $(VENV)-oldest
	$(VENV)-oldest/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint tests/oldest.txt
	@touch $@

check: $(VENV)/.developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

diagrams: $(VENV)/.installed
	$(BIN)/callfsm diagram -o diagrams

# Every Mermaid text by the real renderer, in a headless Chromium (its own, when none is installed): `build/pictures/*.svg`.
.PHONY: pictures
PICTURES = $(VENV)-pictures
pictures: $(VENV)/.developed $(PICTURES)/.installed
	CHROMIUM=$$(cat $(PICTURES)/.chromium) $(BIN)/python tests/pictures.py $(PICTURES)/node_modules/mermaid/dist/mermaid.min.js build/pictures

$(PICTURES)/.installed:
	mkdir -p $(PICTURES)
	npm install --silent --no-save --fetch-retries 1 --fetch-retry-mintimeout 1000 --prefix $(PICTURES) mermaid@11 || { \
		echo "make pictures: the Mermaid renderer cannot be had: it needs npm, and a way to the npm registry" >&2; exit 1; }
	{ command -v chromium || command -v chromium-browser || command -v google-chrome || { \
		npm install --silent --no-save --fetch-retries 1 --fetch-retry-mintimeout 1000 --prefix $(PICTURES) \
			mermaid@11 @puppeteer/browsers@2 >&2 && \
		$(PICTURES)/node_modules/.bin/browsers install chrome-headless-shell@stable --path $(PICTURES)/browsers >&2 && \
		find $(abspath $(PICTURES))/browsers -name chrome-headless-shell -type f; } || { \
		echo "make pictures: no Chromium is installed, and none can be downloaded: install one, or let this reach the network" >&2; \
		exit 1; }; } > $(PICTURES)/.chromium
	@touch $@

# The events of the log, from their own table.
docs/log.md: $(VENV)/.installed callfsm/log_events.py
	$(BIN)/python -c 'from callfsm.log_events import log_document; print(log_document(), end="")' > $@

# The reference of everything that can be imported, from the docstrings, into build/docs/.
docs: $(VENV)/.developed
	$(BIN)/pdoc --docformat google --output-directory build/docs callfsm callfsm.client callfsm.configuration callfsm.overview callfsm.call \
		callfsm.commands callfsm.hearing callfsm.action callfsm.message callfsm.event callfsm.errors callfsm.builders callfsm.embedding \
		callfsm.shapes callfsm.constants callfsm.statistics callfsm.log callfsm.log_events callfsm.diagrams callfsm.flow callfsm.transport callfsm.line callfsm.simulator

# What the simulator serves, from its own tables.
docs/simulator.md: $(VENV)/.installed callfsm/simulator/coverage.py
	$(BIN)/python -c 'from callfsm.simulator.coverage import coverage; print(coverage(), end="")' > $@

# Random programs, callers and faults, until a promise breaks: `make stories N=100000`, or one again: `make stories SEED=123`.
stories: $(VENV)/.developed
	PYTHONPATH=tests $(BIN)/python -m stories.run $(if $(SEED),--seed $(SEED),$(or $(N),5000))

# Hostile frames into a client in memory, as many as are wanted: `make fuzz N=1000000`.
.PHONY: fuzz
fuzz: $(VENV)/.developed
	PYTHONPATH=tests $(BIN)/python -m fuzz.run $(or $(N),50000)

# Twenty thousand calls of one client, and the memory that it takes.
.PHONY: soak
soak: $(VENV)/.installed
	$(BIN)/python bench/soak.py $(or $(N),20000)

# A thousand calls at once while one handler waits for a reply that never comes: how soon is each answered?
.PHONY: arrivals
arrivals: $(VENV)/.installed
	$(BIN)/python bench/arrivals.py

# How many calls a second the simulator serves on one core.
.PHONY: simulator
simulator: $(VENV)/.installed
	$(BIN)/python bench/simulator.py $(or $(N),5000)

# A thousand calls of ten minutes each in virtual time: how long does that take? `make hours QUESTIONS=10` asks more in each.
.PHONY: hours
hours: $(VENV)/.installed
	$(BIN)/python bench/hours.py 1000 $(or $(QUESTIONS),5)

# callfsm, the official client and two floors under the same load; the table goes to bench/results.md. It takes half an hour.
.PHONY: bench bench-quick bench-gate
BENCH = $(VENV)-bench
bench: $(BENCH)/.installed
	$(BENCH)/bin/python bench/compare.py --output bench/results.md

# The same with less of everything, in under three minutes.
bench-quick: $(BENCH)/.installed
	$(BENCH)/bin/python bench/compare.py --quick

# Whether callfsm's ratios to the official client are what they were; `make bench-gate RECORD=1` writes down what they are.
bench-gate: $(BENCH)/.installed
	$(BENCH)/bin/python bench/gate.py $(if $(RECORD),--record)

$(BENCH)/.installed: pyproject.toml bench/requirements.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --editable . --requirement bench/requirements.txt
	@touch $@

# A thousand reconnects over a line that fails in every way: descriptors and tasks before and after.
.PHONY: reconnects
reconnects: $(VENV)/.developed
	$(BIN)/python tests/chaos/reconnects.py

# Other people's clients against the simulator; needs package registries and Node, so it is no part of `make test`.
interop: $(VENV)/.installed
	$(PYTHON) -m venv $(VENV)-interop
	$(VENV)-interop/bin/pip install --quiet signalwire-sdk
	npm install --silent --no-save --prefix $(VENV)-interop/node '@signalwire/realtime-api@4'
	$(BIN)/python tests/interop/run.py $(VENV)-interop/bin/python $(abspath $(VENV)-interop/node/node_modules)

# What this client and the official one keep, promise by promise; it writes docs/promises.md.
promises: $(VENV)/.installed
	@test -x $(VENV)-interop/bin/pip || $(PYTHON) -m venv $(VENV)-interop
	@$(VENV)-interop/bin/python -c 'import signalwire.relay' 2>/dev/null || $(VENV)-interop/bin/pip install --quiet signalwire-sdk
	$(BIN)/python tests/interop/promises $(VENV)-interop/bin/python

# Calls of every kind over real sockets while everything fails: `make chaos SECONDS=60`, or one again: `make chaos SEED=7`.
chaos: $(VENV)/.developed
	$(BIN)/python tests/chaos/load.py --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1)

clean:
	rm -rf $(VENV) $(VENV)-interop $(VENV)-oldest $(VENV)-pictures $(VENV)-bench build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

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
