"""The document of the sandboxed frame: what is taken out, what is kept, what is counted, and how large it gets."""

import re
from urllib.parse import unquote

import pytest
import turbohtml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.hostile import DOCUMENTS
from catcher.web.frame import FrameDocument, FrameLimits, FrameOptions, ImagePolicy, frame_document, frame_headers
from tests.depth import examples


def inline(url: str) -> str | None:
    """The address of a part: of any content id, and of one location."""
    if url[:4].lower() == "cid:":
        return f"/cid/{unquote(url[4:])}"
    return "/cid/located" if url == "located.png" else None


def made(html: str, **options: object) -> FrameDocument:
    return frame_document(
        html,
        inline=inline,
        options=FrameOptions(**options),  # type: ignore[arg-type]
    )


def body(html: str, **options: object) -> str:
    """The document without the head that is ours."""
    return made(html, **options).html.partition("</style>")[2]


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="preconnect" href="https://t.example/">',
        '<base href="https://t.example/">',
        '<meta http-equiv="refresh" content="0;url=https://t.example/">',
        "<META HTTP-EQUIV=refresh CONTENT='0;url=https://t.example/'>",
        "<script>alert(1)</script>",
        '<script src="https://t.example/s.js"></script>',
        '<iframe src="https://t.example/"></iframe>',
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        '<object data="https://t.example/"><embed src="https://t.example/"></object>',
        '<embed src="https://t.example/">',
        '<svg><script>alert(1)</script><image href="https://t.example/"/></svg>',
        "<math><mtext><style><img src=x onerror=alert(1)></style></math>",
        '<frameset><frame src="https://t.example/"></frameset>',
        "<template><script>1</script></template>",
        "<title>owned</title>",
        '<applet code="x"></applet>',
        '<video src="https://t.example/"></video>',
        "<!-- <script>alert(1)</script> --><!--[if mso]><script>1</script><![endif]-->",
    ],
)
def test_elements_that_run_or_load_something_are_removed(html: str) -> None:
    """Links, bases, refreshes, scripts, frames and objects, some of which no policy stops."""
    assert body(html) == ""


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<form action=x><input name=a></form>", '<input name="a">'),
        ('<p onclick="x()" ONLOAD=y style="color:red">t</p>', '<p style="color:red">t</p>'),
        ('<a href="https://a.example/" target="_top" ping="https://b.example/">t</a>', None),
        ("<noscript><p>t</p></noscript>", "<p>t</p>"),
        ("<xmp><b></xmp>", "<pre>&lt;b&gt;</pre>"),
        ("a < b & c &lt;script&gt;", "a &lt; b &amp; c &lt;script&gt;"),
        ('<a href="#part">t</a>', '<a href="#part">t</a>'),
        ('<p a"b=1 <c=2>t</p>', "<p>t</p>"),
        ('<img alt="" attributionsrc="https://t.example/">', '<img alt="">'),
    ],
)
def test_the_rest_is_kept(html: str, expected: str | None) -> None:
    """The fields of a form, text and styles stay; event handlers and odd names do not."""
    expected = expected or '<a href="https://a.example/" target="_blank" rel="noopener noreferrer">t</a>'
    assert body(html) == expected


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "java&#x09;script&colon;alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "blob:https://x/1",
        "view-source:https://x/",
        "/api/v1/messages",
        "relative",
    ],
)
def test_dangerous_and_relative_links_are_struck_out(address: str) -> None:
    """They are shown without an address; a relative link leads nowhere in a mail."""
    frame = made(f'<a href="{address}">t</a>')
    assert " href=" not in frame.html
    assert 'data-cx="refused"' in frame.html
    assert len(frame.disabled_links) == 1


def test_links_of_applications_are_kept() -> None:
    """`myapp://` opens an application, which developers want to try."""
    html = body('<a href="myapp://reset/1">t</a><a href="mailto:a@b.example">m</a><a href="//b.example/">h</a>')
    assert re.findall(r'href="([^"]*)"', html) == ["myapp://reset/1", "mailto:a@b.example", "//b.example/"]


def test_inline_images_get_addresses_in_attributes_and_styles() -> None:
    """RFC 2392: cid addresses name parts of the message."""
    html = body('<img src="cid:a%40b" alt=""><td background="CID:c"><p style="background:url(\'cid:d\')">')
    assert 'src="/cid/a@b"' in html
    assert 'background="/cid/c"' in html
    assert "url(&quot;/cid/d&quot;)" in html


def test_inline_images_may_be_several_and_have_a_location() -> None:
    """Candidates of srcset keep their sizes; a URL in Content-Location names a part, too. RFC 2557 §5."""
    html = body(
        '<img srcset="cid:a 1x, cid:b 2x" alt=""><img src="located.png" alt=""><p style="background:url(located.png)">'
    )
    assert 'srcset="/cid/a 1x, /cid/b 2x"' in html
    assert 'src="/cid/located"' in html
    assert "url(&quot;/cid/located&quot;)" in html
    assert "srcset" not in body('<img srcset="cid:a 1x, https://t.example/b 2x" alt="">')
    assert "src=" not in body('<img src="located.png" alt="">', images=ImagePolicy.NONE)


