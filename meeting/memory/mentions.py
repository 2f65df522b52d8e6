"""What a speaker mentions that is known: a document, an earlier meeting, a figure decided before, a unit that owes
something. Pure, and rather silent than wrong."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from meeting.memory.facts import Background, Decided, Known, Origin
from meeting.memory.likeness import core, likeness
from search.analysis import fold

About = Literal["document", "meeting", "number", "unit"]
_NUMBERED = re.compile(r"([一-鿿]{0,12})\s*[〔［\[（(【]?\s*(20\d\d)\s*[〕］\]）)】年]?\s*第?\s*(\d{1,4})\s*号")
_LEADING = "看照据的是在和与请见把按由了就对"
_TITLED = re.compile(r"《([^《》]{2,60})》")
_SESSION = re.compile(r"(?:(20\d\d)年|(今年|去年|前年))?(?:的)?第(\d{1,3})次([一-鿿]{0,10}?会)")
_LAST = re.compile(r"(?:上一?次|前一次|上回)(?:的)?([一-鿿]{0,10}?会(?!议?[室场])议?|研究|议定|定的|讨论|决定)")
_DAY = re.compile(r"(?:(20\d\d)年|(今年|去年))?(\d{1,2})月(\d{1,2})[日号](?:的|那次|召开的)?[一-鿿]{0,8}会")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:%|％|万元|亿元|元|平方米|亩|公里|辆|台|套|册|卷|人|项|个月|天|摄氏度)")
_LONGEST_TITLE = 60
_LEAST_TITLE = 5
_SHOWN = 120
_ALIKE = 0.8


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at [offset, offset + length) of a text, and what it speaks of. `key` is that of the thing."""

    offset: int
    length: int
    mention: str
    about: About
    title: str
    text: str
    source: Origin
    key: str


def mentions_in(
    text: str,
    known: Known,
    background: Background | None,
    meeting_id: str,
    held: str,
    body: str,
    units: Sequence[str],
) -> list[Mention]:
    """The mentions in a sentence of the meeting `meeting_id`, held on `held` by `body`; the surest kinds first.

    `background` is that of the item under discussion: only there do figures and units mean something.
    """
    earlier = [one for one in known.papers if one.date <= held or not one.date]
    found = [*_documents(text, earlier), *_meetings(text, known, meeting_id, held, body)]
    if background is not None:
        found += [*_figures(text, background), *_units(text, background, units)]
    return found


def _documents(text: str, papers: Sequence[Origin]) -> Iterator[Mention]:
    for match in _NUMBERED.finditer(text):
        office, year, number = match.groups()
        named = [one for one in papers if _is_numbered(one.title, year, number)]
        better = [one for one in named if office and any(char in one.title for char in office[-2:])]
        if len(better or named) == 1:
            # 请大家看局办〔2026〕5号: the office begins behind the word that leads to it.
            lead = max((office.rfind(char) for char in _LEADING), default=-1) + 1
            yield _of_paper(match, (better or named)[0], lead)
    for match in _TITLED.finditer(text):
        near = [one for one in papers if _is_titled(one.title, match[1])]
        if near:
            yield _of_paper(match, max(near, key=lambda one: one.date))
    yield from _spoken_titles(text, papers)


def _spoken_titles(text: str, papers: Sequence[Origin]) -> Iterator[Mention]:
    """Titles of documents said without their signs; short ones are ordinary words."""
    folded = fold(text)
    if len(folded) != len(text):
        return
    for one in papers:
        title = _folded(one.title)
        at = folded.find(title) if _LEAST_TITLE <= len(title) <= _LONGEST_TITLE and one.kind == "document" else -1
        if at >= 0:
            yield _mention(at, len(title), text[at : at + len(title)], "document", one, one.title)


@lru_cache(1 << 14)
def _folded(title: str) -> str:
    return fold(title)


def _is_numbered(title: str, year: str, number: str) -> bool:
    return re.search(rf"[〔（(\[]{year}[〕）)\]]第?0*{number}号", title) is not None


