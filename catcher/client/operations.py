"""Every route as a flow: a generator that yields requests, is sent their answers, and returns what was asked for.

Nothing here does I/O, so that the blocking and the asynchronous client share all of it. Where `inbox` is given, only
mail in that inbox counts.
"""

import base64
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeAlias, TypedDict, TypeVar, Unpack
from urllib.parse import quote

from catcher.client import shapes
from catcher.client.errors import NothingCame, UnexpectedMail
from catcher.client.protocol import Answer, Request, Value, given, read, read_lines

T = TypeVar("T")
Flow: TypeAlias = Generator[Request, Answer, T]
Json: TypeAlias = dict[str, Any]

LONGEST_WAIT = 600.0
"""Seconds that the server waits for one request."""

MOST_AWAITED = 100
"""Messages that it waits for in one request."""

# Lists


def page(
    *, limit: int = 50, start: int = 0, before: int | None = None, inbox: str | None = None
) -> Flow[shapes.MessagePage]:
    """A piece of the list, newest first. before: `next_cursor` of the piece before."""
    wanted = given({"limit": limit, "start": start, "cursor_before": before, "inbox": inbox})
    return read((yield Request.get("messages", wanted)), shapes.MessagePage)


def search(
    query: str, *, limit: int = 50, start: int = 0, before: int | None = None, inbox: str | None = None
) -> Flow[shapes.MessagePage]:
    """A piece of what a query matches, newest first. Raises BadRequest for a query that cannot be read."""
    wanted: dict[str, Value] = {
        "query": query,
        "limit": limit,
        "start": start,
        "cursor_before": before,
        "inbox": inbox,
        "strict": 1,
    }
    return read((yield Request.get("search", given(wanted))), shapes.MessagePage)


def messages(query: str = "", *, inbox: str | None = None, since: int = 0) -> Flow[tuple[shapes.Awaited, ...]]:
    """All messages that match, whole, in the order of arrival; an inbox that is not there has none."""
    found: list[shapes.Awaited] = []
    while True:
        wanted = {"query": query, "inbox": inbox, "since": since, "count": MOST_AWAITED, "timeout": 0}
        answer = yield Request.get("wait", given(wanted), expects=(404, 408))
        if answer.status == 404:
            return tuple(found)
        came = read(answer, shapes.Wait)
        found += came.messages
        if answer.status == 408:
            return tuple(found)
        since = came.cursor


def wait(
    query: str = "", *, inbox: str | None = None, since: int | None = None, count: int = 1, timeout: float = 30.0
) -> Flow[tuple[shapes.Awaited, ...]]:
    """So many messages that match, as soon as they are there: after the cursor `since` the first ones, without it the
    newest, those that were there before included. Raises NothingCame, and Missing for an unknown inbox.
    """
    answer = yield from _awaited(query, inbox=inbox, since=since, count=count, timeout=timeout, expects=(408,))
    came = read(answer, shapes.Wait)
    if answer.status == 408:
        what = "no message" if count == 1 else f"{len(came.messages)} of {count} messages"
        raise NothingCame(f"{what} came within {timeout:g} seconds: {_wanted(query, inbox)}", came)
    return came.messages


def wait_absent(
    query: str = "", *, inbox: str | None = None, since: int | None = None, timeout: float = 1.0
) -> Flow[None]:
    """Return after the whole time, when nothing that matches came. Raises UnexpectedMail as soon as something does."""
    answer = yield from _awaited(query, inbox=inbox, since=since, timeout=timeout, expects=(409,), absent="true")
    if answer.status == 409:
        raise UnexpectedMail(f"mail came that should not have come: {_wanted(query, inbox)}", read(answer, shapes.Wait))


def _awaited(
    query: str, *, timeout: float, expects: tuple[int, ...], **more: Value
) -> Generator[Request, Answer, Answer]:
    """One wait, in as many requests as its time takes; the last answer."""
    while True:
        some = min(timeout, LONGEST_WAIT)
        timeout -= some
        wanted = given({"query": query, "timeout": f"{some:f}", **more})
        answer = yield Request.get("wait", wanted, expects=expects, waits=some)
        is_over = answer.status != (200 if more.get("absent") else 408)
        if is_over or timeout <= 0:
            return answer


