# make report   build the reports          make test      lint, types, tests
# make gallery  draw every kind of figure
# make test-all the long tests as well     make pins      renew constraints.txt
# Everything is set up in .venv first; nothing outside this folder is changed.

PYTHON ?= python3
BIN = .venv/bin

.PHONY: report gallery test test-all lint pins clean setup

setup:
	@$(PYTHON) scripts/setup_venv.py

report: setup
	@$(BIN)/evidence build

gallery: setup
	@$(BIN)/evidence gallery sts-calcinosis-cutis data/synthetic-example/analysis.toml

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy evidence tests benchmarks scripts/compare_results.py scripts/synthetic_review.py

# Two workers on two cores: threads of the linear algebra beside them would only wait for each other.
test test-all: export OMP_NUM_THREADS = 1
test test-all: export OPENBLAS_NUM_THREADS = 1
# Compiled tests are kept for the next run (in __pycache__, not committed), also where a shell asks for none.
test test-all: export PYTHONDONTWRITEBYTECODE =

test: lint
	@$(BIN)/pytest -q -n 2 --dist worksteal -m "not slow"

test-all: lint
	@$(BIN)/pytest -q -n 2 --dist worksteal

pins:
	@$(PYTHON) scripts/setup_venv.py --renew-pins

clean:
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache
