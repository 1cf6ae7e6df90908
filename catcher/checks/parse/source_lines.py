"""Line numbers in the message as sent, which mail programs show as its source."""

import re
from collections.abc import Sequence
from itertools import accumulate

from catcher.mime import Octets, Part

MAX_SENT = 20_000_000
"""Octets of a message in which lines are counted."""

_BLOCK = 1 << 16
_BREAK = re.compile(rb"\r\n?|\n")
# a break after "=" is not in the text, and an encoded one is not in the source (RFC 2045 §6.7)
_QUOTED_BREAK = re.compile(rb"=[ \t]*(?:\r\n?|\n)|=0D=0A|=0[AD]|\r\n?|\n", re.IGNORECASE)
_BREAKS = {"7bit": _BREAK, "8bit": _BREAK, "binary": _BREAK, "quoted-printable": _QUOTED_BREAK}


class SentLines:
    """Line numbers of one message as sent, from 1; 0 when unknown."""

    def __init__(self, octets: Octets) -> None:
        self._octets = octets
        blocks = range(0, min(len(octets), MAX_SENT), _BLOCK)
        self._before = list(accumulate((octets[at : at + _BLOCK].count(b"\n") for at in blocks), initial=0))

    def at(self, offset: int) -> int:
        """Return the line of an octet."""
        if offset > MAX_SENT:
            return 0
        block = min(offset // _BLOCK, len(self._before) - 1)
        return self._before[block] + self._octets[block * _BLOCK : offset].count(b"\n") + 1

    def of_field(self, part: Part, name: str) -> int:
        """Return the line of a header field of the part; that of the part's first line when it has no such field."""
        head = bytes(self._octets[part.header_start : part.body_start])
        found = re.search(rb"^" + re.escape(name.encode()) + rb"[ \t]*:", head, re.IGNORECASE | re.MULTILINE)
        return self.at(part.header_start + (found.start() if found else 0))

    def of_text(self, part: Part) -> Sequence[int]:
        """Return for each line of the part's decoded text the line as sent on which it begins.

        For base64 only the first line is known; () beyond the limit.
        """
        first = self.at(part.body_start)
        if not first or part.end > MAX_SENT:
            return ()
        if part.transfer_encoding not in _BREAKS:
            return (first,)
        lines, line = [first], first
        for found in _BREAKS[part.transfer_encoding].finditer(bytes(self._octets[part.body_start : part.end])):
            is_soft = found[0][:1] == b"=" and found[0][-1:] in b"\r\n"
            line += b"\n" in found[0]
            if not is_soft:
                lines.append(line)
        return lines
