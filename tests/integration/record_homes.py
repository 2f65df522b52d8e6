"""Homes with real records: meetings with events and a journal, made without a microphone."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from asr.journal import JournalWriter
from asr.journal_records import RATE_HZ
from meeting.domain.events import AgendaChanged, Custody, End, Event, Segment
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.records import Records
from meeting.store.meetings import RunOptions
from tests.unit.meeting.store_homes import AGENDA, said

MIC = RunOptions(source="mic")
_NS = 1_000_000_000


def tone(seconds: float, seed: int = 0) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Sound that is nowhere zero and differs by its seed."""
    noise = np.random.default_rng(seed).integers(500, 3000, round(seconds * RATE_HZ))
    return noise.astype(np.int16)


def begun(home: Path, run: RunOptions = MIC) -> tuple[Records, str]:
    """A home with one open meeting that has its first events and no sound yet."""
    records = Records(Home(home).prepare())
    meeting = records.meetings.add(AGENDA)
    records.meetings.begin(meeting, run)
    items = AgendaState.from_agenda(AGENDA).items
    records.log(meeting).append(
        [AgendaChanged(items=items, by="王芳"), Custody(recording="keep", order="start", by="王芳")]
    )
    return records, meeting


def ns_of(event: Event) -> int:
    """The time of day of an event."""
    since = datetime.fromisoformat(event.at) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(since.total_seconds() * 1000) * 1_000_000


def recorded(
    records: Records, meeting: str, seconds: float, wall_ns: int | None = None, sealed: bool = False
) -> Path:
    """Appends sound to a meeting's journal; returns its folder."""
    folder = records.home.make_journal(meeting)
    with JournalWriter(folder, part_samples=10 * RATE_HZ) as writer:
        writer.append(tone(seconds, writer.end_sample), wall_ns)
        if sealed:
            writer.seal("stopped")
    return folder


def ended(home: Path, seconds: float = 25) -> tuple[Records, str]:
    """A home with a meeting that is over: text, a decision's worth of events, and its finished journal."""
    records, meeting = begun(home)
    log = records.log(meeting)
    begins = ns_of(log.all()[-1])
    recorded(records, meeting, seconds, begins - int(seconds * _NS), sealed=True)
    log.append([said(1, "现在开会𠮷。"), said(2, "同意。"), said(2, "原则同意。", rev=2)], cut_sample=32_000)
    log.append([Custody(recording="off", order="stop", by="王芳"), End(reason="stopped")])
    return records, meeting


def texts(records: Records, meeting: str) -> list[str]:
    """The texts of the segments as they were said and reworded."""
    return [event.text for event in records.log(meeting).all() if isinstance(event, Segment)]
