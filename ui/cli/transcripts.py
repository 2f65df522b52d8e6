"""Transcripts of recordings as text, subtitles or JSON."""

from collections.abc import Callable

import msgspec

from asr.transcribe import Transcript
from meeting.domain.agenda import Agenda
from meeting.domain.events import Segment
from meeting.domain.record import Record
from meeting.minutes.subtitles import to_srt, to_vtt

Named = tuple[str, Transcript]


def render(done: list[Named], format: str) -> str:
    """The transcripts of one or several files (path, transcript), in one of `transcribe`'s formats."""
    return _FORMATS[format](done)


def _txt(done: list[Named]) -> str:
    several = len(done) > 1
    parts = []
    for path, transcript in done:
        lines = [segment.text for segment in transcript.segments]
        parts.append("\n".join([f"# {path}", *lines] if several else lines) + "\n")
    return "\n".join(parts)


def _record(done: list[Named]) -> Record:
    """Utterances as the subtitle writers take them."""
    spoken = [segment for _, transcript in done for segment in transcript.segments]
    segments = [
        Segment(
            segment_id=f"s{number}", rev=1, item_id=None, start_ms=one.start_ms, end_ms=one.end_ms, text=one.text
        )
        for number, one in enumerate(spoken)
    ]
    return Record(agenda=Agenda(title=done[0][0], date=""), segments=tuple(segments))


def _document(transcript: Transcript) -> dict[str, object]:
    return {
        "language": transcript.language,
        "duration_ms": transcript.duration_ms,
        "segments": [
            {
                "start_ms": segment.start_ms,
                "end_ms": segment.end_ms,
                "text": segment.text,
                "raw_text": segment.raw_text,
                "confidence": segment.confidence,
            }
            for segment in transcript.segments
        ],
    }


def _json(done: list[Named]) -> str:
    if len(done) == 1:
        document: dict[str, object] = _document(done[0][1])
    else:
        document = {"files": [{"path": path} | _document(transcript) for path, transcript in done]}
    return msgspec.json.encode(document).decode() + "\n"


def _jsonl(done: list[Named]) -> str:
    lines = []
    for path, transcript in done:
        for segment in _document(transcript)["segments"]:  # type: ignore[attr-defined] # a list of objects
            lines.append(msgspec.json.encode(({"path": path} if len(done) > 1 else {}) | segment).decode() + "\n")
    return "".join(lines)


_FORMATS: dict[str, Callable[[list[Named]], str]] = {
    "txt": _txt,
    "srt": lambda done: to_srt(_record(done)),
    "vtt": lambda done: to_vtt(_record(done)),
    "json": _json,
    "jsonl": _jsonl,
}
