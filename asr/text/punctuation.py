"""Spaces and punctuation as Chinese office writing has them; text without Chinese characters is left alone."""

import re

from asr.text.folding import is_han

_FULL = {",": "，", ".": "。", "?": "？", "!": "！", ":": "：", ";": "；"}
_MARKS = "，。？！：；、…"
_HALF = re.compile(r"\s*([,.?!:;])\s*")
_SPACES = re.compile(r"\s+")
_RUN = re.compile(r"([，。？！：；、])[，。？！：；、]+")
_ASKS = re.compile(r"(?:吗|呢|为什么.*|怎么办|怎么定|有没有[^，]*|是不是[^，]*|能不能[^，]*|可不可以[^，]*|多少)$")


def has_han(text: str) -> bool:
    """Whether any character is a Chinese one."""
    return any(map(is_han, text))


def full_width(text: str) -> str:
    """Half-width marks beside Chinese become full-width; a point or comma inside a number or a word stays."""
    if not has_han(text):
        return text

    def wide(match: re.Match[str]) -> str:
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        inside = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
        return match.group() if inside else _FULL[match.group(1)]

    return _RUN.sub(r"\1", _HALF.sub(wide, text))


def spacing(text: str) -> str:
    """A space between Chinese characters is the model's way to write a pause: a comma. English keeps its spaces."""
    text = _SPACES.sub(" ", text).strip()
    if not has_han(text):
        return text

    def space(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1], text[match.end()]
        if is_han(before) and is_han(after):
            return "，"
        return "" if before in _MARKS or after in _MARKS else " "

    return re.sub(" ", space, text)


def sentence_end(text: str) -> str:
    """Ends Chinese text with 。 or, where it asks, with ？. Marks alone are no sentence."""
    if not any(map(str.isalnum, text)):
        return ""
    if not has_han(text):
        return text
    text = text.rstrip("，、：； ").lstrip("，。、：；？！ ")
    if not text or text[-1] in "。？！…”’」』）)":
        return text
    return text + ("？" if _ASKS.search(text) else "。")
