"""The limits of a client's patience, with the count of what it cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """How long and how often a request may try; times in seconds.

    ``attempts`` counts the first one. A tracker that asks for more than ``longest_wait`` at once, or a request that
    would wait more than ``total_wait`` in all, ends with an error that says when to come back. ``max_bytes`` is
    the largest decoded answer that is taken into memory.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    attempts: int = 5
    longest_wait: float = 60.0
    total_wait: float = 300.0
    max_bytes: int = 64 * 2**20


@dataclass(slots=True)
class Meter:
    """What a session has cost so far; ``requests`` counts every attempt, ``bytes_received`` bytes on the wire."""

    requests: int = 0
    writes: int = 0
    bytes_received: int = 0
    waited_seconds: float = 0.0
