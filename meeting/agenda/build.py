"""Checks a tree of named values against contract 3 and makes the agenda of it."""

from meeting.agenda.fields import Fields
from meeting.agenda.problems import FieldRepeated, NumberRepeated, NumberUnknown, OutcomeInvalid, ParentCircular
from meeting.agenda.tree import Node
from meeting.domain.agenda import (
    CLASSIFICATIONS,
    Agenda,
    AgendaDocument,
    AgendaItem,
    Attendee,
    ItemKind,
    Person,
    Recording,
    Role,
    Unit,
)

RECORDINGS: tuple[Recording, ...] = ("keep", "transcribe_only", "off")
ROLES: tuple[Role, ...] = ("attendee", "non_voting_attendee", "excused", "absent")
KINDS: tuple[ItemKind, ...] = ("审议", "汇报", "通报", "讨论", "其他")

LONGEST_OUTCOME = 20

PERSON_FIELDS = ("name", "title", "unit")
ATTENDEE_FIELDS = ("name", "title", "unit", "role", "items")
UNIT_FIELDS = ("name", "short")
DOCUMENT_FIELDS = ("title", "path")
ITEM_FIELDS = (
    "number", "code", "title", "kind", "parent", "presenting_units", "presenting_unit", "presenter",
    "minutes_planned", "matter", "classification", "recording", "major", "documents",
)  # fmt: skip
AGENDA_FIELDS = (
    "title", "body", "session", "date", "time", "place", "chair", "recorder", "attendees", "units",
    "classification", "recording", "glossary", "outcomes", "items",
)  # fmt: skip


def build_agenda(root: Node, file: str) -> Agenda:
    """The agenda that a file says; `file` is its name in refusals.

    Raises:
        AgendaInvalid: something that an agenda cannot say, with its line and field.
    """
    fields = Fields(root, file, "", AGENDA_FIELDS)
    title, date = fields.text("title", required=True), fields.date("date")
    item_fields = fields.mappings("items", ITEM_FIELDS)
    items = _items(item_fields)
    return Agenda(
        title=title,
        date=date,
        body=fields.text("body"),
        session=fields.text("session"),
        time=fields.time("time"),
        place=fields.text("place"),
        chair=_person(fields, "chair"),
        recorder=_person(fields, "recorder"),
        attendees=_attendees(fields, {item.number for item in items}),
        units=tuple(
            Unit(name=unit.text("name", required=True), short=unit.text("short"))
            for unit in fields.mappings("units", UNIT_FIELDS)
        ),
        classification=fields.choice("classification", CLASSIFICATIONS) or "内部",
        recording=fields.choice("recording", RECORDINGS) or "keep",
        glossary=fields.texts("glossary", "督办"),
        outcomes=_outcomes(fields),
        items=items,
    )


def _outcomes(fields: Fields) -> tuple[str, ...]:
    found = fields.texts("outcomes", "通过")
    for one in found:
        if len(one) > LONGEST_OUTCOME or not one.isprintable():
            raise OutcomeInvalid(
                file=fields.file,
                line=fields.line_of("outcomes"),
                field=fields.name("outcomes"),
                value=one,
                most=LONGEST_OUTCOME,
            )
    return tuple(dict.fromkeys(found))


def _person(fields: Fields, key: str) -> Person | None:
    person = fields.mapping(key, PERSON_FIELDS)
    if person is None:
        return None
    return Person(name=person.text("name", required=True), title=person.text("title"), unit=person.text("unit"))


def _attendees(fields: Fields, numbers: set[int]) -> tuple[Attendee, ...]:
    found = []
    for person in fields.mappings("attendees", ATTENDEE_FIELDS):
        items = tuple(
            person.to_number("items", text, person.line_of("items")) for text in person.texts("items", "2")
        )
        for number in items:
            _must_exist(person, "items", number, numbers)
        found.append(
            Attendee(
                name=person.text("name", required=True),
                title=person.text("title"),
                unit=person.text("unit"),
                role=person.choice("role", ROLES) or "attendee",
                items=items,
            )
        )
    return tuple(found)


def _items(all_fields: list[Fields]) -> tuple[AgendaItem, ...]:
    items: list[AgendaItem] = []
    lines: dict[int, int] = {}
    previous = 0
    for fields in all_fields:
        number = fields.number("number") or previous + 1
        if number in lines:
            raise NumberRepeated(
                file=fields.file,
                line=fields.line_of("number"),
                field=fields.name("number"),
                value=number,
                first_line=lines[number],
            )
        lines[number] = fields.line_of("number")
        previous = number
        items.append(_item(fields, number))
    _check_parents(items, all_fields)
    return tuple(items)


def _item(fields: Fields, number: int) -> AgendaItem:
    return AgendaItem(
        number=number,
        title=fields.text("title", required=True),
        code=fields.text("code"),
        kind=fields.choice("kind", KINDS) or "其他",
        parent=fields.number("parent"),
        presenting_units=_presenting_units(fields),
        presenter=fields.text("presenter"),
        minutes_planned=fields.number("minutes_planned"),
        matter=fields.text("matter"),
        classification=fields.choice("classification", CLASSIFICATIONS),
        recording=fields.choice("recording", RECORDINGS),
        major=fields.truth("major"),
        documents=tuple(
            AgendaDocument(title=document.text("title", required=True), path=document.text("path"))
            for document in fields.mappings("documents", DOCUMENT_FIELDS)
        ),
    )


def _presenting_units(fields: Fields) -> tuple[str, ...]:
    if not fields.has("presenting_unit"):
        return fields.texts("presenting_units", "资产管理处")
    if fields.has("presenting_units"):
        raise FieldRepeated(
            file=fields.file,
            line=fields.line_of("presenting_unit"),
            field=fields.name("presenting_unit"),
            first_line=fields.line_of("presenting_units"),
        )
    unit = fields.text("presenting_unit")
    return (unit,) if unit else ()


def _check_parents(items: list[AgendaItem], all_fields: list[Fields]) -> None:
    parents = {item.number: item.parent for item in items}
    for item, fields in zip(items, all_fields, strict=True):
        above = item.parent
        if above is None:
            continue
        _must_exist(fields, "parent", above, set(parents))
        seen = {item.number}
        while above is not None and above in parents:
            if above in seen:
                raise ParentCircular(
                    file=fields.file, line=fields.line_of("parent"), field=fields.name("parent"), value=item.parent
                )
            seen.add(above)
            above = parents[above]


def _must_exist(fields: Fields, key: str, number: int, known: set[int]) -> None:
    if number not in known:
        raise NumberUnknown(
            file=fields.file,
            line=fields.line_of(key),
            field=fields.name(key),
            value=number,
            known=", ".join(map(str, sorted(known))),
        )
