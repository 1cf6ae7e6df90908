"""A running catcher and assertions on mail, for test suites.

Names are imported at first use: pytest loads `catcher.testing.plugin` in every run where catcher is installed, which
must cost nothing.
"""

from typing import TYPE_CHECKING

from catcher import lazy

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
        mail_excerpt,
    )
    from catcher.testing.in_process import RunningCatcher, running_catcher
    from catcher.testing.local_checks import checks_failure
    from catcher.testing.mailbox import Mailbox, SmtpFaults
    from catcher.testing.shared_process import SharedServer
else:
    __getattr__ = lazy.exports(
        __name__,
        {
            "assertions": "assert_attachment assert_checks assert_html_contains assert_links_to "
            "assert_list_unsubscribe assert_matches_snapshot assert_no_template_variables "
            "assert_recipients assert_subject assert_text_contains assert_text_is_html "
            "mail_excerpt",
            "in_process": "RunningCatcher running_catcher",
            "local_checks": "checks_failure",
            "mailbox": "Mailbox SmtpFaults",
            "shared_process": "SharedServer",
        },
    )

__all__ = [
    "Mailbox",
    "RunningCatcher",
    "SharedServer",
    "SmtpFaults",
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
    "checks_failure",
    "mail_excerpt",
    "running_catcher",
]
