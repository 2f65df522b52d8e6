"""What a meeting listens for beyond its events, kept beside its sound: another service goes on with the same words.

The list of its body may have grown since, and reading the documents again would end at another moment. Without the
file, as in a restored home, both are looked at anew.
"""

import logging
from pathlib import Path

import msgspec

from meeting.domain.words import WordKind
from meeting.home import Home, write_private
from meeting.vocabulary import Mined

log = logging.getLogger(__name__)


class ListenedFor(msgspec.Struct, frozen=True, kw_only=True):
    """`listed`: the body's word list as the meeting began, as (text, kind, learnt). `mined` holds from `mined_from_ms`
    on (media time); it is None as long as the documents are being read."""

    listed: tuple[tuple[str, WordKind, bool], ...] = ()
    mined: Mined | None = None
    mined_from_ms: int = 0


def kept(home: Home, meeting_id: str) -> ListenedFor | None:
    """What an earlier service has kept; None when there is nothing, or nothing that can be read."""
    try:
        return msgspec.json.decode(_path(home, meeting_id).read_bytes(), type=ListenedFor)
    except (OSError, msgspec.DecodeError):
        return None


def keep(home: Home, meeting_id: str, words: ListenedFor) -> None:
    """Keeps it. On a disk that takes nothing it is not kept, and only a service that takes over hears otherwise."""
    path = _path(home, meeting_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, msgspec.json.encode(words))
    except OSError as error:
        log.warning("what is listened for is not kept: %s", error)


def _path(home: Home, meeting_id: str) -> Path:
    return home.meeting(meeting_id) / "words.json"
