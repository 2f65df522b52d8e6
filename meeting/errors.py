"""Everything the meeting package refuses, as one tree; each sentence says what happened and what to do."""

from models.refusal import N_, Refusal


class MeetingError(Refusal):
    """The root of the tree."""


class AgendaError(MeetingError):
    """An agenda file that cannot be taken as it is. Nothing has been stored."""

    exit_code = 2


class AgendaUnreadable(AgendaError):
    """The file is not there, is not of a kind that is read, or is broken as a file."""

    code = "agenda_unreadable"
    template = N_("The agenda {file} cannot be read: {why}. Nothing was stored.")


class AgendaInvalid(AgendaError):
    """A field says something that an agenda cannot say; `line` is the line (YAML) or the row of the table."""

    code = "agenda_invalid"
    template = N_("{file}, line {line}, {field}: {problem}. Correct the agenda and try again; nothing was stored.")


class ClassifiedRefused(AgendaError):
    """秘密 and above on a machine whose grade nobody has declared."""

    code = "classified_refused"
    template = N_(
        "{file} is classified {classification}, and this machine's grade is not declared, so it is not taken in. "
        "Use a machine of that grade, or ask the administrator to declare this one's."
    )
    exit_code = 1


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


class CommandError(MeetingError):
    """A command that the running meeting refuses; the record is as it was."""


class BadCommand(CommandError):
    """The command is not one, or a field of it is wrong."""

    code = "bad_command"
    template = N_("This is not a command that is known here: {why}. Nothing was changed.")


class NotAllowed(CommandError):
    """The role of the client does not include the command."""

    code = "not_allowed"
    template = N_("{role} may not use {command}. Ask the secretary.")


class NotAvailable(CommandError):
    """A command of the protocol that this version does not carry out yet."""

    code = "not_available"
    template = N_("{command} is not available in this version. Nothing was changed.")


class SegmentUnknown(CommandError):
    """The record has no such segment, or it was removed."""

    code = "segment_unknown"
    template = N_("The record has no passage {segment}. Nothing was changed.")


class RevisionOld(CommandError):
    """Somebody else has worded the segment since. Facts: `segment`, `rev`, `text` of the newest revision."""

    code = "revision_old"
    template = N_("This passage has been changed meanwhile; it now reads: {text}. Look at it and change it again.")


class NothingToUndo(CommandError):
    """This person has changed nothing that is not taken back already."""

    code = "nothing_to_undo"
    template = N_("There is no change of yours to take back. Nothing was changed.")


class ChangedSince(CommandError):
    """What would be taken back has been changed again. Facts: `what`, and its text or state as it stands."""

    code = "changed_since"
    template = N_(
        "This has been changed again since, so it was not taken back; it now reads: {text}. Change it by hand."
    )


class WordUnfit(CommandError):
    """A word that cannot be listened for, or put in the place of another."""

    code = "word_unfit"
    template = N_("“{word}” is no word to listen for: give {least} to {most} characters on one line.")
    exit_code = 2


class TooMany(CommandError):
    """More than can be looked through before it is done, and taken in by clients at once."""

    code = "too_many"
    template = N_("“{word}” stands in {count} passages; at most {most} are changed at once. Choose passages.")


class WordUnlisted(CommandError):
    """The word list of the body does not have it."""

    code = "word_unlisted"
    template = N_(
        "“{word}” is not in the word list of {body}. `meeting words list` shows what is. Nothing was changed."
    )


class ItemUnknown(CommandError):
    """The agenda has no such item."""

    code = "item_unknown"
    template = N_("The agenda has no item {number}. Its items: {known}.")


class ItemClosed(CommandError):
    """The item's state has no way to the one asked for."""

    code = "item_closed"
    template = N_("Item {number} is {state} and cannot become {wanted}. Nothing was changed.")


class NoMoreItems(CommandError):
    """The items are closed already."""

    code = "no_more_items"
    template = N_("The agenda has no further item. Go to one by its number with `meeting item N`.")


class ProtocolError(MeetingError):
    """A client that does not keep to the stream's protocol; its connection is closed."""


class NoHello(ProtocolError):
    """The first message was something else, or came too late."""

    code = "no_hello"
    template = N_("The first message of a client is hello, within 5 seconds. The connection was closed.")


class BadToken(ProtocolError):
    """A token that opens nothing."""

    code = "bad_token"
    template = N_("This token opens nothing here. Ask the secretary for a new one.")


class NotText(ProtocolError):
    """A binary message."""

    code = "not_text"
    template = N_("Messages are JSON text, not binary. The connection was closed.")


class TooLarge(ProtocolError):
    """A message over the limit."""

    code = "too_large"
    template = N_("A message may be 64 KiB at most. The connection was closed.")


class Disconnected(MeetingError):
    """The service does not answer just now."""

    code = "disconnected"
    template = N_("The service cannot be reached just now; recording goes on by itself. Try again in a moment.")


class MessageUnreadable(MeetingError):
    """The service says something that this program does not understand: the two are of different versions."""

    code = "message_unreadable"
    template = N_(
        "The service sends what this program cannot read: they are of different versions. The record is safe; "
        "use the program that belongs to the service."
    )


class ReviewError(MeetingError):
    """An answer to what an imported file left open, which cannot be taken. Nothing was changed."""

    exit_code = 2


class QuestionUnknown(ReviewError):
    """Nothing of this id is asked, or it was answered before."""

    code = "question_unknown"
    template = N_(
        "Nothing is asked under {question}. `meeting import --review` shows what is. Nothing was changed."
    )


class AnswerUnfit(ReviewError):
    """The answer is none to this question."""

    code = "answer_unfit"
    template = N_("“{answer}” does not answer {question}. Answer like this: {example}. Nothing was changed.")


class ExportError(MeetingError):
    """A written result that could not be made. The record is untouched."""


class ExportFailed(ExportError):
    """The file could not be written."""

    code = "export_failed"
    template = N_("{file} could not be written: {why}. The record itself is safe; choose another place with -o.")


class FormatUnknown(ExportError):
    """There is no exporter of this name."""

    code = "format_unknown"
    template = N_("There is no export format {format}. Choose one of: {known}.")
    exit_code = 2
