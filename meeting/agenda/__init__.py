"""Reading an agenda from YAML, DOCX, XLSX or CSV (contract 3)."""

from meeting.agenda.reader import read_agenda, refuse_classified

__all__ = ["read_agenda", "refuse_classified"]
