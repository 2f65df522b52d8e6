"""Paragraphs into passages of a size that reads well as a hit."""

import re
from collections.abc import Iterable

from search.documents import Passage

SHORTEST, LONGEST = 60, 200
# A sentence ends at its mark together with the closing quotes and brackets behind it.
_SENTENCE = re.compile(r"[^。！？!?；;…]*(?:[。！？!?；;…]+[”’」』）》)\]\"']*|$)")


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph; joined they are the paragraph again."""
    return [match for match in _SENTENCE.findall(paragraph) if match]


def split(paragraphs: Iterable[str]) -> list[str]:
    """Pieces of about 60 to 200 characters that never part a sentence.

    Short neighbouring paragraphs are joined by a line break, long paragraphs parted between sentences; a single
    sentence that is longer stays whole.
    """
    pieces: list[str] = []
    current = ""
    for paragraph in paragraphs:
        for index, sentence in enumerate(sentences(paragraph)):
            joint = "\n" if current and index == 0 else ""
            full = len(current) >= SHORTEST and (index == 0 or len(current) + len(sentence) > LONGEST)
            if current and (full or len(current) + len(sentence) > LONGEST):
                pieces.append(current)
                current = sentence
            else:
                current += joint + sentence
    if current:
        pieces.append(current)
    return [piece.strip() for piece in pieces if piece.strip()]


def passages(
    paragraphs: Iterable[str], *, first: int = 1, item: int | None = None, item_title: str = ""
) -> list[Passage]:
    """The pieces as passages, numbered from `first`."""
    return [
        Passage(id=str(number), text=piece, item=item, item_title=item_title)
        for number, piece in enumerate(split(paragraphs), start=first)
    ]
