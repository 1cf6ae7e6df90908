"""Every route of the API as a flow. Where `inbox` is given, only the mail of that inbox counts."""

import base64
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeAlias, TypedDict, Unpack
from urllib.parse import quote

from catcher.client.errors import NothingCame, UnexpectedMail
from catcher.client.flows import Flow
from catcher.client.message_value import MessageValue, cursor_of
from catcher.client.protocol import Request, Response, Value, given, read, read_lines
from catcher.client.query import Conditions, query_of
from catcher.schema.assertions import AssertionsResponse
from catcher.schema.extract import Extraction
from catcher.schema.faults import Fault, FaultList, FaultRequest, FaultStage
from catcher.schema.inboxes import CreatedInbox, DeletedInbox, InboxInfo, InboxList, InboxRequest
from catcher.schema.info import AppInformation
from catcher.schema.messages import DeleteRequest, MarkRequest, MessageDetail, MessageList
from catcher.schema.outbox import JobInfo, JobList, WebhookInfo, WebhookList, WebhookTest
from catcher.schema.release import RecipientOutcome, RelayInfo, ReleaseReport, ReleaseRequest
from catcher.schema.send import SendAddress, SendAttachment, SendRequest, SentMessage
from catcher.schema.sessions import SessionInfo, SessionList
from catcher.schema.tags import RenameTagRequest, SetTagsRequest
from catcher.schema.tokens import CreatedToken, TokenInfo, TokenList, TokenRequest, TokenScope
from catcher.schema.wait import FullMessage, WaitFailure, WaitSuccess

Json: TypeAlias = dict[str, Any]

MAX_WAIT = 600.0
"""Seconds that the server waits in one request."""

MAX_AWAITED = 100
"""Messages that the server returns for one wait."""

# Lists


def page(*, limit: int = 50, start: int = 0, before: int | None = None, inbox: str | None = None) -> Flow[MessageList]:
    """Return a page of the list, newest first. before: `next_cursor` of the previous page."""
    wanted = given({"limit": limit, "start": start, "cursor_before": before, "inbox": inbox})
    return read((yield Request.get("messages", wanted)), MessageList)


def search(
    query: str, *, limit: int = 50, start: int = 0, before: int | None = None, inbox: str | None = None
) -> Flow[MessageList]:
    """Return a page of search results, newest first. Raises BadRequest for a query with a syntax error."""
    wanted: dict[str, Value] = {
        "query": query,
        "limit": limit,
        "start": start,
        "cursor_before": before,
        "inbox": inbox,
        "strict": 1,
    }
    return read((yield Request.get("search", given(wanted))), MessageList)


def messages(
    query: str = "", *, inbox: str | None = None, since: int = 0, **conditions: Unpack[Conditions]
) -> Flow[tuple[FullMessage, ...]]:
    """Return all messages that match, in the order of arrival; none for an unknown inbox."""
    query = query_of(query, **conditions)
    found: list[FullMessage] = []
    while True:
        wanted = {"query": query, "inbox": inbox, "since": since, "count": MAX_AWAITED, "timeout": 0}
        response = yield Request.get("wait", given(wanted), expects=(404, 408))
        if response.status == 404:
            return tuple(found)
        batch = read(response, WaitSuccess)
        found += batch.messages
        if response.status == 408:
            return tuple(found)
        since = batch.cursor


def wait(
    query: str = "",
    *,
    inbox: str | None = None,
    since: int | MessageValue | None = None,
    count: int = 1,
    timeout: float = 30.0,
    **conditions: Unpack[Conditions],
) -> Flow[tuple[FullMessage, ...]]:
    """Wait for `count` messages that match, and return them in the order of arrival.

    With the cursor `since` these are the first ones after it, without it the newest, those already there included.
    Raises NothingCame, and Missing for an unknown inbox.
    """
    query, cursor = query_of(query, **conditions), cursor_of(since)
    response = yield from _wait(query, inbox=inbox, since=cursor, count=count, timeout=timeout, expects=(408,))
    if response.status == 408:
        failure = read(response, WaitFailure)
        found = "no message" if count == 1 else f"{len(failure.messages)} of {count} messages"
        raise NothingCame(f"{found} came within {timeout:g} seconds: {_described(query, inbox)}", failure)
    return read(response, WaitSuccess).messages


