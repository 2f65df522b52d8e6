"""What imported files left open, and what people answer to it."""

from collections.abc import Sequence

import msgspec

from meeting.errors import AnswerUnfit, QuestionUnknown
from meeting.store.archive import Archived, ArchiveStore
from search.extract.dates import is_date
from search.extract.decisions import OUTCOMES, Outcome
from search.extract.doubts import Doubt, Field
from search.extract.people import names

# What may be answered to any question: what was found is right, or there is nothing to be found.
KEEP, NOTHING = "ok", "-"
_SHORT = 10
_LONGEST = 200


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be asked of one document. `id` is `DOCUMENT.FIELD`, what an answer names."""

    id: str
    path: str
    title: str
    field: Field
    reason: str
    found: str
    candidates: tuple[str, ...]


def questions(archive: ArchiveStore) -> list[Question]:
    """What is still open, in the order of import. May raise a StoreError."""
    return [
        Question(
            id=f"{content_id[:_SHORT]}.{doubt.field}",
            path=document.source or "",
            title=document.title,
            field=doubt.field,
            reason=doubt.reason,
            found=doubt.found,
            candidates=doubt.candidates,
        )
        for content_id, document in archive.asking()
        for doubt in document.doubts
    ]


def answered(archive: ArchiveStore, question: str, answer: str) -> tuple[str, Archived]:
    """The document as an answer makes it, with its content's sha256; nothing is stored yet.

    Raises: QuestionUnknown, AnswerUnfit; a StoreError.
    """
    key, _, field = question.partition(".")
    for content_id, document in archive.asking():
        for doubt in document.doubts:
            if key and content_id.startswith(key) and doubt.field == field:
                return content_id, _changed(archive.get(content_id), doubt, question, answer.strip())
    raise QuestionUnknown(question=question)


def _changed(document: Archived, doubt: Doubt, question: str, answer: str) -> Archived:
    changed = document if answer == KEEP else _with(document, doubt, question, answer)
    return msgspec.structs.replace(
        changed,
        doubts=tuple(other for other in document.doubts if other != doubt),
        answers=document.answers | {doubt.field: answer},
    )


def _with(document: Archived, doubt: Doubt, question: str, answer: str) -> Archived:
    value = "" if answer == NOTHING else answer
    replace = msgspec.structs.replace
    match doubt.field:
        case "date" if not value or is_date(value):
            return replace(document, date=value)
        case "title" if 0 < len(value) <= _LONGEST:
            return replace(document, title=value)
        case "body" if len(value) <= _LONGEST:
            return replace(document, body=value)
        case "kind" if value == "minutes" or value == "document":
            return replace(document, kind=value)
        case "attendees":
            return replace(document, attendees=names(value))
        case "decisions":
            outcomes = [one for given in names(value) for one in OUTCOMES if one == given]
            if outcomes and len(outcomes) == len(names(value)) and len(outcomes) in (1, len(doubt.candidates)):
                return _decided(document, doubt, outcomes)
        case "tasks":
            days = names(answer)
            if len(days) == len(doubt.candidates) and all(day == NOTHING or is_date(day) for day in days):
                return _dated(document, doubt, days)
    raise AnswerUnfit(question=question, answer=answer, example=_EXAMPLES[doubt.field])


def _decided(document: Archived, doubt: Doubt, outcomes: Sequence[Outcome]) -> Archived:
    """One outcome for all that was asked about, or one for each in its order."""
    each = outcomes if len(outcomes) > 1 else [outcomes[0]] * len(doubt.candidates)
    said = dict(zip(doubt.candidates, each, strict=True))
    decisions = tuple(
        msgspec.structs.replace(one, outcome=said[one.text]) if one.text in said and not one.outcome else one
        for one in document.decisions
    )
    return msgspec.structs.replace(document, decisions=decisions)


def _dated(document: Archived, doubt: Doubt, days: Sequence[str]) -> Archived:
    """A day for each task that was asked about, in its order; - for none."""
    said = dict(zip(doubt.candidates, ("" if day == NOTHING else day for day in days), strict=True))
    tasks = tuple(
        msgspec.structs.replace(one, due=said[one.text], stated="") if one.text in said else one
        for one in document.tasks
    )
    return msgspec.structs.replace(document, tasks=tasks)


_EXAMPLES: dict[Field, str] = {
    "date": "2024-09-12, 2024-09, 2024, ok, -",
    "title": "馆务会议纪要, ok",
    "body": "市档案馆馆务会, ok, -",
    "kind": "minutes, document, ok",
    "attendees": "李建国、周敏, ok, -",
    "decisions": "通过, 原则通过, 不通过, 暂缓, ok",
    "tasks": "2026-04-30, 2026-04-30、-, ok",
    "items": "ok",
    "pages": "ok",
}