def _is_titled(title: str, named: str) -> bool:
    return core(title) == core(named) or _folded(named) in _folded(title) or likeness(title, named) >= _ALIKE


def _meetings(text: str, known: Known, meeting_id: str, held: str, body: str) -> Iterator[Mention]:
    past = _past_meetings(known, meeting_id, held)
    for match in _SESSION.finditer(text):
        year = match[1] or _year(match[2] or "", held)
        name = _stem(match[4])
        named = [
            one
            for one in past
            if f"第{match[3]}次" in one.title
            and (not year or one.date.startswith(year))
            # 第12次局长办公会 is none of another body; 第12次会议 is this body's own.
            and (name in one.title or name in one.body if name else _is_of(one, body))
        ]
        if named:
            yield _of_meeting(match.start(), match[0], named[0], known)
    for match in _DAY.finditer(text):
        year = match[1] or _year(match[2] or "", held) or held[:4]
        day = f"{year}-{int(match[3]):02}-{int(match[4]):02}"
        if named := [one for one in past if one.date == day]:
            yield _of_meeting(match.start(), match[0], named[0], known)
    for match in _LAST.finditer(text):
        name = _stem(core(match[1]))
        of_body = [one for one in past if name and name in one.title] or [
            one for one in past if body and _is_of(one, body)
        ]
        if of_body:
            yield _of_meeting(match.start(), match[0], of_body[0], known)


def _stem(name: str) -> str:
    return name.removesuffix("议").removesuffix("会")


def _is_of(one: Origin, body: str) -> bool:
    """Whether a meeting is of a body; where one of them is unknown, that is not denied."""
    return (
        not body
        or not one.body
        or body in (one.body, one.title)
        or _stem(body) in one.body
        or _stem(one.body) in body
    )


def _past_meetings(known: Known, meeting_id: str, held: str) -> list[Origin]:
    """Meetings that are remembered, the newest first."""
    found = {one.source.owner: one.source for one in known.raised}
    found |= {one.owner: one for one in known.papers if one.kind == "minutes"}
    past = [one for one in found.values() if one.date and one.date <= held and one.meeting_id != meeting_id]
    return sorted(past, key=lambda one: one.date, reverse=True)


def _year(word: str, held: str) -> str:
    return str(int(held[:4]) - ("今年", "去年", "前年").index(word)) if word and held[:4].isdecimal() else ""


def _figures(text: str, background: Background) -> Iterator[Mention]:
    for match in _FIGURE.finditer(text):
        for one in background.decisions:
            if re.search(rf"(?<![\d.]){re.escape(match[0])}", one.text):
                yield _mention(match.start(), len(match[0]), match[0], "number", one.source, one.text)
                break


def _units(text: str, background: Background, units: Sequence[str]) -> Iterator[Mention]:
    """Units that owe something on the matter."""
    for unit in units:
        at = text.find(unit) if len(unit) > 1 else -1
        owing = [one for one in background.actions if at >= 0 and unit in (one.lead, *one.supporting)]
        if owing:
            first = owing[0]
            due = f"（{first.due}）" if first.due else ""
            yield _mention(at, len(unit), unit, "unit", first.source, first.text + due)


def _of_paper(match: re.Match[str], paper: Origin, skipped: int = 0) -> Mention:
    said = match[0][skipped:]
    return _mention(match.start() + skipped, len(said), said, "document", paper, paper.title)


def _of_meeting(offset: int, said: str, meeting: Origin, known: Known) -> Mention:
    """With what was decided there first."""
    decided = [one for one in known.decisions if one.source.owner == meeting.owner]
    text = _first(decided) or meeting.title
    return _mention(offset, len(said), said, "meeting", meeting, text)


def _first(decided: Sequence[Decided]) -> str:
    return decided[0].text if decided else ""


def _mention(offset: int, length: int, said: str, about: About, source: Origin, text: str) -> Mention:
    key = f"{about}:{source.document_id}:{said if about in ('number', 'unit') else ''}"
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return Mention(
        offset=offset,
        length=length,
        mention=said,
        about=about,
        title=source.title,
        text=shown,
        source=source,
        key=key,
    )
