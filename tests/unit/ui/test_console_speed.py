"""Three hours of speech on the screen: what a person would feel, in processor time so that a busy machine is fair."""

import random
import time
from collections.abc import Callable
from statistics import median

from meeting.domain.events import Segment
from meeting.stream.messages import Partial, Snapshot
from tests.unit.ui.console_script import WELCOME, segment, status
from ui.console.app import ConsoleApp
from ui.console.scripted import ScriptedStream

WORDS = "会议原则同意办公用房清理整改方案由资产处牵头，办公室配合于2026年三月底前完成全部任务。"
COUNT = 10_000


def spoken(count: int = COUNT) -> tuple[Segment, ...]:
    chance = random.Random(3)
    return tuple(
        segment(
            n,
            n * 1000,
            "".join(chance.choices(WORDS, k=chance.randint(5, 80))),
            speaker=chance.choice(["李建国", "周敏", "沈毅"]),
            item_id=f"i{1 + n // 4000}",
        )
        for n in range(count)
    )


def typical_ms(do: Callable[[int], object], times: int) -> float:
    taken = []
    for turn in range(times):
        before = time.process_time()
        do(turn)
        taken.append((time.process_time() - before) * 1000)
    return median(taken)


async def test_ten_thousand_segments_append_and_scroll_at_once() -> None:
    stream = ScriptedStream([WELCOME, Snapshot(seq=COUNT, segments=spoken()), status(COUNT * 1000)])
    app = ConsoleApp(stream.connect)
    async with app.run_test(size=(110, 32)) as pilot:
        while len(app.model.rows) < COUNT or not app._meeting.transcript.max_scroll_y:
            await pilot.pause(0.02)
        view = app._meeting.transcript
        assert view.scroll_offset.y == view.max_scroll_y

        def append(turn: int) -> None:
            number = COUNT + turn
            app._meeting.show(app.model.apply(segment(number, number * 1000, WORDS, item_id="i3")))

        def partial(turn: int) -> None:
            number = COUNT * 2
            message = Partial(
                segment_id="p", revision=turn, start_ms=number * 1000, end_ms=number * 1001, text=WORDS
            )
            app._meeting.show(app.model.apply(message))

        def page(turn: int) -> None:
            view.scroll_page_up()
            app.screen._compositor.render_strips()

        # Beside other tests and counted by coverage: `meeting bench console` holds the figures (5, 5 and 33 ms).
        assert typical_ms(append, 50) < 25
        assert typical_ms(partial, 50) < 25
        assert typical_ms(page, 30) < 150
