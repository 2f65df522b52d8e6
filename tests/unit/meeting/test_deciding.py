"""Decisions by the outcomes of their body, amended and taken back."""

import pytest

from meeting.deciding import assigned, decided, outcomes_of, warnings_of
from meeting.dividing import Standing
from meeting.domain.agenda import Agenda
from meeting.domain.events import Decision, ItemEntry, Position
from meeting.domain.proposal import OUTCOMES
from meeting.errors import BadCommand, DecisionUnfit, DecisionUnknown, RevisionOld, SegmentUnknown
from meeting.stream.messages import Assign, Decide

OLD = Decision(decision_id="d1", rev=2, item_ids=("i1",), outcome="备案", by="王芳")


def nobody(segment_id: str) -> None:
    return None


def standing() -> Standing:
    found = Standing()
    found.take(OLD)
    return found


def decide(**fields: object) -> Decision:
    command = Decide(**{"id": "1", "item_ids": ("i1",), "outcome": "通过", **fields})  # type: ignore[arg-type] # as given
    return decided(command, nobody, standing(), "王芳")


def test_a_body_without_a_list_of_its_own_comes_to_the_usual_outcomes() -> None:
    agenda = Agenda(title="会", date="2026-03-09")
    assert outcomes_of(agenda) == OUTCOMES
    assert outcomes_of(Agenda(title="会", date="2026-03-09", outcomes=("同意",))) == ("同意",)
    assert all(decide(outcome=one).outcome == one for one in OUTCOMES)


def test_an_outcome_outside_the_list_is_refused_with_the_list() -> None:
    with pytest.raises(DecisionUnfit) as refused:
        decide(outcome="备案")
    assert refused.value.facts["outcomes"] == "、".join(OUTCOMES)


def test_what_stands_already_keeps_its_outcome_when_it_is_amended_or_taken_back() -> None:
    assert decide(outcome="备案", decision_id="d1", rev=2, text="改").rev == 3
    assert decide(outcome="备案", decision_id="d1", withdraw=True).withdrawn


def test_a_stale_or_unknown_decision_is_refused() -> None:
    with pytest.raises(RevisionOld):
        decide(decision_id="d1", rev=1)
    with pytest.raises(DecisionUnknown):
        decide(decision_id="d2")
    with pytest.raises(SegmentUnknown):
        decide(segments=("s1",))


def test_a_person_takes_one_position() -> None:
    with pytest.raises(DecisionUnfit):
        decide(positions=(Position(person="周敏", position="同意"), Position(person=" 周敏 ", position="保留")))


@pytest.mark.parametrize("due", ["三月底", "2026-02-30", "明天"])
def test_a_due_date_is_a_day_of_the_calendar(due: str) -> None:
    with pytest.raises(BadCommand):
        assigned(Assign(id="1", text="整改", due_date=due), nobody, standing(), "王芳")


def test_the_chair_who_speaks_before_others_is_warned_of_on_major_items_alone() -> None:
    spoken = (Position(person="李建国", position="同意"), Position(person="周敏", position="同意"))
    decision = decide(positions=spoken)
    for major in (True, False):
        item = ItemEntry(item_id="i1", number=1, title="重大事项", state="ongoing", major=major)
        assert bool(warnings_of(decision, (item,), "李建国")) == major
    assert warnings_of(decision, (), "周敏") == ()
