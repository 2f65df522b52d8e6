"""The help pages of the command line in the user's language.

Typer writes its own words ("Usage", "Options", "Show this message and exit.") in English whatever the language. All of
them pass through the formatter of a help page, which is the library's own place to change how a page looks.
"""

import re
from collections.abc import Sequence

import typer
from typer._click.formatting import HelpFormatter

from ui.locale import _, said

# What the library adds behind a help text: [env var: X; default: Y; required].
_ADDED = re.compile(r"(?P<text>.*?)(?P<gap>\s*)\[(?P<notes>(?:default: |env var: |required).*)\]", re.DOTALL)


class HelpPage(HelpFormatter):
    """A help page whose fixed words are translated while it is written."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage; arguments' names stay as the command's own help gives them."""
        super().write_usage(prog, said(args), _("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The heading of a section, such as the options."""
        self.write(" " * self.current_indent + _("{heading}:").format(heading=said(heading)) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options, arguments or commands with their help."""
        super().write_dl([(name, help_text(text)) for name, text in rows], col_max, col_spacing)


def help_text(text: str) -> str:
    """The help of one option, with the notes that the library adds to it translated."""
    if found := _ADDED.fullmatch(text):
        notes = _("; ").join(said(note) for note in found["notes"].split("; "))
        return f"{said(found['text'])}{found['gap']}[{notes}]"
    return said(text)


def translate_help_pages() -> None:
    """Makes every help page of this process a `HelpPage`; called once, before the command line is read."""
    # Commands make contexts of the library's base class, which `typer.Context` derives from and does not name.
    typer.Context.__mro__[1].formatter_class = HelpPage  # type: ignore[attr-defined] # mypy sees only `type`
