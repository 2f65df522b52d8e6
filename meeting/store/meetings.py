"""The meetings there are, and how each is run."""

import secrets
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Engine, Row, delete, insert, select, update

from meeting.domain.agenda import Agenda
from meeting.errors import MeetingAmbiguous, MeetingUnknown
from meeting.store.engine import refusing, writing
from meeting.store.tables import facts, meetings

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How sound comes into a meeting: kept so that a service started later can go on with it."""

    source: str = "mic"
    device: str | None = None
    pace: str = "realtime"
    follow_chair: bool = False
    model: str = "whisper-base"
    language: str = "zh"
    figures: bool = True
    """Spoken numbers are written as figures."""


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """A stored meeting. `state` is scheduled, open or closed; `cut_sample` is where recognition resumes; `sound_chain`
    stands for its sealed sound."""

    id: str
    title: str
    date: str
    state: str
    agenda: Agenda
    agenda_folder: str
    run: RunOptions | None
    audio_started_at: str | None
    last_seq: int
    cut_sample: int
    sound_chain: str = ""


class Meetings:
    """Reads and writes the list of meetings. Every method may raise a StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = engine.url.render_as_string()

    def epoch(self) -> str:
        """The id of this event log; a restored backup has another."""
        with refusing(self._name), self._engine.connect() as connection:
            return str(connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).scalar_one())

    def add(self, agenda: Agenda, agenda_folder: str = "") -> str:
        """Stores a new meeting and returns its id: the date and four letters nobody mixes up."""
        meeting_id = agenda.date.replace("-", "") + "-" + "".join(secrets.choice(LETTERS) for _ in range(4))
        row = {
            "id": meeting_id,
            "title": agenda.title,
            "date": agenda.date,
            "state": "scheduled",
            "agenda": msgspec.json.encode(agenda).decode(),
            "agenda_folder": agenda_folder,
            "created_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        with refusing(self._name), writing(self._engine) as connection:
            connection.execute(insert(meetings), row)
        return meeting_id

    def remove(self, meeting_id: str) -> bool:
        """Takes back a meeting that was never begun and has no event; says whether it did."""
        waits = (meetings.c.id == meeting_id) & (meetings.c.state == "scheduled") & (meetings.c.last_seq == 0)
        with refusing(self._name), writing(self._engine) as connection:
            return connection.execute(delete(meetings).where(waits)).rowcount == 1

    def all(self) -> list[Meeting]:
        """Every meeting, the newest first."""
        query = select(meetings).order_by(meetings.c.date.desc(), meetings.c.created_at.desc())
        with refusing(self._name), self._engine.connect() as connection:
            return [_meeting(row) for row in connection.execute(query)]

    def seqs(self) -> dict[str, int]:
        """The seq of each meeting's newest event: what has none newer is as it was."""
        with refusing(self._name), self._engine.connect() as connection:
            rows = connection.execute(select(meetings.c.id, meetings.c.last_seq)).all()
        return {row.id: row.last_seq for row in rows}

    def get(self, name: str) -> Meeting:
        """The meeting whose id is `name` or begins with it. Raises MeetingUnknown, MeetingAmbiguous."""
        begins = meetings.c.id.startswith(name, autoescape=True)
        with refusing(self._name), self._engine.connect() as connection:
            rows = [_meeting(row) for row in connection.execute(select(meetings).where(begins).limit(3))]
        exact = [row for row in rows if row.id == name]
        if not name or not rows:
            raise MeetingUnknown(meeting=name)
        if len(rows) > 1 and not exact:
            raise MeetingAmbiguous(meeting=name, candidates=", ".join(row.id for row in rows))
        return (exact or rows)[0]

    def named(self, meeting_id: str) -> Meeting:
        """The meeting of this very id. Raises MeetingUnknown."""
        with refusing(self._name), self._engine.connect() as connection:
            row = connection.execute(select(meetings).where(meetings.c.id == meeting_id)).first()
        if row is None:
            raise MeetingUnknown(meeting=meeting_id)
        return _meeting(row)

    def open(self) -> Meeting | None:
        """The meeting that was begun and has not ended, if there is one."""
        with refusing(self._name), self._engine.connect() as connection:
            row = connection.execute(select(meetings).where(meetings.c.state == "open").limit(1)).first()
        return _meeting(row) if row else None

    def begin(self, meeting_id: str, run: RunOptions) -> None:
        """Marks the meeting as begun, with the way its sound comes in."""
        self._set(meeting_id, state="open", run=msgspec.json.encode(run).decode())

    def rest(self, meeting_id: str) -> None:
        """Takes `begin` back: the meeting waits as before."""
        self._set(meeting_id, state="scheduled")

    def sound_began(self, meeting_id: str, at: str) -> None:
        """Keeps when the first sample was recorded (UTC with milliseconds): all media time counts from it."""
        self._set(meeting_id, audio_started_at=at)

    def sound_sealed(self, meeting_id: str, chain: str) -> None:
        """Keeps the end of the sealed sound's chain. The first stays: sound is sealed once."""
        first = (meetings.c.id == meeting_id) & (meetings.c.sound_chain == "")
        with refusing(self._name), writing(self._engine) as connection:
            connection.execute(update(meetings).where(first).values(sound_chain=chain))

    def _set(self, meeting_id: str, **values: str) -> None:
        with refusing(self._name), writing(self._engine) as connection:
            connection.execute(update(meetings).where(meetings.c.id == meeting_id).values(**values))


def _meeting(row: Row[tuple[object, ...]]) -> Meeting:
    values = row._asdict()
    return Meeting(
        agenda=msgspec.json.decode(values["agenda"], type=Agenda),
        run=msgspec.json.decode(values["run"], type=RunOptions) if values["run"] else None,
        **{key: values[key] for key in _PLAIN},
    )


_PLAIN = (
    "id",
    "title",
    "date",
    "state",
    "agenda_folder",
    "audio_started_at",
    "last_seq",
    "cut_sample",
    "sound_chain",
)
