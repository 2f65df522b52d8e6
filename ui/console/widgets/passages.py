"""One search hit as text: where it comes from, and its words with the found ones marked."""

from textual.content import Content

from ui.console.hits import Hit
from ui.console.wrapping import clean
from ui.words import hit_kind

SHOWN_CHARS = 90
BEFORE_CHARS = 24


def head(hit: Hit) -> str:
    """Kind, date and title in one line."""
    return " · ".join(filter(None, (hit_kind(hit.kind), hit.date or "", clean(hit.title or ""))))


def marked(hit: Hit, shown: int | None = None) -> Content:
    """The hit's text with its highlights; `shown` cuts it to so many code points around the first one."""
    text = clean(hit.text)
    begin = 0
    if shown is not None and len(text) > shown:
        first = hit.highlights[0][0] if hit.highlights else 0
        begin = max(0, min(first - BEFORE_CHARS, len(text) - shown))
    end = len(text) if shown is None else min(len(text), begin + shown)
    content = Content(text[begin:end])
    for start, stop in hit.highlights:
        if begin <= start < stop <= end:
            content = content.stylize("bold underline $text-warning", start - begin, stop - begin)
    return Content.assemble("…" if begin else "", content, "…" if end < len(text) else "")


def passage(hit: Hit) -> Content:
    """A hit in a list."""
    return Content.assemble((head(hit), "$quiet"), "\n", marked(hit, SHOWN_CHARS))
