"""Presenters: functions that turn values of the store into the JSON types of messages. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from msgspec import convert
from msgspec.structs import replace

from catcher import extract
from catcher.envelope import Envelope
from catcher.mime import Bodies, list_unsubscribe
from catcher.mime.model import Address, ParsedMessage, Part
from catcher.schema.base import encode
from catcher.schema.extract import Code, Extraction, Feature, Link
from catcher.schema.messages import (
    AttachmentInfo,
    Checksums,
    Mailbox,
    MessageDefect,
    MessageDetail,
    MessageList,
    Recipient,
    SmtpEnvelope,
    Summary,
    TreePart,
    Unsubscribe,
)
from catcher.store.model import StoredMessage, StoredSummary, SummaryPage

if TYPE_CHECKING:
    from catcher.extract import CodeMatch, Extract, LinkMatch


def moment(when: datetime) -> datetime:
    """Return a time for the JSON types: the text of RFC 3339 in UTC, with "Z" and milliseconds.

    The types declare a `datetime`, which is what clients decode. They are encoded as they are, and msgspec would write
    microseconds, which existing clients do not expect; so the server fills in the text itself.
    """
    return cast("datetime", _moment(when))


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def header_date(when: datetime) -> str:
    """Return a date that a sender wrote: RFC 3339 with seconds, in the sender's offset.

    An offset that RFC 3339 cannot express (with seconds, or of a day and more) becomes UTC. Never overflows.
    """
    offset = when.utcoffset()
    if offset is None or offset.total_seconds() % 60 or abs(offset.total_seconds()) >= 86400:
        try:
            when = when.astimezone(UTC)
        except OverflowError:
            when = when.replace(tzinfo=UTC)
    text = when.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def mailbox(address: Address) -> Mailbox:
    """Return an address."""
    return Mailbox(name=address.display_name, address=address.addr_spec)


def mailboxes(addresses: tuple[Address, ...]) -> tuple[Mailbox, ...]:
    """Return several addresses."""
    return tuple([Mailbox(name=each.display_name, address=each.addr_spec) for each in addresses])


def summary_json(summary: StoredSummary) -> bytes:
    """Return a row of a list as JSON, the body of webhooks' requests as Mailpit sends them."""
    return encode(message_summary(summary))


def message_summary(summary: StoredSummary) -> Summary:
    """Return a row of a list."""
    addresses = summary.addresses
    return Summary(
        id=summary.store_id,
        message_id=summary.message_id,
        read=summary.is_read,
        from_=mailbox(addresses.from_[0]) if addresses.from_ else Mailbox(),
        to=mailboxes(addresses.to),
        cc=mailboxes(addresses.cc),
        bcc=mailboxes(addresses.bcc),
        reply_to=mailboxes(addresses.reply_to),
        subject=summary.subject,
        created=moment(summary.received_at),
        username=summary.user,
        tags=summary.tags,
        size=summary.size,
        attachments=summary.attachments,
        snippet=summary.snippet,
    )


def message_list(page: SummaryPage, *, start: int, tags: tuple[str, ...], rows: tuple[Summary, ...]) -> MessageList:
    """Return a page of a list, with these rows and the numbers of `page`."""
    return MessageList(
        total=page.counts.messages,
        unread=page.counts.unread,
        count=len(rows),
        messages_count=page.matching,
        messages_unread=page.matching_unread,
        start=start,
        tags=tags,
        messages=rows,
        cursor=page.cursor,
        next_cursor=page.next_before,
    )


def message_detail(stored: StoredMessage, bodies: Bodies, *, is_read: bool) -> MessageDetail:
    """Return a message. ReturnPath falls back to the header field and the author, as existing clients expect."""
    summary, message = stored.summary, stored.message
    row = message_summary(summary)
    return MessageDetail(
        id=row.id,
        cursor=summary.arrival,
        message_id=row.message_id,
        read=is_read,
        from_=row.from_,
        to=row.to,
        cc=row.cc,
        bcc=row.bcc,
        reply_to=row.reply_to,
        return_path=stored.envelope.reverse_path or _header_return_path(message) or row.from_.address,
        subject=row.subject,
        list_unsubscribe=_unsubscribe(message),
        date=_moment(summary.received_at) if message.date is None else header_date(message.date),
        created=row.created,
        tags=row.tags,
        username=row.username,
        text=bodies.text,
        html=bodies.html,
        size=row.size,
        inline=tuple(attachment(message.parts[index]) for index in message.inlines),
        attachments=tuple(attachment(message.parts[index]) for index in message.attachments),
        parts=tuple(_tree_part(message, part) for part in message.parts),
        envelope=_envelope(stored.envelope),
        defects=tuple(MessageDefect(code=each.code, part_id=each.part_id, text=each.text) for each in message.defects),
    )


