"""The root of the tree of errors."""

from models.refusal import Refusal


class MeetingError(Refusal):
    """The root of the tree."""
