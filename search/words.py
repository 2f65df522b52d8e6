"""The words that the index has, with how many passages hold each: for completion and for 您是不是要找.

Kept in the index's database beside the passages, changed in the same transaction.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from search.analysis import is_breaking
from search.pinyin import near, readings

WORD_TABLES = """
CREATE TABLE IF NOT EXISTS words (
    word TEXT PRIMARY KEY, passages INTEGER NOT NULL, sound TEXT NOT NULL, initials TEXT NOT NULL, near TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_by_sound ON words (sound);
CREATE INDEX IF NOT EXISTS words_by_initials ON words (initials);
CREATE INDEX IF NOT EXISTS words_by_near ON words (near);
"""
_LAST = "\U0010ffff"
_LONGEST = 12


def words_of(folded: str) -> set[str]:
    """The words of a passage by jieba's dictionary: two characters and more, with a letter in them."""
    import rjieba

    return {word for word in rjieba.cut(folded) if _is_word(word)}


def _is_word(word: str) -> bool:
    return (
        2 <= len(word) <= _LONGEST
        and any(char.isalpha() for char in word)
        and not any(is_breaking(char) for char in word)
    )


class Words:
    """The table of words of one database."""

    def __init__(self, db: sqlite3.Connection, guarded: Callable[[], AbstractContextManager[None]]) -> None:
        """`guarded` turns what SQLite raises while words are asked for into this package's errors."""
        self._db = db
        self._guarded = guarded
        self._changes: Counter[str] = Counter()

    def count_in(self, words: Iterable[str]) -> None:
        """One passage more holds these."""
        self._changes.update(words)

    def count_out(self, words: Iterable[str]) -> None:
        """One passage less holds these."""
        self._changes.subtract(words)

    def forget_changes(self) -> None:
        """Drops what was counted since, when the transaction is given up."""
        self._changes.clear()

    def write(self) -> None:
        """Brings what was counted into the table; within the transaction."""
        changes = [(number, word) for word, number in self._changes.items() if number]
        self._changes.clear()
        for number, word in changes:
            changed = self._db.execute("UPDATE words SET passages = passages + ? WHERE word = ?", (number, word))
            if not changed.rowcount and number > 0:
                self._db.execute("INSERT INTO words VALUES (?, ?, ?, ?, ?)", (word, number, *_sounds(word)))
        if any(number < 0 for number, _ in changes):
            self._db.execute("DELETE FROM words WHERE passages <= 0")

    def clear(self) -> None:
        """Takes all words out; within the transaction."""
        self._db.execute("DELETE FROM words")

    def beginning(self, prefix: str, most: int) -> list[str]:
        """Words that begin so, those of most passages first."""
        return self._ask("word >= ? AND word < ?", (prefix, prefix + _LAST), most)

    def sounding(self, letters: str, most: int) -> list[str]:
        """Words whose pinyin begins so, in full or by initials."""
        by_sound = self._ask("sound >= ? AND sound < ?", (letters, letters + "{"), most)
        by_initials = self._ask("initials >= ? AND initials < ?", (letters, letters + "{"), most)
        return list(dict.fromkeys((*by_sound, *by_initials)))[:most]

    def with_initials(self, letters: str, most: int) -> list[str]:
        """Words of just these initials, those of most passages first."""
        return self._ask("initials = ?", (letters,), most)

    def sounding_like(self, word: str, most: int) -> list[str]:
        """Words that sound nearly like `word`, without itself."""
        return [one for one in self._ask("near = ?", (_sounds(word)[2],), most + 1) if one != word][:most]

    def written_like(self, word: str, most: int) -> list[str]:
        """Words at one character's distance from `word`: another one, one more, one less, two changed about."""
        shapes = []
        for at in range(len(word)):
            before, after = _literal(word[:at]), _literal(word[at + 1 :])
            shapes += [f"{before}?{after}", f"{before}{after}", f"{before}?{_literal(word[at:])}"]
            if at:
                shapes.append(_literal(word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]))
        shapes = list(dict.fromkeys((*shapes, _literal(word) + "?")))
        asked = " OR ".join("word GLOB ?" for _ in shapes)
        least = (2, len(word) - 1)
        found = self._ask(
            f"length(word) BETWEEN ? AND ? AND ({asked})", (max(least), len(word) + 1, *shapes), most + 1
        )
        return [one for one in found if one != word][:most]

    def _ask(self, condition: str, values: tuple[object, ...], most: int) -> list[str]:
        with self._guarded():
            rows = self._db.execute(
                f"SELECT word FROM words WHERE {condition} ORDER BY passages DESC, length(word), word LIMIT ?",
                (*values, most),
            )
            return [row[0] for row in rows]


def names_of(units: str, speakers: Iterable[str | None]) -> set[str]:
    """Names that are words though no dictionary has them: `units` as JSON, and people."""
    return {name for name in (*json.loads(units), *speakers) if name and _is_word(name)}


def _literal(text: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


def _sounds(word: str) -> tuple[str, str, str]:
    """The pinyin of a word in one piece, its initials, and its near-sound key; what has none stands as it is."""
    from pypinyin import Style, lazy_pinyin

    if word.isascii():
        return word, word, word
    sounds = [one.replace("ü", "v") for one in lazy_pinyin(word, style=Style.NORMAL)]
    if len(sounds) != len(word):
        sounds = [next(iter(readings(char)), char) for char in word]
    return "".join(sounds), "".join(sound[0] for sound in sounds), " ".join(near(sound) for sound in sounds)
