"""The record as plain text."""

from meeting.domain.events import Gap
from meeting.domain.record import Record, Section
from meeting.minutes.words import (
    UNCONFIRMED,
    action_text,
    clock,
    decision_text,
    gap_text,
    heading,
    meeting_lines,
    one_line,
    recused_text,
    utterance,
)


def to_text(record: Record) -> str:
    """The whole record, one utterance a line."""
    lines = [one_line(record.agenda.title)]
    if not record.confirmed:
        lines.append(f"（{UNCONFIRMED}）")
    lines += ["", *(f"{word}：{value}" for word, value in meeting_lines(record))]
    for section in record.sections:
        lines += ["", heading(section), *_section_lines(section)]
    return "\n".join(lines) + "\n"


def _section_lines(section: Section) -> list[str]:
    lines = [recused_text(section)] if section.recused else []
    for entry in section.entries:
        if isinstance(entry, Gap):
            lines.append(gap_text(entry.start_ms, entry.end_ms, entry.reason))
        else:
            lines.append(f"[{clock(entry.start_ms)}] {utterance(entry)}")
    lines += (f"决定：{decision_text(decision)}" for decision in section.decisions)
    lines += (f"督办：{action_text(action)}" for action in section.actions)
    lines += (f"注：{' '.join(filter(None, (one_line(n.mark), one_line(n.text))))}" for n in section.notes)
    return lines
