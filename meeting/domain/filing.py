"""Files what was said under its agenda item: by when it was said, and, where wished, by the chair's own words."""

import re
from contextlib import suppress
from dataclasses import replace

import msgspec

from meeting.domain.chair import Switch, find_switch
from meeting.domain.events import Changed, Doubt, Event, ItemMoved, Phase, Segment
from meeting.domain.split import Part, split_utterance
from meeting.domain.state import AgendaState
from meeting.errors import ItemClosed

_MARKS = re.compile(r"(?:〔[^〔〕]*〕)+")
"""〔多人发言〕 and the like."""


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """One recognized utterance; `pieces` are (start_ms, end_ms, text) as the decoder timed them."""

    segment_id: str
    start_ms: int
    end_ms: int
    text: str
    raw_text: str = ""
    confidence: float | None = None
    pieces: tuple[tuple[int, int, str], ...] = ()
    changes: tuple[Changed, ...] = ()
    marks: tuple[Doubt, ...] = ()


class Filing:
    """Remembers where in the sound each item began; text that comes late still lands under the right one.

    Feed it every event after `state` has applied it.
    """

    def __init__(self, state: AgendaState, follow_chair: bool) -> None:
        self._state = state
        self._follow_chair = follow_chair
        self._begun: list[tuple[int, AgendaState]] = []
        self._at_first = _copy(state)

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        if isinstance(event, ItemMoved | Phase):
            if self._state.current != (self._begun[-1][1].current if self._begun else None):
                self._begun.append((event.media_ms or 0, _copy(self._state)))

    @property
    def places(self) -> tuple[int, ...]:
        """Where in the sound, in ms, another item became the current one, or none."""
        return tuple(sorted({began_ms for began_ms, _ in self._begun}))

    def item_at(self, media_ms: int) -> str | None:
        """The item under discussion at a place in the sound; None outside the items."""
        return self._stand_at(media_ms).current

    def _stand_at(self, media_ms: int) -> AgendaState:
        for began_ms, state in reversed(self._begun):
            if began_ms <= media_ms:
                return state
        return self._at_first

    def file(self, heard: Utterance) -> list[Event]:
        """The events of one utterance, none for an empty one.

        Where the chair changes the item in it, it is split before that sentence, and the change comes between.
        """
        if not heard.text:
            return []
        if self._follow_chair:
            # The chair's words are taken as they were meant when they were said. Who has moved the agenda since knew
            # them already: their text, coming late, must not move it again.
            overtaken = bool(self._begun) and self._begun[-1][0] > heard.start_ms
            state = self._stand_at(heard.start_ms) if overtaken else self._state
            switch = _find_switch(heard.text, state)
            if switch is not None:
                # A withdrawn item is called by mistake: the words stand, the agenda stays.
                with suppress(ItemClosed):
                    return self._switched(heard, switch, state)
        return [_segment(heard, self.item_at(heard.end_ms))]

    def _switched(self, heard: Utterance, switch: Switch, state: AgendaState) -> list[Event]:
        target = None if switch.target is None else state.numbered(switch.target).item_id
        moves = switch.events(state)
        if state is not self._state:
            moves = []
        parts = split_utterance(
            heard.text, heard.start_ms, heard.end_ms, heard.pieces, switch.offset, heard.raw_text
        )
        if parts is None:
            return [*_at(moves, heard.start_ms), _segment(heard, target)]
        before, after = (_part(heard, part) for part in parts)
        # The recognizer heard one utterance; as two, the first is a sentence of its own.
        before = msgspec.structs.replace(
            before, text=before.text.rstrip("，、,") + "。" * before.text.endswith(("，", "、", ","))
        )
        after = msgspec.structs.replace(after, segment_id=f"{heard.segment_id}.2")
        return [
            _segment(before, self.item_at(before.end_ms)),
            *_at(moves, after.start_ms),
            _segment(after, target),
        ]


def _find_switch(text: str, state: AgendaState) -> Switch | None:
    """The chair's words may stand behind a mark of recognition, which then goes with them."""
    marks = _MARKS.match(text)
    length = marks.end() if marks else 0
    switch = find_switch(text[length:], state)
    return replace(switch, offset=switch.offset + length) if switch and switch.offset else switch


def _part(heard: Utterance, part: Part) -> Utterance:
    """The utterance cut down to one part, with the corrections and doubts that lie in it."""
    begin = heard.text.find(part.text)
    inside = [
        msgspec.structs.replace(mark, offset=mark.offset - begin)
        for mark in heard.marks
        if begin <= mark.offset and mark.offset + mark.length <= begin + len(part.text)
    ]
    return msgspec.structs.replace(
        heard,
        text=part.text,
        raw_text=part.raw_text,
        start_ms=part.start_ms,
        end_ms=part.end_ms,
        changes=tuple(change for change in heard.changes if change.after in part.text),
        marks=tuple(inside),
    )


def _copy(state: AgendaState) -> AgendaState:
    copied = AgendaState(state.items)
    copied.phase, copied.ongoing = state.phase, state.ongoing
    return copied


def _at(events: list[Event], media_ms: int) -> list[Event]:
    return [at_media(event, media_ms) for event in events]


def at_media(event: Event, media_ms: int) -> Event:
    """An item's or a phase's event with the place in the sound where it happened."""
    return msgspec.structs.replace(event, media_ms=media_ms) if isinstance(event, ItemMoved | Phase) else event


def _segment(heard: Utterance, item_id: str | None) -> Segment:
    return Segment(
        segment_id=heard.segment_id,
        rev=1,
        item_id=item_id,
        start_ms=heard.start_ms,
        end_ms=heard.end_ms,
        text=heard.text,
        raw_text=heard.raw_text,
        confidence=heard.confidence,
        changes=heard.changes,
        marks=heard.marks,
    )
