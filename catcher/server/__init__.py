"""Builds, starts and stops a whole catcher from its settings."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.server.catcher import (
        Listeners,
        ServerAddresses,
        StartedCatcher,
        open_listeners,
        run_catcher,
        start_catcher,
    )
    from catcher.server.http_server import HttpServer
    from catcher.server.local_checks import local_checker
    from catcher.server.temp_database import ephemeral_directory

__all__ = [
    "HttpServer",
    "Listeners",
    "ServerAddresses",
    "StartedCatcher",
    "ephemeral_directory",
    "local_checker",
    "open_listeners",
    "run_catcher",
    "start_catcher",
]

__getattr__ = lazy.exports(
    __name__,
    {
        "HttpServer": "http_server",
        "Listeners": "catcher",
        "ServerAddresses": "catcher",
        "StartedCatcher": "catcher",
        "ephemeral_directory": "temp_database",
        "local_checker": "local_checks",
        "open_listeners": "catcher",
        "run_catcher": "catcher",
        "start_catcher": "catcher",
    },
)
