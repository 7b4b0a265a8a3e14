"""Reading a project's deployments and which environments they went to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pmbridge.connector import Delivery
from pmbridge.errors import NotFound, PermissionDenied, Rejected
from pmbridge_gitlab import paths
from pmbridge_gitlab.delivered import deployment, environment_name, is_production, touched
from pmbridge_gitlab.rows import Row

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient
    from pmbridge_gitlab.settings import DeliverySettings


@dataclass(frozen=True, slots=True)
class Deployments:
    """Reads what was deployed of one project, whoever may see it."""

    client: GitlabClient
    source: str
    project: str
    settings: DeliverySettings
    tiers: dict[str, str | None] | None = None

    def read(self, since: datetime) -> Iterator[Delivery]:
        """Yield the deployments that were touched since an instant, a page at a time."""
        tiers = self.tiers
        try:
            for rows in self._pages(since):
                wanted = [row for row in rows if not self._is_skipped(row)]
                if wanted and (tiers is None or any(environment_name(row) not in tiers for row in wanted)):
                    tiers = self._tiers()
                yield self._page(wanted, tiers or {})
        except (NotFound, PermissionDenied) as error:
            yield Delivery(notes=(_denied(self.project, error),))

    def _page(self, rows: list[Row], tiers: dict[str, str | None]) -> Delivery:
        named = dict.fromkeys(environment_name(row) for row in rows)
        users = {name for name in named if is_production(name, tiers, self.settings.production)}
        untold = [name for name in named if not tiers.get(name)]
        return Delivery(
            deployments=tuple(
                deployment(row, self.source, self.project, production=environment_name(row) in users) for row in rows
            ),
            notes=(_no_tier(self.project, untold),) if untold else (),
        )

    def _is_skipped(self, row: Row) -> bool:
        name = environment_name(row)
        return any(fnmatchcase(name, word) for word in self.settings.skip_environments)

    def _tiers(self) -> dict[str, str | None]:
        try:
            rows = list(self.client.every(f"{paths.project(self.project)}/environments"))
        except (NotFound, PermissionDenied, Rejected):
            return {}
        return {str(row.get("name")): row.get("tier") for row in rows}

    def _pages(self, since: datetime) -> Iterator[list[Row]]:
        """Yield new rows, asking again from the last instant seen, since a row that is touched changes its place."""
        seen: set[int] = set()
        edge, asked = since, dict[str, str]()
        while True:
            listing = self.client.page(f"{paths.project(self.project)}/deployments", {**_query(edge), **asked})
            fresh = [row for row in listing.rows if row["id"] not in seen]
            seen.update(row["id"] for row in fresh)
            yield fresh
            if not listing.following or listing.following == asked:
                return
            last = touched(listing.rows[-1])
            edge, asked = (last, {}) if last > edge else (edge, listing.following)


def _query(since: datetime) -> dict[str, str]:
    # The server refuses to cut by an instant that it is not to order by.
    after = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {"order_by": "updated_at", "sort": "asc", "updated_after": after}


def _denied(project: str, error: Exception) -> str:
    return f"Deployments of {project} were not read: {error} Give the token's account the role Reporter there."


def _no_tier(project: str, names: list[str]) -> str:
    listed = ", ".join(names[:5])
    return f"{project} tells no tier of {listed}: whether that is production was taken from its name."
