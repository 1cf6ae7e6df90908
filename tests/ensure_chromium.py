"""Sees to it that the browser tests have a Chromium: an installed one, else Playwright's, else the system's package."""

import os
import shutil
import subprocess
import sys

from tests.conftest import find_chromium


def main() -> int:
    """0 when there is a Chromium now, 1 with a sentence when there is none."""
    if find_chromium():
        return 0
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts += [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ]
    for attempt in attempts:
        sys.stderr.write(f"No Chromium yet: {' '.join(attempt)}\n")
        subprocess.run(attempt, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        if find_chromium():
            return 0
    sys.stderr.write("The tests need a Chromium: install one, or name it in CATCHER_CHROMIUM.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
