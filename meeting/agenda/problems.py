"""What an agenda file can say wrongly. Facts: `file`, `line` (a table's: its row), `field`, and what each names."""

from meeting.errors import AgendaInvalid, AgendaUnreadable
from models.refusal import N_


class FileMissing(AgendaUnreadable):
    """Facts: `file`."""

    template = N_("There is no agenda file {file}. Look at the name and the folder; nothing was stored.")


class FileIsFolder(AgendaUnreadable):
    """Facts: `file`."""

    template = N_("{file} is a folder. Give the agenda file itself; nothing was stored.")


class FileNotOrdinary(AgendaUnreadable):
    """A pipe, a device or a socket. Facts: `file`."""

    template = N_("{file} is no ordinary file. Give the agenda file itself; nothing was stored.")


class FileEmpty(AgendaUnreadable):
    """Facts: `file`."""

    template = N_("The agenda {file} is empty. Write at least its title and date; nothing was stored.")


class FileTooLarge(AgendaUnreadable):
    """Facts: `file`, `limit_mb`."""

    template = N_("{file} is larger than {limit_mb} MB and cannot be an agenda. Nothing was stored.")


class FileNotText(AgendaUnreadable):
    """Facts: `file`."""

    template = N_(
        "{file} is not a text file, though its name says so. Save it again as UTF-8; nothing was stored."
    )


class FileKindUnknown(AgendaUnreadable):
    """Facts: `file`, `known`."""

    template = N_("{file} is not of a kind that an agenda is read from. Use one of: {known}. Nothing was stored.")


class TableMissing(AgendaUnreadable):
    """Facts: `file`."""

    template = N_("{file} has no table with a column 议题 (title). Add one with a row for each item.")


class FieldUnknown(AgendaInvalid):
    """Facts: and `allowed`."""

    template = N_("{file}, line {line}: an agenda has no field {field}. Here it may be: {allowed}.")


class FieldMisspelt(FieldUnknown):
    """Facts: and `allowed`, `suggestion`."""

    template = N_(
        "{file}, line {line}: an agenda has no field {field}. Did you mean {suggestion}? Here it may be: {allowed}."
    )


class ColumnUnknown(FieldUnknown):
    """A person must say what the column holds. Facts: and `allowed`."""

    template = N_(
        "{file}, line {line}: it is not known what the column {field} holds. Say it with "
        "`meeting new --column '{field}=FIELD'`, FIELD being one of: {allowed}; - leaves the column out. "
        "Nothing was stored."
    )


class ColumnMisspelt(ColumnUnknown):
    """Facts: and `allowed`, `suggestion`."""

    template = N_(
        "{file}, line {line}: it is not known what the column {field} holds. Did you mean {suggestion}? Say it with "
        "`meeting new --column '{field}={suggestion}'`, or another of: {allowed}; - leaves the column out. "
        "Nothing was stored."
    )


class ColumnAnswerUnfit(AgendaInvalid):
    """What a person says of a column is no field. Facts: `file`, `field` (the column), `value`, `allowed`."""

    template = N_("The column {field} of {file} cannot hold “{value}”. It may be: {allowed}; - leaves it out.")


class PlaceUnknown(AgendaInvalid):
    """A value is to stand where the file has no such place. Facts: `file`, `line`, `field`."""

    template = N_("{file} has no field {field} that a value could be set for. Name it as a refusal names it.")


class FieldMissing(AgendaInvalid):
    """Facts: the three."""

    template = N_("{file}, line {line}: {field} is missing. Add it; nothing was stored.")


class FieldRepeated(AgendaInvalid):
    """Facts: and `first_line`."""

    template = N_("{file}, line {line}: {field} was given before, in line {first_line}. Keep one of them.")


class ValueNotAllowed(AgendaInvalid):
    """Facts: and `value`, `allowed`."""

    template = N_("{file}, line {line}: {field} cannot be “{value}”. It may be: {allowed}.")


class DateInvalid(AgendaInvalid):
    """Facts: and `value`."""

    template = N_("{file}, line {line}: {field} “{value}” is not a date. Write it as 2026-03-09.")


class TimeInvalid(AgendaInvalid):
    """Facts: and `value`."""

    template = N_("{file}, line {line}: {field} “{value}” is not a time of day. Write it as 09:00.")


class OutcomeInvalid(AgendaInvalid):
    """Facts: and `value`, `most`."""

    template = N_(
        "{file}, line {line}: {field} “{value}” is no outcome: give at most {most} characters on one line."
    )


class NumberInvalid(AgendaInvalid):
    """Facts: and `value`."""

    template = N_("{file}, line {line}: {field} “{value}” is not a whole number of at least 1.")


class NumberRepeated(AgendaInvalid):
    """Facts: and `value`, `first_line`."""

    template = N_(
        "{file}, line {line}: {field} {value} was given before, in line {first_line}. Number each item once."
    )


class NumberUnknown(AgendaInvalid):
    """Facts: and `value`, `known`."""

    template = N_(
        "{file}, line {line}: {field} names item {value}, which the agenda does not have. It has: {known}."
    )


class ParentCircular(AgendaInvalid):
    """Facts: and `value`."""

    template = N_("{file}, line {line}: {field} {value} leads back to the item itself. Name the item above it.")


class TextExpected(AgendaInvalid):
    """Facts: the three."""

    template = N_("{file}, line {line}: {field} must be a plain text, not a list or further fields.")


class ListExpected(AgendaInvalid):
    """Facts: the three."""

    template = N_("{file}, line {line}: {field} must be a list, such as [{example}].")


class FieldsExpected(AgendaInvalid):
    """Facts: and `allowed`."""

    template = N_("{file}, line {line}: {field} must have fields of its own. They may be: {allowed}.")


class AliasRefused(AgendaInvalid):
    """Facts: the three."""

    template = N_("{file}, line {line}: {field} refers to another place of the file. Write it out instead.")


class NestedTooDeep(AgendaInvalid):
    """Facts: the three."""

    template = N_("{file}, line {line}: {field} is nested deeper than an agenda ever is. Nothing was stored.")


class SyntaxBroken(AgendaInvalid):
    """Facts: and `why`, as the parser says it."""

    template = N_("{file}, line {line}: the file cannot be understood from here on ({why}). Nothing was stored.")