def attachment(part: Part) -> AttachmentInfo:
    """Return an attachment or inline part. Digests are "" if it has none."""
    digests = part.digests
    return AttachmentInfo(
        part_id=part.part_id,
        file_name=part.file_name or part.content_id,
        content_type=part.media_type,
        content_id=part.content_id,
        size=part.size,
        checksums=Checksums(md5=digests.md5, sha1=digests.sha1, sha256=digests.sha256)
        if digests
        else Checksums(md5="", sha1="", sha256=""),
    )


def header_values(message: ParsedMessage) -> dict[str, list[str]]:
    """Return field bodies by name, unfolded but not decoded; names in Go's spelling and alphabetical order."""
    values: dict[str, list[str]] = {}
    for field in message.header:
        values.setdefault(canonical_name(field.name), []).append(field.body)
    return dict(sorted(values.items()))


def canonical_name(name: str) -> str:
    """Return a field name in Go's spelling: "MESSAGE-ID" as "Message-Id". Invalid names stay as they are."""
    if not name.isascii() or not name.isprintable() or set(name) & set(' ()<>@,;:\\"/[]?={}'):
        return name
    return "-".join(word.capitalize() for word in name.split("-"))


def _header_return_path(message: ParsedMessage) -> str:
    bodies = (field.body for field in message.header if field.name.lower() == "return-path")
    return next(bodies, "").strip().removeprefix("<").removesuffix(">")


def _unsubscribe(message: ParsedMessage) -> Unsubscribe:
    found = list_unsubscribe(message)
    return Unsubscribe(
        header=found.header, links=tuple(found.links), errors=found.errors, header_post=found.header_post
    )


def _tree_part(message: ParsedMessage, part: Part) -> TreePart:
    return TreePart(
        part_id=part.part_id,
        parent=message.parts[part.parent].part_id if part.parent >= 0 else "",
        content_type=part.media_type,
        charset=part.charset,
        transfer_encoding=part.transfer_encoding,
        disposition=part.disposition,
        file_name=part.file_name,
        content_id=part.content_id,
        size=part.size,
    )


def _envelope(envelope: Envelope) -> SmtpEnvelope:
    client = envelope.client
    return SmtpEnvelope(
        reverse_path=envelope.reverse_path,
        recipients=tuple(
            Recipient(address=path.addr_spec, parameters=dict(path.parameters)) for path in envelope.forward_paths
        ),
        parameters=dict(envelope.parameters),
        client=client.address,
        helo=client.helo,
        protocol=client.protocol,
        username=client.user,
        tls=client.tls,
        notes=envelope.notes,
    )


def extraction(found: "Extract", *, explained: bool = False) -> Extraction:
    """Return the codes and links of a message. explained: with the features of each."""
    codes = {code: _code(code, explained=explained) for code in found.codes}
    links = {link: _link(link, explained=explained) for link in found.links}
    return Extraction(
        codes=tuple(codes.values()),
        links=tuple(links.values()),
        code=codes[found.primary_code] if found.primary_code else None,
        link=links[found.primary_link] if found.primary_link else None,
        is_cut=found.is_cut,
    )


def _code(code: "CodeMatch", *, explained: bool) -> Code:
    shown = convert(code, Code, from_attributes=True)
    return replace(shown, features=_features("code", code.evidence)) if explained else shown


def _link(link: "LinkMatch", *, explained: bool) -> Link:
    shown = convert(link, Link, from_attributes=True)
    return replace(shown, features=_features("link", link.evidence)) if explained else shown


def _features(table: str, evidence: Mapping[str, float]) -> tuple[Feature, ...]:
    return convert(extract.shares_of(table, evidence), tuple[Feature, ...], from_attributes=True)
