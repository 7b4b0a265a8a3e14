"""What happened to the code behind a project's issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pmbridge.connector import Delivery
from pmbridge_gitlab.deployments import Deployments
from pmbridge_gitlab.lookout import Lookout
from pmbridge_gitlab.merge_requests import Doors, MergeRequests

if TYPE_CHECKING:
    from pmbridge_gitlab.client_pool import ClientPool
    from pmbridge_gitlab.settings import DeliverySettings


@dataclass(frozen=True, slots=True)
class DeliveryReader:
    """Reads merge requests and deployments of a source's projects, as far back as the settings want them."""

    pool: ClientPool
    source: str
    settings: DeliverySettings
    lookout: Lookout
    doors: Doors = field(default_factory=Doors)

    def read(self, project: str, since: datetime | None) -> Iterator[Delivery]:
        """Yield what was touched since an instant, or in the days that are wanted at all."""
        edge = self._earliest() if since is None else since
        if self.settings.merge_requests:
            yield from self._merge_requests(project, edge, again=since is not None)
        if self.settings.deployments and not self.lookout.nothing_since(project, "deployments", edge):
            tiers = self.lookout.tiers(project)
            yield from Deployments(self.pool.lead, self.source, project, self.settings, tiers).read(edge)

    def _merge_requests(self, project: str, edge: datetime, *, again: bool) -> Iterator[Delivery]:
        """Read those that were touched, and where a pipeline ran what is open, as far as the glance cannot spare it."""
        if not self.doors.graphql and self.lookout.nothing_since(project, "merge_requests", edge):
            return
        seen = self.lookout.take(project, "merge_requests")
        # Pipelines of forks run over there, so what is open is read in the first run of each day too.
        ran = again and (seen is None or not seen.nothing_since("pipelines", edge) or self._on_earlier_day(edge))
        if ran or seen is None or not seen.nothing_since("merge_requests", edge):
            yield from MergeRequests(self.pool, self.source, project, self.doors, again=ran).read(edge)

    def _on_earlier_day(self, edge: datetime) -> bool:
        return edge.astimezone(UTC).date() < self.pool.lead.clock().astimezone(UTC).date()

    def _earliest(self) -> datetime:
        return self.pool.lead.clock() - timedelta(days=self.settings.days)
