"""A file into what the index takes: title, date, kind, passages."""

from pathlib import Path

import msgspec

from search.documents import Document, Kind, Passage
from search.errors import FileEmpty, FileEncrypted
from search.extract.dates import document_date
from search.extract.docx import docx_paragraphs
from search.extract.files import is_ole, read_limited, truncated, unknown_kind
from search.extract.minutes import Minutes, read_minutes, tidy
from search.extract.passages import passages
from search.extract.text import decode, paragraphs

_LONGEST_TITLE = 80
_TEXT_ENDINGS = frozenset({".txt", ".text", ""})


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says. `date` is ISO 8601 or empty; `minutes` is there when the layout is that of minutes."""

    kind: Kind
    title: str
    date: str
    paragraphs: tuple[str, ...]
    passages: tuple[Passage, ...]
    minutes: Minutes | None = None

    def document(self, id_: str, source: str) -> Document:
        """The document for the index. `source` is the file's path as it was given."""
        return Document(
            id=id_, kind=self.kind, title=self.title, date=self.date, source=source, passages=self.passages
        )


def extract(path: Path) -> Extracted:
    """Reads a TXT or DOCX file.

    Raises: FileUnreadable, FileEmpty, FileTooLarge, KindUnsupported, FileEncrypted, FileTruncated.
    """
    lines = _lines(path)
    if not lines:
        raise FileEmpty(path=str(path))
    minutes = read_minutes("\n".join(lines))
    if minutes is not None:
        return Extracted(
            kind="minutes",
            title=minutes.title,
            date=minutes.date,
            paragraphs=lines,
            passages=_minutes_passages(minutes),
            minutes=minutes,
        )
    title = tidy(lines[0]) if len(lines[0]) <= _LONGEST_TITLE else path.stem
    return Extracted(
        kind="document",
        title=title,
        date=document_date(lines),
        paragraphs=lines,
        passages=tuple(passages(lines)),
    )


def _lines(path: Path) -> tuple[str, ...]:
    content = read_limited(path)
    ending = path.suffix.lower()
    if content.startswith(b"PK") and ending in (".docx", ".docm"):
        return docx_paragraphs(content, path)
    if is_ole(content) and ending in (".docx", ".docm"):
        raise FileEncrypted(path=str(path))
    if ending in _TEXT_ENDINGS and not content.startswith((b"PK\x03\x04", b"%PDF-")) and not is_ole(content):
        return paragraphs(decode(content, path))
    if ending in (".docx", ".docm"):
        raise truncated(path)
    raise unknown_kind(path)


def _minutes_passages(minutes: Minutes) -> tuple[Passage, ...]:
    """Every line of the file is in a passage: heading and opening, then item by item, then the rest."""
    found = passages([*minutes.heading, *minutes.opening])
    for item in minutes.items:
        lines = item.paragraphs or (item.title,)
        found += passages(lines, first=len(found) + 1, item=item.number, item_title=item.title)
    found += passages(minutes.rest, first=len(found) + 1)
    return tuple(found)
