"""The record as JSON, for other programs; `meeting show --json` prints the same."""

import json
from typing import Any

import msgspec

from meeting.domain.record import Record
from meeting.minutes.words import UNCONFIRMED


def to_json(record: Record) -> str:
    """The whole record as one indented JSON document; Chinese stays as it is."""
    return json.dumps(record_document(record), ensure_ascii=False, indent=2) + "\n"


def record_document(record: Record) -> dict[str, Any]:
    """The meeting with its items, segments, decisions and actions, as plain values.

    `notice` says that no person has checked the text; null once one has.
    """
    agenda = msgspec.to_builtins(record.agenda)
    del agenda["items"]
    return {
        "id": record.meeting_id,
        **{key: agenda.pop(key) for key in ("title", "date")},
        "audio_started_at": record.audio_started_at,
        "state": "ended" if record.ended else "open",
        "confirmed": record.confirmed,
        "notice": None if record.confirmed else UNCONFIRMED,
        "agenda": agenda,
        "phase": record.phase,
        "current_item": record.current_item,
        **{
            key: msgspec.to_builtins(getattr(record, key))
            for key in ("items", "segments", "decisions", "actions", "gaps", "notes", "attendance")
        },
    }
