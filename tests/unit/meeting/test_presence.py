"""Until when a meeting may be recorded with nobody there."""

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, Custody
from meeting.domain.state import AgendaState
from meeting.presence import Presence

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
NINE = 1_773_046_800 * 1_000_000_000  # 2026-03-09T09:00:00Z


def agenda(*minutes: int | None) -> Agenda:
    items = tuple(
        AgendaItem(number=number, title=f"议题{number}", minutes_planned=planned)
        for number, planned in enumerate(minutes, 1)
    )
    return Agenda(title="局长办公会议", date="2026-03-09", items=items)


def custody(time: str, recording: str, order: str) -> Custody:
    return Custody(at=f"2026-03-09T{time}:00.000+00:00", recording=recording, order=order, by="王芳")  # type: ignore[arg-type] # one of the three


def begun(*minutes: int | None) -> Presence:
    presence = Presence(agenda(*minutes))
    presence.apply(custody("09:00", "keep", "start"))
    return presence


def until(presence: Presence) -> float:
    return (presence.until_ns(NINE) - NINE) / MINUTE


def test_device_is_closed_an_hour_past_the_planned_end() -> None:
    assert until(begun(20, 40)) == 60 + 60


def test_meeting_without_a_whole_plan_has_three_hours_at_least() -> None:
    assert until(begun()) == until(begun(None, None)) == until(begun(20, None)) == 180 + 60
    assert until(begun(200, None)) == 200 + 60


def test_items_below_an_item_plan_for_it() -> None:
    items = (
        AgendaItem(number=1, title="审议"),
        AgendaItem(number=2, title="方案一", parent=1, minutes_planned=30),
        AgendaItem(number=3, title="方案二", parent=1, minutes_planned=15),
    )
    presence = Presence(Agenda(title="会", date="2026-03-09", items=items))
    presence.apply(custody("09:00", "keep", "start"))
    assert until(presence) == 45 + 60


def test_every_answer_gives_an_hour_more_and_never_less() -> None:
    presence = begun(60)
    presence.answer(NINE + 30 * MINUTE)
    assert until(presence) == 120
    presence.answer(NINE + 90 * MINUTE)
    presence.answer(NINE + 80 * MINUTE)
    assert until(presence) == 150
    again = begun(60)
    again.recall(NINE + 150 * MINUTE)
    assert until(again) == 150


def test_time_with_the_device_closed_is_no_planned_time() -> None:
    presence = begun(60)
    presence.apply(custody("09:30", "off", "recess"))
    presence.apply(custody("09:40", "off", "handover"))
    presence.apply(custody("14:00", "keep", "resume"))
    assert until(presence) == 60 + 270 + 60
    presence.apply(custody("14:10", "transcribe_only", "item"))
    assert until(presence) == 60 + 270 + 60


def test_agenda_that_changes_changes_the_plan() -> None:
    presence = begun(60)
    presence.apply(AgendaChanged(items=AgendaState.from_agenda(agenda(60, 30)).items))
    assert until(presence) == 90 + 60
