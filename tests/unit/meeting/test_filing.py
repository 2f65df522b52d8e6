"""Under which item a sentence is filed."""

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import End, Event, ItemMoved, Phase, Segment
from meeting.domain.filing import Filing, Utterance, at_media
from meeting.domain.state import AgendaState

AGENDA = Agenda(
    title="会",
    date="2026-03-09",
    items=(
        AgendaItem(number=1, title="审议办公用房清理整改方案"),
        AgendaItem(number=2, title="听取智能会议系统试运行情况"),
        AgendaItem(number=3, title="研究公务用车调度办法"),
    ),
)


class Desk:
    """A filing with its state, that takes in events as the log does."""

    def __init__(self, follow_chair: bool = False) -> None:
        self.state = AgendaState.from_agenda(AGENDA)
        self.filing = Filing(self.state, follow_chair)

    def take(self, events: list[Event]) -> None:
        for event in events:
            self.state.apply(event)
            self.filing.apply(event)

    def go(self, number: int, media_ms: int) -> None:
        self.take([at_media(event, media_ms) for event in self.state.go_to(number, "王芳")])

    def say(
        self, text: str, start_ms: int, end_ms: int, pieces: tuple[tuple[int, int, str], ...] = ()
    ) -> list[Event]:
        events = self.filing.file(
            Utterance(segment_id=f"s{start_ms}", start_ms=start_ms, end_ms=end_ms, text=text, pieces=pieces)
        )
        self.take(events)
        return events


def filed(events: list[Event]) -> list[tuple[str, str | None]]:
    return [(event.text, event.item_id) for event in events if isinstance(event, Segment)]


def moved(events: list[Event]) -> list[tuple[int, str]]:
    return [(event.number, event.state) for event in events if isinstance(event, ItemMoved)]


def test_speech_before_the_items_has_none() -> None:
    assert filed(Desk().say("现在开会。", 0, 2000)) == [("现在开会。", None)]


def test_speech_belongs_to_the_item_of_its_time() -> None:
    desk = Desk()
    desk.go(1, 2000)
    assert filed(desk.say("请周敏同志汇报。", 2500, 4000)) == [("请周敏同志汇报。", "i1")]
    desk.go(2, 5000)
    assert filed(desk.say("试运行两个月。", 5000, 6000)) == [("试运行两个月。", "i2")]


def test_text_that_comes_late_lands_where_it_was_said() -> None:
    desk = Desk()
    desk.go(1, 2000)
    desk.go(2, 5000)
    desk.go(3, 9000)
    assert filed(desk.say("开会。", 0, 1000)) == [("开会。", None)]
    assert filed(desk.say("整改。", 3000, 4999)) == [("整改。", "i1")]
    assert filed(desk.say("试运行。", 6000, 8000)) == [("试运行。", "i2")]
    assert filed(desk.say("调度。", 9000, 9500)) == [("调度。", "i3")]


def test_utterance_across_a_switch_belongs_where_it_ends() -> None:
    desk = Desk()
    desk.go(1, 2000)
    assert filed(desk.say("好下面看方案。", 1000, 3000)) == [("好下面看方案。", "i1")]


def test_item_that_is_returned_to_is_told_by_time() -> None:
    desk = Desk()
    for number, at in ((1, 1000), (2, 2000), (1, 3000)):
        desk.go(number, at)
    assert [desk.filing.item_at(at) for at in (500, 1500, 2500, 3500)] == [None, "i1", "i2", "i1"]


def test_empty_text_is_no_event() -> None:
    assert Desk(follow_chair=True).say("", 0, 1000) == []


def test_the_chair_changes_nothing_where_that_is_not_wished() -> None:
    desk = Desk(follow_chair=False)
    desk.go(1, 0)
    events = desk.say("下面进行第二个议题。", 1000, 3000)
    assert (filed(events), moved(events)) == ([("下面进行第二个议题。", "i1")], [])


def test_switching_sentence_is_the_first_of_the_new_item_and_comes_after_its_event() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    events = desk.say("下面进行第二个议题。", 1000, 3000)
    assert filed(events) == [("下面进行第二个议题。", "i2")]
    assert moved(events) == [(1, "completed"), (2, "ongoing")]
    assert isinstance(events[-1], Segment)
    assert {event.by for event in events if isinstance(event, ItemMoved)} == {"voice"}
    assert {event.media_ms for event in events if isinstance(event, ItemMoved)} == {1000}