def test_remote_content_is_counted_and_not_loaded_until_it_is_allowed() -> None:
    """Each has its address, its kind and whether it looks like a tracker; only images can be allowed."""
    source = (
        '<img src="https://t.example/1.png" alt=""><img src="//t.example/2.gif" width="1" height="1" alt="">'
        '<td background="http://t.example/3.png"><p style="background:url(https://t.example/4.png)">'
        '<style>@import "https://t.example/5.css";</style><link rel=stylesheet href="https://t.example/6.css">'
        '<video src="https://t.example/7.mp4" poster="https://t.example/8.png"></video>'
        '<img srcset="https://t.example/9.png 2x" alt="">'
    )
    blocked = made(source)
    kinds = {remote.url[-5]: (remote.kind, remote.is_tiny) for remote in blocked.remote}
    assert kinds["1"] == ("image", False)
    assert kinds["2"] == ("image", True)
    assert kinds["3"][0] == "background"
    assert kinds["4"][0] == "CSS"
    assert blocked.remote_count == len(blocked.remote) == 8
    assert "1.png" not in blocked.html
    assert "3.png" not in blocked.html
    assert "9.png" not in blocked.html
    allowed = made(source, images=ImagePolicy.REMOTE).html
    assert 'src="https://t.example/1.png"' in allowed
    assert 'srcset="https://t.example/9.png 2x"' in allowed
    assert "6.css" not in allowed
    assert "7.mp4" not in allowed


PIECES = [
    "<",
    "<<",
    "</",
    "<!",
    "<!--",
    "-->",
    "<?",
    "]]>",
    "<![CDATA[",
    "&",
    "&lt;",
    ">",
    "/",
    "=",
    "'",
    '"',
    "`",
    "x",
    "\x00",
    "\n",
    "<style>",
    "</style>",
    "<style/>",
    "</style/",
    "</style",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<xmp>",
    "</xmp>",
    "<noscript>",
    "</noscript>",
    "<select>",
    "<option>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<mglyph>",
    "<table>",
    "<td>",
    "<template>",
    "</template>",
    "<plaintext>",
    "<iframe",
    "<iframe/src=https://evil.example>",
    "<noembed>",
    "<noframes>",
    "<script>",
    "</script>",
    "<link/rel=preconnect/href=https://evil.example>",
    "<img/src=https://evil.example>",
    "<a/href=x>",
    "<img/title='",
    "<base/href=https://evil.example>",
    "<form>",
    "<object/data=https://evil.example>",
    "<p/style=x:'",
    "</p>",
    "<h1>",
]
NEVER_WRITTEN = {"base", "embed", "form", "frame", "iframe", "link", "math", "object", "script", "svg", "template"}
IMPLIED = {"body", "colgroup", "head", "html", "tbody", "tr"}


@settings(max_examples=examples(300))
@example(source="<style><</style</><<iframe src=https://evil.example></style>", scripting=False)
@given(source=st.lists(st.sampled_from(PIECES), max_size=25).map("".join), scripting=st.booleans())
def test_a_browser_reads_what_was_written(source: str, scripting: bool) -> None:
    """Each element of the parsed document is one whose tag was written, and none requests anything."""
    written = made(source).html
    tags = {(token.tag, *map(tuple, token.attrs or ())) for token in turbohtml.tokenize(written)}
    for element in turbohtml.parse(written, scripting=scripting).find_all():
        assert element.tag not in NEVER_WRITTEN
        assert element.tag in IMPLIED or (element.tag, *element.attrs.items()) in tags
        assert "evil.example" not in f"{element.attrs.get('src')} {element.attrs.get('href')}"


def test_images_off_leaves_no_image() -> None:
    """Inline images neither; the alternative texts stay."""
    html = body('<img src="cid:a" alt="Logo"><img src="data:image/png;base64,AA==" alt="">', images=ImagePolicy.NONE)
    assert "src=" not in html
    assert 'alt="Logo"' in html


def test_the_layout_of_old_doctypes_is_kept() -> None:
    """Gaps below images in tables differ between doctypes, and senders look for their cause."""
    old = "-//W3C//DTD XHTML 1.0 Transitional//EN"
    assert made(f'<!DOCTYPE html PUBLIC "{old}" "x"><p>').html.startswith(f'<!DOCTYPE html PUBLIC "{old}">')
    assert made("<!doctype html><p>").html.startswith("<!DOCTYPE html>")
    assert made("<p>").html.startswith("<meta charset")


@pytest.mark.parametrize("identifier", ['"><script>1</script>', "a&b", "x" * 201, "é"])
def test_an_odd_doctype_adds_no_markup(identifier: str) -> None:
    """Its public identifier is written only if nothing in it could end the declaration."""
    assert made(f"<!DOCTYPE html PUBLIC '{identifier}'><p>").html.startswith("<!DOCTYPE html><meta charset")


