"""The base of every error that a person is told about.

It lies in the lowest package so that all may use it. Each package draws its own tree in its `errors.py`; whoever
shows an error (`ui`) translates `template` and fills in `facts`, so nothing below `ui` knows a language.
"""

from typing import Any, ClassVar


def N_(text: str) -> str:
    """Marks a sentence for translation (gettext's N_) and returns it as it is."""
    return text


class Refusal(Exception):
    """What happened, what it means for the record, and what to do, in one sentence.

    Subclasses set `code` (stable, on the wire and in the docs), `template` (English, with named fields) and
    `exit_code` (contract 1: 1 refused by the state of things, 2 wrong usage, 3 a needed part is missing).
    """

    code: ClassVar[str]
    template: ClassVar[str]
    exit_code: ClassVar[int] = 1

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.template.format(**facts))
