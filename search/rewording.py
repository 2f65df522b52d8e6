"""What is written otherwise than it is asked for: names of bodies in short or in full, numbers in figures or not.

Only for words that stand nowhere as they were typed. What they may stand for is looked for in the texts themselves:
人社局 is written out as 人力资源和社会保障局 because that stands there, not because a list has it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from search.analysis import is_breaking
from search.columns import Mask
from search.lookup import is_written
from search.query import Clause, Token
from search.source import Source

Sources = Sequence[tuple[Source, Mask]]

# What the names of bodies end with; other words are not put together of the beginnings of words.
_BODY = re.compile(r"(?:[局委办厅部院会处科室所站队馆社中校团司]|中心|公司|集团)$")
_SHORTEST, _LONGEST, _MOST_BETWEEN, _MOST_STRINGS = 3, 8, 5, 8
_JOINING = frozenset("和与及、")
_ENDS = {"委": "员会", "办": "公室"}
_MOST_HEADS = 7
_FIGURES = re.compile(r"(?<![\d.])(\d{1,8})(?![\d.])(万)?")
_CHARACTERS = re.compile(
    r"[零〇一二两三四五六七八九十百千万]{2,}|[一二两三四五六七八九十](?=[个台名项次元吨件户辆座年月])"
)
_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}


def reworded(sources: Sources, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses, with what is written nowhere replaced by what stands for it; none where nothing does."""
    replaced = [_reworded_or_written(sources, clause) for clause in clauses]
    changed = any(new is not old for new, old in zip(replaced, clauses, strict=True))
    return tuple(replaced) if changed and all(clause.leaves for clause in replaced) else ()


def _reworded_or_written(sources: Sources, clause: Clause) -> Clause:
    if len(clause.leaves) > 1 or not clause.tokens or clause.tokens[0].exact or is_written(sources, clause):
        return clause
    text = clause.tokens[0].text
    found = Counter[str]()
    if _BODY.search(text) and len(text) >= _SHORTEST:
        found = _written_out(sources, text) or _shortened(sources, text)
    found += Counter(other for other in other_numbers(text) if is_written(sources, _of(other)))
    return Clause(tuple(Token(one, exact=True) for one, _ in found.most_common(_MOST_STRINGS)))


def _of(text: str) -> Clause:
    return Clause((Token(text, exact=True),))


def _written_out(sources: Sources, short: str) -> Counter[str]:
    """Names that a short one may stand for: its characters in their order, each beginning a word but for the last."""
    found = Counter[str]()
    if len(short) > _LONGEST:
        return found
    for source, mask in sources:
        for name, count in source.running().stretched(short, _MOST_BETWEEN, mask, source.folded).items():
            if not any(map(is_breaking, name)) and _heads_words(short, name):
                found[_to_its_end(sources, name)] += count
    return found


def _to_its_end(sources: Sources, name: str) -> str:
    """国资委 ends within 委员会; the whole is what is marked."""
    whole = name + _ENDS.get(name[-1], "")
    return whole if whole != name and is_written(sources, _of(whole)) else name


def _heads_words(short: str, name: str) -> bool:
    """Whether each character stands right behind the one before or begins a word; the last one ends what it likes."""
    heads = _heads(name)
    at = 0
    for char in short[1:-1]:
        if name[at + 1] == char:
            at += 1
            continue
        at = next((here for here in heads if here > at and name[here] == char), len(name))
        if at >= len(name) - 1:
            return False
    return 0 in heads


def _heads(name: str) -> list[int]:
    """Where words begin, those within longer words as well."""
    import rjieba

    return sorted({start for _, start, _ in rjieba.tokenize(name, "search")})


def _shortened(sources: Sources, name: str) -> Counter[str]:
    """Short forms of a name that are written: beginnings of its words, and its end."""
    found = Counter[str]()
    for short in short_forms(name):
        holding = sum(int(mask[source.find(short)[0]].sum()) for source, mask in sources)
        if holding:
            found[short] += holding
    return found


def short_forms(name: str) -> Iterator[str]:
    """医保局 for 医疗保障局: beginnings of some of the words, the first of them too, and the last character."""
    heads = [name[at] for at in _heads(name) if at < len(name) - 1 and name[at] not in _JOINING]
    for count in range(min(len(heads), _MOST_HEADS), 1, -1):
        for rest in combinations(heads[1:_MOST_HEADS], count - 1):
            yield "".join((heads[0], *rest)) + name[-1]


def other_numbers(text: str) -> Iterator[str]:
    """The text with a number in characters where it has figures, and the other way round: 8000吨 and 八千吨."""
    for match in _FIGURES.finditer(text):
        number = int(match[1]) * (10_000 if match[2] else 1)
        for written in _in_characters(number):
            yield text[: match.start()] + written + text[match.end() :]
    for match in _CHARACTERS.finditer(text):
        number = _in_figures(match[0])
        forms = [str(number)] + ([f"{number // 10_000}万"] if number and number % 10_000 == 0 else [])
        for written in forms if number else ():
            yield text[: match.start()] + written + text[match.end() :]


def _in_characters(number: int) -> list[str]:
    if number >= 100_000_000:
        return []
    high, low = divmod(number, 10_000)
    written = (_below_ten_thousand(high) + "万" if high else "") + _below_ten_thousand(low, bool(high))
    written = written or "零"
    forms = [written[1:] if written.startswith("一十") else written]
    return [*forms, forms[0].replace("二千", "两千").replace("二万", "两万")] if "二" in forms[0] else forms


def _below_ten_thousand(number: int, follows: bool = False) -> str:
    written, gap = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // value % 10
        if digit:
            written += ("零" if gap and (written or follows) else "") + _DIGITS[digit] + unit
        gap = not digit
    return written


def _in_figures(written: str) -> int:
    """0 for what is no number: 二〇二五 is a row of digits."""
    if not set(written) & set("十百千万"):
        return 0 if len(written) > 1 else _DIGITS.find(written.replace("两", "二"))
    total = section = digit = 0
    for char in written.replace("两", "二").replace("〇", "零"):
        if char == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        elif char in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[char], 0
        else:
            digit = _DIGITS.index(char)
    return total + section + digit
