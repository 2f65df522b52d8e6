"""Stored meetings and the archive by command: each with its JSON, as other programs rely on it."""

import json
from pathlib import Path

import pytest
from docx import Document

from tests.conftest import DEMO, Cli

PAST = DEMO / "past"


def test_a_new_meeting_is_listed_shown_and_exported_in_every_format(cli: Cli):
    made = cli.json("new", DEMO / "agenda.yaml")
    assert set(made) == {"id"}
    listed = cli.json("list")
    assert listed == {
        "meetings": [{"id": made["id"], "title": "局长办公会议", "date": "2026-03-09", "state": "scheduled"}]
    }
    shown = cli.json("show", made["id"][:-1])
    assert {"id", "title", "date", "state", "items", "segments", "decisions", "actions"} <= set(shown)
    assert [(item["number"], item["title"]) for item in shown["items"]][0] == (1, "审议办公用房清理整改方案")
    assert "局长办公会议" in cli("show", made["id"]).stdout

    for format in ("md", "txt", "srt", "vtt", "json"):
        written = cli.json("export", made["id"], "--format", format)
        assert Path(written["path"]).name == f"2026-03-09 局长办公会议.{format}"
        content = (cli.folder / written["path"]).read_text("utf-8")
        assert "未经核对" in content
    answer = cli("export", made["id"], "-o", cli.folder / "会议记录·终稿.md")
    assert answer.stdout.strip().endswith("会议记录·终稿.md")


def test_import_reports_each_file_and_is_safe_to_repeat(cli: Cli, tmp_path):
    folder = tmp_path / "旧纪要"
    folder.mkdir()
    document = Document()
    document.add_paragraph("机关事务管理局2024年第3次局长办公会议纪要")
    document.add_paragraph("2024年5月6日")
    document.add_paragraph("会议研究了𠮷祥里小区电梯更新工作，原则同意更新方案。")
    document.save(str(folder / "第3次.docx"))
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 not a document")
    (folder / "通知.txt").write_bytes("关于做好防汛工作的通知\n请各单位落实值班制度。\n".encode("gb18030"))
    first = cli.json("import", PAST, folder)
    assert set(first) == {"files"} and all(set(one) == {"path", "status", "reason"} for one in first["files"])
    status = {Path(one["path"]).name: one["status"] for one in first["files"]}
    assert status.pop("坏.docx") == "refused"
    assert set(status.values()) == {"imported"} and len(status) == 4
    assert "坏.docx" in next(one["reason"] for one in first["files"] if one["status"] == "refused")
    again = cli.json("import", PAST, folder)
    assert {one["status"] for one in again["files"]} == {"known", "refused"}

    found = cli.json("search", "电梯更新", "--kind", "minutes", "--from", "2024-01-01", "--to", "2024-12-31")
    assert {"query", "total", "took_ms", "hits", "facets"} <= set(found)
    hit = found["hits"][0]
    assert hit["source"] == str(folder / "第3次.docx") and hit["kind"] == "minutes" and hit["date"] == "2024-05-06"
    start, end = hit["highlights"][0]
    assert hit["text"][start:end] in "电梯更新" and "𠮷祥里" in hit["text"]
    keys = {
        "id",
        "kind",
        "meeting_id",
        "item",
        "date",
        "title",
        "speaker",
        "text",
        "highlights",
        "source",
        "start_ms",
    }
    assert keys | {"score"} <= set(hit)
    assert cli.json("search", "值班制度")["total"] == 1
    assert cli.json("search", "从来没有说过的话")["hits"] == []
    assert "【" in cli("search", "办公用房", "--limit", "1").stdout


def test_reindex_finds_the_same_again(cli: Cli):
    cli.json("import", PAST)
    cli.json("new", DEMO / "agenda.yaml")
    before = cli.json("search", "办公用房")
    # Two minutes, their two decisions by themselves, and the agenda.
    assert cli.json("reindex") == {"documents": 5}
    after = cli.json("search", "办公用房")
    assert [hit["id"] for hit in after["hits"]] == [hit["id"] for hit in before["hits"]] != []
    assert before["total"] == after["total"]


@pytest.mark.model
def test_models_are_listed_verified_and_their_folder_given(cli: Cli, model_path):
    listed = {one["name"]: one for one in cli.json("models", "list")["models"]}
    assert listed["whisper-base"]["path"] == str(model_path)
    assert cli.json("models", "path", "whisper-base") == {"path": str(model_path)}
    assert cli.json("models", "verify", "whisper-base")["models"][0]["problem"] is None
    assert cli.json("models", "fetch", "whisper-base") == {"path": str(model_path)}  # there already: no network


def test_doctor_and_devices_give_one_document(cli: Cli):
    answer = cli("doctor", "--json")
    document = json.loads(answer.stdout)
    assert set(document) == {"ok", "checks"} and {"name", "detail", "problem"} <= set(document["checks"][0])
    assert document["ok"] == (answer.returncode == 0)
    assert set(cli.json("devices")) == {"devices"}


def test_a_file_that_is_there_is_not_lost_when_an_export_fails(cli: Cli):
    made = cli.json("new", DEMO / "agenda.yaml")["id"]
    answer = cli("export", made, "-o", cli.folder / "没有这个文件夹" / "x.md")
    assert answer.returncode == 1 and "safe" in answer.stderr and answer.stdout == ""


def test_output_in_chinese_by_default(cli: Cli):
    answer = cli("show", "不存在", MEETING_LANG="zh_CN")
    assert answer.returncode == 1 and "会议" in answer.stderr and "meeting list" in answer.stderr
