"""What an operator sees of the service: health, metrics, and a log that holds no word of the meeting."""

import asyncio
import json
import logging
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meeting.domain.events import AgendaChanged, SoundSealed
from meeting.errors import StoreLocked
from meeting.home import Home
from meeting.logs import log_to
from meeting.service import Service
from meeting.stream.messages import Recalled, Status
from tests.integration.stream_host import open_room, said, serving
from tests.integration.stream_sockets import first, port_of, raw


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


async def get(service: Service, path: str) -> tuple[int, str]:
    def ask() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port_of(service)}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return await asyncio.to_thread(ask)


async def test_health_says_what_answers_and_nothing_else(service: Service) -> None:
    status, body = await get(service, "/healthz")
    assert (status, json.loads(body)) == (
        200,
        {"live": True, "ready": True, "store": True, "recorder": True, "recognizer": True},
    )


async def test_not_ready_when_a_part_does_not_answer(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    room = open_room(service)
    broken = Status(recording="keep", state="no_device", recognizer="restarting")
    service.hub.pass_on(room.meeting.id, "status", broken)
    status, body = await get(service, "/healthz")
    found = json.loads(body)
    assert (status, found["ready"], found["recorder"], found["recognizer"]) == (503, False, False, False)

    async def held() -> None:
        raise StoreLocked(file="records.db")

    monkeypatch.setattr(service, "look_at_store", held)
    found = json.loads((await get(service, "/healthz"))[1])
    assert (found["live"], found["store"]) == (True, False)


async def test_metrics_count_clients_events_drops_and_decodes(service: Service) -> None:
    room = open_room(service)
    async with raw(service, after=0) as socket:
        await first(socket, "welcome")
        await room.tell([AgendaChanged(items=room.items, by="王芳"), said(1, "绝不外传的话")])
        await first(socket, "segment")
        service.hub.decoded("final", 300)
        service.hub.pass_on(room.meeting.id, "status", Status(recording="keep", state="recording", lag_ms=1500))
        status, text = await get(service, "/metrics")
    lines = text.splitlines()
    assert status == 200
    for expected in (
        "meeting_stream_clients 1.0",
        'meeting_events_total{type="segment"} 1.0',
        "meeting_lag_seconds 1.5",
        "meeting_stream_dropped_total 0.0",
        "meeting_stream_queue_depth 0.0",
        'meeting_decode_seconds_bucket{kind="final",le="0.4"} 1.0',
        'meeting_decode_seconds_bucket{kind="final",le="0.2"} 0.0',
    ):
        assert expected in lines
    assert "绝不外传的话" not in text and service.home.address().token not in text


async def failing() -> None:
    raise ValueError("绝不外传的话")


async def test_log_has_a_line_for_each_event_and_no_word_of_it(service: Service, tmp_path: Path) -> None:
    handler = log_to(tmp_path / "log")
    try:
        room = open_room(service)
        async with raw(service, after=0) as socket:
            await room.tell([said(1, "绝不外传的话")])
            await first(socket, "segment")
        while len(service.hub):
            await asyncio.sleep(0.01)
        logging.getLogger("meeting").warning("token=%s refused", service.home.address().token)
        try:
            raise ValueError("绝不外传的话")
        except ValueError:
            logging.getLogger("meeting").exception("a command failed")
        forgotten = asyncio.create_task(failing())
        await asyncio.wait([forgotten])
        forgotten.exception()
        asyncio.get_running_loop().default_exception_handler(
            {
                "message": "Task exception was never retrieved",
                "future": forgotten,
                "exception": forgotten.exception(),
            }
        )
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    text = (tmp_path / "log" / "service.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["seq"] for line in lines if line["event"] == "event"] == [1]
    assert {"client joined", "client left", "a command failed"} <= {line["event"] for line in lines}
    mistakes = [line for line in lines if "error" in line]
    assert [line["event"] for line in mistakes] == ["a command failed", "Task exception was never retrieved"]
    for line in mistakes:
        assert line["error"] == "ValueError" and "test_stream_watching.py" in line["where"][0]
    assert "绝不外传的话" not in text and service.home.address().token not in text


async def test_who_comes_late_is_told_the_background_of_the_current_item_alone(service: Service) -> None:
    room = open_room(service)
    current = next(iter(room.items)).item_id
    for item_id in ("別的", current):
        service.hub.pass_on(
            room.meeting.id,
            "background",
            Recalled(meeting_id=room.meeting.id, item_id=item_id, number=1, title="办公用房清理整改"),
        )
        async with raw(service, after=0, hints=True) as socket:
            welcome = await first(socket, "welcome")
            await room.tell([said(1, "好的。")])
            kinds = [
                json.loads(await socket.recv()) for _ in range(2 if item_id == welcome["current_item"] else 1)
            ]
        told = [one["item_id"] for one in kinds if one["type"] == "background"]
        assert told == ([current] if item_id == welcome["current_item"] else [])


async def test_hints_go_to_who_asked_for_them_alone(service: Service) -> None:
    room = open_room(service)
    async with raw(service, after=0) as plain, raw(service, after=0, hints=True) as asked:
        for socket in (plain, asked):
            await first(socket, "welcome")
        hint = Recalled(meeting_id=room.meeting.id, item_id="别的", number=1, title="办公用房清理整改")
        service.hub.pass_on(room.meeting.id, "background", hint)
        await room.tell([said(1, "好的。")])
        assert (await first(asked, "background"))["item_id"] == "别的"
        kinds: list[str] = []
        while "segment" not in kinds:
            kinds.append(json.loads(await plain.recv())["type"])
    assert "background" not in kinds


async def test_the_seal_of_the_sound_is_for_verify_and_sent_to_no_client(service: Service) -> None:
    room = open_room(service)
    room.log.append([said(1, "好的。"), SoundSealed(chain="9f86"), said(2, "同意。")])
    async with raw(service, after=0) as socket:
        await first(socket, "welcome")
        kinds: list[str] = []
        while kinds.count("segment") < 2:
            kinds.append(json.loads(await socket.recv())["type"])
    assert "sound_sealed" not in kinds
