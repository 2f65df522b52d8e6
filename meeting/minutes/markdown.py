"""The record as Markdown; what was said is never read as markup."""

import re

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

# Every ASCII sign that can begin or end markup inside a line (CommonMark and its tables, strikes and formulas).
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#+\-!|~&$^=])")
# 1. or 1) at the beginning of a line would begin a list.
_LIST = re.compile(r"^(\d+)([.)])")
_LINK = re.compile(r"(?i)(https?|ftp)(:)|(www)(\.)|(@)")


def to_markdown(record: Record) -> str:
    """The whole record: a heading for each item, a paragraph for each utterance."""
    blocks = [f"# {escape(one_line(record.agenda.title))}"]
    if not record.confirmed:
        blocks.append(f"> **{UNCONFIRMED}**")
    blocks.append("\n".join(f"- {word}：{escape(value)}" for word, value in meeting_lines(record)))
    for section in record.sections:
        blocks += [f"## {escape(heading(section))}", *_section_blocks(section)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """One line of text that Markdown shows exactly as it is."""
    text = _SIGNS.sub(r"\\\1", text)
    text = _LINK.sub(
        lambda found: "\\".join(group for group in found.groups("") if group) if not found[5] else r"\@", text
    )
    return _LIST.sub(r"\1\\\2", text)


def _section_blocks(section: Section) -> list[str]:
    blocks = [escape(recused_text(section))] if section.recused else []
    for entry in section.entries:
        if isinstance(entry, Gap):
            blocks.append(escape(gap_text(entry.start_ms, entry.end_ms, entry.reason)))
        else:
            # A time in square brackets is no link as long as no address follows; it stays readable as it is.
            blocks.append(f"[{clock(entry.start_ms)}] {escape(utterance(entry))}")
    blocks += (f"**决定**：{escape(decision_text(decision))}" for decision in section.decisions)
    blocks += (f"**督办**：{escape(action_text(action))}" for action in section.actions)
    for note in section.notes:
        words = " ".join(filter(None, (one_line(note.mark), one_line(note.text))))
        blocks.append(f"**注**：{escape(words)}")
    return blocks
