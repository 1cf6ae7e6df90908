"""Mail that waits to be sent onward."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the queue and the mark up to where rules have judged."""
    op.create_table(
        "outgoing",
        sa.Column("number", _Number, primary_key=True),
        sa.Column("store_id", sa.String(22), nullable=False),
        sa.Column("relay", sa.Text, nullable=False),
        sa.Column("recipients", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("outgoing_due_at", "outgoing", ["due_at"])
    op.create_table(
        "outgoing_mark",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
    )
