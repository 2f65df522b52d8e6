"""One client's side of the conversation as a pure state machine: text in, what to do out; no socket, no clock.

The server feeds it what arrives and acts on what it returns; `Outbox` decides what a slow client still gets.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto

import msgspec

from meeting.access.grant import Grant
from meeting.access.permissions import may
from meeting.errors import BadCommand, BadToken, NoHello, NotAllowed, NotText, TooLarge
from meeting.stream.messages import ClientCommand, ClientRole, Failure, Hello
from models.refusal import Refusal

HELLO_WITHIN_S = 5.0
MAX_MESSAGE_BYTES = 64 * 1024
MAX_WAITING_EVENTS = 2_000
SLOW_AFTER_S = 30.0

CLOSE_END = 1000
CLOSE_STOPPING = 1001
CLOSE_REFUSED = 1008
CLOSE_TOO_LARGE = 1009
CLOSE_FAILED = 1011
CLOSE_TOO_SLOW = 1013


class Joined(msgspec.Struct, frozen=True):
    """A good `hello`, with what its token opens."""

    hello: Hello
    grant: Grant

    @property
    def role(self) -> ClientRole:
        return self.grant.role


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
    """What one client may say, and when. `authenticate` gives what a token opens, None for a wrong one."""

    def __init__(self, authenticate: Callable[[str], Grant | None]) -> None:
        self._authenticate = authenticate
        self._state = _State.WAITING_FOR_HELLO
        self._grant: Grant | None = None

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
        grant = self._authenticate(hello.token)
        if grant is None:
            return self._close(BadToken())
        self._state, self._grant = _State.JOINED, grant
        return Joined(hello, grant)

    def _command(self, data: str) -> Asked | Refused:
        assert self._grant is not None
        try:
            command = msgspec.json.decode(data, type=ClientCommand)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            return Refused(failure(BadCommand(why=error), _command_id(data)))
        name = str(command.__struct_config__.tag)
        if not may(self._grant, name):
            return Refused(failure(NotAllowed(role=self._grant.role, command=name), command.id))
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
    """What still has to go to one client: stored events in order, answers, and the newest of each passing thing.

    A partial or a status that was not sent yet is replaced, never queued. A client is too slow when more than
    MAX_WAITING_EVENTS wait, or one waits for more than SLOW_AFTER_S: it is closed and may come back with `after`.
    Times are seconds of any clock that only goes forward.
    """

    def __init__(self) -> None:
        self._events: deque[tuple[int, bytes, float]] = deque()
        self._answers: deque[bytes] = deque()
        self._passing: dict[str, bytes] = {}
        self._sent_seq = 0
        self._over = False
        self._live_since: float | None = None
        self.too_slow = False
        self.replaced = 0

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._events) + len(self._answers) + len(self._passing)

    @property
    def answers(self) -> int:
        """How many answers wait."""
        return len(self._answers)

    def go_live(self, now: float) -> None:
        """The replay is done: from here on it counts how long an event waits."""
        self._live_since = now

    def start_after(self, seq: int) -> None:
        """Everything up to `seq` has reached the client by replay or snapshot; what waits of it is dropped."""
        self._sent_seq = max(self._sent_seq, seq)
        while self._events and self._events[0][0] <= self._sent_seq:
            self._events.popleft()

    def put_event(self, seq: int, body: bytes, now: float = 0.0) -> None:
        """Queues a stored event."""
        if len(self._events) >= MAX_WAITING_EVENTS or self._late(now):
            self.too_slow = True
            self._events.clear()
            self._answers.clear()
            self._passing.clear()
        if not self.too_slow:
            self._events.append((seq, body, now))

    def _late(self, now: float) -> bool:
        if not self._events or self._live_since is None:
            return False
        return now - max(self._events[0][2], self._live_since) > SLOW_AFTER_S

    def put_answer(self, body: bytes) -> None:
        """Queues the answer to a command, behind the events that it has made."""
        if not self.too_slow:
            self._answers.append(body)

    def put_passing(self, kind: str, body: bytes) -> None:
        """Replaces the waiting message of this kind."""
        if not self.too_slow and not self._over:
            self.replaced += self._passing.pop(kind, None) is not None
            self._passing[kind] = body

    def finish(self) -> None:
        """The meeting has ended: nothing that passes comes behind its last event."""
        self._over = True
        self._passing.clear()

    def forget(self, kind: str) -> None:
        """Drops the waiting message of this kind: something newer has made it wrong."""
        self._passing.pop(kind, None)

    def take(self) -> bytes | None:
        """The next message to send, stored events first, what passes last; None when nothing waits."""
        while self._events:
            seq, body, _ = self._events.popleft()
            if seq > self._sent_seq:
                self._sent_seq = seq
                return body
        if self._answers:
            return self._answers.popleft()
        for kind in list(self._passing):
            return self._passing.pop(kind)
        return None
