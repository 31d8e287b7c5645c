"""A few counters, as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter

#: Upper ends of the buckets of the histogram of durations, in seconds.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counters of one service. Labels are words of ours, never of a client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._durations: Counter[int] = Counter()
        self._seconds = 0.0
        self._groups = 0
        self._events = 0

    def request(self, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        word = method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
        with self._lock:
            self._requests[word, status] += 1
            self._durations[bisect_left(BUCKETS, seconds)] += 1
            self._seconds += seconds

    def group(self, events: int) -> None:
        """Count a group of events that was committed in one transaction."""
        with self._lock:
            self._groups += 1
            self._events += events

    def text(self) -> str:
        """Return all of them."""
        with self._lock:
            requests = sorted(self._requests.items())
            durations, seconds = Counter(self._durations), self._seconds
            groups, events = self._groups, self._events
        lines = [
            "# HELP greenalgo_requests_total Requests that were answered.",
            "# TYPE greenalgo_requests_total counter",
            *(
                f'greenalgo_requests_total{{method="{method}",status="{status}"}} {count}'
                for (method, status), count in requests
            ),
            "# HELP greenalgo_request_seconds How long answers took.",
            "# TYPE greenalgo_request_seconds histogram",
        ]
        total = 0
        for at, end in enumerate(BUCKETS):
            total += durations[at]
            lines.append(f'greenalgo_request_seconds_bucket{{le="{end:g}"}} {total}')
        total += durations[len(BUCKETS)]
        lines += [
            f'greenalgo_request_seconds_bucket{{le="+Inf"}} {total}',
            f"greenalgo_request_seconds_sum {seconds:.6f}",
            f"greenalgo_request_seconds_count {total}",
            "# HELP greenalgo_commits_total Transactions that were committed.",
            "# TYPE greenalgo_commits_total counter",
            f"greenalgo_commits_total {groups}",
            "# HELP greenalgo_events_total Events that were committed.",
            "# TYPE greenalgo_events_total counter",
            f"greenalgo_events_total {events}",
        ]
        return "".join(f"{line}\n" for line in lines)
