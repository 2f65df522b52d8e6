"""What the memory refuses when it is asked."""

from meeting.errors import StateError
from models.refusal import N_


class RecallError(StateError):
    """The root of this room's tree."""


class PassageUnknown(RecallError):
    """Nothing of this id is stored, or it was removed, or it is not for the asker."""

    code = "passage_unknown"
    template = N_("There is no document {document} to open. It may have been removed; search again.")


class NoItemNow(RecallError):
    """No meeting is held just now, or it is at none of its items."""

    code = "no_item_now"
    template = N_(
        "No item is being discussed just now, so there is nothing to look back on. Name a meeting and an item."
    )


class ItemUnknown(RecallError):
    """The meeting has no such item, or it is not for the asker."""

    code = "memory_item_unknown"
    template = N_("The meeting has no item {item} to look back on. Choose one of its items.")
