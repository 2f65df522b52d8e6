"""What the console costs with hours of speech on it: the real app, drawn on a screen that is not shown.

Times are ms of the work and of the drawing that follows, in processor time so that a busy machine is fair; opening is
wall clock. Partials: processor time while ten a second and two states a second arrive, as a share of one core.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
from textual.pilot import Pilot

from ui.bench.console.script import SECOND_MS, WORDS, partial, segment, spoken, state, welcome
from ui.console.app import ConsoleApp
from ui.console.scripted import ScriptedStream

SIZE = (110, 32)


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Each time that was taken, in ms; `partials_core` as a share of a core."""

    open_ms: float
    append_ms: list[float]
    page_ms: list[float]
    rewrap_ms: list[float]
    partials_core: float


def measure(segments: int, times: int, partial_seconds: float) -> Work:
    """One console, opened, worked and closed."""
    return asyncio.run(_measure(segments, times, partial_seconds))


async def _measure(segments: int, times: int, partial_seconds: float) -> Work:
    stream = ScriptedStream([welcome(), spoken(segments), state(segments * SECOND_MS)])
    before = time.perf_counter()
    app = ConsoleApp(stream.connect)
    async with app.run_test(size=SIZE) as pilot:
        while len(app.model.rows) < segments or not app.screen.query("#transcript"):
            await pilot.pause(0)
        view: Any = app.screen.query_one("#transcript")
        while not view.max_scroll_y:
            await pilot.pause(0)
        opened = (time.perf_counter() - before) * 1000
        await pilot.pause(0.5)
        hands = _Hands(app, pilot, segments, times)
        appended = await hands.several(hands.append, times)
        paged = await hands.several(hands.page, times)
        rewrapped = await hands.several(hands.rewrap, max(2, times // 4))
        view.following = True
        await pilot.pause(0.5)
        return Work(
            open_ms=opened,
            append_ms=appended,
            page_ms=paged,
            rewrap_ms=rewrapped,
            partials_core=await _partials(stream, segments, partial_seconds),
        )


class _Hands:
    """What is done on the screen, and drawn at once."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[Any], segments: int, times: int) -> None:
        self._app, self._pilot, self._segments, self._times = app, pilot, segments, times
        self._screen: Any = app.screen
        self._view: Any = app.screen.query_one("#transcript")

    async def several(self, do: Callable[[int], None], times: int) -> list[float]:
        """How long `do` takes, each time with a rest after it so that nothing waits for it."""
        taken = []
        for turn in range(times):
            before = time.process_time()
            do(turn)
            taken.append((time.process_time() - before) * 1000)
            await self._pilot.pause()
        return taken

    def append(self, turn: int) -> None:
        """A new sentence, in view."""
        self._screen.show(self._app.model.apply(segment(self._segments + turn, WORDS)))
        self._screen._compositor.render_update()

    def page(self, turn: int) -> None:
        """A page back, later a page on."""
        (self._view.scroll_page_up if turn < self._times // 2 else self._view.scroll_page_down)()
        self._screen._compositor.render_strips()

    def rewrap(self, turn: int) -> None:
        """All of the record to another width."""
        self._view._layout.resize(self._app.model, 60 + turn % 7)
        self._screen._compositor.render_strips()


async def _partials(stream: ScriptedStream, segments: int, seconds: float) -> float:
    begun, used = time.perf_counter(), time.process_time()
    start_ms = segments * 2 * SECOND_MS
    for turn in range(round(seconds * 10)):
        stream.put(partial(turn, start_ms))
        if turn % 5 == 0:
            stream.put(state(start_ms + turn * 100, level_dbfs=-20.0 - turn % 7))
        await asyncio.sleep(max(0.0, begun + (turn + 1) / 10 - time.perf_counter()))
    return (time.process_time() - used) / (time.perf_counter() - begun)
