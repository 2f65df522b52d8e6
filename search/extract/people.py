"""The people whom minutes name, as they are written there."""

import re
from collections.abc import Sequence

_PARTING = re.compile(r"[、，,；;\s]+")
# Two-character names are padded to the width of three: 周　敏.
_PADDED = re.compile(r"(?<![^\s、，,；;：:])(\S)[ \u3000]+(\S)(?![^\s、，,；;（(])")
_NAME = r"[\u3400-\u9fff·〇\U00020000-\U0003ffff]"
_ROW_OF_NAMES = re.compile(rf"^{_NAME}{{2,8}}(?:(?:\s*[、，,]\s*|\s+){_NAME}{{2,8}})+$")
_CLAUSE = re.compile(r"[，,。；;：:]")
_PRESENT = re.compile(r"^(?P<who>.{2,200}?)等?(?P<how>出席|参加|列席)(?:了?(?:本次)?会议)?$")
_CHAIR_IN_SENTENCE = re.compile(
    r"(?:^|[，,。])(?:会议)?由?([\u3400-\u9fff·\U00020000-\U0003ffff]{2,12})主持(?:召开|，|。|会议)"
)
_TITLES_OF_OFFICE = re.compile(
    r"^(?:.*?(?:书记|局长|主任|馆长|市长|县长|区长|处长|厅长|部长|院长|校长|会长|总经理|董事长|秘书长|组长|主席|同志))"
)

_OFFICE_ENDS = re.compile(_TITLES_OF_OFFICE.pattern + "$")
_IN_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")


def without_office(written: str) -> str:
    """The one name in a line such as 校长　司徒明, 司徒明（校长） or 局长李建国; as written where that is not sure."""
    text = _IN_BRACKETS.sub("", _PADDED.sub(r"\1\2", written)).strip()
    parts = text.split()
    if len(parts) > 1:
        named = [part for part in parts if not _OFFICE_ENDS.match(part)]
        return named[0] if len(named) == 1 else written
    rest = _TITLES_OF_OFFICE.sub("", text)
    return rest if len(rest) > 1 and not _PARTING.search(rest) else written


def names(text: str) -> tuple[str, ...]:
    """Names as listed; a list that names units as well (局领导程望舒、…，驻局…) is kept entry by entry as written."""
    whole = _PADDED.sub(r"\1\2", text)
    return tuple(name for name in (part.strip("。.；; ") for part in _PARTING.split(whole)) if name)


def is_row_of_names(line: str) -> bool:
    """Whether a line holds nothing but names, so that it goes on with the list above it."""
    return _ROW_OF_NAMES.match(_PADDED.sub(r"\1\2", line.strip())) is not None


def chair_in(lines: Sequence[str]) -> str:
    """Who 主持 the meeting, as a sentence says it, without the office held."""
    for line in lines:
        match = _CHAIR_IN_SENTENCE.search(line)
        if match:
            return _TITLES_OF_OFFICE.sub("", match[1])
    return ""


def present_in(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who 出席 and who 列席 by a sentence such as 副馆长𠮷敏、喆昀出席，保管处亓官㐂列席."""
    attending: list[str] = []
    observing: list[str] = []
    for line in lines:
        for match in filter(None, map(_PRESENT.match, _CLAUSE.split(line))):
            (observing if match["how"] == "列席" else attending).extend(names(match["who"]))
    return tuple(attending), tuple(observing)
