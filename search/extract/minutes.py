"""Minutes by the rules of their layout: heading, labelled lines, numbered items. What is not found stays empty."""

import re
from collections.abc import Sequence

import msgspec

from search.extract import doubts
from search.extract.dates import dates_in, document_date, first_date
from search.extract.decisions import MinutesDecision, decisions_in
from search.extract.doubts import Doubt
from search.extract.items import MinutesItem, Parts, numbered_parts
from search.extract.people import chair_in, is_row_of_names, names, present_in, without_office
from search.extract.tasks import MinutesTask, tasks_in, tasks_of_table

_TITLE = re.compile(
    r".*(?:纪要|会议记录|决定事项通知)(?:[〔（(][^〔〕（）()]{1,12}[〕）)](?:第?\d{1,4}[号期])?)?$"
)
_NUMBER_LINE = re.compile(r"^(?P<office>[一-鿿]{1,8})?[〔（(\[［]\d{4}[〕）)\]］]\s*第?\s*\d{1,4}\s*[号期]$")
_LABELS = {
    "time": ("时间", "会议时间"),
    "place": ("地点", "会议地点"),
    "chair": ("主持人", "主持", "会议主持"),
    "attendees": ("出席", "出席人员", "参会人员", "参加人员", "参加", "出席人", "参会人"),
    "observers": ("列席", "列席人员", "列席人"),
    "excused": ("请假", "缺席", "请假人员", "缺席人员"),
    "recorder": ("记录", "记录人", "会议记录"),
}
_PEOPLE = ("attendees", "observers", "excused")
_LABELLED = re.compile(
    "^("
    + "|".join(
        # Labels are often padded to one width: 时　间.
        r"[ \u3000]*".join(label)
        for label in sorted((name for group in _LABELS.values() for name in group), key=len, reverse=True)
    )
    + r")\s*[：:]\s*(.*)$"
)
_BODY = re.compile(r"[〔（(\d第]|会议纪要|纪要|会议记录|决定事项通知")
_MEETS_AS = (
    "办公",
    "常务",
    "馆务",
    "院务",
    "校务",
    "局务",
    "行务",
    "所务",
    "党组",
    "党委",
    "党支部委员",
    "专题",
    "联席",
    "理事",
    "董事",
    "委员",
    "全体",
)
_HELD = re.compile(r"^(?:19|20|[一二][〇零○九])\S{2,12}日.{0,40}?(?:召开|举行|主持)")
_YEAR = re.compile(r"20\d\d年")
_LONGEST_TITLE, _TITLE_WITHIN = 60, 12


