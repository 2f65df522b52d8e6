"""The event log: every fact of a meeting, in order, with the projections kept true in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from meeting.domain.events import (
    Action,
    AgendaChanged,
    Decision,
    End,
    Event,
    Gap,
    ItemEntry,
    ItemMoved,
    Note,
    Segment,
    Sharing,
    StoredEvent,
)
from meeting.domain.notes import standing_notes
from meeting.domain.state import moved
from meeting.errors import MeetingUnknown
from meeting.store.chain import ChainFault, Head, Link, chain, first_fault
from meeting.store.engine import reading, refusing, writing
from meeting.store.projections import Rows
from meeting.store.tables import actions, decisions, events, items, meetings, segments

T = TypeVar("T")


PROJECTIONS = (segments, items, decisions, actions)


class Stored(msgspec.Struct, frozen=True):
    """A committed event, the bytes that go over the wire for it, and its hash (`chain.py`)."""

    event: StoredEvent
    body: bytes
    hash: str = ""


class EventLog:
    """The log of one meeting. One service writes; anybody may read.

    Every method may raise a StoreError; a refused append has written nothing.
    """

    def __init__(self, engine: Engine, meeting_id: str) -> None:
        self._engine = engine
        self._id = meeting_id
        self._name = engine.url.render_as_string()

    def append(self, facts: list[Event], cut_sample: int | None = None, after: int | None = None) -> list[Stored]:
        """Commits `facts` together, on disk when this returns; `cut_sample` moves on in the same transaction.

        With `after`, only where that is still the newest seq: else nothing is written, and nothing returned.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with refusing(self._name), writing(self._engine) as connection:
            newest = self._newest(connection, writes=True)
            if after is not None and after != newest.seq:
                return []
            stored = []
            for seq, fact in enumerate(facts, newest.seq + 1):
                event: Any = msgspec.structs.replace(fact, seq=seq, at=at)
                body = msgspec.json.encode(event)
                newest = Head(seq, chain(newest.hash, self._id, seq, at, body))
                stored.append(Stored(event, body, newest.hash))
            self._write(connection, stored)
            values: dict[str, Any] = {"last_seq": newest.seq, "last_hash": newest.hash}
            if cut_sample is not None:
                values["cut_sample"] = cut_sample
            if any(isinstance(fact, End) for fact in facts):
                values["state"] = "closed"
            connection.execute(update(meetings).where(meetings.c.id == self._id).values(values))
        return stored

    def _newest(self, connection: Connection, writes: bool = False) -> Head:
        query = select(meetings.c.last_seq, meetings.c.last_hash).where(meetings.c.id == self._id)
        row = connection.execute(query.with_for_update() if writes else query).first()
        if row is None:
            raise MeetingUnknown(meeting=self._id)
        return Head(*row)

    def _write(self, connection: Connection, stored: list[Stored]) -> None:
        if not stored:
            return
        connection.execute(
            insert(events),
            [
                {
                    "meeting_id": self._id,
                    "seq": one.event.seq,
                    "at": one.event.at,
                    "type": one.event.__struct_config__.tag,
                    "body": one.body.decode(),
                    "hash": one.hash,
                }
                for one in stored
            ],
        )
        for one in stored:
            self._project(connection, one)

    def _project(self, connection: Connection, one: Stored) -> None:
        event, body = one.event, one.body.decode()
        match event:
            case Segment():
                self._revise(connection, segments, event.segment_id, event.seq, body)
            case Decision():
                self._revise(connection, decisions, event.decision_id, event.seq, body)
            case Action():
                self._revise(connection, actions, event.action_id, event.seq, body)
            case AgendaChanged():
                connection.execute(delete(items).where(items.c.meeting_id == self._id))
                for entry in event.items:
                    self._put(connection, items, entry.item_id, event.seq, msgspec.json.encode(entry).decode())
            case ItemMoved():
                self._move(connection, event)
            case _:
                pass

    def _move(self, connection: Connection, event: ItemMoved) -> None:
        where = (items.c.meeting_id == self._id, items.c.item_id == event.item_id)
        body = connection.execute(select(items.c.body).where(*where)).scalar_one_or_none()
        if body is not None:
            entry = moved(msgspec.json.decode(body, type=ItemEntry), event)
            self._put(connection, items, entry.item_id, event.seq, msgspec.json.encode(entry).decode())

    def _revise(self, connection: Connection, table: Table, key: str, seq: int, body: str) -> None:
        """The highest revision stands; of two with the same number, the later. What was removed stays as removed."""
        name = list(table.primary_key.columns)[1]
        query = select(table.c.body).where(table.c.meeting_id == self._id, name == key)
        known = connection.execute(query).scalar_one_or_none()
        if known is None or _revision(body) >= _revision(known):
            self._put(connection, table, key, seq, body)

    def _put(self, connection: Connection, table: Table, key: str, seq: int, body: str) -> None:
        name = list(table.primary_key.columns)[1]
        connection.execute(delete(table).where(table.c.meeting_id == self._id, name == key))
        connection.execute(insert(table), {"meeting_id": self._id, name.name: key, "seq": seq, "body": body})

    def after(self, seq: int, limit: int = 10_000) -> list[bytes]:
        """The stored events with a higher seq, as they first went over the wire, at most `limit`."""
        query = (
            select(events.c.body)
            .where(events.c.meeting_id == self._id, events.c.seq > seq)
            .order_by(events.c.seq)
            .limit(limit)
        )
        with refusing(self._name), self._engine.connect() as connection:
            return [body.encode() for body in connection.execute(query).scalars()]

    def all(self) -> list[StoredEvent]:
        """Every event of the meeting, typed."""
        found: list[StoredEvent] = []
        while batch := self.after(found[-1].seq if found else 0):
            found += [msgspec.json.decode(body, type=StoredEvent) for body in batch]
        return found

    def segment(self, segment_id: str) -> Segment | None:
        """The newest revision of one segment; None when there is none or its text was removed."""
        query = select(segments.c.body).where(
            segments.c.meeting_id == self._id, segments.c.segment_id == segment_id
        )
        with refusing(self._name), self._engine.connect() as connection:
            body = connection.execute(query).scalar_one_or_none()
        found = msgspec.json.decode(body, type=Segment) if body is not None else None
        return found if found is not None and found.text else None

    def last_seq(self) -> int:
        """The seq of the newest event, 0 before the first."""
        return self.newest().seq

    def newest(self) -> Head:
        """The seq and the hash of the newest event."""
        with refusing(self._name), self._engine.connect() as connection:
            return self._newest(connection)

    def verify(self) -> ChainFault | None:
        """The first event that was changed, removed or added behind the log's back; None when all is as written."""
        with self.moment() as moment:
            return first_fault(self._id, moment.links(), moment.newest)

    @contextmanager
    def moment(self) -> Iterator["Moment"]:
        """The whole log and its projections as they are at one moment, whoever writes meanwhile."""
        with refusing(self._name), reading(self._engine) as connection:
            yield Moment(connection, self._id, self._newest(connection))

    def state(self) -> "State":
        """The projections at one seq, read in one transaction."""
        with refusing(self._name), reading(self._engine) as connection:
            seq = self._newest(connection).seq
            spoken = [one for one in self._bodies(connection, segments, Segment) if one.text]
            return State(
                seq=seq,
                segments=tuple(sorted(spoken, key=lambda one: (one.start_ms, one.segment_id))),
                items=self._items(connection),
                decisions=tuple(one for one in self._bodies(connection, decisions, Decision) if not one.withdrawn),
                actions=tuple(self._bodies(connection, actions, Action)),
                gaps=tuple(self._typed(connection, "gap", Gap)),
                sharing=tuple(self._typed(connection, "sharing", Sharing)),
                notes=standing_notes(self._typed(connection, "note", Note)),
            )

    def items(self) -> tuple[ItemEntry, ...]:
        """The items as they stand, in the order of the agenda; none before the meeting has begun."""
        with refusing(self._name), reading(self._engine) as connection:
            return self._items(connection)

    def decisions(self) -> tuple[Decision, ...]:
        """The decisions that stand."""
        with refusing(self._name), reading(self._engine) as connection:
            return tuple(one for one in self._bodies(connection, decisions, Decision) if not one.withdrawn)

    def sharing(self) -> tuple[Sharing, ...]:
        """To whom what is said was shown, and from when not."""
        with refusing(self._name), reading(self._engine) as connection:
            return tuple(self._typed(connection, "sharing", Sharing))

    def _items(self, connection: Connection) -> tuple[ItemEntry, ...]:
        """As they stand, in the order of the agenda."""
        agendas = self._typed(connection, "agenda", AgendaChanged)
        entries = {entry.item_id: entry for entry in self._bodies(connection, items, ItemEntry)}
        return tuple(entries[entry.item_id] for entry in agendas[-1].items) if agendas else ()

    def _bodies(self, connection: Connection, table: Table, kind: type[T]) -> list[T]:
        rows = connection.execute(select(table.c.body).where(table.c.meeting_id == self._id)).scalars()
        return [msgspec.json.decode(body, type=kind) for body in rows]

    def _typed(self, connection: Connection, tag: str, kind: type[T]) -> list[T]:
        query = select(events.c.body).where(events.c.meeting_id == self._id, events.c.type == tag)
        return [
            msgspec.json.decode(body, type=kind)
            for body in connection.execute(query.order_by(events.c.seq)).scalars()
        ]


