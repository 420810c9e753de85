# One command each. PYTHON is the Python to begin with; PORT and DATA are the demo's.
PYTHON ?= python3
PORT ?= 8000
DATA ?= demo-data
RUN = .venv/bin/python

.PHONY: demo demo-fresh test browser check bench lock run-environment dev-environment

demo: run-environment
	@.venv/bin/soundings demo --port $(PORT) --data $(DATA)

demo-fresh: run-environment
	@.venv/bin/soundings demo --port $(PORT) --data $(DATA) --fresh

test: dev-environment
	@$(RUN) -m pytest

browser: dev-environment
	@$(RUN) -m pytest -m browser_long

check: dev-environment
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(RUN) tools/no_hosts.py

bench: dev-environment
	@$(RUN) -m tests.bench

lock: dev-environment
	@sh tools/lock.sh

run-environment:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make PYTHON=python3.12 demo"; exit 2; }
	@$(PYTHON) tools/environment.py run

dev-environment:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make PYTHON=python3.12 test"; exit 2; }
	@$(PYTHON) tools/environment.py dev browser
