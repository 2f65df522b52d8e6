"""Is a folder what it should be? Reads files, changes nothing."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec

from models.catalog import NEEDED_FILES, VOCABULARY_FILES, ModelFile

MANIFEST = "manifest.json"


class FileState(StrEnum):
    """What a check found."""

    SOUND = "sound"
    MISSING = "missing"
    DAMAGED = "damaged"


class FileReport(msgspec.Struct, frozen=True):
    """One file as found: `size` in bytes, 0 when missing."""

    name: str
    state: FileState
    size: int


class Manifest(msgspec.Struct, frozen=True):
    """What a fetch has verified, kept beside the files so that a folder stays good when the catalogue moves on."""

    name: str
    source: str
    files: tuple[ModelFile, ...]


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a fetched folder; None when there is none or it cannot be read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None


def check_files(folder: Path, files: Iterable[ModelFile]) -> tuple[FileReport, ...]:
    """Compares size and SHA-256 of each file: 0.1 to 0.5 s for whisper-base, which no damage can slip past."""
    return tuple(_check_file(folder / file.name, file) for file in files)


def _check_file(path: Path, expected: ModelFile) -> FileReport:
    try:
        size = path.stat().st_size
        if size != expected.size:
            return FileReport(expected.name, FileState.DAMAGED, size)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return FileReport(expected.name, FileState.MISSING, 0)
    except OSError:
        return FileReport(expected.name, FileState.DAMAGED, 0)
    state = FileState.SOUND if digest == expected.sha256 else FileState.DAMAGED
    return FileReport(expected.name, state, size)


def check_shape(folder: Path) -> tuple[FileReport, ...]:
    """Checks a folder of which no hash is known: the needed files are there, and the JSON ones can be read."""
    names = list(NEEDED_FILES)
    names.append(next((name for name in VOCABULARY_FILES if (folder / name).exists()), VOCABULARY_FILES[0]))
    return tuple(_check_readable(folder / name) for name in names)


def _check_readable(path: Path) -> FileReport:
    try:
        size = path.stat().st_size
        if path.suffix == ".json":
            msgspec.json.decode(path.read_bytes(), type=msgspec.Raw)
    except FileNotFoundError:
        return FileReport(path.name, FileState.MISSING, 0)
    except (OSError, msgspec.DecodeError):
        return FileReport(path.name, FileState.DAMAGED, 0)
    return FileReport(path.name, FileState.SOUND if size else FileState.DAMAGED, size)


def first_bad(reports: Iterable[FileReport]) -> FileReport | None:
    """The first file that is not sound."""
    return next((report for report in reports if report.state is not FileState.SOUND), None)
