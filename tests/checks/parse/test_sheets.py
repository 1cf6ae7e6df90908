"""Style sheets and style attributes, parsed once for all checks."""

from catcher.checks.parse.css import MAX_CSS
from catcher.checks.parse.sheets import parsed_styles
from tests.checks.mails import html_mail


def test_equal_style_attributes_are_parsed_once() -> None:
    """All callers get the same nodes; a style that the message does not have is empty."""
    subject = html_mail("<p style='color:red'>x<b style='color:red'>y</b><i style='color:blue'>z</i>")
    red = parsed_styles(subject).of("color:red")
    assert red is parsed_styles(subject).of("color:red")
    assert [node.lower_name for _, node in red.items] == ["color"]
    assert parsed_styles(subject).of("color:green").items == ()


def test_style_attributes_share_the_limit_with_the_sheets() -> None:
    """The first ones are parsed, in document order, up to the limit; beyond it the result is marked as cut."""
    sheet = "<style>/*" + "x" * (MAX_CSS - 50) + "*/</style>"
    subject = html_mail(sheet + "".join(f"<p style='left:{number:04}px'>x</p>" for number in range(10)))
    styles = parsed_styles(subject)
    read = [number for number in range(10) if styles.of(f"left:{number:04}px").items]
    assert read == list(range(len(read)))
    assert 0 < len(read) < 10
    assert styles.budget().is_spent


def test_comments_of_every_form_are_found() -> None:
    """Bogus comments too, and none where there are only tags and a doctype. Source: HTML §13.2.5."""
    for html in ("<p>a<!-- one -->b", "<p>a</ one>b", "<p>a<!one>b"):
        assert [text.strip() for _, text in html_mail(html).html_parts[0].comments()] == ["one"]
    assert not list(html_mail("<!doctype html><p>a<br></p>").html_parts[0].comments())
