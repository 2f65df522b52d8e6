"""A file into what the index takes: title, date, kind, passages."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from search.documents import Document, Kind, Passage
from search.errors import FileEmpty
from search.extract import doubts
from search.extract.dates import dates_in, document_date
from search.extract.docx import docx_paragraphs
from search.extract.doubts import Doubt
from search.extract.files import HTML, MARKDOWN, PDF, WORD, ZIP, kind_of, read_limited
from search.extract.html import declared_encoding, html_lines, markdown_lines
from search.extract.minutes import Minutes, document_number, looks_like_minutes, read_minutes, tidy
from search.extract.passages import passages
from search.extract.pdf import pdf_pages
from search.extract.text import decode, paragraphs
from search.extract.zipped import no_document

_LONGEST_TITLE = 80


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says. `date` is ISO 8601 or empty; `minutes` is there when the layout is that of minutes.

    `doubts` are what the rules are not sure of, those of the minutes among them.
    """

    kind: Kind
    title: str
    date: str
    paragraphs: tuple[str, ...]
    passages: tuple[Passage, ...]
    minutes: Minutes | None = None
    doubts: tuple[Doubt, ...] = ()

    def document(self, id_: str, source: str) -> Document:
        """The document for the index. `source` is the file's path as it was given."""
        return Document(
            id=id_,
            kind=self.kind,
            title=self.title,
            date=self.date,
            body=self.minutes.body if self.minutes else "",
            source=source,
            passages=self.passages,
        )


def extract(path: Path) -> Extracted:
    """Reads a TXT, DOCX, PDF, HTML or Markdown file, here and now. Files that nobody vouches for are better read by
    `search.extract.apart`, which limits what they may take.

    Raises: FileUnreadable, FileEmpty, FileTooLarge, KindUnsupported, KindMismatch, FileEncrypted, FileTruncated,
        FileWithoutText, TableTooLarge, EntitiesRefused.
    """
    return extract_content(read_limited(path), path)


def extract_content(content: bytes, name: Path) -> Extracted:
    """Reads what a file of this name holds. Raises what `extract` does."""
    lines, pictures = _lines(content, name)
    if not lines:
        raise FileEmpty(path=str(name))
    pages = [_pages_of_pictures(pictures)] if pictures else []
    minutes = read_minutes("\n".join(lines))
    if minutes is not None:
        return Extracted(
            kind="minutes",
            title=minutes.title,
            date=minutes.date,
            paragraphs=lines,
            passages=_minutes_passages(minutes),
            minutes=minutes,
            doubts=(*minutes.doubts, *pages),
        )
    titled, dated = len(lines[0]) <= _LONGEST_TITLE, document_date(lines)
    title = tidy(lines[0]) + document_number(lines[1:2]) if titled else name.stem
    return Extracted(
        kind="document",
        title=title,
        date=dated.value,
        paragraphs=lines,
        passages=tuple(passages(lines)),
        doubts=(*_document_doubts(lines, title if not titled else "", dated.value, dated.sure), *pages),
    )


def _lines(content: bytes, name: Path) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The paragraphs, and the numbers of the pages that are only pictures."""
    if not content:
        raise FileEmpty(path=str(name))
    kind = kind_of(name, content)
    if kind == WORD:
        return docx_paragraphs(content, name), ()
    if kind == PDF:
        pages = pdf_pages(content, name)
        return pages.paragraphs, pages.pictures
    if kind == ZIP:
        raise no_document(name)
    if kind == HTML:
        return html_lines(decode(content, name, declared_encoding(content))), ()
    text = decode(content, name)
    return (markdown_lines(text) if kind == MARKDOWN else paragraphs(text)), ()


def _document_doubts(lines: Sequence[str], title_from_name: str, date: str, sure: bool) -> list[Doubt]:
    found = []
    if title_from_name:
        near = tuple(line[:_LONGEST_TITLE] for line in lines[:3])
        found.append(Doubt(field="title", reason=doubts.TITLE_FROM_NAME, found=title_from_name, candidates=near))
    if not sure:
        reason = doubts.DATE_IN_TEXT if date else doubts.DATE_MISSING
        found.append(Doubt(field="date", reason=reason, found=date, candidates=dates_in(lines)))
    if looks_like_minutes(lines):
        kinds = ("minutes", "document")
        found.append(Doubt(field="kind", reason=doubts.KIND_UNCLEAR, found="document", candidates=kinds))
    return found


def _pages_of_pictures(numbers: Sequence[int]) -> Doubt:
    return Doubt(field="pages", reason=doubts.PAGES_OF_PICTURES, candidates=tuple(map(str, numbers)))


def _minutes_passages(minutes: Minutes) -> tuple[Passage, ...]:
    """Every line of the file is in a passage: heading and opening, then item by item, then the rest."""
    found = passages([*minutes.heading, *minutes.opening])
    for item in minutes.items:
        lines = item.paragraphs or (item.title,)
        found += passages(lines, first=len(found) + 1, item=item.number, item_title=item.title)
    found += passages(minutes.rest, first=len(found) + 1)
    return tuple(found)
