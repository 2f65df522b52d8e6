"""Commands that change the record of the running meeting, each of them as one thing that can be taken back."""

from meeting.domain.events import AttendanceState, Position
from meeting.domain.words import WordKind
from meeting.stream.messages.base import Command, Whole


class Edit(Command, frozen=True, kw_only=True, tag="edit"):
    """Words a segment anew; an empty `text` removes it. `rev` is the one that was seen: an older is refused.

    The answer's result is `{"words": [{"before", "after"}]}`: what `replace` may put right elsewhere too.
    """

    segment_id: str
    rev: Whole
    text: str


class Split(Command, frozen=True, kw_only=True, tag="split"):
    """Makes two segments of one, before the code point `offset` of its text.

    The answer's result is `{"segment_ids"}`, the two new ones.
    """

    segment_id: str
    rev: Whole
    offset: Whole


class Join(Command, frozen=True, kw_only=True, tag="join"):
    """Makes one segment of several that follow one another under the same item.

    `revs` are the revisions that were seen, one for each; a newer one is refused. The answer's result is
    `{"segment_ids"}`, the new one.
    """

    segment_ids: tuple[str, ...]
    revs: tuple[Whole, ...] = ()


class Move(Command, frozen=True, kw_only=True, tag="move"):
    """Files segments under another item; null is outside the items (会议程序). `revs` as with `join`."""

    segment_ids: tuple[str, ...]
    item_id: str | None
    revs: tuple[Whole, ...] = ()


class Speaker(Command, frozen=True, kw_only=True, tag="speaker"):
    """Says who spoke; null takes the name away. `revs` as with `join`."""

    segment_ids: tuple[str, ...]
    person: str | None
    revs: tuple[Whole, ...] = ()


class NoteDown(Command, frozen=True, kw_only=True, tag="note"):
    """A remark or a mark (★ 重要, ? 待核) on a segment or an item. The answer's result is `{"note_id", "rev"}`.

    A `note_id` given again replaces; with neither text nor mark it takes the note away.
    """

    text: str = ""
    segment_id: str | None = None
    item_id: str | None = None
    mark: str = ""
    note_id: str | None = None
    rev: Whole | None = None


class Attend(Command, frozen=True, kw_only=True, tag="attendance"):
    """Somebody came, left, is recused for an item, or is stood in for."""

    person: str
    state: AttendanceState
    item_id: str | None = None


class Decide(Command, frozen=True, kw_only=True, tag="decide"):
    """What was decided, with the segments that show it, and what each member said to it (表态), in speaking order.

    A `decision_id` given again replaces that decision, with `rev` only the one that was seen; `withdraw` takes it back.
    The answer's result is `{"decision_id", "rev", "warnings"}`; `chair_first`: on a `major` item the chair spoke before
    others did.
    """

    item_ids: tuple[str, ...]
    outcome: str
    text: str = ""
    segments: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    decision_id: str | None = None
    rev: Whole | None = None
    withdraw: bool = False


class Assign(Command, frozen=True, kw_only=True, tag="assign"):
    """Something somebody has to do. An `action_id` given again replaces, as with `decide`.

    The answer's result is `{"action_id", "rev"}`.
    """

    text: str
    item_id: str | None = None
    decision_id: str | None = None
    lead_unit: str = ""
    supporting_units: tuple[str, ...] = ()
    owner: str = ""
    due_date: str | None = None
    segments: tuple[str, ...] = ()
    action_id: str | None = None
    rev: Whole | None = None
    withdraw: bool = False


class Word(Command, frozen=True, kw_only=True, tag="word"):
    """Something to listen for from now on, in this meeting and those of its body; `remove` takes it out again.

    The answer's result is `{"text", "kind"}`.
    """

    text: str
    kind: WordKind | None = None
    remove: bool = False


class Replace(Command, frozen=True, kw_only=True, tag="replace"):
    """Puts `after` in the place of `before` in every segment that no person has worded (or in `segment_ids` only).

    The answer's result is `{"segments": [{"segment_id", "rev", "before", "after"}]}`, with the texts as they stood and
    stand; with `preview` it is what would be done, and nothing is changed.
    """

    before: str
    after: str
    preview: bool = False
    segment_ids: tuple[str, ...] = ()


class Undo(Command, frozen=True, kw_only=True, tag="undo"):
    """Takes back the newest change that the same person has made and not taken back yet.

    The answer's result is `{"undone"}`: what kinds of events took it back.
    """


class Redo(Command, frozen=True, kw_only=True, tag="redo"):
    """Does again what the same person has taken back last, when they have changed nothing since.

    The answer's result is `{"redone"}`: what kinds of events did it.
    """


Correction = (
    Edit | Split | Join | Move | Speaker | NoteDown | Attend | Decide | Assign | Word | Replace | Undo | Redo
)
