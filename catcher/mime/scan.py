"""Scanner for the bounds of a message's entities: one forward pass over the octets. Source: RFC 2046 §5.1."""

import re
from dataclasses import dataclass, field

from catcher.mime.boundaries import Boundaries, BoundaryLine
from catcher.mime.entity import EMBEDDED, IDENTITY, KNOWN_ENCODINGS, Entity, delimiter_of, describe
from catcher.mime.fields.header import fields_in
from catcher.mime.limits import Limits
from catcher.mime.model import HeaderField, Octets

# some programs turn CRLF into CRCRLF, whose empty lines would otherwise be missed
_LINE_BREAK = re.compile(rb"\r{0,2}\n")
_BLANK = re.compile(rb"\n\r{0,2}\n")
_MAX_DEFECTS = 100


@dataclass(slots=True)
class Scan:
    """Result of a scan. header: of the message itself. defects: code, index of the entity, sentence."""

    entities: list[Entity] = field(default_factory=list)
    header: tuple[HeaderField, ...] = ()
    defects: list[tuple[str, int, str]] = field(default_factory=list)
    is_cut: bool = False


def scan(octets: Octets, limits: Limits) -> Scan:
    """Find the entities of a message in document order, parents before children. Never raises; linear in the octets.

    A boundary of an outer multipart ends all entities open inside it (RFC 2046 §5.1.2). Lines end in LF, with or
    without CR; a lone CR is not a line break (RFC 5321 §2.3.8).
    """
    scanner = _Scanner(octets, limits)
    scanner.run()
    return scanner.result


