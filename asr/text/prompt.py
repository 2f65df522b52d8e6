"""The words of a meeting as the decoder is given them to read before it listens."""

from collections.abc import Iterable

from asr.text.folding import is_han

_CHARS = 140
"""A rare character takes three tokens and a prompt may have 223; each token costs time in every decode."""


def build_prompt(terms: Iterable[str], language: str = "zh") -> str:
    """Names, units and words of the meeting, the most needed first, as one written list.

    Its punctuation is an example too: without one the model writes Chinese with none. No terms, no prompt. Chinese
    words make the model hear Chinese in English speech, so they are for a meeting in Chinese only.
    """
    chosen, used = list[str](), 0
    for term in dict.fromkeys(" ".join(term.split()) for term in terms):
        if language != "zh" and any(map(is_han, term)):
            continue
        if term and used + len(term) + 1 <= _CHARS:
            chosen.append(term)
            used += len(term) + 1
    if language != "zh":
        return ", ".join(chosen) + "." if chosen else ""
    return "，".join(chosen) + "。" if chosen else ""
