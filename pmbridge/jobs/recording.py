"""Keeping a record of every pass and job, and its id in every line of the log meanwhile."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from pmbridge.jobs.stopping import Stopped
from pmbridge.store import Store
from pmbridge.store.runs import begin_run, end_run

log = structlog.get_logger("pmbridge.jobs")


def new_run_id() -> str:
    """Name a run so that people can sort and find it: the instant and six random digits."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{randomness.token_hex(3)}"


@dataclass(frozen=True, slots=True)
class Recording:
    """A run under way: the id by which its receipts and its lines of the log are found, and figures to be kept."""

    id: str
    facts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def recorded(store: Store, kind: str, subject: str) -> Iterator[Recording]:
    """Record a run from its start to its end with the facts that were put into the recording meanwhile.

    ``facts["outcome"]`` says how it ended, ``done`` where nothing was said; an error ends it as ``failed``.
    """
    recording = Recording(new_run_id())
    id_, facts = recording.id, recording.facts
    with structlog.contextvars.bound_contextvars(run=id_, kind=kind, subject=subject):
        with store.write(f"run {id_}") as conn:
            begin_run(conn, id_, kind, subject, datetime.now(UTC))
        log.info("begins")
        outcome = "failed"
        try:
            yield recording
            outcome = facts.pop("outcome", "done")
        except Stopped:
            outcome = "stopped"
            raise
        except BaseException as error:
            outcome = facts.pop("outcome", outcome)
            facts["error"] = str(error)
            raise
        finally:
            log.info("ends", outcome=outcome, **facts)
            with store.write(f"run {id_}") as conn:
                end_run(conn, id_, datetime.now(UTC), outcome, facts)
