"""`/metrics`: metrics for Prometheus, under the names that Mailpit's dashboards use, and some of our own."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catcher.store.model import Counts
from catcher.web.api.http.responses import not_found
from catcher.web.api.info import resident_octets
from catcher.web.api.openapi.operations import ANY_TEXT, TEXT, Content, Resource, operation
from catcher.web.services import Services

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric


class Metrics(Resource):
    """Handler of the metrics."""

    tag = "application"

    @operation(
        "GET",
        "/metrics",
        responses={
            200: Content("Prometheus' text format.", {TEXT: ANY_TEXT}),
            404: Content("Metrics are disabled.", {TEXT: ANY_TEXT}),
        },
    )
    async def show(self, request: Request) -> Response:
        """Get metrics for Prometheus."""
        if not self._services.has_metrics:
            raise not_found("404 page not found\n")
        return await self.exposition(request)

    async def exposition(self, request: Request) -> Response:
        """Return the metrics, whether they are enabled beside the pages or not."""
        store = self._store
        counts, tags, octets = await store.counts(), await store.tags(), await store.octets_on_disk()
        waiting = await store.outbox.count_waiting()
        return _exposition(self._services, counts, tags, octets, waiting)


def metrics_app(services: Services) -> Starlette:
    """Return an application that serves the metrics and nothing else."""
    return Starlette(routes=[Route("/metrics", Metrics(services).exposition)])


class _Collector:
    """A collector of prometheus_client with given metrics."""

    def __init__(self, metrics: "Sequence[Metric]") -> None:
        self._metrics = metrics

    def collect(self) -> "Iterable[Metric]":
        return self._metrics


def _exposition(services: Services, counts: Counts, tags: dict[str, int], octets: int, waiting: int) -> Response:
    """Return the metrics in Prometheus' format. prometheus_client is imported with the first request."""
    from prometheus_client import CollectorRegistry, exposition
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    totals = services.totals()
    uptime = max(0.0, (datetime.now(UTC) - services.facts.started_at).total_seconds())
    gauges = (
        ("mailpit_messages", "Messages in the mailbox", counts.messages),
        ("mailpit_messages_unread", "Unread messages in the mailbox", counts.unread),
        ("mailpit_database_size_bytes", "Size of the database", octets),
        ("mailpit_memory_usage_bytes", "Memory in use", resident_octets()),
        ("mailpit_uptime_seconds", "Time since the start", uptime),
        ("catcher_messages_bytes", "Octets of all messages as received", counts.octets),
        ("catcher_outgoing_waiting", "Messages waiting in the outbox", waiting),
    )
    counters = (
        ("mailpit_messages_deleted", "Messages deleted since the start", services.store.deleted),
        ("mailpit_smtp_accepted", "Messages accepted since the start", totals.accepted),
        ("mailpit_smtp_accepted_size_bytes", "Octets of accepted messages", totals.accepted_octets),
        ("mailpit_smtp_rejected", "Recipients and messages rejected since the start", totals.refused),
        ("mailpit_smtp_ignored", "Messages acknowledged and discarded since the start", totals.ignored),
    )
    tagged = GaugeMetricFamily("mailpit_tag_messages", "Messages with a tag", labels=["tag"])
    for name, count in tags.items():
        tagged.add_metric([name], count)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(
        _Collector(
            [
                *(GaugeMetricFamily(name, text, value=value) for name, text, value in gauges),
                tagged,
                *(CounterMetricFamily(name, text, value=value) for name, text, value in counters),
            ]
        )
    )
    return Response(exposition.generate_latest(registry), media_type=exposition.CONTENT_TYPE_LATEST)
