"""Renews the message catalogues of ui/locale from the sources: `python scripts/messages.py [FOLDER]`.

Collects every `_("…")` and `N_("…")`, adds what is new to each language (untranslated: nothing is guessed), drops
what is gone, and compiles. Catalogues carry no places and no dates and are sorted, so only changed sentences differ.
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("meeting", "asr", "search", "ui", "models")
MARKS = ("_", "N_")
DOMAIN = "smart-meeting"


def marked(source: str) -> Iterator[str]:
    """The message ids in a module. The syntax tree sees them inside f-strings too, which extraction by tokens
    finds only from Python 3.12 on."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text))]) if name in MARKS and text:
                yield text


def collect() -> list[str]:
    """Every message id of the packages, sorted."""
    modules = (module for package in PACKAGES for module in (ROOT / package).rglob("*.py"))
    return sorted({text for module in modules for text in marked(module.read_text(encoding="utf-8"))})


class Bare(Catalog):
    """A catalogue whose header names its language and encoding, with no dates, people or versions."""

    def __init__(self, language: str = "") -> None:
        super().__init__(header_comment="", fuzzy=False)
        self._language = language

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The fields of the header."""
        return [("Language", self._language), ("Content-Type", "text/plain; charset=utf-8")]


def catalogue(messages: list[str], language: str = "", known: Catalog | None = None) -> Bare:
    """A catalogue of exactly `messages`, with the translations that `known` has for them."""
    made = Bare(language)
    for text in messages:
        old = known.get(text) if known is not None else None
        made.add(text, old.string if old is not None and not old.fuzzy else "")
    return made


def rendered(made: Bare) -> bytes:
    """A catalogue as the text of a PO file."""
    body = io.BytesIO()
    write_po(body, made, sort_output=True, width=110)
    return body.getvalue().lstrip()


def renew(folder: Path) -> list[str]:
    """Writes template, catalogues and their compiled forms in `folder`; returns what lacks a translation."""
    messages = collect()
    (folder / f"{DOMAIN}.pot").write_bytes(rendered(catalogue(messages)))
    missing = []
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = path.parent.parent.name
        with path.open("rb") as file:
            made = catalogue(messages, language, read_po(file))
        path.write_bytes(rendered(made))
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, made)
        missing += [f"{language}: {message.id}" for message in made if message.id and not message.string]
    return missing


if __name__ == "__main__":
    untranslated = renew(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "ui" / "locale")
    for line in untranslated:
        print(f"not translated: {line}")
