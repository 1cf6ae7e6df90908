"""Recognition of HTTP in dialogues of other protocols.

A web page can make a browser post commands to any port. The request line and the header fields come before the body, so
a server that closes at the first of them executes none of its commands.
"""

import re

_METHODS = frozenset(
    {b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH", b"PRI", b"PROPFIND"}
)
_VERSION = re.compile(rb" HTTP/[0-9](?:\.[0-9])?\s*\Z", re.IGNORECASE)


def is_http(line: bytes) -> bool:
    """Return whether a command line is a line of an HTTP request: its request line or its Host field. RFC 9112 §3."""
    verb = line.split(None, 1)[0].upper() if line.strip() else b""
    return verb in _METHODS or verb.startswith(b"HOST:") or _VERSION.search(line) is not None
