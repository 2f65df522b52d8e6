"""What a secretary asks around a meeting, over the stream of a real service with a real sound card."""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meeting.domain.events import Custody
from meeting.home import Home
from meeting.stream.client import CommandRefused
from meeting.stream.messages import (
    Devices,
    Export,
    LevelOf,
    ListMeetings,
    NewMeeting,
    Readiness,
    Start,
    Stop,
    TrySentence,
    Verify,
)
from tests.integration.test_amending import asking, serving
from tests.sound_card import SoundCard, sound_card, sweep, write_wav

AGENDA = """
title: 局长办公会议
body: 机关事务管理局局长办公会
date: 2026-03-09
place: 三楼𠮷会议室
recording: "off"
outcomes: [同意, 缓议]
items:
  - {number: 1, title: 审议整改方案}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundCard]:
    with sound_card() as card:
        card.play(write_wav(tmp_path_factory.mktemp("声音") / "sweep.wav", sweep(120.0)))
        yield card


async def test_a_meeting_is_made_begun_ended_checked_and_written_out_over_the_wire(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "议程 一.yaml"
    file.write_text(AGENDA, "utf-8")
    async with serving(home) as service, asking(home) as stream:
        made: Any = await stream.command(NewMeeting(id="1", path=str(file)))
        meeting = made["id"]
        assert await stream.command(NewMeeting(id="1", path=str(file))) == made, "made once for its id"
        listed: Any = await stream.command(ListMeetings(id="2"))
        assert [(one["id"], one["state"], one["place"], one["items"]) for one in listed["meetings"]] == [
            (meeting, "scheduled", "三楼𠮷会议室", 1)
        ]
        assert await stream.command(Start(id="3", meeting=meeting, who="王芳")) == {"meeting": meeting}
        assert await stream.command(Start(id="4", meeting=meeting)) == {"meeting": meeting}
        orders = [one for one in service.records.log(meeting).all() if isinstance(one, Custody)]
        assert [(one.order, one.recording, one.by) for one in orders] == [("start", "off", "王芳")]
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Devices(id="5"))
        assert refused.value.code == "meeting_running"
        await stream.command(Stop(id="6"))
        async with asyncio.timeout(120):
            while service.session is not None:
                await asyncio.sleep(0.05)
        async with asking(home) as later:
            found: Any = await later.command(Verify(id="7", meeting=meeting))
            assert (found["ok"], found["faults"]) == (True, [])
            written: Any = await later.command(Export(id="8", meeting=meeting, format="md"))
            assert "审议整改方案" in base64.b64decode(written["content"]).decode("utf-8")
            with pytest.raises(CommandRefused) as refused:
                await later.command(Start(id="9", meeting=meeting))
            assert refused.value.code == "meeting_ended"


@pytest.mark.mic
async def test_microphones_are_listed_and_listened_to_before_a_meeting(home: Home, card: SoundCard) -> None:
    async with serving(home), asking(home) as stream:
        found: Any = await stream.command(Devices(id="1", device="pulse"))
        assert "pulse" in [one["name"] for one in found["devices"]]
        async with asyncio.timeout(120):
            level: Any = None
            while level is None or level["level_dbfs"] is None or level["level_dbfs"] < -60:
                level = await stream.command(LevelOf(id="2", device="pulse"))
        checks: Any = await stream.command(Readiness(id="3", device="pulse"))
        told = {one["name"]: one["ok"] for one in checks["checks"]}
        assert told.keys() == {"model", "disk", "index", "microphone"} and told["index"] and told["microphone"]


@pytest.mark.mic
@pytest.mark.model
async def test_a_test_sentence_is_understood_and_leaves_nothing(
    home: Home, card: SoundCard, model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home) as service, asking(home) as stream:
        monkeypatch.setattr(service._desk, "_find_model", lambda name: model_path)
        heard: Any = await stream.command(TrySentence(id="1", device="pulse", seconds=2.0))
        assert isinstance(heard["text"], str) and heard["level_dbfs"] > -60
        assert not list(service.records.meetings.all())
    assert not [path for path in home.folder.rglob("*") if path.suffix in (".pcm", ".wav", ".flac", ".journal")]
