"""Plain text in the encodings that Chinese offices use."""

import codecs
from pathlib import Path

from models.refusal import N_
from search.errors import FileEmpty, FileUnreadable

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The wider encoding in place of the one named: pages call GB18030 by its older names.
_KNOWN = {
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
}
_SAMPLE = 4096


def decode(content: bytes, path: Path, declared: str = "") -> str:
    """Text from bytes: by byte order mark, else as `declared`, UTF-8, UTF-16 by its pattern of zeros, GB18030.

    Raises: FileUnreadable when none fits; FileEmpty when there is only white space.
    """
    text = _decoded(content, _KNOWN.get(declared, ""))
    if text is None or _looks_binary(text):
        raise FileUnreadable(path=str(path), reason=N_("its encoding is none of UTF-8, GB18030, UTF-16"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise FileEmpty(path=str(path))
    return text


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines that hold something, without the white space round them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _decoded(content: bytes, declared: str) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _try(content, encoding)
    guess = _utf16_without_mark(content[:_SAMPLE])
    encodings = (guess,) if guess else (declared, "utf-8", "gb18030")
    for encoding in filter(None, encodings):
        text = _try(content, encoding)
        if text is not None:
            return text
    return None


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(sample: bytes) -> str | None:
    """Line ends, digits and Latin letters have a zero byte in UTF-16, and no text in UTF-8 or GB18030 has one."""
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if low == high == 0:
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _looks_binary(text: str) -> bool:
    if "\x00" in text:
        return True
    sample = text[:_SAMPLE]
    odd = sum(1 for char in sample if ord(char) < 32 and char not in "\t\n\r\f\v\x1a")
    return odd > len(sample) // 50 + (len(sample) < 50)
