"""A shared meeting over TLS: tokens as the command mints them, and what is said shown once the secretary says so."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from meeting.access.grant import Grant
from meeting.domain.events import Phase, Segment, Sharing
from meeting.home import Home
from meeting.ports import Share
from meeting.service import Service
from meeting.stream import messages
from meeting.stream.client import CommandRefused, Received, Stream, connect
from meeting.stream.messages import Partial, Snapshot
from tests.conftest import Cli
from tests.integration.stream_host import at_work
from tests.integration.test_amending import asking, begun, heard, no_model
from tests.integration.test_security_network import OTHER

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux answers at all addresses of the loopback network"
)


@asynccontextmanager
async def shared(home: Home) -> AsyncIterator[Service]:
    service = Service(home, no_model, Share(address=OTHER))
    async with at_work(service):
        yield service


@asynccontextmanager
async def looking_in(home: Home, token: str) -> AsyncIterator[Stream]:
    """A client on the network, that knows the service by its fingerprint."""
    address = home.address()
    stream = address.shared[0].replace("https", "wss") + "stream"
    async with asyncio.timeout(120), connect(stream, token, fingerprint=address.fingerprint) as client:
        yield client


async def until(stream: Stream, wanted: Callable[[Received], bool]) -> list[Received]:
    """What comes up to what is wanted, which is the last."""
    found: list[Received] = []
    async for message in stream:
        found.append(message)
        if wanted(message):
            return found
    raise AssertionError("the stream ended")


def texts(message: Received) -> list[str]:
    return [one.text for one in message.segments] if isinstance(message, Snapshot) else []


def is_snapshot(message: Received) -> bool:
    return isinstance(message, Snapshot)


async def test_what_is_said_is_shown_to_whom_the_secretary_names_in_this_meeting_alone(
    cli: Cli, home: Path
) -> None:
    async def meeting(*arguments: object) -> str:
        answer = await asyncio.to_thread(cli, *arguments)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    here = Home(home).prepare()
    async with shared(here) as service, AsyncExitStack() as clients:
        session = await begun(service)
        made, _ = service.records.tokens.make(Grant(role="participant", clearance="内部"))
        tokens = [await meeting("tokens", "new", "--role", "display"), made]
        assert all(len(bytes.fromhex(one)) == 16 for one in tokens)
        screen, phone = [await clients.enter_async_context(looking_in(here, one)) for one in tokens]
        for one in (screen, phone):
            assert texts((await until(one, is_snapshot))[-1]) == []
        with pytest.raises(CommandRefused) as refused:
            await screen.command(messages.Share(id="s0", audience="display", transcript=True))
        assert refused.value.code == "not_allowed"

        await heard(session, "会议原则同意𠮷字号楼腾退。")
        answer = json.loads(await meeting("share", "display", "--json"))
        assert answer == {"audience": "display", "transcript": True}
        shown = await until(screen, is_snapshot)
        assert texts(shown[-1]) == ["会议原则同意𠮷字号楼腾退。"]
        assert not [one for one in shown if isinstance(one, Segment | Partial)]
        await session.ledger.store(lambda: [said(2, "下一句。"), Phase(phase="items", by="标记")])
        follows = await until(screen, lambda one: isinstance(one, Phase))
        assert [one.text for one in follows if isinstance(one, Segment)] == ["下一句。"]
        # Who was not named has got all that came so far, and none of it was said.
        elsewhere = await until(phone, lambda one: isinstance(one, Phase))
        assert not [one for one in elsewhere if isinstance(one, Segment | Partial) or texts(one)]

        async with asking(here) as secretary:
            for _ in range(2):
                # Once for its id, however often it is sent.
                await secretary.command(messages.Share(id="s1", audience="participants", transcript=True))
            assert "".join(texts((await until(phone, is_snapshot))[-1])).endswith("下一句。")
            await secretary.command(messages.Share(id="s2", audience="display", transcript=False))
        await until(screen, lambda one: is_snapshot(one) and not texts(one))
        switched = [one for one in service.records.log(session.meeting.id).all() if isinstance(one, Sharing)]
        assert [(one.audience, one.transcript, one.by) for one in switched] == [
            ("display", True, "secretary"),
            ("participants", True, "secretary"),
            ("display", False, "secretary"),
        ]
        await session.stop("secretary")
        while service.session is not None:
            await asyncio.sleep(0.05)
        following = await begun(service)
        await heard(following, "下一次会议的话。")
        async with looking_in(here, tokens[1]) as phone:
            assert texts((await until(phone, is_snapshot))[-1]) == []


def said(number: int, text: str) -> Segment:
    at = number * 1000
    return Segment(segment_id=f"s{number}", rev=1, item_id=None, start_ms=at, end_ms=at + 900, text=text)
