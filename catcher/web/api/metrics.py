"""`/metrics`: numbers for Prometheus, under the names that Mailpit's dashboards know, and some of our own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catcher.store.model import Counts
from catcher.web.api.http.responses import not_found
from catcher.web.api.info import resident_octets
from catcher.web.api.openapi.operations import ANY_TEXT, TEXT, Content, Operation
from catcher.web.services import Services

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric


class Metrics:
    """Handler of the numbers, which are those of the moment they are asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(self, request: Request) -> Response:
        """Beside the pages, when that was asked for."""
        if not self._services.has_metrics:
            raise not_found("404 page not found\n")
        return await self.numbers(request)

    async def numbers(self, request: Request) -> Response:
        """The numbers. prometheus_client is imported when they are first asked for."""
        from prometheus_client import CollectorRegistry, exposition

        store = self._services.store
        counts, tags, octets = await store.counts(), await store.tags(), await store.octets_on_disk()
        waiting = await self._services.threads.run(store.store.outbox.count_waiting)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Numbers(self._services, counts, tags, octets, waiting))
        return Response(exposition.generate_latest(registry), media_type=exposition.CONTENT_TYPE_LATEST)


def metrics_app(services: Services) -> Starlette:
    """An application that serves the numbers and nothing else."""
    return Starlette(routes=[Route("/metrics", Metrics(services).numbers)])


class _Numbers:
    """A collector of prometheus_client over values that were read before."""

    def __init__(self, services: Services, counts: Counts, tags: dict[str, int], octets: int, waiting: int) -> None:
        self._services = services
        self._counts = counts
        self._tags = tags
        self._octets = octets
        self._waiting = waiting

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        facts, totals = self._services.facts, self._services.totals()
        uptime = max(0.0, (datetime.now(UTC) - facts.started_at).total_seconds())
        for name, text, value in (
            ("mailpit_messages", "Messages in the mailbox", self._counts.messages),
            ("mailpit_messages_unread", "Unread messages in the mailbox", self._counts.unread),
            ("mailpit_database_size_bytes", "Size of the database", self._octets),
            ("mailpit_memory_usage_bytes", "Memory in use", resident_octets()),
            ("mailpit_uptime_seconds", "Time since the start", uptime),
            ("catcher_messages_bytes", "Octets of all messages as received", self._counts.octets),
            ("catcher_outgoing_waiting", "Messages that wait to be sent onward", self._waiting),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        tagged = GaugeMetricFamily("mailpit_tag_messages", "Messages with a tag", labels=["tag"])
        for name, count in self._tags.items():
            tagged.add_metric([name], count)
        yield tagged
        for name, text, count in (
            ("mailpit_messages_deleted", "Messages deleted since the start", self._services.store.deleted),
            ("mailpit_smtp_accepted", "Messages accepted since the start", totals.accepted),
            ("mailpit_smtp_accepted_size_bytes", "Octets of these", totals.accepted_octets),
            ("mailpit_smtp_rejected", "Recipients and messages refused since the start", totals.refused),
            ("mailpit_smtp_ignored", "Messages acknowledged and not kept", totals.ignored),
        ):
            yield CounterMetricFamily(name, text, value=count)


def operations(services: Services) -> tuple[Operation, ...]:
    """The route of the numbers."""
    return (
        Operation(
            method="GET",
            path="/metrics",
            handler=Metrics(services).show,
            summary="Numbers for Prometheus",
            tag="application",
            answers={
                200: Content(description="Prometheus' text format.", media={TEXT: ANY_TEXT}),
                404: Content(description="They are off.", media={TEXT: ANY_TEXT}),
            },
        ),
    )
