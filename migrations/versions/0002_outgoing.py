"""Mail that waits to be sent onward."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# As the texts are compared in SQLite: by code points, and no length refuses one.
_Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _string(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the queue and the mark up to where rules have judged."""
    op.create_table(
        "outgoing",
        sa.Column("number", _Number, primary_key=True),
        sa.Column("store_id", _string(22), nullable=False),
        sa.Column("relay", _Text, nullable=False),
        sa.Column("recipients", _Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("state", _string(16), nullable=False),
        sa.Column("text", _Text, nullable=False),
    )
    op.create_index("outgoing_due_at", "outgoing", ["due_at"])
    op.create_table(
        "outgoing_mark",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
    )
