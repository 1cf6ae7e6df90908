"""Bodies that wait for slow clients in files."""

import asyncio
import tempfile
import weakref
from typing import Any

import pytest
from starlette.responses import Response

from catcher.threads import Threads
from catcher.web.middleware.large_responses import PIECE, SPOOL_FROM, LargeResponses


class Holder:
    """What a handler holds while it runs."""

    def __init__(self, body: bytes) -> None:
        self.body = body


def sent(body: bytes) -> tuple[list[dict[str, Any]], list[bool]]:
    """The messages to the server, and whether the body was in memory at each of them."""
    messages: list[dict[str, Any]] = []
    alive: list[bool] = []

    async def run() -> None:
        threads = Threads(1)
        references: list[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            octets = Holder(body)
            references.append(weakref.ref(octets))
            await Response(octets.body)(scope, receive, send)

        async def send(message: Any) -> None:
            messages.append(message)
            alive.append(references[0]() is not None)

        await LargeResponses(app, threads=threads)({"type": "http", "method": "GET"}, None, send)  # type: ignore[arg-type]
        threads.close()

    asyncio.run(run())
    return messages, alive


def test_a_large_body_is_sent_in_pieces_after_its_handler_has_ended() -> None:
    """Whatever the handler holds is free, however slowly the client reads."""
    body = bytes(range(256)) * (SPOOL_FROM // 256) + b"rest"
    messages, alive = sent(body)
    assert b"".join(each.get("body", b"") for each in messages) == body
    assert messages[0]["headers"][0] == (b"content-length", str(len(body)).encode())
    assert max(len(each.get("body", b"")) for each in messages) <= PIECE
    assert [each.get("more_body") for each in messages[1:]] == [True] * (len(messages) - 2) + [False]
    assert alive[0] is True
    assert not any(alive[1:])


def test_a_small_body_passes_at_once() -> None:
    """It costs no file."""
    messages, _alive = sent(b"small")
    assert [each.get("body") for each in messages] == [None, b"small"]


def test_without_room_for_the_file_the_body_is_sent_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk stops nobody from reading."""

    def refuse(**_given: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    messages, _alive = sent(b"x" * SPOOL_FROM)
    assert len(messages[1]["body"]) == SPOOL_FROM
