from meeting.clarity import MARK, SAID_SO, Clarity
from meeting.domain.events import Event, Note, Segment


class Room:
    """Tells a Clarity what is said, six seconds at a time, and stores what it has to say."""

    def __init__(self) -> None:
        self.clarity = Clarity()
        self.stored: list[Event] = []

    def say(self, *texts: str) -> None:
        for text in texts:
            start_ms = 6000 * len(self.stored)
            self._store(
                Segment(
                    segment_id=f"s{start_ms}",
                    rev=1,
                    item_id="i1",
                    start_ms=start_ms,
                    end_ms=start_ms + 6000,
                    text=text,
                )
            )
            for event in self.clarity.news():
                self._store(event)

    def _store(self, event: Event) -> None:
        self.stored.append(event)
        self.clarity.apply(event)

    @property
    def notes(self) -> list[Note]:
        return [event for event in self.stored if isinstance(event, Note)]


CLEAR, UNCLEAR = "会议原则同意。", "〔多人发言〕〔听不清〕"


def test_one_unclear_sentence_is_no_bad_signal() -> None:
    room = Room()
    room.say(UNCLEAR, CLEAR, CLEAR, UNCLEAR, CLEAR, CLEAR)
    assert not room.clarity.bad and room.notes == []


def test_a_lasting_bad_signal_is_said_once_in_the_record() -> None:
    room = Room()
    room.say(*[CLEAR] * 8, *[UNCLEAR] * 8)
    assert room.clarity.bad
    (note,) = room.notes
    assert (note.text, note.mark, note.by, note.item_id) == (SAID_SO, MARK, "service", "i1")


def test_the_warning_goes_when_speech_is_clear_again_and_comes_back_with_a_note_of_its_own() -> None:
    room = Room()
    room.say(*[UNCLEAR] * 8)
    room.say(*[CLEAR] * 7)
    assert room.clarity.bad, "a quarter is still unclear"
    room.say(*[CLEAR] * 4)
    assert not room.clarity.bad
    room.say(*[UNCLEAR] * 8)
    assert room.clarity.bad and len(room.notes) == 2


def test_a_service_that_takes_the_meeting_up_says_it_no_second_time() -> None:
    room = Room()
    room.say(*[UNCLEAR] * 8)
    later = Clarity()
    for event in room.stored:
        later.apply(event)
    assert later.bad and later.news() == []


def test_what_a_person_writes_later_does_not_change_how_the_sound_was() -> None:
    room = Room()
    room.say(*[UNCLEAR] * 8)
    for event in list(room.stored):
        if isinstance(event, Segment):
            room.clarity.apply(
                Segment(
                    segment_id=event.segment_id,
                    rev=2,
                    item_id="i1",
                    start_ms=event.start_ms,
                    end_ms=event.end_ms,
                    text=CLEAR,
                    source="human",
                )
            )
    assert room.clarity.bad
