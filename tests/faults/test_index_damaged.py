"""Any file of the index damaged in any way: look-up answers from the records, and the index is whole again after."""

import gc
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from meeting.domain.events import AgendaChanged, End
from meeting.domain.state import AgendaState
from meeting.home import Home
from meeting.records import Records
from search.documents import Query
from search.errors import IndexDamaged
from tests.faults.figures import Figure, keep
from tests.unit.meeting.store_homes import AGENDA, said

MEETINGS, SENTENCES = 3, 40


@contextmanager
def opened(folder: Path) -> Iterator[Records]:
    records = Records(Home(folder))
    try:
        yield records
    finally:
        if "library" in vars(records):
            records.library.close()
            if records.library._index is not None:
                records.library._index.close()
        records.close()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with meetings that were held."""
    folder = tmp_path_factory.mktemp("indexed") / "家"
    Home(folder).prepare()
    with opened(folder) as records:
        for number in range(MEETINGS):
            meeting = records.meetings.add(AGENDA)
            spoken = [said(one, f"第{number}次会议研究第{one}项办公用房工作𠮷。") for one in range(SENTENCES)]
            items = AgendaState.from_agenda(AGENDA).items
            records.log(meeting).append([AgendaChanged(items=items, by="王芳"), *spoken, End(reason="stopped")])
            records.library.fold(records.meetings.get(meeting))
    return folder


def answers(records: Records) -> None:
    for number in range(MEETINGS):
        hits = records.library.search(Query(text=f"第{number}次会议研究第7项")).hits
        assert [hit.text for hit in hits][:1] == [f"第{number}次会议研究第7项办公用房工作𠮷。"]


def asked_while_built(records: Records) -> None:
    """As a service asks: each search is answered at once, in the end from all that there is."""
    records.library.tend_behind()
    until = time.monotonic() + 60
    while True:
        try:
            return answers(records)
        except AssertionError:
            assert time.monotonic() < until
        time.sleep(0.02)


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(max(1, len(content) // 2000)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def remove(path: Path, chance: random.Random) -> None:
    path.unlink()


DAMAGES = {"bits flipped": flip, "cut off": cut, "deleted": remove}


# Whoosh leaves a table of contents that it cannot read open until it is collected.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("damage", ["bits flipped", "cut off", "deleted"])
def test_damaged_index_answers_and_can_be_made_whole(indexed, damage, chance, tmp_path) -> None:
    files = [path.relative_to(indexed) for path in sorted((indexed / "index").rglob("*")) if path.is_file()]
    damaged = [file for file in files if (indexed / file).stat().st_size]
    rebuilt = 0
    for number, file in enumerate(damaged):
        folder, served = tmp_path / str(number), tmp_path / f"{number} served"
        shutil.copytree(indexed, folder)
        DAMAGES[damage](folder / file, chance)
        shutil.copytree(folder, served)
        print(damage, file)
        with opened(served) as records:
            asked_while_built(records)
        with opened(folder) as records:
            answers(records)
            try:
                records.library.check()
                rebuilt += 1
            except IndexDamaged:
                records.library.reindex()
                records.library.check()
            answers(records)
    gc.collect()
    keep(
        Figure(
            fault=f"file of the index, {damage}",
            times=2 * len(damaged),
            found=f"look-up answered each time; {rebuilt} of {len(damaged)} times the index was whole again by itself",
        )
    )
