"""What is counted and timed, by every room; Prometheus asks for it on a port that nothing else is served on.

Labels have few values: a route's template and never a path, a model that we list, a kind of failure. Nobody's id,
address or text is one. Each process has its own figures, as Prometheus wants it.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, make_wsgi_app
from prometheus_client.core import REGISTRY, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.registry import Collector

_log = logging.getLogger(__name__)

# A second series for each of ours, of which no graph is made.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library leaves this one untyped

_QUICK = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SLOW = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

REQUESTS = Counter(
    "quartet_http_requests_total", "Requests, by the class of their answer's status.", ["method", "route", "status"]
)
REQUEST_SECONDS = Histogram(
    "quartet_http_request_seconds",
    "From a request's coming to its answer's beginning; streams go on after that.",
    ["method", "route"],
    buckets=_QUICK,
)
STREAMS = Gauge("quartet_streams", "Answers that this process is writing.")
READERS = Gauge("quartet_stream_readers", "Who follows answers that this process is writing.")
TURNS = Counter("quartet_turns_total", "Answers that ended, by how.", ["outcome"])
TURN_SECONDS = Histogram("quartet_turn_seconds", "From a turn's start to its end.", buckets=_SLOW)
TOKENS = Counter("quartet_tokens_total", "Tokens of answers, as they are billed.", ["provider", "model", "direction"])
PROVIDER_REQUESTS = Counter(
    "quartet_provider_requests_total",
    "Requests to model providers that ended: ok, stopped by us, or a kind of failure.",
    ["provider", "outcome"],
)
FIRST_TOKEN_SECONDS = Histogram(
    "quartet_provider_first_token_seconds",
    "From a request to a provider to its first word.",
    ["provider"],
    buckets=_SLOW,
)
PROVIDER_SECONDS = Histogram(
    "quartet_provider_request_seconds", "From a request to a provider to its last word.", ["provider"], buckets=_SLOW
)
CHECKPOINT_SECONDS = Histogram(
    "quartet_checkpoint_seconds", "To write down what all running answers said so far.", buckets=_QUICK
)
WEBHOOKS = Counter("quartet_webhooks_total", "Events of the seller's, by what became of them.", ["result"])
BACKGROUND_FAILURES = Counter(
    "quartet_background_failures_total", "Failures of what no request waits for; the log says more.", ["work"]
)
RESERVATIONS = Gauge("quartet_reservations", "Answers being written, in the whole database.")
RESERVED_TOKENS = Gauge("quartet_reserved_tokens", "What these may cost at most, in the whole database.")
OVERDUE_RESERVATIONS = Gauge(
    "quartet_reservations_overdue", "Of these, whose lease ended 30 s ago and that nobody settled."
)

for _work in ("heartbeat", "keep", "tidy", "reconcile", "reservations"):
    BACKGROUND_FAILURES.labels(_work)

Figures = Mapping[str, float]


class Served:
    """A port for Prometheus and for nobody else: that of `address`, or the first free one of some that follow it.

    Several processes of one server take one each, in any order; while they are replaced, there are twice as many. A
    port that cannot be had keeps nobody from starting: `port` is None then. `pools` return psycopg_pool's own figures,
    by their names.
    """

    def __init__(self, address: str, processes: int, pools: Mapping[str, Callable[[], Figures]]) -> None:
        parts = urlsplit(f"//{address}")
        self._pools = _Pools(pools)
        REGISTRY.register(self._pools)
        self._server: WSGIServer | None = None
        self.port: int | None = None
        first, fault = parts.port or 0, None
        for port in range(first, first + (1 if processes == 1 else 2 * processes)):
            try:
                self._server = make_server(parts.hostname or "", port, make_wsgi_app(), _Port, _Quiet)
            except OSError as error:
                fault = error.strerror
            else:
                self.port = self._server.server_port
                threading.Thread(target=self._server.serve_forever, daemon=True).start()
                return
        _log.error("nothing is measured: %s (QUARTET_METRICS) cannot be listened on: %s", address, fault)

    def close(self) -> None:
        REGISTRY.unregister(self._pools)
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class _Port(ThreadingWSGIServer):
    # Newer Pythons would let two processes have one port, and Prometheus would get the figures of either.
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


class _Pools(Collector):
    def __init__(self, pools: Mapping[str, Callable[[], Figures]]) -> None:
        self._pools = pools

    def collect(self) -> Iterable[Metric]:
        connections = GaugeMetricFamily(
            "quartet_pool_connections", "Connections to the database.", labels=["pool", "state"]
        )
        families: list[Metric] = [connections]
        stats = {pool: look() for pool, look in self._pools.items()}
        for pool, found in stats.items():
            idle = found.get("pool_available", 0)
            connections.add_metric([pool, "idle"], idle)
            connections.add_metric([pool, "used"], found.get("pool_size", 0) - idle)
        for kind, name, text, key, unit in _OF_POOLS:
            family = kind(f"quartet_pool_{name}", text, labels=["pool"])
            for pool, found in stats.items():
                family.add_metric([pool], found.get(key, 0) / unit)
            families.append(family)
        return families


# psycopg_pool's names: https://www.psycopg.org/psycopg3/docs/advanced/pool.html#pool-stats
_OF_POOLS: tuple[tuple[type[CounterMetricFamily | GaugeMetricFamily], str, str, str, int], ...] = (
    (GaugeMetricFamily, "connections_max", "The most there may be.", "pool_max", 1),
    (GaugeMetricFamily, "waiting", "Who waits for a connection now.", "requests_waiting", 1),
    (CounterMetricFamily, "requests", "Connections asked for.", "requests_num", 1),
    (CounterMetricFamily, "queued", "Of these, that had to wait.", "requests_queued", 1),
    (CounterMetricFamily, "wait_seconds", "How long they waited, all together.", "requests_wait_ms", 1000),
    (CounterMetricFamily, "timeouts", "Of these, that waited in vain.", "requests_errors", 1),
    (CounterMetricFamily, "connection_errors", "Attempts to connect that failed.", "connections_errors", 1),
)
