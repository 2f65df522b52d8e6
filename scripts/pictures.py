"""Draws docs/console.svg: the console itself, in Chinese, on a scripted meeting whose speakers nobody has named yet."""

import asyncio
from pathlib import Path

import msgspec

from meeting.domain.events import Segment
from meeting.stream.messages import Snapshot
from tests.unit.ui.console_script import answer, demo
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


if __name__ == "__main__":
    target = Path(__file__).parent.parent / "docs" / "console.svg"
    asyncio.run(picture([unnamed(message) for message in demo()], (112, 30), target, answer))
