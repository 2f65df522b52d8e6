"""The chair's plain phrases that change the item: 下面进行第二个议题, 下一个议题, 散会.

Only the beginning of a sentence counts, so that a presenter's 第二项是经费 changes nothing. Recognition writes by
sound (一题 for 议题, 地 for 第); such spellings are taken only inside a whole phrase, where nothing else makes sense.
"""

import re
from dataclasses import dataclass

from meeting.domain.events import Event, ItemEntry, PhaseName
from meeting.domain.state import AgendaState

_GAP = r"[，,、\s]*"
_ITEM = r"(?:[议一以异意移译义易亿已医]\s?[题提体题堤]|議題|议程)"
_NUMBER = r"(?P<n>[一二三四五六七八九十两〇]{1,3}|\d{1,2})"
_NTH = rf"[第地的弟]\s?{_NUMBER}\s?(?:[个個各格]|项)?\s?"
_GREETING = (
    rf"(?:(?:好的|好了|好吧|好啊|好|嗯|呃|啊|行|可以|那么|那|同志们|各位同志|各位领导|各位|大家|下来|这样){_GAP})*"
)
_INTRO = r"(?:下[面边免]|夏面|接下来|接着|首先|[现线]在|然后)"
_US = r"(?:我们|咱们|请大家|大家|就|来|再|先|要|一起|共同|开始|继续)*"
_STRONG_VERB = r"(?:[进尽近][行型形性新]|竞行|[进近]入|进如|转入|转到|开始|研究|审议)"
_VERB = rf"(?:{_STRONG_VERB}|讨论|听取|汇报|看|说|讲|回到|是)"
_ACT = r"(?:审议|研究|讨论|听取|汇报|通报|传达|学习|审查|审定)"
_END = r"(?=\s*(?:$|[，,。．.：:；;！!、\n]))"

_INTRODUCED = re.compile(
    rf"{_GREETING}(?:{_INTRO}{_GAP}{_US}\s?{_VERB}|(?:下面|接下来){_GAP}(?:是|我们|请大家)?|{_US}(?:进入|转入|回到))"
    rf"\s?(?:{_NTH}{_ITEM}|议题\s?(?P<m>[一二三四五六七八九十]{{1,3}}|\d{{1,2}}))"
)
_VERB_FIRST = re.compile(rf"{_GREETING}{_US}{_STRONG_VERB}\s?{_NTH}{_ITEM}")
_NTH_POINT = re.compile(rf"{_GREETING}{_INTRO}{_GAP}{_US}\s?{_STRONG_VERB}\s?[第地的弟]\s?{_NUMBER}\s?项{_END}")
_NEXT = re.compile(
    rf"{_GREETING}(?:{_INTRO}{_GAP})?{_US}\s?{_VERB}?\s?下\s?一?\s?(?:[个個各]|项)\s?{_ITEM}"
    rf"|{_GREETING}{_INTRO}{_GAP}{_US}\s?{_STRONG_VERB}\s?下一项{_END}"
)
_LAST = re.compile(
    rf"{_GREETING}(?:{_INTRO}{_GAP})?{_US}\s?{_VERB}?\s?最后\s?(?:的)?\s?一\s?(?:[个個各]|项)\s?{_ITEM}"
    rf"(?:{_GAP}(?:也)?就是{_GAP}{_NTH}{_ITEM})?"
)
_RESUME = re.compile(rf"{_GREETING}(?:现在|下面|我们|那我们)*(?:继续开会|会议继续|接着开会|继续我们的会议){_END}")

_STRONG = re.compile(rf"{_GREETING}(?:{_INTRO}{_GAP}{_US}\s?{_STRONG_VERB})\s?(?:{_NTH}{_ITEM}|下\s?一\s?[个项])")

