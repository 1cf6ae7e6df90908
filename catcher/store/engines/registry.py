"""Opens a database URL with the engine that its scheme names."""

from sqlalchemy import URL, exc, make_url

from catcher.errors import DatabaseUnusable
from catcher.store.engines import postgresql
from catcher.store.engines.base import Database
from catcher.store.engines.sqlite.bootstrap import open_sqlite


def open_database(url: str, *, durable: bool, readers: int, lock_timeout: float) -> Database:
    """Open the database at a SQLAlchemy URL; create it when it is missing, upgrade it when it is old.

    Raises DatabaseUnusable or DatabaseTooNew in one clear line; everything is checked before the first write.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise DatabaseUnusable(f"{url}: expected a database URL such as sqlite:////var/lib/catcher.db") from error
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return _open_postgresql(parsed, durable=durable, readers=readers, lock_timeout=lock_timeout)
    if parsed.get_backend_name() != "sqlite":
        shown = parsed.render_as_string(hide_password=True)
        raise DatabaseUnusable(f"{shown}: expected a database URL that begins with sqlite:/// or postgresql://")
    return open_sqlite(parsed, durable=durable, readers=readers, lock_timeout=lock_timeout)


def _open_postgresql(url: URL, *, durable: bool, readers: int, lock_timeout: float) -> Database:
    try:
        open_postgresql = postgresql.open_postgresql
    except ImportError as error:
        raise DatabaseUnusable(
            "postgresql:// needs the driver psycopg; install it: pip install 'catcher-mail[postgres]'"
        ) from error
    return open_postgresql(url, durable=durable, readers=readers, lock_timeout=lock_timeout)
