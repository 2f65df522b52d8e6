"""What was decided and assigned so far: read it, word it anew, take it back."""

from functools import partial

import msgspec

from meeting.domain.events import Action, Decision
from meeting.stream.messages import Assign, Decide
from ui.console.editing.owners import Owners
from ui.console.kept import Filled
from ui.console.screens.choose import Choice, ChooseScreen, Chosen
from ui.console.screens.meeting_decisions import DecisionHands
from ui.console.wrapping import clean
from ui.locale import _

Result = Decision | Action


class ResultHands(DecisionHands):
    """The stored decisions and actions, those of the current item first."""

    def action_results(self) -> None:
        found = self._stored()
        if not found:
            self.tell(_("Nothing has been decided or assigned yet."))
            return
        screen = ChooseScreen(
            _("Decided and assigned"),
            [Choice(one, line := self._line_of(one), line) for one in found],
            hint=_("Enter: word it anew    Ctrl+X: take it back    Esc: back"),
            keys=("ctrl+x",),
        )
        self.choose(screen, self._result_chosen)

    def _stored(self) -> list[Result]:
        decisions: list[Result] = [one for one in self._model.decisions.values() if not one.withdrawn]
        actions: list[Result] = [one for one in self._model.actions.values() if one.state != "withdrawn"]
        here = self._model.current_item or self._model.last_item
        return sorted([*decisions, *actions], key=lambda one: here not in _items(one))

    def _line_of(self, one: Result) -> str:
        numbers = "、".join(str(item.number) for name in _items(one) if (item := self._model.item(name)))
        told: tuple[str, ...]
        if isinstance(one, Decision):
            told = (one.outcome, one.resolution_text)
        else:
            told = ("□", one.text, _owners(one), one.due_date or "")
        return clean(" ".join(filter(None, (numbers, *told))))

    def _result_chosen(self, chosen: Chosen[Result]) -> None:
        one = chosen.value
        if one is None:
            return
        if chosen.key == "ctrl+x":
            self.give(
                partial(self._without_decision, one)
                if isinstance(one, Decision)
                else partial(self._without_action, one)
            )
        elif isinstance(one, Decision):
            self._fill_in(
                self._form(one, decision_id=one.decision_id, outcome=one.outcome, text=one.resolution_text)
            )
        else:
            self._fill_in(
                self._form(
                    one,
                    action_id=one.action_id,
                    task=one.text,
                    owner=_owners(one),
                    due=one.due_date or "",
                )
            )

    def _form(self, one: Result, **fields: str) -> Filled:
        # What a person begins with is what was seen; a newer revision is refused, never overwritten unseen.
        given = Filled(meeting=self.meeting_id, item_ids=_items(one), segments=one.evidence, rev=one.rev)
        return msgspec.structs.replace(given, **fields)

    @staticmethod
    def _without_decision(one: Decision, id: str) -> Decide:
        return Decide(
            id=id,
            item_ids=one.item_ids,
            outcome=one.outcome,
            text=one.resolution_text,
            segments=one.evidence,
            positions=one.positions,
            decision_id=one.decision_id,
            rev=one.rev,
            withdraw=True,
        )

    @staticmethod
    def _without_action(one: Action, id: str) -> Assign:
        return Assign(
            id=id,
            text=one.text,
            item_id=one.item_id,
            decision_id=one.decision_id,
            lead_unit=one.lead_unit,
            supporting_units=one.supporting_units,
            owner=one.owner,
            due_date=one.due_date,
            segments=one.evidence,
            action_id=one.action_id,
            rev=one.rev,
            withdraw=True,
        )


def _owners(one: Action) -> str:
    return Owners(one.lead_unit, one.supporting_units, one.owner).typed


def _items(one: Result) -> tuple[str, ...]:
    if isinstance(one, Decision):
        return one.item_ids
    return (one.item_id,) if one.item_id else ()
