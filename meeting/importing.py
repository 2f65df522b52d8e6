"""Old minutes into the archive: every file is reported, a refused one leaves nothing and the rest goes on.

Each file is stored by itself, under the hash of what it holds: whoever is interrupted begins again and goes on.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from meeting.access.grade import declared_grade, refuse_beside_ports
from meeting.access.grant import rank
from meeting.errors import ClassifiedRefused, GradeTooLow
from meeting.home import Home
from meeting.store.archive import Archived, ArchiveStore
from models.refusal import N_, Refusal
from search.errors import FileEmpty, FileUnreadable
from search.extract.apart import ApartReader
from search.extract.doubts import Doubt
from search.extract.files import check_readable
from search.extract.reading import Extracted

# GB/T 9704: the grade stands flush left near the top, with its term after a star (秘密★1年), often spaced out and with
# the urgency beside it.
_GRADE = re.compile(r"^\s*(秘\s*密|机\s*密|绝\s*密)\s*(?:[★☆].*|[（(]?(?:特|加)\s*急[）)]?)?$")
# Forms, and the records of this program, name it below their heads (密级：秘密).
_NAMED = re.compile(r"^[\s*\-|>]*密\s*级\W*(秘\s*密|机\s*密|绝\s*密)")
_GRADE_WITHIN = 6
_NAMED_WITHIN = 40
_ARCHIVE = ".zip"

Status = Literal["imported", "known", "refused"]
STATUSES = (N_("imported"), N_("known"), N_("refused"))


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file; one within an archive is named behind it (旧纪要.zip/一月.docx). `file` is the one that
    lies on the disk.

    `error` says why it was refused; `document` is what is new for the index; `doubts` are what a person is asked.
    """

    path: str
    file: str
    status: Status
    error: Refusal | None = None
    document: Archived | None = None
    doubts: tuple[Doubt, ...] = ()


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named and those below the folders named, in the order of their names; hidden ones are left out.

    A folder that cannot be looked into is there itself, so that it is reported.
    """
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        found: list[Path] = []

        def closed(error: OSError, found: list[Path] = found) -> None:
            found.append(Path(error.filename))

        for folder, inner, names in os.walk(path, onerror=closed):
            inner[:] = [name for name in inner if not name.startswith(".")]
            found += [Path(folder, name) for name in names if not name.startswith(".")]
        yield from sorted(found)


def read_into_archive(
    paths: Iterable[Path], archive: ArchiveStore, home: Home | None = None
) -> Iterator[ImportReport]:
    """Stores files, and every file below a folder or in an archive. Reports come as each one is done.

    `home` is the one that the archive belongs to: beside its service on a port nothing of 秘密 or above comes in.
    """
    with ApartReader() as reader:
        for path in files_below(paths):
            if path.suffix.lower() == _ARCHIVE:
                yield from _read_all(path, archive, home, reader)
            else:
                yield _read(path, archive, home, reader)


def _read(path: Path, archive: ArchiveStore, home: Home | None, reader: ApartReader) -> ImportReport:
    shown = shown_path(path)
    try:
        if os.path.isdir(path):
            raise FileUnreadable(path=shown, reason=N_("the folder cannot be opened"))
        content_id = _sha256(path, shown)
        if archive.has(content_id):
            return ImportReport(path=shown, file=shown, status="known")
        return _store(reader.extract(path, shown), content_id, shown, archive, home)
    except Refusal as error:
        return ImportReport(path=shown, file=shown, status="refused", error=error)


def _read_all(path: Path, archive: ArchiveStore, home: Home | None, reader: ApartReader) -> Iterator[ImportReport]:
    shown = shown_path(path)
    try:
        check_readable(path)
        members = reader.members(path, shown)
        if not members:
            raise FileEmpty(path=shown)
    except Refusal as error:
        yield ImportReport(path=shown, file=shown, status="refused", error=error)
        return
    for member, refusal in members:
        try:
            if refusal is not None:
                raise refusal
            if archive.has(member.sha256):
                yield ImportReport(path=member.name, file=shown, status="known")
                continue
            found = reader.extract(path, member.name, member.way)
            yield msgspec.structs.replace(_store(found, member.sha256, member.name, archive, home), file=shown)
        except Refusal as error:
            yield ImportReport(path=member.name, file=shown, status="refused", error=error)


def _store(
    found: Extracted, content_id: str, shown: str, archive: ArchiveStore, home: Home | None
) -> ImportReport:
    kept = Archived.of(found, f"file:{content_id[:32]}", shown)
    grade = _grade_of(found)
    if grade is not None:
        _refuse_classified(grade, shown)
        if home is not None:
            refuse_beside_ports(home, grade, shown)
        kept = msgspec.structs.replace(kept, classification=grade)
    archive.put(content_id, shown, kept)
    return ImportReport(path=shown, file=shown, status="imported", document=kept, doubts=found.doubts)


def shown_path(path: Path) -> str:
    """A path as text. Names from older Chinese systems are GB18030 where others are UTF-8."""
    written = os.fsencode(path)
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return written.decode("utf-8", "replace")


def _sha256(path: Path, shown: str) -> str:
    try:
        check_readable(path)
    except Refusal as error:
        raise type(error)(**error.facts | {"path": shown}) from error
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(path=shown, reason=error.strerror or str(error)) from error


def _grade_of(found: Extracted) -> str | None:
    for form, within in ((_GRADE, _GRADE_WITHIN), (_NAMED, _NAMED_WITHIN)):
        for line in found.paragraphs[:within]:
            if grade := form.match(line):
                return "".join(grade[1].split())
    return None


def _refuse_classified(grade: str, shown: str) -> None:
    allowed = declared_grade()
    if allowed is None:
        raise ClassifiedRefused(file=shown, classification=grade)
    if rank(grade) > rank(allowed):
        raise GradeTooLow(file=shown, classification=grade, grade=allowed)
