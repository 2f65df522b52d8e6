"""Who opened a record or its sound, and when: written down on every way; and what is refused for want of it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import typer

from meeting.access.openings import user_of_this_machine
from meeting.home import Home
from meeting.service import Service
from meeting.stream.messages import ClientRole
from tests.integration.record_homes import ended
from tests.integration.stream_host import serving
from tests.integration.test_security_stream import ask, first, joined, token
from tests.unit.meeting.store_homes import held_by_another, remount, small_disk
from ui.cli.access import log_of_openings
from ui.cli.recall import passage_at
from ui.cli.records import export_record, list_meetings, show
from ui.cli.verify import verify
from ui.console.errors import NoDeviceToListen
from ui.console.playing import Player

Noted = list[tuple[str, str]]


@pytest.fixture
def meeting(home: Path) -> str:
    """An ended meeting with its sound in the home."""
    records, meeting = ended(home, seconds=2)
    records.library.reindex()
    records.library.close()
    records.close()
    return meeting


@pytest.fixture
async def service(home: Path, meeting: str) -> AsyncIterator[Service]:
    async with serving(Home(home).prepare()) as running:
        yield running


def noted(service: Service, meeting: str) -> Noted:
    """Whom it names for what, in order; each with its moment."""
    found = service.records.openings.of(meeting)
    assert all(one.at.startswith("20") and one.meeting == meeting for one in found)
    return [(one.who.split()[0], one.what) for one in found]


@pytest.mark.parametrize(
    "command",
    [
        {"type": "verify"},
        {"type": "export", "format": "md"},
        {"type": "context", "document_id": "record:{}", "passage_id": "s2"},
    ],
    ids=lambda command: str(command["type"]),
)
async def test_what_the_wire_opens_is_written_down_with_who_and_when(
    service: Service, meeting: str, command: dict[str, Any]
) -> None:
    given = {name: value.format(meeting) for name, value in command.items()}
    if command["type"] != "context":
        given["meeting"] = meeting
    async with joined(service, token(service, "secretary")) as socket:
        assert noted(service, meeting) == []
        assert (await ask(socket, {"type": "search", "query": "原则同意"}))["result"]["total"]
        # What a search shows of a record is no opening of it.
        assert noted(service, meeting) == []
        answer = await ask(socket, given)
        assert answer["type"] == "ok", answer
    assert noted(service, meeting) == [("secretary", "record")]
    (one,) = service.records.openings.of(meeting)
    assert one.who.startswith("secretary 周敏 ")


@pytest.mark.parametrize("role", ["archivist", "secretary"])
async def test_record_that_is_followed_is_written_down_before_it_is_sent(
    service: Service, meeting: str, role: ClientRole
) -> None:
    async with joined(service, token(service, role), meeting=meeting) as socket:
        await first(socket, "welcome")
        assert noted(service, meeting) == [(role, "record")]


async def test_what_is_refused_is_no_opening(service: Service, meeting: str) -> None:
    for role in ("participant", "display"):
        async with joined(service, token(service, role)) as socket:
            for command in (
                {"type": "verify", "meeting": meeting},
                {"type": "export", "meeting": meeting},
                {"type": "context", "document_id": f"record:{meeting}", "passage_id": "s2"},
            ):
                assert (await ask(socket, command))["type"] == "error"
        async with joined(service, token(service, role), meeting=meeting) as socket:
            assert (await first(socket, "error"))["code"] == "meeting_unknown"
    assert noted(service, meeting) == []


def test_what_the_commands_open_is_written_down_by_the_name_of_the_machines_user(
    home: Path, meeting: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show(meeting, home=home)
    export_record(meeting, format="txt", output=tmp_path / "记录.txt", home=home)
    passage_at(f"record:{meeting}", "s2", 1, home)
    with pytest.raises(typer.Exit):
        verify(meeting, home=home)
    capsys.readouterr()
    log_of_openings(meeting, home=home, json=True)
    found = json.loads(capsys.readouterr().out)["openings"]
    assert [(one["who"], one["what"]) for one in found] == [(user_of_this_machine(), "record")] * 4
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)


async def test_sound_is_written_down_before_it_is_heard(home: Path, meeting: str) -> None:
    with pytest.raises(NoDeviceToListen):
        await Player(Home(home)).play(meeting, 0, 900, "没有这个设备")
    service = Service(Home(home), lambda name: Path(name))
    try:
        assert [(one.who, one.what) for one in service.records.openings.of(meeting)] == [
            (user_of_this_machine(), "sound")
        ]
    finally:
        service.records.close()
        service._lock.release()


async def test_what_cannot_be_written_down_is_refused_with_its_reason_and_the_talk_goes_on(
    service: Service, meeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.store.engine.BUSY_MS", 100)
    service.records._engine.dispose()
    async with joined(service, token(service, "secretary")) as socket:
        await first(socket, "welcome")
        with held_by_another(service.home.folder):
            for kind in ("export", "verify"):
                answer = await ask(socket, {"type": kind, "meeting": meeting})
                assert (answer["type"], answer["code"], answer.get("result")) == ("error", "store_locked", None)
                assert "held by another program" in answer["message"]
        answer = await ask(socket, {"type": "export", "meeting": meeting, "format": "txt"})
        assert answer["type"] == "ok"
    assert noted(service, meeting) == [("secretary", "record")]


def test_record_that_was_closed_whole_is_read_off_a_read_only_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    with small_disk(tmp_path / "disk", "size=8m") as disk:
        home = disk / "家"
        records, meeting = ended(home, seconds=1)
        records.close()
        assert not (home / "meeting.db-wal").exists()
        remount(disk, "ro")
        list_meetings(home=home)
        assert meeting in capsys.readouterr().out
        show(meeting, home=home)
        shown = capsys.readouterr()
        assert "原则同意。" in shown.out and "could not be written down" in shown.err
        export_record(meeting, format="txt", output=tmp_path / "记录.txt", home=home)
        assert "原则同意。" in (tmp_path / "记录.txt").read_text("utf-8")
        with pytest.raises(typer.Exit) as verdict:
            verify(meeting, home=home)
        assert verdict.value.exit_code == 0
        log_of_openings(meeting, home=home)
