"""Which commands were carried out, by their ids, and what they became: known also to a service that takes over."""

from collections import OrderedDict

from meeting.domain.events import Event

REMEMBERED = 1024


class Commanded:
    """Fed with every stored event. A command that is given again is answered from here and changes nothing."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, list[Event]] = OrderedDict()

    def apply(self, event: Event) -> None:
        """Takes in a stored event."""
        if event.command:
            self._done.setdefault(event.command, []).append(event)
            while len(self._done) > REMEMBERED:
                self._done.popitem(last=False)

    def facts(self, command: str) -> list[Event] | None:
        """The events of a command; None where it was not carried out, or has no id."""
        return self._done.get(command)
