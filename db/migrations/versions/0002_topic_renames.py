"""Topics that were renamed, or merged into others.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "topic_renames",
        sa.Column("rename_id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("renamed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    """Drops the table: the names of topics stay as they were last."""
    op.drop_table("topic_renames")
