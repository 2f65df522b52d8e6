"""What every command shares: where the home is, how JSON and lines are printed, and the records opened once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.locale import _
from ui.plain import powerless

if TYPE_CHECKING:
    from meeting.home import Home
    from meeting.records import Records

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar="MEETING_HOME", help=_("Where the records lie."), show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print one JSON document and nothing else."))]
FIGURES = "--figures/--no-figures"
FiguresOption = Annotated[
    bool,
    typer.Option(
        FIGURES, help=_("Spoken numbers are written as figures (百分之九十五 → 95%), or left as recognized.")
    ),
]
MeetingArgument = Annotated[str, typer.Argument(metavar="MEETING", help=_("A meeting's id, or its beginning."))]


def home_at(folder: Path | None) -> "Home":
    """The home, ready to be written."""
    from meeting.home import Home

    return Home(folder).prepare()


def records_at(folder: Path | None) -> "Records":
    """The home's records."""
    from meeting.records import Records

    return Records(home_at(folder))


def records_to_read(folder: Path | None) -> "Records":
    """The home's records for who only reads them: a disk on which nothing can be written any more is no hindrance."""
    from meeting.home import Home
    from meeting.records import Records

    home = Home(folder)
    return Records(home if (home.folder / "meeting.db").exists() else home.prepare())


def records_to_look_up(folder: Path | None) -> "Records":
    """The home's records for who looks something up: the index may be made then, but need not be."""
    from meeting.errors import HomeReadOnly

    try:
        return records_at(folder)
    except HomeReadOnly:
        return records_to_read(folder)


def write_opening(records: "Records", meeting: str) -> None:
    """Writes down that this machine's user opens a record. It is theirs: a failing disk keeps it from nobody here."""
    from meeting.access.openings import user_of_this_machine
    from meeting.errors import DiskFull, HomeReadOnly, StoreDamaged, StoreLocked

    try:
        records.openings.note(user_of_this_machine(), meeting, "record")
    except (DiskFull, HomeReadOnly, StoreDamaged, StoreLocked):
        note(
            _(
                "That this record was opened could not be written down: its database is full, read-only, or held by "
                "another program. The record is shown all the same; see to the disk before the next meeting."
            )
        )


def print_json(value: Any) -> None:
    """One JSON document on one line, in UTF-8 with every character as it is."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def say(line: str = "") -> None:
    """A line for a person on stdout; control characters in it lose their power over the terminal."""
    sys.stdout.write(_harmless(line) + "\n")
    sys.stdout.flush()


def cut_short(name: str) -> str:
    """The sentence about a recording of which only a part could be read."""
    return _(
        "“{name}” is cut short or damaged: the text covers what could be read of it, and no more. "
        "If there is a better copy, use that one."
    ).format(name=name)


def note(line: str) -> None:
    """A line for a person on stderr, beside the output proper; as harmless as one of `say`."""
    sys.stderr.write(_harmless(line) + "\n")
    sys.stderr.flush()


def _harmless(line: str) -> str:
    return "\t".join(map(powerless, line.split("\t")))
