"""What the console costs with three hours of speech on it: `python -m tests.bench.console` prints one JSON document.

Times are ms of the work and of the drawing that follows, in processor time so that a busy machine is fair; opening is
wall clock. The cost of partials is processor time over ten seconds with ten a second, as a share of one core.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles
from typing import Any

from textual.pilot import Pilot

from meeting.stream.messages import Partial, Snapshot
from tests.unit.ui.console_script import WELCOME, segment, status
from tests.unit.ui.test_console_speed import COUNT, WORDS, spoken
from ui.console.app import ConsoleApp
from ui.console.scripted import ScriptedStream

SIZE = (110, 32)
TIMES = 60
PARTIAL_SECONDS = 10
AT_MOST = {"append_ms": 5, "page_ms": 33, "rewrap_ms": 200, "open_ms": 1000, "partials_core": 0.1}


def figures(taken: list[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    return {"p50": round(median(taken), 2), "p95": round(quantiles(taken, n=20)[-1], 2)}


async def several(do: Callable[[int], None], times: int, pause: Callable[[], Awaitable[Any]]) -> list[float]:
    """How long `do` takes, each time with a rest after it so that nothing waits for it."""
    taken = []
    for turn in range(times):
        before = time.process_time()
        do(turn)
        taken.append((time.process_time() - before) * 1000)
        await pause()
    return taken


async def measure() -> dict[str, Any]:
    """All numbers of the console with `COUNT` segments."""
    stream = ScriptedStream([WELCOME, Snapshot(seq=COUNT, segments=spoken()), status(COUNT * 1000)])
    before = time.perf_counter()
    app = ConsoleApp(stream.connect)
    async with app.run_test(size=SIZE) as pilot:
        while len(app.model.rows) < COUNT or not app.screen.query("#transcript"):
            await pilot.pause(0)
        view = app.screen.query_one("#transcript")
        while not view.max_scroll_y:
            await pilot.pause(0)
        opened = (time.perf_counter() - before) * 1000
        await pilot.pause(0.5)
        return {"segments": COUNT, "size": SIZE, "open_ms": round(opened), **await hands(app, stream, pilot)}


async def hands(app: ConsoleApp, stream: ScriptedStream, pilot: Pilot[Any]) -> dict[str, Any]:
    """Appending, paging, another width, and partials."""
    screen: Any = app.screen
    view = screen.transcript

    def append(turn: int) -> None:
        number = COUNT + turn
        screen.show(app.model.apply(segment(number, number * 1000, WORDS, item_id="i3")))
        screen._compositor.render_update()

    def page(turn: int) -> None:
        (view.scroll_page_up if turn < TIMES // 2 else view.scroll_page_down)()
        screen._compositor.render_strips()

    def rewrap(turn: int) -> None:
        view._layout.resize(app.model, 60 + turn % 7)
        screen._compositor.render_strips()

    rest = pilot.pause
    found: dict[str, Any] = {"append_ms": figures(await several(append, TIMES, rest))}
    found["page_ms"] = figures(await several(page, TIMES, rest))
    found["rewrap_ms"] = figures(await several(rewrap, TIMES // 4, rest))
    view.following = True
    await rest(0.5)
    found["partials_core"] = await partials(stream)
    return found


async def partials(stream: ScriptedStream) -> float:
    """The share of a core that ten partials a second and two states a second take."""
    begun, used = time.perf_counter(), time.process_time()
    start_ms = COUNT * 2000
    for turn in range(PARTIAL_SECONDS * 10):
        text = (WORDS * 3)[: 10 + turn % 90]
        stream.put(
            Partial(
                segment_id=f"p{turn // 90}",
                revision=turn,
                start_ms=start_ms,
                end_ms=start_ms + turn * 100,
                text=text,
                stable_chars=len(text) // 2,
            )
        )
        if turn % 5 == 0:
            stream.put(status(start_ms + turn * 100, level_dbfs=-20.0 - turn % 7))
        await asyncio.sleep(max(0, begun + (turn + 1) / 10 - time.perf_counter()))
    return round((time.process_time() - used) / (time.perf_counter() - begun), 3)


def main() -> None:
    """Prints the numbers, and which of them are over what they may be."""
    found = asyncio.run(measure())
    values = {name: found[name]["p95"] if isinstance(found[name], dict) else found[name] for name in AT_MOST}
    found["over"] = [name for name, most in AT_MOST.items() if values[name] > most]
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
