"""您是不是要找, and completion as it is typed: from words that the index has, and that this asker may find."""

from collections.abc import Iterable, Sequence

from search.analysis import fold, is_breaking
from search.columns import Mask
from search.lookup import within
from search.query import Clause, Field
from search.source import Source
from search.words import Words

_MOST_SUGGESTED = 3
_LOOKED_AT = 24
_LONGEST_CORRECTED = 12

Sources = Sequence[tuple[Source, Mask]]


def of_heard(sources: Sources, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """Queries made of the strings that were heard, the commonest first."""
    first = [clause.tokens[0].text if clause.tokens else "" for clause in clauses]
    if not all(first):
        return ()
    varied = max(range(len(clauses)), key=lambda at: len(clauses[at].tokens))
    found = [token.text for token in clauses[varied].tokens if _is_there(sources, token.text)]
    return tuple(" ".join([*first[:varied], text, *first[varied + 1 :]]) for text in found[:_MOST_SUGGESTED])


def suggest(sources: Sources, words: Words, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The query with each word that is nowhere replaced by the nearest that is there; none where that gives nothing."""
    choices = [_choices(sources, words, token.text) for clause in clauses for token in clause.tokens[:1]]
    if not choices or not all(choices) or all(len(one) == 1 and not one[0][1] for one in choices):
        return ()
    most = max(range(len(choices)), key=lambda at: len(choices[at]))
    first = [one[0][0] for one in choices]
    return tuple(
        " ".join([*first[:most], text, *first[most + 1 :]]) for text, _ in choices[most][:_MOST_SUGGESTED]
    )


def complete(sources: Sources, words: Words, text: str, most: int) -> tuple[str, ...]:
    """The text with its last word completed, by characters or by pinyin; those of most passages first."""
    head, last = _parted(text)
    beginning = fold(last)
    if not beginning or any(is_breaking(char) for char in beginning):
        return ()
    found: Iterable[str] = words.beginning(beginning, _LOOKED_AT)
    if beginning.isascii() and beginning.isalpha():
        found = (*found, *words.sounding(beginning, _LOOKED_AT))
    there = _is_named if head.endswith((":", "：")) else _is_there
    there_are = [word for word in dict.fromkeys(found) if word != beginning and there(sources, word)]
    return tuple(head + word for word in there_are[: max(most, 0)])


def _choices(sources: Sources, words: Words, text: str) -> list[tuple[str, bool]]:
    """What may stand in a word's place, and whether that is another."""
    if _is_there(sources, text):
        return [(text, False)]
    found = _corrected(sources, words, text)
    return [(one, True) for one in found[:_MOST_SUGGESTED]]


def _corrected(sources: Sources, words: Words, text: str) -> list[str]:
    if len(text) < 2 or len(text) > _LONGEST_CORRECTED:
        return []
    near = (*words.sounding_like(text, _LOOKED_AT), *words.written_like(text, _LOOKED_AT))
    found = [word for word in dict.fromkeys(near) if _is_there(sources, word)]
    return found or _corrected_in_parts(sources, words, text)


def _corrected_in_parts(sources: Sources, words: Words, text: str) -> list[str]:
    """The text parted in two, one part known and the other put right."""
    found: list[str] = []
    for at in range(2, len(text) - 1):
        before, after = text[:at], text[at:]
        if _is_there(sources, before):
            found += [before + word for word in words.sounding_like(after, 3) + words.written_like(after, 3)]
        if _is_there(sources, after):
            found += [word + after for word in words.sounding_like(before, 3) + words.written_like(before, 3)]
    return [one for one in dict.fromkeys(found) if _is_there(sources, one)]


def _is_there(sources: Sources, text: str) -> bool:
    return any(mask[source.find(text)[0]].any() for source, mask in sources)


def _is_named(sources: Sources, name: str) -> bool:
    """Whether it is in a field that a query can name, of something that may be found."""
    fields = [Field(field, name) for field in ("unit", "speaker", "body")]
    return any((mask & within(source, field)).any() for source, mask in sources for field in fields)


def _parted(text: str) -> tuple[str, str]:
    """All up to the last white space, quote or sign, and what follows."""
    at = max(text.rfind(char) for char in ' \u3000\t"“「『-:：') + 1
    return text[:at], text[at:]
