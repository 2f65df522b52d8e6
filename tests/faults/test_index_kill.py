"""A kill at any moment leaves the old or the new state, and the next open finishes the work."""

import gc
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search.documents import Document, Passage, Query
from search.errors import IndexDamaged
from search.index import SearchIndex, build_anew
from search.terms import TermReader

WRITER = """
import sys
from pathlib import Path
from search.documents import Document, Passage
from search.index import SearchIndex
index = SearchIndex.open(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(1, 1000):
    print(number, flush=True)
    documents = [
        Document(id=f"d{k}", kind="minutes", title="纪要",
                 passages=tuple(Passage(id=str(p), text=f"第{number}轮研究办公用房{k}之{p}。") for p in range(20)))
        for k in range(10)
    ]
    if sys.argv[2] == "rebuild":
        index.rebuild(documents)
    else:
        index.replace(documents)
"""


@pytest.mark.parametrize("work", ["replace", "rebuild"])
@pytest.mark.parametrize("seed", range(4))
def test_a_killed_writer_leaves_whole_documents(tmp_path: Path, work: str, seed: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path), work]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(4):
            writer.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.3))
        writer.send_signal(signal.SIGKILL)
        last = int((writer.stdout.read().split() or ["3"])[-1])
    with SearchIndex.open(tmp_path) as index:
        rounds = {n: index.search(Query(text=f'"第{n}轮研究"', limit=20)) for n in range(1, last + 1)}
        whole = {n: found.total for n, found in rounds.items() if found.total and not found.note}
        assert list(whole.values()) == [10]
        assert last - 1 <= max(whole) <= last
        assert index.count() == 10
        index.check()
        index.replace([Document(id="新", kind="document", title="新文件")])
        assert index.search(Query(text="新文件")).total == 1


def built(folder: Path) -> None:
    texts = (f"会议研究第{number}项办公用房工作。" for number in range(400))
    build_anew(
        folder,
        [
            Document(id=f"d{number}", kind="minutes", title="纪要", passages=(Passage(id="1", text=text),))
            for number, text in enumerate(texts)
        ],
    )


def segment(folder: Path) -> Path:
    return next((folder / "1" / "terms").glob("*.seg"))


def test_cut_off_terms_are_named_and_searches_go_on_from_the_database(tmp_path: Path) -> None:
    built(tmp_path)
    content = segment(tmp_path).read_bytes()
    segment(tmp_path).write_bytes(content[: len(content) // 2])
    with SearchIndex.open(tmp_path) as index:
        assert index.search(Query(text="办公用房")).total == 400
        assert index.search(Query(text="第77项")).hits[0].id == "d77"
        with pytest.raises(IndexDamaged, match="bytes of"):
            index.check()
        index.replace([Document(id="新", kind="minutes", title="新文件")])
        assert index.search(Query(text="新文件")).total == 1
        index.mend()
        index.check()
        assert index.search(Query(text="办公用房")).total == 400
        assert index.search(Query(text="新文件")).total == 1


def test_changed_bytes_never_make_a_search_fail_and_are_found_by_the_check(tmp_path: Path) -> None:
    built(tmp_path)
    path = segment(tmp_path)
    whole = path.read_bytes()
    rng = random.Random(3)
    for _ in range(25):
        content = bytearray(whole)
        start = rng.randrange(len(content) - 64)
        content[start : start + 64] = rng.randbytes(64)
        path.write_bytes(content)
        with SearchIndex.open(tmp_path) as index:
            index.search(Query(text="办公用房"))
            index.search(Query(text="房"))
            with pytest.raises(IndexDamaged):
                index.check()


@pytest.mark.parametrize("end", [b"", b"\x00garbage"])
def test_a_damaged_directory_of_a_segment_leaves_no_file_open(tmp_path: Path, end: bytes) -> None:
    built(tmp_path)
    path = segment(tmp_path)
    content = path.read_bytes()
    # The directory stands at the end: as long as before, so that its size tells nothing.
    path.write_bytes(content[: len(content) - 64] + (end * 64)[:64].ljust(64, b"\x00"))
    with pytest.raises(IndexDamaged):
        TermReader(tmp_path / "1" / "terms")
    # A file that was left open makes itself heard now.
    gc.collect()


def test_missing_terms_are_looked_through(tmp_path: Path) -> None:
    built(tmp_path)
    for path in (tmp_path / "1" / "terms").iterdir():
        path.unlink()
    with SearchIndex.open(tmp_path) as index:
        assert index.search(Query(text="第399项")).total == 1
        with pytest.raises(IndexDamaged):
            index.check()


@pytest.mark.parametrize("wreck", ["garbage", "missing", "no generation", "bad name"])
def test_a_wrecked_database_is_named_and_can_be_built_anew(tmp_path: Path, wreck: str) -> None:
    built(tmp_path)
    database = tmp_path / "1" / "passages.sqlite3"
    match wreck:
        case "garbage":
            database.write_bytes(b"\x00garbage" * 1000)
        case "missing":
            database.unlink()
        case "no generation":
            (tmp_path / "current").write_text("7", encoding="ascii")
        case _:
            (tmp_path / "current").write_bytes("../秘密".encode())
    with pytest.raises(IndexDamaged, match="meeting reindex"):
        SearchIndex.open(tmp_path).search(Query(text="办公用房"))
    build_anew(tmp_path, [Document(id="a", kind="minutes", title="重建")])
    with SearchIndex.open(tmp_path) as index:
        assert index.search(Query(text="重建")).total == 1
