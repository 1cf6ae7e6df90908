"""The POP3 server: mail programs fetch the mail in the store. RFC 1939."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.pop3.options import Pop3Options
    from catcher.pop3.server import Pop3Server

__all__ = ["Pop3Options", "Pop3Server"]

__getattr__ = lazy.exports(
    __name__,
    {
        "options": "Pop3Options",
        "server": "Pop3Server",
    },
)
