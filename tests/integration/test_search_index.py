"""The index with its real files: what is put in is found, by several threads and programs, while one writes."""

import errno
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.documents import NOTE_CLOSEST, Document, Passage, Query, Results
from search.errors import IndexDamaged, IndexLocked, SearchError
from search.index import SearchIndex, build_anew
from search.live import LiveTable
from search.lock import write_lock

HOUSING = Document(
    id="纪要/11",
    kind="minutes",
    title="2025年第11次局长办公会议纪要",
    date="2025-11-17",
    body="局长办公会",
    units=("资产管理处",),
    source="旧/第11次.txt",
    passages=(
        Passage(id="1", text="时间：2025年11月17日，地点：三楼会议室。"),
        Passage(id="2", text="会议要求，报送办公用房清理整改工作方案。", item=1, item_title="研究資產清查"),
        Passage(id="3", text="会议原则同意智能会议系统建设方案。", item=2, item_title="研究智能会议系统"),
    ),
)
CARS = Document(
    id="记录/8",
    kind="record",
    title="2025年第8次局长办公会议",
    date="2025-08-04",
    meeting_id="m8",
    body="局长办公会",
    units=("办公室",),
    passages=(
        Passage(id="s1", text="公务用车派车审批环节多。", speaker="李建国", item=1, start_ms=1500, end_ms=4000),
        Passage(
            id="s2", text="由办公室起草公务用车调度办法。", speaker="𠮷敏", item=1, start_ms=4200, end_ms=7000
        ),
    ),
)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    with SearchIndex.open(tmp_path / "索引") as opened:
        opened.replace([HOUSING, CARS])
        yield opened


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def look(index: SearchIndex, text: str, live: LiveTable | None = None) -> list[str]:
    return ids(index.search(Query(text=text), live))


def test_a_hit_carries_what_the_command_line_promises(index: SearchIndex) -> None:
    results = index.search(Query(text="调度办法"))
    assert results.total == 1
    hit = results.hits[0]
    assert (hit.id, hit.kind, hit.meeting_id, hit.item, hit.date) == ("记录/8", "record", "m8", 1, "2025-08-04")
    assert (hit.title, hit.speaker, hit.start_ms, hit.source) == ("2025年第8次局长办公会议", "𠮷敏", 4200, None)
    assert [hit.text[start:end] for start, end in hit.highlights] == ["调度办法"]
    assert hit.score > 0
    assert results.facets == {
        "kind": {"record": 1},
        "unit": {"办公室": 1},
        "year": {"2025": 1},
        "body": {"局长办公会": 1},
        "outcome": {},
        "due": {},
        "owed": {},
    }
    assert index.search(Query(text="整改")).hits[0].source == "旧/第11次.txt"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("办公用房", ["纪要/11"]),
        ("辦公用房　清理", ["纪要/11"]),
        ('"清理整改工作"', ["纪要/11"]),
        ("审批 调度", ["记录/8"]),
        ("车", ["记录/8"]),
        ("𠮷敏", []),
        ("地点：三楼", ["纪要/11"]),
        ("清理、方案", ["纪要/11"]),
        ("资产清查", ["纪要/11"]),
        ("第11次", ["纪要/11"]),
        ("火星移民", []),
    ],
)
def test_words_find_their_documents(index: SearchIndex, text: str, found: list[str]) -> None:
    results = index.search(Query(text=text))
    assert (ids(results), results.note) == (found, "")


def test_a_question_in_plain_language_finds_what_comes_closest(index: SearchIndex) -> None:
    results = index.search(Query(text="办公用房清理整改方案"))
    assert (ids(results), results.note) == (["纪要/11"], NOTE_CLOSEST)
    hit = results.hits[0]
    assert [hit.text[start:end] for start, end in hit.highlights] == ["办公用房清理整改", "方案"]


