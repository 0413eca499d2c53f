"""What alembic runs: on the connection, and within the transaction, it is given.

:mod:`db.schema` opens both; there is no alembic.ini and no offline mode.
"""

from __future__ import annotations

from alembic import context

from db.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most of a table: alembic copies it instead.
    render_as_batch=True,
)
context.run_migrations()
