"""HTML in mail programs: every feature is found at its position and scored."""

import hashlib
import io
import json
import tarfile
import zlib
from base64 import b64encode
from pathlib import Path

import pytest

from catcher.checks import CheckOptions, ClientFacts, ClientsCheck, Severity
from catcher.checks.data.refresh import write
from catcher.checks.features import find_features
from catcher.checks.features.caniemail import Feature, Support, knowledge
from catcher.checks.render import to_json
from catcher.checks.rules.clients import check_clients
from catcher.threads import Threads
from catcher.web.api.mailpit.checks import html_check
from tests.checks.features_document import DOCUMENT, OF_THE_MESSAGE, document, places
from tests.checks.mails import DATA, HEAD, Snippet, html_mail, snippets, subject_of

FEATURES = snippets("features.txt")


@pytest.mark.parametrize("snippet", FEATURES, ids=lambda snippet: snippet.name)
def test_feature_is_found_at_its_first_use(snippet: Snippet) -> None:
    """Each feature of the data that HTML and CSS can show is found by parsing, with line and column."""
    found = find_features(html_mail(snippet.text))
    ((feature, line, column),) = snippet.expected
    assert feature in found.by_name, sorted(found.by_name)
    place = found.by_name[feature].places[0]
    assert (place.line, place.column) == (line, column), place.excerpt


def test_every_feature_of_the_data_has_a_test_mail() -> None:
    """All 307 features are found by some test mail: none is left out."""
    tested = {feature for snippet in FEATURES for feature, _, _ in snippet.expected} | set(OF_THE_MESSAGE)
    assert len(knowledge().slugs) == 307
    assert set(knowledge().slugs) - tested == set()
    assert tested - set(knowledge().slugs) == set()


def test_amp_part_and_bimi_selector_are_features_of_the_message() -> None:
    """AMP stands in a part of its own, the choice of a BIMI logo in the header section."""
    subject = subject_of(
        f"{HEAD}Subject: x\nBIMI-Selector: v=BIMI1; s=brand\nMIME-Version: 1.0\n"
        "Content-Type: multipart/alternative; boundary=b\n\n"
        "--b\nContent-Type: text/x-amp-html; charset=utf-8\n\n<!doctype html><html amp4email></html>\n"
        "--b\nContent-Type: text/html; charset=utf-8\n\n<p>x</p>\n--b--\n"
    )
    found = find_features(subject).by_name
    assert found["amp"].places[0].part_id == "1"
    assert found["bimi"].count == 1


def _png(*, animated: bool) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    frames = chunk(b"acTL", bytes(8)) if animated else b""
    head = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + frames + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("animated", "feature"), [(True, "image-apng"), (False, "image-png")])
def test_attached_png_is_examined_for_animation(animated: bool, feature: str) -> None:
    """An image part is judged by its octets, not by its name. PNG (third edition) §11.3.6.1."""
    image = b64encode(_png(animated=animated)).decode()
    subject = subject_of(
        f"{HEAD}Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        '--b\nContent-Type: text/html\n\n<p>x</p><img src="cid:logo@x" alt="x">\n'
        "--b\nContent-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\n"
        f"{image}\n--b--\n"
    )
    found = find_features(subject).by_name
    assert {name for name in found if name.startswith("image-")} == {feature}
    assert found[feature].places[0].column == len("<p>x</p><img ") + 1


@pytest.mark.slow
def test_same_message_gives_the_same_bytes_twice() -> None:
    """Results are deterministic, order included."""
    html = "".join(snippet.text for snippet in FEATURES)
    first = to_json([check_clients(html_mail(html))])
    assert first == to_json([check_clients(html_mail(html))])
    assert len(json.loads(first)["reports"][0]["facts"]["uses"]) > 250


def test_newest_version_decides_and_unknown_is_ignored() -> None:
    """Yes, partial, no and unknown are scored as what they are, by the newest version of each program."""
    report = check_clients(
        html_mail('<p style="display:grid">x</p>'), clients=("outlook.windows", "outlook.windows-mail")
    )
    assert isinstance(report.facts, ClientFacts)
    grid = next(use for use in report.facts.uses if use.feature.slug == "css-display-grid")
    newest = {result.program.key: result.support for result in grid.results}
    assert newest["outlook.windows"] is Support.NO
    for score in report.facts.programs:
        counted = score.supported + 0.5 * score.partial
        known = score.supported + score.partial + score.unsupported
        assert score.score == pytest.approx(100 * counted / known, abs=0.06)
        assert known + score.unknown == len(report.facts.uses)
    finding = next(finding for finding in report.findings if finding.rule == "css-display-grid")
    assert finding.severity is Severity.ERROR
    assert "Outlook (Windows)" in finding.clients
    assert finding.source == "https://www.caniemail.com/features/css-display-grid/"


def test_notes_do_not_change_the_score() -> None:
    """ "Yes, see note" is yes and "no, see note" is no; the notes are kept beside."""
    results = [result for slug in knowledge().slugs for result in knowledge().feature(slug).results]
    noted = {support: sum(bool(r.notes) for r in results if r.support is support) for support in Support}
    assert (noted[Support.YES], noted[Support.NO]) == (218, 435)
    assert sum(result.support is Support.UNKNOWN for result in results) == 954


def test_only_selected_programs_are_reported() -> None:
    """The set of programs is a parameter, by family or by family and platform."""
    report = check_clients(html_mail('<p style="display:grid">x</p>'), clients=("yahoo.ios", "hey"))
    assert isinstance(report.facts, ClientFacts)
    assert [score.program.key for score in report.facts.programs] == ["hey.desktop-webmail", "yahoo.ios"]
    with pytest.raises(ValueError, match="'eudora'"):
        check_clients(html_mail("<p>x</p>"), clients=("eudora",))


