"""Indexes from which pages of the queue and their numbers are read.

Revision ID: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lets a page be read in its order, and the numbers of its filters without the rows."""
    op.drop_index("ix_candidates_state", "candidates")
    op.create_index("ix_candidates_state", "candidates", ["state", "relevance", "arxiv_id"])
    op.create_index(
        "ix_candidates_topic", "candidates", ["state", "topic", "relevance", "arxiv_id"]
    )
    op.create_index("ix_papers_day", "papers", ["arxiv_id", "announced"])


def downgrade() -> None:
    """Goes back to the index there was."""
    op.drop_index("ix_papers_day", "papers")
    op.drop_index("ix_candidates_topic", "candidates")
    op.drop_index("ix_candidates_state", "candidates")
    op.create_index("ix_candidates_state", "candidates", ["state", "relevance"])
