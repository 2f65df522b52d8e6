"""The words of a web page, or of Markdown, as the lines that a reader sees."""

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head"})
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div"),
        *(
            "dl",
            "dt",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
        ),
        *(
            "html",
            "legend",
            "li",
            "main",
            "nav",
            "ol",
            "option",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
        ),
        *("tfoot", "thead", "title", "tr", "ul"),
    }
)
_CELLS = frozenset({"td", "th"})
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096
# Not the wide space, which office files put into names.
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")


def html_lines(text: str) -> tuple[str, ...]:
    """One line for each block and each row of a table; what a page does not show is left out."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_line()
    return tuple(reader.lines)


def markdown_lines(text: str) -> tuple[str, ...]:
    """The lines of Markdown without its signs; every line of a paragraph stays one, a row of a table becomes one."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"breaks": True, "maxNesting": 200}).enable("table").render(_unrolled(text))
    return html_lines(made)


def declared_encoding(content: bytes) -> str:
    """The encoding that a page names in its head, or empty."""
    head = content[:_DECLARED_WITHIN]
    found = _CHARSET.search(head) or _XML.search(head)
    return found[1].decode("ascii").lower() if found else ""


def _unrolled(text: str) -> str:
    """A list numbered by its author keeps its numbers: Markdown would leave them to whoever shows it."""
    return re.sub(r"^([ ]{0,3}\d{1,4})([.)])(?=\s)", r"\1\\\2", text, flags=re.MULTILINE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._unseen: list[str] = []
        self._kept_breaks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            self.end_line()
            if tag != "title":
                # A head that is never closed must not swallow the page.
                self._unseen.clear()
        elif tag in _CELLS:
            self._line.append(" ")
        self._kept_breaks += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self.end_line()
        self._kept_breaks -= tag == "pre" and self._kept_breaks > 0

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        for number, part in enumerate(data.splitlines() if self._kept_breaks else (data,)):
            if number:
                self.end_line()
            self._line.append(part)
        if self._kept_breaks and data.endswith("\n"):
            self.end_line()

    def end_line(self) -> None:
        """Closes the line that is being put together."""
        line = _SPACE.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if line:
            self.lines.append(line)
