"""The tables. `events` is the truth; `segments`, `items`, `decisions` and `actions` are projections of it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 4
"""Of these tables. Who changes them adds the step from the version before to `migrations/versions`."""

metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
"""`epoch` (the id of this event log) and `schema` (the version that its tables have)."""

meetings = Table(
    "meetings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("date", String(10), nullable=False),
    Column("state", String(16), nullable=False),
    Column("agenda", Text, nullable=False),
    Column("agenda_folder", Text, nullable=False, default=""),
    Column("created_at", String(32), nullable=False),
    Column("run", Text),
    Column("audio_started_at", String(32)),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("cut_sample", BigInteger, nullable=False, default=0),
    Column("last_hash", String(64), nullable=False, server_default=""),
    Column("sound_chain", String(64), nullable=False, server_default=""),
)
"""`run` is how sound comes in (JSON), kept so that another service can go on; `cut_sample` is where recognition
resumes: everything before it is committed. `last_seq` and `last_hash` are those of the newest event; `sound_chain`
is the end of the chain over the sealed sound, empty before it was sealed."""

events = Table(
    "events",
    metadata,
    Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("type", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False, server_default=""),
)
"""`body` is the event as it goes over the wire, to the byte; `hash` ties it to the event before (`chain.py`)."""


def _projection(name: str, key: str) -> Table:
    return Table(
        name,
        metadata,
        Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
        Column(key, String(40), primary_key=True),
        Column("seq", Integer, nullable=False),
        Column("body", Text, nullable=False),
    )


segments = _projection("segments", "segment_id")
items = _projection("items", "item_id")
decisions = _projection("decisions", "decision_id")
actions = _projection("actions", "action_id")

archive = Table(
    "archive",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("path", Text, nullable=False),
    Column("imported_at", String(32), nullable=False),
    Column("body", Text, nullable=False),
)
"""Imported documents: `id` is the sha256 of the file's content, `body` the document that the index is built from."""

words = Table(
    "words",
    metadata,
    Column("body", String(200), primary_key=True),
    Column("text", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("learnt", Integer, nullable=False, default=0),
    Column("by", String(64), nullable=False),
    Column("added_at", String(32), nullable=False),
)
"""The word list of each body (会议主体): what its meetings will speak of. `learnt` 1 came from a correction by hand."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("clearance", String(8), nullable=False),
    Column("name", String(64), nullable=False),
    Column("meeting_id", String(32)),
    Column("item", Integer),
    Column("body", Text),
    Column("made_at", String(32), nullable=False),
    Column("expires_at", String(32)),
    Column("revoked_at", String(32)),
)
"""What opens the stream besides `service.json`: `digest` is the sha256 of the token, which itself is kept nowhere."""

openings = Table(
    "openings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("meeting_id", String(32), nullable=False),
    Column("what", String(16), nullable=False),
)
"""Who has opened the record of a meeting, or its sound, and when; a row is only ever added."""

Index("tokens_by_digest", tokens.c.digest)
Index("openings_by_meeting", openings.c.meeting_id, openings.c.at)
Index("events_by_type", events.c.meeting_id, events.c.type)
