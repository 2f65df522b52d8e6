"""What the libraries beneath and the system say in English, recognised by its shape so that it can be translated.

None of them lets a program choose its language at run time, so their sentences are message ids here, each with named
fields where the library puts a value in.
"""

import re
from functools import cache
from string import Formatter

from models.refusal import N_

_COMMAND_LINE = (
    N_("Usage: "),
    N_("Arguments"),
    N_("Options"),
    N_("Commands"),
    N_("[OPTIONS]"),
    N_("[OPTIONS] {rest}"),
    N_("COMMAND [ARGS]..."),
    N_("[OPTIONS] COMMAND [ARGS]..."),
    N_("Show this message and exit."),
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
    N_("default: {value}"),
    N_("env var: {name}"),
    N_("required"),
    N_("Missing command."),
    N_("Missing argument {name}."),
    N_("Missing option {name}."),
    N_("No such command {name}. Did you mean {names}?"),
    N_("No such command {name}."),
    N_("No such option: {name} (Possible options: {names})"),
    N_("No such option: {name}"),
    N_("Option {name} requires an argument."),
    N_("Option {name} does not take a value."),
    N_("Got unexpected extra argument(s) ({words})"),
    N_("Invalid value for {name}: {why}"),
    N_("Invalid value: {why}"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to {limit}"),
    N_("Input should be less than or equal to {limit}"),
)
_SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Read-only file system"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Input/output error"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("Too many open files"),
    N_("Cannot allocate memory"),
    N_("Address already in use"),
    N_("Connection refused"),
    N_("[Errno {number}] {why}: {file}"),
    N_("[Errno {number}] {why}"),
)
_YAML = (
    N_("mapping values are not allowed here"),
    N_("could not find expected ':'"),
    N_("found unexpected end of stream"),
    N_("found character {character} that cannot start any token"),
    N_("expected {wanted}, but found {found}"),
    N_("special characters are not allowed"),
)


def recognise(sentence: str) -> tuple[str, dict[str, str]] | None:
    """The message id whose shape `sentence` has, and what stands in its fields; None for an unknown sentence."""
    # The command line's library breaks its lists of choices over lines.
    flat = " ".join(sentence.split())
    for template, shape in _shapes():
        if found := shape.fullmatch(flat):
            return template, found.groupdict()
    return None


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((text, re.compile(_shape(text.strip()))) for text in (*_COMMAND_LINE, *_SYSTEM, *_YAML))


def _shape(template: str) -> str:
    parts = Formatter().parse(template)
    return "".join(re.escape(text) + (f"(?P<{field}>.+)" if field else "") for text, field, _, _ in parts)
