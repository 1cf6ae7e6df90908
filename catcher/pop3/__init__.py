"""POP3 over the store: existing mail programs fetch what was caught. RFC 1939."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.pop3.options import Pop3Options
    from catcher.pop3.server import Pop3Server

__all__ = ["Pop3Options", "Pop3Server"]

__getattr__ = lazy.exports(
    __name__,
    {
        "Pop3Options": "options",
        "Pop3Server": "server",
    },
)
