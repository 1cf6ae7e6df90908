"""Opening a PostgreSQL database: what is created, and what is refused and left unchanged."""

import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from catcher.errors import DatabaseTooNew, DatabaseUnusable
from catcher.paths import data_directory
from catcher.store import ByIds, Store
from catcher.store.db import schema
from catcher.store.engines.postgresql.database import begun, make_engine
from tests.databases import Server, rows
from tests.store.contract import MakeMessage

ROOT = Path(__file__).parents[3]

TABLES = """
SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attstorage::text, collname,
    regexp_replace(pg_get_expr(adbin, adrelid), '''.*''', '') FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r' AND relnamespace = 'public'::regnamespace
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
KEYS = (
    "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' ORDER BY 1, 2"
)


def declared(url: str) -> list[list[tuple[object, ...]]]:
    """All columns, indexes and keys of a database."""
    return [rows(url, query) for query in (TABLES, INDEXES, KEYS)]


def migrate(url: str, target: str, *, scripts: Path | None = None) -> None:
    """Run the migrations up to one, as an upgrade does."""
    engine = make_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=1, lock_timeout=10)
    try:
        with engine.connect() as connection, begun(connection, "BEGIN"):
            schema.upgrade(connection, scripts=scripts, target=target)
    finally:
        engine.dispose()


def refused(url: str, expected: str, *, error: type[DatabaseUnusable] = DatabaseUnusable) -> str:
    """What is said by one line, with what is expected in it."""
    with pytest.raises(error, match=expected) as caught:
        Store.open(url, lock_timeout=2)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_empty_database_becomes_one_of_catcher(empty_url: str, new: MakeMessage) -> None:
    """All that is needed is a database; both spellings of the scheme that are in use name it."""
    with Store.open(empty_url) as store:
        assert store.add([new()]) == [1]
    with Store.open(empty_url.replace("postgresql:", "postgres:")) as store:
        assert store.counts().messages == 1


def test_migrations_lead_to_the_schema_of_a_new_database(empty_url: str, postgresql_url: str) -> None:
    """Upgraded all the way it has the columns, indexes and keys of one made by `create`."""
    migrate(empty_url, schema.HEAD)
    assert declared(empty_url) == declared(postgresql_url)


@pytest.mark.parametrize("old", schema.REVISIONS[:-1])
def test_a_database_of_every_schema_is_upgraded(empty_url: str, new: MakeMessage, old: str) -> None:
    """Opening an old one brings it to head, and it works."""
    migrate(empty_url, old)
    message = new()
    with Store.open(empty_url) as store:
        assert store.add([message]) == [1]
        assert store.pin(ByIds((message.store_id,)), is_pinned=True) == 1
    assert rows(empty_url, "SELECT version_num FROM alembic_version") == [(schema.HEAD,)]


def test_an_upgrade_that_fails_changes_nothing(postgresql_url: str, tmp_path: Path) -> None:
    """Each upgrade is one transaction, its tables included."""
    scripts = tmp_path / "migrations"
    shutil.copytree(data_directory("migrations"), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_next.py").write_text(
        f"from alembic import op\nrevision = '9999'\ndown_revision = '{schema.HEAD}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (x INTEGER)')\n    raise RuntimeError('on purpose')\n"
    )
    before = declared(postgresql_url)
    with pytest.raises(RuntimeError, match="on purpose"):
        migrate(postgresql_url, "9999", scripts=scripts)
    assert declared(postgresql_url) == before


@pytest.mark.slow
def test_several_catchers_may_create_one_database(empty_url: str, new: MakeMessage) -> None:
    """Those that wait for the first one find it ready."""
    script = "import sys; from catcher.store import Store; Store.open(sys.argv[1]).close()"
    running = [subprocess.Popen([sys.executable, "-c", script, empty_url], cwd=ROOT) for _ in "12"]
    assert [process.wait(60) for process in running] == [0, 0]
    with Store.open(empty_url) as store:
        assert store.add([new()]) == [1]


def test_a_schema_of_its_own_keeps_it_apart(postgresql: Server, empty_url: str, new: MakeMessage) -> None:
    """Two mailboxes in one database, in schemas that the URL names, know nothing of each other."""
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE TABLE recipe (name text); CREATE SCHEMA one; CREATE SCHEMA two")
        connection.execute("CREATE EXTENSION pg_trgm SCHEMA public")
    first, second = (f"{empty_url}&options=-csearch_path%3D{name}" for name in ("one", "two"))
    with Store.open(first) as one, Store.open(second) as two:
        one.add([new(), new()])
        assert (one.counts().messages, two.counts().messages) == (2, 0)
        assert one.retain(max_messages=1, max_age=None, now=new().envelope.received_at) == 1
        two.add([new(), new()])
        assert two.retain(max_messages=1, max_age=None, now=new().envelope.received_at) == 1
    refused(empty_url, "tables of another program")
    assert rows(empty_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]


def test_a_newer_database_is_refused(postgresql_url: str) -> None:
    """A schema that this version does not know is not touched."""
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused(postgresql_url, "newer version", error=DatabaseTooNew)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    """The message says what could not be reached and why, in the words of the driver."""
    url = "postgresql://me:secret@127.0.0.1:1/mail?sslpassword=secret"
    said = refused(url, "127.0.0.1")
    assert "secret" not in said
    assert "refused" in said


def test_a_missing_database_is_named(postgresql: Server) -> None:
    """Databases are never created on a server."""
    assert "does not exist" in refused(postgresql.make().replace("test_", "no_"), "cannot be used")


def test_missing_features_of_the_server_are_named(postgresql: Server, empty_url: str) -> None:
    """The extension that only an administrator may make, and an encoding that cannot hold all mail."""
    with psycopg.connect(empty_url) as connection:
        connection.execute("DO $$ BEGIN CREATE ROLE weak LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
        connection.execute("GRANT ALL ON SCHEMA public TO weak")
    weak = empty_url.replace("postgres:@", "weak:@")
    refused(weak, "lacks the extension pg_trgm .*CREATE EXTENSION pg_trgm")
    assert rows(empty_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    Store.open(weak).close()
    name = make_url(empty_url).database
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_l1 TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        refused(empty_url.replace(str(name), f"{name}_l1"), "LATIN1")
    finally:
        postgresql.drop(empty_url.replace(str(name), f"{name}_l1"))


@pytest.mark.slow
def test_the_driver_is_loaded_only_for_its_urls_and_named_when_it_is_missing(tmp_path: Path) -> None:
    """SQLite needs none; without it the line says how to install it."""
    script = (
        "import sys\nfrom catcher.store import Store\nStore.open('sqlite:///' + sys.argv[1]).close()\n"
        "assert 'psycopg' not in sys.modules\nsys.modules['psycopg'] = None\n"
        "try:\n    Store.open('postgresql:///mail')\nexcept Exception as error:\n    print(error)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "mail.db")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "pip install 'catcher-mail[postgres]'" in done.stdout
