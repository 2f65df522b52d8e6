"""A long meeting as a console receives it: sentences of 5 to 80 characters, three speakers, three items."""

import random

from meeting.domain.events import ItemEntry, Segment
from meeting.stream.messages import MeetingHead, Partial, Snapshot, Status, Welcome

STARTED = "2026-03-09T01:00:00.000Z"
WORDS = "会议原则同意办公用房清理整改方案由资产处牵头，办公室配合于2026年三月底前完成全部任务。"
SPEAKERS = ("李建国", "周敏", "沈毅")
TITLES = ("审议办公用房清理整改方案", "听取智能会议系统试运行情况", "研究公务用车调度办法")
SECOND_MS = 1000


def welcome() -> Welcome:
    """The meeting and its items."""
    items = tuple(
        ItemEntry(item_id=f"i{number}", number=number, title=title, state="scheduled", minutes_planned=10)
        for number, title in enumerate(TITLES, 1)
    )
    head = MeetingHead(
        id="m1", title="局长办公会议", audio_started_at=STARTED, date="2026-03-09", chair=SPEAKERS[0]
    )
    return Welcome(
        epoch="e1",
        meeting=head,
        items=items,
        current_item="i3",
        role="secretary",
        seq=0,
        server_time=STARTED,
    )


def segment(number: int, text: str, speaker: str | None = None, item: int = 3) -> Segment:
    """A sentence of two seconds, one a second."""
    start = number * SECOND_MS
    return Segment(
        segment_id=f"s{number}",
        rev=1,
        seq=number,
        item_id=f"i{item}",
        start_ms=start,
        end_ms=start + 2 * SECOND_MS,
        text=text,
        speaker=speaker,
    )


def spoken(count: int) -> Snapshot:
    """The record so far: the same sentences each time."""
    chance = random.Random(3)
    segments = tuple(
        segment(
            number,
            "".join(chance.choices(WORDS, k=chance.randint(5, 80))),
            chance.choice(SPEAKERS),
            1 + number * 3 // max(1, count),
        )
        for number in range(count)
    )
    return Snapshot(seq=count, segments=segments)


def partial(turn: int, start_ms: int) -> Partial:
    """The sentence that is being spoken, a little longer each time."""
    text = (WORDS * 3)[: 10 + turn % 90]
    return Partial(
        segment_id=f"p{turn // 90}",
        revision=turn,
        start_ms=start_ms,
        end_ms=start_ms + turn * 100,
        text=text,
        stable_chars=len(text) // 2,
    )


def state(recorded_ms: int, level_dbfs: float = -18.0) -> Status:
    """A healthy recording."""
    return Status(
        recording="keep",
        state="recording",
        audio_started_at=STARTED,
        recorded_ms=recorded_ms,
        lag_ms=800,
        level_dbfs=level_dbfs,
        device="会议室麦克风",
        clients=2,
        disk_free_bytes=10**12,
        recognizer="ready",
    )