def test_attributes_that_load_send_or_lead_away_are_removed() -> None:
    """Some act on elements that are removed too, but a browser may know more elements with them."""
    names = "action formaction formtarget ping manifest lowsrc dynsrc longdesc cite codebase classid archive code data"
    names += " srcdoc sandbox target rel nonce integrity crossorigin autofocus accesskey download http-equiv"
    names += " contenteditable tabindex popover popovertarget attributionsrc src href srcset poster"
    for name in (*names.split(), "xlink:href", "onload", "data-cx"):
        assert body(f'<p {name}="https://t.example/">t') == "<p>t", name


def test_language_direction_and_body_attributes_are_kept() -> None:
    """A right-to-left mail is shown right to left."""
    assert '<html lang="he" dir="rtl"><body bgcolor="#eee">' in body(
        '<html lang=he dir=rtl><body bgcolor="#eee" onload=x>'
    )


def test_style_text_cannot_open_a_tag() -> None:
    """Whatever state another parser is in, the text of a style element holds nothing that looks like a tag."""
    html = body("<style><!-- a{b:c} </p><script><img> --></style><select><style><link rel=preconnect href=//x></style>")
    assert "<script" not in html
    assert "<img" not in html
    assert "<link" not in html
    assert "a{b:c}" in html


def test_dark_styles_are_found() -> None:
    """The page says whether the dark preview can show anything."""
    assert made("<style>@media (prefers-color-scheme: dark){a{}}</style>").has_dark
    assert made('<meta name="color-scheme" content="light dark">').has_dark
    assert not made("<p>dark</p>").has_dark


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_html_gives_a_document_of_bounded_size(name: str) -> None:
    """Tens of thousands of anything do not recurse. That the time is linear is measured by `bench`, part "growth"."""
    html = DOCUMENTS[name](200_000)
    frame = made(html)
    assert len(frame.html) < 8 * len(html) + 2000
    assert len(frame.remote) <= FrameLimits().listed


def test_deep_nesting_is_flattened_and_reported() -> None:
    """Its words stay, its boxes do not."""
    frame = made("<div>" * 1000 + "word" + "</div>" * 1000 + "<p>after</p>")
    assert frame.is_flattened
    assert frame.html.count("<div>") == FrameLimits().depth
    assert frame.html.count("</div>") == FrameLimits().depth
    assert "word" in frame.html
    assert frame.html.endswith("<p>after</p>")


def test_a_long_document_is_cut_and_reported() -> None:
    """Only the view is cut, the message is not."""
    frame = made("<p>a" * 50, limits=FrameLimits(tokens=10))
    assert frame.is_truncated
    assert frame.html.count("<p>") == 5
    assert not made("<p>12345", limits=FrameLimits(characters=8)).is_truncated
    assert made("<p>123456", limits=FrameLimits(characters=8)).html.endswith("<p>12345")
    assert not made("<p>a", limits=FrameLimits(tokens=2)).is_truncated


def test_lists_of_what_was_found_are_bounded() -> None:
    """The number of entries and the length of each; the count of remote resources goes on."""
    source = "".join(
        f'<img src="https://t.example/{n}{"x" * 5_000}"><a href="{n}{"y" * 5_000}">t</a>' for n in range(3)
    )
    frame = made(source, limits=FrameLimits(listed=2))
    assert frame.remote_count == 3
    assert [len(each.url) for each in frame.remote] == [2000, 2000]
    assert [len(each) for each in frame.disabled_links] == [2000, 2000]


def test_the_policy_is_the_documented_one() -> None:
    """The headers of the mail document, word for word."""
    images = "http://127.0.0.1:8025/view/x/cid/"
    headers = frame_headers(images=images)
    assert headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src {images} data:; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-DNS-Prefetch-Control"] == "off"
    assert headers["Cache-Control"] == "private, no-store"
    assert "img-src 'none';" in frame_headers(images="x", policy=ImagePolicy.NONE)["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("mark", "tag"),
    [
        ((1, 1), "p"),
        ((2, 1), "p"),
        ((2, 3), "img"),
        ((2, 9), "img"),
        ((3, 2), "a"),
        ((99, 1), "a"),
    ],
)
def test_the_element_at_a_position_is_marked(mark: tuple[int, int], tag: str) -> None:
    """The mark is on the last start tag up to line and column, and its id replaces the element's own."""
    html = '<p id="own">\n x<img src="cid:a">\n <a href="https://e.com">x</a>'
    made = frame_document(html, inline=lambda _: "/a", options=FrameOptions(mark=mark)).html
    (found,) = re.findall(r'<(\w+)[^<]* id="catcher-mark" data-cx-mark="">', made)
    assert found == tag
    assert ('id="own"' in made) == (tag != "p")


def test_a_mail_cannot_mark_itself() -> None:
    """Its attribute is removed from the HTML of mails."""
    assert (
        "data-cx-mark"
        not in frame_document('<p data-cx-mark="">x', inline=lambda _: None).html.partition("</style>")[2]
    )
