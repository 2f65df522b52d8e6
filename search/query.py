"""What a person types, as a tree of what must be found. Nothing typed is an error: what makes no sense is plain words.

办公用房 整改          words, all must occur            "公务用车 更新"     exactly so (Chinese quotes too)
-暂缓                  must not occur                   清查 OR 清理 (或)   one of them
期限:2026-03 办理:未办结  what is due, and not done
单位:资产处 kind:纪要   a field                          2018 2018-07 去年 2018..2020   when
办公*方案 第?次         anything, one character
"""

import re
from datetime import date

import msgspec

from search.analysis import fold, is_breaking, runs
from search.documents import KINDS
from search.when import Span, span_of

_OPENING, _CLOSING = '"“”＂「『', '"“”＂」』'
_QUOTES = re.escape(_OPENING + "」』")
_PHRASE = re.compile(rf"[{_OPENING}]([^{_QUOTES}]+)[{_CLOSING}]")
_MOST_CLAUSES = 32
_MOST_CHARACTERS = 1000
_OR = frozenset({"OR", "或", "或者", "|", "||"})
_FIELDS = {
    name: field
    for field, names in {
        "unit": ("unit", "单位", "部门", "汇报单位"),
        "speaker": ("speaker", "发言人", "讲话人"),
        "item": ("item", "议题"),
        "kind": ("kind", "类型", "种类"),
        "body": ("body", "会议主体", "主体"),
        "year": ("year", "年份", "年度"),
        "date": ("date", "日期"),
        "outcome": ("outcome", "结果", "结论"),
        "due": ("due", "期限", "时限", "到期"),
        "owed": ("owed", "办理", "办结"),
    }.items()
    for name in names
}
_KIND_NAMES: dict[str, str] = {
    **{str(kind): str(kind) for kind in KINDS},
    **{"议程": "agenda", "议题": "agenda", "记录": "record", "会议记录": "record", "纪要": "minutes"},
    **{"会议纪要": "minutes", "文件": "document", "文档": "document", "决定": "decision", "决议": "decision"},
}
_OWED_NAMES = {
    name: state
    for state, names in (
        ("open", ("open", "未办结", "未完成", "未办", "否")),
        ("done", ("done", "已办结", "已完成", "办结", "完成", "是")),
    )
    for name in names
}
_LEAF = re.compile(
    rf"(?P<not>(?<!\S)[-－](?![-－\s]))?"
    rf"(?:(?<![^\s\-－])(?P<field>{'|'.join(sorted(_FIELDS, key=len, reverse=True))})[:：](?=\S))?"
    rf"(?:[{_OPENING}](?P<phrase>[^{_QUOTES}]+)[{_CLOSING}]|(?P<word>[^\s{_QUOTES}]+))",
    re.IGNORECASE,
)


class Token(msgspec.Struct, frozen=True):
    """A folded piece of text that must occur; `exact` when it stood in quotes."""

    text: str
    exact: bool = False


class Wild(msgspec.Struct, frozen=True):
    """A folded pattern: `*` is anything within a sentence, `?` one character."""

    text: str


class Field(msgspec.Struct, frozen=True):
    """A filter by name: unit, speaker, item, kind, body, outcome. `value` is folded; of a kind, its English name."""

    name: str
    value: str


class Dates(msgspec.Struct, frozen=True):
    """A filter by when; `written` is the folded text that named it, empty when a field did."""

    span: Span
    written: str = ""


class Owing(msgspec.Struct, frozen=True):
    """A filter by what is to be done: one thing due in the span that is `open` (not known to be done) or `done`."""

    span: Span = ("", "")
    state: str = ""


Filter = Field | Dates | Owing
Leaf = Token | Wild | Filter


