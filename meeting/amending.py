"""What people do to the record while it is written: each command is one batch of events, which `undo` takes back."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import msgspec

from meeting.corrections import checked, corrected, is_replaceable
from meeting.domain.events import Action, Attendance, Decision, Event, Note, Segment, StoredEvent, WordNoted
from meeting.domain.filing import at_media
from meeting.errors import TooMany
from meeting.ledger import Ledger
from meeting.store.words import BodyWord, WordLists
from meeting.stream.messages import Correction, Edit, Replace, Undo
from meeting.undoing import undone
from meeting.wording import differences, plausible, replaced

MOST_REPLACED = 500

# A remark and who was there are facts of their own time: they are followed by others, not taken back.
NEVER_UNDONE = (Note, Attendance)


class Amending:
    """Carries out commands on one meeting's ledger, each whole or not at all."""

    def __init__(self, ledger: Ledger, words: WordLists) -> None:
        self._ledger = ledger
        self._lists = words

    async def move(self, decide: Callable[[], list[Event]]) -> dict[str, object]:
        """Stores a change of item; answers with the one that is current then."""
        now = self._ledger.media_ms()
        await self._store(lambda: [at_media(fact, now) for fact in decide()])
        agenda = self._ledger.agenda
        entry = agenda.find(agenda.current)
        return {"number": entry.number, "title": entry.title} if entry else {"number": None, "title": ""}

    async def do(self, command: Correction, by: str) -> dict[str, object] | None:
        """Does what a person changes in the record, and answers as the command's type says."""
        match command:
            case Undo():
                return await self._undo(by)
            case Replace():
                return await self._replace(command, by)
            case Edit():
                return await self._edit(command, by)
            case _:
                return _answer(await self._correct(command, by))

    async def _correct(self, command: Correction, by: str) -> list[Event]:
        return await self._store(lambda: corrected(command, self._ledger.log.segment, self._ledger.agenda, by))

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

    async def _undo(self, by: str) -> dict[str, object]:
        history = list[Event](await asyncio.to_thread(self._ledger.log.all))

        def decide() -> list[Event]:
            # What came in meanwhile; nothing does now.
            newer = self._ledger.log.after(history[-1].seq if history else 0)
            meanwhile = [msgspec.json.decode(body, type=StoredEvent) for body in newer]
            return undone(self._ledger.meeting.agenda, [*history, *meanwhile], by)

        facts = await self._store(decide)
        return {"undone": list(dict.fromkeys(str(fact.__struct_config__.tag) for fact in facts))}

    async def _store(self, decide: Callable[[], list[Event]]) -> list[Event]:
        batch, facts = f"b{uuid4().hex[:12]}", list[Event]()

        def named() -> list[Event]:
            facts[:] = [
                fact if isinstance(fact, NEVER_UNDONE) else msgspec.structs.replace(fact, batch=batch)
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


def _answer(facts: list[Event]) -> dict[str, object] | None:
    match facts:
        case [Decision(decision_id=decision_id)]:
            return {"decision_id": decision_id}
        case [Action(action_id=action_id)]:
            return {"action_id": action_id}
        case [WordNoted(text=text, kind=kind)]:
            return {"text": text, "kind": kind}
        case _:
            return None
