"""Tests of catcher.smtp.spool."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catcher.smtp.spool import Spool, remove_stale_files


def test_only_stale_files_of_ones_own_are_removed(tmp_path: Path) -> None:
    """A killed process leaves its spool file; a running one's is not touched, nor is anything else."""
    spool = Spool(block=1, directory=tmp_path)
    spool.add(b"x")
    spool.write()
    (tmp_path / "other.spool").touch()
    old = tmp_path / "catcher-old.spool"
    for path in (old, tmp_path / "other.spool"):
        path.touch()
        os.utime(path, (0, 0))
    assert remove_stale_files(tmp_path, older_than=60) == 1
    assert not old.exists()
    spool.discard()
    assert [path.name for path in tmp_path.iterdir()] == ["other.spool"]


def test_a_server_removes_stale_files_when_it_starts(start: Callable[..., Any], tmp_path: Path) -> None:
    """A day after the last write, no process is at work on them any more."""
    for name, age in (("catcher-old.spool", 90_000), ("catcher-new.spool", 3_600)):
        (tmp_path / name).touch()
        now = (tmp_path / name).stat().st_mtime
        os.utime(tmp_path / name, (now - age, now - age))
    server = start(spool_directory=tmp_path)
    server.call(server.server.stop(grace=0))
    assert [path.name for path in tmp_path.iterdir()] == ["catcher-new.spool"]