def wait_absent(
    query: str = "",
    *,
    inbox: str | None = None,
    since: int | MessageValue | None = None,
    timeout: float = 1.0,
    **conditions: Unpack[Conditions],
) -> Flow[None]:
    """Return after `timeout` seconds if no message matches. Raises UnexpectedMail as soon as one does."""
    query, cursor = query_of(query, **conditions), cursor_of(since)
    response = yield from _wait(query, inbox=inbox, since=cursor, timeout=timeout, expects=(409,), absent="true")
    if response.status == 409:
        failure = read(response, WaitFailure)
        raise UnexpectedMail(f"mail came that should not have come: {_described(query, inbox)}", failure)


def _wait(
    query: str, *, timeout: float, expects: tuple[int, ...], **parameters: Value
) -> Generator[Request, Response, Response]:
    """Send as many requests as the timeout takes, and return the last response."""
    while True:
        seconds = min(timeout, MAX_WAIT)
        timeout -= seconds
        wanted = given({"query": query, "timeout": f"{seconds:f}", **parameters})
        response = yield Request.get("wait", wanted, expects=expects, waits=seconds)
        is_over = response.status != (200 if parameters.get("absent") else 408)
        if is_over or timeout <= 0:
            return response


def _described(query: str, inbox: str | None) -> str:
    return f"{query or 'any message'}{f' in the inbox {inbox}' if inbox else ''}"


def mark(store_ids: Sequence[str] = (), *, read: bool = True, query: str = "", inbox: str | None = None) -> Flow[None]:
    """Mark messages as read or unread: those with these ids, or those that a query matches, or all."""
    body = MarkRequest(ids=tuple(store_ids), search=query, read=read)
    yield Request.with_json("PUT", "messages", body, given({"inbox": inbox}))


def delete(store_ids: Iterable[str], *, inbox: str | None = None) -> Flow[None]:
    """Delete messages by id; unknown ids are ignored."""
    if ids := tuple(store_ids):
        yield Request.with_json("DELETE", "messages", DeleteRequest(ids=ids), given({"inbox": inbox}))


def delete_all(*, inbox: str | None = None) -> Flow[None]:
    """Delete all messages."""
    yield Request("DELETE", "messages", parameters=given({"inbox": inbox}))


def delete_found(query: str, *, inbox: str | None = None) -> Flow[None]:
    """Delete the messages that a query matches. Raises BadRequest for an empty query or one with a syntax error."""
    yield Request("DELETE", "search", parameters=given({"query": query, "inbox": inbox}))


# One message; "latest" is the id of the newest one


def message(store_id: str = "latest", *, query: str | None = None, inbox: str | None = None) -> Flow[FullMessage]:
    """Return a message without marking it as read. query: with "latest", to be matched. Raises Missing."""
    latest = query if store_id == "latest" else None
    found = read(
        (yield Request.get(_message(store_id), given({"query": latest, "inbox": inbox, "peek": 1}))), MessageDetail
    )
    response = yield Request.get(f"{_message(found.id)}/extract", given({"inbox": inbox}))
    values = {name: getattr(found, name) for name in found.__struct_fields__}
    return FullMessage(**values, extract=read(response, Extraction))


def extract(store_id: str = "latest", *, inbox: str | None = None) -> Flow[Extraction]:
    """Return the codes and links of a message."""
    return read((yield Request.get(f"{_message(store_id)}/extract", given({"inbox": inbox}))), Extraction)


def headers(store_id: str = "latest", *, inbox: str | None = None) -> Flow[dict[str, list[str]]]:
    """Return the header section: field bodies by name."""
    return read((yield Request.get(f"{_message(store_id)}/headers", given({"inbox": inbox}))), dict[str, list[str]])


def raw(store_id: str = "latest", *, inbox: str | None = None) -> Flow[bytes]:
    """Return the octets of a message as received."""
    return (yield Request.get(f"{_message(store_id)}/raw", given({"inbox": inbox}))).body


def part(store_id: str, part_id: str, *, inbox: str | None = None) -> Flow[bytes]:
    """Return the decoded octets of a part."""
    return (yield Request.get(f"{_message(store_id)}/part/{_quoted(part_id)}", given({"inbox": inbox}))).body


