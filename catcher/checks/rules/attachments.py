"""Attachments that receivers refuse, hold back or mistrust, by their file names."""

import re
from collections.abc import Iterator

from catcher.checks.model import Finding, Severity
from catcher.checks.parse.html import excerpt
from catcher.checks.parse.subject import CheckedMail
from catcher.mime import Part, iter_part

_PROGRAM_WORDS = """
ade adp apk app appx bat cab chm cmd com cpl diagcab dll dmg exe hta ins iso isp img jar jnlp js jse lib lnk
mde msc msi msix msp mst nsh one pif ps1 reg scr sct shb sys vb vbe vbs vhd vhdx vxd wsc wsf wsh xll xpi
"""
_FILTERED_WORDS = """
htm html shtml svg mht mhtml zip rar 7z gz tar tgz ace arj xz bz2
"""
_BLOCKED = "https://support.google.com/mail/answer/6590"
_PROGRAMS = frozenset(_PROGRAM_WORDS.split())
_MACROS = frozenset(["docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppsm", "sldm"])
_FILTERED = frozenset(_FILTERED_WORDS.split())
_DOCUMENT_IN_FRONT = re.compile(r"\.(?:pdf|docx?|xlsx?|jpe?g|png|txt)\.\w{2,4}$")


def attachment_findings(subject: CheckedMail) -> Iterator[Finding]:
    """What is wrong with each listed part, in the order of the message."""
    message = subject.message
    for index in (*message.attachments, *message.inlines):
        part = message.parts[index]
        extension = part.file_name.rpartition(".")[2].lower() if "." in part.file_name else ""
        shown = excerpt(part.file_name)
        if extension in _PROGRAMS or _begins_as_program(subject, part):
            text = f"{shown or f'Part {part.part_id}'} is a program; receivers refuse the whole message."
            yield _of_part(
                subject,
                part,
                "attachment-program",
                Severity.ERROR,
                text,
                "Offer a download instead.",
                _BLOCKED,
            )
        elif extension in _MACROS:
            text = f"{shown} may hold macros; many receivers refuse it."
            yield _of_part(
                subject, part, "attachment-macro", Severity.WARNING, text, "Send a document without macros.", _BLOCKED
            )
        elif extension in _FILTERED and part.disposition == "attachment":
            text = f"{shown} is of a kind that some receivers hold back or look into."
            yield _of_part(
                subject, part, "attachment-filtered", Severity.INFO, text, "Send a PDF, or offer a download.", _BLOCKED
            )
        if "\u202e" in part.file_name or _DOCUMENT_IN_FRONT.search(part.file_name.lower()):
            text = f"The file name {shown} hides what the file is."
            yield _of_part(
                subject, part, "attachment-disguised", Severity.WARNING, text, "Give it a plain name.", _BLOCKED
            )
        if index in message.attachments and not part.file_name and part.media_type != "message/rfc822":
            text = f"Part {part.part_id} is an attachment without a file name."
            yield _of_part(subject, part, "attachment-unnamed", Severity.WARNING, text, "Give it one.", "RFC 2183 §2.3")


def _begins_as_program(subject: CheckedMail, part: Part) -> bool:
    """Whether the content is a program of Windows or Linux, whatever the part says that it is."""
    start = next(iter(iter_part(subject.octets, part, size=64)), b"")
    return (start.startswith(b"MZ") and b"\0" in start) or start.startswith(b"\x7fELF")


def _of_part(
    subject: CheckedMail, part: Part, rule: str, severity: Severity, text: str, advice: str, source: str
) -> Finding:
    place = subject.part_place(part, "Content-Disposition")
    return Finding(rule=rule, severity=severity, text=text, place=place, advice=advice, source=source)
