"""Minutes by the rules of their layout: heading, labelled lines, numbered items. What is not found stays empty."""

import re
from collections.abc import Sequence

import msgspec

from search.extract.dates import document_date, first_date

_TITLE = re.compile(
    r".*(?:纪要|会议记录|决定事项通知)(?:[〔（(][^〔〕（）()]{1,12}[〕）)](?:第?\d{1,4}[号期])?)?$"
)
_NUMBER_LINE = re.compile(r"^[〔（(]\d{4}[〕）)]第?\d{1,4}[号期]$")
_ITEM = re.compile(r"^([一二三四五六七八九十]{1,3})\s*、\s*([^\s。，、；：].*)$")
_TAIL = re.compile(
    r"^(?:附件\s*[:：\d一二三四五六七八九十]*\s*$|附件[:：]|抄送[:：]|抄报[:：]|分送[:：]|.*\d{1,2}日印发$|印发[:：])"
)
_LABELS = {
    "time": ("时间", "会议时间"),
    "place": ("地点", "会议地点"),
    "chair": ("主持人", "主持", "会议主持"),
    "attendees": ("出席", "出席人员", "参会人员", "参加人员", "参加"),
    "observers": ("列席", "列席人员"),
    "excused": ("请假", "缺席", "请假人员"),
    "recorder": ("记录", "记录人", "会议记录"),
}
_LABELLED = re.compile(
    "^("
    + "|".join(sorted((n for names in _LABELS.values() for n in names), key=len, reverse=True))
    + r")\s*[：:]\s*(.+)$"
)
_CHAIR_IN_SENTENCE = re.compile(
    r"(?:^|[，,。])(?:会议)?由?([\u4e00-\u9fff·\U00020000-\U0003ffff]{2,12})主持(?:召开|，|。|会议)"
)
_TITLES_OF_OFFICE = re.compile(
    r"^(?:.*?(?:书记|局长|主任|馆长|市长|县长|区长|处长|厅长|部长|院长|校长|会长|总经理|董事长|秘书长|组长|主席|同志))"
)
_LONGEST_TITLE, _TITLE_WITHIN, _LONGEST_ITEM_TITLE = 60, 12, 60


class MinutesItem(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered item with its title and the paragraphs below it."""

    number: int
    title: str
    paragraphs: tuple[str, ...] = ()


class Minutes(msgspec.Struct, frozen=True, kw_only=True):
    """What the layout of minutes shows. `date` is ISO 8601; people are as written. Empty is: not found."""

    title: str = ""
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


def read_minutes(text: str) -> Minutes | None:
    """Reads minutes; None for a text that is not laid out as minutes (no such title in its first lines).

    `heading` are the lines up to the title and the labelled ones, as written. `opening` is what stands between the
    heading and the first item, `rest` what follows the last one (annex, copies).
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    at = next((i for i, line in enumerate(lines[:_TITLE_WITHIN]) if _is_title(line)), None)
    if at is None:
        return None
    labelled: dict[str, str] = {}
    title = tidy(lines[at])
    if at + 1 < len(lines) and _NUMBER_LINE.match(lines[at + 1]):
        title += lines[at + 1]
        at += 1
    heading, plain = lines[: at + 1], []
    for line in lines[at + 1 :]:
        field = _field(line)
        if field and field[0] not in labelled:
            labelled[field[0]] = field[1]
            heading.append(line)
        else:
            plain.append(line)
    opening, items, rest = _parts(plain)
    return Minutes(
        title=title,
        date=first_date(labelled.get("time", "")) or document_date(["", *lines[:at], *plain]),
        place=labelled.get("place", ""),
        chair=labelled.get("chair", "") or _chair(opening),
        recorder=labelled.get("recorder", ""),
        attendees=_people(labelled.get("attendees", "")),
        observers=_people(labelled.get("observers", "")),
        excused=_people(labelled.get("excused", "")),
        heading=tuple(heading),
        opening=tuple(opening),
        items=tuple(items),
        rest=tuple(rest),
    )


def tidy(title: str) -> str:
    """A heading without the spaces that only stretch it: 督 办 通 知 单."""
    parts = title.split()
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else title.strip()


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and _TITLE.match(tidy(line)) is not None and "。" not in line


def _field(line: str) -> tuple[str, str] | None:
    match = _LABELLED.match(line)
    if match is None:
        return None
    name = next(name for name, labels in _LABELS.items() if match[1] in labels)
    return name, match[2].strip()


def _parts(lines: Sequence[str]) -> tuple[list[str], list[MinutesItem], list[str]]:
    """Parts the lines at the numbers 一、 二、 that follow one another; another number is plain text."""
    opening: list[str] = []
    items: list[tuple[str, list[str]]] = []
    rest: list[str] = []
    for line in lines:
        match = _ITEM.match(line)
        if rest or (items and _TAIL.match(line)):
            rest.append(line)
        elif match and _ordinal(match[1]) == len(items) + 1:
            items.append(_heading(match[2]))
        elif items:
            items[-1][1].append(line)
        else:
            opening.append(line)
    numbered = [
        MinutesItem(number=number, title=title, paragraphs=tuple(body))
        for number, (title, body) in enumerate(items, start=1)
    ]
    return opening, numbered, rest


def _heading(text: str) -> tuple[str, list[str]]:
    """An item's title, and the text that goes on behind it in the same line."""
    title, mark, body = text.partition("。")
    if not mark and len(text) <= _LONGEST_ITEM_TITLE:
        return text, []
    if body.strip() and len(title) <= _LONGEST_ITEM_TITLE:
        return title, [body.strip()]
    return (title, []) if mark and len(title) <= _LONGEST_ITEM_TITLE else ("", [text])


def _people(text: str) -> tuple[str, ...]:
    """Names as listed; a list that names units as well (局领导程望舒、…，驻局…) is kept entry by entry as written."""
    return tuple(name for name in (part.strip("。.；; ") for part in re.split(r"[、，,；;\s]+", text)) if name)


def _chair(opening: Sequence[str]) -> str:
    for line in opening:
        match = _CHAIR_IN_SENTENCE.search(line)
        if match:
            return _TITLES_OF_OFFICE.sub("", match[1])
    return ""


def _ordinal(chinese: str) -> int:
    digits = "一二三四五六七八九"
    tens, ten, units = chinese.rpartition("十")
    if not ten:
        return digits.find(chinese) + 1
    return (digits.find(tens) + 1 if tens else 1) * 10 + (digits.find(units) + 1 if units else 0)