def _wanted(query: str, inbox: str | None) -> str:
    return f"{query or 'any message'}{f' in the inbox {inbox}' if inbox else ''}"


def mark(store_ids: Sequence[str] = (), *, read: bool = True, query: str = "", inbox: str | None = None) -> Flow[None]:
    """Mark messages read or unread: of these ids, or what a query matches, or all."""
    yield Request.sent("PUT", "messages", {"IDs": store_ids, "Search": query, "Read": read}, given({"inbox": inbox}))


def delete(store_ids: Iterable[str], *, inbox: str | None = None) -> Flow[None]:
    """Delete messages; unknown ids are passed over, and none deletes nothing."""
    if ids := list(store_ids):
        yield Request.sent("DELETE", "messages", {"IDs": ids}, given({"inbox": inbox}))


def delete_all(*, inbox: str | None = None) -> Flow[None]:
    """Delete all messages."""
    yield Request("DELETE", "messages", parameters=given({"inbox": inbox}))


def delete_found(query: str, *, inbox: str | None = None) -> Flow[None]:
    """Delete what a query matches. Raises BadRequest for one that cannot be read or that asks for nothing."""
    yield Request("DELETE", "search", parameters=given({"query": query, "inbox": inbox}))


# One message; "latest" is the id of the newest


def message(store_id: str = "latest", *, query: str | None = None, inbox: str | None = None) -> Flow[shapes.Awaited]:
    """A message whole, without marking it read. query: with "latest", the newest that it matches. Raises Missing."""
    latest = query if store_id == "latest" else None
    found = read(
        (yield Request.get(_message(store_id), given({"query": latest, "inbox": inbox, "peek": 1}))), shapes.Detail
    )
    answer = yield Request.get(f"{_message(found.id)}/extract", given({"inbox": inbox}))
    values = {name: getattr(found, name) for name in found.__struct_fields__}
    return shapes.Awaited(**values, extract=read(answer, shapes.Extract))


def extract(store_id: str = "latest", *, inbox: str | None = None) -> Flow[shapes.Extract]:
    """The codes and links of a message."""
    return read((yield Request.get(f"{_message(store_id)}/extract", given({"inbox": inbox}))), shapes.Extract)


def headers(store_id: str = "latest", *, inbox: str | None = None) -> Flow[dict[str, list[str]]]:
    """The header section: field bodies by name."""
    return read((yield Request.get(f"{_message(store_id)}/headers", given({"inbox": inbox}))), dict[str, list[str]])


def raw(store_id: str = "latest", *, inbox: str | None = None) -> Flow[bytes]:
    """The octets as they were received."""
    return (yield Request.get(f"{_message(store_id)}/raw", given({"inbox": inbox}))).body


def part(store_id: str, part_id: str, *, inbox: str | None = None) -> Flow[bytes]:
    """The decoded octets of one part."""
    return (yield Request.get(f"{_message(store_id)}/part/{_quoted(part_id)}", given({"inbox": inbox}))).body


def thumbnail(store_id: str, part_id: str, *, inbox: str | None = None) -> Flow[bytes]:
    """A small JPEG of an image."""
    return (yield Request.get(f"{_message(store_id)}/part/{_quoted(part_id)}/thumb", given({"inbox": inbox}))).body


def html_document(store_id: str = "latest", *, inbox: str | None = None) -> Flow[str]:
    """The HTML with addresses for its inline images, as a browser gets it; marks the message read."""
    return (yield Request.get(f"/view/{_quoted(store_id)}.html", given({"inbox": inbox}))).text


def text_document(store_id: str = "latest", *, inbox: str | None = None) -> Flow[str]:
    """The text, made from the HTML when there is none; marks the message read."""
    return (yield Request.get(f"/view/{_quoted(store_id)}.txt", given({"inbox": inbox}))).text