# What may follow a phrase: its end, what is done with the item, or the item's own title.
_GOES_ON = re.compile(rf"\s*(?:$|[，,。．.：:；;！!、\n]|的?(?:是|就是)?(?:关于)?{_ACT}|关于|请|由)|\s+(?=\S)")
# After a phrase as strong as 下面进行第二个议题 anything may follow (a title as it was heard) but talk about the item.
_TALKS_ABOUT = re.compile(r"\s*(?:的|时|之|以?[前后]|和|与|跟|还|再|吗|呢|里|中|我|你|他|也|有|没|不|可|如果|要)")
_TAKES_BACK = re.compile(
    r"[^。！!；;？?]{0,14}?(?:再说|再议|先不|先放|放一放|放到|推迟|改天|下次会|以后|之后|还没|没有到|没到|没来|取消|不议"
    r"|之前|以前|等一下|等会|稍后|可能|要不要|是不是|能不能|什么时候|吗|还早|的材料|的时候)"
)
_QUESTION = re.compile(r"[^。！!；;\n]*[？?]")

_DONE = rf"(?:{_END}|(?=散[会汇惠回]|通过|请|谢谢|现在))"
_MEETING_OVER = (
    r"(?:今天|本次|这次|我们今天|那今天)的?(?:[^，,。；;\s]{0,6}会议?)?(?:就|先)*(?:开|进行|议)?"
    rf"到(?:这里|这儿|此为止|此结束|此)(?:了|吧|结束)?{_DONE}"
    rf"|(?:今天|本次|这次)的?[^，,。；;\s]{{0,6}}会议?(?:就|到此|全部)*(?:开完|结束)了?{_DONE}"
    rf"|会议?(?:就|先)*(?:开到|到)(?:这里|这儿|此)(?:结束|为止)?(?:了|吧)?{_DONE}"
    rf"|(?:今天的?|本次会议的?|全部的?|所有的?|以上)(?:[二三四五六七八九十两]|\d{{1,2}}|全部|所有|各)*[个项]?的?{_ITEM}"
    rf"(?:就|都|已经|已|全部|也)*(?:研究|讨论|审议|汇报|进行|议|开)?(?:完毕|完了?|结束)了?{_DONE}"
)
_DISMISSED = rf"散[会汇惠回](?:了|吧)?{_END}"
_CLOSED = re.compile(
    rf"{_GREETING}(?:{_MEETING_OVER}|(?:本次)?会议(?:就|到此|现在)*结束了?{_END}"
    rf"|(?:[二三四五六七八九十两]|\d{{1,2}})个{_ITEM}(?:都|已经|全部)+(?:研究|讨论|审议|汇报|议)完(?:了|毕){_DONE}"
    rf"|(?:(?:如果)?(?:大家)?没有(?:其他|别的|什么)[^，,。]{{0,6}}?{_GAP})?(?:的话{_GAP})?(?:那|我们|今天|现在|就)*{_DISMISSED})"
)
_CLOSED_STRONG = re.compile(rf"{_GREETING}(?:{_MEETING_OVER}|散会(?:了|吧)?[。.！!]?\s*$)")
_WHILE = r"[一二三四五六七八九十两半\d]{1,3}\s?个?(?:分钟|刻钟|小时)"
_RECESS = re.compile(
    rf"{_GREETING}(?:先|中间|现在|下面|暂时|会议|我们|咱们|大家|请大家|就)*"
    rf"(?:(?<=现在)休息|休息(?:一下|一会儿?|片刻|{_WHILE})|休会(?:{_WHILE})?)(?:吧|啊)?"
    # The whole of the sentence: 休息十分钟不算迟到, 大家休息日也要值班 or 午间休息时间不得外出 is about something else.
    rf"\s*(?:(?:[，,、\s]\s*|以?后|之后|再)[^，,。；;？?]{{0,10}}?(?:继续|接着|再开|开会|回来|到齐)[^，,。；;？?]{{0,6}})?"
    r"\s*(?:$|[。．.！!；;\n])"
)
_SENTENCE = re.compile(r"[。．？！；?!;\n…]+[”’』」）)\s]*")
_CLAUSE = re.compile(r"[，,、\s]+")
# The model writes whole utterances in traditional characters; one for one, so that offsets stay.
_SIMPLIFIED = str.maketrans(
    "進個題議審後會這裡裏開現來兩項邊聽匯報討論們請體異轉結還處說講過鐘鍾時",
    "进个题议审后会这里里开现来两项边听汇报讨论们请体异转结还处说讲过钟钟时",
)
_DIGITS = {word: value for value, word in enumerate("〇一二三四五六七八九")} | {"两": 2}


