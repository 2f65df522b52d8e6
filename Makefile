# Two commands do everything: `make run` and `make test`. Both set up first; nothing is done twice.
BIN := .venv/bin

.PHONY: run test soak whoosh3 reliability setup setup-test check lock messages reference

run: setup
	@$(BIN)/meeting demo

test: setup-test check
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term --durations=15

# What takes hours: ten minutes of each sound in which nobody speaks, thirty kills of each process, a meeting of three
# hours twice. SOAK_KILLS=6 SOAK_MINUTES=30 make soak takes less.
soak: setup-test
	@FAULT_SEED=$${FAULT_SEED:-$$(date +%s)} $(BIN)/pytest -m soak --hypothesis-profile explore --durations=15

# The search tests with whoosh3 in Whoosh's place.
whoosh3: setup-test
	@scripts/whoosh3.sh

# Makes faults and writes what they cost into docs/reliability.md; SOAK=--soak makes the long ones too.
reliability: setup-test
	@$(BIN)/python scripts/reliability.py $(SOAK)

setup:
	@scripts/setup.sh

setup-test:
	@scripts/setup.sh test

check: setup-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@MEETING_LANG=en $(BIN)/python scripts/reference.py --check
	@PYTHONPATH=. $(BIN)/python scripts/protocol.py --check

# Renews both locks and LICENSES.md from pyproject.toml.
lock:
	@scripts/lock.sh

# Writes docs/cli.md, docs/errors.md, and what docs/protocol.md says of each message, from the program.
reference: setup-test
	@MEETING_LANG=en $(BIN)/python scripts/reference.py
	@PYTHONPATH=. $(BIN)/python scripts/protocol.py

# Renews the catalogues of ui/locale from the sources, and says what has no translation yet.
messages: setup-test
	@$(BIN)/python scripts/messages.py

# Draws the pictures of the documents from the running console.
pictures: setup-test
	@MEETING_LANG=zh_CN PYTHONPATH=. $(BIN)/python scripts/pictures.py
