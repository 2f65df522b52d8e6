"""Decisions by one key: the form, its evidence, and what each member says to the item."""

import msgspec

from meeting.domain.events import ItemEntry, Position
from meeting.domain.proposal import OUTCOMES, propose
from meeting.stream.messages import Assign, Decide
from ui.console.editing.owners import Owners, read_owners
from ui.console.kept import Filled, Stands
from ui.console.screens.decide import DecideScreen
from ui.console.screens.meeting_agenda import AgendaHands
from ui.console.screens.meeting_base import LAST_SENTENCES
from ui.console.screens.positions import PositionsScreen
from ui.locale import _

KEPT_FORM = "decision"
KEPT_STANDS = "positions"


class DecisionHands(AgendaHands):
    """F4 and 表态. What is filled in is kept until the service has it."""

    @property
    def _positions(self) -> dict[str, tuple[Position, ...]]:
        kept = self._stands
        if kept.meeting != self.meeting_id:
            kept = self._keeper.read(KEPT_STANDS, Stands) or kept
            self._stands = kept if kept.meeting == self.meeting_id else Stands(meeting=self.meeting_id)
        return self._stands.given

    def _hold(self, item_id: str, given: tuple[Position, ...]) -> None:
        others = {one: said for one, said in self._positions.items() if one != item_id}
        self._stands = Stands(meeting=self.meeting_id, given=others | ({item_id: given} if given else {}))
        self._keeper.keep(KEPT_STANDS, self._stands)

    _stands = Stands(meeting="")

    def action_decide(self) -> None:
        """Proposes what the selected sentences say, else the last ones."""
        if not self.is_current:
            return
        evidence = self.chosen(LAST_SENTENCES)
        item_id = next((one.item_id for one in reversed(evidence) if one.item_id), None) or self._model.last_item
        outcomes = self._outcomes
        found = propose([one.text for one in evidence], self.held_on, outcomes)
        filled = Filled(
            meeting=self.meeting_id,
            item_ids=self._taken_together(item_id),
            segments=tuple(one.segment_id for one in evidence),
            outcome=found.outcome or (outcomes[0] if item_id else ""),
            text=found.text,
            task=found.text if found.owner or found.due else "",
            owner="、".join(filter(None, (found.owner, found.beside))),
            due=found.due.isoformat() if found.due else "",
        )
        self._fill_in(filled)

    @property
    def _outcomes(self) -> tuple[str, ...]:
        return (self._model.head.outcomes if self._model.head else ()) or OUTCOMES

    def _taken_together(self, item_id: str | None) -> tuple[str, ...]:
        if item_id is None:
            return ()
        beside = [
            one.item_id for one in self._model.items if one.together_with == item_id and one.state == "ongoing"
        ]
        return (item_id, *beside)

    def take_up_form(self) -> None:
        """A form that was filled in and not stored comes back."""
        filled = self._keeper.read(KEPT_FORM, Filled)
        if filled is not None and filled.meeting == self.meeting_id and self.is_current:
            self._fill_in(filled)
            self.tell(_("Your decision that was not saved is here again."))

    def _fill_in(self, filled: Filled) -> None:
        items = [self._model.item(one) for one in filled.item_ids]
        names = " · ".join(
            _("Item {number}  {title}").format(number=one.number, title=one.title) for one in items if one
        )
        texts = [found.text for one in filled.segments if (found := self._model.segment(one))]
        screen = DecideScreen(
            filled,
            title=_("Decision") + (f" · {names}" if names else ""),
            evidence=texts,
            outcomes=self._outcomes,
            on=self.held_on,
            stands=self._stands_line(filled.item_ids),
            keep=self._keep_typed,
        )

        def answered(given: Filled | None) -> None:
            if screen.wants_results:
                self.action_results()
            else:
                self._filled(given)

        self.app.push_screen(screen, answered)

    def action_results(self) -> None:
        """What is in the record already; the screen has the list."""
        raise NotImplementedError

    def _stands_line(self, item_ids: tuple[str, ...]) -> str:
        given = self._positions.get(item_ids[0], ()) if item_ids else ()
        counts: dict[str, int] = {}
        for one in given:
            counts[one.position] = counts.get(one.position, 0) + 1
        told = "，".join(f"{stand} {count}" for stand, count in counts.items())
        return _("Positions: {told}").format(told=told) if told else ""

    def _keep_typed(self, typed: Filled) -> None:
        self._keeper.keep(KEPT_FORM, typed)

    def _filled(self, filled: Filled | None) -> None:
        if filled is None:
            self._keeper.drop(KEPT_FORM)
        else:
            self._keeper.keep(KEPT_FORM, filled)
            self.run_worker(self._store(filled), group="commands")

    async def _store(self, filled: Filled) -> None:
        """The decision first, then the action under it; a form that could not be stored is shown again."""
        done, decision_id, task = True, None, filled.task
        if filled.outcome and filled.item_ids:
            done, decision_id = await self._store_decision(filled)
            if done:
                # What is stored is not to be stored twice when the action is tried again.
                filled = msgspec.structs.replace(filled, outcome="", decision_id=None, rev=None)
        else:
            task = task or filled.text
        if done and task:
            done = await self._store_action(filled, task, decision_id)
        if done:
            self._keeper.drop(KEPT_FORM)
        elif self.is_current:
            self._fill_in(self._seen_anew(filled))

    def _seen_anew(self, filled: Filled) -> Filled:
        """The form with the revision that stands now: the refusal has told of it."""
        known = self._model.decisions.get(filled.decision_id or "") or self._model.actions.get(
            filled.action_id or ""
        )
        return msgspec.structs.replace(filled, rev=known.rev) if known is not None else filled

    async def _store_decision(self, filled: Filled) -> tuple[bool, str | None]:
        before = self._model.decisions.get(filled.decision_id or "")
        positions = self._positions.get(filled.item_ids[0]) or (before.positions if before else ())
        done, result = await self._commands.give_for(
            lambda id: Decide(
                id=id,
                item_ids=filled.item_ids,
                outcome=filled.outcome,
                text=filled.text,
                segments=filled.segments,
                positions=positions,
                decision_id=filled.decision_id,
                rev=filled.rev if filled.decision_id else None,
            )
        )
        answer = result if isinstance(result, dict) else {}
        if done:
            self._hold(filled.item_ids[0], ())
            self.tell(_("Decided. Ctrl+U takes it back."))
        if "chair_first" in answer.get("warnings", ()):
            self.tell(_("Quietly: on a major item the chair speaks last."))
        return done, answer.get("decision_id")

    async def _store_action(self, filled: Filled, task: str, decision_id: str | None) -> bool:
        before = self._model.actions.get(filled.action_id or "")
        owners = self._owners(filled.owner)
        done, _result = await self._commands.give_for(
            lambda id: Assign(
                id=id,
                text=task,
                item_id=filled.item_ids[0] if filled.item_ids else None,
                decision_id=decision_id or (before.decision_id if before else None),
                lead_unit=owners.lead_unit,
                supporting_units=owners.supporting_units,
                owner=owners.owner,
                due_date=filled.due or None,
                segments=filled.segments,
                action_id=filled.action_id,
                rev=filled.rev if filled.action_id else None,
            )
        )
        return done

    def _owners(self, typed: str) -> Owners:
        """Units and people, by the names that this meeting knows."""
        head, items = self._model.head, self._model.items
        people = [*(head.people if head else ()), *(one.presenter for one in items), *self._model.attendance]
        return read_owners(typed, people, [unit for one in items for unit in one.presenting_units])

    def action_positions(self) -> None:
        item = self._model.current or self._model.item(self._model.last_item)
        if item is None:
            self.tell(_("No item is being discussed that anybody could speak to."), failed=True)
        elif self.is_current:
            self.app.push_screen(self._positions_screen(item), lambda given: self._spoke(item.item_id, given))

    def _positions_screen(self, item: ItemEntry) -> PositionsScreen:
        head = self._model.head
        roles = dict(zip(head.people, head.roles, strict=False)) if head else {}
        chair = head.chair if head else ""
        members = dict.fromkeys(one for one in (*roles, *(head.people if head else ()), chair) if one)
        voting = [one for one in members if roles.get(one, "attendee") != "non_voting_attendee"]
        may = [one for one in voting if (one, item.item_id) not in self._model.recused]
        present = [one for one in may if self.is_here(one) and one != chair]
        present += [chair] if chair in may and self.is_here(chair) else []
        absent = [one for one in may if not self.is_here(one)]
        given = self._positions.get(item.item_id, ())
        return PositionsScreen(present, absent, given, chair=chair, major=item.major)

    def _spoke(self, item_id: str, given: tuple[Position, ...] | None) -> None:
        """They stand with the next decision on the item."""
        if given is not None:
            self._hold(item_id, given)
            self.tell(_("Kept for the decision on this item (F4)."))
