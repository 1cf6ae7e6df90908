"""Text out of HTML."""

from catcher import mime


def test_layout_becomes_lines() -> None:
    """Headings, paragraphs, lists and rows stand apart; entities and spaces are read; no gaps of many lines."""
    page = (
        "<h1>Head</h1><p>One&nbsp;&amp; two<br>three</p><div></div><div></div>"
        "<ul><li>a<li>b</ul><table><tr><td>1<td>2</table>"
    )
    assert mime.html_to_text(page, links=False) == "Head\n\nOne & two\nthree\n\n* a\n* b\n\n1  2"


def test_what_is_not_read_by_people_is_left_out() -> None:
    """Scripts, styles, comments and titles give no text."""
    page = "<title>t</title><style>a{}</style><script>evil()</script><!-- c --><p>seen"
    assert mime.html_to_text(page, links=True) == "seen"


def test_links_are_kept_on_request() -> None:
    """With `links` the targets stand in parentheses."""
    page = '<a href="https://example.com/reset">Reset</a>'
    assert mime.html_to_text(page, links=True) == "Reset (https://example.com/reset)"
    assert mime.html_to_text(page, links=False) == "Reset"
