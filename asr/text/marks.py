"""Punctuation whose last byte the decoder missed.

Whisper writes ，！？ as three byte tokens (EF BC xx). Where it is unsure of the last one, another full-width sign comes
out: a lone ０, Ｅ or （ where the speaker paused. It never writes figures or letters in full width otherwise.
"""

import re

# The full-width forms but those that punctuation is made of: ！％（），．：；？～
_FORMS = r"[\uff02-\uff04\uff06\uff07\uff0a\uff0b\uff0d\uff0f-\uff19\uff1c-\uff1e\uff20-\uff5d]"
_MARK = "，。！？：；、"
_LONE = re.compile(rf"\s*(?:{_FORMS}\s*)+")
_BESIDE_A_MARK = re.compile(rf"(?<=[{_MARK}])，|，(?=[{_MARK}])")
_OPEN = re.compile(r"\s*（(?![^（]*）)\s*")


def mend_marks(text: str) -> str:
    """The text with a comma where a full-width sign stands for a pause; at the beginning and the end, nothing."""
    mended = _OPEN.sub("，", _LONE.sub("，", text))
    if mended == text:
        return text
    return _BESIDE_A_MARK.sub("", mended).removeprefix("，").removesuffix("，")
