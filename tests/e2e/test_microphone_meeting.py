"""A meeting at a microphone: what is played in the room is read on the stream, and signals end it or do not."""

import asyncio
import json
import signal
import time
from pathlib import Path

import pytest
import soundfile

from asr.journal import JournalReader
from asr.recording import Recording
from meeting.domain.events import Segment
from meeting.home import ServiceAddress
from meeting.stream.client import connect
from tests.conftest import DEMO, Cli
from tests.faults.held import until
from tests.scoring import recognizable
from tests.sound_card import sound_card

pytestmark = [pytest.mark.mic, pytest.mark.model, pytest.mark.usefixtures("model_path")]
SAID = ("现在开会", "请周敏同志汇报", "共清查办公用房三百二十六间")


@pytest.fixture(scope="module")
def card():
    with sound_card() as card:
        yield card


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """The first 20 s of the demo meeting."""
    sound, rate = soundfile.read(DEMO / "meeting.flac", stop=20 * 16_000)
    soundfile.write(tmp_path / "clip.wav", sound, rate)
    return tmp_path / "clip.wav"


async def heard(address: ServiceAddress, within_s: float) -> str:
    """The text of the stream until everything said is in it."""
    text = ""
    async with asyncio.timeout(within_s):
        async with connect(address.ws_url, address.token, after=0) as stream:
            async for message in stream:
                if isinstance(message, Segment):
                    text += message.text
                    if all(recognizable(one, text) for one in SAID):
                        return text
    return text


def begin(cli: Cli, card) -> tuple[str, object]:
    cli.environment |= card.environment
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    child = cli.start("run", meeting, "--no-console", "--device", "pulse")
    return meeting, child


def test_words_of_the_room_are_on_the_stream_and_stop_seals_the_record(cli: Cli, card, clip):
    meeting, child = begin(cli, card)
    address = cli.serving(child, meeting)
    time.sleep(0.5)
    card.play(clip)
    text = asyncio.run(heard(address, 180))
    assert all(recognizable(one, text) for one in SAID), text
    assert cli("next").stdout == "Item 1: 审议办公用房清理整改方案\n"
    assert cli.json("item", "3") == {"number": 3, "title": "研究公务用车调度办法"}
    assert cli("item", "9").returncode == 1
    assert cli("pause").returncode == 0
    until(lambda: Recording(cli.journal(meeting)).state().state == "paused")
    before = JournalReader(cli.journal(meeting)).end_sample
    time.sleep(1.0)
    assert JournalReader(cli.journal(meeting)).end_sample == before
    assert cli("resume").returncode == 0
    stopped = cli("stop")
    assert stopped.returncode == 0 and "complete" in stopped.stdout, stopped.stderr
    assert child.wait(60) == 0, child.stderr.read()
    assert JournalReader(cli.journal(meeting)).sealed
    shown = cli.json("show", meeting)
    assert shown["state"] == "closed" and shown["segments"]


def test_hanging_up_does_not_end_the_meeting_and_control_c_does(cli: Cli, card):
    meeting, child = begin(cli, card)
    cli.serving(child, meeting)
    child.send_signal(signal.SIGHUP)
    time.sleep(1.0)
    assert child.poll() is None
    assert not JournalReader(cli.journal(meeting)).sealed
    child.send_signal(signal.SIGINT)
    printed, complaints = child.communicate(timeout=120)
    assert child.returncode == 0, complaints
    assert "the meeting has ended" in printed and complaints == ""
    assert JournalReader(cli.journal(meeting)).sealed
    assert not (cli.home / "run" / "service.json").exists()


def test_a_second_signal_changes_nothing_and_the_sound_is_sealed_once(cli: Cli, card):
    meeting, child = begin(cli, card)
    cli.serving(child, meeting)
    for _ in range(3):
        child.send_signal(signal.SIGTERM)
    assert child.wait(60) == 0
    ended = [one for one in json.loads(cli("export", meeting, "--format", "json", "--json").stdout).values()]
    assert ended and JournalReader(cli.journal(meeting)).sealed
