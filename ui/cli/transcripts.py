"""Transcripts of recordings as text, subtitles or JSON."""

from collections.abc import Callable

import msgspec

from asr.transcribe import Transcript
from meeting.minutes.subtitles import Cue, srt, vtt

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


def _cues(done: list[Named]) -> list[Cue]:
    return [
        Cue(start_ms=segment.start_ms, end_ms=segment.end_ms, text=segment.text)
        for _, transcript in done
        for segment in transcript.segments
    ]


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
    "srt": lambda done: srt(_cues(done)),
    "vtt": lambda done: vtt(_cues(done)),
    "json": _json,
    "jsonl": _jsonl,
}
