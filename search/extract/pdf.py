"""The text of a PDF, page by page. Pictures of pages hold none, and are said to."""

import io
import logging
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from models.refusal import N_
from search.errors import FileEmpty, FileEncrypted, FileTooLarge, FileWithoutText
from search.extract.files import MB, truncated
from search.extract.lines import joined

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 3000
LARGEST_TEXT_MB = 20
SCANNED = N_("it is a scan: its pages are pictures")
WITHOUT_MEANING = N_("its fonts do not say which characters they show")
# A stamp or a page number is not the text of a page.
_LEAST_CHARS = 12
_MOST_ODD_SHARE = 0.3
_LEAST_COUNTED = 20


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages say as paragraphs, and the numbers (from 1) of those that are only pictures."""

    paragraphs: tuple[str, ...]
    pictures: tuple[int, ...] = ()


def pdf_pages(content: bytes, path: Path) -> Pages:
    """The text of a PDF. A file that is encrypted but opens without a password is read.

    Raises: FileEncrypted, FileTruncated, FileTooLarge, FileWithoutText, FileEmpty.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # The library tells of every oddity that it steps over; without a handler Python prints them.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileEncrypted(path=str(path))
        return _pages(reader, path)
    # What a damaged file makes of the library's inner tables is not foreseen by its own errors.
    except (
        *(PyPdfError, zlib.error, struct.error, EOFError, OSError, RecursionError, AssertionError),
        *(LookupError, ValueError, TypeError, AttributeError, NotImplementedError, ArithmeticError),
    ) as error:
        raise truncated(path) from error


def _pages(reader: "PdfReader", path: Path) -> Pages:
    if len(reader.pages) > MOST_PAGES:
        raise FileTooLarge(path=str(path), limit_mb=LARGEST_TEXT_MB)
    texts, pictures, size = [], [], 0
    for number, page in enumerate(reader.pages, start=1):
        text = _whole(page.extract_text())
        size += len(text)
        if size > LARGEST_TEXT_MB * MB:
            raise FileTooLarge(path=str(path), limit_mb=LARGEST_TEXT_MB)
        texts.append(text)
        if len("".join(text.split())) < _LEAST_CHARS and _has_picture(page):
            pictures.append(number)
    if pictures and len(pictures) == len(texts):
        raise FileWithoutText(path=str(path), reason=SCANNED)
    plain = "".join("".join(texts).split())
    if not plain:
        raise FileEmpty(path=str(path))
    odd = sum(1 for char in plain if _odd(char))
    if len(plain) >= _LEAST_COUNTED and odd > len(plain) * _MOST_ODD_SHARE:
        raise FileWithoutText(path=str(path), reason=WITHOUT_MEANING)
    return Pages(paragraphs=tuple(joined(text.splitlines() for text in texts)), pictures=tuple(pictures))


def _has_picture(page: "PageObject") -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    if objects is None:
        return False
    return any(one.get_object().get("/Subtype") in ("/Image", "/Form") for one in objects.get_object().values())


def _whole(text: str) -> str:
    """Halves of a rare character put together; a half alone is no character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _odd(char: str) -> bool:
    """Characters that stand for no writing: private use, controls, the sign for what cannot be shown."""
    point = ord(char)
    return point < 32 or 0x7F <= point < 0xA0 or 0xE000 <= point <= 0xF8FF or char == "\ufffd" or point >= 0xF0000
