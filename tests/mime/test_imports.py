"""Modules that reading mail loads."""

import subprocess
import sys


def test_importing_the_room_loads_no_parser_of_html() -> None:
    """The listener opens before anything heavy is imported: it comes with the first message that needs it."""
    code = "import sys, catcher.mime; print(sorted({'turbohtml', 'email.message'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
