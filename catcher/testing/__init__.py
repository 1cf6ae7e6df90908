"""A running catcher for other people's tests, and for our own; assertions on mail.

The names are imported when they are first used: pytest loads `catcher.testing.plugin` in every run of who has catcher
installed, and that shall cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catcher.testing.assertions import (
        assert_attachment,
        assert_checks,
        assert_html_contains,
        assert_links_to,
        assert_list_unsubscribe,
        assert_matches_snapshot,
        assert_no_template_variables,
        assert_recipients,
        assert_subject,
        assert_text_contains,
        assert_text_is_html,
    )
    from catcher.testing.in_process import RunningCatcher, running_catcher

__all__ = [
    "RunningCatcher",
    "assert_attachment",
    "assert_checks",
    "assert_html_contains",
    "assert_links_to",
    "assert_list_unsubscribe",
    "assert_matches_snapshot",
    "assert_no_template_variables",
    "assert_recipients",
    "assert_subject",
    "assert_text_contains",
    "assert_text_is_html",
    "running_catcher",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "assertions" if name.startswith("assert_") else "in_process"
    return getattr(import_module(f"{__name__}.{room}"), name)
