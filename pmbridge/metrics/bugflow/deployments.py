"""What production deployments tell: where a release went, what was taken back, when a repair reached users."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pmbridge.metrics.bugflow.tags import carries
from pmbridge.model import Deployment, DeploymentStatus, MergeRequest

#: Where deployments follow each other: one environment of one project.
Lane = tuple[str, str, str]

#: When each environment got a release.
Arrivals = tuple[tuple[str, datetime], ...]

_ENDED = (DeploymentStatus.SUCCESS, DeploymentStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Placed:
    """One deployment that ended, beside those of its lane.

    ``replaced`` is the successful one before it. ``is_rollback`` says that it brought back a commit that users had
    had before.
    """

    made: Deployment
    replaced: Deployment | None = None
    is_rollback: bool = False

    @property
    def at(self) -> datetime:
        """When it ended."""
        return self.made.at

    @property
    def succeeded(self) -> bool:
        """Whether users got it."""
        return self.made.status is DeploymentStatus.SUCCESS


def lane(made: Deployment) -> Lane:
    """Name the lane of a deployment."""
    return made.source, made.project, made.environment


def placed(deployments: Iterable[Deployment]) -> tuple[Placed, ...]:
    """Put production deployments into their lanes, in order of time; those that run or were cancelled are left out."""
    found: list[Placed] = []
    last: dict[Lane, Deployment] = {}
    before: defaultdict[Lane, set[str]] = defaultdict(set)
    for made in sorted(deployments, key=lambda one: (one.at, one.source, one.id)):
        if made.status not in _ENDED:
            continue
        own = lane(made)
        replaced = last.get(own)
        back = made.commit is not None and replaced is not None and made.commit != replaced.commit
        success = made.status is DeploymentStatus.SUCCESS
        found.append(Placed(made, replaced, back and success and made.commit in before[own]))
        if success:
            last[own] = made
            if made.commit is not None:
                before[own].add(made.commit)
    return tuple(found)


def carrying(deployments: Iterable[Deployment], title: str) -> tuple[Deployment, ...]:
    """Return the deployments of a release: made from its tag or branch, or of a commit that was deployed from it."""
    known = list(deployments)
    named = {made.ref for made in known if made.ref is not None}
    refs = {ref for ref in named if carries(ref, title)}
    commits = {made.commit for made in known if made.ref in refs and made.commit is not None} if refs else set()
    return tuple(made for made in known if made.ref in refs or made.commit in commits) if refs else ()


def first_by_environment(deployments: Iterable[Placed], release: Iterable[Deployment]) -> Arrivals:
    """Return when each environment first got one of the deployments of a release, in order of time."""
    wanted = {(made.source, made.id) for made in release}
    found: dict[str, datetime] = {}
    for one in deployments:
        if one.succeeded and not one.is_rollback and (one.made.source, one.made.id) in wanted:
            found.setdefault(one.made.environment, one.at)
    return tuple(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


class Carriers:
    """Finds the deployment that brought a merged change to users."""

    def __init__(self, deployments: Iterable[Placed]) -> None:
        self._own: defaultdict[tuple[str, str], list[Placed]] = defaultdict(list)
        for one in deployments:
            if one.succeeded:
                self._own[one.made.source, one.made.project].append(one)

    def knows(self, asked: MergeRequest) -> bool:
        """Tell whether anything is known to have been deployed from a change's project."""
        return (asked.source, asked.project) in self._own

    def reached(self, asked: MergeRequest) -> datetime | None:
        """Return when users first got a merged change; ``None`` while they have not.

        That is the first successful deployment of its project after the merge that brings something new: one that goes
        back to, or repeats, what was there before the merge cannot hold it.
        """
        if asked.merged_at is None:
            return None
        own = self._own[asked.source, asked.project] if self.knows(asked) else []
        place = bisect_left(own, asked.merged_at, key=lambda one: one.at)
        older = {one.made.commit for one in own[:place] if one.made.commit is not None}
        return next((one.at for one in own[place:] if one.made.commit not in older), None)


def delivered(changes: Sequence[MergeRequest], carriers: Carriers) -> datetime | None:
    """Return when the last of several merged changes reached users; ``None`` while one of them has not."""
    instants = list(_reached(changes, carriers))
    known = [at for at in instants if at is not None]
    return max(known) if known and len(known) == len(instants) else None


def _reached(changes: Iterable[MergeRequest], carriers: Carriers) -> Iterator[datetime | None]:
    return (carriers.reached(one) for one in changes if one.merged_at is not None and carriers.knows(one))
