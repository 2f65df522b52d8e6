"""A meeting as lines in a terminal: headings of items, utterances with their time, gaps and what changed."""

from meeting.domain.events import AgendaChanged, Custody, End, Gap, ItemEntry, ItemMoved, Phase, Segment
from meeting.stream.client import Received, Reconnecting
from meeting.stream.messages import Snapshot, Status, Welcome
from ui.locale import _
from ui.words import duration, gap_text, trouble


class TranscriptLines:
    """Turns the stream's messages into lines; remembers only what a heading needs."""

    def __init__(self) -> None:
        self._items: dict[str, ItemEntry] = {}
        self._under: str | None | object = self
        self._state = ""

    def lines(self, message: Received) -> list[str]:
        """The lines that one message adds, none for most."""
        match message:
            case Welcome(meeting=None):
                return [_("-- no meeting is running; waiting for a meeting to begin")]
            case Welcome(items=items) | AgendaChanged(items=items):
                self._items = {entry.item_id: entry for entry in items}
                return []
            case Snapshot(segments=segments):
                return [line for segment in segments for line in self._segment(segment)]
            case Segment():
                return self._segment(message)
            case ItemMoved(state="deferred" | "withdrawn"):
                words = {"deferred": _("deferred"), "withdrawn": _("withdrawn")}
                return [f"-- {self._title(message.item_id)}: {words[message.state]}"]
            case Gap():
                return [f"-- {duration(message.start_ms)} {gap_text(message)}"]
            case Custody(order="deadline"):
                return [
                    _(
                        "-- nobody answered after the planned end: the microphone was closed; `meeting resume` opens it"
                    )
                ]
            case Custody(order="handover", to=name):
                return [_("-- {name} looks after the record from now on").format(name=name)]
            case Custody(order="pause"):
                return [_("-- paused: the microphone is closed")]
            case Custody(order="resume"):
                return [_("-- recording goes on")]
            case Phase(phase="recess"):
                return [_("-- recess")]
            case End():
                return [_("-- the meeting has ended")]
            case Reconnecting(attempt=1):
                return [_("-- the connection is lost; trying again")]
            case Status(state=state) if state != self._state:
                before, self._state = self._state, state
                sentence = trouble(state) or (_("recording goes on") if trouble(before) else "")
                return [f"-- {sentence}"] if sentence else []
            case _:
                return []

    def _segment(self, segment: Segment) -> list[str]:
        if not segment.text:
            return []
        lines = []
        if segment.item_id != self._under:
            self._under = segment.item_id
            lines += ["", f"## {self._title(segment.item_id)}"]
        who = f"{segment.speaker}：" if segment.speaker else ""
        again = _(" (corrected)") if segment.rev > 1 else ""
        return [*lines, f"[{duration(segment.start_ms)}] {who}{segment.text}{again}"]

    def _title(self, item_id: str | None) -> str:
        if item_id is None:
            return _("Outside the items")
        entry = self._items.get(item_id)
        return _("Item {number}: {title}").format(number=entry.number, title=entry.title) if entry else item_id