@pytest.mark.parametrize("unknown", ["zzzqqq", "饕餮貔貅麒麟", '"绝无此语"'])
def test_a_word_that_nobody_knows_takes_nothing_from_one_that_is_there(index: SearchIndex, unknown: str) -> None:
    for text in (f"方案 {unknown}", f"{unknown} 方案"):
        results = index.search(Query(text=text))
        assert (ids(results), results.note) == (["纪要/11"], NOTE_CLOSEST)
        hit = results.hits[0]
        assert {hit.text[start:end] for start, end in hit.highlights} == {"方案"}
    results = index.search(Query(text=f"办公用房 方案 局长 {unknown}"))
    assert (ids(results)[0], results.note) == ("纪要/11", NOTE_CLOSEST)
    assert index.search(Query(text=f"方案 {unknown}", kinds=("record",))).total == 0
    assert index.search(Query(text=f"方案 {unknown} -整改")).total == 0
    assert index.search(Query(text=f"{unknown} 魑魅魍魉")).total == 0


def test_a_joining_word_by_itself_is_that_word_and_no_sound(index: SearchIndex) -> None:
    index.replace(
        [Document(id="偶", kind="document", title="偶然事件"), Document(id="O", kind="document", title="A OR B")]
    )
    assert ids(index.search(Query(text="OR"))) == ["O"]
    index.delete(["O"])
    assert index.search(Query(text="OR")).total == 0


def test_filters_and_limit_count_documents(index: SearchIndex) -> None:
    assert index.search(Query(text="会议", kinds=("minutes",))).total == 1
    assert ids(index.search(Query(text="公务用车", speaker="李建国"))) == ["记录/8"]
    assert index.search(Query(text="调度", speaker="李建国")).hits == ()
    assert ids(index.search(Query(text="办公", unit="资产"))) == ["纪要/11"]
    assert ids(index.search(Query(text="办公", date_from="2025-08", date_to="2025-08"))) == ["记录/8"]
    limited = index.search(Query(text="会议", limit=1))
    assert (len(limited.hits), limited.total) == (1, 2)
    none = index.search(Query(text="会议", limit=-3))
    assert (len(none.hits), none.total) == (1, 2)


def test_an_empty_query_lists_the_newest_first(index: SearchIndex) -> None:
    assert look(index, "") == ["纪要/11", "记录/8"]
    assert look(index, " \t") == ["纪要/11", "记录/8"]


def test_a_replaced_document_is_only_found_as_it_is_now(index: SearchIndex) -> None:
    index.replace(
        [Document(id="纪要/11", kind="decision", title="决定", passages=(Passage(id="1", text="暂缓"),))]
    )
    assert look(index, "清理整改") == []
    assert look(index, "暂缓") == ["纪要/11"]
    assert index.count() == 2


def test_a_deleted_document_is_gone_with_its_counts(index: SearchIndex) -> None:
    index.delete(["纪要/11", "没有"])
    assert (look(index, "清理整改"), index.count()) == ([], 1)
    assert index.search(Query(text="会议")).facets["kind"] == {"record": 1}


def test_what_is_not_folded_yet_is_found_too_and_ranks_the_same(index: SearchIndex, tmp_path: Path) -> None:
    queries = ["办公", "会议", "方案", "公务用车 审批", "办公用房清理整改方案", "房"]
    with SearchIndex.open(tmp_path / "另一") as pending:
        pending.replace([HOUSING, CARS], fold=False)
        before = [pending.search(Query(text=text)).hits for text in queries]
        pending.fold()
        after = [pending.search(Query(text=text)).hits for text in queries]
    assert before == after == [index.search(Query(text=text)).hits for text in queries]


def test_every_substring_is_found(index: SearchIndex) -> None:
    rng = random.Random(11)
    for _ in range(300):
        document = rng.choice([HOUSING, CARS])
        text = rng.choice(document.passages).text
        start = rng.randrange(len(text) - 1)
        piece = text[start : start + rng.randint(1, 8)]
        assert document.id in look(index, piece), piece


def test_the_running_meeting_is_searched_beside_the_archive(index: SearchIndex) -> None:
    live = LiveTable()
    now = Document(id="记录/12", kind="record", title="第12次局长办公会议", date="2026-03-09", meeting_id="m12")
    live.put(now, Passage(id="s1", text="同意办公用房方案。", item=1, start_ms=900, end_ms=2000))
    assert set(look(index, "办公用房", live)) == {"纪要/11", "记录/12"}
    assert set(look(index, "", live)) == {"纪要/11", "记录/8", "记录/12"}
    results = index.search(Query(text="会议"), live)
    assert (results.total, results.facets["year"]) == (3, {"2026": 1, "2025": 2})


