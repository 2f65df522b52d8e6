"""A token's whole life: its hash alone on the disk, its last moment on an open connection, and who guesses it."""

import asyncio
import json
import math
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus

from meeting.access.grant import Grant
from meeting.access.tokens import Tokens
from meeting.access.watch import EVERY_S, TokenWatch
from meeting.backup.making import make_backup
from meeting.backup.restoring import restore_backup
from meeting.domain.events import AgendaChanged, Sharing
from meeting.home import Home
from meeting.ports import Share
from meeting.records import Records
from meeting.service import Service
from meeting.stream.hub import Subscription
from meeting.stream.protocol import CLOSE_REFUSED
from tests.conftest import Cli
from tests.integration.record_homes import ended
from tests.integration.stream_host import at_work, no_model, open_room, said
from tests.integration.test_security_network import OTHER
from tests.integration.test_security_stream import ask, first, joined, seen_until_phase
from tests.unit.meeting.store_homes import opened, url_of

PARTICIPANT = Grant(role="participant", clearance="内部", name="李梅")


@asynccontextmanager
async def serving(home: Home, share: Share | None = None) -> AsyncIterator[Service]:
    service = Service(home, no_model, share)
    async with at_work(service):
        yield service


async def ends(socket: ClientConnection) -> list[dict[str, Any]]:
    """What still comes before the connection is closed."""
    found = []
    with pytest.raises(ConnectionClosed):
        while True:
            found.append(json.loads(await socket.recv()))
    return found


async def test_nothing_more_is_shown_from_the_moment_that_a_token_is_over(home: Path) -> None:
    here = Home(home).prepare()
    async with serving(here) as service:
        now = [datetime.now(UTC)]
        service.records.tokens._clock = lambda: now[0]
        room = open_room(service)
        await room.tell([AgendaChanged(items=room.items, by="王芳")])
        await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
        short, _ = service.records.tokens.make(PARTICIPANT, timedelta(hours=8))
        longer, _ = service.records.tokens.make(PARTICIPANT, timedelta(hours=9))
        lasting, _ = service.records.tokens.make(PARTICIPANT)
        async with (
            joined(service, short) as one,
            joined(service, longer) as two,
            joined(service, lasting) as three,
        ):
            for socket in (one, two, three):
                await first(socket, "snapshot")
            now[0] += timedelta(hours=8)
            await ends(one)
            assert one.close_code == CLOSE_REFUSED
            await room.tell([said(1, "还看得到的话。")])
            for socket in (two, three):
                assert [found["text"] for found in await seen_until_phase(socket, room)] == ["还看得到的话。"]
                assert (await ask(socket, {"type": "search", "query": "的话"}))["type"] == "ok"
        async with joined(service, short) as again:
            assert (await first(again, "error"))["code"] == "bad_token"


async def test_who_is_shown_out_by_the_command_gets_nothing_of_what_is_said_then(home: Path, cli: Cli) -> None:
    here = Home(home).prepare()
    async with serving(here) as service:
        room = open_room(service)
        await room.tell([AgendaChanged(items=room.items, by="王芳")])
        await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
        made = await asyncio.to_thread(cli, "tokens", "new", "--role", "participant", "--name", "李梅", "--json")
        token = json.loads(made.stdout)
        async with joined(service, token["token"]) as socket, joined(service, here.token()) as own:
            await first(socket, "snapshot")
            await first(own, "snapshot")
            revoked = await asyncio.to_thread(cli, "tokens", "revoke", token["id"])
            assert revoked.returncode == 0 and "opens nothing any more" in revoked.stdout
            before = await ends(socket)
            assert socket.close_code == CLOSE_REFUSED and not [one for one in before if one["type"] == "segment"]
            await room.tell([said(1)])
            assert (await first(own, "segment"))["text"] == "同意。"
        listed = await asyncio.to_thread(cli, "tokens", "list")
        assert (
            token["id"] in listed.stdout and "taken back" in listed.stdout and token["token"] not in listed.stdout
        )


class Link:
    """A client that does not read: whatever is put waits."""

    ready = False

    def __init__(self) -> None:
        self.parted: list[int] = []

    def put(self, frames: bytes) -> None:
        raise AssertionError("nothing may leave")

    def part(self, code: int, reason: str = "") -> None:
        self.parted.append(code)


def client(token: str) -> tuple[Subscription, Link]:
    link = Link()
    one = Subscription("m", True, link)
    one.token = token
    one.go_live()
    one.outbox.put_event(1, b"still waiting")
    return one, link


