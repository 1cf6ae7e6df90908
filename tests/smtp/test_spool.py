"""Tests of catcher.smtp.spool."""

import os
from pathlib import Path

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
