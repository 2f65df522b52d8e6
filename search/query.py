"""What a person types, as tokens that must occur. Nothing typed is an error."""

import re

import msgspec

from search.analysis import fold, is_breaking, runs

_PHRASE = re.compile(r"[\"“”＂「『]([^\"“”＂「」『』]+)[\"“”＂」』]")
_MOST_TOKENS = 32
_MOST_CHARACTERS = 1000


class Token(msgspec.Struct, frozen=True):
    """A folded piece of text that must occur; `exact` when it stood in quotes."""

    text: str
    exact: bool = False


def parse(text: str) -> tuple[Token, ...]:
    """The tokens of a query: phrases in quotes, then words parted by spaces, none twice.

    Punctuation round a word is dropped; a word of punctuation alone is looked for as it is.
    """
    text = text[:_MOST_CHARACTERS]
    phrases = [fold(match.group(1)).strip() for match in _PHRASE.finditer(text)]
    words = [trim(fold(word)) for word in _PHRASE.sub(" ", text).split()]
    tokens = [Token(phrase, exact=True) for phrase in phrases] + [Token(word) for word in words]
    return _distinct(tokens)


def loosen(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The same tokens parted at their punctuation: 清理、整改 becomes 清理 and 整改."""
    return _distinct([Token(run) for token in tokens for run, _ in runs(token.text)])


def trim(folded: str) -> str:
    """Without the punctuation at both ends, unless nothing else is there."""
    start, end = 0, len(folded)
    while start < end and is_breaking(folded[start]):
        start += 1
    while end > start and is_breaking(folded[end - 1]):
        end -= 1
    return folded[start:end] or folded


def _distinct(tokens: list[Token]) -> tuple[Token, ...]:
    seen: dict[str, Token] = {}
    for token in tokens:
        if token.text and token.text not in seen:
            seen[token.text] = token
    return tuple(seen.values())[:_MOST_TOKENS]
