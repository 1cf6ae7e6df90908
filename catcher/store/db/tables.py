"""The tables, for SQLAlchemy Core. Only `migrations/` changes their schema.

A message has rows in four tables, so that each query reads only narrow rows: `message` for lists, `detail` for envelope
and tree, `content` for the octets, `search` for search texts. All are keyed by the arrival number, which is never
reused. A message exists while it has its row in `message`: deletion removes that row and the tags, and notes the others
in `leftover`, to be swept in small steps. The full-text index over `search` belongs to the engine.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

metadata = MetaData()

_Number = BigInteger().with_variant(Integer, "sqlite")
"""An SQLite rowid must be declared INTEGER; other engines need BIGINT for 64 bits."""

counter = Table(
    "counter",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one row, and every change updates it
    Column("cursor", BigInteger, nullable=False),  # the last number given to an arrival or a change
    Column("messages", BigInteger, nullable=False),  # running totals of the mailbox
    Column("unread", BigInteger, nullable=False),
    Column("octets", BigInteger, nullable=False),
    Column("indexed", BigInteger, nullable=False),  # the full-text index holds the arrivals up to this one …
    Column("emptied", BigInteger, nullable=False),  # … and from after this one
    Column("trimmed", BigInteger, nullable=False),  # the last number among the changes that are no longer kept
)

message = Table(
    "message",
    metadata,
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("store_id", String(22), nullable=False, unique=True),
    Column("received_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("size", BigInteger, nullable=False),  # octets as received
    Column("is_read", Boolean, nullable=False),
    Column("attachments", Integer, nullable=False),  # how many parts
    Column("inlines", Integer, nullable=False),
    Column("user", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("snippet", Text, nullable=False),
    Column("addresses", LargeBinary, nullable=False),  # JSON of model.Addresses
    Column("is_pinned", Boolean, nullable=False, server_default=false()),  # exempt from retention and "delete all"
    Column("inboxes", Text, nullable=False, server_default=""),  # names of its inboxes, one a line
    Index("message_received_at", "received_at"),
    Index("message_message_id", "message_id"),
    Index("message_is_read", "is_read", "arrival"),
)
Index("message_is_pinned", message.c.arrival, sqlite_where=message.c.is_pinned.is_(true()))

binned = Table(
    "binned",
    metadata,
    # Messages in the bin: removed from `message`, while their other rows stay, so that they can be restored.
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("store_id", String(22), nullable=False, unique=True),
    Column("deleted_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("summary", LargeBinary, nullable=False),  # JSON of model.StoredSummary by `codec.pack`
    Index("binned_deleted_at", "deleted_at"),
)

detail = Table(
    "detail",
    metadata,
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("envelope", LargeBinary, nullable=False),  # JSON of envelope.Envelope; both by `codec.pack`
    Column("structure", LargeBinary, nullable=False),  # JSON of mime.ParsedMessage
)

content = Table(
    "content",
    metadata,
    # The octets as received, in pieces of `blobs.PIECE` (the last may be shorter), numbered from 0.
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("is_compressed", Boolean, nullable=False),  # a zstd frame of its own; False: as received
    Column("data", LargeBinary, nullable=False),
)

search = Table(
    "search",
    metadata,
    # Folded texts (`store.search.fold`). Address columns and the header hold one entry a line, with a line break before
    # the first and after the last, so that whole entries can be searched for.
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("from_", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("cc", Text, nullable=False),
    Column("bcc", Text, nullable=False),
    Column("reply_to", Text, nullable=False),
    Column("file_names", Text, nullable=False),
    Column("media_types", Text, nullable=False),
    Column("header", Text, nullable=False),  # "name: body" lines
    Column("client", Text, nullable=False),  # "ip", "user", "reverse path" lines
    Column("text", Text, nullable=False),
)

tag = Table(
    "tag",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("folded", String(400), nullable=False, unique=True),  # `store.search.fold`; folding may lengthen a text
    Column("messages", BigInteger, nullable=False),  # how many have it; an unused tag is deleted
)

message_tag = Table(
    "message_tag",
    metadata,
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Index("message_tag_arrival", "arrival"),
    sqlite_with_rowid=False,
)

inbox = Table(
    "inbox",
    metadata,
    # Implicit ones, which exist while they have messages, and explicit ones; see `labels.inboxes`.
    Column("id", _Number, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("folded", String(800), nullable=False, unique=True),  # `inbox_names.fold_inbox`
    Column("messages", BigInteger, nullable=False),  # how many are in it
    Column("is_made", Boolean, nullable=False),  # explicit; the columns below, except `created_at`, are only used then
    Column("created_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("password", Text, nullable=False),  # of SMTP and POP3, with `name` as user name; "" accepts any
    Column("expires_at", BigInteger),  # when it is deleted with its mail; null for never
    Column("max_messages", Integer, nullable=False),  # 0 for no limit of its own
    Column("max_age", BigInteger),  # seconds; null for no limit of its own
    Index("inbox_expires_at", "expires_at"),
)

message_inbox = Table(
    "message_inbox",
    metadata,
    Column("inbox_id", ForeignKey("inbox.id"), primary_key=True),
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Index("message_inbox_arrival", "arrival"),
    sqlite_with_rowid=False,
)

saved_search = Table(
    "saved_search",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("query", Text, nullable=False),  # in the search language
)

session = Table(
    "session",
    metadata,
    # The newest SMTP connections without a message; see `envelope.SmtpSession`.
    Column("number", _Number, primary_key=True),
    Column("closed_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("data", LargeBinary, nullable=False),  # JSON of envelope.SmtpSession by `codec.pack`
)

change = Table(
    "change",
    metadata,
    # Changes of messages after their arrival. Arrivals have no row here but one in `message`; both take their numbers
    # from one counter, so that the two tables together, ordered by number, are all events in commit order.
    Column("cursor", _Number, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("store_id", String(22), nullable=False),  # "" for changes of many messages
    Column("data", LargeBinary, nullable=False),  # JSON of codec.ChangeData
)

leftover = Table(
    "leftover",
    metadata,
    # Ranges of arrival numbers, both ends included, of deleted messages whose other rows are to be swept.
    Column("first", _Number, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)

outgoing = Table(
    "outgoing",
    metadata,
    # The outbox, see `records.outbox`. The newest finished jobs are kept, so that no number is reused.
    Column("number", _Number, primary_key=True),
    Column("store_id", String(22), nullable=False),
    Column("relay", Text, nullable=False),  # its name in the settings
    Column("recipients", Text, nullable=False),  # JSON list of addr-specs
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("due_at", BigInteger),  # the same; null when finished
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=False),  # replies of relays
    Index("outgoing_due_at", "due_at"),
)

outgoing_mark = Table(
    "outgoing_mark",
    metadata,
    # At most one row: the arrival up to which the relay rules were applied; none without rules.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("upto", BigInteger, nullable=False),
)

token = Table(
    "token",
    metadata,
    # Tokens of the API; only digests of the secrets are stored.
    Column("number", _Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256
    Column("created_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("expires_at", BigInteger),  # the same; null for never
    Column("inbox", Text, nullable=False, server_default=""),  # folded name of the one inbox it is for; "" for all
)

for _table in metadata.tables.values():
    for _column in _table.columns:
        if isinstance(_column.type, String):
            # As in SQLite: texts are compared by their code points, and a length is a hint that refuses nothing.
            _column.type = _column.type.with_variant(Text(collation="C"), "postgresql")
