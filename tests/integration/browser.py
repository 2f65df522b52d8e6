"""A real browser without a window, steered through its DevTools protocol."""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
STARTS_WITHIN_S = 90
OPTIONS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
)


class Unanswered(Exception):
    """The browser refused a question, as it does while a page is being loaded."""


class Page:
    """One tab. `run` gives what a script's promise comes to."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session

    async def run(self, script: str) -> Any:
        """The value of an expression, awaited in the page. Raises AssertionError for an error in it."""
        options = {"expression": script, "awaitPromise": True, "returnByValue": True}
        done = await self._browser.ask("Runtime.evaluate", options, self._session)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    async def loaded(self, url: str) -> bool:
        """Whether this address is there as a whole."""
        try:
            return bool(await self.run("document.readyState + ' ' + location.href") == f"complete {url}")
        except Unanswered:
            return False


class Browser:
    """Answers are matched to questions by their ids, so that pages can be asked at the same time."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Reads until the browser goes."""
        async for line in self._socket:
            message = json.loads(line)
            waiting = self._asked.pop(message.get("id", 0), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)

    async def ask(self, method: str, options: dict[str, object], session: str = "") -> dict[str, Any]:
        """The result of one method of the protocol. Raises Unanswered when it is refused."""
        number = next(self._ids)
        self._asked[number] = answer = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": options}
        await self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        answered = await answer
        if "error" in answered:
            raise Unanswered(answered["error"])
        found: dict[str, Any] = answered["result"]
        return found

    async def open(self, url: str) -> Page:
        """A tab in which the page has been loaded."""
        target = await self.ask("Target.createTarget", {"url": url})
        options = {"targetId": target["targetId"], "flatten": True}
        page = Page(self, (await self.ask("Target.attachToTarget", options))["sessionId"])
        while not await page.loaded(url):
            await asyncio.sleep(0.05)
        return page


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Browser]:
    """A browser with a profile of its own, until the block ends; skips where there is none that starts."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no browser on this machine (apt-get install chromium)")
    arguments = [*OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    with (folder / "browser.log").open("wb") as says:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdout=says, stderr=says, start_new_session=True
        )
    try:
        async with open_socket(await _address(process, folder), proxy=None, max_size=None) as socket:
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen())
            try:
                yield browser
            finally:
                listening.cancel()
    finally:
        # The helpers of a browser are of its own session, and of nobody else's.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _address(process: asyncio.subprocess.Process, folder: Path) -> str:
    port = folder / "profile" / "DevToolsActivePort"
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STARTS_WITHIN_S):
            while process.returncode is None:
                lines = await asyncio.to_thread(_lines, port)
                if len(lines) == 2:
                    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
                await asyncio.sleep(0.05)
    said = (await asyncio.to_thread(_lines, folder / "browser.log"))[-1:]
    pytest.skip(f"the browser of this machine does not start: {said}")


def _lines(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return path.read_text("utf-8", errors="replace").splitlines()
    return []