def _revision(body: str) -> int:
    return msgspec.json.decode(body, type=_Revised).rev


class _Revised(msgspec.Struct):
    rev: int


class Moment:
    """A log at one moment; good only inside `EventLog.moment`."""

    def __init__(self, connection: Connection, meeting_id: str, newest: Head) -> None:
        self._connection, self._id, self.newest = connection, meeting_id, newest

    def links(self) -> Iterator[Link]:
        """The chain, event by event."""
        query = select(events.c.seq, events.c.at, events.c.body, events.c.hash).where(
            events.c.meeting_id == self._id
        )
        for seq, at, body, hash_ in self._connection.execute(query.order_by(events.c.seq)):
            yield Link(seq, at, body.encode(), hash_)

    def types(self) -> dict[int, str]:
        """The type that the table has for each event, by seq."""
        query = select(events.c.seq, events.c.type).where(events.c.meeting_id == self._id)
        return {seq: type_ for seq, type_ in self._connection.execute(query)}

    def projections(self) -> dict[str, Rows]:
        """The rows of each projection table."""
        found: dict[str, Rows] = {}
        for table in PROJECTIONS:
            key = list(table.primary_key.columns)[1]
            query = select(key, table.c.seq, table.c.body).where(table.c.meeting_id == self._id)
            rows = self._connection.execute(query)
            found[table.name] = {one: (seq, body.encode()) for one, seq, body in rows}
        return found


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting's projections at `seq`."""

    seq: int
    segments: tuple[Segment, ...]
    items: tuple[ItemEntry, ...]
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]
    gaps: tuple[Gap, ...]
    sharing: tuple[Sharing, ...] = ()
    notes: tuple[Note, ...]