def thumbnail(store_id: str, part_id: str, *, inbox: str | None = None) -> Flow[bytes]:
    """Return a small JPEG of an image."""
    return (yield Request.get(f"{_message(store_id)}/part/{_quoted(part_id)}/thumb", given({"inbox": inbox}))).body


def html_document(store_id: str = "latest", *, inbox: str | None = None) -> Flow[str]:
    """Return the HTML as a browser gets it, with URLs of inline images; marks the message as read."""
    return (yield Request.get(f"/view/{_quoted(store_id)}.html", given({"inbox": inbox}))).text


def text_document(store_id: str = "latest", *, inbox: str | None = None) -> Flow[str]:
    """Return the text, made from the HTML if there is none; marks the message as read."""
    return (yield Request.get(f"/view/{_quoted(store_id)}.txt", given({"inbox": inbox}))).text


def checks(store_id: str = "latest", *, inbox: str | None = None, **options: Value) -> Flow[Json]:
    """Return the reports of all checks. options: parameters of the route."""
    return read((yield Request.get(f"{_message(store_id)}/checks", given({"inbox": inbox, **options}), waits=60)), Json)


def link_checks(store_id: str = "latest", *, inbox: str | None = None, **options: Value) -> Flow[tuple[Json, ...]]:
    """Request every link of a message and return the results."""
    response = yield Request.get(f"{_message(store_id)}/checks/links", given({"inbox": inbox, **options}), waits=120)
    return read_lines(response, Json)


def html_check(store_id: str = "latest", *, inbox: str | None = None) -> Flow[Json]:
    """Return the HTML features without full support in mail programs, in Mailpit's format."""
    return read((yield Request.get(f"{_message(store_id)}/html-check", given({"inbox": inbox}), waits=60)), Json)


def link_check(store_id: str = "latest", *, inbox: str | None = None, follow: bool = False) -> Flow[Json]:
    """Request every link of a message and return the results in Mailpit's format."""
    wanted = given({"inbox": inbox, "follow": "true" if follow else None})
    return read((yield Request.get(f"{_message(store_id)}/link-check", wanted, waits=120)), Json)


def spam_check(store_id: str = "latest", *, inbox: str | None = None) -> Flow[Json]:
    """Return the verdict of the server's spam filter, in Mailpit's format."""
    return read((yield Request.get(f"{_message(store_id)}/sa-check", given({"inbox": inbox}), waits=60)), Json)


def check_assertions(
    store_id: str, assertions: Sequence[Mapping[str, Any]], *, inbox: str | None = None
) -> Flow[AssertionsResponse]:
    """Evaluate assertions; each is an object of the route's format, with its name in `assert`."""
    path = f"{_message(store_id)}/assert"
    return read(
        (yield Request.with_json("POST", path, {"assertions": assertions}, given({"inbox": inbox}))), AssertionsResponse
    )


def release(
    store_id: str, to: Sequence[str], *, relay: str = "", inbox: str | None = None
) -> Flow[tuple[RecipientOutcome, ...]]:
    """Release a message to recipients; return the outcome for each. Raises BadRequest if none could be tried."""
    path, body = f"{_message(store_id)}/release", ReleaseRequest(to=tuple(to), relay=relay)
    response = yield Request.with_json(
        "POST", path, body, given({"report": 1, "inbox": inbox}), expects=(400,), waits=60
    )
    if response.status == 400 and not response.is_json:
        raise response.refusal()
    return read(response, ReleaseReport).recipients


def relays() -> Flow[tuple[RelayInfo, ...]]:
    """Return the relays that messages can be released through; the first one is the default."""
    return read((yield Request.get("relays")), tuple[RelayInfo, ...])


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
) -> Flow[SentMessage]:
    """Store a message. Addresses are `ann@example.com` or `Ann <ann@example.com>`.

    attachments: octets by file name, or paths. inbox: to store it in, in place of the routing rules.
    """
    body = SendRequest(
        from_=SendAddress(email=from_),
        to=_addresses(to),
        cc=_addresses(cc),
        bcc=tuple(bcc),
        reply_to=_addresses(reply_to),
        subject=subject,
        text=text,
        html=html,
        attachments=tuple(
            SendAttachment(filename=name, content=base64.b64encode(octets).decode())
            for name, octets in _files(attachments)
        ),
        tags=tuple(tags),
        headers=dict(headers or {}),
    )
    return read((yield Request.with_json("POST", "send", body, given({"inbox": inbox}))), SentMessage)


