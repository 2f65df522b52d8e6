"""What the memory refuses when it is asked."""

from meeting.errors import StateError
from models.refusal import N_


class RecallError(StateError):
    """The root of this room's tree."""


class PassageUnknown(RecallError):
    """Nothing of this id is stored, or it was removed, or it is not for the asker."""

    code = "passage_unknown"
    template = N_("There is no document {document} to open. It may have been removed; search again.")


class ItemUnknown(RecallError):
    """The meeting has no such item, or none is current."""

    code = "memory_item_unknown"
    template = N_("The meeting has no item {item} to look back on. Choose one of its items.")
