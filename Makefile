# make run    set up, then run the quickstart: table to leaderboard
# make test   set up, then lint, types and tests
# make soak   set up, then kills, faults of the disk and odd inputs, SECONDS of each
# All may be repeated; what is done is not done again.

PYTHON ?= python3
VENV ?= .venv
KIND := $(if $(shell command -v nvidia-smi 2>/dev/null),gpu,cpu)
REQUIREMENTS := requirements/$(KIND).txt
# The CPU list is a full lock; the GPU list leaves the rest to pip.
NO_DEPS := $(if $(filter cpu,$(KIND)),--no-deps)
TORCH_INDEX := $(if $(PODIUM_TORCH_INDEX),--extra-index-url $(PODIUM_TORCH_INDEX))
BIN := $(VENV)/bin

.PHONY: run test lint setup bench soak clean

run: setup
	$(BIN)/podium run baselines/quickstart.yaml

# A file's tests stay together: what they share is made once.
WORKERS ?= 2

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	for bench in tests/bench/*_bench.py; do $(BIN)/python $$bench || exit 1; done

SECONDS ?= 60

soak: setup
	$(BIN)/python tests/soak/soak.py $(SECONDS)

setup: $(VENV)/.ready-$(KIND)

$(VENV)/.ready-$(KIND): $(REQUIREMENTS) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile $(NO_DEPS) $(TORCH_INDEX) -r $(REQUIREMENTS)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV) runs dist build
