"""A meeting held by real processes, of which any may be killed while it runs, and what is left of its record."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import psutil

from asr.journal import JournalReader
from asr.recording import Recording, read_control
from meeting.domain.events import End, Gap, Segment, SoundSealed, StoredEvent
from meeting.gaps import to_ms
from meeting.home import Home
from meeting.records import Records
from meeting.store.chain import Link
from meeting.verification import verify_meeting
from tests.conftest import DEMO, Cli

RATE_HZ = 16_000
Victim = Literal["service", "recorder", "recognizer"]


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


class Record(NamedTuple):
    """What a meeting left: its text, the segments' ids in order, all events, and its sound with the gaps."""

    text: str
    ids: tuple[str, ...]
    events: list[StoredEvent]
    sound: np.ndarray
    gaps: list[Gap]


class Held:
    """The demo's agenda with a sound of its own. `close` it when its record has been looked at."""

    def __init__(self, cli: Cli, source: Path | str, pace: str = "realtime", **environment: str) -> None:
        self.cli = cli
        self.meeting: str = cli.json("new", DEMO / "agenda.yaml")["id"]
        self.records = Records(Home(cli.home))
        self.journal = cli.journal(self.meeting)
        self._environment = environment
        run = ("run", self.meeting, "--no-console", "--source", source, "--pace", pace)
        self.service = cli.start(*run, **environment)
        cli.serving(self.service, self.meeting)

    def close(self) -> None:
        """Lets go of the database."""
        self.records.close()

    def serve(self) -> None:
        """Starts another service in the place of one that died."""
        self.service.wait()
        self.service = self.cli.start("serve", **self._environment)

    def pid_of(self, victim: Victim) -> int | None:
        """The living process of that kind, None when there is none just now."""
        if victim == "service":
            return self.service.pid if self.service.poll() is None else None
        if victim == "recorder":
            state, alive = Recording(self.journal).state(), Recording(self.journal).alive()
            return state.pid if state is not None and alive else None
        with suppress(psutil.Error):
            for child in psutil.Process(self.service.pid).children():
                if "asr.worker" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                    return child.pid
        return None

    def ended(self) -> bool:
        """Whether the record is complete."""
        return self.records.meetings.get(self.meeting).state == "closed"

    def await_end(self, seconds: float = 240.0) -> None:
        """Waits until the record is complete."""
        until(self.ended, seconds)

    def recorded(self) -> int:
        """The end of the sound, in samples."""
        return JournalReader(self.journal).end_sample

    def recognized(self) -> int:
        """Up to which sample everything has been looked at."""
        control = read_control(self.journal)
        return control.recognized_sample if control else 0

    def links(self) -> list[Link]:
        """The committed events, with their hashes."""
        with self.records.log(self.meeting).moment() as moment:
            return list(moment.links())

    def record(self) -> Record:
        """What there is by now."""
        log, reader = self.records.log(self.meeting), JournalReader(self.journal)
        segments = log.state().segments
        gaps = [
            Gap(start_ms=to_ms(gap.start_sample), end_ms=to_ms(gap.start_sample + gap.samples), reason=gap.reason)
            for gap in reader.gaps()
            if to_ms(gap.start_sample + gap.samples) > to_ms(gap.start_sample)
        ]
        return Record(
            text="".join(segment.text for segment in segments),
            ids=tuple(segment.segment_id for segment in segments),
            events=log.all(),
            sound=reader.read(0, reader.end_sample),
            gaps=gaps,
        )

    def assert_whole(self, *committed: list[Link]) -> None:
        """Numbered without a hole, nothing twice, ended once, chained; and what was `committed` at any time stands."""
        links, events = self.links(), self.records.log(self.meeting).all()
        assert [link.seq for link in links] == list(range(1, len(links) + 1))
        for earlier in committed:
            assert links[: len(earlier)] == earlier
        spoken = [(event.segment_id, event.rev) for event in events if isinstance(event, Segment)]
        assert len(spoken) == len(set(spoken))
        kinds = [type(event) for event in events if not isinstance(event, SoundSealed)]
        assert kinds.count(End) == 1 and kinds[-1] is End
        told = [(event.start_ms, event.end_ms, event.reason) for event in events if isinstance(event, Gap)]
        assert told == [(gap.start_ms, gap.end_ms, gap.reason) for gap in self.record().gaps]
        verdict = verify_meeting(self.records, self.records.meetings.get(self.meeting))
        assert verdict.ok, verdict.faults


class Seen(NamedTuple):
    """How far sound and recognition were at a moment (of the monotonic clock)."""

    at: float
    recorded: int
    recognized: int


class Watcher:
    """Looks fifty times a second how far a meeting is."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._seen: list[Seen] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self._seen.append(Seen(time.monotonic(), self._held.recorded(), self._held.recognized()))

    def back(self, fault_at: float, before: float, what: Literal["recorded", "recognized"]) -> float | None:
        """Seconds from a fault until it went on; None when it did not before the time `before`."""
        had = max((getattr(one, what) for one in self._seen if one.at <= fault_at), default=0)
        after = (one.at for one in self._seen if fault_at < one.at < before and getattr(one, what) > had)
        at = next(after, None)
        return None if at is None else at - fault_at


class Kills(NamedTuple):
    """When each kill was (monotonic clock), and the events that were committed then."""

    at: list[float]
    committed: list[list[Link]]


def kill_at_random(held: Held, victim: Victim, times: int, seconds: float, chance: random.Random) -> Kills:
    """kill -9 at random moments within the next `seconds`; the service is started anew at once, as by a supervisor.

    A moment at which there is none to kill is put off until there is; none is killed once its work is over. Who dies
    three times over the same sentence is told from one that is killed by chance: the third time is put off as well.
    """
    began, made = time.monotonic(), Kills([], [])

    def over() -> bool:
        return held.ended() if victim == "recognizer" else JournalReader(held.journal).sealed

    def fresh() -> bool:
        return victim != "recognizer" or len(made.at) < 2 or len(held.links()) > len(made.committed[-2])

    for moment in sorted(chance.uniform(0.1, seconds) for _ in range(times)):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        while ((pid := held.pid_of(victim)) is None or not fresh()) and not over():
            time.sleep(0.01)
        if pid is None or over():
            break
        made.committed.append(held.links())
        made.at.append(time.monotonic())
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if victim == "service":
            held.serve()
        else:
            until(lambda pid=pid: held.pid_of(victim) != pid)
    return made


def recoveries(watcher: Watcher, kills: Kills, what: Literal["recorded", "recognized"]) -> list[float]:
    """How long each kill held something up; one that was followed by the next before has no figure."""
    ends = [*kills.at[1:], float("inf")][: len(kills.at)]
    found = [watcher.back(at, before, what) for at, before in zip(kills.at, ends, strict=True)]
    return [seconds for seconds in found if seconds is not None]
