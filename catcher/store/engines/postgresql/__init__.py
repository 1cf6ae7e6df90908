"""PostgreSQL: a mailbox that several catchers can share, with pg_trgm for full-text search.

Imported at first use: the driver psycopg is optional and takes a tenth of a second.
"""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.store.engines.postgresql.bootstrap import open_postgresql

__all__ = ["open_postgresql"]

__getattr__ = lazy.exports(
    __name__,
    {
        "bootstrap": "open_postgresql",
    },
)
