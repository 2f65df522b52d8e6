"""What `meeting doctor` looks at, each with a sentence for a person."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from models.refusal import Refusal
from ui.locale import _, explain

NEEDED_BYTES = 2 * 10**9


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at; `problem` is null when it is well."""

    name: str
    detail: str = ""
    problem: str | None = None
    exit_code: int = 0


def examine(home: Path | None) -> list[Finding]:
    """Looks at everything a meeting needs, and goes on after a problem."""
    checks: list[tuple[str, Callable[[], str]]] = [
        (_("home"), lambda: _home(home)),
        (_("disk"), lambda: _disk(home)),
        (_("records"), lambda: _records(home)),
        (_("speech model"), _model),
        (_("microphone"), _microphone),
    ]
    return [_look(name, check) for name, check in checks]


def _look(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, detail=check())
    except Refusal as error:
        return Finding(name=name, problem=explain(error), exit_code=error.exit_code)


def _home(folder: Path | None) -> str:
    from meeting.home import Home

    return str(Home(folder).prepare().folder)


def _disk(folder: Path | None) -> str:
    from meeting.errors import DiskFull
    from meeting.home import Home

    place = Home(folder).prepare().folder
    free = shutil.disk_usage(place).free
    if free < NEEDED_BYTES:
        raise DiskFull(path=place)
    return _("{free} GB free").format(free=round(free / 1e9, 1))


def _records(folder: Path | None) -> str:
    from meeting.home import Home
    from meeting.records import Records

    records = Records(Home(folder).prepare())
    records.check()
    records.library.check()
    return _("{count} meetings").format(count=len(records.meetings.all()))


def _model() -> str:
    from models.store import ModelStore

    return str(ModelStore().find("whisper-base"))


def _microphone() -> str:
    from asr.devices import find_device

    return find_device(None).name
