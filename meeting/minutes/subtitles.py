"""The record as subtitles: SubRip (.srt) and WebVTT (.vtt)."""

import html
from collections.abc import Iterator

from meeting.domain.events import Segment
from meeting.domain.record import Record
from meeting.minutes.words import UNCONFIRMED, one_line, utterance
from meeting.minutes.wrap import columns, cues

NOTICE_MS = 3000
# SubRip knows no escapes, and players read <b> and {\an8}; the full-width signs look alike and mean nothing.
_HARMLESS = str.maketrans("<>{}", "＜＞｛｝")


def to_srt(record: Record) -> str:
    """SubRip. Until the record is confirmed, the first cue says that it is not."""
    shown: list[tuple[int, int, str]] = []
    if not record.confirmed:
        first = record.segments[0].start_ms if record.segments else NOTICE_MS
        shown.append((0, min(first, NOTICE_MS) if first >= 1000 else 1000, UNCONFIRMED))
    for segment in record.segments:
        shown += _timed(segment)
    blocks = (
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{text.translate(_HARMLESS)}\n"
        for number, (start, end, text) in enumerate(shown, start=1)
    )
    return "\n".join(blocks)


def to_vtt(record: Record) -> str:
    """WebVTT. Until the record is confirmed, a note says that it is not."""
    blocks = ["WEBVTT\n"]
    if not record.confirmed:
        blocks.append(f"NOTE {UNCONFIRMED}\n")
    for segment in record.segments:
        for start, end, text in _timed(segment):
            words = html.escape(text, quote=False)
            blocks.append(f"{_time(start, '.')} --> {_time(end, '.')}\n{words}\n")
    return "\n".join(blocks)


def _timed(segment: Segment) -> Iterator[tuple[int, int, str]]:
    """The cues of one utterance; each has the share of its time that its width is of the whole."""
    found = ["\n".join(lines) for lines in cues(one_line(utterance(segment)))]
    # A line break (one column) takes no time to say.
    widths = [columns(text) - text.count("\n") for text in found]
    whole = sum(widths) or 1
    length = max(segment.end_ms - segment.start_ms, len(found))
    done, start = 0, segment.start_ms
    for index, (text, width) in enumerate(zip(found, widths, strict=True), start=1):
        done += width
        # At least a millisecond for each that is still to come.
        end = min(segment.start_ms + length * done // whole, segment.start_ms + length - (len(found) - index))
        end = max(end, start + 1)
        yield start, end, text
        start = end


def _time(ms: int, point: str) -> str:
    seconds, rest = divmod(max(ms, 0), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
