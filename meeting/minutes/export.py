"""Writes a record in any of the known formats, whole or not at all."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

from asr.journal_files import sync_folder
from meeting.domain.record import Record
from meeting.errors import ExportFailed, FormatUnknown
from meeting.minutes.json import to_json
from meeting.minutes.markdown import to_markdown
from meeting.minutes.subtitles import to_srt, to_vtt
from meeting.minutes.text import to_text

Exporter = Callable[[Record], str | bytes]

EXPORTERS: dict[str, Exporter] = {
    "md": to_markdown,
    "txt": to_text,
    "srt": to_srt,
    "vtt": to_vtt,
    "json": to_json,
}


def render(record: Record, format: str) -> bytes:
    """The record in a format of `EXPORTERS`; text is UTF-8.

    Raises:
        FormatUnknown: there is no such exporter.
    """
    if format not in EXPORTERS:
        raise FormatUnknown(format=format, known=", ".join(EXPORTERS))
    content = EXPORTERS[format](record)
    # Half of a surrogate pair in some old text must not cost the whole export.
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def export(record: Record, format: str, path: Path | str) -> Path:
    """Writes the record to `path`, replacing what stands there, and returns the path.

    Raises:
        FormatUnknown: there is no such exporter.
        ExportFailed: the file cannot be written; what stood there before still does.
    """
    write_file(path, render(record, format))
    return Path(path)


def write_file(path: Path | str, content: bytes) -> None:
    """Replaces a file that a person asked for, whole or not at all.

    Raises:
        ExportFailed: it cannot be written; what stood there before still does.
    """
    try:
        write_whole(Path(path), content)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ExportFailed(file=str(path), why=why) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file at once: whoever reads it sees the old content or the new, even after a power cut.

    Raises:
        OSError: the old content stands.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        # A pipe or a terminal (-o /dev/stdout) has nothing to replace.
        path.write_bytes(content)
        return
    draft = path.with_name(f".{path.name[:60]}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    try:
        with open(draft, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
