"""What people do to the record while it is written: each command is one batch of events, which `undo` takes back."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from uuid import uuid4

import msgspec

from meeting.answering import answer_of, current_of
from meeting.corrections import checked, corrected, is_replaceable, looks_around
from meeting.dividing import Standing
from meeting.domain.events import Attendance, Event, Segment, StoredEvent, WordNoted
from meeting.domain.filing import at_media
from meeting.errors import TooMany
from meeting.ledger import Ledger
from meeting.rearranged import rearranged
from meeting.store.words import BodyWord, WordLists
from meeting.stream.messages import Correction, Edit, Item, Next, Redo, Replace, Undo
from meeting.undoing import redone, undone
from meeting.wording import differences, plausible, replaced

MOST_REPLACED = 500

REMEMBERED = 256

# Who was there is a fact of its own time: it is followed by others, not taken back.
NEVER_UNDONE = (Attendance,)


class Amending:
    """Carries out commands on one meeting's ledger, each whole or not at all."""

    def __init__(self, ledger: Ledger, words: WordLists) -> None:
        self._ledger = ledger
        self._lists = words
        self._done: OrderedDict[str, list[Event]] = OrderedDict()

    def apply(self, event: Event) -> None:
        """Takes in a stored event: a command that was carried out is known by its id, also to another service."""
        if event.command:
            self._done.setdefault(event.command, []).append(event)
            while len(self._done) > REMEMBERED:
                self._done.popitem(last=False)

    async def move(self, command: Next | Item, by: str) -> dict[str, object]:
        """Stores a change of the agenda; answers with the item that is current then."""
        agenda, now = self._ledger.agenda, self._ledger.media_ms()
        facts = self._done.get(command.id)
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
        known = self._done.get(command.id)
        if known is not None:
            return answer_of(known, self._ledger.agenda, self._chair)
        match command:
            case Undo():
                return await self._take_back(command, by)
            case Redo():
                return await self._take_back(command, by)
            case Replace():
                return await self._replace(command, by)
            case Edit():
                return await self._edit(command, by)
            case _:
                facts = await self._correct(command, by)
                return answer_of(facts, self._ledger.agenda, self._chair)

    @property
    def _chair(self) -> str:
        chair = self._ledger.meeting.agenda.chair
        return chair.name if chair else ""

    async def _correct(self, command: Correction, by: str) -> list[Event]:
        ledger, standing, seq = self._ledger, Standing(), 0
        if looks_around(command):
            standing, seq = await asyncio.to_thread(self._look_around)

        def decide() -> list[Event]:
            if seq:
                for event in self._since(seq):
                    standing.take(event)
            return corrected(command, ledger.log.segment, ledger.agenda, by, standing)

        return await self._store(decide, command.id)

    def _look_around(self) -> tuple[Standing, int]:
        state, standing = self._ledger.log.state(), Standing()
        for event in (*state.segments, *state.decisions, *state.actions, *state.notes):
            standing.take(event)
        return standing, state.seq

    def _since(self, seq: int) -> list[Event]:
        """What came in meanwhile; while facts are decided on, nothing does."""
        return [msgspec.json.decode(body, type=StoredEvent) for body in self._ledger.log.after(seq)]

    async def _edit(self, command: Edit, by: str) -> dict[str, object]:
        seen = await asyncio.to_thread(self._ledger.log.segment, command.segment_id)
        if seen is not None:
            # Compared here, where dictionaries may take their time; below it is known already.
            await asyncio.to_thread(differences, seen.text, command.text.strip())
        facts = await self._correct(command, by)
        (segment,) = [fact for fact in facts if isinstance(fact, Segment)]
        known = len(seen.changes) if seen is not None else 0
        words = [change for change in segment.changes[known:] if plausible(change)]
        return {"words": [{"before": word.before, "after": word.after} for word in words]}

    async def _replace(self, command: Replace, by: str) -> dict[str, object]:
        stood = await asyncio.to_thread(self._found, checked(command))
        if len(stood) > MOST_REPLACED:
            raise TooMany(word=command.before, count=len(stood), most=MOST_REPLACED)
        if command.preview:
            shown = ((one, replaced(one, command.before, command.after)) for one in stood.values())
            return {"segments": [_row(one, one.rev, new) for one, new in shown if new is not None]}
        chosen = msgspec.structs.replace(command, segment_ids=tuple(stood))
        facts = await self._correct(chosen, by)
        done = [fact for fact in facts if isinstance(fact, Segment)]
        return {"segments": [_row(stood[one.segment_id], one.rev, one) for one in done]}

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

    async def _take_back(self, command: Undo | Redo, by: str) -> dict[str, object]:
        history = list[Event](await asyncio.to_thread(self._ledger.log.all))
        take_back = undone if isinstance(command, Undo) else redone

        def decide() -> list[Event]:
            newer = self._since(history[-1].seq if history else 0)
            return take_back(self._ledger.meeting.agenda, [*history, *newer], by)

        facts = await self._store(decide, command.id)
        done = list(dict.fromkeys(str(fact.__struct_config__.tag) for fact in facts))
        return {"undone" if isinstance(command, Undo) else "redone": done}

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


def _row(stood: Segment, rev: int, new: Segment) -> dict[str, object]:
    return {"segment_id": stood.segment_id, "rev": rev, "before": stood.text, "after": new.text}
