"""Each meeting keeps the end of the chain over its sealed sound."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Adds the column. Sound that was sealed before is entered when a service looks at it."""
    op.add_column("meetings", sa.Column("sound_chain", sa.String(64), nullable=False, server_default=""))
