"""The room's memory in a terminal: a matter across meetings, and a passage opened where it stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.context import (
    HomeOption,
    JsonOption,
    note,
    print_json,
    records_to_read,
    say,
    write_opening,
)
from ui.locale import _

if TYPE_CHECKING:
    from meeting.memory.facts import Held, Stage, Timeline
    from meeting.memory.opening import Opened

app = typer.Typer()


@app.command(help=_("Shows a matter across meetings: first raised, decided, followed up."))
def matter(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("What agendas call it, or the title of an item."))],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    found = history(name, home)
    if json:
        print_json(found)
        return
    if not found.meetings:
        say(_("No meeting is known to have had this matter."))
    for held in found.meetings:
        for line in _held(held):
            say(line)
    if found.similar:
        note(_("Did you mean: {words}").format(words="  ".join(found.similar)))


@app.command("open", help=_("Opens a passage that `meeting search` found where it stands."))
def open_passage(
    hit: Annotated[
        str, typer.Argument(metavar="ID", help=_("The hit's id, as `meeting search --json` gives it."))
    ],
    passage: Annotated[
        str, typer.Argument(metavar="PASSAGE", help=_("Its passage_id; else the document's beginning."))
    ] = "",
    context: Annotated[int, typer.Option(min=0, max=50, help=_("How many passages on each side."))] = 3,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from ui.cli.hits import opened_lines

    found = passage_at(hit, passage, context, home)
    if json:
        print_json(found)
        return
    for line in opened_lines(found):
        say(line)


def history(name: str, home: Path | None) -> "Timeline":
    """A matter across meetings, as the running service knows it, else the records themselves."""
    import msgspec

    from meeting.memory.facts import Timeline
    from meeting.stream.messages import History

    found = _asked(home, lambda new_id: History(id=new_id, name=name))
    return records_to_read(home).memory.timeline(name) if found is None else msgspec.convert(found, Timeline)


def passage_at(document_id: str, passage_id: str, around: int, home: Path | None) -> "Opened":
    """A passage with what stands round it. Raises PassageUnknown."""
    from meeting.access.openings import opened_record
    from meeting.memory.opening import opened

    records = records_to_read(home)
    # The log on the disk has what is being said just now, too.
    found = opened(records, document_id, passage_id, around)
    if (record := opened_record(found)) is not None:
        write_opening(records, record)
    return found


def _asked(home: Path | None, command: Any) -> object | None:
    import asyncio

    from meeting.errors import Disconnected, NoService
    from meeting.home import Home
    from ui.cli.remote import give

    try:
        return asyncio.run(give(Home(home), command))
    except (NoService, Disconnected):
        return None


def _held(held: "Held") -> list[str]:
    head = "  ".join(one for one in (held.date, held.title, held.meeting_id or "") if one)
    return [head, *(f"    {line}" for stage in held.steps for line in _stage(stage))]


def _stage(stage: "Stage") -> list[str]:
    step = {
        "raised": _("raised"),
        "discussed": _("discussed"),
        "decided": _("decided"),
        "followed_up": _("followed up"),
    }[stage.step]
    told = "  ".join(one for one in (step, stage.outcome, state_name(stage.state)) if one)
    lines = [f"{told}  {stage.text}"]
    if stage.changed_by is not None:
        changed = stage.changed_by
        lines.append(
            "    "
            + _("by {date} {title}: {text}").format(
                date=changed.source.date, title=changed.source.title, text=changed.text
            )
        )
    if stage.task is not None:
        task = stage.task
        who = _(", ").join(one for one in (task.lead, *task.supporting, task.owner) if one)
        due = _("by {date}").format(date=task.due) if task.due else ""
        late = _("overdue") if task.overdue else ""
        if owed := "  ".join(one for one in (who, due, late) if one):
            lines.append(f"    {owed}")
    return lines


def state_name(state: str) -> str:
    """What the state of a decision or a task means today."""
    return {
        "in_force": _("in force"),
        "perhaps_changed": _("perhaps changed since"),
        "superseded": _("superseded"),
        "lapsed": _("lapsed"),
        "open": _("open"),
        "done": _("done"),
        "unrecorded": _("whether it was done is not recorded"),
    }.get(state, state)
