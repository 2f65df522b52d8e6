"""The tables as they first were: facts, meetings, events, their projections, the archive."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing: a database that says so was made at this version."""
