"""Excerpt of a message for the output of failing tests: a few lines without control characters."""

from catcher.assertions.mail import Mail

MAX_LINES = 30
"""Lines of the text that are shown."""
MAX_LINE = 160
"""Characters of a line that are shown."""

_NOT_TERMINAL = dict.fromkeys((*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
_FIELDS = ("from", "to", "cc", "reply-to", "subject", "date")


def excerpt(mail: Mail) -> str:
    """Return the main header fields, the envelope's recipients, the text, codes, links and files; several lines."""
    lines = [f"{name}: {body}" for name, body in mail.fields if name.lower() in _FIELDS]
    lines.append(f"(delivered to {', '.join(mail.recipients[:20]) or 'nobody'})")
    lines += ["", *_text(mail), ""]
    lines += [f"code  {code}" for code in mail.codes[:3]]
    lines += [f"link  {url}" for url in mail.links[:5]]
    lines += [f"file  {file.name or '(no name)'}  {file.media_type}  {file.size} octets" for file in mail.files[:10]]
    return "\n".join(f"  | {plain(line)}".rstrip() for line in lines)


def plain(line: str) -> str:
    """Return the line without control characters, truncated."""
    line = line.translate(_NOT_TERMINAL)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…"


def _text(mail: Mail) -> list[str]:
    lines = mail.bodies.text[:100_000].strip().splitlines()
    kind = "" if not mail.bodies.text_is_made else "(the text of its HTML)"
    more = f"… {len(lines) - MAX_LINES} more lines" if len(lines) > MAX_LINES else ""
    return [*([kind] if kind else []), *lines[:MAX_LINES], *([more] if more else [])]
