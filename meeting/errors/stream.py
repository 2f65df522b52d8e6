"""Clients and services that do not understand or do not reach each other."""

from meeting.errors.root import MeetingError
from models.refusal import N_


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
