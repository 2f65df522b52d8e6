"""Strangers at the port are counted by whence they come, and count no more once they are known or gone."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from meeting.stream.arrivals import Arrivals, Guest
from meeting.stream.limits import Limits

HERE = ("192.168.1.2", 8420)


@pytest.fixture
async def arrivals() -> AsyncIterator[Arrivals]:
    limits = Limits(strangers=2, loopback_strangers=4, strangers_in_all=5)
    yield Arrivals(limits)


def guest(arrivals: Arrivals, address: str, port: int) -> Guest:
    one = Guest(socket.AF_INET, socket.SOCK_STREAM)
    one.arrivals, one.address, one.ends = arrivals, address, (address, port, *HERE)
    return one


def scope(address: str, port: int) -> dict[str, Any]:
    return {"type": "websocket", "client": (address, port), "server": HERE}


async def test_an_address_has_room_again_for_each_that_is_known_or_gone(arrivals: Arrivals) -> None:
    with contextlib.ExitStack() as held:
        for port in (1, 2):
            assert arrivals.admit("10.0.0.1")
            arrivals.came(held.enter_context(guest(arrivals, "10.0.0.1", port)))
        assert not arrivals.admit("10.0.0.1") and arrivals.admit("10.0.0.2") and arrivals.admit("127.0.0.1")
        arrivals.asked(scope("10.0.0.1", 1))
        assert not arrivals.admit("10.0.0.1")
        arrivals.known(scope("10.0.0.1", 1))
        assert arrivals.admit("10.0.0.1") and len(arrivals) == 1
    assert len(arrivals) == 0
    # Closing what was known already takes nothing away from others.
    assert arrivals.admit("10.0.0.1")


async def test_a_new_connection_with_the_ends_of_one_that_is_not_closed_yet_is_counted_for_itself(
    arrivals: Arrivals,
) -> None:
    old, new = (guest(arrivals, "10.0.0.1", 1) for _ in range(2))
    arrivals.came(old)
    arrivals.came(new)
    old.close()
    assert len(arrivals) == 1
    arrivals.known(scope("10.0.0.1", 1))
    assert len(arrivals) == 0
    arrivals.came(other := guest(arrivals, "10.0.0.1", 2))
    new.close()
    assert len(arrivals) == 1
    other.close()
    assert len(arrivals) == 0


async def test_a_whole_prefix_is_one_stranger_and_all_networks_together_leave_room_for_the_machine(
    arrivals: Arrivals,
) -> None:
    with contextlib.ExitStack() as held:
        for port, address in enumerate(["fd00::1:2", "fd00::9:9", "10.0.0.1", "10.0.0.2", "10.0.0.3"]):
            assert arrivals.admit(address), address
            arrivals.came(held.enter_context(guest(arrivals, address, port)))
        assert not arrivals.admit("fd00::7") and not arrivals.admit("10.0.0.4") and not arrivals.admit("10.0.0.1")
        for port in range(4):
            assert arrivals.admit("127.0.0.1")
            arrivals.came(held.enter_context(guest(arrivals, "127.0.0.1", port)))
        assert not arrivals.admit("127.0.0.1")


async def test_who_says_nothing_is_cut_and_who_has_asked_is_not(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meeting.stream.arrivals.HEAD_WITHIN_S", 0.05)
    ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
    guests = [Guest(fileno=one.detach()) for one in ours]
    for port, one in enumerate(guests):
        one.arrivals, one.address, one.ends = arrivals, "10.0.0.1", ("10.0.0.1", port, *HERE)
        arrivals.came(one)
    arrivals.asked(scope("10.0.0.1", 0))
    for one in theirs:
        one.setblocking(False)
    assert await asyncio.get_running_loop().sock_recv(theirs[1], 1) == b""
    with pytest.raises(BlockingIOError):
        theirs[0].recv(1)
    for one in (*guests, *theirs):
        one.close()
    assert len(arrivals) == 0
