"""Opening a file that may be anything: limits first, then its kind by what it holds."""

import zipfile
from pathlib import Path

from models.refusal import N_
from search.errors import FileEmpty, FileTooLarge, FileTruncated, FileUnreadable, KindUnsupported

MB = 1024 * 1024
LARGEST_FILE_MB = 100
LARGEST_UNPACKED_MB = 300
# Text packs up to about 20 : 1; more than this is not a document that somebody wrote.
_HIGHEST_RATIO = 200
_MOST_PARTS = 10_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_readable(path: Path) -> None:
    """Looks at a file without opening it: a pipe would wait for ever, a device never ends.

    Raises: FileUnreadable, FileTooLarge.
    """
    try:
        size, ordinary = path.stat().st_size, path.is_file()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileUnreadable(path=str(path), reason=N_("there is no such file")) from error
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=error.strerror or "input error") from error
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


def is_ole(content: bytes) -> bool:
    """Whether this is an old Office file, or a new one that is encrypted (both are OLE containers)."""
    return content.startswith(_OLE)


def check_package(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuses a zip that unpacks to too much, or by too much. Raises: FileTooLarge."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = unpacked > 10 * MB and unpacked > _HIGHEST_RATIO * max(packed, 1)
    if len(parts) > _MOST_PARTS or unpacked > LARGEST_UNPACKED_MB * MB or bomb:
        raise FileTooLarge(path=str(path), limit_mb=LARGEST_UNPACKED_MB)


def unknown_kind(path: Path) -> KindUnsupported:
    """The error for a file of another kind."""
    return KindUnsupported(path=str(path), known="TXT, DOCX")


def truncated(path: Path) -> FileTruncated:
    """The error for a file that is cut off or damaged."""
    return FileTruncated(path=str(path))
