"""What the drivers share: reads the corpus and the queries, times each query, and leaves the figures as JSON.

    drive_NAME.py CORPUS QUERIES OUT FOLDER

CORPUS: a line for each passage (`doc`, `kind`, `body`, `title`, `date` as a number, `text`). QUERIES: a line for each
query (`terms`, all of which must occur; `date_from` and `date_to` as numbers). OUT: `name`, `build_s`, `index_bytes`,
`peak_bytes`, and an answer for each query: `ms`, `total`, `ids` of the first ten documents; null where the engine has
no way to ask it. Each query filters by date, counts documents by kind, body and year, and marks what was found.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Answer = tuple[int, list[str]]


def run(
    name: str, build: Callable[[Path, Iterable[dict[str, Any]]], Callable[[dict[str, Any]], Answer | None]]
) -> None:
    """`build` makes the index of the corpus and gives what answers a query."""
    corpus, queries, out, folder = map(Path, sys.argv[1:5])
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    began = time.perf_counter()
    ask = build(folder, rows)
    build_s = time.perf_counter() - began
    del rows
    answers = []
    for line in queries.read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        began = time.perf_counter()
        found = ask(query) if query["terms"] else None
        ms = (time.perf_counter() - began) * 1000
        answers.append(None if found is None else {"ms": ms, "total": found[0], "ids": found[1]})
    figures = {
        "name": name,
        "build_s": build_s,
        "index_bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        "peak_bytes": _peak_bytes(),
        "answers": answers,
    }
    out.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")


def _peak_bytes() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
