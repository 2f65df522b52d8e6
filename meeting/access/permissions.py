"""Which commands a grant may give. Pure: one table of roles, and the scope of the grant."""

from meeting.access.grant import CLEARANCE, Grant
from meeting.stream.messages import ClientRole

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
STEERING = frozenset({"start", "next", "item", "pause", "resume", "handover", "stop", "recording", "share"})
AROUND = frozenset({"meetings", "new", "devices", "level", "sentence", "ready", "verify", "export"})
ASKING = frozenset({"search", "background", "matter", "context", "complete"})
ROLE_COMMANDS: dict[ClientRole, frozenset[str]] = {
    "secretary": STEERING | CORRECTIONS | AROUND | ASKING,
    "display": ASKING,
    "participant": ASKING,
    "archivist": ASKING,
}


def may(grant: Grant, command: str) -> bool:
    """Whether the grant includes the command, by its name on the wire. A grant for one item only looks.

    What goes over all meetings is for who may see all of them; a file of this machine is for its own user to name.
    """
    narrow = grant.meeting is not None or grant.body is not None or grant.clearance != CLEARANCE["secretary"]
    if grant.item is not None or (narrow and command in AROUND) or (grant.token and command == "new"):
        return command in ASKING
    return command in ROLE_COMMANDS[grant.role]


def opens(grant: Grant, meeting: str, body: str, classification: str, running: bool) -> bool:
    """Whether the grant opens a meeting at all; what it sees of it is its view's to say.

    The room's display and participants are there for the meeting that is being held, or the one their token names.
    """
    if grant.meeting is not None and grant.meeting != meeting:
        return False
    if grant.body is not None and grant.body != body:
        return False
    if not grant.cleared(classification):
        return False
    return running or grant.role in ("secretary", "archivist") or grant.meeting == meeting
