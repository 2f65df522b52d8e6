"""`meeting tail` at the address of another machine's service: what it needs, and what it says where that is missing."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meeting.domain.events import AgendaChanged, End
from meeting.home import Home
from meeting.ports import Share
from meeting.service import Service
from tests.conftest import ROOT
from tests.integration.stream_host import no_model, open_room, said

OTHER = "127.0.0.2"
PASSING = ("welcome", "status", "partial", "snapshot")


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Shared with a certificate of its own, in a meeting where something was said."""
    if sys.platform != "linux":
        pytest.skip("only Linux answers at all addresses of the loopback network")
    service = Service(Home(tmp_path / "家").prepare(), no_model, Share(address=OTHER))
    task = asyncio.create_task(service.serve(service.bind(0)))
    room = open_room(service)
    await room.tell([AgendaChanged(items=room.items, by="王芳"), said(1, "第一句𠮷。"), said(2, "第二句。")])
    while not (service.home.run / "service.json").exists():
        assert not task.done()
        await asyncio.sleep(0.01)
    yield service
    service.leave()
    await task


async def tail(folder: Path, *arguments: str, until: str = "", **environment: str) -> tuple[int | None, str, str]:
    """Exit code, output and complaints; with `until` it is ended once its output holds that."""
    settings = {
        "PYTHONPATH": str(ROOT),
        "MEETING_LANG": "en",
        "MEETING_HOME": str(folder / "fremd"),
        "COLUMNS": "200",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ui.cli", "tail", *arguments),
        env=os.environ | settings | environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout and process.stderr
    async with asyncio.timeout(120):
        said = b""
        while until and until.encode() not in said and (line := await process.stdout.readline()):
            said += line
        if until and process.returncode is None:
            process.terminate()
        rest, complaints = await process.communicate()
    return process.returncode, (said + rest).decode(), complaints.decode()


def stored(output: str) -> list[int]:
    return [one["seq"] for one in map(json.loads, output.splitlines()) if one["type"] not in PASSING]


async def test_place_counts_in_the_record_that_is_named(service: Service, tmp_path: Path) -> None:
    (url,) = service.ports.shared_urls
    assert service.ports.certificate
    trusted = ("--fingerprint", service.ports.certificate.fingerprint, "--json")
    file = tmp_path / "口令"
    file.write_text(service.home.token() + "\n", "utf-8")
    named = ("--after", "2", "--epoch", service.epoch, "--token-file", str(file))
    _, output, complaints = await tail(tmp_path, url, *trusted, *named, until="第二句")
    assert stored(output) == [3] and not complaints
    given = {"MEETING_TOKEN": service.home.token()}
    _, output, complaints = await tail(tmp_path, url, *trusted, "--after", "2", until='"type":"snapshot"', **given)
    assert stored(output) == [] and "第一句𠮷" in output and "--epoch" in complaints


async def test_refusals_of_a_foreign_address_say_what_is_missing(service: Service, tmp_path: Path) -> None:
    (url,) = service.ports.shared_urls
    assert service.ports.certificate
    fingerprint = ("--fingerprint", service.ports.certificate.fingerprint)
    good = {"MEETING_TOKEN": service.home.token()}
    cases = (
        ((url, *fingerprint), {"MEETING_TOKEN": ""}, 2, "MEETING_TOKEN"),
        ((url, *fingerprint), {"MEETING_TOKEN": "falsch"}, 1, "This token opens nothing here"),
        ((url,), good, 1, "--fingerprint"),
        ((url, "--fingerprint", "00" * 32), good, 1, "another fingerprint"),
        (("gar/nichts",), good, 2, "is no address of a service"),
    )
    answers = [await tail(tmp_path, *arguments, **environment) for arguments, environment, *_ in cases]
    for (_, _, code, words), (status, output, complaints) in zip(cases, answers, strict=True):
        assert (status, output) == (code, "") and words in complaints and "Traceback" not in complaints, complaints
        assert service.home.token() not in complaints


async def test_following_ends_with_the_meeting(service: Service, tmp_path: Path) -> None:
    room = service.session
    assert room is not None
    following = asyncio.create_task(
        tail(tmp_path, service.ports.ws_url + "#nichts", MEETING_TOKEN=service.home.token())
    )
    while not len(service.hub):
        await asyncio.sleep(0.01)
    await room.tell([End(reason="stopped")])  # type: ignore[attr-defined] # a room stands in its place
    room.ended.set()
    status, output, complaints = await following
    assert (status, complaints) == (0, "") and "第一句𠮷" in output
