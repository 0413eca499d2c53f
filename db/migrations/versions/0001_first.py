"""Papers, candidates, decisions, fetches and job runs.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes all tables."""
    op.create_table(
        "papers",
        sa.Column("arxiv_id", sa.Text(), primary_key=True, nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("abstract", sa.Text()),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text()),
        sa.Column("published", sa.Date()),
        sa.Column("announced", sa.Date(), nullable=False),
        sa.Column("announce_type", sa.String(16)),
        sa.Column("triaged", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_papers_triaged", "papers", ["triaged"])
    op.create_table(
        "candidates",
        sa.Column(
            "arxiv_id",
            sa.Text(),
            sa.ForeignKey("papers.arxiv_id"),
            primary_key=True,
            nullable=False,
        ),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
    )
    op.create_index("ix_candidates_state", "candidates", ["state", "relevance"])
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("arxiv_id", sa.Text(), sa.ForeignKey("candidates.arxiv_id"), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("topic_probability", sa.Float(), nullable=False),
        sa.Column("state_before", sa.String(16), nullable=False),
        sa.Column("topic_before", sa.Text(), nullable=False),
    )
    op.create_index("ix_decisions_arxiv_id", "decisions", ["arxiv_id"])
    op.create_table(
        "fetches",
        sa.Column("source", sa.Text(), primary_key=True, nullable=False),
        sa.Column("day", sa.Date(), primary_key=True, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "job_runs",
        sa.Column("run_id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
    )
    op.create_index("ix_job_runs_job", "job_runs", ["job"])


def downgrade() -> None:
    """Drops all tables, and all they hold."""
    for table in ("job_runs", "fetches", "decisions", "candidates", "papers"):
        op.drop_table(table)
