"""The latest searches with their ordered results, so that a page need not search anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from pmbridge.sandbox.jira.records import Issue

#: Issues in the order of a query, each with its place in it.
Ordered = list[tuple[tuple[int, ...], Issue]]

_MOST = 32


class Searches:
    """Remembers results until the site changes; a change that goes around the site's methods is not noticed."""

    def __init__(self) -> None:
        self._revision = -1
        self._found: dict[Hashable, Ordered] = {}

    def find(self, revision: int, query: Hashable, search: Callable[[], Ordered]) -> Ordered:
        """Return what ``search`` found for ``query`` at this revision of the site."""
        if revision != self._revision or len(self._found) >= _MOST:
            self._revision, self._found = revision, {}
        if query not in self._found:
            self._found[query] = search()
        return self._found[query]
