"""A corpus of made minutes: the same for the same seed, as many passages as wanted, over ten years."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from search.documents import Document, Kind, Passage
from ui.bench.search.phrases import (
    ACTS,
    BODIES,
    CLAUSES,
    GIVEN,
    OBJECTS,
    OPENINGS,
    OUTCOMES,
    PLACES,
    SURNAMES,
    UNITS,
)

SEED = 20260309
_FIRST_DAY, _DAYS = date(2016, 1, 4), 3650
_PASSAGES, _ITEMS = 20, 4
_SHORTEST, _LONGEST = 90, 150
_KINDS: tuple[Kind, ...] = ("minutes", "minutes", "record", "document")


def documents(passages: int, seed: int = SEED) -> Iterator[Document]:
    """Documents of 20 passages of about 120 characters each (90 to 150), `passages` in all."""
    rng = random.Random(seed)
    given = GIVEN.split()
    people = [rng.choice(SURNAMES) + rng.choice(given) for _ in range(600)]
    for number, first in enumerate(range(0, passages, _PASSAGES)):
        yield _document(rng, people, number, min(_PASSAGES, passages - first))


def _document(rng: random.Random, people: list[str], number: int, count: int) -> Document:
    day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    body, kind = rng.choice(BODIES), rng.choice(_KINDS)
    units = tuple(rng.sample(UNITS, 3))
    matters = [rng.choice(OBJECTS) + rng.choice(ACTS) for _ in range(_ITEMS)]
    passages = []
    for at in range(count):
        item = at * _ITEMS // _PASSAGES
        speaker = rng.choice(people) if kind == "record" else None
        text = _paragraph(rng, people, matters[item], rng.choice(units), body, day)
        passages.append(
            Passage(
                id=f"{number}/{at}", text=text, item=item + 1, item_title=f"研究{matters[item]}", speaker=speaker
            )
        )
    return Document(
        id=f"made:{number}",
        kind=kind,
        title=f"{day.year}年第{rng.randint(1, 40)}次{body}",
        date=day.isoformat(),
        body=body,
        units=units,
        matter=matters[0],
        outcome=rng.choice(OUTCOMES),
        passages=tuple(passages),
    )


def _paragraph(rng: random.Random, people: list[str], matter: str, unit: str, body: str, day: date) -> str:
    parts = [_filled(rng, rng.choice(OPENINGS), people, matter, unit, body, day)]
    length, wanted = len(parts[0]), rng.randint(_SHORTEST, _LONGEST)
    while length < wanted:
        clause = _filled(rng, rng.choice(CLAUSES), people, matter, unit, body, day)
        parts.append(rng.choice("，，，；。") + clause)
        length += len(parts[-1])
    return "".join(parts) + "。"


def _filled(
    rng: random.Random, pattern: str, people: list[str], matter: str, unit: str, body: str, day: date
) -> str:
    due = day + timedelta(days=rng.randint(10, 300))
    return pattern.format(
        matter=matter,
        unit=unit,
        body=body,
        unit2=rng.choice(UNITS),
        person=rng.choice(people),
        person2=rng.choice(people),
        place=rng.choice(PLACES),
        place2=rng.choice(PLACES),
        object=rng.choice(OBJECTS),
        object2=rng.choice(OBJECTS),
        amount=f"{rng.uniform(1, 9000):.2f}",
        amount2=rng.randint(100, 99999),
        area=rng.randint(50, 50000),
        count=rng.randint(2, 60),
        count2=rng.randint(2, 9),
        percent=rng.randint(10, 100),
        year=day.year,
        year2=day.year + 1,
        date=f"{due.month}月{due.day}日",
        code=f"{rng.choice('政办发财审建')}〔{day.year}〕{rng.randint(1, 400)}号",
    )
