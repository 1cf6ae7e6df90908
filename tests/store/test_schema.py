"""The schema that a new file gets, the one that migrations lead to, and the way from one to the other."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from catcher.data import data_directory
from catcher.store import Store, schema
from catcher.store.engine import make_file
from tests.store.contract import MakeMessage


def tables(path: Path) -> list[tuple[str, ...]]:
    """Every table and index of a database as it was declared."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    connection.close()
    return rows


def test_migrations_lead_to_the_schema_of_a_new_file(tmp_path: Path) -> None:
    """A database that was upgraded all the way is, byte for byte, declared as one made by `create`."""
    Store.open(f"sqlite:///{tmp_path / 'new.db'}").close()
    make_file(tmp_path / "migrated.db")
    schema.upgrade(tmp_path / "migrated.db", "none")
    assert tables(tmp_path / "migrated.db") == tables(tmp_path / "new.db")


def test_the_migrated_first_rows_are_those_of_a_new_file(tmp_path: Path, new: MakeMessage) -> None:
    """The counters are there, so the upgraded database works."""
    make_file(tmp_path / "mail.db")
    schema.upgrade(tmp_path / "mail.db", "none")
    with Store.open(f"sqlite:///{tmp_path / 'mail.db'}") as store:
        assert store.add([new()]) == [1]


def test_the_last_migration_is_the_head_that_the_store_knows() -> None:
    """REVISIONS lists the scripts of `migrations/versions`, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(data_directory("migrations")))
    scripts = ScriptDirectory.from_config(config)
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list(schema.REVISIONS)
    assert scripts.get_current_head() == schema.HEAD


def test_an_upgrade_copies_the_database_first(tmp_path: Path, new: MakeMessage) -> None:
    """The copy beside it is the database as it was, with its mail, for its owner only. DESIGN §4."""
    scripts = tmp_path / "migrations"
    shutil.copytree(data_directory("migrations"), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0004_next.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '0004'\ndown_revision = '0003'\n"
        "def upgrade():\n    op.add_column('message', sa.Column('is_pinned', sa.Boolean, server_default=sa.false()))\n"
    )
    path = tmp_path / "mail.db"
    message = new()
    with Store.open(f"sqlite:///{path}") as store:
        store.add([message])
    before = tables(path)
    copy = schema.upgrade(path, "0003", scripts=scripts, target="0004")
    assert copy.parent == path.parent
    assert copy.stat().st_mode & 0o077 == 0
    assert "is_pinned" in str(tables(path))
    assert tables(copy) == before
    with Store.open(f"sqlite:///{copy}") as store:
        assert store.raw(message.store_id) == message.content


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, new: MakeMessage) -> None:
    """Each upgrade is one transaction, its tables included."""
    scripts = tmp_path / "migrations"
    shutil.copytree(data_directory("migrations"), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "0004_next.py").write_text(
        "from alembic import op\nrevision = '0004'\ndown_revision = '0003'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (x INTEGER)')\n    raise RuntimeError('on purpose')\n"
    )
    path = tmp_path / "mail.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.add([new()])
    before = tables(path)
    with pytest.raises(RuntimeError, match="on purpose"):
        schema.upgrade(path, "0003", scripts=scripts, target="0004")
    assert tables(path) == before
    with Store.open(f"sqlite:///{path}") as store:
        assert store.counts().messages == 1


def test_alembic_is_not_loaded_for_a_database_at_head(tmp_path: Path) -> None:
    """It costs half a second, so a start without an upgrade does without it. DESIGN §4."""
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
