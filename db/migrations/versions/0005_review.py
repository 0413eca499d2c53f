"""What maintainers edit, what was said of every scored paper, and requests carried out.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds columns, which say "nothing was edited" for what was there, and two tables."""
    op.add_column("candidates", sa.Column("edit", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "candidates", sa.Column("revision", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_candidates_decided", "candidates", ["decided_at"])
    op.add_column(
        "decisions", sa.Column("edit_before", sa.JSON(), nullable=False, server_default="{}")
    )
    op.execute(
        "UPDATE candidates SET revision ="
        " (SELECT COUNT(*) FROM decisions WHERE decisions.arxiv_id = candidates.arxiv_id)"
    )
    op.create_table(
        "scorings",
        sa.Column("arxiv_id", sa.Text(), primary_key=True, nullable=False),
        sa.Column("announced", sa.Date(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_scorings_announced", "scorings", ["announced"])
    op.create_table(
        "requests",
        sa.Column("request", sa.Text(), primary_key=True, nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drops them; edits are forgotten, and a withdrawal counts as an undo."""
    op.drop_table("requests")
    op.drop_index("ix_scorings_announced", "scorings")
    op.drop_table("scorings")
    _forget_edits(op.get_bind())
    op.execute("UPDATE decisions SET verdict = 'undo' WHERE verdict = 'withdraw'")
    op.drop_column("decisions", "edit_before")
    op.drop_index("ix_candidates_decided", "candidates")
    op.drop_column("candidates", "revision")
    op.drop_column("candidates", "edit")


def _forget_edits(connection: sa.Connection) -> None:
    """Drops edits from the history, and with them what took them back: nothing would be left to."""
    decisions = sa.table(
        "decisions", sa.column("decision_id"), sa.column("arxiv_id"), sa.column("verdict")
    )
    rows = connection.execute(sa.select(decisions).order_by(decisions.c.decision_id))
    standing: dict[str, list[tuple[int, str]]] = {}
    gone = []
    for decision_id, arxiv_id, verdict in rows:
        before = standing.setdefault(arxiv_id, [])
        if verdict == "edit":
            gone.append(decision_id)
        if verdict not in {"undo", "withdraw"}:
            before.append((decision_id, verdict))
        elif verdict == "undo" and before and before.pop()[1] == "edit":
            gone.append(decision_id)
    for decision_id in gone:
        connection.execute(sa.delete(decisions).where(decisions.c.decision_id == decision_id))
