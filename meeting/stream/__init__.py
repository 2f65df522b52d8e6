"""The wire: protocol, hub, server and client."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meeting.stream.client import connect

__all__ = ["connect"]


def __getattr__(name: str) -> Any:
    if name == "connect":
        from meeting.stream.client import connect

        return connect
    raise AttributeError(name)
