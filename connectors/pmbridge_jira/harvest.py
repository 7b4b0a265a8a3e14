"""Reading a whole project of a Jira Cloud with several pages on their way at once."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from pmbridge.errors import Rejected
from pmbridge_jira.client import PAGE_SIZE, Client
from pmbridge_jira.cloud import Cloud
from pmbridge_jira.shape import Json

#: Issues, and the cursor that resumes after them.
Batch = tuple[list[Json], str | None]
#: Ids of a page, and the cursor that resumes after them.
_Chunk = tuple[list[str], str | None]


def is_harvest(cursor: str) -> bool:
    """Tell whether a cursor was written by a harvest."""
    return _resumed(cursor) is not None


@dataclass(frozen=True, slots=True)
class Harvest:
    """Lists ids, thousands to an answer, and fetches issues and histories by the hundred, side by side.

    A search cannot be hurried, since each page names the next; what is known by id can. ``complete`` fetches what an
    issue lacks. Batches come in the order of the search.
    """

    clients: Sequence[Client]
    history: Sequence[str]
    wanted: Sequence[str]
    complete: Callable[[Client, Json], None]

    def batches(self, jql: str, cursor: str | None) -> Generator[Batch, None, None]:
        """Yield batches after ``cursor``, at least one; a cursor whose last issue is gone repeats a page of ids."""
        idle: SimpleQueue[Client] = SimpleQueue()
        for client in self.clients:
            idle.put(client)

        def fetch(ids: list[str]) -> list[Json]:
            client = idle.get()
            try:
                return self._fetched(client, ids)
            finally:
                idle.put(client)

        pool = ThreadPoolExecutor(len(self.clients), thread_name_prefix="jira")
        coming: deque[tuple[Future[list[Json]], str | None]] = deque()
        try:
            lister = Cloud(self.clients[0])
            for ids, resume in self._chunks(lister, jql, cursor):
                coming.append((pool.submit(fetch, ids), resume))
                if len(coming) > 2 * len(self.clients):
                    yield _landed(*coming.popleft())
            while coming:
                yield _landed(*coming.popleft())
        finally:
            pool.shutdown(cancel_futures=True)

    def _chunks(self, lister: Cloud, jql: str, cursor: str | None) -> Iterator[_Chunk]:
        token, after = _resumed(cursor) or (None, None)
        while True:
            try:
                ids, following = lister.some_ids(jql, token)
            except Rejected:
                if token is None:
                    raise
                # Tokens live for days, not for ever: rows repeat, none is left out.
                token, after = None, None
                continue
            left = ids[ids.index(after) + 1 :] if after in ids else ids
            for start in range(0, max(1, len(left)), PAGE_SIZE):
                chunk = left[start : start + PAGE_SIZE]
                ends = start + PAGE_SIZE >= len(left)
                last = ends and following is None
                yield chunk, None if last else _written(following if ends else token, None if ends else chunk[-1])
            if following is None:
                return
            token, after = following, None

    def _fetched(self, client: Client, ids: list[str]) -> list[Json]:
        jira = Cloud(client)
        found = jira.issues(ids, self.wanted)
        issues = [found[native] for native in ids if native in found]
        jira.complete(issues, self.history)
        for issue in issues:
            self.complete(client, issue)
        return issues


def _landed(future: Future[list[Json]], resume: str | None) -> Batch:
    return future.result(), resume


def _written(token: str | None, after: str | None) -> str:
    return json.dumps({"ids": token, "after": after})


def _resumed(cursor: str | None) -> tuple[str | None, str | None] | None:
    """Return the token of a page of ids and the last id that was stored of it."""
    try:
        kept = json.loads(cursor or "")
        return kept["ids"], kept["after"]
    except (ValueError, TypeError, KeyError):
        return None
