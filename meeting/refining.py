"""After the meeting: its kept sound is decoded again, and better text replaces what no person has touched.

Only events are added: a segment keeps its id, its times and its item, and gets its new text as a higher revision of
source `refine`. What has been done is remembered after every stretch that is stored, so a second run changes nothing
and one after a kill goes on where the log ends.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np

from asr.decoding import Manner
from asr.journal import JournalReader
from asr.journal_records import RATE_HZ
from asr.recognizer import Recognizer
from asr.refine import Stretch, Wording, chunks, refine_chunk
from asr.text.prompt import build_prompt
from asr.text.unclear import SEVERAL, is_marked_unclear, unmarked
from asr.text.writing import AS_HEARD, Words, write
from meeting.domain.agenda import Agenda
from meeting.domain.events import Event, Segment
from meeting.domain.terms import agenda_terms
from meeting.errors import MeetingRunning, SoundNotKept
from meeting.expectations import changes_of, doubts_of
from meeting.home import write_private
from meeting.mined import vocabulary_of
from meeting.records import Records
from meeting.store.log import EventLog
from meeting.store.meetings import Meeting, RunOptions
from meeting.wording import BY_HAND

Progress = Callable[[int, int], None]
"""(done_ms, total_ms) of the speech that is decoded."""

WAY = 2
"""Counts up when refining becomes better, so that what was refined before is done again."""
_PROGRESS_NAME = "refined.json"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What refining did. `untouched`: segments that a person has worded, or whose sound is gone."""

    meeting: str
    segments: int
    changed: int
    untouched: int


class _Done(msgspec.Struct, kw_only=True):
    """How far a run came, and in what way: with another model or other words it begins anew.

    `trying`: it has begun on what comes next. Found so by another run, it died over it.
    """

    way: str
    until_ms: int = 0
    trying: bool = False


def refine_meeting(
    records: Records,
    meeting: Meeting,
    load: Callable[[], Recognizer],
    *,
    model: str,
    figures: bool | None = None,
    progress: Progress | None = None,
) -> Report:
    """Refines the record of a meeting that has ended. `load` makes the recognizer, of the model called `model`.

    `figures`: spoken numbers become figures (None: as the meeting was run).

    Raises MeetingRunning, SoundNotKept, JournalDamaged, a StoreError, a RecognizerError, a SearchError.
    """
    reader = check_refinable(records, meeting)
    log = records.log(meeting.id)
    first = _as_recognized(log)
    state = log.state()
    refinable = [
        one for one in state.segments if is_untouched(one) and one.segment_id in first and _audible(reader, one)
    ]
    run = meeting.run or RunOptions()
    figures = run.figures if figures is None else figures
    vocabulary = vocabulary_of(records, meeting)
    terms = {item.item_id: vocabulary.terms(item.number) for item in state.items}
    words = {item.item_id: vocabulary.words(item.number, figures) for item in state.items} | {
        None: vocabulary.words(None, figures)
    }
    marker = records.home.meeting(meeting.id) / _PROGRESS_NAME
    done = _read_done(marker, _way_of(model, run.language, meeting.agenda, words[None]))
    total, changed = refinable[-1].end_ms if refinable else 0, 0
    recognizer: Recognizer | None = None
    for chunk in chunks([_stretch(first[one.segment_id]) for one in refinable]):
        until_ms = chunk[-1].end * 1000 // RATE_HZ
        if until_ms > done.until_ms:
            recognizer = recognizer or load()
            prompt = build_prompt(_terms_of(chunk, first, terms, meeting.agenda))
            manner = Manner(language=run.language, prompt=prompt, words=AS_HEARD)
            with _trying(marker, done) as died:
                wordings = [
                    _written(one, words[first[one.id].item_id], first[one.id])
                    for one in refine_chunk(_bearable(chunk, died), reader.read, recognizer, manner)
                    if not one.unclear
                ]
            changed += _store(log, wordings)
            done.until_ms = until_ms
            write_private(marker, msgspec.json.encode(done))
        if progress:
            progress(min(until_ms, total), total)
    records.library.fold(meeting)
    return Report(
        meeting=meeting.id,
        segments=len(state.segments),
        changed=changed,
        untouched=len(state.segments) - len(refinable),
    )


def check_refinable(records: Records, meeting: Meeting) -> JournalReader:
    """The sound of a meeting that can be refined. Raises MeetingRunning, SoundNotKept, JournalDamaged."""
    if meeting.state == "open":
        raise MeetingRunning(meeting=meeting.id)
    reader = JournalReader(records.home.journal(meeting.id))
    if meeting.agenda.recording != "keep" or meeting.state == "scheduled" or not reader.end_sample:
        raise SoundNotKept(meeting=meeting.id)
    return reader