class _Scanner:
    """Scanner state: a stack of open entities and a position that only moves forward."""

    def __init__(self, octets: Octets, limits: Limits) -> None:
        self.result = Scan()
        self._octets = octets
        self._limits = limits
        self._end = len(octets)
        self._boundaries = Boundaries(octets, limits.candidates)
        self._stack: list[tuple[int, bytes]] = []  # index of an open entity, its delimiter or b""
        self._blank = (-1, -1)  # the last empty line found: the line break before it, the line after it
        self._at = 0  # start of the line where the search for boundaries continues

    def run(self) -> None:
        self._open(0, -1, 0)
        while self._boundaries.any_open and (line := self._boundaries.find(self._at, self._end)):
            self._close_above(line.level, line.start)
            if not self._handle(line):
                break
        if self._boundaries.is_exhausted:
            self._cut("cut-boundaries", 0, "Too many lines look like a boundary: later parts are not in the tree.")
        self._close_above(-1, self._end)

    def _handle(self, line: BoundaryLine) -> bool:
        """End a multipart or begin its next part; False if the limit of parts is reached."""
        index, delimiter = self._stack[line.level]
        if line.is_close:
            # the epilogue follows
            self._boundaries.close(delimiter, line.level)
            self._stack[line.level] = (index, b"")
            self._at = line.end
            return True
        return self._has_room(index) and self._open(line.end, index, self.result.entities[index].depth + 1)

    def _has_room(self, index: int) -> bool:
        if len(self.result.entities) < self._limits.parts:
            return True
        self._cut("cut-parts", index, f"More than {self._limits.parts} parts: the rest is not in the tree.")
        return False

    def _close_above(self, level: int, at: int) -> None:
        """End every open entity above `level`; the line break before a boundary at `at` belongs to the boundary."""
        end = self._before_line_break(at, 0) if level >= 0 else at
        innermost = 0
        while len(self._stack) > level + 1:
            index, delimiter = self._stack.pop()
            entity = self.result.entities[index]
            entity.end = innermost = max(end, entity.body_start, innermost)
            if delimiter:
                self._boundaries.close(delimiter, len(self._stack))
                self._note("boundary-unclosed", index, "A multipart has no closing boundary.")

    def _before_line_break(self, at: int, floor: int) -> int:
        """Return the start of the line break that ends at `at`, or `at`."""
        if at <= floor or self._octets[at - 1] != 10:
            return at
        return at - 2 if at - 2 >= floor and self._octets[at - 2] == 13 else at - 1

    def _open(self, start: int, parent: int, depth: int) -> bool:
        """Begin the entity whose header section is at `start`, and the embedded messages below it."""
        while True:
            index = len(self.result.entities)
            entity = Entity(parent=parent, depth=depth, header_start=start)
            if parent >= 0 and self.result.entities[parent].media_type == "multipart/digest":
                entity.media_type = "message/rfc822"  # the default in a digest (RFC 2046 §5.1.5)
            self.result.entities.append(entity)
            self._read_header(entity, index)
            delimiter = b""
            if entity.is_multipart and not (delimiter := delimiter_of(entity)):
                self._note("boundary-missing", index, "A multipart names no boundary, so its parts cannot be found.")
            embeds = entity.media_type in EMBEDDED and entity.transfer_encoding in IDENTITY
            if (delimiter or embeds) and depth >= self._limits.depth:
                self._cut(
                    "cut-depth", index, f"More than {self._limits.depth} levels: deeper parts are not in the tree."
                )
                delimiter, embeds = b"", False
            if delimiter:
                self._boundaries.open(delimiter, len(self._stack))
            self._stack.append((index, delimiter))
            if not embeds or not self._has_room(index):
                return True
            start, parent, depth = entity.body_start, index, depth + 1

    def _read_header(self, entity: Entity, index: int) -> None:
        """Fill in the entity from its header section; a section without any field is part of the body."""
        start = entity.header_start
        header_end, entity.body_start = self._header_place(start)
        if header_end - start > self._limits.header_octets:
            self._cut("cut-header", index, f"A header section is longer than {self._limits.header_octets} octets.")
        fields = fields_in(self._octets[start : min(header_end, start + self._limits.header_octets)], self._limits)
        if header_end > start and not fields:
            self._note("header-missing", index, "There is no header section; everything is taken for the body.")
            entity.body_start = start
        self._at = entity.body_start
        if len(fields) >= self._limits.fields:
            self._cut("cut-fields", index, f"More than {self._limits.fields} header fields: the rest was left out.")
        if index == 0:
            self.result.header = tuple([HeaderField(name=name, body=body) for name, body in fields])
        describe(entity, fields)
        if "/" not in entity.media_type:
            self._note("media-type-invalid", index, "A Content-Type is not of the form type/subtype.")
        if entity.transfer_encoding not in KNOWN_ENCODINGS:
            self._note(
                "transfer-encoding-unknown", index, "An unknown Content-Transfer-Encoding: octets are left as sent."
            )

    def _header_place(self, start: int) -> tuple[int, int]:
        """Return the end of the header section at `start` and the start of its body.

        It ends at an empty line, or at a boundary of an open multipart or of the entity itself.
        """
        octets = self._octets
        if empty := _LINE_BREAK.match(octets, start):
            return start, empty.end()
        if self._blank[0] < start:
            found = _BLANK.search(octets, start)
            self._blank = (found.start() + 1, found.end()) if found else (self._end, self._end)
        header_end, body_start = self._blank
        dashes = start if octets[start : start + 2] == b"--" else (octets.find(b"\n--", start, header_end) + 1 or -1)
        if dashes > start and self._is_own_boundary(start, dashes):
            return dashes, dashes
        if dashes >= start and (line := self._boundaries.find(start, header_end)):
            header_end = body_start = self._before_line_break(line.start, start)
        return header_end, body_start

    def _is_own_boundary(self, start: int, at: int) -> bool:
        """Whether the line at `at` is the boundary declared by the header lines directly before it."""
        line_end = self._octets.find(b"\n", at)
        line = self._octets[at : line_end if line_end >= 0 else self._end].rstrip()
        if at - start > self._limits.header_octets:
            return False
        entity = Entity(parent=-1, depth=0, header_start=start)
        describe(entity, fields_in(self._octets[start:at], self._limits))
        return entity.is_multipart and delimiter_of(entity) == line

    def _cut(self, code: str, index: int, text: str) -> None:
        self.result.is_cut = True
        self._note(code, index, text)

    def _note(self, code: str, index: int, text: str) -> None:
        if len(self.result.defects) < _MAX_DEFECTS:
            self.result.defects.append((code, index, text))
