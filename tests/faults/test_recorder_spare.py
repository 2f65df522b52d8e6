"""A recorder that is killed is replaced at once by one that waited for it, deaf until then."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from asr.journal import JournalReader
from asr.recording import Recording
from asr.spare import Spare, gone, keep_recording
from tests.faults.figures import Figure, keep, rounded
from tests.faults.often import LOADED_S
from tests.sound_card import sound_card, sweep, write_wav

READY_S = 30.0


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "录音"
    yield folder
    if recording := Recording.adopt(folder):
        recording.order("stop", "test")
        recording.wait(60)


@pytest.fixture
def spare():
    spare = ready(Spare())
    yield spare
    spare.close()


def ready(spare: Spare) -> Spare:
    """Waits until it sleeps at its input with everything loaded."""
    await_sleep(psutil.Process(spare.pid))
    assert spare.alive()
    return spare


def await_sleep(process: psutil.Process) -> None:
    """Waits until a process has computed something, and does no more: it waits for neither a processor nor a disk."""
    until, quiet = time.monotonic() + READY_S, 0
    while time.monotonic() < until and quiet < 4:
        before = process.cpu_times()
        time.sleep(0.1)
        rests = process.status() == psutil.STATUS_SLEEPING and process.cpu_times() == before
        quiet = quiet + 1 if rests and sum(before[:2]) > 0.02 else 0


async def await_samples(folder, after: int) -> None:
    while JournalReader(folder).end_sample <= after:
        await asyncio.sleep(0.005)


@pytest.mark.mic
async def test_death_of_a_recorder_with_a_spare_costs_a_moment(folder, tmp_path):
    with sound_card() as card:
        recording = await asyncio.to_thread(Recording.launch, folder)
        card.play(write_wav(tmp_path / "sweep.wav", sweep(20.0)))
        reader, back_s = JournalReader(folder), list[float]()
        for kills in range(1, 4):
            spare = await asyncio.to_thread(lambda: ready(Spare()))
            seen = asyncio.create_task(gone(recording))
            await await_samples(folder, reader.end_sample)
            os.kill(recording.state().pid, signal.SIGKILL)
            killed_at, had = time.monotonic(), reader.end_sample
            await asyncio.wait_for(seen, LOADED_S)
            recording = await asyncio.to_thread(recording.relaunch, spare)
            await await_samples(folder, had)
            back_s.append(time.monotonic() - killed_at)
            assert back_s[-1] < LOADED_S
            gaps = reader.gaps()
            assert [gap.reason for gap in gaps] == ["recorder_restart"] * kills
            assert gaps[-1].samples / 16_000 <= LOADED_S
            assert spare.pid is None and recording.state().pid != 0
        lost_s = rounded(gap.samples / 16_000 for gap in reader.gaps())
        fault = "kill -9 of a recorder at a microphone, the spare at hand"
        keep(Figure(fault=fault, times=3, lost_s=lost_s, sound_s=rounded(back_s)))
        # Media time is still the time of day.
        end = reader.end_sample
        assert abs(reader.wall_time(end) / 1e9 - reader.started_at_ns / 1e9 - end / 16_000) < 0.1


@pytest.mark.mic
def test_spare_has_no_device_open_and_is_small(spare):
    with sound_card() as card:
        waiting = ready(Spare())
        listed = subprocess.run(["pactl", "list", "short", "source-outputs"], capture_output=True, text=True)
        # The one listener is the card's own.
        assert len(listed.stdout.splitlines()) == 1, card
        process = psutil.Process(waiting.pid)
        assert process.memory_info().rss < 60 * 2**20
        assert not [file for file in process.open_files() if file.path.endswith(".smj")]
        waiting.close()


def test_spare_ends_with_whoever_started_it(tmp_path):
    script = "from asr.spare import Spare; import time; print(Spare().pid, flush=True); time.sleep(60)"
    starter = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    starter.stdout.close()
    until = time.monotonic() + 60
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_spare_records_what_it_is_given(folder, tmp_path, spare):
    pid = spare.pid
    clip = write_wav(tmp_path / "clip.wav", sweep(1.0))
    recording = Recording.launch(folder, str(clip), pace="4", spare=spare)
    assert recording.state().pid == pid
    assert recording.wait(60) and JournalReader(folder).end_sample == 16_000
    assert Recording.launch(folder, str(clip), spare=spare).wait(60), "one that was taken is no spare"


def test_spare_that_died_is_no_hindrance(folder, tmp_path, spare):
    pid = spare.pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    clip = write_wav(tmp_path / "clip.wav", sweep(1.0))
    recording = Recording.launch(folder, str(clip), pace="4", spare=spare)
    assert recording.state().pid != pid
    assert recording.wait(60) and JournalReader(folder).end_sample == 16_000


async def test_recorder_that_is_dead_already_is_gone_at_once(folder, tmp_path):
    clip = write_wav(tmp_path / "clip.wav", sweep(1.0))
    recording = await asyncio.to_thread(Recording.launch, folder, str(clip), None, "8")
    await asyncio.wait_for(gone(recording), 60)
    await asyncio.wait_for(gone(recording), 60)
    await asyncio.wait_for(gone(Recording(folder)), 60)


async def test_recording_is_kept_going_until_it_is_sealed(folder, tmp_path):
    clip = write_wav(tmp_path / "clip.wav", sweep(20.0))
    recording = await asyncio.to_thread(Recording.launch, folder, str(clip))
    replaced: list[Recording] = []
    keeping = asyncio.create_task(keep_recording(recording, replaced.append))
    for kills in (1, 2):
        await asyncio.sleep(1.0)
        os.kill(recording.state().pid, signal.SIGKILL)
        while len(replaced) < kills:
            await asyncio.sleep(0.02)
        await await_samples(folder, JournalReader(folder).end_sample)
    replaced[-1].order("stop", "王芳")
    await asyncio.wait_for(keeping, 60)
    reader = JournalReader(folder)
    assert reader.sealed and reader.gaps() == []
    assert np.array_equal(reader.read(0, reader.end_sample), sweep(20.0)[: reader.end_sample])
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    assert not [child for child in living if "--spare" in child.cmdline()]
