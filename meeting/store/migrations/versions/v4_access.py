"""Tokens of the stream, and who has opened which record."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Adds the two tables, empty."""
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("clearance", sa.String(8), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("meeting_id", sa.String(32)),
        sa.Column("item", sa.Integer),
        sa.Column("body", sa.Text),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_index("tokens_by_digest", "tokens", ["digest"])
    op.create_table(
        "openings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("meeting_id", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
    )
    op.create_index("openings_by_meeting", "openings", ["meeting_id", "at"])
