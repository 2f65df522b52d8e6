"""秘密 and above by the program itself: refused where the grade is not declared, else on a Unix socket alone."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
from pathlib import Path

import psutil
import pytest

from meeting.access.errors import PortsOpen
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.errors import ClassifiedRefused
from meeting.home import Home
from meeting.records import Records
from meeting.store.meetings import RunOptions
from meeting.stream.client import CommandRefused
from meeting.stream.messages import NewMeeting, Start
from tests.conftest import Cli
from tests.integration.test_amending import asking, serving
from tests.integration.test_security_network import declared
from ui.cli.records import store_agenda

# No sound: no device is needed for what is tried here.
AGENDA = """\
title: 人事会议
date: 2026-11-24
classification: {grade}
recording: off
items:
  - {{number: 1, title: 研究𠮷字号人事}}
"""
SECRET = Agenda(
    title="人事会议",
    date="2026-11-24",
    recording="off",
    items=(AgendaItem(number=1, title="研究人事", classification="机密"),),
)


def agenda_at(folder: Path, grade: str) -> Path:
    path = folder / f"{grade}.yaml"
    path.write_text(AGENDA.format(grade=grade), encoding="utf-8")
    return path


def listening(child: "subprocess.Popen[str]") -> list[int]:
    """The TCP ports on which a process or one of its children listens, by what the system itself lists."""
    processes = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
    held = set[str]()
    for one in processes:
        # A child may end, and a file be closed, while they are looked at.
        with contextlib.suppress(OSError):
            for link in Path(f"/proc/{one.pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    held.add(os.readlink(link))
    rows = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return [int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held]


def alone_on_its_socket(home: Path, child: "subprocess.Popen[str]") -> None:
    address = Home(home).address()
    assert address.url == "" and address.shared == () and address.ws_url.startswith("ws+unix://")
    assert listening(child) == []
    path = home / "run" / "service.sock"
    assert stat.S_ISSOCK(path.stat().st_mode) and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(one.stat().st_mode) for one in (home, home / "run")] == [0o700, 0o700]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(30)
        knocking.connect(str(path))


@pytest.mark.model
@pytest.mark.usefixtures("model_path")
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system lists its ports elsewhere")
def test_classified_meeting_is_run_where_its_grade_is_declared_and_ended_where_it_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The system has little room for the path of such a socket.
    cli = Cli(tmp_path / "h", tmp_path)
    good, none = declared(tmp_path, "秘密"), {"MEETING_CONFIG": str(tmp_path / "none")}
    agenda = agenda_at(tmp_path, "秘密")
    try:
        refused = cli("run", agenda, "--no-console", **none)
        assert refused.returncode == 1 and "grade is not declared" in refused.stderr
        assert Records(Home(cli.home)).meetings.all() == []
        for name, value in good.items():
            monkeypatch.setenv(name, value)
        meeting = store_agenda(agenda, cli.home)
        for options in (("--no-console",), ()):
            # Stored under the grade, which was withdrawn since.
            refused = cli("run", meeting, *options, **none)
            assert refused.returncode == 1 and "grade is not declared" in refused.stderr, refused
        assert Records(Home(cli.home)).meetings.get(meeting).state == "scheduled"

        child = cli.start("run", meeting, "--no-console", **good)
        cli.serving(child, meeting)
        alone_on_its_socket(cli.home, child)
        child.send_signal(signal.SIGKILL)
        child.wait()

        child = cli.start("serve", **none)
        cli.serving(child, meeting)
        alone_on_its_socket(cli.home, child)
        ended = cli("stop", **none)
        assert ended.returncode == 0, ended.stderr
        child.terminate()
        _, said = child.communicate(timeout=60)
        assert child.returncode == 0 and meeting in said and "not declared any more" in said
        assert not (cli.home / "run" / "service.sock").exists()
    finally:
        cli.close()


async def test_what_is_classified_does_not_come_in_beside_a_service_on_a_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_CONFIG", str(tmp_path / "none"))
    home = Home(tmp_path / "家").prepare()
    (tmp_path / "纪要.txt").write_text("机密★3年\n人事会议纪要\n会议研究了人事。\n", encoding="utf-8")
    async with serving(home) as service, asking(home) as stream:
        # Declared while a service runs that has opened its port already.
        for name, value in declared(tmp_path, "机密").items():
            monkeypatch.setenv(name, value)
        agenda = agenda_at(tmp_path, "秘密")
        with pytest.raises(PortsOpen):
            store_agenda(agenda, home.folder)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(NewMeeting(id="n1", path=str(agenda)))
        assert refused.value.code == "ports_open"
        (report,) = service.records.library.import_files([tmp_path / "纪要.txt"])
        assert (report.status, type(report.error)) == ("refused", PortsOpen)
        assert service.records.meetings.all() == [] and service.records.archive.grades() == []
        store_agenda(agenda_at(tmp_path, "内部"), home.folder)
        # One that was put there past all that is not begun either.
        meeting = service.records.meetings.add(SECRET)
        with pytest.raises(CommandRefused) as refused:
            await stream.command(Start(id="b1", meeting=meeting))
        assert refused.value.code == "ports_open" and service.session is None


async def test_stored_meeting_is_not_begun_by_a_running_service_once_its_grade_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in declared(tmp_path, "机密").items():
        monkeypatch.setenv(name, value)
    home = Home(tmp_path / "h").prepare()
    async with serving(home) as service:
        assert service.ports.private
        meeting = service.records.meetings.add(SECRET)
        monkeypatch.setenv("MEETING_CONFIG", str(tmp_path / "none"))
        async with asking(home) as stream:
            with pytest.raises(CommandRefused) as refused:
                await stream.command(Start(id="b1", meeting=meeting))
        assert refused.value.code == ClassifiedRefused.code and service.session is None
        assert service.records.meetings.get(meeting).state == "scheduled"


async def test_open_meeting_is_neither_shared_nor_begun_anew_once_its_grade_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in declared(tmp_path, "机密").items():
        monkeypatch.setenv(name, value)
    home = Home(tmp_path / "h").prepare()
    run = RunOptions(source="mic")
    async with serving(home) as service:
        meeting = service.records.meetings.add(SECRET)
        await service.start(meeting, run, by="secretary")
    monkeypatch.setenv("MEETING_CONFIG", str(tmp_path / "none"))
    async with serving(home) as service:
        with pytest.raises(ClassifiedRefused):
            await service.start(meeting, run, by="secretary")
        assert service.session is None
        # What `serve` does: it is taken up so that it can be ended, on its socket alone, and that is told.
        told = await service.go_on()
        assert isinstance(told, ClassifiedRefused) and service.session is not None
        assert service.ports.private and home.address().url == ""
        await service.session.stop("secretary")
        assert service.records.meetings.get(meeting).state == "closed"
    # What is held is classified still.
    async with serving(home) as service:
        assert service.ports.private
