"""Client of rspamd over HTTP. Source: rspamd's protocol documentation, /checkv2."""

from __future__ import annotations

from typing import Any

from catcher.checks.filters.model import SpamError, SpamRule, SpamVerdict, by_points
from catcher.envelope import Envelope
from catcher.mime import Octets

MAX_MESSAGE = 20_000_000
"""Octets of a message that are sent."""


class Rspamd:
    """An rspamd server.

    url: of its normal worker, for example "http://127.0.0.1:11333"; internal addresses are allowed, since it comes from
    the settings. password: of the controller, when that is used instead. timeout: seconds.
    """

    name = "rspamd"

    def __init__(self, url: str = "http://127.0.0.1:11333", *, password: str = "", timeout: float = 30.0) -> None:
        self._url = url.rstrip("/") + "/checkv2"
        self._password = password
        self._timeout = timeout

    async def ask(self, octets: Octets, envelope: Envelope) -> SpamVerdict:
        """Return the filter's verdict on message and envelope. Raises SpamError."""
        import httpx2

        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=httpx2.Timeout(self._timeout)) as client:
                answer = await client.post(
                    self._url, content=bytes(octets[:MAX_MESSAGE]), headers=_fields(envelope, self._password)
                )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise SpamError("rspamd cannot be reached", detail=str(error)) from error
        if answer.status_code != 200:
            raise SpamError(f"rspamd answers {answer.status_code}")
        try:
            return read_answer(answer.json())
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise SpamError("the answer is not rspamd's") from error


def _fields(envelope: Envelope, password: str) -> list[tuple[bytes, bytes]]:
    """Return the envelope as rspamd's header fields, without values that could inject others."""
    fields = [("From", envelope.reverse_path), *(("Rcpt", path) for path in envelope.recipients[:100])]
    fields += [("IP", envelope.client.address), ("Helo", envelope.client.helo), ("User", envelope.client.user)]
    if password:
        fields.append(("Password", password))
    return [
        (name.encode(), value.encode("utf-8", "replace"))
        for name, value in fields
        if value and value.isprintable() and len(value) < 1_000
    ]


def read_answer(answer: dict[str, Any]) -> SpamVerdict:
    """Return the verdict in a response. Raises ValueError, TypeError, AttributeError or KeyError for an invalid one."""
    rules = [
        SpamRule(name=name, score=float(symbol["score"]), description=str(symbol.get("description") or ""))
        for name, symbol in answer["symbols"].items()
    ]
    action = str(answer.get("action", ""))
    return SpamVerdict(
        score=float(answer["score"]),
        threshold=float(answer["required_score"]),
        is_spam=action not in ("", "no action", "greylist"),
        rules=by_points(rules),
        action=action,
    )
