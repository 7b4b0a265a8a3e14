"""The merge requests of a sandbox GitLab, from the first draft to the merge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.delivery import Delivery, commit_of
from pmbridge.sandbox.gitlab.records import MergeRequest, Pipeline, Remark


class Merging(Delivery):
    """Adds merge requests to what is delivered; instants are aware UTC, ``by`` is an account id."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.merge_requests: dict[int, MergeRequest] = {}

    def add_merge_request(
        self,
        project: int | str,
        title: str,
        *,
        branch: str,
        at: datetime,
        by: int,
        description: str = "",
        draft: bool = False,
        reviewers: Iterable[int] = (),
        closes: Iterable[int] = (),
        approvals_required: int = 0,
    ) -> int:
        """Open a merge request and return its id; ``closes`` are ids of issues."""
        home = self.project(project)
        iid = 1 + sum(row.project == home.id for row in self.merge_requests.values())
        id = next(self._ids)
        self.merge_requests[id] = MergeRequest(
            id=id,
            iid=iid,
            project=home.id,
            title=title,
            branch=branch,
            by=by,
            created=at,
            updated=at,
            sha=commit_of(f"{branch}-{id}"),
            description=description,
            draft=draft,
            reviewers=[self.users[user].id for user in reviewers],
            closes=list(closes),
            approvals_required=approvals_required,
        )
        return id

    def review(self, id: int, body: str, *, at: datetime, by: int) -> None:
        """Write something under a merge request."""
        self._remark(id, body, at, by, None)

    def object(self, id: int, body: str, *, at: datetime, by: int) -> int:
        """Open a thread under a merge request, which somebody has to resolve, and return its id."""
        thread = next(self._ids)
        self._remark(id, body, at, by, None, thread)
        return thread

    def resolve(self, id: int, thread: int, *, at: datetime) -> None:
        """Resolve a thread of a merge request."""
        row = self.merge_requests[id]
        row.resolved.add(thread)
        row.updated = max(row.updated, at)

    def run_pipeline(self, id: int, *, at: datetime, status: str) -> int:
        """Run a pipeline for the newest commit of a merge request, which is not touched by it, and return its id."""
        row = self.merge_requests[id]
        ref = f"refs/merge-requests/{row.iid}/head"
        return self.add_pipeline(row.project, ref=ref, sha=row.sha, at=at, status=status)

    def pipelines_of(self, row: MergeRequest) -> list[Pipeline]:
        """Return the pipelines of a merge request, the newest first."""
        refs = (row.branch, f"refs/merge-requests/{row.iid}/head")
        found = (run for run in self.pipelines.values() if run.project == row.project and run.ref in refs)
        return sorted(found, key=lambda run: -run.id)

    def approve(self, id: int, *, at: datetime, by: int) -> None:
        """Approve a merge request."""
        self._remark(id, "approved this merge request", at, by, "approved")

    def merge(self, id: int, *, at: datetime, by: int) -> None:
        """Merge a merge request; its issues are left alone."""
        row = self.merge_requests[id]
        row.state, row.merged, row.ended_by = "merged", at, by
        row.merge_commit = commit_of(f"merge-{id}")
        self._remark(id, "merged", at, by, "merged")

    def abandon(self, id: int, *, at: datetime, by: int) -> None:
        """Close a merge request without merging it."""
        row = self.merge_requests[id]
        row.state, row.closed, row.ended_by = "closed", at, by
        self._remark(id, "closed", at, by, "closed")

    def find_merge_request(self, project: int, iid: int) -> MergeRequest | None:
        """Return a merge request by its number in a project, or ``None``."""
        rows = self.merge_requests.values()
        return next((row for row in rows if (row.project, row.iid) == (project, iid)), None)

    def _remark(self, id: int, body: str, at: datetime, by: int, action: str | None, thread: int | None = None) -> None:
        row = self.merge_requests[id]
        row.remarks.append(Remark(next(self._ids), by, at, body, action, thread))
        row.updated = max(row.updated, at)