def test_scripts_are_unsupported_and_data_blocks_are_not_scripts() -> None:
    """A script is an error everywhere; JSON-LD, which mail programs read, is none."""
    report = check_clients(html_mail('<script type="application/ld+json">{}</script>\n<script>1</script>'))
    script = next(finding for finding in report.findings if finding.rule == "html-script")
    assert (script.severity, script.place.line if script.place else 0, script.count) == (Severity.ERROR, 2, 1)


def test_position_of_a_declaration_is_exact_despite_references_and_line_breaks() -> None:
    """An offset in a style attribute is that of the source, though the parser decodes the value."""
    html = "<p\n  style='font-family: &quot;A&amp;B&quot;;\r\n    display:flex'>x</p>"
    place = find_features(html_mail(html)).by_name["css-display-flex"].places[0]
    assert (place.line, place.column) == (3, 5)
    assert place.excerpt.startswith("display:flex")


def test_uses_are_counted_and_places_bounded() -> None:
    """A thousand uses are counted; the first places are kept."""
    report = check_clients(html_mail('<p style="display:grid">x</p>\n' * 1_000))
    finding = next(finding for finding in report.findings if finding.rule == "css-display-grid")
    assert (finding.count, len(finding.others)) == (1_000, 20)
    assert [place.line for place in finding.others] == list(range(2, 22))


def test_element_index_is_the_parsers() -> None:
    """A page that parses the same text finds the element by its number, implied elements counted."""
    finding = next(f for f in check_clients(html_mail("<table><tr><td><dialog>x")).findings if f.rule == "html-dialog")
    assert finding.place is not None
    assert (finding.place.element, finding.place.tag) == (7, "dialog")  # html head body table tbody tr td dialog


def test_mail_without_html_has_no_score() -> None:
    """An empty result does not count as a success."""
    report = check_clients(subject_of(f"{HEAD}Subject: x\n\nplain"))
    assert (report.score, report.findings, report.facts) == (None, (), None)
    assert html_check(report) is None


def test_mailpit_answer_adds_up_and_is_ranked() -> None:
    """Mailpit's html-check: shares of tested versions, the worst feature gives the total, never below zero."""
    html = "<html><body>" + '<p style="display:grid">x</p>' * 3 + '<img src="x.ppm"></body></html>'
    answer = html_check(check_clients(html_mail(html)))
    assert answer is not None
    assert answer.warnings[0].slug == "css-display-grid"
    assert answer.total.nodes == 5
    for warning in answer.warnings:
        score = warning.score
        assert score.supported + score.partial + score.unsupported == pytest.approx(100, abs=0.001)
        assert score.partial or score.unsupported
    assert answer.total.supported + answer.total.partial + answer.total.unsupported == pytest.approx(100, abs=0.001)
    assert answer.total.unsupported == pytest.approx(answer.warnings[0].score.unsupported * 3 / 5, abs=0.001)
    assert "Outlook" in answer.platforms["windows"]
    assert {result.support for warning in answer.warnings for result in warning.results} <= {
        "yes",
        "no",
        "partial",
        "unknown",
    }


def test_descriptions_are_html_without_any_markup_of_their_own() -> None:
    """Markdown of the data becomes code and links; what looks like a tag is escaped."""
    answer = html_check(check_clients(html_mail("<meter>x</meter><header>x</header>")))
    assert answer is not None
    semantics = next(warning for warning in answer.warnings if warning.slug == "html-semantics")
    assert "<code>&lt;article&gt;</code>" in semantics.description


def test_vendored_data_is_what_the_manifest_says() -> None:
    """Data and licence have the digests that were written when they were taken from the package."""
    directory = DATA.parent.parent.parent / "catcher" / "checks" / "data"
    manifest = json.loads((directory / "manifest.json").read_text())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((directory / name).read_bytes()).hexdigest() == digest, name
    assert manifest["licence"] == "MIT"
    assert "Permission is hereby granted" in (directory / "caniemail.LICENSE.txt").read_text("utf-8")
    assert knowledge().data_of == manifest["data_of"][:10]


def test_feature_without_name_is_an_error() -> None:
    """Only the feature for scripts, which the data lack, is our own."""
    assert isinstance(knowledge().feature("html-script"), Feature)
    with pytest.raises(KeyError):
        knowledge().feature("html-blink")


def test_check_is_made_from_options(threads: Threads) -> None:
    """The selected programs are an option."""
    assert ClientsCheck(CheckOptions(threads=threads, clients=("hey",))).on_request is False


def test_data_is_refreshed_from_the_package(tmp_path: Path) -> None:
    """The refresh writes data, licence and manifest with digests; the same package gives the same bytes."""
    vendored = DATA.parent.parent.parent / "catcher" / "checks" / "data"
    data = json.loads((vendored / "caniemail.json").read_bytes())
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as package:
        for name, content in (
            ("package/dist/data/caniemail.json", json.dumps(data).encode()),
            ("package/LICENSE", (vendored / "caniemail.LICENSE.txt").read_bytes()),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))
    write(archive.getvalue(), version="2.0.2", directory=tmp_path)
    for name in ("caniemail.json", "caniemail.LICENSE.txt"):
        assert (tmp_path / name).read_bytes() == (vendored / name).read_bytes()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["archive_sha256"] == hashlib.sha256(archive.getvalue()).hexdigest()
    assert manifest["files"] == json.loads((vendored / "manifest.json").read_text())["files"]


def test_document_of_the_features_is_current() -> None:
    """docs/features.md: every feature, the test mail that shows it, and how many programs support it."""
    assert DOCUMENT.read_text("utf-8") == document(), "run `python -m tests.checks.features_document`"
    assert len(places()) == len(knowledge().slugs)
