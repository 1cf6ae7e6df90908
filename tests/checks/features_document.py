"""Writes docs/features.md, what the check of HTML knows and which test finds it.

To be run as `python -m tests.checks.features_document`. A test compares, so that the document is true as long as the
tests are green.
"""

from collections import Counter
from pathlib import Path

from catcher.checks.features.caniemail import Feature, Support, knowledge
from tests.checks.mails import Snippet, snippets

DOCUMENT = Path(__file__).parents[2] / "docs" / "features.md"
FILE = "features.txt"
OF_THE_MESSAGE = {
    "amp": "rules/test_clients.py, a part of the type text/x-amp-html",
    "bimi": "rules/test_clients.py, a field BIMI-Selector",
}
"""Features that are not in the HTML; they have a test of their own."""


_HEAD = """\
# HTML and CSS features in mail programs

The check “HTML in mail programs” looks up the features that a mail uses in the data of
[caniemail.com](https://www.caniemail.com/), version {version} of {date} (MIT). The data cover {features} features and
{programs} mail programs, each on one platform. {found} features are found by parsing. {rest}

Each row names the test mail that shows the feature (below `tests/checks/`), and the line and column at which its first
use must be found; then the number of programs whose newest version supports it: yes, partly, no, and unknown. Unknown
support does not count. This file is written by `python -m tests.checks.features_document`.

| feature | found by | yes | partly | no | unknown |
|---|---|--:|--:|--:|--:|
"""


def places() -> dict[str, str]:
    """For each feature the snippet that shows it, and where in it its first use is found."""
    return {name: place for snippet in snippets(FILE) for name, place in _places(snippet)} | OF_THE_MESSAGE


def _places(snippet: Snippet) -> list[tuple[str, str]]:
    return [
        (feature, f"data/{FILE}:{snippet.line}, at {line}:{column}")
        for feature, line, column in sorted(snippet.expected)
    ]


def document() -> str:
    """The whole document."""
    known = knowledge()
    found = places()
    left_out = [slug for slug in known.slugs if slug not in found]
    head = _HEAD.format(
        version=known.version,
        date=known.data_of,
        features=len(known.slugs),
        programs=len(known.programs),
        found=len(known.slugs) - len(left_out),
        rest=f"Not found: {', '.join(left_out)}." if left_out else "None is missing.",
    )
    return head + "".join(_row(known.feature(slug), found.get(slug, "–")) for slug in known.slugs)


def _row(feature: Feature, place: str) -> str:
    counts = Counter(result.support for result in feature.newest())
    numbers = " | ".join(str(counts[support]) for support in Support)
    return f"| [{feature.slug}]({feature.url}) | {place} | {numbers} |\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
