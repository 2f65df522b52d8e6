"""Words in the user's language: gettext with English message ids; Chinese unless the environment says English."""

import gettext
import os
from functools import cache
from pathlib import Path

from models.refusal import Refusal

DOMAIN = "smart-meeting"


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


def explain(error: Refusal) -> str:
    """The sentence for a person about `error`, in their language."""
    return _(error.template).format(**error.facts)
