"""Stored meetings: new, list, show, export."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.refusal import Refusal
from ui.cli.context import (
    HomeOption,
    JsonOption,
    MeetingArgument,
    print_json,
    records_at,
    records_to_read,
    say,
    write_opening,
)
from ui.locale import _
from ui.plain import powerless

if TYPE_CHECKING:
    from meeting.domain.agenda import Agenda
    from meeting.records import Records
    from meeting.store.meetings import Meeting

app = typer.Typer()


@app.command(help=_("Reads an agenda file, stores the meeting, and prints its id."))
def new(
    agenda: Annotated[Path, typer.Argument(metavar="AGENDA", help=_("YAML, DOCX, XLSX or CSV."))],
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FIELD", help=_("What a column of the table holds; - leaves it out.")),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help=_("A value in place of what the file has or lacks.")),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from ui.cli.agenda import parted, read_asking

    read = read_asking(agenda, parted(column), parted(set_), may_ask=not json)
    meeting_id = store_agenda(agenda, home, read)
    if json:
        print_json({"id": meeting_id})
    else:
        say(meeting_id)


def store_agenda(path: Path, home: Path | None, read: "Agenda | None" = None) -> str:
    """Reads an agenda, if that was not done before, and stores its meeting; returns the id.

    A refused file leaves nothing behind.
    """
    from meeting.access.grade import declared_grade, highest_of, refuse_beside_ports
    from meeting.agenda import read_agenda, refuse_classified

    agenda = read or read_agenda(path)
    refuse_classified(agenda, str(path), grade=declared_grade())
    records = records_at(home)
    refuse_beside_ports(records.home, highest_of(agenda), str(path))
    meeting_id = records.meetings.add(agenda, str(path.absolute().parent))
    records.library.add_agenda(records.meetings.get(meeting_id))
    return meeting_id


@contextmanager
def stored_unless_refused(path: Path, home: Path | None) -> Iterator[str]:
    """Stores an agenda's meeting for a block that begins it; a refusal to begin leaves nothing of it."""
    from meeting.errors import Disconnected

    meeting_id = store_agenda(path, home)
    try:
        yield meeting_id
    except Disconnected:
        # Nobody knows what became of the order: it may be recording.
        raise
    except Refusal:
        records = records_at(home)
        if records.meetings.remove(meeting_id):
            records.library.forget_agenda(meeting_id)
        raise


@app.command("list", help=_("Shows the stored meetings."))
def list_meetings(home: HomeOption = None, json: JsonOption = False) -> None:
    meetings = records_to_read(home).meetings.all()
    if json:
        rows = [{"id": m.id, "title": m.title, "date": m.date, "state": m.state} for m in meetings]
        print_json({"meetings": rows})
        return
    if not meetings:
        say(_("No meeting is stored yet. Begin with `meeting new AGENDA` or `meeting demo`."))
    states = {"scheduled": _("scheduled"), "open": _("running"), "closed": _("ended")}
    for one in meetings:
        say(f"{one.id}  {one.date}  {states[one.state]}  {one.title}")


@app.command(help=_("Shows a meeting with its items, text, decisions and actions."))
def show(meeting: MeetingArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    from meeting.minutes.export import render

    records = records_to_read(home)
    stored = records.meetings.get(meeting)
    write_opening(records, stored.id)
    if json:
        print_json(shown(records, stored))
    else:
        from meeting.projection import record_of

        for line in render(record_of(records, stored), "txt").decode().splitlines():
            say(line)


def shown(records: "Records", stored: "Meeting") -> object:
    """`show --json`: the meeting with items, segments, decisions and actions."""
    import msgspec

    from meeting.projection import item_entries

    log = records.log(stored.id)
    head: dict[str, object] = msgspec.to_builtins(stored)
    body: dict[str, object] = msgspec.to_builtins(log.state())
    for inner in ("agenda_folder", "run", "cut_sample", "last_seq"):
        head.pop(inner, None)
    return head | body | {"items": item_entries(stored, log)}


@app.command("export", help=_("Writes a meeting's record to a file."))
def export_record(
    meeting: MeetingArgument,
    format: Annotated[str, typer.Option("--format", help="md, txt, srt, vtt, json")] = "md",
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("File to write."))] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.minutes.export import export as write
    from meeting.projection import record_of

    records = records_to_read(home)
    stored = records.meetings.get(meeting)
    write_opening(records, stored.id)
    path = write(record_of(records, stored), format, output or Path(file_name(stored.title, stored.date, format)))
    if json:
        print_json({"path": str(path)})
    else:
        say(str(path))


def file_name(title: str, date: str, format: str) -> str:
    """The name of an exported record: date and title, without what a file system refuses."""
    safe = "".join("_" if c in '/\\:*?"<>|' else c for c in powerless(title, "_"))[:60].strip(" .")
    return f"{date} {safe}.{format}"
