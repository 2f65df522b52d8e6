"""Commands that the running meeting refuses; the record is as it was."""

from meeting.errors.root import MeetingError
from models.refusal import N_


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


class AgendaOrderUnfit(CommandError):
    """The new order is not one of all items, or tears a sub-item from its item."""

    code = "agenda_order_unfit"
    template = N_(
        "A new order names each item once, sub-items right behind theirs. The items are: {known}. Nothing was changed."
    )
    exit_code = 2


class NotSplittable(CommandError):
    """No two parts with text come of it."""

    code = "not_splittable"
    template = N_("The passage cannot be split there: both parts need words. Nothing was changed.")


class NotJoinable(CommandError):
    """The passages are no neighbours of one item and one speaker."""

    code = "not_joinable"
    template = N_(
        "These passages cannot be made one: join only neighbours under the same item and of one speaker. "
        "Nothing was changed."
    )


class DecisionUnknown(CommandError):
    """The record has no such decision, action or note, or it was taken back."""

    code = "decision_unknown"
    template = N_("The record has no decision, action or note {id}. Nothing was changed.")


class DecisionUnfit(CommandError):
    """A decision without an item, with an outcome that its body does not know, or with somebody's position twice.

    Facts: `outcomes`, those that the body knows.
    """

    code = "decision_unfit"
    template = N_(
        "A decision has one of these outcomes: {outcomes}; at least one item, and one position of each person. "
        "Nothing was recorded."
    )
    exit_code = 2


class ItemInUse(CommandError):
    """An item that was put in cannot be taken out again: it has begun, or something stands under it."""

    code = "item_in_use"
    template = N_(
        "Item {number} ({title}) stays: it is {state}, and {passages} passages, {decisions} decisions, "
        "{actions} actions, {notes} notes and {people} people are entered under it. Withdraw the item instead. "
        "Nothing was changed."
    )


class NothingToRedo(CommandError):
    """This person has taken nothing back, or has changed something since."""

    code = "nothing_to_redo"
    template = N_("There is nothing that you took back and could do again. Nothing was changed.")
