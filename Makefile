# Two commands do everything: `make run` and `make test`. Both set up first; nothing is done twice.
BIN := .venv/bin

.PHONY: run test setup setup-test check lock

run: setup
	@$(BIN)/meeting demo

test: setup-test check
	@$(BIN)/pytest --cov --cov-report=term

setup:
	@scripts/setup.sh

setup-test:
	@scripts/setup.sh test

check: setup-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

# Renews both locks and LICENSES.md from pyproject.toml.
lock:
	@scripts/lock.sh
