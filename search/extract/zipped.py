"""What lies in a ZIP, without writing any of it to the disk: a name in it can lead nowhere."""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from models.refusal import N_, Refusal
from search.errors import ArchivesNested, FileEncrypted, FileTooLarge, FileUnreadable, KindMismatch, NameUnsafe
from search.extract.files import LARGEST_FILE_MB, MB, ZIP, check_package, kind_of, truncated

DEEPEST = 2
_UTF8_NAME = 0x800
_SKIPPED = ("__MACOSX/", ".DS_Store")
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError),
    *(NotImplementedError, RuntimeError, OverflowError, AttributeError, TypeError),
)


class Member(msgspec.Struct, frozen=True):
    """A file in an archive: its number in each archive on the way to it, its name, and what forbids to read it."""

    way: tuple[int, ...]
    name: str
    sha256: str = ""
    refusal: Refusal | None = None


def members(content: bytes, path: Path, way: tuple[int, ...] = ()) -> Iterator[Member]:
    """Every file in an archive, and in the archives within it. What cannot be read is there with its refusal.

    Raises: FileTooLarge, FileTruncated: nothing of this archive is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_package(path, archive)
            for number, part in enumerate(archive.infolist()):
                name = _name(part)
                if part.is_dir() or name.startswith(_SKIPPED[0]) or PurePosixPath(name).name in _SKIPPED:
                    continue
                yield from _members_at(archive, part, (*way, number), f"{path}/{name}")
    except _DAMAGED as error:
        raise truncated(path) from error


def member_content(content: bytes, way: Sequence[int], path: Path) -> bytes:
    """What the file at the end of `way` holds. Raises: FileTooLarge, FileEncrypted, FileTruncated."""
    for number in way:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = _read(archive, archive.infolist()[number], path)
        except _DAMAGED as error:
            raise truncated(path) from error
    return content


def no_document(path: Path) -> KindMismatch:
    """The error for an archive where a single document is wanted."""
    return KindMismatch(path=str(path), named=path.suffix, found=ZIP)


def _members_at(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, way: tuple[int, ...], shown: str
) -> Iterator[Member]:
    name = Path(shown)
    try:
        _check_name(_name(part), shown)
        if stat.S_ISLNK(part.external_attr >> 16):
            raise FileUnreadable(path=shown, reason=N_("it is not a file"))
        content = _read(archive, part, name)
        if name.suffix.lower() == ".zip" and kind_of(name, content) == ZIP:
            if len(way) >= DEEPEST:
                raise ArchivesNested(path=shown, limit=DEEPEST)
            yield from members(content, name, way)
            return
    except Refusal as refusal:
        yield Member(way, shown, refusal=refusal)
        return
    except _DAMAGED:
        yield Member(way, shown, refusal=truncated(name))
        return
    yield Member(way, shown, hashlib.sha256(content).hexdigest())


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> bytes:
    if part.flag_bits & 1:
        raise FileEncrypted(path=str(path))
    if part.file_size > LARGEST_FILE_MB * MB:
        raise FileTooLarge(path=str(path), limit_mb=LARGEST_FILE_MB)
    return archive.read(part)


def _check_name(name: str, shown: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or name[1:2] == ":" or "\x00" in name:
        raise NameUnsafe(path=shown)


def _name(part: zipfile.ZipInfo) -> str:
    """Names without the mark of UTF-8 come from older Chinese systems, or from tools that set no mark."""
    if part.flag_bits & _UTF8_NAME:
        return part.filename
    try:
        written = part.filename.encode("cp437")
    except UnicodeEncodeError:
        return part.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return part.filename
