"""Provides a real spamd for the spam tests: an installed one, else the system's package where possible."""

import os
import shutil
import subprocess
import sys


def main() -> int:
    """0 always: a system without the package still tests the protocol."""
    if shutil.which("spamd"):
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "spamassassin", "spamd"]
        for attempt in (["apt-get", "update", "-qq"], install):
            sys.stderr.write(f"No spamd yet: {' '.join(attempt)}\n")
            subprocess.run(attempt, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not shutil.which("spamd"):
        sys.stderr.write("There is no spamd here: the spam tests run against the stand-in only.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
