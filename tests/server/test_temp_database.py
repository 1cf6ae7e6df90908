"""Tests of catcher.server.temp_database."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catcher.server.temp_database import ephemeral_directory


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_it_is_gone_after_use(tmp_path: Path) -> None:
    """--ephemeral keeps nothing after exit."""
    with ephemeral_directory() as directory:
        (directory / "catcher.db").write_bytes(b"mail")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_what_is_in_use_stays(tmp_path: Path) -> None:
    """kill -9 leaves mail behind only until the next start; another catcher's directory is not touched."""
    left = tmp_path / "catcher-left"
    left.mkdir()
    (left / "in-use").touch()
    (left / "catcher.db").write_bytes(b"mail")
    strange = tmp_path / "catcher-strange"
    strange.mkdir()
    with ephemeral_directory() as one, ephemeral_directory() as two:
        assert sorted(tmp_path.iterdir()) == sorted([one, two, strange])


def test_nobody_takes_a_directory_that_is_just_being_made() -> None:
    """Many catchers that start at once leave each other's directories alone."""

    def start(_: int) -> bool:
        with ephemeral_directory() as directory:
            return (directory / "in-use").exists()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(start, range(400)))
