"""The same mails and requests for Mailpit and for catcher, and every difference between their responses.

MAILPIT_BIN=…/mailpit python -m tests.clients.compare_mailpit [REQUEST]    prints all differences, or those of a request

A difference is a route, a place in its response, and the values of both. Those in `KNOWN` are documented in
docs/mailpit-compatibility.md; any other one, and one that is gone, is a failure of `tests/clients/test_mailpit.py`.
"""

import contextlib
import json
import os
import re
import smtplib
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from catcher.testing import running_catcher
from tests.clients.compared_mails import SentMail, mails
from tests.clients.compared_requests import Request, of_mailbox, of_message
from tests.waiting import wait_until

KNOWN = [
    # route, place, row or section of docs/mailpit-compatibility.md
    (r"message|messages|search|sent|GET /api/v1/message/latest", r".*\.Size", "octets of a message"),
    (r"message/raw|sent .*source", "text", "octets of a message"),
    (r"message/headers", r"\.(Received|Bcc|Return-Path|\*).*", "octets of a message"),
    (r"message|messages|search|sent", r".*\.MessageID", "octets of a message"),
    (r"message|messages|search", r".*\.(Bcc|To|From\.Name|From\.Address)(\[\])?", "odd addresses"),
    (r"message/headers", r"\.From\[\]", "charsets that are not or wrongly declared"),
    (
        r"message|messages|search|message/headers|view text|sent",
        r".*(Subject(\[\])?|\.Text|\.Snippet|text)",
        "charsets",
    ),
    (r"message|messages|search|sent", r".*(Attachments|Inline).*", "parts without a file name"),
    (r"search", r".*", "searches"),
    (r"message/html-check", r".*", "HTML check"),
    (r"message/link-check", r".*", "Link check"),
    (r"part", r"status|type", "every part"),
    (r"thumb", r"status|text|type", "every part"),
    (r"GET /api/v1/message/nothing/part/1/thumb", r"text", "every part"),
    (r"message", r"\.ListUnsubscribe\.Errors", "texts of errors"),
    (r"PUT .*|send", r"text|\.Error", "texts of errors"),
    (r"send|POST .*release|GET /api/v1/send", r"status", "refusals"),
    (r"sent|send|.* after .*", r".*\.(ID|total|messages_count|tags\[\]|Snippet|MessageID|Size)|\[\]", "refusals"),
    (r"sent", r"\.Inline\[\]\.PartID", "refusals"),
    (r"view html\?embed=1", r"text", "Contents"),
    (r"GET /api/v1/info", r".*", "figures of the process"),
    (r"GET /api/v1/", r"text", "figures of the process"),
    (r"GET /(livez|readyz|favicon.ico)|HEAD /livez", r"type", "figures of the process"),
    (r"GET /view/", r"status", "figures of the process"),
]
"""Differences that docs/mailpit-compatibility.md explains: patterns of route and place, and where it does."""

TIMES = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|\w{3}, \d\d? \w{3} \d{4} [\d:]{8} [+-]\d{4}"
)


@dataclass(frozen=True)
class Difference:
    """One place where the responses differ. place: "status", "type", "text" or a JSON path without list indexes."""

    route: str
    place: str
    mailpit: str
    catcher: str
    request: str


@dataclass
class Side:
    """One of the two servers, with the ids that it gave to the mails."""

    name: str
    client: httpx2.Client
    smtp: tuple[str, int]
    ids: list[str] = field(default_factory=list)

    def send(self, mail: SentMail) -> bool:
        """Send one mail and keep its id; return whether it was accepted."""
        with smtplib.SMTP(*self.smtp, timeout=30) as session:
            session.ehlo("client.example")
            session.mail(mail.reverse_path)
            for recipient in mail.recipients:
                session.rcpt(recipient)
            code, reply = session.data(mail.octets)
        if code == 250:
            self.ids.append(reply.decode().rsplit(" ", 1)[-1])
        return bool(code == 250)

    def ask(self, request: Request) -> tuple[int, str, str]:
        """Return status, media type and body, with the ids of messages replaced by their numbers."""
        path, body = self._own(request.path), request.body and json.loads(self._own(json.dumps(request.body)))
        response = self.client.request(
            request.method, path, content=request.content, **({} if body is None else {"json": body})
        )
        kind = response.headers.get("content-type", "").partition(";")[0]
        text = response.text if not kind.startswith("image/") else f"{len(response.content) > 0}"
        if request.route == "send" and response.status_code == 200:
            self.ids.append(response.json()["ID"])
        for number, store_id in enumerate(self.ids):
            text = text.replace(store_id, f"<id {number}>")
        return response.status_code, kind, text

    def _own(self, text: str) -> str:
        return re.sub(r"<id (\d+)>", lambda found: self.ids[int(found[1])], text)


