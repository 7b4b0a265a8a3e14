"""What a job does: one project read, or one product assessed, or one product written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pmbridge.config import Settings
from pmbridge.errors import NothingRead, PmbridgeError
from pmbridge.jobs.installation import Installation, open_installation
from pmbridge.jobs.publish import carry_out, plan_tellings, telling, writing
from pmbridge.jobs.recording import Recording, recorded
from pmbridge.jobs.settling import settle, shown
from pmbridge.jobs.sharing import Share
from pmbridge.jobs.stopping import Stopping
from pmbridge.jobs.sync import listen, sync_project
from pmbridge.store import Store
from pmbridge.store.holder import this_run
from pmbridge.sync import CertificateStatus


class NotConfigured(PmbridgeError):
    """The job is about something that has left the configuration since it was queued."""


class TryAgain(PmbridgeError):
    """The job came to nothing this time; ``at`` is when another attempt makes sense, if that is known."""

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Work:
    """The jobs of one installation, each with connections of its own."""

    settings: Settings
    stopping: Stopping

    def projects(self) -> list[tuple[str, str]]:
        """List what there is to read: every project of every source, groups expanded."""
        with open_installation(self.settings) as installation:
            return [(name, p) for name, c in installation.connectors.items() for p in c.projects()]

    def products_of(self, source: str, project: str) -> list[str]:
        """List the products that a project belongs to."""
        products = self.settings.products.items()
        return [name for name, product in products if project in product.projects.get(source, ())]

    def sync(self, source: str, project: str, *, full: bool = False) -> None:
        """Read one project within what all workers may ask of its source; raises `TryAgain` if it cannot be read."""
        with self._recorded("sync", f"{source}/{project}") as (installation, recording):
            if source not in installation.connectors:
                raise NotConfigured(f"{source} is not configured any more.")
            if project not in installation.connectors[source].projects():
                raise NotConfigured(f"{project} of {source} is not configured any more.")
            report = self.stopping.watching()
            proof = sync_project(installation, source, project, holder=this_run(), full=full, report=report)
            facts = {"outcome": proof.status.value, "requests": proof.requests, "items": proof.items_stored}
            recording.facts.update(facts)
            if proof.status is CertificateStatus.FAILED:
                reopens = self._share(installation.store, source).reopens_at()
                raise TryAgain("; ".join(gap.text for gap in proof.gaps), reopens)

    def assess(self, product: str) -> None:
        """Read the comments that one product decides by, and assess it from the store if something has changed.

        While some of its projects are still being read for the first time, the job of the last of them will do it.
        """
        with self._recorded("assess", product) as (installation, recording), _early(recording):
            self._require(product)
            listen(installation, [self.settings.products[product]])
            found = settle(installation, product)
            if found.fresh is None:
                recording.facts["outcome"] = "unchanged"
            else:
                recording.facts["milestones"] = len(found.fresh.milestones)

    def publish(self, product: str) -> None:
        """Write what changed of one product into its trackers."""
        with self._recorded("publish", product) as (installation, recording), _early(recording):
            self._require(product)
            found = settle(installation, product)
            told = telling(installation, found.read(installation))
            with writing(installation, this_run()):
                plan = plan_tellings(installation, [told])
                rows = carry_out(installation, plan, run_id=recording.id, now=lambda: datetime.now(UTC))
            if not told.withheld:
                shown(installation, found)
            recording.facts["steps"] = len(rows)

    def _require(self, product: str) -> None:
        if product not in self.settings.products:
            raise NotConfigured(f"The product {product} is not configured any more.")

    @contextmanager
    def _recorded(self, kind: str, subject: str) -> Iterator[tuple[Installation, Recording]]:
        with (
            open_installation(self.settings, share=self._share) as installation,
            recorded(installation.store, kind, subject) as recording,
        ):
            try:
                yield installation, recording
            except NotConfigured:
                recording.facts["outcome"] = "not configured"
                raise

    def _share(self, store: Store, source: str) -> Share:
        limit = self.settings.worker.requests_per_minute.get(source)
        return Share(store, source, limit, self.stopping.wait)


@contextmanager
def _early(recording: Recording) -> Iterator[None]:
    """Record as too early what came before anything was read; every other error is one."""
    try:
        yield
    except NothingRead:
        recording.facts["outcome"] = "too early"
