"""Figures of a running installation for Prometheus, and an answer for whoever asks whether it is well."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app, write_to_textfile
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pmbridge.config import Settings
from pmbridge.errors import StoreError
from pmbridge.store import Store, open_store
from pmbridge.store.standing import Standing, standing


class Figures(Collector):
    """Reads the store anew for every scrape, so that the figures are true whichever machine is asked."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._limits = settings.worker.requests_per_minute

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand: a registration must not read the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every figure as it stands."""
        now = datetime.now(UTC)
        with self._store.read() as conn:
            found = standing(conn, now)
        yield from _projects(found, now)
        yield from _runs(found, now)
        yield from _budgets(found, self._limits)
        yield from _queue(found, now)


def write_figures(store: Store, settings: Settings, file: Path) -> None:
    """Write the figures into a file for the node exporter; it appears whole."""
    write_to_textfile(str(file), _registry(store, settings))


@contextmanager
def served(settings: Settings, port: int, alive: Callable[[], bool], host: str = "127.0.0.1") -> Iterator[int]:
    """Answer ``/metrics`` and ``/health`` on a port (0: any) meanwhile; gives the port.

    Health is 200 while the program's own loop turns and the store answers, else 503.
    """
    with open_store(settings.store) as store:
        metrics = make_wsgi_app(_registry(store, settings))

        def answer(environ: Any, start: Any) -> Any:
            if environ["PATH_INFO"] == "/health":
                return _health(store, alive, start)
            return metrics(environ, start)

        server = make_server(host, port, answer, server_class=_Server, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Server(WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: scrapes come every few seconds."""


def _health(store: Store, alive: Callable[[], bool], start: Any) -> list[bytes]:
    told: dict[str, object] = {"loop": alive()}
    try:
        with store.read() as conn:
            found = standing(conn, datetime.now(UTC))
        told["store"] = True
        told["lag_seconds"] = max((lag for _, _, lag in found.lags), default=None)
    except StoreError as error:
        told |= {"store": False, "error": str(error)}
    well = bool(told["loop"] and told["store"])
    start("200 OK" if well else "503 Service Unavailable", [("Content-Type", "application/json")])
    return [json.dumps({"status": "ok" if well else "failing", **told}).encode()]


def _registry(store: Store, settings: Settings) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Figures(store, settings))
    return registry


def _projects(found: Standing, now: datetime) -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "pmbridge_lag_seconds", "Time since a project is known to be read.", labels=["source", "project"]
    )
    for source, project, seconds in found.lags:
        lag.add_metric([source, project], seconds)
    yield lag
    state = GaugeMetricFamily(
        "pmbridge_certificate_complete", "1 if the last sync proved that all is held.", labels=["source"]
    )
    for source, status in found.certificates:
        state.add_metric([source], float(status == "complete"))
    yield state


def _runs(found: Standing, now: datetime) -> Iterator[Metric]:
    ended = GaugeMetricFamily("pmbridge_runs", "Runs of the last day.", labels=["kind", "outcome"])
    for kind, outcome, count in found.runs:
        ended.add_metric([kind, outcome], count)
    yield ended
    last = GaugeMetricFamily("pmbridge_last_run_seconds", "Duration of the last run of a kind.", labels=["kind"])
    for kind, seconds in found.durations:
        last.add_metric([kind], seconds)
    yield last


def _budgets(found: Standing, limits: dict[str, int]) -> Iterator[Metric]:
    left = GaugeMetricFamily("pmbridge_requests_left", "Requests left in this minute.", labels=["source"])
    spent = dict(found.spent)
    for source, limit in limits.items():
        left.add_metric([source], max(0, limit - spent.get(source, 0)))
    yield left
    closed = GaugeMetricFamily(
        "pmbridge_source_closed_seconds", "How long a tracker still asks to be left alone.", labels=["source"]
    )
    for source, seconds in found.closed:
        closed.add_metric([source], seconds)
    yield closed


def _queue(found: Standing, now: datetime) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("pmbridge_jobs", "Jobs in the queue.", labels=["task", "status"])
    age = GaugeMetricFamily("pmbridge_oldest_job_seconds", "Age of the oldest job that waits.", labels=["task"])
    for task, status, count, oldest in found.jobs:
        jobs.add_metric([task, status], count)
        if status == "todo":
            age.add_metric([task], oldest)
    yield jobs
    yield age
