"""A disk that fills while a meeting runs: text and events go on, recording stops last, and all goes on by itself."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from asr.journal import JournalReader
from meeting.domain.events import End, Gap
from meeting.errors import DiskFull
from meeting.home import Home
from meeting.store.meetings import RunOptions
from meeting.stream.messages import Status
from tests.integration.test_session import end_recorder, following, serving, stored, until
from tests.integration.test_session_care import AGENDA, soon
from tests.sound_card import write_wav
from tests.unit.meeting.store_homes import small_disk

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
RESERVED, LEFT = 4_000_000, 2_000_000


def fill(path: Path, leave: int) -> None:
    """Takes the disk's room but for `leave` bytes."""
    with path.open("ab") as file, suppress(OSError):
        while (found := os.statvfs(path.parent)).f_bavail * found.f_frsize - leave >= 4096:
            file.write(bytes(min(found.f_bavail * found.f_frsize - leave, 1 << 20)))
            file.flush()


async def standing(reader: JournalReader) -> int:
    """Where the sound ends, once it has not grown for a second."""
    async with asyncio.timeout(60):
        end = -1
        while end != reader.end_sample:
            end = reader.end_sample
            await asyncio.sleep(1.0)
    return end


async def test_text_and_events_go_on_when_the_disk_is_full_and_all_does_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.home.RESERVED_BYTES", RESERVED)
    monkeypatch.setattr("meeting.keeping.LEFT_BYTES", LEFT)
    noise = np.random.default_rng(5).integers(-300, 300, 16_000 * 60).astype(np.int16)
    clip = write_wav(tmp_path / "会议.wav", noise)
    with small_disk(tmp_path / "disk", "size=32m") as disk:
        home = Home(disk / "家").prepare()
        meeting = ""
        try:
            async with serving(home) as service:
                await soon(lambda: home.reserve.kept)
                meeting = service.records.meetings.add(AGENDA)
                await service.start(meeting, RunOptions(source=str(clip), pace="4"), by="secretary")
                session = service.session
                assert session is not None
                ballast = disk / "ballast"
                reader = JournalReader(home.journal(meeting))
                await soon(lambda: reader.end_sample > 16_000)
                await asyncio.to_thread(fill, ballast, LEFT - 300_000)
                # The recorder stands still; what was reserved is given up, and it goes on with that.
                await soon(lambda: not home.reserve.kept)
                before = reader.end_sample
                await soon(lambda: reader.end_sample > before + 32_000)
                # Then everything is gone, and what is left is for the text.
                await asyncio.to_thread(fill, ballast, LEFT - 1_000_000)
                stood = await standing(reader)
                async with following(home) as stream:
                    await until(stream, lambda one: isinstance(one, Status) and one.state == "disk_full")
                await session.next("王芳")
                await asyncio.to_thread(fill, ballast, 0)
                with pytest.raises(DiskFull):
                    for _ in range(400):
                        await session.hand_over("李梅" * 30, "王芳")
                await asyncio.sleep(1.0)
                assert reader.end_sample == stood
                ballast.unlink()
                await soon(lambda: reader.end_sample > stood + 16_000)
                await session.next("王芳")
                await soon(lambda: session.ended.is_set(), 60)
                events = stored(service, meeting)
                assert isinstance(events[-1], End) and not [one for one in events if isinstance(one, Gap)]
                assert service.records.log(meeting).verify() is None
                assert reader.end_sample == len(noise)
        finally:
            end_recorder(home, meeting)


async def test_reserve_is_there_while_a_service_runs_and_no_longer(tmp_path: Path) -> None:
    home = Home(tmp_path / "家").prepare()
    async with serving(home):
        await soon(lambda: home.reserve.kept)
        assert (home.folder / "reserve").stat().st_size == 64_000_000
    assert not (home.folder / "reserve").exists()
