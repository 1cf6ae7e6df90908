"""The schema of a new file, the schema after all migrations, and the upgrade between them."""

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from catcher.paths import data_directory
from catcher.store import ByIds, Store
from catcher.store.db import schema
from catcher.store.engines.sqlite.bootstrap import upgrade
from catcher.store.engines.sqlite.database import make_file
from tests.store.contract import MakeMessage

pytestmark = pytest.mark.sqlite


def tables(path: Path) -> list[tuple[object, ...]]:
    """Every table and index of a database: its columns with type, default and key, and what it is indexed by."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name").fetchall()
        return [(*row, *_structure(connection, row[1])) for row in rows]


def _structure(connection: sqlite3.Connection, name: str) -> list[object]:
    asked = ("table_xinfo", "foreign_key_list", "index_xinfo")
    found: list[object] = [sorted(connection.execute(f"PRAGMA {each}('{name}')").fetchall()) for each in asked]
    found.append(sorted(row[1:] for row in connection.execute(f"PRAGMA index_list('{name}')")))
    # Conditions of indexes, WITHOUT ROWID and the options of virtual tables stand in the declaration alone.
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0] or ""
    found.append(re.findall(r"WHERE.*|WITHOUT ROWID|USING.*", sql))
    return found


def test_migrations_lead_to_the_schema_of_a_new_file(tmp_path: Path) -> None:
    """A database that was upgraded all the way has the tables, columns and indexes of one made by `create`."""
    Store.open(f"sqlite:///{tmp_path / 'new.db'}").close()
    make_file(tmp_path / "migrated.db")
    upgrade(tmp_path / "migrated.db", "none")
    assert tables(tmp_path / "migrated.db") == tables(tmp_path / "new.db")


def test_the_migrated_first_rows_are_those_of_a_new_file(tmp_path: Path, new: MakeMessage) -> None:
    """The counters are there, so the upgraded database works."""
    make_file(tmp_path / "mail.db")
    upgrade(tmp_path / "mail.db", "none")
    with Store.open(f"sqlite:///{tmp_path / 'mail.db'}") as store:
        assert store.add([new()]) == [1]


def test_the_last_migration_is_the_head_that_the_store_knows() -> None:
    """REVISIONS lists the scripts of `migrations/versions`, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(data_directory("migrations")))
    scripts = ScriptDirectory.from_config(config)
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(schema.REVISIONS)
    assert scripts.get_current_head() == schema.HEAD


@pytest.mark.parametrize("old", schema.REVISIONS[:-1])
def test_a_database_of_every_schema_is_upgraded_with_its_mail(tmp_path: Path, new: MakeMessage, old: str) -> None:
    """Every released schema has an upgrade test."""
    path, message = tmp_path / "mail.db", new()
    make_file(path)
    upgrade(path, "none", target=old)
    with closing(sqlite3.connect(path)) as before:
        have = {row[1] for row in before.execute("PRAGMA table_xinfo(message)")}
    with Store.open(f"sqlite:///{tmp_path / 'new.db'}") as store:
        store.add([message])
    with closing(sqlite3.connect(path)) as before:
        before.execute("ATTACH ? AS new", (str(tmp_path / "new.db"),))
        for table in ("message", "detail", "content", "search", "counter"):
            columns = [row[1] for row in before.execute(f"PRAGMA main.table_xinfo({table})")]
            names = ", ".join(f'"{column}"' for column in columns)
            before.execute(f"DELETE FROM main.{table}")
            before.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
        before.execute("UPDATE main.counter SET indexed = 0")
        before.commit()
    assert ("is_pinned" in have) is (old >= "0004")
    with Store.open(f"sqlite:///{path}") as store:
        assert store.raw(message.store_id) == message.content
        assert store.get(message.store_id).summary.is_pinned is False
        assert store.add([new()]) == [2]
        assert store.pin(ByIds((message.store_id,)), is_pinned=True) == 1


def test_an_upgrade_copies_the_database_first(tmp_path: Path, new: MakeMessage) -> None:
    """The copy beside it is the database as it was, with its mail, for its owner only."""
    scripts = tmp_path / "migrations"
    shutil.copytree(data_directory("migrations"), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0005_next.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '0005'\ndown_revision = '0004'\n"
        "def upgrade():\n    op.add_column('message', sa.Column('is_next', sa.Boolean, server_default=sa.false()))\n"
    )
    path = tmp_path / "mail.db"
    message = new()
    with Store.open(f"sqlite:///{path}") as store:
        store.add([message])
    before = tables(path)
    copy = upgrade(path, "0004", scripts=scripts, target="0005")
    assert copy.parent == path.parent
    assert copy.stat().st_mode & 0o077 == 0
    assert "is_next" in str(tables(path))
    assert tables(copy) == before
    with Store.open(f"sqlite:///{copy}") as store:
        assert store.raw(message.store_id) == message.content


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, new: MakeMessage) -> None:
    """Each upgrade is one transaction, its tables included."""
    scripts = tmp_path / "migrations"
    shutil.copytree(data_directory("migrations"), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0005_next.py").write_text(
        "from alembic import op\nrevision = '0005'\ndown_revision = '0004'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (x INTEGER)')\n    raise RuntimeError('on purpose')\n"
    )
    path = tmp_path / "mail.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.add([new()])
    before = tables(path)
    with pytest.raises(RuntimeError, match="on purpose"):
        upgrade(path, "0004", scripts=scripts, target="0005")
    assert tables(path) == before
    with Store.open(f"sqlite:///{path}") as store:
        assert store.counts().messages == 1


@pytest.mark.slow
def test_alembic_is_not_loaded_for_a_database_at_head(tmp_path: Path) -> None:
    """It costs half a second, so a start without an upgrade does without it."""
    script = (
        "import sys; from catcher.store import Store\n"
        "for _ in range(2): Store.open('sqlite:///' + sys.argv[1]).close()\n"
        "print(sorted(name for name in ('alembic', 'sqlalchemy.orm', 'mako') if name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "mail.db")],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"
