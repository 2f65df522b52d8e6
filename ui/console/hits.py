"""The answer of a look-up (contract 1's search JSON) as typed values."""

from typing import Any

import msgspec

from meeting.memory.facts import Origin


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One passage. `highlights` are [start, end) in code points of `text`; `date` is ISO 8601 or empty."""

    id: str = ""
    kind: str = ""
    meeting_id: str | None = None
    item: str | int | None = None
    date: str | None = None
    title: str | None = None
    speaker: str | None = None
    text: str = ""
    highlights: tuple[tuple[int, int], ...] = ()
    source: str | None = None
    start_ms: int | None = None
    passage_id: str = ""
    item_title: str = ""
    sounds_alike: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found. `total` counts documents, of which `hits` are the best."""

    query: str = ""
    total: int = 0
    took_ms: float = 0
    hits: tuple[Hit, ...] = ()
    facets: dict[str, dict[str, int]] = {}
    note: str = ""
    suggestions: tuple[str, ...] = ()


def hit_of(source: Origin, text: str) -> Hit:
    """Where something is known from, as a hit that can be read."""
    return Hit(
        id=source.document_id,
        passage_id=source.passage_id,
        kind=source.kind,
        meeting_id=source.meeting_id,
        item=source.item,
        item_title=source.item_title,
        date=source.date,
        title=source.title,
        text=text,
        source=source.path,
        start_ms=source.start_ms,
    )


def read_found(result: Any) -> Found:
    """Reads a `search` command's result; raises `msgspec.ValidationError` when it is not one."""
    return msgspec.convert(result, Found, strict=False)
