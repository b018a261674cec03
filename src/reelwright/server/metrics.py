"""The metrics of a server for Prometheus, on a port of their own. Labels are providers, models, states and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reelwright.errors import StoreUnavailable
from reelwright.server.guards import HostGuard

if TYPE_CHECKING:
    from reelwright.server.deployment import Deployment
    from reelwright.store.database.metric_counts import WorkCounts

_STATES: Final = ("queued", "running", "waiting")
_ENDED: Final = ("settled", "released")


def build_metrics_app(deployment: Deployment) -> Starlette:
    """Build the application of the metrics port, which serves ``/metrics`` to Prometheus without sign-in. It has one
    route and asks for no sign-in.
    """

    async def read_metrics(request: Request) -> Response:
        try:
            counts = await deployment.runtime.journal.count_work()
        except StoreUnavailable as error:
            return Response(f"# {error.code}\n", 503, media_type="text/plain")
        return Response(format_metrics(counts), headers={"Content-Type": CONTENT_TYPE_LATEST})

    guard = Middleware(HostGuard, hosts=deployment.options.hosts)
    return Starlette(routes=[Route("/metrics", read_metrics)], middleware=[guard])


def format_metrics(counts: WorkCounts) -> bytes:
    """Format counts of jobs and purchases in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(counts))
    return generate_latest(registry)


class _Collector:
    """Gives the metrics of one look at the database."""

    def __init__(self, counts: WorkCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        counts = self._counts
        jobs = GaugeMetricFamily("reelwright_jobs", "Jobs that have not ended.", labels=["state"])
        for state in _STATES:
            jobs.add_metric([state], counts.jobs_by_state.get(state, 0))
        yield jobs
        oldest = "Age of the job that has been queued longest."
        yield GaugeMetricFamily("reelwright_queue_oldest_seconds", oldest, counts.oldest_queued_s)
        unknown = "Age of the oldest purchase that was sent and got no answer."
        yield GaugeMetricFamily("reelwright_unknown_oldest_seconds", unknown, counts.oldest_unknown_s)
        labels = ["provider", "model"]
        states = GaugeMetricFamily(
            "reelwright_purchases_open", "Purchases that have not ended.", labels=[*labels, "state"]
        )
        spent = CounterMetricFamily("reelwright_spend_usd", "What ended purchases cost, in US dollars.", labels=labels)
        by_model: dict[tuple[str, str], int] = {}
        for row in counts.purchases:
            if row.state not in _ENDED:
                states.add_metric([row.provider, row.model, row.state], row.count)
            by_model[row.provider, row.model] = by_model.get((row.provider, row.model), 0) + row.settled_micros
        for (provider, model), micros in sorted(by_model.items()):
            spent.add_metric([provider, model], micros / 1e6)
        yield states
        yield spent
        ordered = CounterMetricFamily("reelwright_account_jobs", "Jobs that an account ordered.", labels=["account"])
        for account, count in counts.jobs_by_account.items():
            ordered.add_metric([account], count)
        yield ordered
