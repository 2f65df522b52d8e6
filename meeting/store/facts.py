"""Decisions, actions and items of all meetings at once, as the room's memory needs them: no log is read through."""

import logging
from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Table, func, select

from meeting.domain.events import Action, Decision, ItemEntry, Segment
from meeting.store.engine import reading, refusing
from meeting.store.tables import actions, archive, decisions, items, meetings, segments
from search.extract.decisions import MinutesDecision
from search.extract.tasks import MinutesTask

log = logging.getLogger(__name__)

T = TypeVar("T")
_IN_ONE_QUERY = 500


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """The place of a passage in an archived document."""

    id: str
    text: str = ""
    item: int | None = None
    item_title: str = ""


class ArchivedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an archived document says of what was decided."""

    id: str
    kind: str
    title: str
    date: str = ""
    body: str = ""
    classification: str = ""
    source: str | None = None
    passages: tuple[Placed, ...] = ()
    decisions: tuple[MinutesDecision, ...] = ()
    tasks: tuple[MinutesTask, ...] = ()


class MeetingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the meetings have decided; `evidence` is where in the sound each named segment is said (ms)."""

    decisions: list[tuple[str, Decision]]
    actions: list[tuple[str, Action]]
    items: list[tuple[str, ItemEntry]]
    evidence: dict[tuple[str, str], int]


class Facts:
    """Every method may raise a StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = engine.url.render_as_string()

    def archive_state(self) -> dict[str, str]:
        """The imported documents by their sha256, each with something that changes when it does; no text is read."""
        with refusing(self._name), self._engine.connect() as connection:
            rows = connection.execute(select(archive.c.id, archive.c.imported_at).order_by(archive.c.id))
            return {row.id: row.imported_at for row in rows}

    def archived(self, wanted: Sequence[str]) -> Iterator[tuple[str, ArchivedFacts]]:
        """What imported documents say, by their sha256; one that cannot be read is left out, and the rest goes on."""
        for start in range(0, len(wanted), _IN_ONE_QUERY):
            query = select(archive.c.id, archive.c.body).where(
                archive.c.id.in_(wanted[start : start + _IN_ONE_QUERY])
            )
            with refusing(self._name), self._engine.connect() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                try:
                    yield row.id, msgspec.json.decode(row.body, type=ArchivedFacts)
                except msgspec.DecodeError as error:
                    log.warning("the memory cannot read the archived document %s: %s", row.id, error)

    def meetings_state(self) -> tuple[tuple[str, int], ...]:
        """Something that changes when a decision, an action or an item does."""
        found = []
        with refusing(self._name), reading(self._engine) as connection:
            for table in (decisions, actions, items, meetings):
                column = table.c.last_seq if table is meetings else table.c.seq
                # What was said changes nothing here, so of the meetings only their number counts.
                total = func.count() if table is meetings else func.coalesce(func.sum(column), 0)
                found.append((table.name, int(connection.execute(select(total).select_from(table)).scalar_one())))
        return tuple(found)

    def held(self) -> MeetingFacts:
        """What all meetings have decided, given people to do, and had on their agendas."""
        with refusing(self._name), reading(self._engine) as connection:
            decided = [one for one in _all(connection, decisions, Decision) if not one[1].withdrawn]
            given = [one for one in _all(connection, actions, Action) if one[1].state != "withdrawn"]
            named = {(key, one) for key, decision in decided for one in decision.evidence[:1]}
            named |= {(key, one) for key, action in given for one in action.evidence[:1]}
            return MeetingFacts(
                decisions=decided,
                actions=given,
                items=_all(connection, items, ItemEntry),
                evidence=_starts(connection, sorted(named)),
            )

    def entries(self, of: Collection[str]) -> dict[str, list[ItemEntry]]:
        """The items of these meetings as they stand; none of one that has not begun."""
        return self._by_meeting(items, ItemEntry, of)

    def standing(self, of: Collection[str]) -> dict[str, list[Decision]]:
        """The decisions of these meetings that stand."""
        found = self._by_meeting(decisions, Decision, of)
        return {key: [one for one in given if not one.withdrawn] for key, given in found.items()}

    def _by_meeting(self, table: Table, kind: type[T], of: Collection[str]) -> dict[str, list[T]]:
        found = dict[str, list[T]]()
        if of:
            with refusing(self._name), reading(self._engine) as connection:
                for key, one in _all(connection, table, kind, of):
                    found.setdefault(key, []).append(one)
        return found


def _all(
    connection: Connection, table: Table, kind: type[T], of: Collection[str] | None = None
) -> list[tuple[str, T]]:
    query = select(table.c.meeting_id, table.c.body).order_by(table.c.meeting_id, table.c.seq)
    wanted = None if of is None else frozenset(of)
    if wanted is not None and len(wanted) <= _IN_ONE_QUERY:
        query = query.where(table.c.meeting_id.in_(wanted))
    return [
        (row.meeting_id, msgspec.json.decode(row.body, type=kind))
        for row in connection.execute(query)
        if wanted is None or row.meeting_id in wanted
    ]


def _starts(connection: Connection, named: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found = {}
    ids = [segment for _, segment in named]
    wanted = set(named)
    for start in range(0, len(ids), _IN_ONE_QUERY):
        part = segments.c.segment_id.in_(ids[start : start + _IN_ONE_QUERY])
        for row in connection.execute(select(segments).where(part)):
            if (row.meeting_id, row.segment_id) in wanted:
                found[row.meeting_id, row.segment_id] = msgspec.json.decode(row.body, type=Segment).start_ms
    return found
