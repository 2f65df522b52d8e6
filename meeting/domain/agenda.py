"""What an agenda file says (contract 3): the meeting's heading, its people, and its items."""

from typing import Literal

import msgspec

Recording = Literal["keep", "transcribe_only", "off"]
Classification = Literal["公开", "内部", "秘密", "机密", "绝密"]
Role = Literal["attendee", "non_voting_attendee", "excused", "absent"]
ItemKind = Literal["审议", "汇报", "通报", "讨论", "其他"]

CLASSIFICATIONS: tuple[Classification, ...] = ("公开", "内部", "秘密", "机密", "绝密")


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of the agenda: fixed once read, and strict about unknown keys."""


class Person(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody named in the heading: the chair or the recorder."""

    name: str
    title: str = ""
    unit: str = ""


class Attendee(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody on the roster. `items` limits a 列席 to the items with these numbers."""

    name: str
    title: str = ""
    unit: str = ""
    role: Role = "attendee"
    items: tuple[int, ...] = ()


class Unit(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An organisation, and the short name that people say."""

    name: str
    short: str = ""


class AgendaDocument(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document of an item; `path` is as the agenda file gives it, relative to that file."""

    title: str
    path: str = ""


class AgendaItem(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One 议题. `number` is its order in this meeting; a sub-item names its `parent`'s number."""

    number: int
    title: str
    code: str = ""
    kind: ItemKind = "其他"
    parent: int | None = None
    presenting_units: tuple[str, ...] = ()
    presenter: str = ""
    minutes_planned: int | None = None
    matter: str = ""
    classification: Classification | None = None
    recording: Recording | None = None
    major: bool = False
    documents: tuple[AgendaDocument, ...] = ()


class Agenda(Record, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A whole agenda file. `date` is ISO 8601, `time` is HH:MM or empty.

    `outcomes` are what the body may come to; where it names none, the usual ones are.
    """

    title: str
    date: str
    body: str = ""
    session: str = ""
    time: str = ""
    place: str = ""
    chair: Person | None = None
    recorder: Person | None = None
    attendees: tuple[Attendee, ...] = ()
    units: tuple[Unit, ...] = ()
    classification: Classification = "内部"
    recording: Recording = "keep"
    glossary: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    items: tuple[AgendaItem, ...] = ()
