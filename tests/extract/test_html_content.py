"""Tests of HTML as lines and links."""

import turbohtml

from catcher.extract.html_content import read_html

PAGE = """<!doctype html><html><head><title>T</title><style>a{}</style></head><body>
<table><tr><td>Code</td><td><b>482913</b></td></tr></table>
<svg><a href="x"><text>5</text></a></svg><template><p>none</p></template>
<p>One <i>two</i><br>three</p><p hidden style="display:none">quiet</p>
<a href="https://e.example/x"><span>Go</span></a></body></html>"""


def test_elements_have_the_numbers_that_the_checks_and_the_preview_use() -> None:
    """Numbers count all elements in document order, so that the preview can show a position."""
    elements = list(turbohtml.parse(PAGE).iter_elements())
    page = read_html(PAGE, "1")
    code = next(line for line in page.lines if line.text == "482913")
    assert elements[code.place.element].tag == "b"
    assert code.place.line == 2
    link = next(anchor for anchor in page.anchors if anchor.tag == "a")
    assert elements[link.place.element].attr("href") == "https://e.example/x"


def test_blocks_and_breaks_make_lines_and_other_content_is_left_out() -> None:
    """Cells and paragraphs stand alone; style, template, title and drawings are not read; hidden text is quiet."""
    page = read_html(PAGE, "1")
    assert [line.text for line in page.lines] == ["Code", "482913", "One two", "three", "quiet", "Go"]
    assert [line.is_quiet for line in page.lines] == [False, False, False, False, True, False]
