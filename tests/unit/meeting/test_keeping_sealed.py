"""A meeting whose sound is sealed already, taken up by another service."""

import asyncio
from pathlib import Path

import numpy as np

from asr.journal import JournalReader, JournalWriter
from meeting.home import Home
from meeting.keeping import Keeper
from meeting.records import Records
from meeting.store.meetings import RunOptions
from tests.unit.meeting.store_homes import AGENDA


def test_sealed_sound_starts_no_recorder(tmp_path: Path) -> None:
    home = Home(tmp_path / "家")
    home.prepare()
    records = Records(home)
    try:
        meeting = records.meetings.get(records.meetings.add(AGENDA))
        home.make_journal(meeting.id)
        with JournalWriter(home.journal(meeting.id)) as writer:
            writer.append(np.ones(1600, np.int16))
            writer.seal("stopped")
        keeper = Keeper(records, meeting, RunOptions(source="mic"), JournalReader(home.journal(meeting.id)))
        recording = asyncio.run(keeper.open())
        assert not recording.alive() and recording.state() is None
    finally:
        records.close()
