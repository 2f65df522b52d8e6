"""What a meeting listens for: agenda, word list, what is added meanwhile, who is there, what documents say."""

import msgspec
import pytest

from asr.text.lexicon import Expected
from asr.text.prompt import build_prompt
from asr.text.terms import correct
from meeting.domain.agenda import Agenda, AgendaItem, Attendee, Unit
from meeting.domain.events import Attendance, AttendanceState, WordNoted
from meeting.domain.terms import agenda_terms
from meeting.domain.words import WordKind
from meeting.expectations import words_of
from meeting.vocabulary import Mined, Vocabulary, of_use

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    attendees=(
        Attendee(name="何致远", title="处长", unit="资产管理处"),
        Attendee(name="贺志远", title="处长", unit="信息中心", role="excused"),
    ),
    units=(Unit(name="资产管理处", short="资产处"),),
    glossary=("试运行",),
    items=(AgendaItem(number=1, title="审议方案", matter="用房清理", presenting_units=("资产管理处",)),),
)


def noted(text: str, kind: WordKind = "term", removed: bool = False, learnt: bool = False) -> WordNoted:
    return WordNoted(text=text, by="王芳", kind=kind, removed=removed, learnt=learnt)


def corrected(vocabulary: Vocabulary, text: str, number: int | None = 1) -> str:
    words = vocabulary.words(number, figures=False)
    return correct(text, words.lexicon, words.situation).text


def test_a_word_is_listened_for_once_it_is_added_and_no_longer_once_removed() -> None:
    vocabulary = Vocabulary(AGENDA)
    assert corrected(vocabulary, "推进三公一业改造。") == "推进三公一业改造。"
    vocabulary.apply(noted("三供一业"))
    assert corrected(vocabulary, "推进三公一业改造。") == "推进三供一业改造。"
    assert "三供一业" in build_prompt(vocabulary.terms(1))
    vocabulary.apply(noted("三供一业", removed=True))
    assert corrected(vocabulary, "推进三公一业改造。") == "推进三公一业改造。"
    assert "三供一业" not in vocabulary.terms(1)


@pytest.mark.parametrize("number", [1, None])
def test_without_lists_and_documents_it_is_the_agenda_that_is_listened_for(number: int | None) -> None:
    vocabulary = Vocabulary(AGENDA)
    assert vocabulary.terms(number) == agenda_terms(AGENDA, number)
    assert vocabulary.words(number, figures=True) == words_of(AGENDA, number)


def test_the_prompt_has_the_item_then_the_newest_words_then_people_then_lists_and_documents() -> None:
    vocabulary = Vocabulary(AGENDA)
    vocabulary.take_list([("老旧小区", "term", False)])
    vocabulary.take_mined(Mined(words=(Expected(text="实施细则"),), of_item={1: ("实施细则",)}))
    vocabulary.apply(noted("三供一业"))
    vocabulary.apply(noted("四不两直"))
    vocabulary.apply(noted("督办台账", learnt=True))
    terms = vocabulary.terms(1)
    places = [
        terms.index(word)
        for word in ("用房清理", "四不两直", "三供一业", "何致远", "试运行", "督办台账", "老旧小区", "实施细则")
    ]
    assert places == sorted(places)
    assert "实施细则" not in vocabulary.terms(None)


def test_the_list_of_the_body_counts_in_each_of_its_meetings_unless_taken_out() -> None:
    vocabulary = Vocabulary(AGENDA)
    vocabulary.take_list([("三供一业", "term", True), ("公车中心", "unit", False)])
    lexicon = vocabulary.words(None, figures=True).lexicon
    strengths = {word.text: (word.kind, word.strength) for word in lexicon.words}
    assert strengths["三供一业"] == ("term", 0.9) and strengths["公车中心"] == ("unit", 1.0)
    vocabulary.apply(noted("三供一业", removed=True))
    assert "三供一业" not in {word.text for word in vocabulary.words(None, figures=True).lexicon.words}


def test_a_word_that_sounds_like_a_name_never_decides_whose_name_it_is() -> None:
    vocabulary = Vocabulary(AGENDA)
    vocabulary.apply(noted("和志远"))
    lexicon = vocabulary.words(1, figures=False).lexicon
    assert "和志远" not in {word.text for word in lexicon.words}
    assert "和志远" in {person.name for person in lexicon.people}
    vocabulary.take_mined(Mined(words=(Expected(text="贺之远", strength=0.6),)))
    assert "贺之远" not in {word.text for word in vocabulary.words(1, figures=False).lexicon.words}


def test_names_that_documents_repeat_are_not_expected_everywhere() -> None:
    mined = (Expected(text="张建国", strength=0.6), Expected(text="整改台账", strength=0.6))
    assert [word.text for word in of_use(mined)] == ["整改台账"]


@pytest.mark.parametrize(
    ("state", "here"), [("present", True), ("left", False), ("recused", False), ("proxy", False)]
)
def test_who_comes_or_goes_is_present_or_not(state: AttendanceState, here: bool) -> None:
    vocabulary = Vocabulary(AGENDA)
    vocabulary.apply(Attendance(person="何致远", state=state, by="王芳"))
    people = {person.name: person.present for person in vocabulary.words(1, figures=True).lexicon.people}
    assert people == {"何致远": here, "贺志远": False}


def test_who_is_recused_for_an_item_is_there_for_the_others() -> None:
    agenda = msgspec.structs.replace(AGENDA, items=(*AGENDA.items, AgendaItem(number=2, title="听取情况")))
    vocabulary = Vocabulary(agenda)
    vocabulary.apply(Attendance(person="何致远", state="recused", item_id="i2", by="王芳"))

    def present(number: int | None) -> bool:
        people = vocabulary.words(number, figures=True).lexicon.people
        return next(person.present for person in people if person.name == "何致远")

    assert (present(1), present(2), present(None)) == (True, False, True)


def test_presence_decides_between_names_of_one_sound() -> None:
    vocabulary = Vocabulary(AGENDA)
    heard = "请何志远同志发言。"
    assert corrected(vocabulary, heard) == "请何致远同志发言。", "the other one is excused"
    vocabulary.apply(Attendance(person="贺志远", state="present", by="王芳"))
    assert corrected(vocabulary, heard) == heard, "both are there: sound does not decide"
    vocabulary.apply(Attendance(person="何致远", state="left", by="王芳"))
    assert corrected(vocabulary, heard) == "请贺志远同志发言。"


def test_each_word_holds_from_its_place_in_the_sound_in_whatever_order_it_is_told() -> None:
    facts = [
        msgspec.structs.replace(noted("三供一业"), media_ms=10_000),
        msgspec.structs.replace(noted("四不两直"), media_ms=20_000),
        msgspec.structs.replace(noted("三供一业", removed=True), media_ms=30_000),
    ]
    for order in (facts, facts[::-1]):
        vocabulary = Vocabulary(AGENDA)
        vocabulary.take_mined(
            Mined(words=(Expected(text="实施细则"),), of_item={1: ("实施细则",)}), from_ms=25_000
        )
        for fact in order:
            vocabulary.apply(fact)
        assert vocabulary.places == (10_000, 20_000, 25_000, 30_000)
        heard = [
            [word for word in ("三供一业", "四不两直", "实施细则") if word in vocabulary.terms(1, at_ms)]
            for at_ms in (0, 9_999, 10_000, 20_000, 25_000, 30_000)
        ]
        assert heard == [
            [],
            [],
            ["三供一业"],
            ["三供一业", "四不两直"],
            ["三供一业", "四不两直", "实施细则"],
            ["四不两直", "实施细则"],
        ]
