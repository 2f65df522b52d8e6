"""The grade that the administrator has declared for this machine: how high what it holds may be classified."""

import os
import tomllib
from pathlib import Path

from meeting.access.errors import GradeUnreadable
from meeting.access.grant import rank
from meeting.domain.agenda import CLASSIFICATIONS, Classification
from models.refusal import N_

CONFIG = Path("/etc/smart-meeting/config.toml")
SECRET: Classification = "秘密"


def declared_grade() -> Classification | None:
    """`grade` in the file that MEETING_CONFIG names, else in CONFIG; None where nobody has declared one.

    Raises GradeUnreadable, also for a file in the administrator's place that its user could have written.
    """
    given = os.environ.get("MEETING_CONFIG")
    path = Path(given) if given else CONFIG
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GradeUnreadable(file=path, why=error.strerror or error) from error
    if not given and os.getuid() != 0 and _writable(path):
        raise GradeUnreadable(file=path, why=N_("its user may write it, and only the administrator should"))
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


def closed_to_networks(grade: Classification | None) -> bool:
    """Whether a machine of this grade opens no port at all: its service answers on a Unix socket."""
    return grade is not None and rank(grade) >= rank(SECRET)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) or os.access(path.parent, os.W_OK)