async def test_the_next_look_is_when_the_next_token_is_over_and_who_does_not_read_is_ended_too(
    tmp_path: Path,
) -> None:
    now = [datetime(2026, 3, 9, 9, tzinfo=UTC)]
    with opened(url_of(tmp_path)) as engine:
        tokens = Tokens(engine, lambda: now[0])
        _, short = tokens.make(PARTICIPANT, timedelta(minutes=30))
        _, lasting = tokens.make(PARTICIPANT)
        here = [client(one) for one in (short.id, lasting.id, "")]
        stalled, other, own = (link for _, link in here)
        watch = TokenWatch(tokens, lambda: [one for one, _ in here])
        now[0] += timedelta(minutes=29, seconds=59, milliseconds=800)
        assert await watch.look() == pytest.approx(0.2) and not stalled.parted
        now[0] += timedelta(milliseconds=200)
        assert await watch.look() == EVERY_S and stalled.parted == [CLOSE_REFUSED]
        assert not other.parted and not own.parted
        assert tokens.left_s(lasting.expires_at) == math.inf


def spoil(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"no database any more" * 500)


async def test_tokens_end_in_time_also_while_the_records_do_not_answer(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 9, 9, tzinfo=UTC)]
    with opened(url_of(tmp_path)) as engine:
        tokens = Tokens(engine, lambda: now[0])
        _, short = tokens.make(PARTICIPANT, timedelta(minutes=30))
        _, lasting = tokens.make(PARTICIPANT)
        (one, first_link), (two, second_link) = client(short.id), client(lasting.id)
        watch = TokenWatch(tokens, lambda: (one, two))
        await watch.look()
    spoil(tmp_path)
    now[0] += timedelta(minutes=30)
    await watch.look()
    assert first_link.parted == [CLOSE_REFUSED] and not second_link.parted


async def test_of_a_token_only_the_hash_is_anywhere_in_the_home(home: Path) -> None:
    here = Home(home).prepare()
    async with serving(here) as service:
        open_room(service)
        made = [service.records.tokens.make(msgspec.structs.replace(PARTICIPANT, name=n))[0] for n in "甲乙丙"]
        for token in made:
            async with joined(service, token) as socket:
                await first(socket, "welcome")
        own = here.token()
        holding = set()
        for path in (path for path in here.folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            assert not [token for token in made if token.encode() in content or bytes.fromhex(token) in content]
            if own.encode() in content:
                holding.add(path)
        # That of the machine's own user is for its programs to read, and for nobody else.
        assert holding == {here.run / "token", here.run / "service.json"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in holding} == {0o600}


def test_token_that_was_taken_back_after_a_back_up_does_not_come_back_with_it(home: Path, tmp_path: Path) -> None:
    records, _ = ended(home, seconds=1)
    token, listed = records.tokens.make(PARTICIPANT)
    other, early = records.tokens.make(PARTICIPANT)
    records.tokens.revoke(early.id)
    (earlier,) = (one.revoked_at for one in records.tokens.all() if one.id == early.id)
    make_backup(records.home, tmp_path / "备份")
    records.tokens.revoke(listed.id)
    records.close()
    restore_backup(tmp_path / "备份", Home(tmp_path / "另一个家").prepare())
    restored = Records(Home(tmp_path / "另一个家"))
    assert restored.tokens.grant_of(token) is None and restored.tokens.grant_of(other) is None
    assert restored.tokens.standing() == {}
    assert earlier in [one.revoked_at for one in restored.tokens.all()]
    restored.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers at all addresses of the loopback network")
async def test_who_guesses_tokens_waits_and_the_room_does_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Three stations of a network, as this machine has them: all but its own address are others' here.
    monkeypatch.setattr("meeting.stream.guard.is_loopback", lambda address: address in ("127.0.0.1", "unix"))
    monkeypatch.setattr("meeting.stream.guard.LONGEST_ANSWER_S", 0.01)
    monkeypatch.setattr("meeting.stream.penalties.FIRST_WAIT_S", 600.0)
    here = Home(home).prepare()

    @asynccontextmanager
    async def knock(url: str, token: str, station: str) -> AsyncIterator[ClientConnection]:
        options: dict[str, Any] = {"proxy": None, "close_timeout": 1, "local_addr": (station, 0)}
        async with asyncio.timeout(60), open_socket(url, **options) as socket:
            await socket.send(json.dumps({"type": "hello", "token": token}))
            yield socket

    async with serving(here, Share(address=OTHER, plain=True)) as service:
        open_room(service)
        good, _ = service.records.tokens.make(PARTICIPANT)
        url = service.ports.shared_urls[0].replace("http", "ws") + "stream"
        async with knock(url, good, "127.0.0.6") as there:
            await first(there, "welcome")
            for number in range(4):
                async with knock(url, f"{number:032x}", "127.0.0.5") as socket:
                    assert (await first(socket, "error"))["code"] == "bad_token"
            with pytest.raises(InvalidStatus, match="429"):
                async with knock(url, good, "127.0.0.5"):
                    pass
            for station, address in (("127.0.0.7", url), ("127.0.0.1", service.ports.ws_url)):
                async with knock(address, good, station) as socket:
                    await first(socket, "welcome")
            assert (await ask(there, {"type": "search", "query": "议题"}))["type"] == "ok"
