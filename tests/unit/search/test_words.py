import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from search.words import WORD_TABLES, Words, words_of

KNOWN = {"资产": 3, "资产管理处": 2, "政策": 5, "公务用车": 2, "会议纪要": 1, "银行": 1, "李建国": 1, "okr": 1}


@pytest.fixture
def words() -> Iterator[Words]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(WORD_TABLES)
    made = Words(db, nullcontext)
    for word, passages in KNOWN.items():
        for _ in range(passages):
            made.count_in([word])
    made.write()
    yield made
    db.close()


def test_a_passage_gives_its_words_without_single_characters_and_figures() -> None:
    assert words_of("会议研究了资产管理，共2018年。") == {"会议", "研究", "资产", "管理"}


def test_words_are_completed_by_characters_and_by_pinyin(words: Words) -> None:
    assert words.beginning("资", 5) == ["资产", "资产管理处"]
    assert words.sounding("zic", 5) == ["资产", "资产管理处"]
    assert words.sounding("yinh", 5) == ["银行"]
    assert words.sounding("zc", 5) == ["政策", "资产", "资产管理处"]
    assert words.with_initials("zc", 5) == ["政策", "资产"]
    assert words.beginning("ok", 5) == ["okr"]


def test_words_are_found_by_near_sound_without_themselves(words: Words) -> None:
    assert words.sounding_like("黎建国", 5) == ["李建国"]
    assert words.sounding_like("紫蝉", 5) == ["资产"]
    assert words.sounding_like("李建国", 5) == []


@pytest.mark.parametrize("slip", ["公务用", "公务用用车", "公车用车", "公用务车", "乂务用车", "公务用乂"])
def test_words_are_found_at_one_slip(words: Words, slip: str) -> None:
    assert words.written_like(slip, 5) == ["公务用车"]


def test_signs_in_a_word_are_letters(words: Words) -> None:
    assert words.written_like("*?[", 5) == []


def test_a_word_without_passages_is_gone(words: Words) -> None:
    words.count_out(["银行", "资产"])
    words.write()
    assert words.beginning("银", 5) == []
    assert words.beginning("资", 1) == ["资产"]
    words.count_in(["银行"])
    words.forget_changes()
    words.write()
    assert words.beginning("银", 5) == []
