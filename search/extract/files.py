"""Opening a file that may be anything: limits first, then its kind by its name and by what it holds."""

import zipfile
from pathlib import Path

from models.refusal import N_
from search.errors import (
    FileEmpty,
    FileEncrypted,
    FileTooLarge,
    FileTruncated,
    FileUnreadable,
    KindMismatch,
    KindUnsupported,
)

MB = 1024 * 1024
LARGEST_FILE_MB = 100
LARGEST_UNPACKED_MB = 300
# Text packs up to about 20 : 1; more than this is not a document that somebody wrote.
_HIGHEST_RATIO = 200
_MOST_PARTS = 10_000

TEXT, WORD, PDF, HTML, MARKDOWN, ZIP = "TXT", "DOCX", "PDF", "HTML", "Markdown", "ZIP"
KINDS = {
    **dict.fromkeys((".txt", ".text", ""), TEXT),
    **dict.fromkeys((".docx", ".docm"), WORD),
    **dict.fromkeys((".html", ".htm", ".xhtml"), HTML),
    **dict.fromkeys((".md", ".markdown"), MARKDOWN),
    ".pdf": PDF,
    ".zip": ZIP,
}
_OLE = "DOC, XLS"
_SIGNS = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"{\\rtf", "RTF"),
)
# An office program keeps a document with a password as a stream of this name in an old-style container.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_PAGE_STARTS = (b"<!doctype html", b"<html")
_PAGE_WITHIN = 512


def check_readable(path: Path) -> None:
    """Looks at a file without opening it: a pipe would wait for ever, a device never ends.

    Raises: FileUnreadable, FileTooLarge.
    """
    try:
        size, ordinary = path.stat().st_size, path.is_file()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileUnreadable(path=str(path), reason=N_("there is no such file")) from error
    except (OSError, ValueError) as error:
        raise FileUnreadable(path=str(path), reason=getattr(error, "strerror", None) or str(error)) from error
    if not ordinary:
        raise FileUnreadable(path=str(path), reason=N_("it is not a file"))
    if size > LARGEST_FILE_MB * MB:
        raise FileTooLarge(path=str(path), limit_mb=LARGEST_FILE_MB)


def read_limited(path: Path) -> bytes:
    """The file's bytes. Raises: FileUnreadable, FileEmpty, FileTooLarge."""
    check_readable(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=error.strerror or "input error") from error
    if not content:
        raise FileEmpty(path=str(path))
    return content


def kind_of(name: Path, content: bytes) -> str:
    """The kind that a file has by its name, if its content does not say otherwise.

    Raises: KindUnsupported for a name of no kind that is read; KindMismatch for content of another kind;
        FileEncrypted for a Word file with a password.
    """
    named = KINDS.get(name.suffix.lower())
    if named is None:
        raise KindUnsupported(path=str(name), known="TXT, DOCX, PDF, HTML, Markdown, ZIP")
    found = _held(content)
    if found == _OLE and named == WORD and _ENCRYPTED_STREAM in content:
        raise FileEncrypted(path=str(name))
    # A page may be quoted in Markdown, and a Word file is a ZIP.
    if found and found != named and (found, named) not in ((ZIP, WORD), (HTML, MARKDOWN)):
        raise KindMismatch(path=str(name), named=name.suffix or TEXT, found=found)
    return named


def _held(content: bytes) -> str:
    for sign, kind in _SIGNS:
        if content.startswith(sign):
            return kind
    start = content[:_PAGE_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return HTML if start.startswith(_PAGE_STARTS) else ""


def check_package(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuses a zip that unpacks to too much, or by too much. Raises: FileTooLarge."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = unpacked > 10 * MB and unpacked > _HIGHEST_RATIO * max(packed, 1)
    if len(parts) > _MOST_PARTS or unpacked > LARGEST_UNPACKED_MB * MB or bomb:
        raise FileTooLarge(path=str(path), limit_mb=LARGEST_UNPACKED_MB)


def truncated(path: Path) -> FileTruncated:
    """The error for a file that is cut off or damaged."""
    return FileTruncated(path=str(path))
