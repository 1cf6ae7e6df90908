"""What the garbage collector does while a process starts, and afterwards."""

import gc
import subprocess
import sys

import pytest

from catcher.process import frozen_heap


def test_nothing_is_collected_while_a_process_starts() -> None:
    """And what was made then is left alone for good; seen in a process of its own, for it holds for all of it."""
    code = (
        "import gc; from catcher.process import frozen_heap\n"
        "with frozen_heap(): print(gc.isenabled())\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 1000, gc.get_threshold()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "True", "True", "10000"]


def test_a_start_that_fails_leaves_the_collector_on() -> None:
    """Whoever embeds it goes on as before."""
    threshold = gc.get_threshold()
    try:
        with pytest.raises(RuntimeError), frozen_heap():
            raise RuntimeError
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
