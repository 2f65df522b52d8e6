"""A whole small meeting, with right and wrong tokens: what is logged holds neither a token nor a word that was said."""

import asyncio
import contextlib
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from meeting.access.grant import Grant
from meeting.domain.events import AgendaChanged, End, Sharing
from meeting.home import Home
from meeting.logs import log_to
from tests.integration.stream_host import open_room, said, serving

WORDS = "会议原则同意𠮷字号楼腾退"
WRONG = "0123456789abcdef0123456789abcdef"


async def test_no_secret_is_in_any_log_after_a_whole_meeting(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_LOG", "debug")
    home = Home(tmp_path / "家").prepare()
    handler = log_to(home.run)
    try:
        secrets = await _meeting(home)
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger("meeting").removeHandler(handler)
        handler.close()
    kept = (home.run / "token", home.folder / "meeting.db")
    files = [path for path in home.folder.rglob("*") if path.is_file() and path not in kept]
    logs = [path for path in files if "meeting.db" not in path.name and "index" not in path.parts]
    assert any(path.name == "service.jsonl" for path in logs) and secrets
    out, err = capfd.readouterr()
    said_by_program = {str(path): path.read_text("utf-8", "replace") for path in logs} | {"out": out, "err": err}
    for where, text in said_by_program.items():
        for secret in (*secrets, WRONG, WORDS, WORDS[4:9]):
            assert secret not in text, where


async def _meeting(home: Home) -> list[str]:
    async with serving(home) as service:
        room = open_room(service)
        participant, _ = service.records.tokens.make(Grant(role="participant", clearance="内部"))
        tokens = [home.token(), participant]
        await room.tell([AgendaChanged(items=room.items, by="王芳")])
        await room.tell([Sharing(audience="participants", transcript=True, by="王芳")])
        for token in (*tokens, WRONG, WORDS):
            for path in ("/stream", f"/stream?token={token}"):
                await _visit(f"ws://127.0.0.1:{service.ports.port}{path}", token)
        logging.getLogger("meeting").warning("marker")
        await room.tell([said(1, WORDS), said(2, WORDS), End(reason="stopped")])
        room.ended.set()
        while service.session is not None:
            await asyncio.sleep(0.02)
        return tokens


async def _visit(url: str, token: str) -> None:
    options: dict[str, Any] = {"proxy": None, "close_timeout": 1}
    with contextlib.suppress(ConnectionClosed, InvalidHandshake, ValueError, OSError):
        async with asyncio.timeout(60), open_socket(url, **options) as socket:
            await socket.send(json.dumps({"type": "hello", "token": token}))
            await socket.recv()
            for command in (
                {"type": "search", "query": WORDS},
                {"type": "edit", "segment_id": WORDS},
                {"type": WORDS},
            ):
                await socket.send(json.dumps({"id": "1", **command}))
            await socket.send(json.dumps({"type": "next", "id": "2"}))
            while json.loads(await socket.recv()).get("id") != "2":
                pass
