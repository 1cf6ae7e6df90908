"""Attachments that receivers refuse, quarantine or distrust, by file name and first octets."""

import re
from collections.abc import Iterator

from catcher.checks.model import Finding, Severity
from catcher.checks.parse.checked_mail import CheckedMail
from catcher.checks.parse.html import excerpt
from catcher.checks.rules.rule_table import CheckRule, RuleTable
from catcher.mime import Part, iter_part

_PROGRAM_WORDS = """
ade adp apk app appx bat cab chm cmd com cpl diagcab dll dmg exe hta ins iso isp img jar jnlp js jse lib lnk
mde msc msi msix msp mst nsh one pif ps1 reg scr sct shb sys vb vbe vbs vhd vhdx vxd wsc wsf wsh xll xpi
"""
_FILTERED_WORDS = """
htm html shtml svg mht mhtml zip rar 7z gz tar tgz ace arj xz bz2
"""
_BLOCKED = "https://support.google.com/mail/answer/6590"
_TABLE = RuleTable(
    CheckRule("attachment-program", Severity.ERROR, "Offer a download instead.", _BLOCKED),
    CheckRule("attachment-macro", Severity.WARNING, "Send a document without macros.", _BLOCKED),
    CheckRule("attachment-filtered", Severity.INFO, "Send a PDF, or offer a download.", _BLOCKED),
    CheckRule("attachment-disguised", Severity.WARNING, "Give it a plain name.", _BLOCKED),
    CheckRule("attachment-unnamed", Severity.WARNING, "Give it one.", "RFC 2183 §2.3"),
)
_PROGRAMS = frozenset(_PROGRAM_WORDS.split())
_MACROS = frozenset(["docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm", "sldm"])
_FILTERED = frozenset(_FILTERED_WORDS.split())
_DOCUMENT_IN_FRONT = re.compile(r"\.(?:pdf|docx?|xlsx?|jpe?g|png|txt)\.\w{2,4}$")


def attachment_findings(mail: CheckedMail) -> Iterator[Finding]:
    """Yield the findings on attachments and inline parts, in the order of the message."""
    message = mail.message
    for index in (*message.attachments, *message.inlines):
        part = message.parts[index]
        place = mail.part_place(part, "Content-Disposition")
        extension = part.file_name.rpartition(".")[2].lower() if "." in part.file_name else ""
        shown = excerpt(part.file_name)
        if extension in _PROGRAMS or _begins_as_program(mail, part):
            text = f"{shown or f'Part {part.part_id}'} is a program; receivers refuse the whole message."
            yield _TABLE.finding("attachment-program", text, place)
        elif extension in _MACROS:
            yield _TABLE.finding("attachment-macro", f"{shown} may hold macros; many receivers refuse it.", place)
        elif extension in _FILTERED and part.disposition == "attachment":
            text = f"{shown} is of a kind that some receivers hold back or look into."
            yield _TABLE.finding("attachment-filtered", text, place)
        if "\u202e" in part.file_name or _DOCUMENT_IN_FRONT.search(part.file_name.lower()):
            yield _TABLE.finding("attachment-disguised", f"The file name {shown} hides what the file is.", place)
        if index in message.attachments and not part.file_name and part.media_type != "message/rfc822":
            text = f"Part {part.part_id} is an attachment without a file name."
            yield _TABLE.finding("attachment-unnamed", text, place)


def _begins_as_program(mail: CheckedMail, part: Part) -> bool:
    """Return whether the content is a Windows or Linux program, whatever media type the part declares."""
    start = next(iter(iter_part(mail.octets, part, size=64)), b"")
    return (start.startswith(b"MZ") and b"\0" in start) or start.startswith(b"\x7fELF")
