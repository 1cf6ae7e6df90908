"""`parse`: the fields of the message, digests, limits; and the tree against the standard library's."""

import email
import hashlib
import mmap
from pathlib import Path

from catcher import mime

MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
DATA = Path(__file__).parent.parent / "data"


def parsed(text: str) -> mime.ParsedMessage:
    return mime.parse(text.replace("\n", "\r\n").encode())


def test_nothing_at_all_is_an_empty_text() -> None:
    """Any octets give a message with a root. Contract of `ParsedMessage`."""
    message = mime.parse(b"")
    assert [part.part_id for part in message.parts] == ["0"]
    assert (message.subject, message.text_parts, message.is_cut) == ("", (0,), False)


def test_text_without_header_section_is_body() -> None:
    """Lines that are no header fields are shown, not dropped."""
    octets = b"Hello,\r\nthis is all.\r\n"
    message = mime.parse(octets)
    assert mime.bodies(octets, message).text == "Hello,\r\nthis is all.\r\n"
    assert [defect.code for defect in message.defects] == ["header-missing"]


def test_garbage_among_header_fields_is_passed_over() -> None:
    """A line without colon neither ends the header section nor becomes part of a field. RFC 5322 §2.2."""
    message = parsed("From x@y Mon Jan  1 00:00:00 2024\nSubject: a\nno colon here\nTo: b@c\n\nbody\n")
    assert [field.name for field in message.header] == ["Subject", "To"]
    assert (message.subject, message.to[0].addr_spec) == ("a", "b@c")


def test_a_line_of_hyphens_does_not_end_the_header_section() -> None:
    """Only the boundary that the section itself declares does."""
    message = parsed("Subject: a\n--\n--b\nTo: b@c\n\nbody\n")
    assert [field.name for field in message.header] == ["Subject", "To"]


def test_first_of_a_repeated_content_type_counts() -> None:
    """Of two Content-Type fields the first describes the body; both stay in the header."""
    message = parsed("Content-Type: text/html\nContent-Type: text/plain\n\n<p>x\n")
    assert message.parts[0].media_type == "text/html"
    assert [field.body for field in message.header] == ["text/html", "text/plain"]


def test_repeated_address_fields_are_joined_in_order() -> None:
    """Nobody is lost when a program writes one To field for each recipient."""
    message = parsed("To: a@x\nTo: b@x\nto: c@x\n\n")
    assert [address.addr_spec for address in message.to] == ["a@x", "b@x", "c@x"]


def test_message_id_and_subject_cannot_carry_line_breaks() -> None:
    """An encoded line break in a header field stays inside that field as a space. CWE-93."""
    message = parsed("Subject: =?utf-8?q?a=0D=0AX-Evil:_1?=\nMessage-ID: <x@y>\n Set-Cookie: a=b\n\n")
    assert message.subject == "a  X-Evil: 1"
    assert message.message_id == "x@y> Set-Cookie: a=b"


