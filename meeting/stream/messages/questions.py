"""Commands that ask the records and the room's memory, and change nothing."""

from typing import Literal

from meeting.stream.messages.base import Command, Whole


class Search(Command, frozen=True, kw_only=True, tag="search"):
    """Asks the archive and the running meeting. The answer's `result` is contract 1's search JSON."""

    query: str
    kind: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    unit: str | None = None
    speaker: str | None = None
    limit: Whole = 10
    sort: Literal["relevance", "newest"] = "relevance"
    outcome: str = ""
    body: str = ""
    year: str = ""
    due_from: str | None = None
    due_to: str | None = None
    owed: Literal["", "open", "done"] = ""


class LookBack(Command, frozen=True, kw_only=True, tag="background"):
    """What was before an item (前情); null is the current one, or the running meeting. The result is as `Recalled`."""

    item_id: str | None = None
    meeting: str | None = None


class History(Command, frozen=True, kw_only=True, tag="matter"):
    """A matter across meetings.

    The result: `{"matter", "meetings": [{"title", "date", "meeting_id", "steps"}], "similar"}`, the oldest first.
    """

    name: str


class OpenPassage(Command, frozen=True, kw_only=True, tag="context"):
    """A passage where it stands, with `around` others on each side.

    The result: `{"document_id", "kind", "title", "date", "body", "outcome", "meeting_id", "path", "before", "after",
    "passages"}`.
    """

    document_id: str
    passage_id: str = ""
    around: Whole = 3


class Complete(Command, frozen=True, kw_only=True, tag="complete"):
    """What is being typed into a search, completed. The result: `{"completions"}`, at most 8 whole texts."""

    text: str


Inquiry = LookBack | History | OpenPassage | Complete