def checks(store_id: str = "latest", *, inbox: str | None = None, **options: Value) -> Flow[Json]:
    """All opinions on a message, as its route tells them; options: of the route."""
    return read((yield Request.get(f"{_message(store_id)}/checks", given({"inbox": inbox, **options}), waits=60)), Json)


def link_checks(store_id: str = "latest", *, inbox: str | None = None, **options: Value) -> Flow[tuple[Json, ...]]:
    """What each of the message's links answers; this asks their servers."""
    answer = yield Request.get(f"{_message(store_id)}/checks/links", given({"inbox": inbox, **options}), waits=120)
    return read_lines(answer, Json)


def html_check(store_id: str = "latest", *, inbox: str | None = None) -> Flow[Json]:
    """How mail programs show the HTML, in Mailpit's shape."""
    return read((yield Request.get(f"{_message(store_id)}/html-check", given({"inbox": inbox}), waits=60)), Json)


def link_check(store_id: str = "latest", *, inbox: str | None = None, follow: bool = False) -> Flow[Json]:
    """Whether the message's links lead anywhere, in Mailpit's shape; this asks their servers."""
    wanted = given({"inbox": inbox, "follow": "true" if follow else None})
    return read((yield Request.get(f"{_message(store_id)}/link-check", wanted, waits=120)), Json)


def spam_check(store_id: str = "latest", *, inbox: str | None = None) -> Flow[Json]:
    """What the server's spam filter says, in Mailpit's shape."""
    return read((yield Request.get(f"{_message(store_id)}/sa-check", given({"inbox": inbox}), waits=60)), Json)


def check_assertions(
    store_id: str, assertions: Sequence[Mapping[str, Any]], *, inbox: str | None = None
) -> Flow[shapes.Verdicts]:
    """Whether assertions hold; each is an object as the route takes it, with the name in `assert`."""
    path = f"{_message(store_id)}/assert"
    return read(
        (yield Request.sent("POST", path, {"assertions": assertions}, given({"inbox": inbox}))), shapes.Verdicts
    )


def release(
    store_id: str, to: Sequence[str], *, relay: str = "", inbox: str | None = None
) -> Flow[tuple[shapes.Outcome, ...]]:
    """Send a message onward; what became of each recipient. Raises BadRequest when nobody could get it."""
    path, body = f"{_message(store_id)}/release", {"To": to, "Relay": relay}
    answer = yield Request.sent("POST", path, body, given({"report": 1, "inbox": inbox}), expects=(400,), waits=60)
    if answer.status == 400 and not answer.is_json:
        raise answer.refusal()
    return read(answer, shapes.Outcomes).recipients


def relays() -> Flow[tuple[shapes.Relay, ...]]:
    """The relays that messages can be released through; the first one is the default."""
    return read((yield Request.get("relays")), tuple[shapes.Relay, ...])


def send(
    *,
    from_: str,
    to: Sequence[str] = (),
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    reply_to: Sequence[str] = (),
    subject: str = "",
    text: str = "",
    html: str = "",
    attachments: Mapping[str, bytes] | Sequence[PurePath] = (),
    tags: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    inbox: str | None = None,
) -> Flow[shapes.Sent]:
    """Send a message in. Addresses as `ann@example.com` or `Ann <ann@example.com>`; attachments by file name.

    inbox: the one it is put into, whatever it says of itself.
    """
    body = {
        "From": {"Email": from_},
        "To": [{"Email": each} for each in to],
        "Cc": [{"Email": each} for each in cc],
        "Bcc": list(bcc),
        "ReplyTo": [{"Email": each} for each in reply_to],
        "Subject": subject,
        "Text": text,
        "HTML": html,
        "Attachments": [
            {"Filename": name, "Content": base64.b64encode(octets).decode()} for name, octets in _files(attachments)
        ],
        "Tags": list(tags),
        "Headers": dict(headers or {}),
    }
    return read((yield Request.sent("POST", "send", body, given({"inbox": inbox}))), shapes.Sent)


