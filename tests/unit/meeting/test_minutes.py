"""The written results, to the letter."""

import dataclasses
import errno
import html
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from meeting.domain.agenda import Agenda, AgendaItem, Attendee, Person
from meeting.domain.events import Action, Decision, Event, Gap, Note, Segment
from meeting.domain.record import Record
from meeting.errors import ExportFailed, FormatUnknown
from meeting.minutes.export import EXPORTERS, export, render
from meeting.minutes.markdown import escape
from meeting.minutes.words import person_text
from meeting.minutes.wrap import LINE_COLUMNS, columns, cues

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    time="09:00",
    place="三楼会议室",
    chair=Person(name="李建国", title="局长"),
    recorder=Person(name="王芳", unit="办公室"),
    attendees=(
        Attendee(name="李建国", title="局长"),
        Attendee(name="买买提·艾力", unit="资产管理处", title="处长"),
        Attendee(name="沈毅", role="non_voting_attendee", items=(2,)),
        Attendee(name="𠮷田", role="excused"),
    ),
    items=(AgendaItem(number=1, title="审议*方案*"), AgendaItem(number=2, title="听取汇报")),
)


def said(
    segment_id: str, start: int, end: int, text: str, item: str | None, speaker: str | None = None
) -> Segment:
    return Segment(
        segment_id=segment_id, rev=1, item_id=item, start_ms=start, end_ms=end, text=text, speaker=speaker
    )  # fmt: skip


EVENTS: list[Event] = [
    said("s1", 1000, 3000, "同志们，现在开会。", None, "李建国"),
    said("s2", 4000, 8000, "# 共３２６间，<b>其中</b>[18]间_超标_😀", "i1", "买买提·艾力"),
    Gap(start_ms=8000, end_ms=68000, reason="paused"),
    said("s3", 3_700_000, 3_702_000, "〇号楼、𠮷字楼。", "i1"),
    Decision(decision_id="d", rev=1, item_ids=("i1",), outcome="原则通过", resolution_text="同意整改", by="王芳"),
    Action(
        action_id="a", rev=1, text="完成整改", by="王芳", item_id="i1", lead_unit="资产处",
        supporting_units=("办公室", "财务处"), due_date="2026-03-31",
    ),
    Note(text="数字待核", mark="?", by="王芳", segment_id="s2"),
]  # fmt: skip
RECORD = Record.from_events(AGENDA, EVENTS, meeting_id="m1")
CONFIRMED = dataclasses.replace(RECORD, confirmed=True)

TEXT = """\
局长办公会议
（机器转写，未经核对）

时间：2026-03-09 09:00
地点：三楼会议室
主持人：李建国（局长）
出席：李建国（局长）、买买提·艾力（资产管理处处长）
列席：沈毅〔议题2〕
请假：𠮷田
记录人：王芳（办公室）
密级：内部

会议程序
[00:00:01] 李建国：同志们，现在开会。

1. 审议*方案*
[00:00:04] 买买提·艾力：# 共３２６间，<b>其中</b>[18]间_超标_😀
[00:00:08—00:01:08] （无录音：暂停录音）
[01:01:40] 〇号楼、𠮷字楼。
决定：原则通过：同意整改
督办：完成整改（主办：资产处；协办：办公室、财务处；时限：2026-03-31）
注：? 数字待核

2. 听取汇报
"""

MARKDOWN = r"""# 局长办公会议

> **机器转写，未经核对**

- 时间：2026\-03\-09 09:00
- 地点：三楼会议室
- 主持人：李建国（局长）
- 出席：李建国（局长）、买买提·艾力（资产管理处处长）
- 列席：沈毅〔议题2〕
- 请假：𠮷田
- 记录人：王芳（办公室）
- 密级：内部

## 会议程序

[00:00:01] 李建国：同志们，现在开会。

## 1\. 审议\*方案\*

[00:00:04] 买买提·艾力：\# 共３２６间，\<b\>其中\</b\>\[18\]间\_超标\_😀

\[00:00:08—00:01:08\] （无录音：暂停录音）

[01:01:40] 〇号楼、𠮷字楼。

**决定**：原则通过：同意整改

**督办**：完成整改（主办：资产处；协办：办公室、财务处；时限：2026\-03\-31）

**注**：? 数字待核

## 2\. 听取汇报
"""

SRT = """\
1
00:00:00,000 --> 00:00:01,000
机器转写，未经核对

2
00:00:01,000 --> 00:00:03,000
李建国：同志们，现在开会。

3
00:00:04,000 --> 00:00:08,000
买买提·艾力：# 共３２６间，＜b＞其中＜/b＞
[18]间_超标_😀

4
01:01:40,000 --> 01:01:42,000
〇号楼、𠮷字楼。
"""

VTT = """\
WEBVTT

NOTE 机器转写，未经核对

00:00:01.000 --> 00:00:03.000
李建国：同志们，现在开会。

00:00:04.000 --> 00:00:08.000
买买提·艾力：# 共３２６间，&lt;b&gt;其中&lt;/b&gt;
[18]间_超标_😀

01:01:40.000 --> 01:01:42.000
〇号楼、𠮷字楼。
"""


@pytest.mark.parametrize(("format", "expected"), [("txt", TEXT), ("md", MARKDOWN), ("srt", SRT), ("vtt", VTT)])
def test_export_is_exactly_this(format: str, expected: str) -> None:
    assert render(RECORD, format).decode() == expected


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_every_export_says_that_nobody_has_checked_it_until_somebody_has(format: str) -> None:
    assert "机器转写，未经核对" in render(RECORD, format).decode()
    assert "机器转写，未经核对" not in render(CONFIRMED, format).decode()


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_meeting_without_a_word_is_exported(format: str) -> None:
    assert "机器转写，未经核对" in render(Record.from_events(AGENDA, []), format).decode()


