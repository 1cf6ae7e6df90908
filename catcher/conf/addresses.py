"""Addresses of listeners and servers: a TCP port or a Unix socket."""

import re
from dataclasses import dataclass

EXPECTED = "HOST:PORT with a port from 0 to 65535, [IPv6]:PORT, or unix:PATH[:MODE]"

_TCP = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^\[\]:/\s]*)):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class SocketAddress:
    """A host with a TCP port (0: any free port), or the path of a Unix socket with its mode."""

    host: str = ""
    port: int = 0
    path: str = ""
    mode: int | None = None

    @classmethod
    def parse(cls, text: str) -> "SocketAddress":
        """Return the address of a text such as "localhost:25", "[::1]:25", ":25" (every host) or "unix:/run/s:660".

        Raises ValueError; `EXPECTED` says what was expected.
        """
        if text.startswith("unix:"):
            path, _, mode = text[5:].partition(":")
            if not path or (mode and not re.fullmatch("[0-7]{3,4}", mode)):
                raise ValueError(EXPECTED)
            return cls(path=path, mode=int(mode, 8) if mode else None)
        match = _TCP.fullmatch(text)
        if match is None or int(match["port"]) > 65535:
            raise ValueError(EXPECTED)
        return cls(match["ipv6"] or match["host"] or "::", int(match["port"]))

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}" + (f":{self.mode:o}" if self.mode is not None else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        return bool(self.path) or self.host == "localhost" or self.host == "::1" or self.host.startswith("127.")
