"""Reading bodies: whatever comes is either understood or refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from catcher.schema.base import camel, encode
from catcher.schema.messages import DeleteRequest, MarkRequest
from catcher.schema.send import SendRequest
from catcher.web.api.http.requests import has_known_key, struct_of

FORM = "application/x-www-form-urlencoded"
IDS = st.lists(st.text(alphabet="abc123", min_size=1), min_size=1, max_size=5)


def spelled(name: str) -> st.SearchStrategy[str]:
    """The name in any letter case."""
    return st.tuples(*(st.sampled_from([letter.lower(), letter.upper()]) for letter in name)).map("".join)


@given(spelled("IDs"), IDS, st.dictionaries(st.text(max_size=3), st.integers() | st.none(), max_size=3))
def test_ids_are_found_in_every_spelling_and_among_other_keys(
    key: str, ids: list[str], others: dict[str, int | None]
) -> None:
    """The field that must not be missed is found among any other keys, in JSON and forms.

    Mailpit compatibility: Ground rules.
    """
    others = {name: value for name, value in others.items() if name.lower() != "ids"}
    raw = msgspec.json.encode(others | {key: ids})
    assert struct_of(raw, "", DeleteRequest).ids == tuple(ids)
    assert has_known_key(raw, "", DeleteRequest)
    form = "&".join(f"{key}={each}" for each in ids).encode()
    assert struct_of(form, FORM, DeleteRequest).ids == tuple(ids)
    assert has_known_key(form, FORM, DeleteRequest)


@given(
    st.binary(max_size=200),
    st.sampled_from(["", FORM, "application/json"]),
    st.sampled_from([DeleteRequest, MarkRequest, SendRequest]),
)
def test_any_octets_are_decoded_or_refused(raw: bytes, content_type: str, kind: type[msgspec.Struct]) -> None:
    """Nothing but 400 is raised, whatever the octets are."""
    assert outcome(raw, content_type, kind) in (200, 400)


def outcome(raw: bytes, content_type: str, kind: type[msgspec.Struct]) -> int:
    """The status that these octets lead to."""
    try:
        understood = struct_of(raw, content_type, kind)
    except HTTPException as refusal:
        return refusal.status_code
    return 200 if isinstance(understood, kind) else 0


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"read=true&search=a+b%20c", MarkRequest(read=True, search="a b c")),
        (b"Read=1&IDs=x&ids=y", MarkRequest(read=True, ids=("x", "y"))),
        (b"READ=false&Search=%C3%BC", MarkRequest(read=False, search="ü")),
    ],
)
def test_a_form_gives_the_same_fields(raw: bytes, expected: MarkRequest) -> None:
    """Texts become values of the field's type; repeated names become a list."""
    assert struct_of(raw, FORM, MarkRequest) == expected


def test_nested_keys_are_matched_and_free_ones_kept() -> None:
    """Keys of inner objects are matched in any letter case; the names in `Headers` are the client's."""
    raw = b'{"FROM":{"eMail":"a@b"},"headers":{"x-OWN":"1"},"attachments":[{"contentid":"c","CONTENT":""}]}'
    sending = struct_of(raw, "", SendRequest)
    assert sending.from_.email == "a@b"
    assert sending.headers == {"x-OWN": "1"}
    assert sending.attachments[0].content_id == "c"


@pytest.mark.slow
@given(st.recursive(st.text() | st.integers(0, 9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_anything_can_be_encoded(value: object) -> None:
    """Lone surrogates, which no UTF-8 can hold, become U+FFFD instead of a failure."""
    msgspec.json.decode(encode(value))
    assert encode(["\ud800", {"\udfff": "é"}]) == '["\ufffd",{"\ufffd":"é"}]'.encode()


def test_keys_have_the_spelling_that_clients_expect() -> None:
    """Initialisms in capitals, everything else in CamelCase."""
    assert [camel(name) for name in ("id", "message_id", "html", "sha256", "smtp_accepted", "from_", "reply_to")] == [
        "ID", "MessageID", "HTML", "SHA256", "SMTPAccepted", "From", "ReplyTo",
    ]  # fmt: skip