def send_octets(
    octets: bytes, *, from_: str | None = None, to: Sequence[str] = (), inbox: str | None = None
) -> Flow[SentMessage]:
    """Store a message given as octets. from_, to: of its envelope, by default of its header section."""
    parameters = (*given({"from": from_, "inbox": inbox}), *(("to", each) for each in to))
    request = Request("POST", "send", parameters=parameters, body=octets, content_type="message/rfc822")
    return read((yield request), SentMessage)


def _addresses(addresses: Iterable[str]) -> tuple[SendAddress, ...]:
    return tuple(SendAddress(email=each) for each in addresses)


def _files(files: Mapping[str, bytes] | Sequence[PurePath]) -> Iterable[tuple[str, bytes]]:
    if isinstance(files, Mapping):
        return files.items()
    return [(path.name, _octets(path)) for path in files]


def _octets(path: PurePath) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - any kind of path
        return file.read()


# Tags


def tags(*, inbox: str | None = None) -> Flow[tuple[str, ...]]:
    """Return the tags in use, sorted."""
    return read((yield Request.get("tags", given({"inbox": inbox}))), tuple[str, ...])


def set_tags(store_ids: Sequence[str], names: Sequence[str], *, inbox: str | None = None) -> Flow[None]:
    """Replace the tags of messages."""
    body = SetTagsRequest(ids=tuple(store_ids), tags=tuple(names))
    yield Request.with_json("PUT", "tags", body, given({"inbox": inbox}))


def rename_tag(name: str, new: str) -> Flow[None]:
    """Rename a tag."""
    yield Request.with_json("PUT", f"tags/{_quoted(name)}", RenameTagRequest(name=new))


def delete_tag(name: str) -> Flow[None]:
    """Remove a tag from all messages."""
    yield Request("DELETE", f"tags/{_quoted(name)}")


# Inboxes


def inboxes() -> Flow[tuple[InboxInfo, ...]]:
    """Return all inboxes, sorted by name."""
    return read((yield Request.get("inboxes")), InboxList).inboxes


def inbox_info(name: str) -> Flow[InboxInfo]:
    """Return an inbox. Raises Missing."""
    return read((yield Request.get(f"inboxes/{_quoted(name)}")), InboxInfo)


def make_inbox(
    name: str = "", *, ttl: float | None = None, max_messages: int = 0, max_age: float | None = None
) -> Flow[CreatedInbox]:
    """Create an inbox, with a random name unless one is given. Raises Conflict if the name is taken."""
    body = InboxRequest(name=name, ttl=ttl, max_messages=max_messages, max_age=max_age)
    return read((yield Request.with_json("POST", "inboxes", body)), CreatedInbox)


def delete_inbox(name: str) -> Flow[int]:
    """Delete an inbox with its mail and faults; return the number of deleted messages. Raises Missing."""
    return read((yield Request("DELETE", f"inboxes/{_quoted(name)}")), DeletedInbox).deleted


def discard_inbox(name: str) -> Flow[None]:
    """Delete an inbox with its mail and faults, if it exists."""
    yield Request("DELETE", f"inboxes/{_quoted(name)}", expects=(404,))


# Faults


def faults(*, inbox: str | None = None) -> Flow[tuple[Fault, ...]]:
    """Return the active faults, in the order they are tried."""
    return read((yield Request.get("faults", given({"inbox": inbox}))), FaultList).faults


class FaultValues(TypedDict, total=False):
    """The properties of a fault besides its stage; see `catcher.schema.faults.FaultRequest`."""

    code: int
    text: str
    query: str
    delay: float
    drop: bool
    times: int
    probability: float
    name: str


def add_fault(stage: FaultStage, *, inbox: str | None = None, **fault: Unpack[FaultValues]) -> Flow[Fault]:
    """Inject a fault at a stage of SMTP, optionally for mail to one inbox only."""
    return read(
        (yield Request.with_json("POST", "faults", FaultRequest(stage=stage, **fault), given({"inbox": inbox}))), Fault
    )


