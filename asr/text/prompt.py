"""The words of a meeting as the decoder is given them to read before it listens."""

from collections.abc import Iterable

_CHARS = 140
"""A rare character takes three tokens and a prompt may have 223; each token costs time in every decode."""


def build_prompt(terms: Iterable[str]) -> str:
    """Names, units and words of the meeting, the most needed first, as one written list.

    Its punctuation is an example too: without one the model writes Chinese with none. No terms, no prompt.
    """
    chosen, used = list[str](), 0
    for term in dict.fromkeys(" ".join(term.split()) for term in terms):
        if term and used + len(term) + 1 <= _CHARS:
            chosen.append(term)
            used += len(term) + 1
    return "，".join(chosen) + "。" if chosen else ""
