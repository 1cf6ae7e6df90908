"""HTTP: the JSON API, the pages, and event streams for both."""

from typing import TYPE_CHECKING

from catcher import lazy

if TYPE_CHECKING:
    from catcher.web.api.metrics import metrics_app
    from catcher.web.api.presenters import summary_json
    from catcher.web.app import create_app
    from catcher.web.services import InstanceInfo, ListenerInfo, Services, WebOptions

__all__ = [
    "InstanceInfo",
    "ListenerInfo",
    "Services",
    "WebOptions",
    "create_app",
    "metrics_app",
    "summary_json",
]

__getattr__ = lazy.exports(
    __name__,
    {
        "api.metrics": "metrics_app",
        "api.presenters": "summary_json",
        "app": "create_app",
        "services": "InstanceInfo ListenerInfo Services WebOptions",
    },
)
