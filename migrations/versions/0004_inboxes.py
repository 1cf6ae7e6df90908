"""Inboxes, the bin, pins, saved searches, SMTP sessions without mail, and tokens for one inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# As the texts are compared in SQLite: by code points, and no length refuses one.
_Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _string(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns and make the tables."""
    op.add_column("message", sa.Column("is_pinned", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("inboxes", _Text, nullable=False, server_default=""))
    op.create_index(
        "message_is_pinned",
        "message",
        ["arrival"],
        sqlite_where=sa.column("is_pinned").is_(sa.true()),
        postgresql_where=sa.column("is_pinned").is_(sa.true()),
    )
    op.add_column("token", sa.Column("inbox", _Text, nullable=False, server_default=""))
    op.create_table(
        "binned",
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        sa.Column("store_id", _string(22), nullable=False, unique=True),
        sa.Column("deleted_at", sa.BigInteger, nullable=False),
        sa.Column("summary", sa.LargeBinary, nullable=False),
    )
    op.create_index("binned_deleted_at", "binned", ["deleted_at"])
    op.create_table(
        "inbox",
        sa.Column("id", _Number, primary_key=True),
        sa.Column("name", _string(200), nullable=False),
        sa.Column("folded", _string(800), nullable=False, unique=True),
        sa.Column("messages", sa.BigInteger, nullable=False),
        sa.Column("is_made", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("password", _Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("max_messages", sa.Integer, nullable=False),
        sa.Column("max_age", sa.BigInteger),
    )
    op.create_index("inbox_expires_at", "inbox", ["expires_at"])
    op.create_table(
        "message_inbox",
        sa.Column("inbox_id", _Number, sa.ForeignKey("inbox.id"), primary_key=True),
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("message_inbox_arrival", "message_inbox", ["arrival"])
    op.create_table(
        "saved_search",
        sa.Column("id", _Number, primary_key=True),
        sa.Column("name", _string(200), nullable=False, unique=True),
        sa.Column("query", _Text, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("number", _Number, primary_key=True),
        sa.Column("closed_at", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