class Minutes(msgspec.Struct, frozen=True, kw_only=True):
    """What the layout of minutes shows. `date` is ISO 8601; people are as written. Empty is: not found.

    `body` is the 会议主体 that the title names; `doubts` are what a person should look at.
    """

    title: str = ""
    body: str = ""
    date: str = ""
    place: str = ""
    chair: str = ""
    recorder: str = ""
    attendees: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    items: tuple[MinutesItem, ...] = ()
    rest: tuple[str, ...] = ()
    decisions: tuple[MinutesDecision, ...] = ()
    tasks: tuple[MinutesTask, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def read_minutes(text: str) -> Minutes | None:
    """Reads minutes; None for a text that is not laid out as minutes (no such title in its first lines).

    `heading` are the lines up to the title and the labelled ones, as written. `opening` is what stands between the
    heading and the first item, `rest` what follows the last one (annex, copies).
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    at = next((i for i, line in enumerate(lines[:_TITLE_WITHIN]) if _is_title(line)), None)
    if at is None:
        return None
    before, title = lines[:at], tidy(lines[at])
    if number := document_number(lines[at + 1 : at + 2]):
        title += number
        at += 1
    labelled, heading, plain = _labelled(lines[at + 1 :])
    parts = numbered_parts(plain)
    attending, observing = present_in(parts.opening)
    date, date_doubts = _date(labelled.get("time", ""), title, [*before, *plain])
    body = body_of(title)
    decisions = _decisions(parts.opening, parts.items)
    tasks = _tasks(parts, date)
    attendees = names(labelled.get("attendees", "")) or attending
    return Minutes(
        title=title,
        body=body,
        date=date,
        place=labelled.get("place", ""),
        chair=without_office(labelled.get("chair", "")) or chair_in(parts.opening),
        recorder=labelled.get("recorder", ""),
        attendees=attendees,
        observers=names(labelled.get("observers", "")) or observing,
        excused=names(labelled.get("excused", "")),
        heading=(*lines[: at + 1], *heading),
        opening=parts.opening,
        items=parts.items,
        rest=parts.rest,
        decisions=decisions,
        tasks=tasks,
        doubts=(
            *date_doubts,
            *([] if body else [_no_body(before)]),
            *parts.doubts,
            *([] if attendees or "attendees" not in labelled else [_no_attendees()]),
            *_unclear(decisions),
            *_undated(tasks),
        ),
    )


def document_number(lines: Sequence[str]) -> str:
    """The 字号 that stands alone on the first of the lines, as it is put behind a title; empty for none."""
    number = _NUMBER_LINE.match(lines[0].strip()) if lines else None
    if number is None:
        return ""
    return f" {number[0]}" if number["office"] else number[0]


def looks_like_minutes(lines: Sequence[str]) -> bool:
    """Whether a text without a title of minutes has the labels that only they have: who led, who was there."""
    found = {field[0] for field in map(_field, lines[: 2 * _TITLE_WITHIN]) if field}
    return "chair" in found and "attendees" in found


def body_of(title: str) -> str:
    """The 会议主体 that a title of minutes names: what stands before the year, the session or 纪要."""
    before = _BODY.split(title, maxsplit=1)[0].strip()
    # 局长办公会议纪要 are those of the 局长办公会; a mere 会议纪要 is that of whoever stands before it.
    is_meeting = title[len(before) :].startswith("会议") and before.endswith(_MEETS_AS)
    return before + "会" if is_meeting else before


def tidy(title: str) -> str:
    """A heading without the spaces that only stretch it: 督 办 通 知 单."""
    parts = title.split()
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else title.strip()


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and _TITLE.match(tidy(line)) is not None and "。" not in line


def _labelled(lines: Sequence[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """The labelled values, their lines, and the other lines. Rows of names go on with the list above them."""
    labelled: dict[str, str] = {}
    heading, plain = list[str](), list[str]()
    open_list = ""
    for line in lines:
        field = _field(line)
        if field and field[0] not in labelled:
            open_list = field[0] if field[0] in _PEOPLE else ""
            labelled[field[0]] = field[1]
            heading.append(line)
        elif open_list and is_row_of_names(line):
            labelled[open_list] += "、" + line
            heading.append(line)
        else:
            open_list = ""
            plain.append(line)
    return labelled, heading, plain


def _field(line: str) -> tuple[str, str] | None:
    match = _LABELLED.match(line)
    if match is None:
        return None
    label = "".join(match[1].split())
    name = next(name for name, labels in _LABELS.items() if label in labels)
    return name, match[2].strip()


def _date(time: str, title: str, lines: Sequence[str]) -> tuple[str, list[Doubt]]:
    if labelled := first_date(time):
        return labelled, []
    dated = document_date(["", *lines])
    partial = "月" in time or "日" in time
    if dated.sure and not partial:
        return dated.value, []
    if (
        not partial
        and dated.value
        and any(_HELD.match(line) and first_date(line) == dated.value for line in lines)
    ):
        # 2025年6月18日下午，……主持召开……会议: the day on which it was held.
        return dated.value, []
    if partial:
        # What else is dated in the text is not the day of which the label gives a part.
        value, reason = (dated.value if dated.sure else ""), doubts.DATE_INCOMPLETE
    else:
        value, reason = dated.value, doubts.DATE_IN_TEXT if dated.value else doubts.DATE_MISSING
    year = _YEAR.search(title) if partial else None
    whole = first_date(year[0] + time) if year else ""
    candidates = tuple(dict.fromkeys(filter(None, (whole, *dates_in([time, *lines])))))
    return value, [Doubt(field="date", reason=reason, found=value, candidates=candidates)]


def _no_body(before: Sequence[str]) -> Doubt:
    near = tuple(tidy(line) for line in reversed(before) if 2 < len(line) <= _LONGEST_TITLE)
    return Doubt(field="body", reason=doubts.BODY_MISSING, candidates=near[:3])


def _no_attendees() -> Doubt:
    return Doubt(field="attendees", reason=doubts.ATTENDEES_MISSING)


def _decisions(opening: Sequence[str], items: Sequence[MinutesItem]) -> tuple[MinutesDecision, ...]:
    found = decisions_in(opening)
    for item in items:
        found += decisions_in(item.paragraphs, item.number, item.title)
    return tuple(found)


def _tasks(parts: Parts, date: str) -> tuple[MinutesTask, ...]:
    found = tasks_in(parts.opening, date)
    for item in parts.items:
        found += tasks_in(item.paragraphs, date, item.number)
    return (*found, *tasks_of_table([*parts.opening, *parts.rest], date))


def _unclear(decisions: Sequence[MinutesDecision]) -> list[Doubt]:
    unclear = tuple(decision.text for decision in decisions if not decision.outcome)
    return [Doubt(field="decisions", reason=doubts.OUTCOME_UNCLEAR, candidates=unclear)] if unclear else []


def _undated(tasks: Sequence[MinutesTask]) -> list[Doubt]:
    unsure = tuple(task.text for task in tasks if task.stated)
    return [Doubt(field="tasks", reason=doubts.TASK_UNDATED, candidates=unsure)] if unsure else []
