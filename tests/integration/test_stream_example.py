"""The example in docs/protocol.md runs as it stands there, against a real service."""

import asyncio
import re
import sys
from pathlib import Path

from meeting.domain.events import AgendaChanged, End
from meeting.home import Home
from tests.integration.stream_host import open_room, said, serving

DOCUMENT = Path(__file__).parents[2] / "docs/protocol.md"


def example() -> str:
    found = re.search(r"## In Python\n+```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def test_example_is_short() -> None:
    assert len([line for line in example().splitlines() if line.strip()]) <= 15


async def test_example_prints_what_is_said_and_ends_with_the_meeting(tmp_path: Path) -> None:
    script = tmp_path / "follow.py"
    script.write_text(example(), encoding="utf-8")
    async with serving(Home(tmp_path / "家").prepare()) as service:
        room = open_room(service)
        await room.tell([AgendaChanged(items=room.items, by="王芳"), said(1, "同意𠮷。")])
        address = service.home.address()
        command = (sys.executable, str(script), address.ws_url, address.token)
        root = str(DOCUMENT.parents[1])
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": root, "PYTHONUTF8": "1"}
        )
        assert process.stdout is not None
        async with asyncio.timeout(120):
            heard = [await process.stdout.readline()]
            await room.tell([said(2, "不同意。"), End(reason="stopped")])
            room.ended.set()
            heard += (await process.stdout.read()).splitlines(keepends=True)
            assert await process.wait() == 0
    assert [line.decode() for line in heard] == ["2 同意𠮷。\n", "3 不同意。\n"]