def test_digests_are_those_of_the_decoded_octets() -> None:
    """Listed parts have MD5, SHA-1 and SHA-256 of the decoded content; bodies have none."""
    octets = (DATA / "01-order.eml").read_bytes()
    message = mime.parse(octets)
    part = message.parts[message.attachments[0]]
    content = mime.part_octets(octets, part)
    assert part.digests == mime.Digests(
        md5=hashlib.md5(content).hexdigest(),
        sha1=hashlib.sha1(content).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    assert part.size == len(content) == 14
    assert message.parts[message.text_parts[0]].digests is None


def test_a_mapped_file_parses_like_its_octets(tmp_path: Path) -> None:
    """A large message can stay in its file, and the file can be closed afterwards. Contract of `Octets`."""
    for path in sorted(DATA.glob("*.eml")):
        octets = path.read_bytes()
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            message = mime.parse(mapped)
            assert message == mime.parse(octets)
            assert mime.bodies(mapped, message) == mime.bodies(octets, message)
            assert mime.readable_text(mapped, message) == mime.readable_text(octets, message)


def test_faults_of_readable_parts_are_reported() -> None:
    """Damaged base64 and unknown charsets are decoded as far as possible and reported as defects."""
    octets = b"Content-Type: text/plain; charset=x-mystery\r\nContent-Transfer-Encoding: base64\r\n\r\nYW!Jj"
    message = mime.parse(octets)
    assert mime.part_text(octets, message.parts[0]) == "abc"
    assert [defect.code for defect in message.defects] == ["base64-invalid", "charset-unknown"]


def test_a_flood_of_defects_is_bounded() -> None:
    """A hundred are enough, of the structure and of the parts; that addresses were cut is always among them."""
    part = b"--b\r\nContent-Type: text/plain; charset=x-mystery\r\nContent-Transfer-Encoding: y\r\n\r\n"
    for count, codes in ((60, {"charset-unknown", "transfer-encoding-unknown"}), (200, {"transfer-encoding-unknown"})):
        message = mime.parse(b"To: a@b, c@d\r\n" + MULTIPART + part * count, limits=mime.Limits(mailboxes=1))
        assert len(message.defects) == 100
        assert {defect.code for defect in message.defects[:-1]} - {"boundary-unclosed"} == codes
        assert message.defects[-1].code == "cut-addresses"


def test_a_text_is_read_by_its_charset() -> None:
    """The parameter of Content-Type, in any letter case."""
    octets = b"Content-Type: text/plain; charset=ISO-8859-2\r\n\r\n\xb1"
    part = mime.parse(octets).parts[0]
    assert (part.charset, mime.part_text(octets, part)) == ("iso-8859-2", "ą")


def test_limits_cut_and_say_so() -> None:
    """Everything before a limit is kept, and the cut is marked. Contract of `Limits`."""
    parts = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 9 + b"--b--\r\n"
    message = mime.parse(parts, limits=mime.Limits(parts=4))
    assert (len(message.parts), message.is_cut) == (4, True)
    assert "cut-parts" in [defect.code for defect in message.defects]

    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(9))
    message = mime.parse(nested, limits=mime.Limits(depth=3))
    assert (len(message.parts), message.is_cut) == (4, True)
    assert ("cut-depth", "1.1.1.0") in [(defect.code, defect.part_id) for defect in message.defects]

    embedded = b"Content-Type: message/rfc822\r\n\r\n" * 9
    message = mime.parse(embedded, limits=mime.Limits(depth=3))
    assert (len(message.parts), message.is_cut) == (4, True)
    assert ("cut-depth", "1.1.1") in [(defect.code, defect.part_id) for defect in message.defects]

    message = mime.parse(b"Subject: a\r\nX: y\r\nTo: b@c\r\n\r\n", limits=mime.Limits(fields=2))
    assert (message.subject, message.to, message.is_cut) == ("a", (), True)

    message = mime.parse(b"Subject: a\r\nX: yyyyyyyyyy\r\nTo: b@c\r\n\r\nbody", limits=mime.Limits(header_octets=20))
    assert (message.subject, message.to, message.is_cut) == ("a", (), True)

    message = mime.parse(b"To: a@b, c@d, e@f\r\n\r\n", limits=mime.Limits(mailboxes=2))
    assert (len(message.to), message.is_cut) == (2, True)


def test_a_boundary_behind_the_limit_of_a_header_section_is_not_looked_up() -> None:
    """The fields that would declare it are not read."""
    octets = b"X: y\r\n" * 5 + b"--b\r\nTo: b@c\r\n\r\nbody"
    assert mime.parse(octets, limits=mime.Limits(header_octets=10)).parts[0].body_start == octets.index(b"body")


def test_what_stays_within_the_limits_is_not_cut() -> None:
    """Octets around a header section, a part or a boundary do not count. Contract of `Limits`."""
    octets = MULTIPART + b"preamble\r\n" * 100 + b"--b\r\nX: y\r\n\r\n--be\r\n--b--\r\n"
    limits = mime.Limits(depth=1, parts=2, header_octets=len(MULTIPART), fields=2, mailboxes=2, candidates=2)
    message = mime.parse(octets, limits=limits)
    assert (len(message.parts), message.is_cut) == (2, False)


def test_tree_agrees_with_the_standard_library() -> None:
    """On well-formed mail the parts, in order, are those of `email`. RFC 2046."""
    for name in ("01-order", "02-forwarded", "08-raw-octets"):
        octets = (DATA / f"{name}.eml").read_bytes()
        message = mime.parse(octets)
        reference = list(email.message_from_bytes(octets).walk())
        assert [part.media_type for part in message.parts] == [part.get_content_type() for part in reference]
        for part, other in zip(message.parts, reference, strict=True):
            if not other.is_multipart():
                payload = other.get_payload(decode=True)
                assert isinstance(payload, bytes)
                assert mime.part_octets(octets, part).splitlines() == payload.splitlines()