def test_utterance_with_the_switch_inside_is_split_before_that_sentence() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    pieces = ((1000, 2000, "没有意见，通过。"), (2400, 5000, "下面进行第二个议题。"))
    events = desk.say("没有意见，通过。下面进行第二个议题。", 1000, 5000, pieces)
    assert filed(events) == [("没有意见，通过。", "i1"), ("下面进行第二个议题。", "i2")]
    first, *moves, second = events
    assert isinstance(first, Segment) and isinstance(second, Segment)
    assert all(isinstance(event, ItemMoved | Phase) for event in moves)
    assert (first.segment_id, first.start_ms, first.end_ms) == ("s1000", 1000, 2000)
    assert (second.segment_id, second.start_ms, second.end_ms) == ("s1000.2", 2400, 5000)
    assert {event.media_ms for event in moves if isinstance(event, ItemMoved)} == {2400}
    assert [desk.filing.item_at(at) for at in (2000, 2400)] == ["i1", "i2"]


def test_presenters_second_point_changes_nothing() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    events = desk.say("第一项是房子，第二项是经费。", 1000, 5000)
    assert (len(events), filed(events)) == (1, [("第一项是房子，第二项是经费。", "i1")])


def test_withdrawn_item_called_by_mistake_keeps_words_and_agenda() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    desk.take([ItemMoved(item_id="i2", number=2, state="withdrawn", by="王芳")])
    events = desk.say("下面进行第二个议题。", 1000, 3000)
    assert events == [
        Segment(segment_id="s1000", rev=1, item_id="i1", start_ms=1000, end_ms=3000, text="下面进行第二个议题。")
    ]
    assert desk.state.current == "i1"


def test_closing_words_have_no_item_and_close_the_last_one() -> None:
    desk = Desk(follow_chair=True)
    desk.go(3, 0)
    events = desk.say("今天的会议就开到这里，散会。", 1000, 3000)
    assert filed(events) == [("今天的会议就开到这里，散会。", None)]
    assert moved(events) == [(3, "completed")]
    assert Phase(phase="closed", by="voice", media_ms=1000) in events
    assert desk.filing.item_at(3000) is None and desk.filing.item_at(500) == "i3"


def test_what_the_chair_says_late_does_not_take_back_what_a_person_did_since() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    desk.go(2, 46_000)
    desk.go(3, 101_000)
    events = desk.say("下面进行第二个议题。", 43_000, 45_500)
    assert (filed(events), moved(events)) == ([("下面进行第二个议题。", "i2")], [])
    assert desk.state.current == "i3"
    assert filed(desk.say("好。", 102_000, 103_000)) == [("好。", "i3")]


def test_late_switch_inside_an_utterance_still_splits_its_text() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    desk.go(2, 9000)
    events = desk.say("没有意见。下面进行第二个议题。", 1000, 5000)
    assert filed(events) == [("没有意见。", "i1"), ("下面进行第二个议题。", "i2")]
    assert moved(events) == []


def test_the_next_item_is_not_begun_twice_by_a_person_and_by_the_chairs_late_words() -> None:
    desk = Desk(follow_chair=True)
    desk.go(1, 0)
    desk.go(2, 4000)
    events = desk.say("下一个议题。", 3000, 5000)
    assert (filed(events), moved(events)) == ([("下一个议题。", "i2")], [])
    assert desk.state.current == "i2"


def test_other_events_change_no_filing() -> None:
    desk = Desk()
    desk.go(1, 1000)
    desk.take([End(reason="stopped")])
    assert desk.filing.item_at(2000) == "i1"


def test_taking_up_the_log_again_files_the_same() -> None:
    first = Desk(follow_chair=True)
    log: list[Event] = []
    for text, at in (("现在开会。", 0), ("下面进行第一个议题。", 2000), ("好。", 5000), ("下一个议题。", 8000)):
        log += first.say(text, at, at + 1500)
    second = Desk(follow_chair=True)
    second.take(log)
    assert [second.filing.item_at(at) for at in range(0, 10_000, 500)] == [
        first.filing.item_at(at) for at in range(0, 10_000, 500)
    ]
    assert second.say("同意。", 9000, 9400) == first.say("同意。", 9000, 9400)


def test_the_mark_of_several_voices_does_not_hide_the_chairs_words() -> None:
    desk = Desk(follow_chair=True)
    events = desk.say("〔多人发言〕下面进行第二个议题。", 0, 2000)
    assert moved(events) == [(2, "ongoing")]
    assert filed(events) == [("〔多人发言〕下面进行第二个议题。", "i2")]
    split = desk.say("〔多人发言〕我没有意见。下面进行第三个议题。", 3000, 6000)
    assert filed(split) == [("〔多人发言〕我没有意见。", "i2"), ("下面进行第三个议题。", "i3")]
