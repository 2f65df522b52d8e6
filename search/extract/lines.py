"""Lines of a page into the paragraphs that they are broken from."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_PAGE_NUMBER = re.compile(
    r"^(?:[-—–―－·\s]*\d{1,4}[-—–―－·\s]*|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?)$"
)
_BEGINS = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,3}\s*[、.．](?!\d)|"
    r"第[一二三四五六七八九十百零〇\d]{1,6}[条章节编款项]|附件|抄送|抄报|[\u4e00-\u9fff]{2,6}[：:])"
)
_ENDS = "。！？!?；;：:"
# Old PDFs name characters by their radical, which looks the same and is found by nobody.
_RADICALS = re.compile("[\u2e80-\u2eff\u2f00-\u2fdf]")
# A line that ends this much before the edge is the last of its paragraph.
_SHORT_BY = 2.0
_EDGE_SHARE = 0.95
# Narrower than this is no page of running text but a list of short lines.
_LEAST_EDGE = 20.0


def joined(pages: Iterable[Sequence[str]]) -> list[str]:
    """The paragraphs of pages given as lines; page numbers and running heads are left out.

    A line that reaches the edge of the page and ends no sentence goes on in the next one, over a page's end too.
    """
    kept = [[line for line in _plain(page) if not _PAGE_NUMBER.match(line)] for page in pages]
    running = _running(kept)
    lines = [line for page in kept for line in page if line not in running]
    widths = sorted(_width(line) for line in lines)
    edge = widths[min(len(widths) - 1, int(len(widths) * _EDGE_SHARE))] if widths else 0.0
    paragraphs: list[str] = []
    open_ended = False
    for line in lines:
        if open_ended and not _BEGINS.match(line):
            parted = paragraphs[-1][-1].isascii() and line[0].isascii()
            paragraphs[-1] += (" " if parted else "") + line
        else:
            paragraphs.append(line)
        open_ended = edge >= _LEAST_EDGE and _width(line) >= edge - _SHORT_BY and line[-1] not in _ENDS
    return paragraphs


def _plain(page: Sequence[str]) -> list[str]:
    plain = (_RADICALS.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), line) for line in page)
    return [line for line in (one.replace("\x00", "").strip() for one in plain) if line]


def _running(pages: list[list[str]]) -> set[str]:
    """What stands first or last on nearly every page of at least three."""
    if len(pages) < 3:
        return set()
    ends = [{page[0], page[-1]} for page in pages if page]
    seen = {line for page in ends for line in page}
    return {line for line in seen if sum(line in page for page in ends) > 0.8 * len(pages)}


def _width(line: str) -> float:
    """In characters of full width."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.5 for char in line)
