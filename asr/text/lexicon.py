"""The words a meeting expects, as plain values: who might be named, what might be said, and what is going on."""

from typing import Literal

import msgspec

from asr.results import Change, Mark

Kind = Literal["unit", "unit_short", "title", "term"]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """A word that will probably be spoken: a unit, a unit's short name, a title of an item, a term.

    `strength` is 0..1; 1 for what the agenda itself says, less for what was only mined from documents.
    """

    text: str
    kind: Kind = "term"
    strength: float = 1.0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on the roster. `units` holds full and short names of their units, all that people may say."""

    name: str
    units: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    present: bool = True


class Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """All that a meeting expects to hear; made once, and again when the roster or the words change."""

    people: tuple[Person, ...] = ()
    words: tuple[Expected, ...] = ()


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the moment of an utterance: names of who speaks and who presents, units and terms under way.

    `coming` are presenters of the item that may be called next: they count only where the utterance says one of
    `announced`, the words that name that item.
    """

    speaker: str = ""
    presenters: frozenset[str] = frozenset()
    current: frozenset[str] = frozenset()
    coming: frozenset[str] = frozenset()
    announced: frozenset[str] = frozenset()

    def hearing(self, text: str) -> "Situation":
        """The situation in which `text` is heard: with those who present the item that it announces."""
        if not any(word in text for word in self.announced):
            return self
        return msgspec.structs.replace(self, presenters=self.presenters | self.coming)


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A text with its expected words put right, what was changed in it, and what could not be decided."""

    text: str
    changes: tuple[Change, ...] = ()
    marks: tuple[Mark, ...] = ()
