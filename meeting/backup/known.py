"""Where back-ups of a home went, so that whoever has sound destroyed sees which copies still hold it."""

from pathlib import Path
from typing import Literal

import msgspec

from meeting.backup.errors import BackupError
from meeting.backup.manifest import BackupManifest, read_manifest
from meeting.home import Home, write_private

KNOWN_NAME = "backups.json"
ASIDE = "replaced-"


class KnownBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that a back-up of this home went to, or that it was restored from."""

    folder: str
    made_at: str


class SoundCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A place outside the records that holds sound of a meeting, or may: a back-up that cannot be read just now."""

    place: str
    state: Literal["holds", "unknown"]


def known_in(folder: Path) -> list[KnownBackup]:
    """The places that the list in a home's folder names, the newest last."""
    try:
        return msgspec.json.decode((folder / KNOWN_NAME).read_bytes(), type=list[KnownBackup])
    except (OSError, msgspec.DecodeError):
        return []


def add_known(home: Home, places: list[KnownBackup]) -> None:
    """Adds places to those that the home knows. Raises OSError."""
    fresh = {one.folder for one in places}
    kept = [one for one in known_in(home.folder) if one.folder not in fresh]
    listed = msgspec.json.format(msgspec.json.encode([*kept, *places]), indent=1)
    write_private(home.folder / KNOWN_NAME, listed)


def remember_backup(home: Home, folder: Path, made_at: str) -> None:
    """Adds the place of a back-up. Raises OSError."""
    add_known(home, [KnownBackup(folder=str(folder), made_at=made_at)])


def readable_backups(home: Home) -> list[tuple[Path, BackupManifest]]:
    """The known back-ups that are at hand."""
    found = []
    for one in known_in(home.folder):
        try:
            found.append((Path(one.folder), read_manifest(Path(one.folder))))
        except BackupError:
            continue
    return found


def copies_of_sound(home: Home, meeting_id: str) -> list[SoundCopy]:
    """Where sound of a meeting lies besides the records: known back-ups, and what a restoring has put aside."""
    at_hand = {str(folder): manifest for folder, manifest in readable_backups(home)}
    copies = []
    for one in known_in(home.folder):
        manifest = at_hand.get(one.folder)
        if manifest is None:
            copies.append(SoundCopy(place=one.folder, state="unknown"))
        elif manifest.holds_sound_of(meeting_id):
            copies.append(SoundCopy(place=one.folder, state="holds"))
    for aside in sorted(home.folder.glob(f"{ASIDE}*/meetings/{meeting_id}/audio")):
        if any(aside.glob("part-*")):
            copies.append(SoundCopy(place=str(aside), state="holds"))
    return copies
