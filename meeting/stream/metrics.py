"""The service's figures in Prometheus's text: read when they are asked for, from what the hub counts anyway."""

import time
from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from meeting.stream.hub import Hub
from meeting.stream.spans import DECODE_BOUNDS_MS, Spans

__all__ = ["CONTENT_TYPE", "StreamFigures", "exposition"]

_STORED = "Stored events published, by type."


class StreamFigures(Collector):
    """Clients, events, lag, decode times, drops, queue depths. No text of a meeting, no name, no token."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """One look at the hub."""
        hub = self._hub
        depths = [one.outbox.waiting for one in hub.subscriptions]
        yield GaugeMetricFamily("meeting_stream_clients", "Clients that are connected.", len(hub))
        yield GaugeMetricFamily("meeting_stream_queue_depth", "Messages that wait, of all clients.", sum(depths))
        yield GaugeMetricFamily(
            "meeting_stream_queue_depth_max", "Messages that wait, most of any client.", max(depths, default=0)
        )
        yield CounterMetricFamily("meeting_stream_joined", "Clients that have joined.", hub.counts["joined", ""])
        yield CounterMetricFamily(
            "meeting_stream_too_slow", "Clients closed for being too slow.", hub.counts["too_slow", ""]
        )
        yield CounterMetricFamily(
            "meeting_stream_dropped", "Passing messages that a newer one replaced.", hub.replaced
        )
        events = CounterMetricFamily("meeting_events", _STORED, labels=["type"])
        for (what, kind), count in sorted(hub.counts.items()):
            if what == "event":
                events.add_metric([kind], count)
        yield events
        yield from self._status()
        for kind, spans in hub.decodes.items():
            yield _histogram(kind, spans)

    def _status(self) -> Iterable[Metric]:
        status = self._hub.status
        if status is None:
            return
        yield GaugeMetricFamily("meeting_lag_seconds", "Sound that has no text yet.", status.lag_ms / 1000)
        yield GaugeMetricFamily("meeting_recorded_seconds", "Sound of the meeting.", status.recorded_ms / 1000)
        yield GaugeMetricFamily(
            "meeting_recording", "Whether sound is being recorded.", float(status.state == "recording")
        )
        yield GaugeMetricFamily("meeting_warnings", "Warnings that hold now.", len(status.warnings))
        if status.disk_free_bytes is not None:
            yield GaugeMetricFamily("meeting_disk_free_bytes", "Room on the disk.", status.disk_free_bytes)
        yield GaugeMetricFamily(
            "meeting_status_age_seconds", "Since the state was looked at.", time.monotonic() - self._hub.status_at
        )


def _histogram(kind: str, spans: Spans) -> Metric:
    family = HistogramMetricFamily("meeting_decode_seconds", "How long a decode took.", labels=["kind"])
    bounds = [*(f"{bound / 1000:g}" for bound in DECODE_BOUNDS_MS), "+Inf"]
    family.add_metric([kind], list(zip(bounds, spans.cumulated(), strict=True)), spans.total_ms / 1000)
    return family


def exposition(hub: Hub) -> bytes:
    """What `GET /metrics` answers."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StreamFigures(hub))
    return generate_latest(registry)
