"""A meeting at a microphone, paused twice and backed up while it runs: the record and its copy are as written."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from asr.journal import JournalReader
from meeting.home import Home
from tests.conftest import DEMO, Cli
from tests.sound_card import SoundCard, sound_card

pytestmark = [pytest.mark.mic, pytest.mark.model, pytest.mark.usefixtures("model_path")]


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    with sound_card() as card:
        yield card


def test_no_sound_of_the_pauses_is_kept_and_the_copy_is_whole(cli: Cli, card: SoundCard, tmp_path: Path) -> None:
    cli.environment |= card.environment
    sound, rate = soundfile.read(DEMO / "meeting.flac", stop=20 * 16_000)
    soundfile.write(tmp_path / "clip.wav", sound, rate)
    meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
    child = cli.start("run", meeting, "--no-console", "--device", "pulse")
    cli.serving(child, meeting)
    time.sleep(0.5)
    card.play(tmp_path / "clip.wav")
    for number in range(2):
        time.sleep(1.5)
        assert cli("pause").returncode == 0
        if number == 0:
            assert cli("backup", tmp_path / "备份").returncode == 0
        time.sleep(2.5)
        assert cli("resume").returncode == 0
    time.sleep(1.0)
    assert cli("stop").returncode == 0
    assert child.wait(60) == 0
    found = cli.json("verify", meeting)
    assert (found["ok"], found["faults"], found["off_spans"], found["backups"]) == (True, [], 3, 1)
    other = tmp_path / "另一个家"
    assert cli("restore", tmp_path / "备份", "--into", other).returncode == 0
    assert cli("verify", meeting, "--home", other).returncode == 0
    copied, whole = (JournalReader(Home(one).journal(meeting)) for one in (other, cli.home))
    assert 0 < copied.end_sample < whole.end_sample
