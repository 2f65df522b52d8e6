"""The recorder's loop under a clock that is set, and a deadline that nobody answered; its microphone is played here."""

import errno
import itertools
import os
import time
from pathlib import Path

import numpy as np
import pytest

from asr import capture, recorder_watches
from asr.capture import Recorder
from asr.journal import JournalReader, JournalWriter
from asr.journal_records import RECORD_BYTES
from asr.recorder_watches import Orders
from asr.recording import RecorderState, Recording, read_state
from asr.sources import Block

NS = 1_000_000_000
NOON_NS = 1_795_000_000_000_000_000


class Clock:
    """Time as the recorder sees it: since boot, and of day. `events` happen when their time since boot has come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.boot_ns, self.day_ns = 1_000 * NS, NOON_NS
        self.events: list[tuple[int, object]] = []
        monkeypatch.setattr(time, "time_ns", lambda: self.day_ns)
        monkeypatch.setattr(time, "monotonic", lambda: self.boot_ns / NS)
        monkeypatch.setattr(time, "sleep", lambda seconds: self.pass_by(round(seconds * NS)))
        for module in (capture, recorder_watches):
            monkeypatch.setattr(module, "boot_ns", lambda: self.boot_ns)

    def pass_by(self, ns: int) -> None:
        self.boot_ns, self.day_ns = self.boot_ns + ns, self.day_ns + ns
        while self.events and self.boot_ns >= self.events[0][0]:
            self.events.pop(0)[1]()

    def after(self, seconds: float, event: object) -> None:
        self.events.append((1_000 * NS + round(seconds * NS), event))

    def set_by(self, seconds: float) -> None:
        self.day_ns += round(seconds * NS)


class Microphone:
    """Gives 100 ms each time it is read, and counts how often it was open."""

    live = True
    opened_name = "room"

    def __init__(self, clock: Clock) -> None:
        self._clock, self.is_open, self.openings = clock, False, 0

    def open(self) -> None:
        self.is_open, self.openings = True, self.openings + 1

    def read(self, timeout: float) -> Block:
        assert self.is_open, "nobody listens to a device that is closed"
        begins_ns = self._clock.boot_ns
        self._clock.pass_by(NS // 10)
        return Block(np.full(1_600, 7, np.int16), begins_ns, 0)

    def finish(self) -> list[Block]:
        self.is_open = False
        return []

    def close(self) -> None:
        self.is_open = False


class Room:
    """A recorder in a room, run until somebody stops it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.orders = folder, Recording(folder)
        self.clock = Clock(monkeypatch)
        self.microphone = Microphone(self.clock)
        self.reader = JournalReader(folder)

    def run(self) -> None:
        state = RecorderState(pid=1, started=1, state="starting", source="mic")
        with JournalWriter(self.folder) as writer:
            Recorder(writer, self.microphone, Orders(self.folder), state).run()

    def stop_after(self, seconds: float) -> None:
        self.clock.after(seconds, lambda: self.orders.order("stop", "王芳"))


@pytest.fixture
def room(tmp_path, monkeypatch):
    return Room(tmp_path / "录音", monkeypatch)


@pytest.mark.parametrize("seconds", [3_600, -7_200, 0.13, -0.13], ids=str)
def test_clock_that_is_set_is_a_mark_and_media_time_goes_on(room, seconds):
    room.clock.after(5.0, lambda: room.clock.set_by(seconds))
    room.stop_after(10.0)
    room.run()
    (mark,) = room.reader.gaps()
    assert (mark.reason, mark.samples) == ("clock_jump", 0)
    assert room.reader.end_sample == pytest.approx(160_000, abs=1_600)
    before, after = mark.start_sample - 1_600, mark.start_sample + 1_600
    assert room.reader.started_at_ns == NOON_NS
    # Each sample has the time of day that the clock on the wall showed.
    assert room.reader.wall_time(before) == NOON_NS + before * 62_500
    assert room.reader.wall_time(after) == NOON_NS + after * 62_500 + round(seconds * NS)
    assert mark.wall_ns == pytest.approx(NOON_NS + mark.start_sample * 62_500 + round(seconds * NS), abs=1_000)


def test_clock_that_is_put_right_a_little_is_no_mark(room):
    room.clock.after(5.0, lambda: room.clock.set_by(0.05))
    room.stop_after(10.0)
    room.run()
    assert room.reader.gaps() == []


