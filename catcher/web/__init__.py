"""HTTP: the JSON API, the pages, and event streams for both."""

from catcher.web.api.http.presenters import summary_json
from catcher.web.api.metrics import metrics_app
from catcher.web.app import create_app
from catcher.web.services import InstanceInfo, ListenerInfo, Services, WebOptions

__all__ = ["InstanceInfo", "ListenerInfo", "Services", "WebOptions", "create_app", "metrics_app", "summary_json"]
