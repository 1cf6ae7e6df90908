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
    from catcher.server.web_socket_connection import WebSocketConnection

__all__ = [
    "HttpServer",
    "Listeners",
    "ServerAddresses",
    "StartedCatcher",
    "WebSocketConnection",
    "ephemeral_directory",
    "local_checker",
    "open_listeners",
    "run_catcher",
    "start_catcher",
]

__getattr__ = lazy.exports(
    __name__,
    {
        "catcher": "Listeners ServerAddresses StartedCatcher open_listeners run_catcher start_catcher",
        "http_server": "HttpServer",
        "local_checks": "local_checker",
        "temp_database": "ephemeral_directory",
        "web_socket_connection": "WebSocketConnection",
    },
)