def test_a_document_in_both_is_the_live_one(index: SearchIndex) -> None:
    live = LiveTable()
    live.put(Document(id="记录/8", kind="record", title="改过的"), Passage(id="s1", text="公务用车改为班车。"))
    results = index.search(Query(text="公务用车"), live)
    assert (results.total, results.hits[0].text) == (1, "公务用车改为班车。")


def test_rebuilding_leaves_what_it_was_given_and_one_generation(index: SearchIndex, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    index.rebuild([CARS], lambda done, total: steps.append((done, total)))
    assert (look(index, "清理整改"), look(index, "公务用车"), index.count()) == ([], ["记录/8"], 1)
    assert steps[-1] == (3, 3)
    assert sorted(path.name for path in (tmp_path / "索引").iterdir()) == ["2", "current", "write.lock"]


def test_a_second_writer_is_refused_while_the_first_holds_on(
    index: SearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.index.LOCK_TIMEOUT_S", 0.1)
    with write_lock(tmp_path / "索引", 0), pytest.raises(IndexLocked):
        index.replace([CARS])
    index.replace([CARS])


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "索引").write_text("", encoding="utf-8")
    with pytest.raises(SearchError, match="索引"):
        SearchIndex.open(tmp_path / "索引")


def test_a_warmed_index_answers_without_reading_texts(index: SearchIndex) -> None:
    before = index.search(Query(text="清理整改")).hits
    index.warm()
    assert index.search(Query(text="清理整改")).hits == before


def test_a_full_disk_is_no_damage(index: SearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("whoosh.writing.SegmentWriter.commit", full)
        with pytest.raises(SearchError, match="No space left") as caught:
            index.replace([numbered(1)])
    assert not isinstance(caught.value, IndexDamaged)
    assert look(index, "第1号文件") == ["d1"]
    index.fold()
    assert look(index, "第1号文件") == ["d1"]
    index.check()


def test_a_busy_database_is_locked_and_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.tables.BUSY_TIMEOUT_S", 0.05)
    with SearchIndex.open(tmp_path / "忙") as opened:
        holder = sqlite3.connect(tmp_path / "忙" / "1" / "passages.sqlite3", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(IndexLocked):
            opened.replace([CARS])
        assert opened.search(Query(text="公务用车")).total == 0
        holder.execute("ROLLBACK")
        holder.close()
        opened.replace([CARS])
        assert opened.search(Query(text="公务用车")).total == 1


def numbered(number: int) -> Document:
    text = f"第{number}号文件研究办公用房事项。"
    return Document(
        id=f"d{number}", kind="document", title=f"文件{number}", passages=(Passage(id="1", text=text),)
    )


def test_threads_search_while_one_writes_and_rebuilds(index: SearchIndex) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()

    def search_on() -> None:
        try:
            while not stop.is_set():
                assert index.search(Query(text="办公用房")).total >= 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=search_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        index.replace([numbered(number)])
    index.rebuild([HOUSING, *(numbered(number) for number in range(8))])
    index.replace([numbered(8)])
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert index.search(Query(text="办公用房")).total == 10


READER = """
import sys, time
from pathlib import Path
from search.documents import Query
from search.index import SearchIndex
with SearchIndex.open(Path(sys.argv[1])) as index:
    print("ready", flush=True)
    while True:
        total = index.search(Query(text="办公用房", limit=100)).total
        assert total >= 1
        if total == 7:
            break
        time.sleep(0.005)
print("seen", flush=True)
"""


def test_another_program_sees_each_commit_without_a_closed_file(index: SearchIndex, tmp_path: Path) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path / "索引")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for number in range(3):
            index.replace([numbered(number)])
        build_anew(tmp_path / "索引", [HOUSING, *(numbered(number) for number in range(5))])
        index.replace([numbered(5)])
        out, err = reader.communicate(timeout=120)
    finally:
        reader.kill()
        reader.wait()
    assert (out, err, reader.returncode) == ("seen\n", "", 0)
