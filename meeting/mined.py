"""Reads what a meeting is about before it speaks of it: the documents of its items, and what its body minuted before.

Slow, so it runs in a thread, beside a recording that has begun; what cannot be read is left out.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from asr.text.lexicon import Expected
from asr.text.mining import mine
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Attendance
from meeting.records import Records
from meeting.store.meetings import Meeting
from meeting.store.past import Heading
from meeting.vocabulary import Mined, Vocabulary, of_use
from models.refusal import Refusal

log = logging.getLogger(__name__)

PAST_AT_MOST = 12
CHARS_AT_MOST = 60_000
WORDS_OF_ITEM, WORDS_OF_PAST, PROMPTED = 60, 100, 5


def mine_for(records: Records, meeting: Meeting) -> Mined:
    """The words of the items' documents, and of past minutes of the same body or matter. Never raises a Refusal."""
    agenda, of_item, words = meeting.agenda, dict[int, tuple[str, ...]](), list[Expected]()
    for item in agenda.items:
        found = of_use(mine(_first(_item_texts(item, meeting.agenda_folder)), WORDS_OF_ITEM))
        of_item[item.number] = tuple(word.text for word in found[:PROMPTED])
        words += found
    words += of_use(mine(_first(_past_texts(records, meeting)), WORDS_OF_PAST))
    strongest = dict[str, Expected]()
    for word in words:
        if word.text not in strongest or word.strength > strongest[word.text].strength:
            strongest[word.text] = word
    return Mined(
        words=tuple(strongest.values()), of_item={number: some for number, some in of_item.items() if some}
    )


def vocabulary_of(records: Records, meeting: Meeting) -> Vocabulary:
    """What a meeting that has been held listens for, when it is looked at as a whole. May raise a StoreError.

    Who left was there before: only who came, or was recused for an item, is other than planned.
    """
    vocabulary = Vocabulary(meeting.agenda)
    vocabulary.take_list((word.text, word.kind, word.learnt) for word in records.words.of(meeting.agenda.body))
    for event in records.log(meeting.id).all():
        if not isinstance(event, Attendance) or event.state == "present" or event.item_id is not None:
            vocabulary.apply(event)
    vocabulary.take_mined(mine_for(records, meeting))
    return vocabulary


def _first(texts: Iterable[str]) -> str:
    """As much as is worth the time that it takes."""
    whole, room = list[str](), CHARS_AT_MOST
    for text in texts:
        whole.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    return "\n".join(whole)


def _item_texts(item: AgendaItem, folder: str) -> Iterator[str]:
    from search.extract.apart import ApartReader

    # A document may be anything; read apart, it can hold up nothing of the meeting.
    with ApartReader() as reader:
        for document in item.documents:
            path = Path(folder, document.path)
            if document.path and path.is_file():
                try:
                    yield "\n".join(reader.extract(path, str(path)).paragraphs)
                except Refusal as error:
                    log.warning("the document of an item cannot be read for its words: %s", error)


def _past_texts(records: Records, meeting: Meeting) -> Iterator[str]:
    """Written minutes, and what people have written for past meetings; what was only heard teaches nothing."""
    agenda = meeting.agenda
    try:
        for document in records.past(lambda head: _belongs(head, agenda), PAST_AT_MOST):
            yield "\n".join(passage.text for passage in document.passages)
        for other in _past_meetings(records, meeting):
            state = records.log(other.id).state()
            yield "\n".join(one.text for one in state.segments if one.source == "human")
            yield "\n".join(one.resolution_text for one in state.decisions)
    except Refusal as error:
        log.warning("past minutes cannot be read for their words: %s", error)


def _past_meetings(records: Records, meeting: Meeting) -> list[Meeting]:
    body = meeting.agenda.body
    others = [one for one in records.meetings.all() if body and one.agenda.body == body and one.id != meeting.id]
    return [one for one in others if one.state == "closed"][:PAST_AT_MOST]


def _belongs(head: Heading, agenda: Agenda) -> bool:
    if head.kind != "minutes":
        return False
    # What another body has minuted is its own, also where the matter is the same.
    if _other_body(head.body, agenda.body):
        return False
    matters = [item.matter for item in agenda.items if item.matter]
    return _same_body(head.body, agenda.body) or any(
        matter == head.matter or matter in head.title for matter in matters
    )


def _other_body(one: str, other: str) -> bool:
    """Whether two names are surely not of one body: what was read off a title may have more around its name."""
    short, long = sorted((_stem(one), _stem(other)), key=len)
    return bool(short) and short not in long


def _same_body(one: str, other: str) -> bool:
    """局长办公会 and 省机关事务管理局局长办公会议 are one body: in a title its office is often left out."""
    short, long = sorted((_stem(one), _stem(other)), key=len)
    return len(short) > 1 and long.endswith(short)


def _stem(body: str) -> str:
    return body.removesuffix("议").removesuffix("会")
