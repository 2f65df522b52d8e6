from hypothesis import given
from hypothesis import strategies as st

from meeting.domain.events import Custody, End, Gap, ItemMoved, Phase, Segment
from meeting.stream.client import Reconnecting
from meeting.stream.messages import Partial, Snapshot
from tests.unit.ui.console_script import ITEMS, WELCOME, answer, demo, segment, status
from ui.console.hits import read_found
from ui.console.model import MeetingModel, Part


def fed(*messages: object) -> MeetingModel:
    model = MeetingModel()
    for message in messages:
        model.apply(message)
    return model


def texts(model: MeetingModel) -> list[str]:
    return [row.text for row in model.rows if isinstance(row, Segment)]


segments = st.builds(
    lambda number, rev, start, text: segment(number, start, text, rev=rev, seq=100 * number + rev),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(0, 9000),
    st.sampled_from(["", "同意。", "没有意见。", "𠮷野家〇号", "阿依古丽·买买提"]),
)


@given(
    st.lists(segments, max_size=16, unique_by=lambda s: (s.segment_id, s.rev)).flatmap(
        lambda revisions: st.tuples(st.just(revisions), st.permutations(revisions))
    )
)
def test_any_order_of_revisions_gives_the_same_record(orders: tuple[list[Segment], list[Segment]]) -> None:
    one, other = fed(*orders[0]), fed(*orders[1])
    assert one.rows == other.rows
    newest = {s.segment_id: s for s in sorted(orders[0], key=lambda s: s.rev)}
    assert sorted(texts(one)) == sorted(s.text for s in newest.values() if s.text)


@given(st.lists(segments, max_size=16))
def test_the_first_changed_row_is_told_truly(revisions: list[Segment]) -> None:
    model = MeetingModel()
    for revision in revisions:
        before = list(model.rows)
        change = model.apply(revision)
        first = len(before) if change.first_row is None else change.first_row
        assert model.rows[:first] == before[:first]
        if change.first_row is None:
            assert model.rows == before


def test_a_final_replaces_its_partial_and_a_late_partial_does_not_come_back() -> None:
    partial = Partial(segment_id="s1", revision=1, start_ms=0, end_ms=900, text="同志")
    model = fed(WELCOME, partial)
    assert model.partial == partial
    model.apply(segment(1, 0, "同志们。"))
    assert model.partial is None
    model.apply(partial)
    assert model.partial is None


def test_an_older_revision_of_a_partial_is_passed_over() -> None:
    newer = Partial(segment_id="s1", revision=2, start_ms=0, end_ms=900, text="同志们")
    model = fed(newer, Partial(segment_id="s1", revision=1, start_ms=0, end_ms=500, text="同"))
    assert model.partial == newer


def test_an_empty_text_removes_a_segment_for_good() -> None:
    model = fed(segment(1, 0, "嗯。"), segment(1, 0, "", rev=3), segment(1, 0, "嗯嗯。", rev=2))
    assert model.rows == []


def test_the_current_item_is_completed_when_the_next_begins() -> None:
    model = fed(
        WELCOME,
        ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳"),
        ItemMoved(item_id="i2", number=2, state="ongoing", by="voice"),
    )
    assert [entry.state for entry in model.items] == ["completed", "ongoing", "scheduled"]
    assert model.current is not None and model.current.title == "听取智能会议系统试运行情况"


def test_time_spent_on_an_item_counts_all_its_turns() -> None:
    model = fed(
        WELCOME,
        status(10_000),
        ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳"),
        status(40_000),
        ItemMoved(item_id="i2", number=2, state="ongoing", by="王芳"),
        status(45_000),
        ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳"),
        status(55_000),
    )
    assert model.spent_ms("i1") == 40_000
    assert model.spent_ms("i2") == 5_000


def test_a_snapshot_tells_the_time_spent_by_its_segments() -> None:
    spoken = (
        segment(1, 1_000, "开会。"),
        segment(2, 10_000, "第一项。", item_id="i1"),
        segment(3, 30_000, "第二项。", item_id="i2"),
    )
    model = fed(WELCOME, Snapshot(seq=3, segments=spoken))
    assert model.spent_ms("i1") == 20_000
    assert model.spent_ms("i2") == 2_000


def test_a_snapshot_replaces_what_was_there() -> None:
    model = fed(segment(1, 0, "旧。"), Snapshot(seq=9, segments=(segment(2, 0, "新。"),)))
    assert texts(model) == ["新。"]


def test_a_gap_stands_in_its_place_and_once() -> None:
    gap = Gap(start_ms=3000, end_ms=5000, reason="paused")
    model = fed(segment(1, 0, "一。"), segment(2, 6000, "二。"), gap, gap)
    assert [type(row) for row in model.rows] == [Segment, Gap, Segment]


def test_a_lost_connection_is_old_until_the_next_message() -> None:
    model = fed(*demo())
    change = model.apply(Reconnecting(attempt=1, wait_s=0.2))
    assert model.lost_attempt == 1 and Part.HEAD in change.parts
    assert Part.HEAD in model.apply(status(60_000)).parts
    assert model.lost_attempt is None


def test_a_stream_that_stops_without_an_end_leaves_old_content() -> None:
    model = fed(*demo())
    model.connection_ended()
    assert model.lost_attempt is not None
    ended = fed(*demo(), End(reason="stop"))
    ended.connection_ended()
    assert ended.lost_attempt is None and ended.partial is None


def test_unknown_messages_change_nothing() -> None:
    model = fed(*demo())
    assert not model.apply(object()).parts


def test_a_welcome_to_another_meeting_forgets_the_first() -> None:
    import msgspec

    other = msgspec.structs.replace(WELCOME, meeting=msgspec.structs.replace(WELCOME.meeting, id="m2"))
    assert fed(*demo(), other).rows == []


def test_a_search_answer_is_read_with_its_highlights() -> None:
    from meeting.stream.messages import Search

    found = read_found(answer(Search(id="c1", query="会议系统")))
    start, end = found.hits[0].highlights[0]
    assert found.hits[0].text[start:end] == "智能会议系统建设"


def test_a_recess_has_no_item_and_counts_for_none_and_the_same_goes_on_after_it() -> None:
    model = fed(
        WELCOME,
        status(10_000),
        ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳", media_ms=10_000),
        status(40_000),
        Custody(recording="off", order="recess", by="王芳"),
        Phase(phase="recess", by="王芳", media_ms=40_000),
        status(640_000, state="paused"),
    )
    assert model.paused and model.current_item is None and model.spent_ms("i1") == 30_000
    for message in (Phase(phase="items", by="王芳", media_ms=640_000), status(650_000)):
        model.apply(message)
    assert model.current_item == "i1" and model.spent_ms("i1") == 40_000


def test_who_comes_during_a_recess_finds_the_item_after_it() -> None:
    import msgspec

    taken = (msgspec.structs.replace(ITEMS[0], state="ongoing"), *ITEMS[1:])
    model = fed(msgspec.structs.replace(WELCOME, items=taken, current_item=None), status(40_000, state="paused"))
    assert model.current_item is None and model.phase == "recess"
    model.apply(Phase(phase="items", by="王芳"))
    assert model.current_item == "i1"


def test_an_order_that_is_not_about_the_microphone_leaves_it_closed() -> None:
    model = fed(
        WELCOME,
        Custody(recording="off", order="pause", by="王芳"),
        Custody(recording="off", order="handover", by="王芳", to="赵敏"),
    )
    assert model.paused