_FOR_THE_MEETING = re.compile(
    rf"{_GREETING}(?:会议)(?:原则|一致|研究|讨论)?(?:上)?"
    r"(?:同意|决定|认为|要求|明确|强调|指出|通过|不同意|议定|听取了)"
)


def speaks_for_the_meeting(text: str) -> bool:
    """Whether `text` begins as only the chair sums up: 会议原则同意……, 好，会议决定……. Who presents does not say so."""
    return _FOR_THE_MEETING.match(text.translate(_SIMPLIFIED)) is not None


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of item that the chair has announced.

    `offset` (code points) is where the announcing sentence begins: it belongs to what comes. `target` is an item's
    number, None where speech leaves the items; `phase` then says whether they are closed or there is a break.
    """

    offset: int
    target: int | None
    phase: PhaseName = "items"

    def events(self, state: AgendaState, by: str = "voice") -> list[Event]:
        """The events to store.

        Raises:
            ItemClosed: the item was withdrawn.
        """
        if self.target is not None:
            return state.go_to(self.target, by)
        return state.take_recess(by) if self.phase == "recess" else state.close_items(by)


def find_switch(text: str, state: AgendaState) -> Switch | None:
    """The first change of item that `text` (one utterance) announces, or None.

    A change to the item that is current already, or to one that the agenda does not have, is none.
    """
    text = text.translate(_SIMPLIFIED)
    for offset in _beginnings(text):
        found = _at(text, offset, state)
        if found is not None:
            return found
    return None


def _beginnings(text: str) -> list[int]:
    starts = {0, *(found.end() for found in _SENTENCE.finditer(text))}
    # Recognizers write few full stops: a comma is enough before a phrase that nobody says in passing.
    starts |= {found.end() for found in _CLAUSE.finditer(text) if _is_strong(text, found.end())}
    return sorted(start for start in starts if start < len(text))


def _is_strong(text: str, offset: int) -> bool:
    return bool(_STRONG.match(text, offset) or _CLOSED_STRONG.match(text, offset))


def _at(text: str, offset: int, state: AgendaState) -> Switch | None:
    if _CLOSED.match(text, offset):
        return Switch(offset, None, "closed") if state.phase != "closed" else None
    if _RECESS.match(text, offset):
        return Switch(offset, None, "recess") if state.phase not in ("closed", "recess") else None
    target = _target(text, offset, state)
    if target is None or target.item_id == state.current or target.state in ("withdrawn", "draft"):
        return None
    return Switch(offset, target.number)


def _target(text: str, offset: int, state: AgendaState) -> ItemEntry | None:
    if state.phase == "recess" and _RESUME.match(text, offset):
        return state.find(state.ongoing)
    for pattern in (_LAST, _NEXT, _INTRODUCED, _VERB_FIRST, _NTH_POINT):
        found = pattern.match(text, offset)
        if not found:
            continue
        groups = found.groupdict()
        number = _number(groups.get("n") or groups.get("m") or "")
        target = _meant(pattern, number, state)
        strong = bool(_STRONG.match(text, offset)) and not _TALKS_ABOUT.match(text, found.end())
        return target if target and _is_announced(text, found.end(), target, strong) else None
    return None


def _meant(pattern: re.Pattern[str], number: int | None, state: AgendaState) -> ItemEntry | None:
    if number is not None:
        return next((item for item in state.items if item.number == number), None)
    if pattern is _LAST:
        open_items = [item for item in state.items if item.state not in ("withdrawn", "deferred")]
        return open_items[-1] if open_items else None
    return state.following() if state.phase != "closed" else None


def _is_announced(text: str, end: int, target: ItemEntry, strong: bool) -> bool:
    if _TAKES_BACK.match(text, end) or _QUESTION.match(text, end):
        return False
    title = re.sub(rf"^{_ACT}", "", target.title)[:2]
    if strong or _GOES_ON.match(text, end):
        return True
    return len(title) == 2 and text[end:].lstrip().startswith(title)


def _number(word: str) -> int | None:
    if not word:
        return None
    if word.isdecimal():
        return int(word)
    tens, found, ones = word.partition("十")
    if not found:
        return _DIGITS.get(word)
    if not {tens, ones} <= {"", *_DIGITS}:
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
