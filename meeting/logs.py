"""The service's log: one JSON object a line in the home, turned over by size. Usually without speech or token.

What a person said or wrote stands in events only, never in a log; texts of libraries that repeat their input are cut.
"""

import json
import logging
import os
import re
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

LEVEL_VARIABLE = "MEETING_LOG"
MOST_BYTES = 4 * 2**20
KEPT_FILES = 5
MOST_CHARACTERS = 2_000
_SECRET = re.compile(r"(?i)(token[\"'=:\s]+|bearer\s+|#)[\w\-]{16,}")
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One record as one line: at, level, logger, event, what was given with `extra`, and where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _harmless(_said(record)),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _KNOWN}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _places(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(record: logging.LogRecord) -> list[str]:
    """The stack without the error's own words: those may repeat what somebody said."""
    assert record.exc_info is not None
    trace, found = record.exc_info[2], []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-20:]


def _said(record: logging.LogRecord) -> str:
    """The message; of the event loop's own only the first line: the others repeat the error of a task in its words."""
    message = record.getMessage()
    return message.partition("\n")[0] if record.name == "asyncio" else message


def _harmless(text: str) -> str:
    return _SECRET.sub(r"\1…", text)[:MOST_CHARACTERS]


def log_to(folder: Path) -> logging.Handler:
    """Writes what the service logs into `service.jsonl` in a folder; MEETING_LOG=debug makes it tell more."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "service.jsonl"
    handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    wanted = logging.getLevelNamesMapping().get(os.environ.get(LEVEL_VARIABLE, "info").upper(), logging.INFO)
    for name in ("meeting", "asr", "search"):
        logging.getLogger(name).setLevel(wanted)
    # Its warnings are of what strangers send: a flood of it must not turn the log over.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    return handler
