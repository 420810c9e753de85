"""What a watcher may count: answers and their seconds by route template, never by address, person or path."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ROUTE = "none"  # an address that is not there: it says nothing of which
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one process, in the words of Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter(
            "soundings_http_answers",
            "Answers by route template.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "soundings_http_seconds",
            "Seconds until an answer begins, by route template.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.under_way = Gauge(
            "soundings_http_under_way", "Answers that are being made.", registry=self.registry
        )

    def told(self) -> tuple[bytes, str]:
        """All of it as text, and what kind of text."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


class Measured:
    """Counts each answer by its route template, its method and the hundred of its status."""

    def __init__(self, app: ASGIApp, *, routes: Sequence[BaseRoute], metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics
        self._templates: dict[tuple[object, frozenset[str]], str] = {
            (route.endpoint, frozenset(route.param_convertors)): route.path
            for route in routes
            if isinstance(route, Route)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500  # as of a fault that no handler caught

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._metrics.seconds.labels(*self._named(scope)).observe(perf_counter() - began)
            await send(message)

        self._metrics.under_way.inc()
        try:
            await self._app(scope, receive, send_counted)
        finally:
            self._metrics.under_way.dec()
            self._metrics.answers.labels(*self._named(scope), f"{status // 100}xx").inc()

    def _named(self, scope: Scope) -> tuple[str, str]:
        """The method and the route template of a request; of those that are none of ours one name for all."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        found = (scope.get("endpoint"), frozenset(scope.get("path_params") or ()))
        return method, self._templates.get(found, NO_ROUTE)
