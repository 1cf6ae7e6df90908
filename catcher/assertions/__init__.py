"""Assertions about a message, in one vocabulary for the API, the client and test suites: pure, no I/O."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.assertions.checks import checks_fault
    from catcher.assertions.excerpt import excerpt
    from catcher.assertions.kinds import (
        Assertion,
        ChecksPass,
        HasAttachment,
        HtmlContains,
        LinksTo,
        NoTemplateVariables,
        Plain,
        RecipientsAre,
        SubjectIs,
        TextContains,
        TextIsHtml,
        UnsubscribeIsValid,
    )
    from catcher.assertions.mail import Mail
    from catcher.assertions.snapshot import difference, normalised
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "checks": "checks_fault",
            "excerpt": "excerpt",
            "kinds": "Assertion ChecksPass HasAttachment HtmlContains LinksTo NoTemplateVariables "
            "Plain RecipientsAre SubjectIs TextContains TextIsHtml UnsubscribeIsValid",
            "mail": "Mail",
            "snapshot": "difference normalised",
        },
    )

__all__ = [
    "Assertion",
    "ChecksPass",
    "HasAttachment",
    "HtmlContains",
    "LinksTo",
    "Mail",
    "NoTemplateVariables",
    "Plain",
    "RecipientsAre",
    "SubjectIs",
    "TextContains",
    "TextIsHtml",
    "UnsubscribeIsValid",
    "checks_fault",
    "difference",
    "excerpt",
    "normalised",
]
