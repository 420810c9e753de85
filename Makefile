# One command each. PYTHON is the Python to begin with; PORT and DATA are the demo's; BENCH is what the benches are
# told besides: make bench BENCH=--long, make bench-peers BENCH="--limit 900"; TEST is what the tests are told: make test TEST=--everywhere.
PYTHON ?= python3
PORT ?= 8000
DATA ?= demo-data
BENCH ?=
TEST ?=
SVY = svy==0.35.0
RUN = .venv/bin/python
# The tests run side by side, one process a core, and a process that has done its share takes of another's.
SIDE = -n auto --maxprocesses 8 --dist worksteal

.PHONY: demo demo-fresh test browser faults pictures check catalogues bench bench-peers lock run-environment dev-environment chromium browsers python

demo: run-environment
	@.venv/bin/soundings demo --port $(PORT) --data $(DATA)

demo-fresh: run-environment
	@.venv/bin/soundings demo --port $(PORT) --data $(DATA) --fresh

test: chromium
	@$(RUN) -m pytest $(SIDE) $(TEST)

browser: browsers
	@$(RUN) -m pytest $(SIDE) -m "browser_long and not long"

# A network that cuts at every byte, loses, repeats, reorders and stalls; and every proof that takes long.
faults: chromium
	@$(RUN) -m pytest $(SIDE) --timeout 1800 -m "faults or long"

# Every page, in all four ways it is seen, as a picture under screenshots/.
pictures: chromium
	@PICTURES=1 $(RUN) -m pytest $(SIDE) -m browser_long tests/browser/test_long_walks.py tests/browser/test_everybody.py

check: dev-environment
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(RUN) tools/no_hosts.py
	@$(RUN) tools/bare_strings.py
	@$(RUN) tools/catalogues.py --check

# Takes new sentences into every language's catalogue; what is empty there is for somebody to translate.
catalogues: dev-environment
	@$(RUN) tools/catalogues.py

bench: dev-environment
	@$(RUN) -m tests.bench $(BENCH)

# svy lives in an environment of its own; R's survey is used where there is an Rscript that has it.
bench-peers: dev-environment
	@test -e .venv-peers/$(SVY) \
	  || { $(PYTHON) -m venv --clear .venv-peers \
	    && .venv-peers/bin/python -m pip install --quiet --no-input --disable-pip-version-check $(SVY) \
	    && touch .venv-peers/$(SVY); } \
	  || { rm -rf .venv-peers; echo "$(SVY) could not be installed; going on without it" >&2; }
	@$(RUN) -m tests.bench.peers $(BENCH)

# Pins that still hold are kept; `make lock UPGRADE=--upgrade` takes the newest of everything.
lock: dev-environment
	@sh tools/lock.sh $(UPGRADE)

run-environment: python
	@$(PYTHON) tools/environment.py run

dev-environment: python
	@$(PYTHON) tools/environment.py dev

chromium: dev-environment
	@$(PYTHON) tools/environment.py chromium

# Chromium, and Firefox and WebKit for the walks in each of them.
browsers: dev-environment
	@$(PYTHON) tools/environment.py browsers

python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name yours: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
