"""Each event holds a hash over the one before, and each meeting that of its newest event; bodies have word lists."""

import hashlib

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"

# As they are at this version, whatever becomes of them later.
_meetings = sa.table("meetings", sa.column("id"), sa.column("last_hash"))
_events = sa.table("events", *(sa.column(name) for name in ("meeting_id", "seq", "at", "body", "hash")))


def upgrade() -> None:
    """Adds what is missing, and chains the events that there are as they stand."""
    connection = op.get_bind()
    op.add_column("events", sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    op.add_column("meetings", sa.Column("last_hash", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "words",
        sa.Column("body", sa.String(200), primary_key=True),
        sa.Column("text", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("learnt", sa.Integer, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
        if_not_exists=True,
    )
    for meeting_id in connection.execute(sa.select(_meetings.c.id)).scalars().all():
        newest = _chain_events(connection, meeting_id)
        connection.execute(sa.update(_meetings).where(_meetings.c.id == meeting_id).values(last_hash=newest))


def _chain_events(connection: sa.Connection, meeting_id: str) -> str:
    """Gives each event of a meeting its hash; returns that of the newest."""
    before = ""
    mine = _events.c.meeting_id == meeting_id
    query = sa.select(_events.c.seq, _events.c.at, _events.c.body).where(mine).order_by(_events.c.seq)
    for seq, at, body in connection.execute(query).all():
        head = msgspec.json.encode((before, meeting_id, seq, at))
        before = hashlib.sha256(head + b"\n" + body.encode()).hexdigest()
        connection.execute(sa.update(_events).where(mine, _events.c.seq == seq).values(hash=before))
    return before
