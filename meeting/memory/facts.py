"""What the memory knows and what it answers: plain values, each with the place that it comes from."""

from typing import Literal

import msgspec

from search.documents import Kind

DecisionState = Literal["in_force", "perhaps_changed", "superseded", "lapsed"]
STATES: tuple[DecisionState, ...] = ("in_force", "perhaps_changed", "superseded", "lapsed")
TaskState = Literal["open", "done", "unrecorded"]
Step = Literal["raised", "discussed", "decided", "followed_up"]


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where something stands. `path` is the imported file as it was given; `start_ms` is there where sound is.

    `body` (whose document it is), `kind` and `classification` decide who may see it.
    """

    kind: Kind
    document_id: str
    title: str
    date: str = ""
    passage_id: str = ""
    meeting_id: str | None = None
    item: int | None = None
    item_title: str = ""
    path: str | None = None
    start_ms: int | None = None
    body: str = ""
    classification: str = ""

    @property
    def owner(self) -> str:
        """What it belongs to: the meeting, or the imported file."""
        return self.meeting_id or self.document_id


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done. Old minutes say who owes what, but not whether it was done: `unrecorded`."""

    id: str
    text: str
    source: Origin
    lead: str = ""
    supporting: tuple[str, ...] = ()
    owner: str = ""
    due: str = ""
    state: TaskState = "unrecorded"
    overdue: bool = False


class KnownTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task with what it belongs to. `at` is when its state was set."""

    task: Task
    decision_id: str = ""
    matter: str = ""
    at: str = ""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it was taken. `title` is its item's, `group` its document's and item's: tasks belong to that."""

    id: str
    text: str
    outcome: str
    source: Origin
    matter: str = ""

    @property
    def date(self) -> str:
        """The day on which it was taken."""
        return self.source.date

    @property
    def title(self) -> str:
        """What it is about."""
        return self.source.item_title or self.source.title


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a meeting had. `documents` are titles and paths of its documents."""

    source: Origin
    matter: str = ""
    documents: tuple[tuple[str, str], ...] = ()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Everything, in no promised order. `papers` are whole documents by their heading."""

    decisions: tuple[Decided, ...] = ()
    tasks: tuple[KnownTask, ...] = ()
    raised: tuple[Raised, ...] = ()
    papers: tuple[Origin, ...] = ()


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The newer decision that changed, or perhaps changed, an older one; `how` are the words by which it says so."""

    text: str
    outcome: str
    how: str
    source: Origin


class Precedent(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier decision as it stands today. `until` is the last day of a decision for a time."""

    id: str
    text: str
    outcome: str
    state: DecisionState
    why: Literal["matter", "title"]
    source: Origin
    matter: str = ""
    changed_by: Changed | None = None
    until: str = ""
    tasks: tuple[Task, ...] = ()


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A document of an item; `source` is there where it is in the archive."""

    title: str
    path: str = ""
    source: Origin | None = None


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The item that is asked about."""

    meeting_id: str
    item_id: str
    number: int
    title: str
    date: str
    matter: str = ""
    papers: tuple[Paper, ...] = ()


class Background(msgspec.Struct, frozen=True, kw_only=True):
    """What was before an item (前情): decisions, those in force first; what is owed; documents; earlier meetings."""

    meeting_id: str
    item_id: str
    number: int
    title: str
    matter: str = ""
    decisions: tuple[Precedent, ...] = ()
    actions: tuple[Task, ...] = ()
    documents: tuple[Paper, ...] = ()
    earlier: tuple[Origin, ...] = ()


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a matter."""

    step: Step
    text: str
    source: Origin
    outcome: str = ""
    state: str = ""
    changed_by: Changed | None = None
    task: Task | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting in the history of a matter."""

    title: str
    date: str
    meeting_id: str | None
    steps: tuple[Stage, ...]


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """A matter across meetings, the oldest first. `similar` are other matters that may be meant."""

    matter: str
    meetings: tuple[Held, ...]
    similar: tuple[str, ...] = ()
