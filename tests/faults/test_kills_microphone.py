"""A whole meeting at the microphone: its recorder killed, its microphone pulled out; each gap is short and told."""

import time
from pathlib import Path

import pytest

from asr.journal import JournalReader
from asr.recording import Recording
from tests.faults.figures import Figure, keep, rounded
from tests.faults.held import RATE_HZ, Held, Record, Watcher, kill_at_random, recoveries, until
from tests.faults.often import KILLS, KILLS_A_MEETING, LOADED_S, LOST_AT_MOST_S
from tests.scoring import recognizable
from tests.sound_card import ROOM, sound_card, write_wav
from ui.bench.scoring import error_rate

pytestmark = [pytest.mark.mic, pytest.mark.model, pytest.mark.usefixtures("model_path")]
SECONDS = 8.0
OPENING = "同志们，现在开会。"


def recognized_anew(cli, record: Record, path: Path) -> Record:
    """The same sound, gaps and all, recognized with nothing going wrong."""
    held = Held(cli, write_wav(path, record.sound), pace="3")
    held.await_end()
    again = held.record()
    held.close()
    return again


@pytest.mark.parametrize("kills", KILLS)
def test_recorder_killed_at_the_microphone_costs_a_second_at_most(kills, clip, new_cli, chance, tmp_path) -> None:
    at_most_s = LOST_AT_MOST_S if kills > KILLS_A_MEETING else LOADED_S
    for number in range(kills // KILLS_A_MEETING):
        with sound_card() as card:
            cli = new_cli()
            held = Held(cli, "mic", **card.environment)
            playing = card.play(clip(SECONDS))
            with Watcher(held) as watcher:
                made = kill_at_random(held, "recorder", KILLS_A_MEETING, SECONDS - 2.0, chance)
                playing.wait(SECONDS + 5)
            assert cli("stop", timeout=60).returncode == 0
            held.await_end()
        record = held.record()
        again = recognized_anew(new_cli(), record, tmp_path / f"again{number}.wav")
        lost = [(gap.end_ms - gap.start_ms) / 1000 for gap in record.gaps]
        keep(
            Figure(
                fault="kill -9 of the recorder, sound from a microphone",
                times=len(made.at),
                lost_s=rounded(lost),
                sound_s=rounded(recoveries(watcher, made, "recorded")),
                text_s=rounded(recoveries(watcher, made, "recognized")),
                cer=(round(error_rate(again.text, record.text), 4),),
            )
        )
        held.assert_whole(*made.committed)
        # One that is killed before its first sound leaves no gap of its own: the one before it goes on.
        assert {gap.reason for gap in record.gaps} == {"recorder_restart"}
        assert 1 <= len(lost) <= len(made.at) and max(lost) <= at_most_s * (1 + len(made.at) - len(lost))
        assert record.ids == again.ids and error_rate(again.text, record.text) <= 0.01
        assert_time_is_exact(held.journal)
        held.close()


def assert_time_is_exact(folder: Path) -> None:
    """Media time is still the time of day."""
    reader = JournalReader(folder)
    end = reader.end_sample
    assert abs(reader.wall_time(end) / 1e9 - reader.started_at_ns / 1e9 - end / RATE_HZ) < 0.1


def test_microphone_pulled_out_in_a_meeting_is_a_gap_and_the_text_goes_on_after_it(clip, new_cli) -> None:
    with sound_card() as card:
        cli = new_cli()
        held = Held(cli, "mic", **card.environment)
        card.play(clip(6.5)).wait(60)
        card.unload_sinks()
        pulled_at, committed = time.monotonic(), held.links()
        until(lambda: Recording(held.journal).state().state == "no_device")
        time.sleep(1.0)
        card.load(ROOM)
        plugged_at = time.monotonic()
        until(lambda: Recording(held.journal).state().state == "recording")
        back_s = time.monotonic() - plugged_at
        card.play(clip(6.5)).wait(60)
        assert cli("stop", timeout=60).returncode == 0
        held.await_end()
    record = held.record()
    held.assert_whole(committed)
    (gap,) = record.gaps
    assert gap.reason == "device_lost"
    keep(
        Figure(
            fault="microphone pulled out, and plugged in again",
            lost_s=rounded([(gap.end_ms - gap.start_ms) / 1000 - (plugged_at - pulled_at)]),
            sound_s=rounded([back_s]),
            found="lost: beyond the time it was out",
        )
    )
    texts = [(segment.start_ms, segment.text) for segment in held.records.log(held.meeting).state().segments]
    assert recognizable(OPENING, "".join(text for start, text in texts if start < gap.start_ms))
    assert recognizable(OPENING, "".join(text for start, text in texts if start >= gap.end_ms))
    assert_time_is_exact(held.journal)
    held.close()
