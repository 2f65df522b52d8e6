"""Pinyin, names that sound alike, suggestions and completion, on a real index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.documents import NOTE_CLOSEST, NOTE_SOUND, Document, Passage, Query, Results
from search.index import SearchIndex
from search.live import LiveTable
from search.pinyin import Sound, read_as


def minutes(id_: str, *texts: str, speaker: str | None = None, unit: str = "资产管理处") -> Document:
    passages = tuple(Passage(id=str(n), text=text, speaker=speaker) for n, text in enumerate(texts))
    return Document(
        id=id_, kind="minutes", title=f"第{id_}号纪要", date="2025-01-01", units=(unit,), passages=passages
    )


DOCUMENTS = [
    minutes("1", "会议听取了资产清查情况，李建国同志发言。"),
    minutes("2", "黎建国同志汇报政策落实，资产处补充。"),
    minutes("3", "办公用房清理整改，公共机构节能。"),
    minutes("4", "跨境电商海外仓建设。", speaker="𠮷敏", unit="办公室"),
    minutes("5", "传统村落保护，福建代表团。"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    with SearchIndex.open(tmp_path_factory.mktemp("声音")) as opened:
        opened.replace(DOCUMENTS)
        yield opened


def ask(index: SearchIndex, text: str, live: LiveTable | None = None) -> Results:
    return index.search(Query(text=text), live)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("zichan", {"1", "2"}),
        ("zichanqingcha", {"1"}),
        ("zican", {"1", "2"}),
        ("zic", {"1", "2"}),
        ("zc", {"1", "2"}),
        ("ggjgjn", {"3"}),
        ("gonggjgjn", {"3"}),
        ("haiwaicang", {"4"}),
        ("haiwaic", {"4"}),
        ("chuan tong cun luo", {"5"}),
        ("zichan qingcha", {"1"}),
        ("hujian", {"5"}),
    ],
)
def test_pinyin_finds_what_it_spells(index: SearchIndex, typed: str, ids: set[str]) -> None:
    results = ask(index, typed)
    assert {hit.id for hit in results.hits} == ids
    assert results.note == NOTE_SOUND
    assert all(hit.sounds_alike for hit in results.hits)
    assert results.total == len(ids)


def test_what_pinyin_spells_is_marked_and_suggested(index: SearchIndex) -> None:
    results = ask(index, "haiwaicang")
    hit = results.hits[0]
    assert [hit.text[start:end] for start, end in hit.highlights] == ["海外仓"]
    assert results.suggestions == ("海外仓",)


def test_a_name_finds_those_that_sound_alike_after_itself(index: SearchIndex) -> None:
    for asked, first, second in (("李建国", "1", "2"), ("黎建国", "2", "1")):
        results = ask(index, asked)
        assert [(hit.id, hit.sounds_alike) for hit in results.hits] == [(first, False), (second, True)]
        assert (results.total, results.note, results.facets["kind"]) == (2, "", {"minutes": 2})
    marked = ask(index, "李建国").hits[1]
    assert [marked.text[start:end] for start, end in marked.highlights] == ["黎建国"]


def test_in_quotes_nothing_goes_by_sound(index: SearchIndex) -> None:
    assert [hit.id for hit in ask(index, '"李建国"').hits] == ["1"]
    assert ask(index, '"办公用放"').note in (NOTE_CLOSEST, "")


@pytest.mark.parametrize("slip", ["办公用放", "办功用房", "班公用房", "办公用黄"])
def test_a_slip_of_the_pen_that_sounds_right_is_found(index: SearchIndex, slip: str) -> None:
    results = ask(index, slip)
    assert ([hit.id for hit in results.hits[:1]], results.suggestions[:1]) == (["3"], ("办公用房",))


def test_a_word_that_is_written_otherwise_is_suggested(index: SearchIndex) -> None:
    assert index.suggest("传统村罗") == ("传统村落",)
    assert "清查" in index.suggest("清宣")
    assert index.suggest("资产") == ()
    assert ask(index, "龘龘龘").suggestions == ()


def test_words_are_completed_by_characters_and_by_pinyin(index: SearchIndex) -> None:
    assert index.complete("资")[0] == "资产"
    assert "资产" in index.complete("zi")
    assert "海外" in index.complete("haiw")
    assert index.complete("办公 海")[0].startswith("办公 海外")
    assert index.complete("清查 单位：zcgl") == ("清查 单位：资产管理处",)
    assert index.complete("发言人:𠮷") == ("发言人:𠮷敏",)
    assert index.complete("") == index.complete("，") == ()


def test_completion_and_suggestions_keep_to_what_may_be_seen(index: SearchIndex) -> None:
    mine = Query(text="", unit="办公室")
    assert index.complete("资", visible=mine) == index.complete("单位:资", visible=mine) == ()
    assert index.complete("海", visible=mine) != ()
    assert index.suggest("清宣", visible=mine) == ()


def test_what_was_removed_is_neither_heard_nor_completed(tmp_path: Path) -> None:
    with SearchIndex.open(tmp_path) as index:
        index.replace(DOCUMENTS)
        assert ask(index, "haiwaicang").total == 1
        index.delete(["4"])
        index.replace([minutes("3", "另一件事。")])
        assert ask(index, "haiwaicang").total == 0
        assert ask(index, "ggjgjn").total == 0
        assert index.complete("海外") == ()
        index.replace([minutes("6", "海外仓又来了。")], fold=False)
        assert [hit.id for hit in ask(index, "haiwaicang").hits] == ["6"]


def test_the_running_meeting_is_heard_too(index: SearchIndex) -> None:
    live = LiveTable()
    live.put(Document(id="现在", kind="record", title=""), Passage(id="s", text="𠮷敏说督办通知单要快。"))
    for typed in ("dubantongzhidan", "dbtzd", "jimin", "督办通知但"):
        assert [hit.id for hit in ask(index, typed, live).hits] == ["现在"], typed


def test_an_index_of_before_is_brought_up_to_date(tmp_path: Path) -> None:
    import sqlite3

    with SearchIndex.open(tmp_path) as index:
        index.replace(DOCUMENTS)
    with sqlite3.connect(tmp_path / "1" / "passages.sqlite3") as db:
        db.executescript("DROP TABLE running; DROP TABLE words; DELETE FROM state WHERE key = 'derived';")
    db.close()
    with SearchIndex.open(tmp_path) as index:
        assert [hit.id for hit in ask(index, "haiwaicang").hits] == ["4"]
        index.replace([minutes("6", "又一件。")])
        assert [hit.id for hit in ask(index, "haiwaicang").hits] == ["4"]
        assert index.complete("单位:zcglc") == ("单位:资产管理处",)


def test_what_was_heard_is_where_the_terms_have_it(index: SearchIndex) -> None:
    archive = index._archive
    everywhere = archive.columns.alive.copy()
    for syllables in (("fang", "an"), ("hai", "wai", "cang"), ("du", "ban"), ("ji", "min")):
        sounds = [read_as(Sound(syllable, True)) for syllable in syllables]
        heard = archive.sounding(sounds, everywhere)
        known = {text: archive.find(text) for text in heard}
        archive._cache.clear()
        for text, (places, counts) in known.items():
            again = archive.find(text)
            assert (places.tolist(), counts.tolist()) == (again[0].tolist(), again[1].tolist())
