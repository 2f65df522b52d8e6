"""The process that reads files which nobody vouches for: `python -m search.extract.worker`.

It owns nothing and writes nothing. Its memory and the time for each file are limited, so that a file made to harm
costs that file and no more; it ends when its input does.
"""

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import msgspec

from models.refusal import Refusal
from search.errors import FileTooDemanding
from search.extract.files import read_limited, truncated
from search.extract.orders import (
    LENGTH_BYTES,
    MEMORY_MB,
    SECONDS,
    Answer,
    Listed,
    Order,
    Refused,
    packed,
    path_of,
)
from search.extract.reading import extract_content
from search.extract.zipped import member_content, members

try:
    import resource
except ImportError:  # pragma: no cover - where a process has no such limits the caller's clock remains
    resource = None  # type: ignore[assignment] # absent there, and checked before use

NICENESS = 10


def main() -> None:
    """Answers orders from stdin on stdout until there are none."""
    # Whoever speaks, writes or searches meanwhile comes first.
    os.nice(NICENESS)
    _limit_memory()
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    # What a library prints must not stand among the answers.
    sys.stdout = sys.stderr
    while order := _next(orders):
        _limit_time()
        answer = _answer(order)
        answers.write(packed(answer))
        answers.flush()
        if answer.last:
            return


def _next(orders: BinaryIO) -> Order | None:
    length = orders.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    return msgspec.msgpack.decode(orders.read(int.from_bytes(length, "big")), type=Order)


def _answer(order: Order) -> Answer:
    name = Path(order.shown)
    try:
        if order.want == "members":
            return Answer(members=_members(order, name))
        content = _content(order.path) if order.way else read_limited(path_of(order))
        return Answer(text=extract_content(member_content(content, order.way, name), name))
    except Refusal as refusal:
        return Answer(refused=Refused.of(_shown(refusal, order)))
    except MemoryError:
        _content.cache_clear()
        too_much = FileTooDemanding(path=order.shown, seconds=SECONDS, limit_mb=MEMORY_MB)
        return Answer(refused=Refused.of(too_much), last=True)
    # The top of this process's one task: no file, whatever a library makes of it, ends the import of the others.
    except Exception:
        return Answer(refused=Refused.of(truncated(name)))


@lru_cache(maxsize=1)
def _content(path: bytes) -> bytes:
    """An archive, kept while its files are asked for one after the other."""
    return read_limited(Path(os.fsdecode(path)))


def _members(order: Order, name: Path) -> tuple[Listed, ...]:
    return tuple(
        Listed(one.way, one.name, one.sha256, Refused.of(one.refusal) if one.refusal else None)
        for one in members(_content(order.path), name)
    )


def _shown(refusal: Refusal, order: Order) -> Refusal:
    return type(refusal)(**refusal.facts | {"path": order.shown})


def _limit_memory() -> None:
    if resource is not None:
        _limit(resource.RLIMIT_AS, MEMORY_MB * 2**20)


def _limit_time() -> None:
    """The system ends the process that computes for longer, also when nobody is there any more to end it."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + SECONDS)


def _limit(kind: int, wanted: int) -> None:
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


if __name__ == "__main__":
    main()
