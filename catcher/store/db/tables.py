"""The tables, as SQLAlchemy Core sees them. `migrations/` makes them; nothing else changes them.

One message is four rows, so that each question touches the narrow row it needs: `message` for lists, `detail` for one
message's envelope and tree, `content` for its octets, `search` for what queries look at. All are keyed by the arrival
number. The row in `message` is what makes a message exist: deleting takes that row (and its tags) and notes the rest in
`leftover`, to be swept in small steps; an arrival number is never given twice, so rows that wait for it are seen by
nobody. The full-text index over `search` differs by engine and is made and asked in `store.engines` alone.
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
"""An SQLite rowid must be declared INTEGER; elsewhere 64 bits have to be asked for."""

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
    Column("is_pinned", Boolean, nullable=False, server_default=false()),  # retention and "delete all" leave it alone
    Column("inboxes", Text, nullable=False, server_default=""),  # names of its inboxes, one a line
    Index("message_received_at", "received_at"),
    Index("message_message_id", "message_id"),
    Index("message_is_read", "is_read", "arrival"),
)
Index("message_is_pinned", message.c.arrival, sqlite_where=message.c.is_pinned.is_(true()))

binned = Table(
    "binned",
    metadata,
    # Messages in the bin: taken out of `message`, their other rows left where they are, so that they can come back.
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("store_id", String(22), nullable=False, unique=True),
    Column("deleted_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("summary", LargeBinary, nullable=False),  # JSON of model.Summary, as `codec.pack` leaves it
    Index("binned_deleted_at", "deleted_at"),
)

detail = Table(
    "detail",
    metadata,
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("envelope", LargeBinary, nullable=False),  # JSON of envelope.Envelope; both as `codec.pack` leaves them
    Column("structure", LargeBinary, nullable=False),  # JSON of mime.Message
)

content = Table(
    "content",
    metadata,
    # The octets as received, in pieces of `octets.PIECE` (the last may be shorter), numbered from 0; none when it
    # is empty.
    Column("arrival", _Number, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("is_compressed", Boolean, nullable=False),  # a zstd frame of its own; False: as received
    Column("data", LargeBinary, nullable=False),
)

search = Table(
    "search",
    metadata,
    # Folded texts (`store.search.fold`). Address columns and the header hold one entry a line, with a line break before
    # the first and after the last, so that a whole entry can be asked for.
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
    Column("messages", BigInteger, nullable=False),  # how many have it; a tag without one is removed
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
    # Those that mail made by arriving, which go with their last message, and those that were made on purpose.
    Column("id", _Number, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("folded", String(800), nullable=False, unique=True),  # `store.inbox_names.fold_inbox`
    Column("messages", BigInteger, nullable=False),  # how many are in it
    Column("is_made", Boolean, nullable=False),  # on purpose; all that follows is for these
    Column("created_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("password", Text, nullable=False),  # of SMTP and POP3, the user name being `name`; "" for any
    Column("expires_at", BigInteger),  # when it goes, with its mail; null for never
    Column("max_messages", Integer, nullable=False),  # how many it keeps; 0 for no bound of its own
    Column("max_age", BigInteger),  # seconds that it keeps a message; null for no bound of its own
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
    # SMTP connections that are over, the newest some; see `envelope.SmtpSession`.
    Column("number", _Number, primary_key=True),
    Column("closed_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("data", LargeBinary, nullable=False),  # JSON of envelope.SmtpSession, as `codec.pack` leaves it
)

change = Table(
    "change",
    metadata,
    # What happened to messages after their arrival. A new message is no row here: `message` itself tells of it, and
    # both take their numbers from one counter, so that the two together, ordered by number, are all events in commit
    # order.
    Column("cursor", _Number, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("store_id", String(22), nullable=False),  # "" when it concerns many
    Column("data", LargeBinary, nullable=False),  # JSON of codec.ChangeData
)

leftover = Table(
    "leftover",
    metadata,
    # Ranges of arrival numbers, both ends included, whose messages are deleted and whose other rows wait to be swept.
    Column("first", _Number, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)

outgoing = Table(
    "outgoing",
    metadata,
    # Mail to be sent onward, see `store.outgoing`. Rows of what is over are kept for a while, the newest always, so
    # that no number is given twice.
    Column("number", _Number, primary_key=True),
    Column("store_id", String(22), nullable=False),
    Column("relay", Text, nullable=False),  # its name in the settings
    Column("recipients", Text, nullable=False),  # JSON list of addr-specs
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("due_at", BigInteger),  # the same; null when it is over
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=False),  # what relays said
    Index("outgoing_due_at", "due_at"),
)

outgoing_mark = Table(
    "outgoing_mark",
    metadata,
    # At most one row: up to which arrival the relay's rules have judged; none while there are no rules.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("upto", BigInteger, nullable=False),
)

token = Table(
    "token",
    metadata,
    # Tokens of the API; what the client holds is not kept, only its digest.
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
