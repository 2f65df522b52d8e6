"""Agenda files that cannot be taken as they are."""

from meeting.errors.root import MeetingError
from models.refusal import N_


class AgendaError(MeetingError):
    """An agenda file that cannot be taken as it is. Nothing has been stored."""

    exit_code = 2


class AgendaUnreadable(AgendaError):
    """The file is not there, is not of a kind that is read, or is broken as a file."""

    code = "agenda_unreadable"
    template = N_("The agenda {file} cannot be read: {why}. Nothing was stored.")


class AgendaInvalid(AgendaError):
    """A field says something that an agenda cannot say; `line` is the line (YAML) or the row of the table."""

    code = "agenda_invalid"
    template = N_("{file}, line {line}, {field}: {problem}. Correct the agenda and try again; nothing was stored.")


class ClassifiedRefused(AgendaError):
    """秘密 and above on a machine whose grade nobody has declared."""

    code = "classified_refused"
    template = N_(
        "{file} is classified {classification}, and this machine's grade is not declared, so it is not taken in. "
        "Use a machine of that grade, or ask the administrator to declare this one's."
    )
    exit_code = 1


class GradeTooLow(AgendaError):
    """What is classified higher than the grade that was declared for this machine."""

    code = "grade_too_low"
    template = N_(
        "{file} is classified {classification}, and this machine is declared for {grade} only, so it is not taken in. "
        "Use a machine of that grade."
    )
    exit_code = 1
