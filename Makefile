# make run    a catcher from this checkout, with everything it needs, in an environment of its own (.venv)
# make test   all tests, with everything they need, in random order
# make quick  the tests that need no browser, no other programs and one database engine, without the slowest
# make coverage  how much of each room the tests run
# make lint   ruff, mypy and the contract between the rooms

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= auto
PYTEST := -m pytest -n $(WORKERS) --dist worksteal

# Compiled once: tests start hundreds of processes, and pytest rewrites the assertions of each module.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test prerequisites quick coverage lint format messages lock wheel clean

run: $(VENV)/installed
	$(BIN)/catcher serve $(ARGS)

test: prerequisites $(VENV)/installed-dev
	$(BIN)/python tests/prerequisites.py install
	$(BIN)/python -m tests.clients.ensure_clients
	$(BIN)/python $(PYTEST) $(ARGS)

quick: $(VENV)/installed-dev
	CATCHER_TEST_DATABASE=sqlite $(BIN)/python $(PYTEST) -m "not browser and not foreign and not slow" $(ARGS)

coverage: prerequisites $(VENV)/installed-dev
	$(BIN)/python tests/prerequisites.py install
	$(BIN)/python -m tests.clients.ensure_clients
	$(BIN)/coverage erase
	$(BIN)/coverage run $(PYTEST) $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/python -m tests.coverage_of_rooms

prerequisites:
	@$(PYTHON) tests/prerequisites.py check

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The words of the pages, after a change of templates or of what the code of the pages says.
messages: $(VENV)/installed-dev
	$(BIN)/python -m tests.web.ui.catalogues

# The versions that are tested; run after a change of dependencies in pyproject.toml.
lock: $(VENV)/python
	$(PIP) install --quiet --upgrade --upgrade-strategy eager --group dev -e '.[fast]'
	$(PIP) freeze --exclude-editable | grep -v '^pip==' > constraints.txt

wheel: $(VENV)/installed-dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) .cache dist build

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "catcher needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) lacks its module venv; on Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet 'pip>=25.1'
	touch $@

$(VENV)/installed: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[fast]'
	$(BIN)/python -m compileall -q catcher
	touch $@

$(VENV)/installed-dev: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt --group dev -e '.[fast]'
	$(BIN)/python -m compileall -q catcher
	touch $@
