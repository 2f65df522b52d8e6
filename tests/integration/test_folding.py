"""New passages are brought into the index's terms by a program of its own, while others search."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import meeting.tending
import search.index
from asr.programs import environment_of
from meeting.domain.events import End
from meeting.folding import fold_apart, main
from meeting.home import Home
from meeting.leisure import Leisure
from meeting.records import Records
from search.archive import DATABASE
from search.database import Database
from search.documents import Document, Passage, Query
from search.errors import IndexDamaged, IndexLocked, SearchError
from search.index import SearchIndex
from search.lock import write_lock
from tests.integration.test_library import found, held, said

DOCUMENTS, PASSAGES = 20, 300
READER = """
import sys
from pathlib import Path
from search.documents import Query
from search.index import SearchIndex
with SearchIndex.open(Path(sys.argv[1]), finish=False) as index:
    print("ready", flush=True)
    while not Path(sys.argv[2]).exists():
        assert index.search(Query(text="办公用房")).total == 20
        assert index.search(Query(text="第7件之299号")).hits[0].id == "d7"
"""

STOPS_AMID_IT = """
import os, signal, sys
import search.index
from meeting.folding import main
whole = search.index._folded
def half(database, pids):
    for number, one in enumerate(whole(database, pids)):
        if number == len(pids) // 2:
            os.kill(os.getpid(), signal.SIGSTOP)
        yield one
