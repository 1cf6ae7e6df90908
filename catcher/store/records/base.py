"""The base of the records: what their methods read and write with."""

from catcher.store.engines.base import Database
from catcher.store.write.writer import Writer


class Records:
    """Tables beside the messages. Any thread may call the methods of a subclass; they raise StoreUnavailable."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
