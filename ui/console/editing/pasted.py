"""What is pasted, on one line: every field here holds a sentence, a name or a date."""

import re

from ui.plain import powerless

_BREAK = re.compile(r"[ \u3000]*[\t\r\n\v\f\x85\u2028\u2029][\s\u3000]*")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def one_line(text: str) -> str:
    """Lines and columns joined: Chinese to Chinese with nothing between, else by a space; no control characters."""
    joined = _BREAK.sub(_between, text.strip("\t\r\n\v\f\x85\u2028\u2029"))
    return powerless(joined, "")


def _between(gap: re.Match[str]) -> str:
    before, after = gap.string[gap.start() - 1 : gap.start()], gap.string[gap.end() : gap.end() + 1]
    broken_in_chinese = "\t" not in gap[0] and _WIDE.match(before) and _WIDE.match(after)
    return "" if broken_in_chinese else " "
