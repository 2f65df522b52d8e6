"""What a meeting decided, by the phrases in which minutes say it."""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from search.extract.passages import sentences

Outcome = Literal["", "通过", "原则通过", "不通过", "暂缓"]
OUTCOMES: tuple[Outcome, ...] = ("通过", "原则通过", "不通过", "暂缓")
# The act stands right behind its subject, a comma, or the way in which it came about; 通过 is a preposition as well.
_BEHIND = r"(?:会议|[，,]|一致|研究|审议|讨论|表决|决定|并)"
_PLAIN = re.compile(rf"{_BEHIND}(?:同意|批准)|(?:会议|一致|审议|讨论|表决)(?:并)?通过")
_ACTS: tuple[tuple[Outcome, re.Pattern[str]], ...] = (
    ("暂缓", re.compile(rf"{_BEHIND}(?:暂缓|缓议|暂不(?:研究|审议|表决|同意)|提交下次|下次会议再)")),
    ("不通过", re.compile(rf"{_BEHIND}(?:不同意|未通过|不予(?:通过|同意|批准)|没有通过|未予通过|否决)")),
    ("原则通过", re.compile(rf"{_BEHIND}原则上?(?:同意|通过|批准)")),
    ("通过", re.compile(rf"{_PLAIN.pattern}|会议(?:决定|议定|确定)(?!的|事项|\d)|[，,]决定")),
)
# Points below 会议议定： and paragraphs of an item leave the subject out: 1.同意……, 暂不研究。
_NUMBER = re.compile(r"^[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]?[.．、]?\s*")
_ELLIPTIC: tuple[tuple[Outcome, re.Pattern[str]], ...] = (
    ("暂缓", re.compile(r"(?:暂缓|缓议|暂不(?:研究|审议|表决|同意))")),
    ("不通过", re.compile(r"(?:不同意|不予(?:通过|同意|批准)|未予通过)")),
    ("原则通过", re.compile(r"原则上?(?:同意|通过|批准)")),
    ("通过", re.compile(r"(?:同意|批准|审议通过)")),
)
_LEADS_IN = re.compile(r"[：:]\s*$")
_SUBJECT = re.compile(r"会议|与会|大会|研究|审议|表决")


class MinutesDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that decides. `item` is the number of its item, None outside of the items.

    `outcome` is empty where the sentence speaks of several outcomes: then a person is asked. `title` is the item's.
    """

    text: str
    outcome: Outcome = ""
    item: int | None = None
    title: str = ""


def decisions_in(paragraphs: Sequence[str], item: int | None = None, title: str = "") -> list[MinutesDecision]:
    """The sentences of the paragraphs that decide, in their order."""
    found = []
    for paragraph in paragraphs:
        for sentence in sentences(paragraph):
            if _LEADS_IN.search(sentence):
                # 会议议定： says that something follows, not what.
                continue
            outcomes = _outcomes(sentence) if _SUBJECT.search(sentence) else []
            if not outcomes and item is not None and paragraph.startswith(sentence):
                outcomes = _elliptic(sentence)
            if outcomes:
                only: Outcome = outcomes[0] if len(outcomes) == 1 else ""
                found.append(MinutesDecision(text=sentence.strip(), outcome=only, item=item, title=title))
    return found


def _outcomes(sentence: str) -> list[Outcome]:
    found = [outcome for outcome, act in _ACTS if act.search(sentence)]
    # 会议决定暂缓 says one thing, not two: to decide is the common act.
    if len(found) > 1 and found[-1] == "通过" and not _PLAIN.search(sentence):
        found.pop()
    return found


def _elliptic(sentence: str) -> list[Outcome]:
    """The outcome with which a paragraph of an item begins, its number left out."""
    text = _NUMBER.sub("", sentence.strip(), count=1)
    return [outcome for outcome, act in _ELLIPTIC if act.match(text)][:1]
