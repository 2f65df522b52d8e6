"""Real databases for the tests of the store: fresh files, and a disk so small that it fills."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import Segment
from meeting.store.engine import open_engine
from meeting.store.log import EventLog
from meeting.store.meetings import Meetings

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    items=(AgendaItem(number=1, title="审议办公用房清理整改方案"), AgendaItem(number=2, title="听取试运行情况")),
)


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'meeting.db'}"


@contextmanager
def engine_in(folder: Path) -> Iterator[Engine]:
    with opened(url_of(folder)) as engine:
        yield engine


@contextmanager
def held_by_another(folder: Path) -> Iterator[None]:
    """Another program is writing into the folder's database, and does not come to its end."""
    other = sqlite3.connect(folder / "meeting.db", timeout=60)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def new_log(engine: Engine) -> EventLog:
    return EventLog(engine, Meetings(engine).add(AGENDA))


def said(number: int, text: str = "同意。", rev: int = 1, item: str | None = "i1") -> Segment:
    start = number * 1000
    return Segment(
        segment_id=f"s{number}",
        rev=rev,
        item_id=item,
        start_ms=start,
        end_ms=start + 900,
        text=text,
        raw_text=text,
    )


@contextmanager
def small_disk(folder: Path, options: str = "size=1m") -> Iterator[Path]:
    """A disk of its own in `folder`; skips the test where that is not allowed."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True, capture_output=True)