@contextlib.contextmanager
def both(binary: str) -> Iterator[tuple[Side, Side]]:
    """Run Mailpit and a catcher, with the same settings."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _mailpit(binary, Path(folder)) as (url, smtp),
        running_catcher(enable_chaos=True, max=0) as running,
        httpx2.Client(base_url=url, timeout=60) as theirs,
        httpx2.Client(base_url=running.url, timeout=60) as ours,
    ):
        yield Side("mailpit", theirs, smtp), Side("catcher", ours, (running.smtp_host, running.smtp_port))


@contextlib.contextmanager
def _mailpit(binary: str, folder: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    smtp, listen = _free_port(), _free_port()
    arguments = [
        *(binary, "--smtp", f"127.0.0.1:{smtp}", "--listen", f"127.0.0.1:{listen}"),
        *("--database", str(folder / "mailpit.db"), "--enable-chaos", "--max", "0"),
        *("--disable-version-check", "--smtp-disable-rdns", "--disable-link-check-rate-limit"),
    ]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{listen}"
            wait_until(lambda: _answers(f"{url}/readyz"))
            yield url, ("127.0.0.1", smtp)
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def compare(binary: str) -> list[Difference]:
    """Return all differences."""
    found: list[Difference] = []
    with both(binary) as sides:
        mailpit, catcher = sides
        sent = [mail for mail in mails() if mailpit.send(mail)]  # some are too broken for Mailpit
        for mail in sent:
            assert catcher.send(mail), mail.name
        for number, mail in enumerate(sent):
            for request in of_message(number, mail.name):
                found += _compare(sides, request)
        for request in of_mailbox():
            found += _compare(sides, request)
    return found


def unknown(differences: list[Difference]) -> list[Difference]:
    """Return the differences that are not among the known ones."""
    patterns = [(re.compile(route), re.compile(place)) for route, place, _ in KNOWN]
    return [
        each
        for each in differences
        if not any(
            (
                route.fullmatch(each.route)
                or route.fullmatch(each.route.split(" ")[0])
                or route.fullmatch(each.route.split(",")[0])
            )
            and place.fullmatch(each.place)
            for route, place in patterns
        )
    ]


def _compare(sides: tuple[Side, Side], request: Request) -> Iterator[Difference]:
    theirs, ours = (side.ask(request) for side in sides)

    def differs(place: str, mailpit: object, catcher: object) -> Difference:
        return Difference(request.route, place, _shown(mailpit), _shown(catcher), request.name)

    if theirs[0] != ours[0]:
        yield differs("status", theirs[0], ours[0])
        return
    if 300 <= theirs[0] < 400:  # with a body for people in Go
        return
    if theirs[1] != ours[1] and theirs[0] == 200:
        yield differs("type", theirs[1], ours[1])
    try:
        pair = json.loads(theirs[2]), json.loads(ours[2])
    except ValueError:
        pair = theirs[2], ours[2]
    yield from (differs(*each) for each in _walk("", *pair))


def _walk(place: str, theirs: Any, ours: Any) -> Iterator[tuple[str, Any, Any]]:
    """Return the places where two values differ. Names that only catcher has are no difference."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, value in theirs.items():
            where = f"{place}.{name}" if re.fullmatch(r"[A-Z_a-z]+", name) else f"{place}.*"
            if name not in ours:
                yield where, value, "absent"
            else:
                yield from _walk(where, value, ours[name])
    elif theirs is None and ours == []:
        return  # Mailpit has null for some empty lists
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{place}[]", theirs, ours
            return
        for one, other in zip(theirs, ours, strict=True):
            yield from _walk(f"{place}[]", one, other)
    elif _plain(theirs) != _plain(ours):
        yield place or "text", theirs, ours


def _plain(value: Any) -> Any:
    return TIMES.sub("<time>", value) if isinstance(value, str) else value


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:300]


def main() -> None:
    """Print the differences, by route and place, with two examples of each."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    grouped: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for each in compare(os.environ["MAILPIT_BIN"]):
        if wanted in each.route:
            grouped[each.route, each.place].append(each)
    for (route, place), all_of_it in sorted(grouped.items()):
        print(f"{route}  {place}  × {len(all_of_it)}")  # noqa: T201
        for each in all_of_it[:: max(1, len(all_of_it) // 2)][:3]:
            print(f"    {each.request}\n      mailpit {each.mailpit}\n      catcher {each.catcher}")  # noqa: T201


if __name__ == "__main__":
    main()
