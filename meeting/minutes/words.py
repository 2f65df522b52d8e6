"""The words that every written record uses. Documents are Chinese whatever the program's language is."""

import re

from meeting.domain.agenda import Attendee, Person
from meeting.domain.events import Action, Decision, Position, Segment
from meeting.domain.record import Record, Section

UNCONFIRMED = "机器转写，未经核对"
PROCEDURE = "会议程序"
ROLES = {"attendee": "出席", "non_voting_attendee": "列席", "excused": "请假", "absent": "缺席"}
_STATES = {"deferred": "暂缓", "withdrawn": "撤回"}
_GAP_REASONS = {
    "paused": "暂停录音",
    "off": "未录音",
    "recorder_restart": "录音程序重新启动",
    "device_lost": "麦克风断开",
    "overflow": "录音溢出",
    "interrupted": "麦克风短暂无声音数据",
    "recess": "休会",
    "closed_by_itself": "超过预定结束时间无人应答，自动停止录音",
    "clock_jump": "计算机时钟被调整",
    "disk_failing": "磁盘写入故障，改写新文件",
    "damaged": "此处录音数据损坏",
    "lost": "计算机重新启动，未存盘的声音丢失",
    "erased": "按要求不保留声音",
}
# Line breaks, and control characters that no document may hold.
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return _BREAKS.sub(" ", text).strip()


def clock(ms: int) -> str:
    """Media time as HH:MM:SS."""
    seconds = max(ms, 0) // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def gap_text(start_ms: int, end_ms: int, reason: str) -> str:
    """A stretch without sound, and why."""
    return f"[{clock(start_ms)}—{clock(end_ms)}] （无录音：{_GAP_REASONS.get(reason, one_line(reason))}）"


def utterance(segment: Segment) -> str:
    """The words of a segment behind its speaker, where one is known."""
    speaker = one_line(segment.speaker or "")
    return f"{speaker}：{one_line(segment.text)}" if speaker else one_line(segment.text)


def heading(section: Section) -> str:
    """The heading of a part of the record."""
    if section.item is None:
        return PROCEDURE
    about = ["临时议题"] if section.item.late else []
    about += [f"与议题{'、'.join(map(str, section.beside))}合并审议"] if section.beside else []
    about += [_STATES[section.item.state]] if section.item.state in _STATES else []
    return f"{section.item.number}. {one_line(section.item.title)}" + "".join(f"（{one}）" for one in about)


def recused_text(section: Section) -> str:
    """Who takes no part in an item, empty where everybody does."""
    return f"回避：{'、'.join(map(one_line, section.recused))}" if section.recused else ""


def decision_text(decision: Decision) -> str:
    """What was decided."""
    said = "：".join(part for part in (one_line(decision.outcome), one_line(decision.resolution_text)) if part)
    return said + "".join(f"〔{one}〕" for one in positions_text(decision))


def positions_text(decision: Decision) -> list[str]:
    """What members said to it, in the order in which they spoke, and apart from that what the absent ones wrote."""
    spoken = "；".join(_position(one) for one in decision.positions if not one.written)
    written = "；".join(_position(one) for one in decision.positions if one.written)
    return [f"表态：{spoken}"] * bool(spoken) + [f"书面意见：{written}"] * bool(written)


def _position(one: Position) -> str:
    remark = f"（{one_line(one.remark)}）" if one.remark.strip() else ""
    return f"{one_line(one.person)} {one.position}{remark}"


def action_text(action: Action) -> str:
    """What is to be done, by whom, and when."""
    facts = [
        f"主办：{one_line(action.lead_unit)}" if action.lead_unit else "",
        f"协办：{'、'.join(map(one_line, action.supporting_units))}" if action.supporting_units else "",
        f"责任人：{one_line(action.owner)}" if action.owner else "",
        f"时限：{action.due_date}" if action.due_date else "",
        "已办结" if action.state == "done" else "",
    ]
    known = "；".join(fact for fact in facts if fact)
    return one_line(action.text) + (f"（{known}）" if known else "")


def meeting_lines(record: Record) -> list[tuple[str, str]]:
    """The heading of the record: (word, value) of what the agenda says about the meeting."""
    agenda = record.agenda
    lines = [
        ("会议主体", agenda.body),
        ("会次", agenda.session),
        ("时间", f"{agenda.date} {agenda.time}".strip()),
        ("地点", agenda.place),
        ("主持人", person_text(agenda.chair) if agenda.chair else ""),
        *((word, _people(record, role)) for role, word in ROLES.items()),
        ("记录人", person_text(agenda.recorder) if agenda.recorder else ""),
        ("密级", agenda.classification),
    ]
    return [(word, one_line(value)) for word, value in lines if value]


def person_text(person: Person | Attendee) -> str:
    """A name with its post behind it: unit and title, or the title alone where that says it."""
    # 局领导 is no unit that a title belongs to: 李建国（局长）.
    named = person.unit.strip().endswith("领导") or person.unit in person.title
    place = person.title if person.title and named else f"{person.unit}{person.title}"
    return f"{person.name}（{place}）" if place else person.name


def _people(record: Record, role: str) -> str:
    found = []
    for person in record.agenda.attendees:
        if person.role == role:
            only = f"〔议题{'、'.join(map(str, person.items))}〕" if person.items else ""
            found.append(person_text(person) + only)
    return "、".join(found)
