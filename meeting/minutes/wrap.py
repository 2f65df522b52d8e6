"""Breaks speech into subtitle cues by the width that it takes on the screen."""

import re
import unicodedata

LINE_COLUMNS = 40  # 20 full-width characters
LINES_PER_CUE = 2
_ZERO_WIDTH_JOINER = "\u200d"
_CLAUSE = re.compile(r"[^。？！；，、,.!?;]*[。？！；，、,.!?;]*(?:[”’』」）)]*)")
# What stays together in one line: GB/T9704, 3.5, a_b.
_WORD = re.compile(r"[A-Za-z0-9/_.\-]")
_OPENS = "“‘『「（([《〈【<"
_HANGS = "。？！；，、：,.!?;:”’』」）)]》〉】>…%％"


def columns(text: str) -> int:
    """The width of a text: 2 for a full-width character, 1 for a half-width one, 0 for a mark upon another."""
    return sum(columns_of(char) for char in text)


def columns_of(char: str) -> int:
    """The width of one code point. Ambiguous ones (·, “) are wide, as Chinese fonts draw them."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf") or char == _ZERO_WIDTH_JOINER:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def cues(text: str) -> list[list[str]]:
    """The text in cues of at most two lines, each at most 20 full-width characters wide, cut at clauses if possible."""
    found: list[list[str]] = []
    pending = ""
    for clause in _CLAUSE.findall(text):
        if len(lines(pending + clause)) <= LINES_PER_CUE:
            pending += clause
            continue
        found += _grouped(lines(pending))
        pending = clause
        wrapped = lines(clause)
        if len(wrapped) > LINES_PER_CUE:
            found += _grouped(wrapped)
            pending = ""
    return found + _grouped(lines(pending))


def lines(text: str) -> list[str]:
    """The text in lines; a word of letters or digits stays whole, and no line begins with a closing mark."""
    wrapped = [""]
    for token in _tokens(text.strip()):
        if columns(wrapped[-1] + token.rstrip()) > LINE_COLUMNS and wrapped[-1]:
            wrapped.append("")
        for cluster in _clusters(token) if columns(token) > LINE_COLUMNS else (token,):
            if columns(wrapped[-1] + cluster.rstrip()) > LINE_COLUMNS and wrapped[-1]:
                wrapped.append("")
            wrapped[-1] += cluster
    return [line for line in (line.strip() for line in wrapped) if line]


def _grouped(wrapped: list[str]) -> list[list[str]]:
    return [wrapped[start : start + LINES_PER_CUE] for start in range(0, len(wrapped), LINES_PER_CUE)]


def _clusters(text: str) -> list[str]:
    """The characters as a reader counts them: marks, joiners and skin tones stay with what they belong to."""
    found: list[str] = []
    for char in text:
        joined = found and (
            columns_of(char) == 0 or found[-1].endswith(_ZERO_WIDTH_JOINER) or "\U0001f3fb" <= char <= "\U0001f3ff"
        )
        if joined:
            found[-1] += char
        else:
            found.append(char)
    return found


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for cluster in _clusters(text):
        before = found[-1][-1] if found else ""
        word = bool(_WORD.fullmatch(cluster) and _WORD.fullmatch(before))
        if found and (cluster in _HANGS or before in _OPENS or word):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found
