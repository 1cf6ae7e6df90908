"""What can be asserted of a message, in one vocabulary for the API, the client and test suites: pure, no I/O."""

from catcher.assertions.excerpt import shown
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
from catcher.assertions.mail import File, Mail

__all__ = [
    "Assertion",
    "ChecksPass",
    "File",
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
    "shown",
]
