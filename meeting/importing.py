"""Old minutes into the archive: every file is reported, a refused one leaves nothing and the rest goes on."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from meeting.errors import ClassifiedRefused
from meeting.store.archive import ArchiveStore
from models.refusal import N_, Refusal
from search.documents import Document
from search.errors import FileUnreadable
from search.extract.files import check_readable
from search.extract.reading import Extracted, extract

# GB/T 9704: the grade stands flush left near the top, with its term after a star (秘密★1年).
_GRADE = re.compile(r"^\s*(秘密|机密|绝密)\s*(?:★.*)?$")
_GRADE_WITHIN = 6

Status = Literal["imported", "known", "refused"]
STATUSES = (N_("imported"), N_("known"), N_("refused"))


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file. `error` says why it was refused; `document` is what is new for the index."""

    path: str
    status: Status
    error: Refusal | None = None
    document: Document | None = None


def read_into_archive(path: Path, archive: ArchiveStore) -> Iterator[ImportReport]:
    """Stores a file, or every file below a folder, in the order of their names."""
    if not path.exists():
        error = FileUnreadable(path=str(path), reason="there is no such file")
        yield ImportReport(path=str(path), status="refused", error=error)
    elif path.is_dir():
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and not any(part.startswith(".") for part in inner.relative_to(path).parts):
                yield _read(inner, archive)
    else:
        yield _read(path, archive)


def _read(path: Path, archive: ArchiveStore) -> ImportReport:
    try:
        content_id = _sha256(path)
        if archive.has(content_id):
            return ImportReport(path=str(path), status="known")
        found = extract(path)
        _refuse_classified(found, path)
        document = found.document(f"file:{content_id[:32]}", str(path))
        if found.minutes is not None:
            document = msgspec.structs.replace(document, body=_body(found.title))
        archive.put(content_id, str(path), document)
    except Refusal as error:
        return ImportReport(path=str(path), status="refused", error=error)
    return ImportReport(path=str(path), status="imported", document=document)


def _sha256(path: Path) -> str:
    check_readable(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=error.strerror or str(error)) from error


def _refuse_classified(found: Extracted, path: Path) -> None:
    for line in found.paragraphs[:_GRADE_WITHIN]:
        grade = _GRADE.match(line)
        if grade:
            raise ClassifiedRefused(file=str(path), classification=grade[1])


def _body(title: str) -> str:
    """The 会议主体 that a title of minutes names: what stands before the year, the session or 纪要."""
    return re.split(r"[〔（(\d第]|20\d\d|会议纪要|纪要|会议记录", title, maxsplit=1)[0].strip()
