"""Draws docs/console*.svg: the console itself, in Chinese, its screens on the scripts of their tests."""

import asyncio
from pathlib import Path

import msgspec

from meeting.domain.events import Segment, Sharing
from meeting.stream.messages import Recalled, Snapshot
from tests.unit.ui.console_script import BEFORE, answer, demo
from tests.unit.ui.test_console_screens import IDLE, Service, over
from ui.console.picture import picture


def unnamed(message: object) -> object:
    """The message without speakers."""
    match message:
        case Segment():
            return msgspec.structs.replace(message, speaker=None)
        case Snapshot(segments=segments):
            bare = tuple(msgspec.structs.replace(segment, speaker=None) for segment in segments)
            return msgspec.structs.replace(message, segments=bare)
        case _:
            return message


async def main() -> None:
    """The meeting, with speakers whom nobody has named yet, and the screens around it."""
    docs = Path(__file__).parent.parent / "docs"
    size, service = (112, 30), Service()
    await picture([unnamed(message) for message in demo()], size, docs / "console.svg", answer)
    await picture([IDLE], size, docs / "console-start.svg", service.answer)
    archive = docs / "console-archive.svg"
    await picture(demo(), size, archive, service.answer, keys=("f3", *"zhineng", "f3"))
    await picture(over(), size, docs / "console-after.svg", service.answer, keys=("enter",))
    shown = [*demo(), msgspec.convert(BEFORE, Recalled), Sharing(audience="display", transcript=True, by="王芳")]
    await picture(shown, size, docs / "console-display.svg", service.answer, display=True)


if __name__ == "__main__":
    asyncio.run(main())
