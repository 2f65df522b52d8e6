"""The languages that a model knows, read from its words without loading it."""

import re
from pathlib import Path

import msgspec

from asr.errors import LanguageUnknown

_TOKEN = re.compile(r"<\|([a-z]{2,3})\|>")


def known_languages(model_path: Path) -> tuple[str, ...]:
    """The codes that may be asked for, `auto` first. `model_path` is a folder in CTranslate2's form."""
    words = msgspec.json.decode((model_path / "vocabulary.json").read_bytes(), type=list[str])
    return ("auto", *sorted(match[1] for word in words if (match := _TOKEN.fullmatch(word))))


def check_language(model_path: Path, language: str) -> None:
    """Refuses what the model cannot hear before anything is recorded. Raises LanguageUnknown, with the list."""
    try:
        known = known_languages(model_path)
    except OSError:
        # What is wrong with the model is said by who loads it.
        return
    if language not in known:
        raise LanguageUnknown(language=language, known=", ".join(known))
