"""From a URL to a database that is ready for use, or one clear line that says why not, with the database untouched."""

from sqlalchemy import URL, exc, make_url

from catcher.errors import DatabaseUnusable
from catcher.store.engines.base import Database
from catcher.store.engines.sqlite.connection import open_sqlite


def open_database(url: str, *, durable: bool, readers: int, lock_timeout: float) -> Database:
    """The database at this SQLAlchemy URL, made when it is missing and upgraded when it is old.

    Raises DatabaseUnusable or DatabaseTooNew; everything that can be wrong is looked for before the first write.
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
        import psycopg  # noqa: F401
    except ImportError as error:
        raise DatabaseUnusable(
            "postgresql:// needs the driver psycopg; install it: pip install 'catcher-mail[postgres]'"
        ) from error
    from catcher.store.engines.postgresql.connection import open_postgresql

    return open_postgresql(url, durable=durable, readers=readers, lock_timeout=lock_timeout)
