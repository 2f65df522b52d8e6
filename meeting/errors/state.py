"""What the state of things on this machine does not allow."""

from meeting.errors.root import MeetingError
from models.refusal import N_


class StateError(MeetingError):
    """The state of things on this machine does not allow it."""


class MeetingUnknown(StateError):
    """No stored meeting has this id."""

    code = "meeting_unknown"
    template = N_("There is no meeting {meeting}. `meeting list` shows what there is.")


class MeetingAmbiguous(StateError):
    """The beginning of an id, or no id at all, fits several meetings."""

    code = "meeting_ambiguous"
    template = N_("{meeting} can mean several meetings: {candidates}. Give the whole id.")
    exit_code = 2


class ServiceRunning(StateError):
    """One home has one service."""

    code = "service_running"
    template = N_(
        "The home {home} is in use by another service (pid {pid}), which goes on undisturbed. "
        "Attach with `meeting console`, or stop it first."
    )


class NoService(StateError):
    """Nothing runs in this home."""

    code = "no_service"
    template = N_("No service runs in {home}. Start one with `meeting run`.")


class MeetingRunning(StateError):
    """What was asked for needs a meeting that does not run."""

    code = "meeting_running"
    template = N_("The meeting {meeting} is running and goes on undisturbed. Stop it first with `meeting stop`.")


class NoMeetingRunning(StateError):
    """A service is there, but it idles."""

    code = "no_meeting_running"
    template = N_("No meeting is running. Start one with `meeting run`.")


class MeetingEnded(StateError):
    """The record of this meeting is complete."""

    code = "meeting_ended"
    template = N_(
        "The meeting {meeting} has ended and its record is complete. Begin a new one with `meeting new`."
    )


class StopPending(StateError):
    """The recorder was told to stop and has not sealed the sound yet."""

    code = "stop_pending"
    template = N_(
        "The recorder of the meeting {meeting} was told to stop and has not finished yet; what was recorded is safe. "
        "See that its disk has room, then give `meeting stop` again."
    )


class SoundNotKept(StateError):
    """There is nothing to be decoded again: never recorded, not to be kept, or erased."""

    code = "sound_not_kept"
    template = N_(
        "No sound of the meeting {meeting} is kept, so it cannot be decoded again. Its record stays as it is; "
        "correct it by hand where needed."
    )


class NoSoundKept(StateError):
    """There is nothing to be destroyed: never recorded, not to be kept, or destroyed before."""

    code = "no_sound_kept"
    template = N_(
        "No sound of the meeting {meeting} is kept, so there is nothing to destroy. Its text is untouched."
    )


class HomeReadOnly(StateError):
    """The home folder cannot be written."""

    code = "home_read_only"
    template = N_("The folder {home} cannot be written, so nothing can be recorded there. Choose one with --home.")


class PortTaken(StateError):
    """Another program listens on the port."""

    code = "port_taken"
    template = N_(
        "Port {port} is in use by another program. Choose one with --port, or --port 0 for any free one."
    )


class StoreDamaged(StateError):
    """The store of records is not one, or is broken."""

    code = "store_damaged"
    template = N_(
        "The records in {file} are damaged ({why}); nothing was changed. Keep that file and restore a back-up with "
        "`meeting restore DIR`."
    )


class StoreLocked(StateError):
    """Another program holds the store for longer than is waited for."""

    code = "store_locked"
    template = N_("The records in {file} are held by another program. Nothing was changed; try again in a moment.")


class DiskFull(StateError):
    """No space is left where the record is written."""

    code = "disk_full"
    template = N_("The disk of {path} is full. What was stored before is safe; make room and try again.")
