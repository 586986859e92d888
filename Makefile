# Two commands: `make dashboard` and `make lab`. Everything they need goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
# Options handed on: make dashboard ARGS="--port 8900"
ARGS ?=
# The first Python that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$python" && break; done)

PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Built without isolation: the builder, too, is the pinned one. Python compiles what it loads, which
# is a small part of all.
INSTALL := $(PIP) install --quiet --no-compile --constraint constraints.txt
# As many tests at once as there are cores, but no more than memory allows: each may have a server,
# its kernels and a browser. Those who are done take over what others have still before them.
PARALLEL := --numprocesses=logical --maxprocesses=8 --dist=worksteal
# A browser's tests wait half of their time, for servers, kernels and the page.
MORE := $(shell expr `getconf _NPROCESSORS_ONLN` + 1)
IN_BROWSER := --numprocesses=$(MORE) --maxprocesses=8 --dist=worksteal
# The cells of a notebook share its kernel.
BY_FILE := --numprocesses=logical --maxprocesses=8 --dist=loadfile
# The first keep one core busy at most, and run two at a time. Where make can, it prints what each
# says in one piece.
CHECKS := types lint docstrings imports notebooks
TESTS := unit browser
STEPS := $(CHECKS) $(TESTS)
WHOLE := $(if $(filter output-sync,$(.FEATURES)),--output-sync)

# $(call step,name,command): a step that fails says which one it was.
step = @printf '\n== %s\n' '$(1)'; $(2) || { status=$$?; \
	printf '\n== failed: %s (make %s)\n' '$(1)' '$@' >&2; exit $$status; }

.DELETE_ON_ERROR:
.PHONY: help dashboard lab install test $(STEPS) chromium java search pins clean

help:
	@echo 'make dashboard  publish the starter journeys with Voila on this machine'
	@echo 'make lab        open them in JupyterLab'
	@echo 'make test       run every check; one by one: $(STEPS)'
	@echo 'make search     look for examples that contradict the tests: new ones, and many more'
	@echo 'make install    only make .venv, with everything in it'
	@echo 'make pins       choose the versions in constraints.txt anew'
	@echo 'make clean      remove what make has made'

dashboard: $(VENV)/app
	@$(BIN)/cvjkit dashboard $(ARGS)

lab: $(VENV)/app
	@$(BIN)/cvjkit lab $(ARGS)

install: $(VENV)/test

test: $(VENV)/test
	@$(MAKE) --no-print-directory --jobs=2 $(WHOLE) $(VENV)/spark $(CHECKS)
	@for step in $(TESTS); do $(MAKE) --no-print-directory $$step || exit 1; done
	@printf '\n== all passed: %s\n' '$(STEPS)'

lint: $(VENV)/test
	$(call step,format,$(BIN)/ruff format --check)
	$(call step,lint,$(BIN)/ruff check)
	$(call step,lint of scripts,$(BIN)/oxlint --deny-warnings cvjkit)

types: $(VENV)/test
	$(call step,types,$(BIN)/mypy)

imports: $(VENV)/test
	$(call step,import contract,$(BIN)/lint-imports --no-logo)

# Dozens of processes load the same modules: each would compile them anew.
unexport PYTHONDONTWRITEBYTECODE
# Tests see the project and .venv, not what this user has configured for Jupyter.
unit notebooks browser: export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter/config
unit notebooks browser: export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter/data
unit notebooks browser: export IPYTHONDIR := $(CURDIR)/.cache/ipython

unit: $(VENV)/test $(VENV)/spark java
	$(call step,unit tests and doctests,$(BIN)/pytest --quiet $(PARALLEL) --ignore=tests/browser)

# pytest itself fails where it finds no notebook.
notebooks: $(VENV)/test
	$(call step,notebooks,$(BIN)/pytest --quiet $(BY_FILE) --nbval-lax --nbval-current-env \
		--nbval-cell-timeout=120 notebooks dashboards)

browser: $(VENV)/test chromium
	$(call step,browser tests,$(BIN)/pytest --quiet $(IN_BROWSER) tests/browser)

# Tests of properties try the same examples each time; here they draw new ones, and many more.
search: $(VENV)/test
	$(call step,search,$(BIN)/pytest --quiet $(PARALLEL) --hypothesis-profile=search \
		--ignore=tests/browser tests)

# Not asked for: DOC111, which forbids a type in words beside a name; DOC502 and DOC503, which know
# only what a function itself raises, while a user also meets what is raised further down.
docstrings: $(VENV)/test
	$(call step,docstrings,! { $(BIN)/pydoclint --quiet cvjkit \
		--show-filenames-in-every-violation-message true 2>&1 \
		| grep DOC | grep --invert-match --extended-regexp 'DOC(111|502|503)'; })

chromium: $(VENV)/test
	$(call step,a browser,$(BIN)/python -m tests.browser.chromium)

java: $(VENV)/test
	$(call step,a Java,$(BIN)/python -m tests.measurement.java)

$(VENV)/made:
	@test -n "$(PYTHON)" || { \
		echo "cvjkit needs Python 3.11 or newer, and there is none on the PATH." >&2; \
		echo "Install one (Debian, Ubuntu: sudo apt-get install python3 python3-venv)," >&2; \
		echo "or name one: make PYTHON=/where/it/is/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "cvjkit needs Python 3.11 or newer; $(PYTHON) is not." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make an environment: its venv module is missing." >&2; \
		echo "On Debian and Ubuntu type: sudo apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

$(VENV)/builder: $(VENV)/made constraints.txt
	@echo 'Installing into $(VENV); the first time takes a minute or two.'
	@$(INSTALL) hatchling editables
	@touch $@

$(VENV)/app: $(VENV)/builder pyproject.toml
	@$(INSTALL) --no-build-isolation --editable '.[app,measure]'
	@touch $@

$(VENV)/test: $(VENV)/builder pyproject.toml
	@$(INSTALL) --no-build-isolation --editable '.[app,measure,test]'
	@touch $@ $(VENV)/app

# Half a gigabyte, which only the tests of measuring on a cluster need: it comes beside the checks.
$(VENV)/spark: $(VENV)/test
	@$(INSTALL) pyspark
	@touch $@

# uv finds one version of each package that suits every Python from 3.11 on, which pip cannot;
# a pin for what a system does not need does no harm there, so conditions are cut off. From 4.25 on
# jsonschema compiles a grammar in each process that loads Jupyter or nbval: the server of a dashboard
# took 7 s of a processor to start instead of 3.
pins: $(VENV)/made
	@"$(PYTHON)" -m venv --clear .cache/pins
	@.cache/pins/bin/python -m pip install --quiet uv
	@printf 'hatchling\neditables\njsonschema<4.25\n' | .cache/pins/bin/uv pip compile --quiet --upgrade --universal \
		--fork-strategy fewest --all-extras --no-annotate --no-header --no-emit-index-url \
		--no-emit-find-links pyproject.toml - --output-file .cache/constraints.txt
	@{ echo '# The exact versions the tests ran with. Made by: make pins'; \
		sed 's/ *;.*//' .cache/constraints.txt; } > constraints.txt

clean:
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
		build dist
	find cvjkit tests -name __pycache__ -type d -prune -exec rm -rf {} +
