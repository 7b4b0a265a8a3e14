"""The two sandbox trackers under one switch."""

from __future__ import annotations

import threading
from types import TracebackType

from pmbridge.sandbox.clock import Clock
from pmbridge.sandbox.gitlab.dialect import GitlabDialect
from pmbridge.sandbox.gitlab.state import GitlabSite
from pmbridge.sandbox.jira.dialect import JiraDialect
from pmbridge.sandbox.jira.state import JiraSite
from pmbridge.sandbox.server import TrackerServer


class Sandbox:
    """A Jira and a GitLab on loopback; a context manager, or ``start()`` and ``stop()``.

    ``jira`` and ``gitlab`` have each a ``site`` (the state), a ``url`` once started, ``faults`` and ``requests``.
    Sites that are not given are made empty on one clock; port 0 takes any free port.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        jira: JiraSite | None = None,
        gitlab: GitlabSite | None = None,
        jira_port: int = 0,
        gitlab_port: int = 0,
    ) -> None:
        self.clock = clock or (jira.clock if jira else gitlab.clock if gitlab else Clock())
        self.jira = TrackerServer(jira or JiraSite(self.clock), JiraDialect(), jira_port)
        self.gitlab = TrackerServer(gitlab or GitlabSite(self.clock), GitlabDialect(), gitlab_port)

    def start(self) -> Sandbox:
        """Start both trackers; a `UsageError` says that a port is taken, and then neither runs."""
        try:
            self.jira.start()
            self.gitlab.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop both trackers and free their ports."""
        self.jira.stop()
        self.gitlab.stop()

    def serve_forever(self) -> None:
        """Run in the foreground until interrupted."""
        with self:
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                return

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