def test_json_holds_everything_in_chinese() -> None:
    text = render(RECORD, "json").decode()
    assert "买买提·艾力" in text and "𠮷" in text
    document = json.loads(text)
    assert (document["id"], document["title"], document["confirmed"]) == ("m1", "局长办公会议", False)
    assert document["notice"] == "机器转写，未经核对"
    assert [segment["segment_id"] for segment in document["segments"]] == ["s1", "s2", "s3"]
    assert document["items"][0]["item_id"] == "i1"
    assert document["gaps"][0]["reason"] == "paused"
    assert document["decisions"][0]["outcome"] == "原则通过"
    assert document["actions"][0]["lead_unit"] == "资产处"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=30))
def test_speech_is_never_read_as_markdown(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(escape(text)).strip()
    assert html.unescape(shown) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "text",
    ["1. 一", "2) 二", "- 项", "+ 项", "> 引", "http://a.cn", "www.a.cn", "a@b.cn", "&amp;", "---", "| a | b |"],
)
def test_line_that_looks_like_markdown_stays_a_line(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(escape(text)).strip()
    assert html.unescape(shown).replace("&amp;", "&") == f"<p>{text}</p>".replace("&amp;", "&")


def test_speech_cannot_break_its_line() -> None:
    record = Record.from_events(
        AGENDA, [said("s", 0, 1000, "一\n\n1\n00:00 --> 00:01\r\u2028二\x00\x1b[31m", None)]
    )
    for format in ("txt", "md", "srt", "vtt"):
        assert "一 1 00:00" in render(record, format).decode()
        assert "\x1b" not in render(record, format).decode()


def test_long_speech_becomes_cues_at_its_clauses() -> None:
    text = "全局共清查办公用房三百二十六间，其中超标准使用的有十八间，已经整改十五间，"
    text += "剩余三间三月底前完成，请各处室抓好落实。"
    assert cues(text) == [
        ["全局共清查办公用房三百二十六间，其中超标", "准使用的有十八间，已经整改十五间，"],
        ["剩余三间三月底前完成，请各处室抓好落实。"],
    ]


def test_cues_share_the_time_of_the_utterance() -> None:
    record = Record.from_events(AGENDA, [said("s", 10_000, 20_000, "一" * 40 + "二" * 40 + "三" * 20, None)])
    lines = render(dataclasses.replace(record, confirmed=True), "srt").decode().split("\n")
    assert [line for line in lines if "-->" in line] == [
        "00:00:10,000 --> 00:00:14,000",
        "00:00:14,000 --> 00:00:18,000",
        "00:00:18,000 --> 00:00:20,000",
    ]


def test_line_breaks_spare_words_families_and_closing_marks() -> None:
    assert cues("一" * 19 + "GB/T9704号文件")[0] == ["一" * 19, "GB/T9704号文件"]
    family = "👨‍👩‍👧"
    assert cues("一" * 19 + family + "二")[0] == ["一" * 19, family + "二"]
    assert cues("一" * 20 + "。二")[0][1].startswith("一。")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_cues_are_two_lines_of_twenty_and_lose_nothing(text: str) -> None:
    found = cues(text)
    assert all(1 <= len(cue) <= 2 for cue in found)
    assert all(columns(line) <= LINE_COLUMNS for cue in found for line in cue)
    assert "".join("".join(line.split()) for cue in found for line in cue) == "".join(text.split())


def test_export_replaces_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "会议记录.txt"
    path.write_text("旧", "utf-8")
    assert export(RECORD, "txt", path) == path
    assert path.read_text("utf-8") == TEXT
    assert list(tmp_path.iterdir()) == [path]


def test_export_to_a_link_writes_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("旧")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    export(RECORD, "txt", tmp_path / "link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text("utf-8") == TEXT


def test_export_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("旧", "utf-8")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportFailed) as caught:
        export(RECORD, "txt", path)
    assert str(caught.value) == (
        f"{path} could not be written: No space left on device. "
        "The record itself is safe; choose another place with -o."
    )
    assert path.read_text("utf-8") == "旧"
    assert list(tmp_path.iterdir()) == [path]


def test_export_needs_a_folder_and_a_known_format(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "a.txt", tmp_path, "a\0b"):
        with pytest.raises(ExportFailed):
            export(RECORD, "txt", path)
    with pytest.raises(FormatUnknown, match="Choose one of: md, txt, srt, vtt, json"):
        export(RECORD, "odt", tmp_path / "a.odt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("unit", "title", "written"),
    [
        ("局领导", "局长", "李建国（局长）"),
        ("领导", "副局长", "李建国（副局长）"),
        ("局领导", "", "李建国（局领导）"),
        ("资产管理处", "处长", "李建国（资产管理处处长）"),
        ("资产管理处", "资产管理处处长", "李建国（资产管理处处长）"),
        ("省局办公室", "", "李建国（省局办公室）"),
        ("整改领导小组", "组长", "李建国（整改领导小组组长）"),
        ("", "局长", "李建国（局长）"),
        ("", "", "李建国"),
    ],
)
def test_a_person_has_one_post_named_once(unit: str, title: str, written: str) -> None:
    assert person_text(Person(name="李建国", unit=unit, title=title)) == written