def test_device_is_closed_by_itself_when_nobody_answers_and_only_a_person_opens_it_again(room):
    told = []
    room.orders.order("record", "王芳", until_ns=NOON_NS + 5 * NS)

    def look() -> None:
        told.append((room.microphone.is_open, read_state(room.folder)))

    def answer_too_late() -> None:
        assert not room.orders.keep_until(NOON_NS + 3_600 * NS)
        room.orders.order("record", "service")

    room.clock.after(8.0, look)
    room.clock.after(9.0, answer_too_late)
    room.clock.after(11.0, look)
    room.clock.after(12.0, lambda: room.orders.order("record", "王芳", until_ns=NOON_NS + 60 * NS))
    room.clock.after(14.0, look)
    room.stop_after(16.0)
    room.run()
    assert [is_open for is_open, _ in told] == [False, False, True]
    assert [state.closed_by_itself for _, state in told] == [True, True, False]
    assert told[0][1].state == "paused" and told[0][1].opened_device is None
    (gap,) = room.reader.gaps()
    assert gap.reason == "closed_by_itself" and gap.samples / 16_000 == pytest.approx(7, abs=0.3)
    assert not room.reader.has_sound(gap.start_sample, gap.start_sample + gap.samples)
    assert room.reader.end_sample / 16_000 == pytest.approx(16, abs=0.3)


def test_somebody_who_answers_in_time_keeps_it_open(room):
    assert room.orders.keep_until(NOON_NS + 5 * NS)
    room.clock.after(4.0, lambda: room.orders.keep_until(NOON_NS + 60 * NS))
    room.stop_after(10.0)
    room.run()
    assert room.reader.gaps() == [] and room.microphone.openings == 1


@pytest.mark.parametrize("seconds", [86_400, -86_400])
def test_clock_that_is_set_does_not_move_the_deadline(room, seconds):
    room.orders.keep_until(NOON_NS + 5 * NS)
    room.clock.after(2.0, lambda: room.clock.set_by(seconds))
    room.stop_after(8.0)
    room.run()
    closed = [gap for gap in room.reader.gaps() if gap.reason == "closed_by_itself"]
    assert len(closed) == 1 and closed[0].start_sample / 16_000 == pytest.approx(5, abs=0.3)


def test_recorder_started_after_the_deadline_opens_nothing(room):
    room.orders.keep_until(NOON_NS - 1)
    room.stop_after(3.0)
    room.run()
    assert room.microphone.openings == 0 and room.reader.end_sample == 0


def test_drift_and_room_are_in_the_state(room):
    room.stop_after(70.0)
    room.run()
    state = read_state(room.folder)
    assert state.drift_ppm == pytest.approx(0, abs=0.5)
    assert state.free_bytes is not None and state.free_bytes > 0


def test_little_room_is_warned_of(room, monkeypatch):
    monkeypatch.setattr(recorder_watches, "free_bytes", lambda _: 1_999_999_999)
    room.stop_after(1.0)
    room.run()
    assert read_state(room.folder).warnings == ("disk_low",)


def test_sound_is_on_the_disk_a_second_after_it_was_spoken(room, monkeypatch):
    synced: list[int] = []
    fdatasync = os.fdatasync

    def sync(fd: int) -> None:
        synced.append(room.clock.boot_ns)
        fdatasync(fd)

    monkeypatch.setattr(os, "fdatasync", sync)
    room.stop_after(20.0)
    room.run()
    waits = [later - earlier for earlier, later in itertools.pairwise([1_000 * NS, *synced])]
    assert len(synced) > 20 and max(waits) <= NS - NS // 10


def test_device_is_not_read_while_the_disk_takes_nothing_and_nothing_is_lost(room, monkeypatch):
    pwrite, full = os.pwrite, [False]

    def write(fd: int, data: bytes, offset: int) -> int:
        if full[0] and len(data) == RECORD_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return pwrite(fd, data, offset)

    monkeypatch.setattr(os, "pwrite", write)
    states: list[str] = []
    room.clock.after(3.0, lambda: full.__setitem__(0, True))
    room.clock.after(6.0, lambda: states.append(read_state(room.folder).state))
    room.clock.after(7.0, lambda: full.__setitem__(0, False))
    room.stop_after(10.0)
    room.run()
    assert states == ["disk_full"]
    assert room.reader.read(0, 10**6).all(), "what was held back is written once there is room"
