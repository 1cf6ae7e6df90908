"""Every script in dialogues/, on both event loops."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_dialogue_goes_as_its_script_says(play: Callable[[Path, str], Any], script: Path, loop: str) -> None:
    """Commands and replies as RFC 5321 and the reference say; each script names its source."""
    assert play(script, loop).session().ended in {"quit", "refused"}