class Clause(msgspec.Struct, frozen=True):
    """One of its leaves must be found."""

    leaves: tuple[Leaf, ...]

    @property
    def filters_only(self) -> bool:
        """Whether no text is asked for."""
        return all(isinstance(leaf, Filter) for leaf in self.leaves)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its texts."""
        return tuple(leaf for leaf in self.leaves if isinstance(leaf, Token))


class Parsed(msgspec.Struct, frozen=True):
    """All of `required` and `filters`, none of `excluded`. `plain` is the same text read as words alone."""

    required: tuple[Clause, ...] = ()
    filters: tuple[Clause, ...] = ()
    excluded: tuple[Leaf, ...] = ()
    plain: tuple[Clause, ...] = ()

    @property
    def dated(self) -> tuple[Clause, ...]:
        """The filters that are bare dates, as words."""
        return tuple(
            Clause((Token(leaf.written),))
            for clause in self.filters
            for leaf in clause.leaves[:1]
            if isinstance(leaf, Dates) and leaf.written
        )


def parse(text: str, today: date) -> Parsed:
    """The tree of a query. Its meaning does not depend on anything but the text and the day."""
    text = text[:_MOST_CHARACTERS]
    plain = words(text)
    clauses: list[Clause] = []
    excluded: list[Leaf] = []
    joining = False
    for found in _LEAF.finditer(text):
        if found["word"] in _OR and not found["not"] and not found["field"]:
            if joining or not clauses:
                return Parsed(required=plain, plain=plain)
            joining = True
            continue
        leaf = _leaf(found, today)
        if leaf is None:
            continue
        if joining and found["not"]:
            return Parsed(required=plain, plain=plain)
        if found["not"]:
            excluded.append(leaf)
        elif joining:
            clauses[-1] = Clause((*clauses[-1].leaves, leaf))
        else:
            clauses.append(Clause((leaf,)))
        joining = False
    if joining or not clauses:
        return Parsed(required=plain, plain=plain)
    clauses = list(dict.fromkeys(clauses))[:_MOST_CLAUSES]
    return Parsed(
        required=tuple(clause for clause in clauses if not clause.filters_only),
        filters=_joined([clause for clause in clauses if clause.filters_only]),
        excluded=tuple(excluded[:_MOST_CLAUSES]),
        plain=plain,
    )


def _joined(filters: list[Clause]) -> tuple[Clause, ...]:
    """期限:三月 办理:未办结 ask for one thing that is both."""
    alone = [clause for clause in filters if len(clause.leaves) == 1 and isinstance(clause.leaves[0], Owing)]
    owing = [leaf for clause in alone for leaf in clause.leaves if isinstance(leaf, Owing)]
    spans, states = [one.span for one in owing if any(one.span)], [one.state for one in owing if one.state]
    if len(spans) != 1 or len(states) != 1:
        return tuple(filters)
    rest = [clause for clause in filters if clause not in alone]
    return (*rest, Clause((Owing(spans[0], states[0]),)))


def words(text: str) -> tuple[Clause, ...]:
    """Phrases in quotes, then words parted by spaces, none twice; signs mean nothing.

    Punctuation round a word is dropped; a word of punctuation alone is looked for as it is.
    """
    phrases = [fold(match.group(1)).strip() for match in _PHRASE.finditer(text)]
    # An OR that joins nothing stands for itself, and is no sound of anything.
    others = [Token(trim(fold(word)), exact=word in _OR) for word in _PHRASE.sub(" ", text).split()]
    return _distinct([*(Token(phrase, exact=True) for phrase in phrases), *others])


def loosen(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The same words parted at their punctuation: 清理、整改 becomes 清理 and 整改. Clauses of several leaves stay."""
    loose: list[Clause] = []
    for clause in clauses:
        if len(clause.leaves) == 1 and clause.tokens:
            loose += _distinct([Token(run, clause.tokens[0].exact) for run, _ in runs(clause.tokens[0].text)])
        else:
            loose.append(clause)
    return tuple(dict.fromkeys(loose))[:_MOST_CLAUSES]


def trim(folded: str) -> str:
    """Without the punctuation at both ends, unless nothing else is there."""
    start, end = 0, len(folded)
    while start < end and is_breaking(folded[start]):
        start += 1
    while end > start and is_breaking(folded[end - 1]):
        end -= 1
    return folded[start:end] or folded


def _leaf(found: re.Match[str], today: date) -> Leaf | None:
    """None for a phrase of nothing."""
    phrase, word = found["phrase"], found["word"]
    if found["field"]:
        leaf = _field(_FIELDS[found["field"].lower()], phrase or word, today)
        return leaf or Token(trim(fold(f"{found['field']}:{phrase or word}")))
    if phrase:
        folded = fold(phrase).strip()
        return Token(folded, exact=True) if folded else None
    if span := span_of(word, today):
        return Dates(span, trim(fold(word)))
    return _wild(word) or Token(trim(fold(word)))


def _field(name: str, value: str, today: date) -> Leaf | None:
    """A filter, or None where the value is none for this field."""
    folded = trim(fold(value))
    if name in ("year", "date"):
        span = span_of(value, today)
        return Dates(span) if span else None
    if name == "due":
        span = span_of(value, today)
        return Owing(span) if span else None
    if name == "owed":
        return Owing(state=_OWED_NAMES[folded]) if folded in _OWED_NAMES else None
    if name == "kind":
        kind = _KIND_NAMES.get(folded)
        return Field(name, kind) if kind else None
    return Field(name, folded) if folded and not is_breaking(folded[0]) else None


def _wild(word: str) -> Wild | None:
    """A pattern where signs stand in a word; a question mark at its end ends a question."""
    pattern = fold(word.replace("＊", "*")).rstrip("?") if "？" not in word else ""
    pattern = re.sub(r"\*+", "*", pattern)
    letters = [char for char in pattern if not is_breaking(char)]
    if not letters or not set(pattern) & set("*?"):
        return None
    return Wild(pattern)


def _distinct(tokens: list[Token]) -> tuple[Clause, ...]:
    seen: dict[str, Token] = {}
    for token in tokens:
        if token.text and token.text not in seen:
            seen[token.text] = token
    return tuple(Clause((token,)) for token in seen.values())[:_MOST_CLAUSES]
