"""The processes that are measured: one builds an index, another one opens it and searches, as a program just begun.

python -m ui.bench.search.probe build|search JOB OUT
"""

import sys
import time

_STARTED = time.perf_counter()

from itertools import islice  # noqa: E402  (what is imported is part of the start)
from pathlib import Path  # noqa: E402

import msgspec  # noqa: E402

from search.documents import Query, Within  # noqa: E402
from search.index import SearchIndex  # noqa: E402
from ui.bench.search.queries import Asked, Sampled  # noqa: E402

_AT_ONCE = 5000
_OF_A_DAY = 1000


class Job(msgspec.Struct, kw_only=True):
    """What to do: `passages` made ones and the files of `archive` are built into `index`; or `asked` is asked there."""

    index: str
    passages: int = 0
    archive: str | None = None
    asked: tuple[Asked, ...] = ()
    sampled: tuple[Sampled, ...] = ()


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """`resumed` documents were there already; `text_bytes` are those of all passages, in UTF-8."""

    seconds: float
    documents: int
    passages: int
    text_bytes: int
    resumed: int
    peak_bytes: int


class Answered(msgspec.Struct, frozen=True):
    """One query's time, and the first documents."""

    ms: float
    total: int
    ids: tuple[str, ...]


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """`first_ms` from the program's first line to the first answer; `missed` are sampled pieces that were not found."""

    first_ms: float
    answers: tuple[Answered, ...]
    missed: tuple[str, ...]
    rss_bytes: int
    peak_bytes: int


def build(job: Job) -> Built:
    """Builds, or goes on where it was broken off: documents are stored in their order."""
    from ui.bench.search import archive, corpus

    began = time.perf_counter()
    with SearchIndex.open(Path(job.index), finish=False) as index:
        there = index.count()
        all_made = list(corpus.documents(job.passages))
        if job.archive is not None:
            all_made += archive.documents(Path(job.archive))
        began = time.perf_counter()
        rest = islice(all_made, there, None)
        while some := list(islice(rest, _AT_ONCE // 20)):
            index.replace(some, fold=False)
        index.fold()
    texts = [passage.text for document in all_made for passage in document.passages]
    return Built(
        seconds=time.perf_counter() - began,
        documents=len(all_made),
        passages=len(texts),
        text_bytes=sum(len(text.encode()) for text in texts),
        resumed=there,
        peak_bytes=_memory("VmHWM"),
    )


def search(job: Job) -> Searched:
    """The first query as the program begins; then the others, warm: texts in memory, each query for the first time."""
    with SearchIndex.open(Path(job.index)) as index:
        first = job.asked[0]
        _ask(index, first)
        first_ms = (time.perf_counter() - _STARTED) * 1000
        index.warm()
        _ask(index, Asked(kind="", text="zhidu"))
        answers = tuple(_ask(index, one) for one in job.asked)
        rss = _memory("VmRSS")
        missed = tuple(one.piece for one in job.sampled if not _finds(index, one))
        return Searched(
            first_ms=first_ms, answers=answers, missed=missed, rss_bytes=rss, peak_bytes=_memory("VmHWM")
        )


def _ask(index: SearchIndex, asked: Asked) -> Answered:
    within = Within(bodies=asked.bodies, kinds=("record",)) if asked.bodies else None
    query = Query(text=asked.text, date_from=asked.date_from, date_to=asked.date_to, within=within)
    began = time.perf_counter()
    results = index.search(query)
    took = (time.perf_counter() - began) * 1000
    return Answered(took, results.total, tuple(hit.id for hit in results.hits))


def _finds(index: SearchIndex, sampled: Sampled) -> bool:
    day = sampled.date or None
    results = index.search(Query(text=f'"{sampled.piece}"', date_from=day, date_to=day, limit=_OF_A_DAY))
    return not results.note and sampled.document in [hit.id for hit in results.hits]


def _memory(name: str) -> int:
    """A line of this process's status, in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


def main(what: str, job: str, out: str) -> None:
    """Does a job and leaves its figures as JSON."""
    wanted = msgspec.json.decode(Path(job).read_bytes(), type=Job)
    done = build(wanted) if what == "build" else search(wanted)
    Path(out).write_bytes(msgspec.json.encode(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