def set_faults(faults: Sequence[Mapping[str, Any]], *, seed: int | None = None) -> Flow[tuple[Fault, ...]]:
    """Replace all faults by these, each in the route's format. seed: of the random numbers."""
    return read((yield Request.with_json("PUT", "faults", {"faults": faults, "seed": seed})), FaultList).faults


def remove_fault(number: int) -> Flow[tuple[Fault, ...]]:
    """Remove a fault and return the others. Raises Missing."""
    return read((yield Request("DELETE", f"faults/{number}")), FaultList).faults


def clear_faults(*, inbox: str | None = None) -> Flow[None]:
    """Remove all faults."""
    yield Request("DELETE", "faults", parameters=given({"inbox": inbox}))


def chaos() -> Flow[Json]:
    """Return Mailpit's chaos triggers. Raises BadRequest if they are disabled."""
    return read((yield Request.get("chaos")), Json)


def set_chaos(triggers: Mapping[str, Any]) -> Flow[Json]:
    """Set Mailpit's chaos triggers."""
    return read((yield Request.with_json("PUT", "chaos", triggers)), Json)


# Outbox, tokens, the program


def outgoing(*, limit: int = 100, relay: str | None = None, message: str | None = None) -> Flow[tuple[JobInfo, ...]]:
    """Return the jobs of the outbox, newest first: deliveries to relays and webhooks."""
    return read(
        (yield Request.get("outgoing", given({"limit": limit, "relay": relay, "message": message}))), JobList
    ).jobs


def webhooks() -> Flow[tuple[WebhookInfo, ...]]:
    """Return the webhooks."""
    return read((yield Request.get("webhooks")), WebhookList).webhooks


def test_webhook(name: str) -> Flow[WebhookTest]:
    """Call a webhook with the newest message. Raises Missing."""
    return read((yield Request("POST", f"webhooks/{_quoted(name)}/test", waits=30)), WebhookTest)


def sessions(*, limit: int = 100) -> Flow[tuple[SessionInfo, ...]]:
    """Return the SMTP sessions that delivered no message, newest first."""
    return read((yield Request.get("sessions", given({"limit": limit}))), SessionList).sessions


def tokens() -> Flow[tuple[TokenInfo, ...]]:
    """Return all tokens, oldest first, without their secrets."""
    return read((yield Request.get("tokens")), TokenList).tokens


def make_token(
    name: str = "", *, scope: TokenScope = "write", days: int | None = None, inbox: str = ""
) -> Flow[CreatedToken]:
    """Create a token; only here its secret is returned. inbox: the only one that it opens."""
    body = TokenRequest(name=name, scope=scope, days=days, inbox=inbox)
    return read((yield Request.with_json("POST", "tokens", body)), CreatedToken)


def revoke_token(number: int) -> Flow[None]:
    """Revoke a token. Raises Missing."""
    yield Request("DELETE", f"tokens/{number}")


def info() -> Flow[AppInformation]:
    """Return information about the running program and its mailbox."""
    return read((yield Request.get("info")), AppInformation)


def web_configuration() -> Flow[Json]:
    """Return the configuration that a user interface needs, in Mailpit's format."""
    return read((yield Request.get("webui")), Json)


def openapi() -> Flow[Json]:
    """Return the OpenAPI document."""
    return read((yield Request.get("openapi.json")), Json)


def ca_certificate() -> Flow[bytes]:
    """Return the CA certificate behind the generated ones, as PEM. Raises Missing if there is none."""
    return (yield Request.get("ca.pem")).body


def metrics() -> Flow[str]:
    """Return the metrics for Prometheus. Raises Missing if they are disabled."""
    return (yield Request.get("/metrics")).text


def is_ready() -> Flow[bool]:
    """Return whether the catcher is ready to accept and return mail."""
    return (yield Request.get("/readyz", expects=(503,))).status == 200


def stream() -> Request:
    """Return the request that opens an event stream."""
    return Request.get("events")


def _message(store_id: str) -> str:
    return f"message/{_quoted(store_id)}"


def _quoted(name: str) -> str:
    return quote(name, safe="")