def is_untouched(segment: Segment) -> bool:
    """Whether no person has worded any of it, split or joined it."""
    by_hand = any(change.reason == BY_HAND for change in segment.changes)
    return segment.source != "human" and not segment.from_ and not by_hand


def better_text(newest: Sequence[Segment], wordings: Iterable[Wording]) -> list[Event]:
    """The events that give the newest revisions their new wordings, none for those that have them already."""
    known = {one.segment_id: one for one in newest if is_untouched(one)}
    return [
        msgspec.structs.replace(
            segment,
            seq=0,
            at="",
            rev=segment.rev + 1,
            text=one.text,
            raw_text=one.raw_text,
            confidence=one.confidence,
            changes=changes_of(one.changes),
            marks=doubts_of(one.marks),
            source="refine",
            by="refine",
        )
        for one in wordings
        if (segment := known.get(one.id)) is not None and one.text not in ("", segment.text)
    ]


def _written(wording: Wording, words: Words, recognized: Segment) -> Wording:
    """The wording with the words that the meeting expects put right and the marks of its sound, as they were live."""
    written = write(wording.text, (), words)
    prefix = SEVERAL if recognized.text.startswith(SEVERAL) else ""
    return msgspec.structs.replace(
        wording,
        text=prefix + written.text,
        changes=wording.changes + written.changes,
        marks=tuple(msgspec.structs.replace(one, offset=one.offset + len(prefix)) for one in written.marks),
    )


def _store(log: EventLog, wordings: list[Wording]) -> int:
    """Commits the new wordings together; somebody who edits at this very moment is never overwritten."""
    while True:
        state = log.state()
        facts = better_text(state.segments, wordings)
        if not facts or log.append(facts, after=state.seq):
            return len(facts)


def _as_recognized(log: EventLog) -> dict[str, Segment]:
    """Each segment as recognition left it: refining again begins from there, and comes to the same text."""
    found = dict[str, Segment]()
    for event in log.all():
        if isinstance(event, Segment) and event.source == "asr" and event.text:
            found[event.segment_id] = event
    return found


def _stretch(segment: Segment) -> Stretch:
    return Stretch(
        id=segment.segment_id,
        start=segment.start_ms * RATE_HZ // 1000,
        end=segment.end_ms * RATE_HZ // 1000,
        text=segment.raw_text if is_marked_unclear(segment.text) else unmarked(segment.text),
        confidence=segment.confidence or 0.0,
        unclear=is_marked_unclear(segment.text),
    )


def _audible(reader: JournalReader, segment: Segment) -> bool:
    """Whether the sound is there: what was erased, or could not be read, is silence without a single bit set."""
    stretch = _stretch(segment)
    sound = reader.read(stretch.start, stretch.end - stretch.start)
    silent = int(np.count_nonzero(sound == 0))
    return len(sound) == stretch.end - stretch.start > 0 and 2 * silent < len(sound)


@contextmanager
def _trying(marker: Path, done: _Done) -> Iterator[bool]:
    """Whoever dies in it is known to have; gives whether the one before did. What an interrupt ends is no death."""
    died, done.trying = done.trying, True
    write_private(marker, msgspec.json.encode(done))
    try:
        yield died
    except BaseException:
        done.trying = False
        write_private(marker, msgspec.json.encode(done))
        raise
    done.trying = False


def _bearable(chunk: Sequence[Stretch], died: bool) -> list[Stretch]:
    """Where one has died, what ended the recognizers of the meeting as well is not tried a second time."""
    return [one for one in chunk if not (died and one.unclear and not one.text)]


def _terms_of(
    chunk: Sequence[Stretch],
    segments: dict[str, Segment],
    terms: dict[str, tuple[str, ...]],
    agenda: Agenda,
) -> tuple[str, ...]:
    """The words of the item that most of the chunk is filed under, the meeting's own after them."""
    spoken = dict[str | None, int]()
    for stretch in chunk:
        item = segments[stretch.id].item_id
        spoken[item] = spoken.get(item, 0) + stretch.end - stretch.start
    return terms.get(max(spoken, key=lambda item: spoken[item]) or "", agenda_terms(agenda))


def _way_of(model: str, language: str, agenda: Agenda, words: Words) -> str:
    told = msgspec.json.encode([WAY, model, language, agenda, words], order="deterministic")
    return hashlib.sha256(told).hexdigest()


def _read_done(marker: Path, way: str) -> _Done:
    try:
        done = msgspec.json.decode(marker.read_bytes(), type=_Done)
    except (OSError, msgspec.MsgspecError):
        return _Done(way=way)
    return done if done.way == way else _Done(way=way)
