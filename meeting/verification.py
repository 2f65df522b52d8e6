"""Is the record of a meeting as it was written? Its events, what was drawn from them, and its sound.

Each check names the first thing that is not; none of them needs the key of encrypted sound.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from asr.errors import JournalDamaged
from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from asr.sealed import MANIFEST_NAME
from asr.sealing import Fault as FileFault
from asr.sealing import check, manifest_of
from meeting.backup.known import readable_backups
from meeting.domain.events import Event, SoundDestroyed, SoundSealed, StoredEvent
from meeting.home import Home
from meeting.off_spans import first_kept, off_spans
from meeting.records import Records
from meeting.store.chain import Link, first_fault
from meeting.store.log import Moment
from meeting.store.meetings import Meeting
from meeting.store.projections import first_difference

FaultKind = Literal["event", "projection", "backup", "sound", "sound_left", "off_span"]
SoundState = Literal["none", "recorded", "sealed", "destroyed"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was written.

    `event`: the event `seq` was changed, removed or added (`reason`). `projection`: the row `place` (table/id) is not
    what the events say. `backup`: the event `seq`, or the sound, is another in the back-up at `place`. `sound`: the
    file `place`, which begins at `start_ms` (`resealed`: it is not the sound that the records know to be sealed).
    `sound_left`: sound at `place` that was to be destroyed. `off_span`: sound from `start_ms` to `end_ms` though the
    event `seq` says that none is kept.
    """

    kind: FaultKind
    reason: str = ""
    seq: int | None = None
    place: str = ""
    start_ms: int | None = None
    end_ms: int | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`hash` stands for all events, `sound_hash` for all of the sealed sound: written down elsewhere, they show whether
    everything was written anew. `off_spans` is how many were looked into; null for sound that came from a file."""

    meeting: str
    ok: bool
    events: int
    hash: str
    sound: SoundState
    sound_hash: str | None
    off_spans: int | None
    backups: int
    faults: tuple[Fault, ...]


def verify_meeting(records: Records, meeting: Meeting) -> Verdict:
    """Looks at everything that is kept of a meeting. Raises StoreError."""
    with records.log(meeting.id).moment() as moment:
        links = list(moment.links())
        events, faults = _events(meeting, moment, links)
    sound = _Sound(records.home, meeting, events)
    faults += [*_against_backups(records.home, meeting.id, links, sound.hash), *sound.faults()]
    return Verdict(
        meeting=meeting.id,
        ok=not faults,
        events=moment.newest.seq,
        hash=moment.newest.hash,
        sound=sound.state,
        sound_hash=sound.hash,
        off_spans=sound.spans_looked_into,
        backups=len(readable_backups(records.home)),
        faults=tuple(faults),
    )


def _events(meeting: Meeting, moment: Moment, links: list[Link]) -> tuple[list[Event], list[Fault]]:
    """The events that can be read, and the first fault of the chain, of the events, and of the projections."""
    broken = first_fault(meeting.id, links, moment.newest)
    faults = [Fault(kind="event", seq=broken.seq, reason=broken.kind)] if broken else []
    events: list[tuple[Event, bytes]] = []
    types = moment.types()
    for link in links:
        try:
            event: Event = msgspec.json.decode(link.body, type=StoredEvent)
        except msgspec.DecodeError:
            event = Event()
        if event.seq != link.seq or event.at != link.at or types.get(link.seq) != event.__struct_config__.tag:
            if not faults:
                faults.append(Fault(kind="event", seq=link.seq, reason="changed"))
            continue
        events.append((event, link.body))
    if (place := first_difference(events, moment.projections())) is not None:
        faults.append(Fault(kind="projection", place="/".join(place)))
    return [event for event, _ in events], faults


def _against_backups(home: Home, meeting_id: str, links: list[Link], sound: str | None) -> Iterator[Fault]:
    """A chain that was wholly written anew does not meet what a back-up knows of it."""
    heads = {0: "", **{link.seq: link.hash for link in links}}
    for folder, manifest in readable_backups(home):
        known = manifest.head(meeting_id)
        if known is None:
            continue
        if heads.get(known.seq) != known.hash:
            yield Fault(kind="backup", place=str(folder), seq=known.seq, reason="changed")
        if known.sound is not None and sound is not None and known.sound != sound:
            yield Fault(kind="backup", place=str(folder), reason="sound")


class _Sound:
    """What is kept of a meeting's sound."""

    def __init__(self, home: Home, meeting: Meeting, events: Iterable[Event]) -> None:
        self._folder: Path = home.journal(meeting.id)
        self._events = list(events)
        self._from_microphone = meeting.run is not None and meeting.run.source == "mic"
        # Meetings that were sealed before it was an event have it in their row alone.
        told = [event.chain for event in self._events if isinstance(event, SoundSealed)]
        self._known = {*told[:1], meeting.sound_chain} - {""}
        self.hash: str | None = None
        self.state: SoundState = self._state()
        self.spans_looked_into: int | None = None

    def _state(self) -> SoundState:
        if any(isinstance(event, SoundDestroyed) for event in self._events):
            return "destroyed"
        try:
            sealed = manifest_of(self._folder)
        except JournalDamaged:
            return "sealed"
        if sealed is not None and sealed.complete:
            self.hash = sealed.chain
            return "sealed"
        return "recorded" if any(self._folder.glob("part-*")) else "none"

    def faults(self) -> list[Fault]:
        if self.state == "destroyed":
            left = sorted(self._folder.parent.glob(f"{self._folder.name}*"))
            return [Fault(kind="sound_left", place=str(path)) for path in left[:1]]
        found = [
            Fault(
                kind="sound",
                place=str(self._folder / one.file),
                reason=one.reason,
                start_ms=one.first_sample * 1000 // RATE_HZ,
            )
            for one in self._checked()[:1]
        ]
        if not found and self._known - {self.hash}:
            found.append(
                Fault(kind="sound", place=str(self._folder / MANIFEST_NAME), reason="resealed", start_ms=0)
            )
        return found + self._off_faults()

    def _checked(self) -> list[FileFault]:
        """Sealing that goes on beside moves files: what was looked at meanwhile is looked at again."""
        while True:
            before = self._sealed_so_far()
            found = check(self._folder)
            if not found or self._sealed_so_far() == before:
                return found

    def _sealed_so_far(self) -> bytes:
        try:
            return (self._folder / MANIFEST_NAME).read_bytes()
        except OSError:
            return b""

    def _off_faults(self) -> list[Fault]:
        """Sound of a file is no recording of anybody: its times of day say nothing of when people spoke."""
        if not self._from_microphone:
            return []
        spans = off_spans(self._events)
        self.spans_looked_into = len(spans)
        try:
            kept = first_kept(JournalReader(self._folder), spans)
        except JournalDamaged:
            return []  # told as a fault of the sound
        if kept is None:
            return []
        start_ms, end_ms = (sample * 1000 // RATE_HZ for sample in (kept.start, kept.end))
        return [
            Fault(
                kind="off_span",
                seq=kept.span.seq,
                reason=kept.span.recording,
                start_ms=start_ms,
                end_ms=end_ms,
            )
        ]
