"""The grade that the administrator has declared for this machine: how high what it holds may be classified."""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from meeting.access.errors import GradeUnreadable, PortsOpen
from meeting.access.grant import rank
from meeting.domain.agenda import CLASSIFICATIONS, Agenda, Classification
from meeting.errors import NoService
from models.refusal import N_

if TYPE_CHECKING:
    from meeting.home import Home
    from meeting.records import Records

CONFIG = Path("/etc/smart-meeting/config.toml")
SECRET: Classification = "秘密"


def declared_grade() -> Classification | None:
    """`grade` in CONFIG, and only where that is not there in the file that MEETING_CONFIG names; None where none is.

    Raises GradeUnreadable, also for a CONFIG that others than the administrator could have written.
    """
    path, content = CONFIG, _read(CONFIG)
    if content is not None and _loose(CONFIG):
        raise GradeUnreadable(file=CONFIG, why=N_("others than the administrator may write it"))
    if content is None and (given := os.environ.get("MEETING_CONFIG")):
        path = Path(given)
        content = _read(path)
    if content is None:
        return None
    try:
        grade = tomllib.loads(content.decode("utf-8")).get("grade")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GradeUnreadable(file=path, why=error) from error
    if grade is None:
        return None
    for known in CLASSIFICATIONS:
        if known == grade:
            return known
    raise GradeUnreadable(file=path, why=N_("grade is one of 公开, 内部, 秘密, 机密, 绝密"))


def closed_to_networks(grade: str | None) -> bool:
    """Whether what has this grade, a machine or what it holds, is served on a Unix socket alone; nothing has none."""
    return bool(grade) and rank(grade or "") >= rank(SECRET)


def refuse_beside_ports(home: "Home", classification: str, file: str) -> None:
    """Refuses what is 秘密 or above while the home's service answers on a port: it is older than the declaration.

    Raises PortsOpen.
    """
    if not closed_to_networks(classification):
        return
    try:
        address = home.address()
    except NoService:
        return
    if address.url:
        raise PortsOpen(file=file, classification=classification)


def highest_of(agenda: Agenda) -> Classification:
    """The highest classification of a meeting and its items."""
    return max((agenda.classification, *(one.classification or "内部" for one in agenda.items)), key=rank)


def highest_held(records: "Records") -> str:
    """The highest classification of what is stored: meetings, their items, imported documents; empty for nothing.

    A grade may be withdrawn, and what was taken in under it is still there. Raises a StoreError.
    """
    held = [grade for _, grade in records.archive.grades()]
    held += [highest_of(meeting.agenda) for meeting in records.meetings.all()]
    return max(filter(None, held), key=rank, default="")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise GradeUnreadable(file=path, why=error.strerror or error) from error


def _loose(path: Path) -> bool:
    """Whether others than root could write the file, or put another in its place."""
    looks = [one.stat() for one in (path, path.parent)]
    by_rights = any(look.st_uid != 0 or look.st_mode & 0o022 for look in looks)
    # An access list can let in whom the bits keep out.
    return by_rights or (os.getuid() != 0 and any(os.access(one, os.W_OK) for one in (path, path.parent)))
