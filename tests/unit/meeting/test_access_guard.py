"""The guard of the port on a scripted clock, and whose word the machine's grade is; no socket, no waiting."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from meeting.access import grade
from meeting.access.errors import GradeUnreadable, HeldClosed
from meeting.access.grade import closed_to_networks, declared_grade
from meeting.home import Home
from meeting.ports import Ports, Share
from meeting.stream.addresses import address_of, is_loopback
from meeting.stream.guard import DENIAL, JUDGE, Guard
from meeting.stream.limits import Limits

Sent = list[dict[str, Any]]


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("unix", True),
        ("192.168.1.20", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.7", False),
        ("0.0.0.0", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_what_only_this_machine_can_come_from(address: str, own: bool) -> None:
    assert is_loopback(address) is own


def scope(address: str) -> dict[str, Any]:
    return {
        "type": "websocket",
        "path": "/stream",
        "headers": [(b"host", b"localhost")],
        "client": (address, 50_000),
        "extensions": {DENIAL: {}},
    }


async def knock(guard: Guard, address: str) -> Sent:
    sent: Sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await guard(scope(address), receive, send)
    return sent


@pytest.mark.parametrize(
    ("first", "same", "other"),
    [("192.168.1.20", "192.168.1.20", "192.168.1.21"), ("fd00::1:2", "fd00::9:9", "fd00:0:0:1::2")],
)
async def test_one_more_connection_of_an_address_than_allowed_gets_429(first: str, same: str, other: str) -> None:
    hold, inside = asyncio.Event(), asyncio.Semaphore(0)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inside.release()
        await hold.wait()

    guard = Guard(app, limits=Limits(connections=2))
    held = [asyncio.create_task(knock(guard, first)) for _ in range(2)]
    for _ in held:
        await inside.acquire()
    refused = await knock(guard, same)
    assert [one.get("status") for one in refused] == [429, None]
    for free in (other, "127.0.0.1", "127.0.0.2"):
        held.append(asyncio.create_task(knock(guard, free)))
        await inside.acquire()
    hold.set()
    await asyncio.gather(*held)
    assert await knock(guard, same) == []


async def test_a_room_of_phones_behind_one_address_comes_in_once_each_has_shown_its_token() -> None:
    hold, inside = asyncio.Event(), asyncio.Semaphore(0)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await scope["extensions"][JUDGE](True)
        inside.release()
        await hold.wait()

    guard = Guard(app)
    held = []
    for _ in range(200):
        held.append(asyncio.create_task(knock(guard, "192.168.1.1")))
        async with asyncio.timeout(60):
            await inside.acquire()
    hold.set()
    assert await asyncio.gather(*held) == [[]] * 200


@pytest.mark.parametrize(
    ("client", "server", "whence"),
    [
        (None, ("/run/service.sock", None), "unix"),
        (None, None, "unix"),
        # One that was reset before anybody asked for its ends: it came from a network all the same.
        (None, ("192.168.1.2", 8420), ""),
        (("192.168.1.20", 5), ("192.168.1.2", 8420), "192.168.1.20"),
    ],
)
def test_only_what_has_no_port_is_the_machines_own_socket(client: Any, server: Any, whence: str) -> None:
    found = address_of({"type": "http", "client": client, "server": server})
    assert found == whence and is_loopback(found) == (whence == "unix")


async def test_who_sends_faster_than_allowed_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [0.0], list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(20):
            await receive()

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", "text": "{}"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    monkeypatch.setattr("meeting.stream.guard.asyncio.sleep", sleep)
    limits = Limits(burst=10, messages_per_s=2.0, loopback_messages_per_s=1e9)
    guard = Guard(app, limits=limits, clock=lambda: now[0])
    await guard(scope("192.168.1.20"), receive, send)
    assert len(waits) == 10 and now[0] == pytest.approx(5.0)


def test_only_the_administrator_declares_and_nobody_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "etc"
    folder.mkdir(mode=0o755)
    config, other = folder / "config.toml", tmp_path / "own.toml"
    monkeypatch.setattr(grade, "CONFIG", config)
    monkeypatch.setenv("MEETING_CONFIG", str(other))
    other.write_text('grade = "绝密"\n', encoding="utf-8")
    assert declared_grade() == "绝密"
    config.write_text('grade = "内部"\n', encoding="utf-8")
    for part, mode in ((config, 0o664), (config, 0o646), (folder, 0o777)):
        config.chmod(0o644)
        folder.chmod(0o755)
        part.chmod(mode)
        with pytest.raises(GradeUnreadable, match="others than the administrator"):
            declared_grade()
    config.chmod(0o644)
    folder.chmod(0o755)
    if os.getuid() == 0:
        assert declared_grade() == "内部"
        os.chown(config, 12_345, -1)
    with pytest.raises(GradeUnreadable):
        declared_grade()


def test_what_was_taken_in_stays_off_the_network_when_its_grade_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grade, "CONFIG", tmp_path / "none")
    monkeypatch.delenv("MEETING_CONFIG", raising=False)
    home = Home(tmp_path / "h").prepare()
    assert Ports(home, held="机密").private and not Ports(home, held="内部").private and not Ports(home).private
    assert not closed_to_networks("") and closed_to_networks("秘密")
    with pytest.raises(HeldClosed, match="机密"):
        Ports(home, Share(plain=True), held="机密")
