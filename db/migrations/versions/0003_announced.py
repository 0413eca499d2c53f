"""What the sources tell of a paper beyond one announcement, and how far harvests came.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PAPERS = ("estimated", "versions", "revised", "withdrawn", "license", "dois", "journal_ref")


def upgrade() -> None:
    """Adds columns, which say "not known" for what was there, and the table of harvests.

    One by one, not in a batch: on SQLite that would copy the table of papers.
    """
    for column in (
        sa.Column("estimated", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("versions", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("revised", sa.Date()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("license", sa.Text(), nullable=False, server_default=""),
        sa.Column("dois", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("journal_ref", sa.Text()),
        sa.Column("history", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("papers", column)
    op.create_index("ix_papers_announced", "papers", ["announced"])
    op.create_index("ix_papers_revised", "papers", ["revised"])
    op.add_column("fetches", sa.Column("expected", sa.Integer()))
    op.add_column("fetches", sa.Column("highest_id", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "harvests",
        sa.Column("name", sa.Text(), primary_key=True, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("resume_from", sa.Date(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("completed", sa.Date()),
        sa.Column("open", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    """Drops them; papers that are history stay as papers that were triaged."""
    op.drop_table("harvests")
    op.drop_column("fetches", "highest_id")
    op.drop_column("fetches", "expected")
    op.drop_index("ix_papers_revised", "papers")
    op.drop_index("ix_papers_announced", "papers")
    for name in (*_PAPERS, "history"):
        op.drop_column("papers", name)
