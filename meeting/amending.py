"""What people do to the record while it is written: each command is one batch of events, which `undo` takes back."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import msgspec

from meeting.answering import Stood, answer_of, current_of, row_of
from meeting.commanded import Commanded
from meeting.corrections import checked, corrected, is_replaceable, looks_around
from meeting.deciding import outcomes_of
from meeting.dividing import Standing
from meeting.domain.events import Attendance, Event, Segment, StoredEvent, WordNoted
from meeting.domain.filing import at_media
from meeting.errors import TooMany
from meeting.ledger import Ledger
from meeting.rearranged import rearranged
from meeting.store.words import BodyWord, WordLists
from meeting.stream.messages import Correction, Edit, Item, Next, Redo, Replace, Undo
from meeting.undoing import redone, undone
from meeting.wording import differences, replaced

MOST_REPLACED = 500

# Who was there is a fact of its own time: it is followed by others, not taken back.
NEVER_UNDONE = (Attendance,)


class Amending:
    """Carries out commands on one meeting's ledger, each whole or not at all."""

    def __init__(self, ledger: Ledger, words: WordLists, commanded: Commanded) -> None:
        self._ledger = ledger
        self._lists = words
        self._commanded = commanded

    async def move(self, command: Next | Item, by: str) -> dict[str, object]:
        """Stores a change of the agenda; answers with the item that is current then."""
        agenda, now = self._ledger.agenda, self._ledger.media_ms()
        facts = self._commanded.facts(command.id)
        if facts is None:
            facts = await self._store(
                lambda: [
                    at_media(fact, now) for fact in rearranged(command, agenda, self._ledger.meeting.agenda, by)
                ],
                command.id,
            )
        return current_of(agenda, facts)

    async def do(self, command: Correction, by: str) -> dict[str, object] | None:
        """Does what a person changes in the record, and answers as the command's type says."""
        known = self._commanded.facts(command.id)
        if known is not None:
            return self._answer(command, known, await asyncio.to_thread(self._before))
        match command:
            case Undo() | Redo():
                return await self._take_back(command, by)
            case Replace():
                return await self._replace(command, by)
            case Edit():
                return await self._edit(command, by)
            case _:
                return self._answer(command, await self._correct(command, by), lambda segment: None)

    def _answer(self, command: Correction, facts: list[Event], stood: Stood) -> dict[str, object] | None:
        chair = self._ledger.meeting.agenda.chair
        return answer_of(command, facts, self._ledger.agenda, chair.name if chair else "", stood)

    def _before(self) -> Stood:
        """What stood before each revision, from the whole log: asked for only where a command is given again."""
        known = {(one.segment_id, one.rev): one for one in self._ledger.log.all() if isinstance(one, Segment)}
        return lambda segment: known.get((segment.segment_id, segment.rev - 1))

    async def _correct(self, command: Correction, by: str) -> list[Event]:
        ledger, standing, seq = self._ledger, Standing(), 0
        outcomes = outcomes_of(ledger.meeting.agenda)
        if looks_around(command):
            standing, seq = await asyncio.to_thread(self._look_around)

        def decide() -> list[Event]:
            if seq:
                for event in self._since(seq):
                    standing.take(event)
            return corrected(command, ledger.log.segment, ledger.agenda, by, standing, outcomes)

        return await self._store(decide, command.id)

    def _look_around(self) -> tuple[Standing, int]:
        state, standing = self._ledger.log.state(), Standing()
        for event in (*state.segments, *state.decisions, *state.actions, *state.notes):
            standing.take(event)
        return standing, state.seq

    def _since(self, seq: int) -> list[Event]:
        """What came in meanwhile; while facts are decided on, nothing does."""
        return [msgspec.json.decode(body, type=StoredEvent) for body in self._ledger.log.after(seq)]

    async def _edit(self, command: Edit, by: str) -> dict[str, object] | None:
        seen = await asyncio.to_thread(self._ledger.log.segment, command.segment_id)
        if seen is not None:
            # Compared here, where dictionaries may take their time; below it is known already.
            await asyncio.to_thread(differences, seen.text, command.text.strip())
        # What was seen is what stood: where it is not, the command was refused.
        return self._answer(command, await self._correct(command, by), lambda segment: seen)

    async def _replace(self, command: Replace, by: str) -> dict[str, object] | None:
        stood = await asyncio.to_thread(self._found, checked(command))
        if len(stood) > MOST_REPLACED:
            raise TooMany(word=command.before, count=len(stood), most=MOST_REPLACED)
        if command.preview:
            shown = ((one, replaced(one, command.before, command.after)) for one in stood.values())
            return {"segments": [row_of(one, one.rev, new) for one, new in shown if new is not None]}
        chosen = msgspec.structs.replace(command, segment_ids=tuple(stood))
        facts = await self._correct(chosen, by)
        return self._answer(command, facts, lambda segment: stood.get(segment.segment_id))

    def _found(self, command: Replace) -> dict[str, Segment]:
        """The segments in which the word stands and may be replaced."""
        wanted = set(command.segment_ids)
        return {
            one.segment_id: one
            for one in self._ledger.log.state().segments
            if is_replaceable(one)
            and (not wanted or one.segment_id in wanted)
            and replaced(one, command.before, command.after) is not None
        }

    async def _take_back(self, command: Undo | Redo, by: str) -> dict[str, object] | None:
        history = list[Event](await asyncio.to_thread(self._ledger.log.all))
        take_back = undone if isinstance(command, Undo) else redone

        def decide() -> list[Event]:
            newer = self._since(history[-1].seq if history else 0)
            return take_back(self._ledger.meeting.agenda, [*history, *newer], by)

        return self._answer(command, await self._store(decide, command.id), lambda segment: None)

    async def _store(self, decide: Callable[[], list[Event]], command: str) -> list[Event]:
        batch, facts = f"b{uuid4().hex[:12]}", list[Event]()

        def named() -> list[Event]:
            facts[:] = [
                msgspec.structs.replace(
                    fact, command=command, batch="" if isinstance(fact, NEVER_UNDONE) else batch
                )
                for fact in decide()
            ]
            return facts

        await self._ledger.store(named)
        return facts

    async def keep_words(self, facts: list[Event]) -> None:
        """Before a word is committed, it is in the list of the meeting's body, which each of its meetings takes in."""
        body = self._ledger.meeting.agenda.body
        for fact in facts:
            if not isinstance(fact, WordNoted):
                continue
            if fact.removed:
                await asyncio.to_thread(self._lists.remove, body, fact.text, fact.learnt)
            else:
                word = BodyWord(body=body, text=fact.text, kind=fact.kind, learnt=fact.learnt, by=fact.by)
                await asyncio.to_thread(self._lists.put, word)
