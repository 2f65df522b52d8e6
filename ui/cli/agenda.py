"""Reading an agenda together with a person: what its table leaves open is asked for in a terminal."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ui.cli.context import note
from ui.locale import _, explain

if TYPE_CHECKING:
    from meeting.domain.agenda import Agenda


def parted(given: Iterable[str] | None) -> dict[str, str]:
    """`NAME=VALUE` options by name. Raises: BadParameter."""
    found = {}
    for one in given or ():
        name, sign, value = one.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise typer.BadParameter(_("{given} is not of the form NAME=VALUE").format(given=one))
        found[name.strip()] = value.strip()
    return found


def read_asking(path: Path, columns: dict[str, str], values: dict[str, str], *, may_ask: bool) -> "Agenda":
    """The agenda; where a person sits at the terminal, unknown columns and unfit values are asked for one by one.

    Raises: an AgendaError, also when the person has no answer.
    """
    from meeting.agenda import problems, read_agenda
    from meeting.errors import AgendaInvalid

    asked_of_values = (
        *(problems.ValueNotAllowed, problems.FieldMissing, problems.DateInvalid, problems.TimeInvalid),
        *(problems.NumberInvalid, problems.NumberUnknown, problems.NumberRepeated),
    )
    may_ask = may_ask and sys.stdin.isatty() and sys.stderr.isatty()
    while True:
        try:
            return read_agenda(path, columns, values)
        except problems.ColumnUnknown as error:
            answers = columns
            question = _(
                "What does the column {field} hold? (议题, 汇报单位, 列席单位 and the like; "
                "- leaves it out, Enter gives up)"
            )
            refusal: AgendaInvalid = error
        except problems.ColumnAnswerUnfit as error:
            answers, question = columns, _("What does the column {field} hold? (- leaves it out, Enter gives up)")
            refusal = error
        except asked_of_values as error:
            answers, question = values, _("What shall stand for {field}? (Enter gives up)")
            refusal = error
        if not may_ask:
            raise refusal
        if not isinstance(refusal, problems.ColumnUnknown):
            # Which option a script would give is of no use to somebody who is asked.
            note(explain(refusal))
        field = refusal.facts["field"]
        given = typer.prompt(question.format(**refusal.facts), default="", show_default=False, err=True).strip()
        if not given:
            raise refusal
        answers[field] = given
