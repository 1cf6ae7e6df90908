"""Growth of the CPU time of hostile input of eight times the size: 8 if the algorithm is linear, 64 if quadratic."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from bench.hostile import DOCUMENTS, MESSAGES, TOKENS
from bench.table import Options, Row
from catcher import mime
from catcher.extract import extract
from catcher.web.frame import FrameOptions, frame_document
from catcher.web.ui.message.diff import compare_lines, compare_words, masked

FACTOR = 8
SIZE = 100_000
"""Octets of the smaller input."""
FLOOR = 0.002
"""CPU seconds below which the smaller input is not measured exactly."""

Input = TypeVar("Input")


def growth(options: Options) -> Iterator[Row]:
    """Yield how many times more CPU time the larger input takes, for this checkout's functions."""

    def row(name: str, make: Callable[[int], Input], work: Callable[[Input], object]) -> Row:
        small, large = (_cpu(make(octets), work, options.rounds) for octets in (SIZE, FACTOR * SIZE))
        return f"growth, {name}", {options.servers[0].name: large / max(small, FLOOR)}

    for name, message in MESSAGES.items():
        yield row(f"message: {name}", message, _read)
    for name, document in DOCUMENTS.items():
        yield row(f"frame: {name}", document, partial(frame_document, inline=str, options=FrameOptions()))
    for token in TOKENS:
        yield row(f"masking: {token}", lambda octets, token=token: token * (octets // len(token)), masked)  # type: ignore[misc]
    yield row("comparison: lines in turn", lambda octets: "a\nb\n" * (octets // 4), _compare)


def _cpu(value: Input, work: Callable[[Input], object], rounds: int) -> float:
    """Return the CPU seconds of the fastest round."""
    seconds = []
    for _ in range(rounds):
        begun = time.process_time()
        work(value)
        seconds.append(time.process_time() - begun)
    return min(seconds)


def _read(octets: bytes) -> None:
    message = mime.parse(octets)
    mime.readable_text(octets, message)
    mime.bodies(octets, message)
    mime.list_unsubscribe(message)
    extract(octets, message)


def _compare(text: str) -> None:
    lines = text.splitlines()
    compare_lines(lines, lines[1:])
    compare_words(text, text[2:])
