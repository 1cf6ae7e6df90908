"""The first schema.

Written out by hand, so that it stays what it was when the tables of today have moved on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# As the texts are compared in SQLite: by code points, and no length refuses one.
_Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _string(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make every table, the full-text index and the row of counters."""
    _make_counter()
    _make_message()
    _make_rows_of_a_message()
    _make_tags()
    _make_changes()
    if op.get_context().dialect.name == "sqlite":
        _make_index_in_sqlite()
    else:
        _make_index_in_postgresql()


def _make_index_in_sqlite() -> None:
    op.execute(
        'CREATE VIRTUAL TABLE search_index USING fts5("subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", '
        "\"client\", \"text\", content='search', content_rowid='arrival', tokenize='trigram case_sensitive 1', "
        "detail=none, columnsize=0)"
    )


def _make_index_in_postgresql() -> None:
    names = ("subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", "client", "text")
    texts = " || '\n' || ".join(f'search."{name}"' for name in names)
    op.execute("ALTER TABLE content ALTER COLUMN data SET STORAGE EXTERNAL")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(f"CREATE INDEX search_trigrams ON search USING gin (({texts}) gin_trgm_ops)")


def _make_counter() -> None:
    names = ("cursor", "messages", "unread", "octets", "indexed", "emptied", "trimmed")
    counter = op.create_table(
        "counter",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in names),
    )
    op.bulk_insert(counter, [{"id": 1, **dict.fromkeys(names, 0)}])


def _make_message() -> None:
    op.create_table(
        "message",
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        sa.Column("store_id", _string(22), nullable=False, unique=True),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("is_read", sa.Boolean, nullable=False),
        sa.Column("attachments", sa.Integer, nullable=False),
        sa.Column("inlines", sa.Integer, nullable=False),
        sa.Column("user", _Text, nullable=False),
        sa.Column("message_id", _Text, nullable=False),
        sa.Column("subject", _Text, nullable=False),
        sa.Column("snippet", _Text, nullable=False),
        sa.Column("addresses", sa.LargeBinary, nullable=False),
    )
    op.create_index("message_is_read", "message", ["is_read", "arrival"])
    op.create_index("message_message_id", "message", ["message_id"], postgresql_using="hash")
    op.create_index("message_received_at", "message", ["received_at"])


def _make_rows_of_a_message() -> None:
    op.create_table(
        "detail",
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("structure", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "content",
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("is_compressed", sa.Boolean, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    texts = ("subject", "from_", "to", "cc", "bcc", "reply_to", "file_names", "media_types", "header", "client", "text")
    op.create_table(
        "search",
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        *(sa.Column(name, _Text, nullable=False) for name in texts),
    )


def _make_tags() -> None:
    op.create_table(
        "tag",
        sa.Column("id", _Number, primary_key=True),
        sa.Column("name", _string(100), nullable=False),
        sa.Column("folded", _string(400), nullable=False, unique=True),
        sa.Column("messages", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "message_tag",
        sa.Column("tag_id", _Number, sa.ForeignKey("tag.id"), primary_key=True),
        sa.Column("arrival", _Number, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("message_tag_arrival", "message_tag", ["arrival"])


def _make_changes() -> None:
    op.create_table(
        "change",
        sa.Column("cursor", _Number, primary_key=True, autoincrement=False),
        sa.Column("kind", _string(16), nullable=False),
        sa.Column("store_id", _string(22), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "leftover",
        sa.Column("first", _Number, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