search.index._folded = half
sys.exit(main(sys.argv[1:]))
"""


def document(number: int) -> Document:
    texts = [
        f"会议研究第{number}件之{p}号办公用房清理整改事项，{chr(0x4E00 + 300 * number + p)}。"
        for p in range(PASSAGES)
    ]
    passages = tuple(Passage(id=str(place), text=text) for place, text in enumerate(texts))
    return Document(id=f"d{number}", kind="minutes", title="纪要", passages=passages)


@pytest.fixture
def unfolded(tmp_path: Path) -> Path:
    folder = tmp_path / "索引"
    with SearchIndex.open(folder) as index:
        index.replace(document(number) for number in range(DOCUMENTS // 2))
        index.replace([document(number) for number in range(DOCUMENTS // 2, DOCUMENTS)], fold=False)
    return folder


def pending(folder: Path) -> int:
    database = Database(folder / (folder / "current").read_text() / DATABASE)
    try:
        return len(database.pending())
    finally:
        database.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def locked(folder: Path) -> bool:
    try:
        with write_lock(folder, 0):
            return False
    except IndexLocked:
        return True


def test_threads_and_programs_search_while_a_child_folds(unfolded: Path, tmp_path: Path) -> None:
    over, failures = tmp_path / "over", list[BaseException]()
    with SearchIndex.open(unfolded, finish=False) as index:

        def search_on() -> None:
            try:
                while not over.exists():
                    assert index.search(Query(text="办公用房")).total == DOCUMENTS
                    assert index.search(Query(text="第19件之7号")).hits[0].id == "d19"
            except BaseException as error:
                failures.append(error)

        command = [sys.executable, "-c", READER, str(unfolded), str(over)]
        threads = [threading.Thread(target=search_on) for _ in range(2)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
            try:
                assert reader.stdout is not None
                reader.stdout.readline()
                for thread in threads:
                    thread.start()
                assert pending(unfolded)
                assert fold_apart(unfolded, threading.Event())
                assert not pending(unfolded)
            finally:
                over.touch()
            _, told = reader.communicate(timeout=120)
        for thread in threads:
            thread.join()
        assert (failures, reader.returncode, told) == ([], 0, "")
        index.check()
        assert index.search(Query(text="第19件之7号")).hits[0].id == "d19"


def test_killed_child_leaves_the_old_index_and_the_next_one_ends_the_work(unfolded: Path) -> None:
    with SearchIndex.open(unfolded, finish=False) as index:
        with subprocess.Popen([sys.executable, "-c", STOPS_AMID_IT, str(unfolded)], env=environment_of()) as child:
            until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_STOPPED)
            assert locked(unfolded) and pending(unfolded)
            assert index.search(Query(text="办公用房")).total == DOCUMENTS
            child.kill()
        assert child.returncode == -signal.SIGKILL
        assert pending(unfolded)
        assert index.search(Query(text="第19件之7号")).hits[0].id == "d19"
        index.check()
        assert fold_apart(unfolded, threading.Event())
        assert not pending(unfolded)
        index.check()
        assert index.search(Query(text="办公用房")).total == DOCUMENTS


def test_changed_terms_are_built_anew_and_a_wrecked_database_is_named(unfolded: Path) -> None:
    segment = next(unfolded.glob("*/terms/*.seg"))
    content = bytearray(segment.read_bytes())
    content[100:140] = bytes(40)
    segment.write_bytes(content)
    assert fold_apart(unfolded, threading.Event())
    with SearchIndex.open(unfolded, finish=False) as index:
        index.check()
        assert index.search(Query(text="办公用房")).total == DOCUMENTS
    next(unfolded.glob(f"*/{DATABASE}")).write_bytes("无".encode() * 5000)
    with pytest.raises(IndexDamaged, match=DATABASE):
        fold_apart(unfolded, threading.Event())


def test_who_is_told_to_stop_waits_no_longer(unfolded: Path) -> None:
    stop = threading.Event()
    stop.set()
    with write_lock(unfolded, 0):
        assert not fold_apart(unfolded, stop)
    assert pending(unfolded)


def test_folding_refuses_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main([]) == 2
    assert main([str(tmp_path / "file")]) == SearchError.exit_code
    assert capsys.readouterr().err.count("\n") == 2


def put_in(records: Records, text: str) -> None:
    """A meeting that is over, in the index."""
    one = held(records, said(1, text))
    records.log(one.id).append([End(reason="stopped")])
    records.library.fold(records.meetings.get(one.id))


def test_what_is_new_is_folded_at_leisure_and_found_meanwhile(tmp_path: Path) -> None:
    now = [0.0]
    records = Records(Home(tmp_path / "家").prepare())
    library = records.library
    library._leisure = Leisure(clock=lambda: now[0])
    # Somebody speaks or looks something up, and the clock stands: there never is leisure.
    library.in_use()
    library.tend_behind()
    tending = library._tending
    assert tending is not None
    until(lambda: not tending.later([]))
    put_in(records, "建设进度按周报送。")
    assert found(records, "建设进度按周", "record") == [("record", "建设进度按周报送。")]
    time.sleep(1.2)
    assert pending(records.home.index) and tending._wanted.is_set()
    now[0] = 60
    until(lambda: not pending(records.home.index))
    assert found(records, "建设进度按周", "record") == [("record", "建设进度按周报送。")]
    library.close()
    records.close()


def test_too_much_does_not_wait_for_leisure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting.tending, "_TOO_MUCH", 1)
    records = Records(Home(tmp_path / "家").prepare())
    library = records.library
    library._leisure = Leisure(clock=lambda: 0)
    library.tend_behind()
    library.in_use()
    tending = library._tending
    assert tending is not None
    until(lambda: not tending.later([]))
    put_in(records, "建设进度按周报送。")
    until(lambda: not pending(records.home.index))
    library.close()
    records.close()


def test_fold_that_failed_is_tried_again_without_anything_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meeting.tending, "_AGAIN_S", 0.05)
    tried = list[int]()

    def fails_at_first(folder: Path, stop: threading.Event) -> bool:
        tried.append(1)
        if len(tried) < 3:
            raise SearchError(reason="磁盘暂时不可写")
        return fold_apart(folder, stop)

    monkeypatch.setattr("meeting.library.fold_apart", fails_at_first)
    records = Records(Home(tmp_path / "家").prepare())
    records.library.tend_behind()
    tending = records.library._tending
    assert tending is not None
    until(lambda: not tending.later([]))
    put_in(records, "建设进度按周报送。")
    until(lambda: len(tried) >= 3 and not pending(records.home.index))
    records.library.close()
    records.close()


def test_service_folds_nothing_in_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("folded where searches run")

    monkeypatch.setattr(search.index, "_fold", fail)
    records = Records(Home(tmp_path / "家").prepare())
    records.library.tend_behind()
    tending = records.library._tending
    assert tending is not None
    until(lambda: not tending.later([]))
    put_in(records, "建设进度按周报送。")
    assert found(records, "建设进度按周", "record") == [("record", "建设进度按周报送。")]
    until(lambda: not pending(records.home.index))
    records.library.check()
    assert found(records, "建设进度按周", "record") == [("record", "建设进度按周报送。")]
    records.library.close()
    records.close()
