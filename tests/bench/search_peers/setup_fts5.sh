#!/usr/bin/env bash
# SQLite's full text search is in Python itself. Prints the interpreter.
set -eu
command -v python3 >/dev/null
python3 -c "import sqlite3; sqlite3.connect(':memory:').execute(\"CREATE VIRTUAL TABLE t USING fts5(a, tokenize='trigram')\")"
command -v python3