def send_octets(
    octets: bytes, *, from_: str | None = None, to: Sequence[str] = (), inbox: str | None = None
) -> Flow[shapes.Sent]:
    """Send a message in as it stands. from_, to: of its envelope; without them its header section tells. inbox: as for
    `send`.
    """
    parameters = (*given({"from": from_, "inbox": inbox}), *(("to", each) for each in to))
    request = Request("POST", "send", parameters=parameters, body=octets, content_type="message/rfc822")
    return read((yield request), shapes.Sent)


def _files(given: Mapping[str, bytes] | Sequence[PurePath]) -> Iterable[tuple[str, bytes]]:
    if isinstance(given, Mapping):
        return given.items()
    return [(path.name, _octets(path)) for path in given]


def _octets(path: PurePath) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - whatever path it is
        return file.read()


# Tags


def tags(*, inbox: str | None = None) -> Flow[tuple[str, ...]]:
    """Names in use, sorted."""
    return read((yield Request.get("tags", given({"inbox": inbox}))), tuple[str, ...])


def set_tags(store_ids: Sequence[str], names: Sequence[str], *, inbox: str | None = None) -> Flow[None]:
    """Give messages exactly these tags."""
    yield Request.sent("PUT", "tags", {"IDs": store_ids, "Tags": names}, given({"inbox": inbox}))


def rename_tag(name: str, new: str) -> Flow[None]:
    """Call a tag otherwise."""
    yield Request.sent("PUT", f"tags/{_quoted(name)}", {"Name": new})


def delete_tag(name: str) -> Flow[None]:
    """Take a tag from all messages."""
    yield Request("DELETE", f"tags/{_quoted(name)}")


# Inboxes


def inboxes() -> Flow[tuple[shapes.InboxInfo, ...]]:
    """All inboxes, sorted by name."""
    return read((yield Request.get("inboxes")), shapes.InboxList).inboxes


def inbox_info(name: str) -> Flow[shapes.InboxInfo]:
    """One inbox. Raises Missing."""
    return read((yield Request.get(f"inboxes/{_quoted(name)}")), shapes.InboxInfo)


def make_inbox(
    name: str = "", *, ttl: float | None = None, max_messages: int = 0, max_age: float | None = None
) -> Flow[shapes.InboxInfo]:
    """Make an inbox, with a random name unless one is given. Raises Conflict for a name that is taken."""
    body = {"name": name, "ttl": ttl, "max_messages": max_messages, "max_age": max_age}
    return read((yield Request.sent("POST", "inboxes", body)), shapes.InboxInfo)


def delete_inbox(name: str) -> Flow[int]:
    """Delete an inbox with its mail and the faults set up for it; how many messages went. Raises Missing."""
    return read((yield Request("DELETE", f"inboxes/{_quoted(name)}")), shapes.Deleted).deleted


# Faults


def faults(*, inbox: str | None = None) -> Flow[tuple[shapes.Fault, ...]]:
    """The faults that are set up, in the order they are asked."""
    return read((yield Request.get("faults", given({"inbox": inbox}))), shapes.Faults).faults


class FaultValues(TypedDict, total=False):
    """What a fault is about, besides its stage. code: of the reply, 400 to 599; text: its words.

    query: on the envelope. delay: seconds before. drop: hang up. times: how often at most. probability: in percent.
    name: for people.
    """

    code: int
    text: str
    query: str
    delay: float
    drop: bool
    times: int
    probability: float
    name: str


def add_fault(stage: shapes.Stage, *, inbox: str | None = None, **fault: Unpack[FaultValues]) -> Flow[shapes.Fault]:
    """Have SMTP fail at a stage: with a reply code, after a delay, or by hanging up; only for mail to an inbox."""
    return read(
        (yield Request.sent("POST", "faults", {"stage": stage, **fault}, given({"inbox": inbox}))), shapes.Fault
    )


def set_faults(faults: Sequence[Mapping[str, Any]], *, seed: int | None = None) -> Flow[tuple[shapes.Fault, ...]]:
    """Have these faults and no others, each as the route takes it."""
    return read((yield Request.sent("PUT", "faults", {"faults": faults, "seed": seed})), shapes.Faults).faults


