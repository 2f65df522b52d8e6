"""How alike two titles, matters or decisions are. Pure."""

import re
from functools import lru_cache

from search.analysis import bigrams, fold

_LEADING = re.compile(
    r"^(?:关于|审议|研究|听取|讨论|通报|传达|审定|学习|汇报|讨论决定|议题|有关|进一步|做好|推进|加强|\d+|[一二三四五六七八九十]+、)"
)
_TRAILING = re.compile(
    r"(?:的|工作|事项|议题|事宜|问题|情况|汇报|报告|请示|通知|方案|办法|意见|草案|送审稿|建议|有关|进展|落实|（.*）|\(.*\))$"
)
_SIGNS = re.compile(r"[\s，。、；：:;,.“”\"'《》〈〉「」『』·—\-_/]")
_LEAST = 2
_SURE, SIMILAR = 4, 0.6
# The titles of a large archive are compared again and again; what was taken off them is kept.
_KEPT = 1 << 16
_NAMED = re.compile(r"《([^《》]{2,80})》")


@lru_cache(_KEPT)
def core(title: str) -> str:
    """A title without the words that every title has: 审议办公用房清理整改方案 → 办公用房清理整改."""
    text = _SIGNS.sub("", fold(title))
    while True:
        shorter = _LEADING.sub("", text, count=1)
        shorter = _TRAILING.sub("", shorter, count=1)
        if shorter == text or len(shorter) < _LEAST:
            return text
        text = shorter


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the share of bigrams that both have (Dice's coefficient), of texts without their common words."""
    first, second = _pairs(core(one)), _pairs(core(other))
    if first.isdisjoint(second):
        # Signs alone have no bigrams, and may be the same signs.
        return 1.0 if core(one) == core(other) and core(one) else 0.0
    return 2 * len(first & second) / (len(first) + len(second))


@lru_cache(_KEPT)
def _pairs(stem: str) -> frozenset[str]:
    return frozenset(bigrams(stem))


def same_matter(matter: str, other_matter: str, other_title: str) -> bool:
    """Whether something is on this matter: it says so, or its title names the matter whole."""
    if not matter:
        return False
    if other_matter:
        return core(other_matter) == core(matter)
    name = core(matter)
    return len(name) >= _SURE and name in core(other_title)


def similar(one: str, other: str) -> bool:
    """Whether two titles may speak of the same thing; a person decides."""
    return bool(one and other) and likeness(one, other) >= SIMILAR


def matter_of(title: str, known: dict[str, str]) -> str:
    """The one matter that a title names for sure; `known` are titles and names of matters with their matter.

    Empty where there is none, or more than one.
    """
    stem = core(title)
    named = {matter for matter in known.values() if len(core(matter)) >= _SURE and core(matter) in stem}
    alike = {matter for name, matter in known.items() if len(stem) >= _SURE and core(name) == stem}
    found = alike or named
    return found.pop() if len(found) == 1 else ""


def named_in(text: str) -> frozenset[str]:
    """The documents that a text names in 《》, folded."""
    return frozenset(fold(name) for name in _NAMED.findall(text))
