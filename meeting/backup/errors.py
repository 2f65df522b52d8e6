"""What a back-up or a restoring refuses; what was there before is as it was."""

from meeting.errors import StateError
from models.refusal import N_


class BackupError(StateError):
    """The root of this room's tree."""


class NoBackup(BackupError):
    """The folder holds no back-up, or none that was finished."""

    code = "no_backup"
    template = N_("{folder} holds no finished back-up. Name the folder that `meeting backup` was given.")
    exit_code = 2


class BackupDamaged(BackupError):
    """A file of a back-up is not as it was written."""

    code = "backup_damaged"
    template = N_(
        "The back-up in {folder} is damaged: {file} {why}. Nothing was restored; use another back-up, and make a new "
        "one from the records while they are there."
    )


class BackupNewer(BackupError):
    """It was made by a later program."""

    code = "backup_newer"
    template = N_(
        "The back-up in {folder} was made by a newer version of this program. Nothing was restored; use that version."
    )


class BackupBusy(BackupError):
    """Another program makes, or reads, a back-up there just now."""

    code = "backup_busy"
    template = N_("Another program is at the back-up in {folder}. Nothing was changed; try again when it is done.")


class BackupRoom(BackupError):
    """The disk has too little space for it."""

    code = "backup_room"
    template = N_(
        "{folder} has {free} MB free, and {needed} MB are needed. Nothing was changed; make room, or choose another "
        "disk."
    )


class BackupPlace(BackupError):
    """The place given cannot take a back-up."""

    code = "backup_place"
    template = N_("A back-up cannot be made in {folder}: {why}. Choose another folder.")
    exit_code = 2


class HomeInUse(BackupError):
    """The home already holds meetings, or what is left of them."""

    code = "home_in_use"
    template = N_(
        "The home {home} holds records already. Nothing was restored; choose another home with --into, or put them "
        "aside with --replace."
    )


class SoundInUse(BackupError):
    """Sound of a home that is to be replaced, or destroyed, is being recorded or sealed."""

    code = "sound_in_use"
    template = N_(
        "The meeting {meeting} is being recorded. Nothing was changed; stop it first with `meeting stop`."
    )
