"""Tests of catcher.server.temp_database."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catcher.server.temp_database import ephemeral_directory


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_it_is_deleted_after_use(tmp_path: Path) -> None:
    """--ephemeral leaves nothing after exit."""
    with ephemeral_directory() as directory:
        (directory / "catcher.db").write_bytes(b"mail")
    assert list(tmp_path.iterdir()) == []


def test_the_directory_of_a_killed_process_is_removed_and_one_in_use_stays(tmp_path: Path) -> None:
    """After kill -9 mail remains only until the next start; the directory of a running catcher is not touched."""
    left = tmp_path / "catcher-left"
    left.mkdir()
    (left / "in-use").touch()
    (left / "catcher.db").write_bytes(b"mail")
    strange = tmp_path / "catcher-strange"
    strange.mkdir()
    with ephemeral_directory() as one, ephemeral_directory() as two:
        assert sorted(tmp_path.iterdir()) == sorted([one, two, strange])


def test_a_directory_under_construction_is_left_alone() -> None:
    """Catchers that start at the same time leave each other's directories alone."""

    def start(_: int) -> bool:
        with ephemeral_directory() as directory:
            return (directory / "in-use").exists()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(start, range(400)))
