# Two commands for a newcomer: `make demo` and `make test`. Each sets up .venv by itself; nothing has to be installed by hand.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
READY := .venv/.ready

.PHONY: demo test spark test-slow soak test-real lint format bench lock clean help

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(PYTHON) -c "open('$(READY)', 'w').close()"

demo: $(READY)  ## run the main job on the embedded pair of systems
	$(BIN)/readiness demo

test: $(READY)  ## all tests but those that take minutes or need a real system
	$(BIN)/python -m pytest -n 3 --dist worksteal

spark: $(READY)  ## Spark as a second engine beside the embedded one (400 MB; needs Java 17), for the tests that compare both
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps --no-build-isolation -r requirements-spark.lock

test-slow: $(READY)  ## tests that take minutes: the package installed elsewhere, processes killed at random moments
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

soak: $(READY)  ## whatever takes longer than a change can wait for: every crash point, every switchable fault, a mutant for each criterion of the wire, a hundred times Ctrl-C
	READINESS_CTRL_C=100 $(BIN)/python -m pytest -n 2 -m "slow or soak"

test-real: $(READY)  ## tests against real systems (the first call installs them: eight minutes)
	$(BIN)/python -m pytest -m real -rs tests/real

lint: $(READY)  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)  ## bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## speed, side by side with peers
	$(BIN)/python -m benchmarks

LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	--strip-extras --allow-unsafe

lock: $(READY)  ## pin the dependencies anew
	$(LOCK) --extra dev --output-file requirements.lock pyproject.toml
	$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" \
		| $(LOCK) --no-annotate --no-header --constraint requirements.lock --output-file requirements-spark.lock -

clean:  ## remove what the commands above made
	rm -rf .venv dist build readiness-demo .pytest_cache .mypy_cache .ruff_cache
