"""Opening an SQLite file: what is created, and what is refused and left unchanged."""

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL

from catcher.errors import DatabaseTooNew, DatabaseUnusable
from catcher.store import Store
from tests.store.contract import MakeMessage

pytestmark = pytest.mark.sqlite


def refuse(path: Path, expected: str, *, error: type[DatabaseUnusable] = DatabaseUnusable) -> None:
    """Opening fails with one line that names the file and what is wrong, and nothing beside or in the file changes."""
    before = _state(path.parent) if path.parent.is_dir() else {}
    with pytest.raises(error, match=expected) as caught:
        Store.open(f"sqlite:///{path}")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (_state(path.parent) if path.parent.is_dir() else {}) == before


def _state(directory: Path) -> dict[str, str]:
    files = sorted(file for file in directory.iterdir() if file.is_file())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def make(path: Path, statement: str = "SELECT 1") -> None:
    """A database of ours, with one statement run on it."""
    Store.open(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    """A file that is no database is named as such."""
    path = tmp_path / "mail.db"
    path.write_bytes(b"Dear diary\n" * 1000)
    refuse(path, "is not an SQLite database")


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """A stranger's tables are left alone."""
    path = tmp_path / "mail.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.commit()
    connection.close()
    refuse(path, "database of another program")


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """A schema that this version does not know is not touched."""
    path = tmp_path / "mail.db"
    make(path, "UPDATE alembic_version SET version_num = '9999'")
    refuse(path, "newer version", error=DatabaseTooNew)


def test_a_newer_database_in_use_is_refused(tmp_path: Path) -> None:
    """What is still in the journal of a running process counts as well."""
    path = tmp_path / "mail.db"
    with Store.open(f"sqlite:///{path}"):
        connection = sqlite3.connect(path)
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        with pytest.raises(DatabaseTooNew):
            Store.open(f"sqlite:///{path}")
        connection.close()


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    """A file cut short, or with its first pages overwritten, is seen before work begins."""
    whole = tmp_path / "whole.db"
    make(whole)
    octets = whole.read_bytes()
    cut = tmp_path / "cut" / "mail.db"
    cut.parent.mkdir()
    cut.write_bytes(octets[: len(octets) // 2])
    refuse(cut, "damaged")
    scribbled = tmp_path / "scribbled" / "mail.db"
    scribbled.parent.mkdir()
    scribbled.write_bytes(octets[:100] + b"\xff" * 20_000 + octets[20_100:])
    refuse(scribbled, "damaged")


def test_a_missing_directory_and_a_directory_are_refused(tmp_path: Path) -> None:
    """The line says what to do."""
    refuse(tmp_path / "nowhere" / "mail.db", "does not exist")
    (tmp_path / "dir").mkdir()
    refuse(tmp_path / "dir", "is a directory")


@pytest.mark.slow
@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_read_only_database_is_refused(tmp_path: Path, what: str) -> None:
    """A read-only file, or a file in a read-only directory, is refused at the start, not at the first mail."""
    path = tmp_path / "data" / "mail.db"
    path.parent.mkdir()
    make(path)
    (path if what == "file" else path.parent).chmod(0o400 if what == "file" else 0o500)
    # Root ignores permissions, so the script changes its user.
    script = (
        "import os, sys\n"
        "sys.path[:0] = sys.argv[2:]\n"
        "import catcher.store.store\n"
        "if os.getuid() == 0:\n"
        "    os.seteuid(65534)\n"
        "from catcher.errors import DatabaseUnusable\n"
        "try:\n"
        "    catcher.store.store.Store.open('sqlite:///' + sys.argv[1])\n"
        "except DatabaseUnusable as error:\n"
        "    print(error)\n"
    )
    for parent in (path.parent, *path.parent.parents):
        if parent.stat().st_uid == path.stat().st_uid and parent != path.parent and "pytest" in parent.name:
            parent.chmod(0o755)
    if what == "file":
        path.parent.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), str(Path(__file__).parents[2])],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    path.parent.chmod(0o700)
    assert "cannot be" in done.stdout, done
    assert str(path) in done.stdout


@pytest.mark.parametrize(
    "url", ["", "mail.db", "sqlite://", "sqlite:///:memory:", "mysql://me:secret@host/db", "no such scheme://x"]
)
def test_an_unsupported_url_is_refused(url: str) -> None:
    """The line gives the value and what was expected, and no password."""
    with pytest.raises(DatabaseUnusable) as caught:
        Store.open(url)
    assert "expected" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_empty_file_becomes_a_database(tmp_path: Path, new: MakeMessage) -> None:
    """As a file made by `mktemp` is."""
    path = tmp_path / "mail.db"
    path.touch()
    with Store.open(f"sqlite:///{path}") as store:
        store.add([new()])
        assert store.counts().messages == 1


def test_odd_file_names_are_file_names(tmp_path: Path, new: MakeMessage) -> None:
    """Spaces, percent signs and question marks are part of the name when they are quoted in the URL."""
    path = tmp_path / "my mail 100% #1.db"
    url = URL.create("sqlite", database=str(path)).render_as_string()
    with Store.open(url) as store:
        store.add([new()])
    with Store.open(url) as store:
        assert store.counts().messages == 1
    assert path.exists()


@pytest.mark.slow
def test_two_processes_may_create_one_database(tmp_path: Path, new: MakeMessage) -> None:
    """The second one finds it ready."""
    path = tmp_path / "mail.db"
    script = "import sys; from catcher.store import Store; Store.open('sqlite:///' + sys.argv[1]).close()"
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], cwd=Path(__file__).parents[2]) for _ in "123"
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    with Store.open(f"sqlite:///{path}") as store:
        store.add([new()])
        assert store.cursor() == 1


def test_messages_are_found_after_reopening(url: str, new: MakeMessage) -> None:
    """Numbers continue where they stopped."""
    message = new()
    with Store.open(url) as store:
        [first] = store.add([message])
    with Store.open(url) as store:
        assert store.raw(message.store_id) == message.content
        assert store.add([new()]) == [first + 1]
