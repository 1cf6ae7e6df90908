"""Independence of the mail library."""

import json
import subprocess
import sys
from pathlib import Path

MODULES = (
    "import catcher.mail, catcher.mail.backends.smtp, catcher.mail.backends.console, catcher.mail.backends.dummy, \
catcher.mail.backends.filebased, catcher.mail.backends.locmem"
)


def test_importing_it_loads_nothing_but_the_standard_library() -> None:
    """No server, no database, no web framework, no other room of catcher: seen in sys.modules of a new process."""
    script = (
        f"import json, sys; before = set(sys.modules); {MODULES}; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = {name for name in json.loads(result.stdout) if not name.startswith("catcher.mail.")}
    foreign = {name for name in loaded if name.split(".")[0] not in sys.stdlib_module_names}
    assert foreign == {"catcher", "catcher.mail"}
