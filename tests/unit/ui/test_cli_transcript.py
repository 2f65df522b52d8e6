"""The stream as lines in a terminal."""

import pytest

from meeting.domain.events import Custody, End, Gap, ItemEntry, ItemMoved, Segment
from meeting.minutes.words import PROCEDURE
from meeting.stream.client import Reconnecting
from meeting.stream.messages import MeetingHead, Snapshot, Welcome
from ui.cli.running import check_pace, where
from ui.cli.transcript import TranscriptLines

ITEMS = (ItemEntry(item_id="i1", number=1, title="审议𠮷祥里方案", state="scheduled"),)
HEAD = MeetingHead(id="m", title="会")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("MEETING_LANG", "en")


def said(text: str, item: str | None = None, rev: int = 1, **more: object) -> Segment:
    return Segment(segment_id="s1", rev=rev, item_id=item, start_ms=3_723_000, end_ms=3_724_000, text=text, **more)


def welcomed(meeting: MeetingHead | None = HEAD) -> tuple[TranscriptLines, list[str]]:
    lines = TranscriptLines()
    message = Welcome(
        epoch="e", meeting=meeting, items=ITEMS, current_item=None, role="secretary", seq=0, server_time=""
    )
    return lines, lines.lines(message)


def test_an_item_is_a_heading_once_and_speech_outside_has_its_own():
    lines, _ = welcomed()
    assert lines.lines(said("现在开会")) == ["", "## Outside the items", "[01:02:03] 现在开会"]
    assert lines.lines(said("第一项", "i1")) == ["", "## Item 1: 审议𠮷祥里方案", "[01:02:03] 第一项"]
    assert lines.lines(said("同意", "i1", speaker="李建国")) == ["[01:02:03] 李建国：同意"]


def test_corrections_removals_gaps_and_the_end_are_told():
    lines, _ = welcomed()
    lines.lines(said("同意", "i1"))
    assert lines.lines(said("原则同意", "i1", rev=2)) == ["[01:02:03] 原则同意 (corrected)"]
    assert lines.lines(said("", "i1", rev=3)) == []
    gap = Gap(start_ms=1000, end_ms=3000, reason="device_lost")
    assert lines.lines(gap) == ["-- 00:00:01 no sound for 2 s: the microphone was gone"]
    moved = ItemMoved(item_id="i1", number=1, state="deferred", by="secretary")
    assert lines.lines(moved) == ["-- Item 1: 审议𠮷祥里方案: deferred"]
    paused = Custody(recording="off", order="pause", by="secretary")
    assert lines.lines(paused) == ["-- paused: the microphone is closed"]
    assert lines.lines(End(reason="stopped")) == ["-- the meeting has ended"]


def test_an_idle_service_and_a_lost_connection_are_each_told_once():
    lines, told = welcomed(meeting=None)
    assert told == ["-- no meeting is running; waiting for a meeting to begin"]
    tries = [lines.lines(Reconnecting(attempt=n, wait_s=0.1)) for n in (1, 2, 3)]
    assert tries == [["-- the connection is lost; trying again"], [], []]


def test_a_snapshot_is_printed_whole():
    lines, _ = welcomed()
    assert len(lines.lines(Snapshot(seq=2, segments=(said("一", "i1"), said("二", "i1"))))) == 4


@pytest.mark.parametrize("pace", ["realtime", "fast", "2", "0.5", "1000"])
def test_a_pace_is_a_word_or_a_number(pace):
    check_pace(pace)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("ws://h:1/stream", "ws://h:1/stream"),
        ("http://h:1/", "ws://h:1/stream"),
        ("https://会议.example", "wss://会议.example/stream"),
    ],
)
def test_the_address_of_the_page_leads_to_its_stream(monkeypatch, given, address):
    monkeypatch.setenv("MEETING_TOKEN", "t")
    assert where(given, None, None) == (address, "t")


def test_speech_outside_the_items_is_called_as_in_the_record(monkeypatch):
    monkeypatch.setenv("MEETING_LANG", "zh_CN")
    lines, _ = welcomed()
    assert lines.lines(said("现在开会"))[1] == f"## {PROCEDURE}"
