"""What goes into the index and what comes out of it: plain typed values, no I/O."""

from typing import Literal

import msgspec

from models.refusal import N_

Kind = Literal["agenda", "record", "minutes", "document", "decision"]
OwedState = Literal["open", "done", "unrecorded"]
OWED_STATES: tuple[OwedState, ...] = ("open", "done", "unrecorded")
Sort = Literal["relevance", "newest"]
KINDS: tuple[Kind, ...] = ("agenda", "record", "minutes", "document", "decision")

NOTE_CLOSEST = N_("Nothing holds all of these words; what comes closest is shown.")
NOTE_SOUND = N_("Nothing is written so; what sounds like it is shown.")
NOTE_OTHERWISE = N_("Nothing is written so; what is written otherwise for the same is shown.")
NOTE_DATE = N_("Nothing else matches at that time; the date was looked for as words.")


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a document that can be a hit: a sentence spoken, a paragraph.

    `id` is unique within its document. `start_ms` and `end_ms` are media time, where there is sound.
    """

    id: str
    text: str
    item: int | None = None
    item_title: str = ""
    speaker: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None


class Owed(msgspec.Struct, frozen=True):
    """Something that somebody has to do: by which day (ISO 8601; empty where none is stated), and whether it is done.

    `unrecorded`: minutes say that it is to be done, and nothing says whether it was.
    """

    due: str = ""
    state: OwedState = "unrecorded"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is looked up. A document with the same `id` replaces the earlier one.

    `date` is ISO 8601 (also only a year or a month) or empty; `source` is the imported file's path as given;
    `outcome` is how a decision went (通过, 原则通过, …), empty where there is none; `owed` is what it gives to do.
    A `decision` is what was decided, or what was given to do where nothing was decided.
    """

    id: str
    kind: Kind
    title: str
    date: str = ""
    meeting_id: str | None = None
    body: str = ""
    units: tuple[str, ...] = ()
    matter: str = ""
    classification: str = ""
    source: str | None = None
    outcome: str = ""
    owed: tuple[Owed, ...] = ()
    passages: tuple[Passage, ...] = ()


class Within(msgspec.Struct, frozen=True, kw_only=True):
    """What may be found at all: the rest is neither found nor counted.

    An owner is what documents belong to: a meeting's id, or `file:…` of an imported one. `bodies` and `owners` empty do
    not limit. `hidden` owners are left out, of others the items in `items` and single `documents`. Documents of `kinds`
    are left out, but for those of the owners in `spared`.
    """

    bodies: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    items: tuple[tuple[str, int], ...] = ()
    documents: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    spared: tuple[str, ...] = ()


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. Empty filters do not filter, nor does a date that is none; an unknown kind finds nothing.

    `text`: the query language of `query.py`. `date_from` and `date_to`
    are inclusive and may be a year (2024) or a month (2024-07). `unit` and `speaker` match a part of a name.
    `due_from` and `due_to` are inclusive days by which something of the document is due; `owed` is `open` for what is
    not known to be done, or `done`; both together ask for one thing that is both.
    `limit` counts documents and is taken as at least 1. `sort` `newest` puts the latest day first, whatever it holds.
    """

    text: str
    kinds: tuple[Kind, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    unit: str | None = None
    speaker: str | None = None
    due_from: str | None = None
    due_to: str | None = None
    owed: Literal["", "open", "done"] = ""
    limit: int = 10
    within: Within | None = None
    sort: Sort = "relevance"


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A document's best passage. `id` is the document's; `highlights` are code points of `text`, [start, end).

    `sounds_alike`: it is not written so, it only sounds like what was asked (黎建国 for 李建国).
    """

    id: str
    kind: Kind
    meeting_id: str | None
    item: int | None
    date: str
    title: str
    speaker: str | None
    text: str
    highlights: tuple[tuple[int, int], ...]
    source: str | None
    start_ms: int | None
    score: float
    passage_id: str = ""
    item_title: str = ""
    sounds_alike: bool = False
    outcome: str = ""
    matter: str = ""
    body: str = ""
    units: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()


class GroupItem(msgspec.Struct, frozen=True, kw_only=True):
    """The hits of one item of a meeting; `hits` are places in the results' hits, in their order."""

    item: int | None
    item_title: str
    hits: tuple[int, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The hits of one meeting, or of one imported file. `items` stand in the order of the agenda, outside them last."""

    title: str
    date: str
    meeting_id: str | None
    source: str | None
    items: tuple[GroupItem, ...]


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """`total` counts documents that match; `facets` counts them by kind, unit, year, body and outcome, by
    the month in which something is due, and by whether it is done.

    `note` is empty or one of the NOTE_ sentences (English; whoever shows it translates). `suggestions` are other
    texts to look for (您是不是要找), where nothing was found as it was written.
    """

    query: str
    total: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    note: str = ""
    suggestions: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
