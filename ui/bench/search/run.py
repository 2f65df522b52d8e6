"""Builds, searches, and drives the peers, one after the other; every engine in processes of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from search.documents import Document
from ui.bench.asr.peers import names, prepare
from ui.bench.demand import Demand
from ui.bench.errors import SystemFailed
from ui.bench.machine import Machine, Others, look
from ui.bench.search import archive, corpus, peers
from ui.bench.search.demands import demands
from ui.bench.search.parts import parts
from ui.bench.search.probe import Built, Job, Searched
from ui.bench.search.queries import Asked, queries, substrings
from ui.bench.search.results import OURS, Part, Quality, System, latencies, qualities
from ui.locale import explain

Tell = Callable[[str], None]
_OF_EACH_KIND, _SUBSTRINGS = 60, 1000
_T = TypeVar("_T")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured: made passages, a folder of real files, peers; the index lies in `folder` and stays there."""

    passages: int
    archive: Path | None = None
    peers: Path | None = None
    folder: Path | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run. `text_bytes`: all passages in UTF-8; `resumed` documents were in the index already."""

    machine: Machine
    passages: int
    documents: int
    text_bytes: int
    resumed: int
    parts: tuple[Part, ...]
    systems: tuple[System, ...]
    missed: tuple[str, ...]
    demands: tuple[Demand, ...] = ()
    failures: tuple[str, ...] = ()


def run(order: Order, tell: Tell) -> Report:
    """Measures all that is ordered. Raises BenchError where our own engine could not be measured."""
    failures = list[str]()
    with TemporaryDirectory(prefix="meeting-bench-") as name:
        work = Path(name)
        index = order.folder or work / "index"
        made = list(corpus.documents(order.passages))
        real = archive.documents(order.archive) if order.archive else []
        known = archive.asked(order.archive) if order.archive else []
        asked, sampled = queries(made, _OF_EACH_KIND), substrings([*made, *real], _SUBSTRINGS)
        tell(f"{OURS} · {order.passages} passages")
        others = Others()
        built = _probe("build", Job(index=str(index), passages=order.passages, archive=_path(order)), Built, work)
        taken = others.cores(built.seconds)
        tell(f"{OURS} · {len(asked)} queries")
        job = Job(index=str(index), asked=tuple(asked), sampled=tuple(sampled))
        searched = _probe("search", job, Searched, work)
        ours = System(
            name=OURS,
            build_s=None if built.resumed else built.seconds,
            index_bytes=sum(path.stat().st_size for path in index.rglob("*") if path.is_file()),
            latencies=latencies(asked, [(one.ms, one.total) for one in searched.answers]),
            qualities=_answered(order, known, work),
            first_ms=searched.first_ms,
            rss_bytes=searched.rss_bytes,
            peak_bytes=searched.peak_bytes,
            other_cores=taken,
        )
        found = parts(index)
        compared = _peers(order, made, asked, real, known, tell, failures)
    return Report(
        machine=look(),
        passages=built.passages,
        documents=built.documents,
        text_bytes=built.text_bytes,
        resumed=built.resumed,
        parts=found,
        systems=(ours, *compared),
        missed=searched.missed,
        demands=demands(ours, found, built.text_bytes, len(searched.missed), len(sampled)),
        failures=tuple(failures),
    )


def _answered(order: Order, known: list[Asked], work: Path) -> tuple[Quality, ...]:
    """How well the real files are found, in an index of their own."""
    if not known:
        return ()
    index = work / "archive"
    _probe("build", Job(index=str(index), archive=_path(order)), Built, work)
    answers = _probe("search", Job(index=str(index), asked=tuple(known)), Searched, work).answers
    return qualities(known, [one.ids for one in answers])


def _path(order: Order) -> str | None:
    return str(order.archive) if order.archive else None


def _probe(what: str, job: Job, type_: type[_T], work: Path) -> _T:
    order, out = work / "job.json", work / "out.json"
    order.write_bytes(msgspec.json.encode(job))
    command = [sys.executable, "-m", "ui.bench.search.probe", what, str(order), str(out)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise SystemFailed(system=OURS, why=(done.stderr.strip().splitlines() or [str(done.returncode)])[-1])
    return msgspec.json.decode(out.read_bytes(), type=type_)


def _peers(
    order: Order,
    made: list[Document],
    asked: list[Asked],
    real: list[Document],
    known: list[Asked],
    tell: Tell,
    failures: list[str],
) -> list[System]:
    found = []
    for name in names(order.peers) if order.peers else ():
        tell(name)
        try:
            found.append(peers.measure(prepare(order.peers or Path(), name), [*made, *real], asked, real, known))
        except SystemFailed as error:
            failures.append(explain(error))
    return found
