"""The scripts in dialogues/, on both event loops."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_dialogue_follows_its_script(play: Callable[[Path, str], Any], script: Path, loop: str) -> None:
    """Each script cites its source."""
    assert play(script, loop).session().ended in {"quit", "refused"}
