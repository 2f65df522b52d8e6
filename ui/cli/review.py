"""What imported files left open: shown, asked for in a terminal, answered."""

import sys
from typing import TYPE_CHECKING

import typer

from models.refusal import Refusal
from ui.cli.context import note, say
from ui.locale import _, explain

if TYPE_CHECKING:
    from meeting.library import Library
    from meeting.reviewing import Question

_LONGEST_SHOWN = 70


def field_name(field: str) -> str:
    """What a question is about."""
    return {
        "title": _("title"),
        "date": _("date"),
        "body": _("body"),
        "kind": _("kind"),
        "items": _("items"),
        "attendees": _("attendees"),
        "decisions": _("decisions"),
        "tasks": _("tasks"),
        "pages": _("pages"),
    }.get(field, field)


def described(library: "Library") -> list[dict[str, object]]:
    """`import --review --json`: every open question, with the values that its file offers."""
    return [
        {
            "id": one.id,
            "path": one.path,
            "title": one.title,
            "field": one.field,
            "reason": _(one.reason),
            "found": one.found,
            "candidates": list(one.candidates),
        }
        for one in library.questions()
    ]


def ask(library: "Library") -> None:
    """Goes through the open questions with a person; where nobody can answer, lists them and says how to."""
    asked = library.questions()
    if not asked:
        say(_("No question is open."))
        return
    here = sys.stdin.isatty() and sys.stdout.isatty()
    for number, question in enumerate(asked, start=1):
        say()
        for line in _lines(question, f"{number}/{len(asked)}"):
            say(line)
        if here and not _answered(library, question):
            return
    if not here:
        say()
        say(_("Answer with `meeting import --answer ID=VALUE`; ok keeps what was found, - leaves it empty."))


def split_answer(given: str) -> tuple[str, str]:
    """The question and the answer of `ID=VALUE`. Raises: BadParameter."""
    question, parted, value = given.partition("=")
    if not parted or not value.strip():
        raise typer.BadParameter(_("{given} is no answer; write ID=VALUE").format(given=given))
    return question.strip(), value.strip()


def _lines(question: "Question", place: str) -> list[str]:
    head = [f"{place}  {question.title}", f"    {question.path}"]
    head.append(f"    {field_name(question.field)}: {_(question.reason)}  [{question.id}]")
    if question.found:
        head.append("    " + _("found: {value}").format(value=_short(question.found)))
    return head + [f"    {number}. {_short(value)}" for number, value in enumerate(question.candidates, start=1)]


def _answered(library: "Library", question: "Question") -> bool:
    """Asks until the answer fits or the question is put off; False when the person leaves."""
    while True:
        given: str = typer.prompt(
            _("A number, a value, ok to keep, - for nothing, Enter for later, q to leave"),
            default="",
            show_default=False,
        )
        given = given.strip()
        if given in ("", "q"):
            return given == ""
        chosen = given.isascii() and given.isdigit() and 0 < int(given) <= len(question.candidates)
        try:
            library.answer(question.id, question.candidates[int(given) - 1] if chosen else given)
        except Refusal as error:
            note(explain(error))
        else:
            return True


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"
