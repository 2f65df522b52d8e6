"""Old minutes of every kind by command: reported one by one, reviewed, taken up again after a kill."""

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from tests.conftest import ROOT, Cli, command
from tests.unit.search.extract.pdf_files import pdf

ARCHIVE = ROOT.parent / "shared" / "data" / "archive"
UNSURE = "会议纪要\n时间：9月12日\n一、研究用房\n会议同意腾退三层。2023年1月5日前完成。"


def at_terminal(cli: Cli, *arguments: object, answers: list[str], timeout: float = 120) -> tuple[int, str]:
    """Runs a command with a terminal around it, typing an answer at each prompt; its exit code and what was shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(arguments), env=cli.environment, cwd=cli.folder, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown, asked, until = b"", 0, time.monotonic() + timeout
        while time.monotonic() < until and select.select([ours], [], [], until - time.monotonic())[0]:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if shown.rstrip().endswith(b":") and shown.count(b": ") > asked and answers:
                asked = shown.count(b": ")
                os.write(ours, answers.pop(0).encode() + b"\n")
        if time.monotonic() >= until:
            process.kill()
        code = process.wait(60)
    os.close(ours)
    return code, shown.decode("utf-8", "replace")


def files(folder: Path) -> Path:
    """One file of each kind, and what goes wrong with them."""
    folder.mkdir()
    document = Document()
    document.add_paragraph("局务会议纪要")
    document.add_paragraph("2024年5月6日")
    document.save(str(folder / "一.docx"))
    (folder / "二.pdf").write_bytes(pdf([["党组会议纪要", "2024年5月7日", "一、研究𠮷"]]))
    (folder / "三.html").write_text("<h1>周例会会议纪要</h1><p>2024年5月8日", encoding="utf-8")
    (folder / "四.md").write_text("# 专题会议纪要\n\n2024年5月9日\n", encoding="utf-8")
    (folder / "五.txt").write_bytes("馆务会议纪要\n2024年5月10日".encode("utf-16"))
    (folder / "扫描.pdf").write_bytes(pdf([[]], pictures=True))
    (folder / "断.docx").write_bytes((folder / "一.docx").read_bytes()[:2000])
    with zipfile.ZipFile(folder / "包.zip", "w") as archive:
        archive.writestr("六.txt", "县长办公会议纪要\n2024年5月11日")
        archive.writestr("../七.txt", "x")
    return folder


def test_every_kind_is_reported_with_its_reason(cli: Cli, tmp_path: Path) -> None:
    reports = cli.json("import", files(tmp_path / "旧"))["files"]
    found = {Path(report["path"]).name: (report["status"], report["reason"] or "") for report in reports}
    good = {name for name, (status, _) in found.items() if status == "imported"}
    assert good == {"一.docx", "二.pdf", "三.html", "四.md", "五.txt", "六.txt"}
    assert "it is a scan" in found["扫描.pdf"][1]
    assert "cut off or damaged" in found["断.docx"][1]
    assert "leads out of the archive" in found["七.txt"][1]
    again = cli.json("import", tmp_path / "旧")["files"]
    assert [report["status"] for report in again].count("known") == 6
    hits = cli.json("search", "县长办公会议", "--kind", "minutes")["hits"]
    assert [hit["source"] for hit in hits][:1] == [str(tmp_path / "旧" / "包.zip" / "六.txt")]


def test_open_questions_are_listed_and_answered_by_option(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "旧.txt"
    path.write_text(UNSURE, encoding="utf-8")
    first = cli.json("import", path, "--review")
    assert first["files"] == [{"path": str(path), "status": "imported", "reason": None}]
    date, body = first["review"]
    assert (date["field"], date["candidates"], date["path"]) == ("date", ["2023-01-05"], str(path))
    assert "--answer ID=VALUE" in cli("import", "--review").stdout
    left = cli.json("import", "--answer", f"{date['id']}=2024-09-12", "--review")
    assert [one["field"] for one in left["review"]] == ["body"]
    assert cli.json("search", "腾退三层")["hits"][0]["date"] == "2024-09-12"
    wrong = cli("import", "--answer", f"{body['id']}x=ok")
    assert wrong.returncode == 2 and "Nothing is asked under" in wrong.stderr
    cli.json("import", "--answer", f"{body['id']}=-")
    assert cli.json("import", "--review") == {"files": [], "review": []}


def test_open_questions_are_asked_in_a_terminal(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "旧.txt").write_text(UNSURE, encoding="utf-8")
    cli("import", tmp_path / "旧.txt")
    code, shown = at_terminal(cli, "import", "--review", answers=["昨天", "2024-09-12", "市档案馆"])
    assert code == 0, shown
    assert "does not answer" in shown
    assert cli.json("import", "--review")["review"] == []
    assert cli.json("search", "腾退三层")["hits"][0]["date"] == "2024-09-12"


def test_an_import_that_was_killed_goes_on(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "旧"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(f"局务会议纪要\n2024年5月6日\n一、研究第{number}号用房", "utf-8")
    with subprocess.Popen(
        command(("import", folder)), env=cli.environment, cwd=cli.folder, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        # So little fits into it that the rest waits for a reader, which there is not.
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        for _ in range(20):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    statuses = [report["status"] for report in cli.json("import", folder)["files"]]
    assert statuses.count("known") >= 20 and statuses.count("imported") > 0
    assert len(statuses) == 300 and "refused" not in statuses
    assert cli.json("search", '"第299号用房"')["total"] == cli.json("search", '"第3号用房"')["total"] == 1


def test_a_column_that_is_not_known_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["会议名称", "局务会"], ["序号", "议题", "经办处室"], ["1", "审议方案", "资产管理处"]):
        book.active.append(row)
    path = tmp_path / "议题清单.xlsx"
    book.save(path)
    refused = cli("new", path)
    assert refused.returncode == 2 and "--column '经办处室=FIELD'" in refused.stderr
    by_option = cli.json("new", path, "--column", "经办处室=汇报单位", "--set", "date=2026-11-24")
    code, shown = at_terminal(cli, "new", path, answers=["汇报单位", "2026-11-24"])
    assert code == 0, shown
    meetings = cli.json("list")["meetings"]
    assert len(meetings) == 2 and by_option["id"] in [one["id"] for one in meetings]
    for one in meetings:
        assert cli.json("show", one["id"])["items"][0]["presenting_units"] == ["资产管理处"]
    code, shown = at_terminal(cli, "new", path, answers=[""])
    assert code == 2 and len(cli.json("list")["meetings"]) == 2


@pytest.mark.shared
@pytest.mark.skipif(not ARCHIVE.is_dir(), reason="the archive of test documents is not beside the project")
def test_the_whole_archive_is_imported_each_awkward_file_with_its_reason(cli: Cli) -> None:
    answer = cli("import", ARCHIVE / "docs", ARCHIVE / "texts", "--json", timeout=300)
    assert answer.returncode == 0 and "Traceback" not in answer.stderr
    found = {Path(report["path"]).name: report for report in json.loads(answer.stdout)["files"]}
    rows = [json.loads(line) for line in (ARCHIVE / "manifest.jsonl").read_text("utf-8").splitlines()]
    wanted = {"needs-password": "password", "no-text": "it is a scan", "reject": "cut off or damaged"}
    for row in rows:
        report = found[Path(row["file"]).name]
        reason = wanted.get(row.get("expect", "extract"))
        assert (report["status"] == "refused") is (reason is not None), report
        assert (reason or "") in (report["reason"] or ""), report
    for row in rows:
        if row.get("expect") == "extract":
            hits = cli.json("search", f'"{row["check_phrase"]}"', "--limit", "50")["hits"]
            assert str(ARCHIVE / row["file"]) in [hit["source"] for hit in hits], row["id"]
