"""The word list of each body (会议主体): names and terms that its meetings speak of, kept from one to the next."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, Select, delete, insert, select

from meeting.domain.words import WordKind
from meeting.store.engine import refusing, writing
from meeting.store.tables import words


class BodyWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word of a body's list. `learnt`: taken from a correction by hand, not added by itself."""

    body: str
    text: str
    kind: WordKind = "term"
    learnt: bool = False
    by: str = ""
    added_at: str = ""


class WordLists:
    """Every method may raise a StoreError. The body of a meeting that names none is the empty one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = engine.url.render_as_string()

    def put(self, word: BodyWord) -> None:
        """Stores or replaces a word; what a person has added stays so when it is learnt once more."""
        same = (words.c.body == word.body) & (words.c.text == word.text)
        row = msgspec.structs.asdict(word) | {
            "learnt": int(word.learnt),
            "added_at": word.added_at or datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with refusing(self._name), writing(self._engine) as connection:
            known = connection.execute(select(words.c.learnt).where(same)).scalar_one_or_none()
            if known is not None and word.learnt:
                return
            connection.execute(delete(words).where(same))
            connection.execute(insert(words), row)

    def remove(self, body: str, text: str, only_learnt: bool = False) -> bool:
        """Takes a word out of the body's list; says whether it did. `only_learnt`: what a person has added stays."""
        same = (words.c.body == body) & (words.c.text == text)
        if only_learnt:
            same &= words.c.learnt == 1
        with refusing(self._name), writing(self._engine) as connection:
            return connection.execute(delete(words).where(same)).rowcount > 0

    def of(self, body: str) -> tuple[BodyWord, ...]:
        """The words of one body, in the order in which they came."""
        return self._read(select(words).where(words.c.body == body))

    def all(self) -> tuple[BodyWord, ...]:
        """The words of all bodies, body by body."""
        return self._read(select(words))

    def _read(self, query: Select[tuple[Any, ...]]) -> tuple[BodyWord, ...]:
        with refusing(self._name), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(words.c.body, words.c.added_at, words.c.text))
            return tuple(BodyWord(**{**row._mapping, "learnt": bool(row.learnt)}) for row in rows)