def remove_fault(number: int) -> Flow[tuple[shapes.Fault, ...]]:
    """Forget one; those that are left. Raises Missing."""
    return read((yield Request("DELETE", f"faults/{number}")), shapes.Faults).faults


def clear_faults(*, inbox: str | None = None) -> Flow[None]:
    """Forget all."""
    yield Request("DELETE", "faults", parameters=given({"inbox": inbox}))


def chaos() -> Flow[Json]:
    """Mailpit's chaos triggers. Raises BadRequest when they are not enabled."""
    return read((yield Request.get("chaos")), Json)


def set_chaos(triggers: Mapping[str, Any]) -> Flow[Json]:
    """Set Mailpit's chaos triggers."""
    return read((yield Request.sent("PUT", "chaos", triggers)), Json)


# Onward, tokens, the program


def outgoing(*, limit: int = 100, relay: str | None = None, message: str | None = None) -> Flow[tuple[shapes.Job, ...]]:
    """What is sent onward, by relays and webhooks, newest first."""
    return read(
        (yield Request.get("outgoing", given({"limit": limit, "relay": relay, "message": message}))), shapes.Jobs
    ).jobs


def webhooks() -> Flow[tuple[shapes.Webhook, ...]]:
    """Who is told of new mail."""
    return read((yield Request.get("webhooks")), shapes.Webhooks).webhooks


def test_webhook(name: str) -> Flow[shapes.Called]:
    """Call a webhook about the newest message. Raises Missing."""
    return read((yield Request("POST", f"webhooks/{_quoted(name)}/test", waits=30)), shapes.Called)


def sessions(*, limit: int = 100) -> Flow[tuple[shapes.Session, ...]]:
    """SMTP connections that are over, with their dialogues, newest first."""
    return read((yield Request.get("sessions", given({"limit": limit}))), shapes.Sessions).sessions


def tokens() -> Flow[tuple[shapes.Token, ...]]:
    """All tokens, oldest first; their secrets are known to nobody."""
    return read((yield Request.get("tokens")), shapes.Tokens).tokens


def make_token(
    name: str = "", *, scope: shapes.Scope = "write", days: int | None = None, inbox: str = ""
) -> Flow[shapes.Token]:
    """A new token with its secret, which is told this once. inbox: the one that it opens."""
    body = {"name": name, "scope": scope, "days": days, "inbox": inbox}
    return read((yield Request.sent("POST", "tokens", body)), shapes.Token)


def revoke_token(number: int) -> Flow[None]:
    """Let a token open nothing any more. Raises Missing."""
    yield Request("DELETE", f"tokens/{number}")


def info() -> Flow[shapes.Info]:
    """The running program and its mailbox."""
    return read((yield Request.get("info")), shapes.Info)


def web_configuration() -> Flow[Json]:
    """What a user interface needs to know, in Mailpit's shape."""
    return read((yield Request.get("webui")), Json)


def openapi() -> Flow[Json]:
    """The OpenAPI document."""
    return read((yield Request.get("openapi.json")), Json)


def ca_certificate() -> Flow[bytes]:
    """The certificate of the CA behind generated certificates, as PEM. Raises Missing when there is none."""
    return (yield Request.get("ca.pem")).body


def metrics() -> Flow[str]:
    """Numbers for Prometheus. Raises Missing when they are not enabled."""
    return (yield Request.get("/metrics")).text


def is_ready() -> Flow[bool]:
    """Whether the catcher can take and give mail now."""
    return (yield Request.get("/readyz", expects=(503,))).status == 200


OPEN = Answer(status=200, content_type="text/event-stream", body=b"")
"""The answer that begins a stream."""


def stream() -> Request:
    """The request for news; its answer does not end."""
    return Request.get("events")


def _message(store_id: str) -> str:
    return f"message/{_quoted(store_id)}"


def _quoted(name: str) -> str:
    return quote(name, safe="")
