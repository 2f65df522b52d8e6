"""One client's side of the conversation as a pure state machine: text in, what to do out; no socket, no clock.

The server feeds it what arrives and acts on what it returns; `Outbox` decides what a slow client still gets.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto

import msgspec

from meeting.errors import BadCommand, BadToken, NoHello, NotAllowed, NotText, TooLarge
from meeting.stream.messages import ClientCommand, ClientRole, Failure, Hello
from models.refusal import Refusal

HELLO_WITHIN_S = 5.0
MAX_MESSAGE_BYTES = 64 * 1024
MAX_WAITING_EVENTS = 2_000

CLOSE_END = 1000
CLOSE_STOPPING = 1012
CLOSE_REFUSED = 1008
CLOSE_TOO_LARGE = 1009
CLOSE_TOO_SLOW = 1013

CORRECTIONS = frozenset(
    {
        "edit",
        "split",
        "join",
        "move",
        "speaker",
        "note",
        "attendance",
        "decide",
        "assign",
        "word",
        "replace",
        "undo",
        "redo",
    }
)
ROLE_COMMANDS: dict[ClientRole, frozenset[str]] = {
    "secretary": frozenset({"start", "next", "item", "pause", "resume", "handover", "stop", "search", "recording"})
    | CORRECTIONS,
    "display": frozenset({"search"}),
    "participant": frozenset({"search"}),
    "archivist": frozenset({"search"}),
}


class Joined(msgspec.Struct, frozen=True):
    """A good `hello`."""

    hello: Hello
    role: ClientRole


class Asked(msgspec.Struct, frozen=True):
    """A command that this role may give."""

    command: ClientCommand


class Refused(msgspec.Struct, frozen=True):
    """An answer to send; with a `close_code` the connection ends after it."""

    failure: Failure
    close_code: int | None = None


class _State(Enum):
    WAITING_FOR_HELLO = auto()
    JOINED = auto()
    CLOSED = auto()


class Conversation:
    """What one client may say, and when. `authenticate` gives the role of a token, None for a wrong one."""

    def __init__(self, authenticate: Callable[[str], ClientRole | None]) -> None:
        self._authenticate = authenticate
        self._state = _State.WAITING_FOR_HELLO
        self._role: ClientRole | None = None

    def receive(self, data: str | bytes) -> Joined | Asked | Refused:
        """Takes one message of the client. Raises RuntimeError after a refusal that closed the connection."""
        if self._state is _State.CLOSED:
            raise RuntimeError("a closed conversation was fed")
        if _size(data) > MAX_MESSAGE_BYTES:
            return self._close(TooLarge(), CLOSE_TOO_LARGE)
        if isinstance(data, bytes):
            return self._close(NotText())
        if self._state is _State.WAITING_FOR_HELLO:
            return self._hello(data)
        return self._command(data)

    def late(self) -> Refused:
        """The client said nothing for HELLO_WITHIN_S."""
        return self._close(NoHello())

    def _hello(self, data: str) -> Joined | Refused:
        try:
            hello = msgspec.json.decode(data, type=Hello)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return self._close(NoHello())
        role = self._authenticate(hello.token)
        if role is None:
            return self._close(BadToken())
        self._state, self._role = _State.JOINED, role
        return Joined(hello, role)

    def _command(self, data: str) -> Asked | Refused:
        assert self._role is not None
        try:
            command = msgspec.json.decode(data, type=ClientCommand)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            return Refused(failure(BadCommand(why=error), _command_id(data)))
        name = str(command.__struct_config__.tag)
        if name not in ROLE_COMMANDS[self._role]:
            return Refused(failure(NotAllowed(role=self._role, command=name), command.id))
        return Asked(command)

    def _close(self, error: Refusal, close_code: int = CLOSE_REFUSED) -> Refused:
        self._state = _State.CLOSED
        return Refused(failure(error, None), close_code)


def failure(error: Refusal, command_id: str | None) -> Failure:
    """The wire's form of a refusal."""
    facts = {name: str(value) for name, value in error.facts.items()}
    return Failure(
        code=error.code,
        message=str(error),
        id=command_id,
        template=error.template,
        facts=facts,
        exit_code=error.exit_code,
    )


def _size(data: str | bytes) -> int:
    # A message that is too long in characters is not encoded only to be counted.
    if isinstance(data, bytes) or len(data) > MAX_MESSAGE_BYTES:
        return len(data)
    return len(data.encode("utf-8", "surrogatepass"))


def _command_id(data: str) -> str | None:
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    given = found.get("id") if isinstance(found, dict) else None
    return given if isinstance(given, str) else None


class Outbox:
    """What still has to go to one client: stored events in order, and the newest of each passing thing.

    A partial or a status that was not sent yet is replaced, never queued. More than MAX_WAITING_EVENTS stored
    events mark the client as too slow: it is closed and may come back with `after`.
    """

    def __init__(self) -> None:
        self._events: deque[tuple[int, bytes]] = deque()
        self._passing: dict[str, bytes] = {}
        self._sent_seq = 0
        self._over = False
        self.too_slow = False

    def start_after(self, seq: int) -> None:
        """Everything up to `seq` has reached the client by replay or snapshot; what waits of it is dropped."""
        self._sent_seq = max(self._sent_seq, seq)
        while self._events and self._events[0][0] <= self._sent_seq:
            self._events.popleft()

    def put_event(self, seq: int, body: bytes) -> None:
        """Queues a stored event."""
        if len(self._events) >= MAX_WAITING_EVENTS:
            self.too_slow = True
            self._events.clear()
            self._passing.clear()
        if not self.too_slow:
            self._events.append((seq, body))

    def put_passing(self, kind: str, body: bytes) -> None:
        """Replaces the waiting message of this kind."""
        if not self.too_slow and not self._over:
            self._passing.pop(kind, None)
            self._passing[kind] = body

    def finish(self) -> None:
        """The meeting has ended: nothing that passes comes behind its last event."""
        self._over = True
        self._passing.clear()

    def forget(self, kind: str) -> None:
        """Drops the waiting message of this kind: something newer has made it wrong."""
        self._passing.pop(kind, None)

    def take(self) -> bytes | None:
        """The next message to send, stored events first; None when nothing waits."""
        while self._events:
            seq, body = self._events.popleft()
            if seq > self._sent_seq:
                self._sent_seq = seq
                return body
        for kind in list(self._passing):
            return self._passing.pop(kind)
        return None
