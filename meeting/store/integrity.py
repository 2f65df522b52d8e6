"""Is a database whole? Its pages and indexes, what its rows refer to, and the number of events of each meeting."""

from sqlalchemy import Connection, Engine, func, select

from meeting.errors import StoreDamaged
from meeting.store.engine import reading, refusing
from meeting.store.tables import events, meetings
from models.refusal import N_


def check_store(engine: Engine) -> None:
    """Raises StoreDamaged, and what the database refuses. Reads all of it: some seconds for many years of meetings."""
    name = (engine.url.database or "").rsplit("/", 1)[-1]
    with refusing(engine.url.render_as_string()), reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            _check_pages(connection, name)
        counted = (
            select(events.c.meeting_id, func.count().label("count"), func.max(events.c.seq).label("newest"))
            .group_by(events.c.meeting_id)
            .subquery()
        )
        query = select(meetings.c.id, meetings.c.last_seq, counted.c.count, counted.c.newest).outerjoin(
            counted, counted.c.meeting_id == meetings.c.id
        )
        for meeting_id, last_seq, count, newest in connection.execute(query):
            if (count or 0, newest or 0) != (last_seq, last_seq):
                raise StoreDamaged(file=name, why=f"{meeting_id}: {count or 0}/{last_seq}")


def _check_pages(connection: Connection, name: str) -> None:
    problems = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalars().all()
    if problems != ["ok"]:
        raise StoreDamaged(file=name, why=" ".join(str(problems[0]).split()))
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StoreDamaged(file=name, why=N_("a row speaks of a meeting that is not there"))
