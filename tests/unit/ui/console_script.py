"""A small meeting as the console receives it, for its tests."""

from typing import Any

from meeting.domain.events import Custody, Event, Gap, ItemEntry, ItemMoved, Segment
from meeting.stream.messages import (
    ClientCommand,
    LevelOf,
    LookBack,
    MeetingHead,
    Partial,
    Search,
    Snapshot,
    Status,
    Welcome,
)

STARTED = "2026-03-09T01:00:00.000Z"

ITEMS = (
    ItemEntry(
        item_id="i1",
        number=1,
        title="审议办公用房清理整改方案",
        state="scheduled",
        kind="审议",
        presenting_units=("资产管理处",),
        presenter="周敏",
        minutes_planned=10,
        matter="办公用房清理整改",
        documents=("办公用房清理整改方案（送审稿）",),
    ),
    ItemEntry(
        item_id="i2",
        number=2,
        title="听取智能会议系统试运行情况",
        state="scheduled",
        kind="汇报",
        presenting_units=("信息中心",),
        presenter="沈毅",
        minutes_planned=10,
        matter="智能会议系统建设",
    ),
    ItemEntry(
        item_id="i3",
        number=3,
        title="研究公务用车调度办法",
        state="scheduled",
        kind="讨论",
        presenting_units=("办公室",),
        presenter="王芳",
        minutes_planned=5,
        matter="公务用车调度",
    ),
)

WELCOME = Welcome(
    epoch="e1",
    meeting=MeetingHead(
        id="m1",
        title="局长办公会议",
        audio_started_at=STARTED,
        date="2026-03-09",
        place="三楼会议室",
        chair="李建国",
    ),
    items=ITEMS,
    current_item=None,
    role="secretary",
    seq=0,
    server_time=STARTED,
)

SPOKEN = (
    (1000, 5763, "李建国", None, "同志们，现在开会。今天的局长办公会一共有三个议题。"),
    (6963, 12675, "李建国", "i1", "下面进行第一个议题，审议办公用房清理整改方案，请周敏同志汇报。"),
    (
        13775,
        22658,
        "周敏",
        "i1",
        "全局共清查办公用房三百二十六间，其中超标准使用的有十八间，已经整改十五间，剩余三间三月底前完成。",
    ),
    (
        23958,
        30624,
        "李建国",
        "i1",
        "会议原则同意整改方案，由资产处牵头，办公室配合，于三月底前完成全部整改任务。",
    ),
    (31224, 31923, "沈毅", "i1", "没有意见。"),
    (33723, 39653, "李建国", "i2", "下面进行第二个议题，听取智能会议系统试运行情况。沈毅同志来讲。"),
    (40553, 46572, "沈毅", "i2", "系统上线以来共保障会议四十二次，少打印文件一万多页，纪要初稿当天就能完成。"),
    (47472, 50260, "周敏", "i2", "录音保存在哪里，会不会传到外网？"),
)

HITS = {
    "query": "",
    "total": 2,
    "took_ms": 3,
    "facets": {},
    "hits": [
        {
            "id": "h1",
            "kind": "minutes",
            "meeting_id": "past-11",
            "item": 2,
            "date": "2025-11-17",
            "title": "机关事务管理局2025年第11次局长办公会议纪要",
            "speaker": None,
            "text": "会议原则同意智能会议系统建设方案，先在三楼会议室试运行三个月。"
            "由信息中心牵头，办公室配合，2026年2月底前报告试运行情况。",
            "highlights": [[6, 14]],
            "source": "past/2025年第11次局长办公会议纪要.txt",
            "start_ms": None,
            "score": 9.5,
        },
        {
            "id": "h2",
            "kind": "record",
            "meeting_id": "m1",
            "item": 2,
            "date": "2026-03-09",
            "title": "局长办公会议",
            "speaker": "李建国",
            "text": "听取智能会议系统试运行情况。",
            "highlights": [[2, 8]],
            "source": None,
            "start_ms": 33723,
            "score": 5.0,
        },
    ],
}


def segment(number: int, start_ms: int, text: str, **fields: Any) -> Segment:
    """An utterance of two seconds."""
    given = {"rev": 1, "item_id": None, "end_ms": start_ms + 2000, "seq": number} | fields
    return Segment(segment_id=f"s{number}", start_ms=start_ms, text=text, **given)


def status(recorded_ms: int, **fields: Any) -> Status:
    """A healthy recording."""
    healthy: dict[str, Any] = {
        "recording": "keep",
        "state": "recording",
        "audio_started_at": STARTED,
        "lag_ms": 800,
        "level_dbfs": -18.0,
        "device": "会议室麦克风",
        "clients": 2,
        "disk_free_bytes": 10**12,
        "recognizer": "ready",
    }
    return Status(recorded_ms=recorded_ms, **(healthy | fields))


def demo() -> list[Any]:
    """The demo meeting up to the middle of its second item, with a sentence being spoken."""
    events: list[Event] = [Custody(recording="keep", order="start", by="王芳")]
    item = None
    for number, (start, end, speaker, item_id, text) in enumerate(SPOKEN, 1):
        if item_id is not None and item_id != item:
            events.append(ItemMoved(item_id=item_id, number=int(item_id[1:]), state="ongoing", by="voice"))
            item = item_id
        events.append(segment(number, start, text, end_ms=end, speaker=speaker, item_id=item_id))
        if number == 5:
            events.append(Gap(start_ms=31923, end_ms=33723, reason="recorder_restart"))
    partial = Partial(
        segment_id="s9",
        revision=3,
        start_ms=50960,
        end_ms=52500,
        text="全部保存在本机，不连接互联网",
        stable_chars=8,
    )
    return [WELCOME, Snapshot(seq=0, segments=()), *events, status(52_600), partial]


PAPER = {"kind": "minutes", "document_id": "file:1", "passage_id": "4", "title": "局长办公会议纪要〔2025〕11号"}
BEFORE = {
    "meeting_id": "m1",
    "item_id": "i2",
    "number": 2,
    "title": "听取智能会议系统试运行情况",
    "matter": "智能会议系统建设",
    "decisions": [
        {
            "id": "d1",
            "text": "会议原则同意智能会议系统建设方案，先在三楼会议室试运行三个月。",
            "outcome": "原则通过",
            "state": "in_force",
            "why": "matter",
            "source": PAPER | {"date": "2025-11-17"},
            "tasks": [
                {
                    "id": "t1",
                    "text": "报告试运行情况",
                    "owner": "信息中心",
                    "due": "2026-02-28",
                    "state": "open",
                    "overdue": True,
                    "source": PAPER | {"date": "2025-11-17"},
                }
            ],
        },
        {
            "id": "d2",
            "text": "会议同意在二楼会议室试点。",
            "outcome": "通过",
            "state": "superseded",
            "why": "title",
            "source": PAPER | {"date": "2025-09-01"},
            "changed_by": {
                "text": "",
                "outcome": "通过",
                "how": "调整为",
                "source": PAPER | {"date": "2025-11-17"},
            },
        },
    ],
}


def answer(command: ClientCommand) -> Any:
    """Finds the same two passages for any question, and the same past of any item; no microphone hears anything."""
    if isinstance(command, LevelOf):
        return {"level_dbfs": None}
    return HITS if isinstance(command, Search) else BEFORE if isinstance(command, LookBack) else None
