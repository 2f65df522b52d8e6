"""A page in a real browser as a client: of the service's own origin it follows the stream, of another it is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from meeting.home import Home
from tests.integration.browser import browsing
from tests.integration.stream_host import open_room, said, serving
from tests.integration.stream_sockets import port_of

EVENTS = 200
WITHIN_S = 240

FOLLOW = """
globalThis.opened = 0;
globalThis.seen = [];
globalThis.followed = new Promise((done) => {
  let epoch = null, after = 0;
  const follow = () => {
    const socket = new WebSocket(`ws://${location.host}/stream`);
    socket.onopen = () => {
      opened += 1;
      socket.send(JSON.stringify({type: "hello", token: %s, epoch, after, partials: false}));
    };
    socket.onmessage = ({data}) => {
      const message = JSON.parse(data);
      if (message.type === "welcome") epoch = message.epoch;
      if (message.type !== "segment") return;
      after = message.seq;
      seen.push([message.seq, message.text]);
      if (seen.length === 60 && opened === 1) socket.close();
      if (seen.length === %d) done(seen);
    };
    socket.onclose = () => { if (seen.length < %d) setTimeout(follow, 50); };
  };
  follow();
});
null
"""

KNOCK = """
new Promise((done) => {
  const socket = new WebSocket(%s);
  let opened = false;
  socket.onopen = () => { opened = true; socket.close(); };
  socket.onclose = ({code}) => done([opened, code]);
})
"""


@asynccontextmanager
async def elsewhere() -> AsyncIterator[str]:
    """A page of another site."""
    body = "<!doctype html><title>别处</title>".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline():
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_page_sees_each_event_once_in_order_across_reconnects_and_a_foreign_page_none(
    tmp_path: Path,
) -> None:
    async with (
        asyncio.timeout(WITHIN_S),
        browsing(tmp_path) as browser,
        serving(Home(tmp_path / "家").prepare()) as service,
        elsewhere() as foreign,
    ):
        room, port = open_room(service), port_of(service)
        await room.tell([said(number, f"第{number}句𠮷") for number in range(1, 101)])
        page = await browser.open(f"http://127.0.0.1:{port}/healthz")
        await page.run(FOLLOW % (json.dumps(service.home.address().token), EVENTS, EVENTS))
        # It leaves by itself in the middle of the replay; once it has come back, it is cut off.
        while await page.run("opened") < 2 or not len(service.hub):
            await asyncio.sleep(0.05)
        for number in range(101, EVENTS + 1):
            await room.tell([said(number, f"第{number}句𠮷")])
            if number == 150:
                while not (here := service.hub.subscriptions):
                    await asyncio.sleep(0.05)
                here[0]._link.cut()  # type: ignore[attr-defined] # a wire of a real socket
        assert await page.run("followed") == [[number, f"第{number}句𠮷"] for number in range(1, EVENTS + 1)]
        assert await page.run("opened") >= 3

        stream = json.dumps(f"ws://127.0.0.1:{port}/stream")
        assert await page.run(KNOCK % stream) == [True, 1005]
        stranger = await browser.open(foreign)
        assert await stranger.run(KNOCK % stream) == [False, 1006]
