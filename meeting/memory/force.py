"""Which decision is in force: the newer one on the same matter stands where it says so, or decides the same point.

Where that is likely but not said, the older one is marked as perhaps changed: a person looks, nothing is guessed. Pure.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from meeting.memory.facts import Changed, Decided, DecisionState
from meeting.memory.likeness import core, likeness, named_in, same_matter, similar
from search.extract.dates import first_date

_CHANGES = re.compile(
    r"(?<![不未无])(?<!不再)(?<!不[予得能])(?:不再执行|停止执行|同时废止|予以废止|废止|予以撤销|撤销|取消|调整为|修改为|变更为|改为|更改为|"
    r"作如下(?:调整|修改)|予以调整|以(?:本|此)次[^，。]{0,8}为准|取代|替代|重新(?:审议|研究|审定|明确))"
)
_EARLIER = re.compile(r"(?:原|上次|此前|前次|之前)[^，。；]{0,12}(?:决定|议定|明确|意见|方案|标准|规定)")
_NUMBERED = re.compile(r"(?:(20\d\d)年)?第(\d{1,3})次")
_TERM = re.compile(
    r"(?:试行|有效期|暂行|执行期限?为?)[^，。；]{0,6}?([一二三四五六七八九十半]|\d{1,2})(个月|年|周|天|日)"
)
_UNTIL = re.compile(
    r"(?:有效期|执行|试行|适用)[^，。；]{0,6}?[至到]((?:19|20)\d\d年\d{1,2}月\d{1,2}日)|至((?:19|20)\d\d年\d{1,2}月\d{1,2}日)(?:止|为止|期满)"
)
_SAME_POINT = 0.5
_COUNTS = {char: number for number, char in enumerate("一二三四五六七八九十", start=1)}


class Standing:
    """How decisions stand on the day `today`; `others` are all that are on one matter or like it."""

    def __init__(self, others: Sequence[Decided], today: str) -> None:
        self._newest = sorted(others, key=lambda one: one.date, reverse=True)
        self._today = today
        self._changing = {one.id: _CHANGES.search(one.text) for one in others}

    def of(self, decision: Decided) -> tuple[DecisionState, Changed | None, str]:
        """The state of a decision, what changed it, and until when it was for.

        What supersedes it for sure counts before what perhaps changed it, the newest first.
        """
        until = term_of(decision)
        perhaps: Changed | None = None
        for newer in self._newest:
            if not decision.date or newer.date <= decision.date:
                break
            how, sure = self._effect(newer, decision)
            if how and sure:
                return "superseded", _changed(newer, how), until
            if how and perhaps is None:
                perhaps = _changed(newer, how)
        if until and until < self._today:
            return "lapsed", None, until
        return ("perhaps_changed", perhaps, until) if perhaps else ("in_force", None, until)

    def _effect(self, newer: Decided, older: Decided) -> tuple[str, bool]:
        """The words by which `newer` changes `older`, empty for none, and whether that is sure."""
        on_it = _on_same_matter(newer, older)
        words = self._changing[newer.id]
        if words is None:
            return _decides_again(newer, older, on_it)
        if _names(newer.text, older):
            return words[0], True
        if not on_it:
            return (words[0], False) if similar(newer.title, older.title) else ("", False)
        sure = likeness(newer.text, older.text) >= _SAME_POINT or (
            _EARLIER.search(newer.text) is not None and self._alone(newer, older)
        )
        return words[0], sure

    def _alone(self, newer: Decided, older: Decided) -> bool:
        """Whether nothing else was decided on the matter before."""
        return not any(
            one.id != older.id and one.date and one.date < newer.date and _on_same_matter(newer, one)
            for one in self._newest
        )


def term_of(decision: Decided) -> str:
    """The last day of a decision that is for a time, ISO 8601; empty for one that is not, or where that is not sure."""
    if match := _UNTIL.search(decision.text):
        return first_date(match[1] or match[2])
    match = _TERM.search(decision.text)
    try:
        began = date.fromisoformat(decision.date)
    except ValueError:
        return ""
    if match is None or match[1] == "半" and match[2] not in ("年",):
        return ""
    if match[2] in ("周", "天", "日"):
        count = _count(match[1])
        return (began + timedelta(days=count * (7 if match[2] == "周" else 1))).isoformat()
    months = 6 if match[1] == "半" else _count(match[1]) * (12 if match[2] == "年" else 1)
    place = began.year * 12 + began.month - 1 + months
    ended = date(place // 12, place % 12 + 1, 1)
    return (ended + timedelta(days=min(began.day, 28) - 1)).isoformat()


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else _COUNTS[written]


def _decides_again(newer: Decided, older: Decided, on_it: bool) -> tuple[str, bool]:
    """Without a word of change: the same named document, or an item that was put off, decided anew."""
    if newer.outcome in ("", "听取"):
        return "", False
    if named_in(newer.text) & named_in(older.text):
        return newer.outcome, on_it or core(newer.title) == core(older.title)
    if core(newer.title) != core(older.title):
        return "", False
    if older.outcome == "暂缓":
        return newer.outcome, True
    return (newer.outcome, False) if likeness(newer.text, older.text) >= _SAME_POINT else ("", False)


def _on_same_matter(one: Decided, other: Decided) -> bool:
    if one.matter and other.matter:
        return core(one.matter) == core(other.matter)
    matter = one.matter or other.matter
    if matter:
        return same_matter(matter, "", (other if one.matter else one).title)
    return core(one.title) == core(other.title) and bool(core(one.title))


def _names(text: str, older: Decided) -> bool:
    """Whether a text names the meeting or the document of an earlier decision."""
    if any(name and name in core(older.source.title) for name in map(core, named_in(text))):
        return True
    for year, number in _NUMBERED.findall(text):
        if f"第{number}次" in older.source.title and (not year or older.date.startswith(year)):
            return True
    return any(day == older.date for day in [first_date(text)] if day)


def _changed(newer: Decided, how: str) -> Changed:
    return Changed(text=newer.text, outcome=newer.outcome, how=how, source=newer.source)
