"""Addresses of the sources of findings."""

import re

_RFC = re.compile(r"RFC (\d{3,5})(?: §([\d.]+))?\Z")
_STANDARDS = {"HTML": "https://html.spec.whatwg.org/multipage/"}


def address_of(source: str) -> str:
    """Return the address of a source: a page, a section of an RFC, or a standard; "" for an unknown one.

    Of several RFCs the first counts.
    """
    if source.startswith("https://"):
        return source
    first = source.partition(", ")[0]
    if found := _RFC.match(first):
        section = f"#section-{found[2]}" if found[2] else ""
        return f"https://www.rfc-editor.org/rfc/rfc{found[1]}{section}"
    return _STANDARDS.get(first.partition(" §")[0], "")
