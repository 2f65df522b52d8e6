"""Names of people as commands give them: of who gives the command, and of whom it is about."""

from meeting.errors import BadCommand

LONGEST_NAME = 64
NOBODYS = frozenset({"service", "voice", "asr", "refine"})
"""What the record calls those that are no people."""


def name_of(given: str) -> str:
    """A person's name on one line. Raises BadCommand."""
    name = given.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadCommand(why=f"a name has 1 to {LONGEST_NAME} characters on one line")
    return name


def giver_of(who: str, role: str, owner: str) -> str:
    """In whose name a command is carried out.

    Its token's `owner`, where the token is somebody's; else whom a secretary names (`who`); else the role.
    Raises BadCommand.
    """
    if owner:
        return owner
    if not who or role != "secretary":
        return role
    name = name_of(who)
    if name.casefold() in NOBODYS:
        raise BadCommand(why=f"{name} is nobody's name")
    return name
