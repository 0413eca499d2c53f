"""A training sample among the papers, and what a candidate's scores rest on.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CANDIDATES = ("audit", "choices", "evidence")


def upgrade() -> None:
    """Adds columns; candidates that are there become part of the sample, each for itself."""
    op.add_column("papers", sa.Column("sampling_weight", sa.Float()))
    op.create_index("ix_papers_sampling_weight", "papers", ["sampling_weight"])
    for column in (
        sa.Column("audit", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("choices", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("evidence", sa.JSON(), nullable=False, server_default="{}"),
    ):
        op.add_column("candidates", column)
    op.execute(
        "UPDATE papers SET sampling_weight = 1.0"
        " WHERE arxiv_id IN (SELECT arxiv_id FROM candidates)"
    )


def downgrade() -> None:
    """Drops them; the sample and the evidence are forgotten."""
    for name in _CANDIDATES:
        op.drop_column("candidates", name)
    op.drop_index("ix_papers_sampling_weight", "papers")
    op.drop_column("papers", "sampling_weight")
