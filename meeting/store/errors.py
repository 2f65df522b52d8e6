"""What the store of records refuses besides the failures that every room knows (`meeting.errors`)."""

from meeting.errors import StateError
from models.refusal import N_


class StoreNewer(StateError):
    """The tables were written by a later program."""

    code = "store_newer"
    template = N_(
        "The records in {file} were written by a newer version of this program (tables {found}, this one knows "
        "{known}); nothing was changed. Use the newer version."
    )


class StoreUnreachable(StateError):
    """The database server does not answer, or does not let us in."""

    code = "store_unreachable"
    template = N_(
        "The database {store} cannot be reached: {why}. Nothing was changed; see that its server runs and that "
        "MEETING_DATABASE_URL is right."
    )


class StoreUnwritable(StateError):
    """The disk below the records has become read-only, or answers with errors."""

    code = "store_unwritable"
    template = N_(
        "The records in {file} cannot be written: their disk has become read-only or fails ({why}). What was stored "
        "before is safe, this was not stored. See to the disk, then try again."
    )


class DatabaseUrlBad(StateError):
    """MEETING_DATABASE_URL names no database that records can be kept in."""

    code = "database_url_bad"
    template = N_(
        "MEETING_DATABASE_URL names no database that records can be kept in: {why}. "
        "Write it like postgresql://user@server/meetings, or leave it out."
    )
    exit_code = 2


class DriverMissing(StateError):
    """The library for this kind of database is not installed."""

    code = "driver_missing"
    template = N_(
        "The library for {kind} is not installed, so the records cannot be opened. "
        'Give: pip install "smart-meeting[postgresql]".'
    )
    exit_code = 3
