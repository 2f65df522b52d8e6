"""A recorder's own loop: blocks of sound from a source into the journal, as the orders say."""

import time
from contextlib import suppress
from typing import Any

import msgspec

from asr.drift import Drift
from asr.errors import AsrError, AudioError, NotWritten
from asr.footprint import give_back
from asr.journal import JournalWriter, level_dbfs
from asr.journal_records import NS_PER_SAMPLE, RATE_HZ
from asr.notice import Notice
from asr.recorder_watches import Deadline, Orders, RoomWatch, SignalWatch
from asr.recording_files import Control, Mode, RecorderState, Stage, write_state
from asr.sources import Block, Ended, Hole, Source, boot_ns

_POLL_S = 0.05
_BEAT_S = 0.5
_RETRY_FIRST_S, _RETRY_LAST_S = 0.2, 2.0
_FAST_AHEAD_SAMPLES = 30 * RATE_HZ
# Whoever keeps a clock right by the network moves it slowly up to about an eighth of a second, and sets it beyond.
_CLOCK_JUMP_NS = 100_000_000
_SAME_MOMENT_NS = 1_000_000
_SEAL_PATIENCE_S = 5.0


class Recorder:
    """Moves blocks from a source to the journal, as the orders say, until the recording is over."""

    def __init__(self, writer: JournalWriter, source: Source, orders: Orders, state: RecorderState) -> None:
        self._writer, self._source, self._orders, self._state = writer, source, orders, state
        self._watch = SignalWatch()
        self._room = RoomWatch(writer.folder, state.leave_bytes)
        self._deadline = Deadline()
        self._drift = Drift()
        self._notice = Notice()
        self._open = False
        self._retry_at, self._retry_s = 0.0, _RETRY_FIRST_S
        # What is not written yet, and whether it is withheld from the disk.
        self._held: list[tuple[Block | Hole, bool]] = []
        self._started_with: Mode = state.mode
        self._taken_back: int | None = None
        self._truncated = False
        self._level: float | None = None
        self._next_beat = 0.0
        self._erased_to = 0
        self._leave = self._closed_by_itself = False
        self._opened_boot_ns: int | None = None
        # Of a journal that is gone on with, only the time of day of its end is known.
        self._end_boot_ns: int | None = None
        self._pending_gap = "recorder_restart" if writer.end_sample and source.live else ""
        self._clock_offset_ns = _clock_offset_ns()

    def leave(self, *_: Any) -> None:
        """Signal handler of SIGTERM."""
        self._leave = True

    def run(self) -> None:
        """Returns when the recording is sealed, or left open on request. Raises AudioError when it cannot begin."""
        while not self._leave:
            control = self._orders.read()
            self._take_back(control)
            if control.wanted == "stop":
                return self._stop("stopped")
            if control.wanted == "pause":
                self._pause(control.reason)
            elif self._source.live and self._deadline.passed(control):
                self._pause("closed_by_itself")
            elif not self._step(control):
                return self._stop("end_of_file")
            self._beat(control)
        self._close_keeping()
        self._flush_held(patience_s=_SEAL_PATIENCE_S)
        self._writer.sync()
        self._tell("ended")

    def _step(self, control: Control) -> bool:
        """Up to one block further; False at the end of a file."""
        if self._held:
            self._flush_held(patience_s=0)
            if self._held:
                time.sleep(_POLL_S)
            return True
        if not self._open:
            self._try_open()
            return True
        if not self._source.live and self._too_far_ahead(control):
            time.sleep(_POLL_S)
            return True
        try:
            heard = self._source.read(_POLL_S)
        except AudioError as error:
            self._lose(error)
            return True
        if isinstance(heard, Ended):
            self._truncated = heard.truncated
            return False
        if heard is not None:
            self._hold(heard)
            self._flush_held(patience_s=0)
        return True

    def _hold(self, heard: Block | Hole) -> None:
        # The orders are read after the sound came: whoever gives one later means later sound.
        control = self._orders.read()
        if isinstance(heard, Hole) or heard.boot_ns is None:
            withheld = control.mode(self._started_with) == "transcribe_only"
        else:
            ends_ns = heard.boot_ns + len(heard.samples) * NS_PER_SAMPLE
            withheld = control.withholds(heard.boot_ns, ends_ns, boot_ns(), self._started_with)
        self._held.append((heard, withheld))

    def _take_back(self, control: Control) -> None:
        if control.withhold_from in (None, self._taken_back):
            return
        assert control.withhold_from is not None
        try:
            self._writer.withhold_from(control.withhold_from)
        except NotWritten as error:
            self._tell("disk_full", error)
            return
        self._taken_back = control.withhold_from

    def _too_far_ahead(self, control: Control) -> bool:
        ahead = self._writer.end_sample - control.recognized_sample
        return self._state.pace == "fast" and ahead >= _FAST_AHEAD_SAMPLES

    def _try_open(self) -> None:
        if time.monotonic() < self._retry_at:
            time.sleep(_POLL_S)
            return
        # A file's time begins before its first sample is due: nothing is dated to before it was spoken.
        opened_ns = boot_ns()
        try:
            self._source.open()
        except AudioError as error:
            if not self._writer.end_sample and self._state.state == "starting":
                raise
            self._lose(error)
            return
        self._open, self._opened_boot_ns = True, opened_ns
        give_back()
        self._closed_by_itself = False
        self._retry_s = _RETRY_FIRST_S
        if not self._source.live:
            self._hold_gap()
        self._tell("recording")

    def _lose(self, error: AudioError) -> None:
        self._source.close()
        self._open = False
        if self._writer.end_sample:
            self._pending_gap = self._pending_gap or "device_lost"
        self._retry_at = time.monotonic() + self._retry_s
        self._retry_s = min(_RETRY_LAST_S, 2 * self._retry_s)
        self._tell("no_device", error)

    def _pause(self, reason: str) -> None:
        if self._state.state != "paused":
            self._closed_by_itself = reason == "closed_by_itself"
            self._source.close()
            self._open = False
            self._held.clear()
            if self._writer.end_sample:
                self._pending_gap = reason
                if not self._source.live:
                    self._end_boot_ns = boot_ns()
            self._retry_at = 0.0
            self._tell("paused")
        time.sleep(_POLL_S)

    def _stop(self, reason: str) -> None:
        self._close_keeping()
        self._hold_gap()
        self._flush_held(patience_s=_SEAL_PATIENCE_S)
        self._writer.seal(reason, self._wall(self._end_boot_ns))
        self._tell("sealed")

    def _close_keeping(self) -> None:
        if self._open:
            for block in self._source.finish():
                self._hold(block)
            self._open = False

    def _flush_held(self, patience_s: float) -> None:
        """Writes what is held; what is refused stays held, for `patience_s` at most when that is given."""
        until = time.monotonic() + patience_s
        while self._held:
            try:
                if not patience_s:
                    self._room.spare()
                self._add(*self._held[0])
            except NotWritten as error:
                self._tell("disk_full", error)
                if patience_s and time.monotonic() >= until:
                    raise
                if not patience_s:
                    return
                time.sleep(_POLL_S)
                continue
            self._held.pop(0)
            if self._state.state == "disk_full":
                self._tell("recording")

    def _add(self, held: Block | Hole, withheld: bool) -> None:
        if isinstance(held, Hole):
            return self._add_gap(held)
        if held.boot_ns is not None:
            if self._pending_gap:
                self._add_gap(self._gap_until(held.boot_ns))
                self._pending_gap = ""
            self._notice_clock()
            self._drift.heard(self._writer.end_sample, len(held.samples), held.boot_ns)
        self._writer.append(held.samples, self._wall(held.boot_ns), held.source_end, withheld)
        self._level = level_dbfs(held.samples)
        self._end_boot_ns = None
        if held.boot_ns is not None:
            self._end_boot_ns = held.boot_ns + len(held.samples) * NS_PER_SAMPLE
            self._watch.hear(held.samples)

    def _add_gap(self, hole: Hole) -> None:
        self._writer.gap(hole.samples, hole.reason, self._wall(self._end_boot_ns))
        if self._end_boot_ns is not None:
            self._end_boot_ns += hole.samples * NS_PER_SAMPLE

    def _hold_gap(self) -> None:
        """The gap that is open ends now, with no sound after it to tell its end."""
        if self._pending_gap:
            self._hold(self._gap_until(boot_ns()))
            self._pending_gap = ""

    def _gap_until(self, now_boot_ns: int) -> Hole:
        """The time that passed without sound: by the clock since boot, after a restart by the time of day."""
        if self._end_boot_ns is not None:
            passed_ns = now_boot_ns - self._end_boot_ns
        else:
            passed_ns = now_boot_ns + self._clock_offset_ns - (self._writer.end_wall_ns or 0)
        return Hole(max(0, passed_ns) // NS_PER_SAMPLE, self._pending_gap)

    def _notice_clock(self) -> None:
        offset = _clock_offset_ns()
        if abs(offset - self._clock_offset_ns) > _CLOCK_JUMP_NS:
            self._writer.gap(0, "clock_jump", None if self._end_boot_ns is None else self._end_boot_ns + offset)
            self._clock_offset_ns = offset

    def _wall(self, at_boot_ns: int | None) -> int | None:
        """Time of day; a file has none of its own: it begins when it is opened, and goes on from where it stood."""
        if not self._source.live:
            at_boot_ns = None if self._writer.end_sample else self._opened_boot_ns
        return None if at_boot_ns is None else at_boot_ns + self._clock_offset_ns

    def _beat(self, control: Control) -> None:
        if control.erase_before > self._erased_to:
            self._writer.erase_before(control.erase_before)
            self._erased_to = control.erase_before
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + _BEAT_S
            error = self._state.error
            try:
                self._writer.sync()
            except NotWritten as refusal:
                error = refusal
            self._tell(self._state.state, error)

    def _tell(self, stage: Stage, error: AsrError | None = None) -> None:
        warnings = self._watch.warnings + self._room.warnings
        warnings += ("truncated",) * self._truncated + ("control_damaged",) * self._orders.damaged
        self._state = msgspec.structs.replace(
            self._state,
            state=stage,
            mode=self._orders.read().mode(self._started_with),
            opened_device=self._source.opened_name if self._open else None,
            samples=self._writer.end_sample,
            level_dbfs=self._level if stage == "recording" else None,
            at_ns=time.time_ns(),
            warnings=warnings,
            closed_by_itself=self._closed_by_itself,
            drift_ppm=self._drift.ppm,
            free_bytes=self._room.free_bytes,
            error_code=error.code if error else None,
            error_facts=error.facts if error else {},
        )
        if self._source.live:
            self._notice.say(stage)
        # What cannot be told must not stop what can be recorded: the heartbeat is missed, the sound is not.
        with suppress(OSError, AsrError):
            write_state(self._writer.folder, self._state)


def _clock_offset_ns() -> int:
    """What the clock of the day is ahead of the one since boot, both read at the same moment."""
    while True:
        before, day_ns, after = boot_ns(), time.time_ns(), boot_ns()
        if after - before < _SAME_MOMENT_NS:
            return day_ns - (before + after) // 2
