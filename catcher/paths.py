"""Where files lie: what belongs to the program, in a checkout or in an installed wheel, and the user's database."""

import contextlib
import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_directory(name: str) -> Path:
    """The directory of this name: "templates", "static" or "migrations".

    A checkout has it beside the package, a wheel in `catcher/_data`. Raises FileNotFoundError when it is in neither
    place, which means that the installation is incomplete.
    """
    installed = _PACKAGE / "_data" / name
    # Next to an installed package, site-packages may hold a stranger's "static": the wheel's own copy goes first.
    for place in (installed, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"The directory {name!r} of catcher is missing: expected {installed}")


def database_file(given: str) -> Path:
    """The file that somebody means by a path: itself, or catcher.db in a directory; "" is the user's own.

    The user's own is catcher.db in the platform's directory for user data, which is made when it is missing; a
    directory that was named is not. When it cannot be made, opening the file will say so.
    """
    if not given:
        import platformdirs  # not for who names a file: the listener would open later

        own = platformdirs.user_data_path("catcher", appauthor=False)
        with contextlib.suppress(OSError):
            own.mkdir(mode=0o700, parents=True, exist_ok=True)
        return own / "catcher.db"
    path = Path(given).expanduser().absolute()
    return path / "catcher.db" if path.is_dir() or given.endswith(("/", os.sep)) else path
