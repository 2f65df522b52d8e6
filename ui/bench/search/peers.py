"""Other engines on the same corpus and queries: each driven by a program of its own, in an environment of its own.

A folder of peers holds `drive_NAME.py` and `setup_NAME.sh` for each, as for the recognition; the set-up prints the
interpreter to use as its last line, the driver is called with CORPUS QUERIES OUT FOLDER.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from search.columns import date_number
from search.documents import Document
from ui.bench.asr.peers import Peer
from ui.bench.errors import SystemFailed
from ui.bench.search.queries import Asked
from ui.bench.search.results import System, latencies, qualities

_FIRST, _LAST = 0, 99_999_999


class _Answer(msgspec.Struct):
    ms: float
    total: int
    ids: list[str]


class _Figures(msgspec.Struct):
    name: str
    build_s: float
    index_bytes: int
    peak_bytes: int
    answers: list[_Answer | None]


def measure(
    peer: Peer, made: Sequence[Document], asked: Sequence[Asked], real: Sequence[Document], known: Sequence[Asked]
) -> System:
    """A peer's times on the made corpus, and how well it answers on the real one. Raises SystemFailed."""
    timed = _drive(peer, made, asked)
    times = [None if one is None else (one.ms, one.total) for one in timed.answers]
    figures = System(
        name=timed.name,
        build_s=timed.build_s,
        index_bytes=timed.index_bytes,
        latencies=latencies(asked, times),
        peak_bytes=timed.peak_bytes,
    )
    if not known:
        return figures
    answers = [one.ids if one else [] for one in _drive(peer, real, known).answers]
    return msgspec.structs.replace(figures, qualities=qualities(known, answers))


def _drive(peer: Peer, documents: Sequence[Document], asked: Sequence[Asked]) -> _Figures:
    with TemporaryDirectory(prefix="meeting-bench-") as name:
        folder = Path(name)
        corpus, queries, out, index = (folder / one for one in ("corpus", "queries", "out", "index"))
        index.mkdir()
        with corpus.open("wb") as file:
            for document in documents:
                file.writelines(_passages(document))
        queries.write_bytes(b"".join(_query(one) for one in asked))
        command = [
            peer.interpreter,
            str(peer.folder / f"drive_{peer.name}.py"),
            *map(str, (corpus, queries, out, index)),
        ]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise SystemFailed(
                system=peer.name, why=(done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
            )
        return msgspec.json.decode(out.read_bytes(), type=_Figures)


def _passages(document: Document) -> list[bytes]:
    head = {"doc": document.id, "kind": document.kind, "body": document.body, "title": document.title}
    day = date_number(document.date)
    return [msgspec.json.encode({**head, "date": day, "text": one.text}) + b"\n" for one in document.passages]


def _query(asked: Asked) -> bytes:
    row = {
        "terms": asked.terms,
        "date_from": date_number(asked.date_from or "") or _FIRST,
        "date_to": date_number(asked.date_to or "", "99") or _LAST,
    }
    return msgspec.json.encode(row) + b"\n"
