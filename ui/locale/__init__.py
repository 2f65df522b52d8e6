"""Words in the user's language: gettext with English message ids; Chinese unless the environment says English."""

import gettext
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.refusal import Refusal
from ui.locale.borrowed import recognise

DOMAIN = "smart-meeting"
# The facts of an error that are themselves words about it; the others quote names, paths and numbers.
SAID_FACTS = frozenset({"kind", "part", "problem", "reason", "reasons", "role", "state", "wanted", "why"})


def language() -> str:
    """`zh_CN` or `en`, from MEETING_LANG, else the usual locale variables; a bare C or POSIX locale means `zh_CN`."""
    for name in ("MEETING_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value.split(".")[0] not in ("C", "POSIX"):
            return "en" if value.lower().startswith("en") else "zh_CN"
    return "zh_CN"


@cache
def _translations(wanted: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, Path(__file__).parent, [wanted], fallback=True)


def _(text: str) -> str:
    """`text` (an English message id) in the user's language."""
    return _translations(language()).gettext(text) if text else text


def said(text: str) -> str:
    """A sentence or word of the project, of a library or of the system, in the user's language; `text` if unknown."""
    if not text or language() == "en":
        return text
    known = _(text)
    found = recognise(text) if known == text else None
    if found is None:
        return known
    template, fields = found
    return _(template).format(**_in_words(fields))


def explain(error: Refusal) -> str:
    """The sentence for a person about `error`, in their language."""
    return _(error.template).format(**_in_words(error.facts))


def _in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    # A file may be called "record" and must keep its name: only what is said is translated, never what is quoted.
    return {name: said(str(fact)) if name in SAID_FACTS else fact for name, fact in facts.items()}
