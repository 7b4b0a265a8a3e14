"""Reading a whole project of a Jira Cloud with several pages on their way at once."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from pmbridge.connector import Page
from pmbridge.errors import Rejected
from pmbridge_jira.ahead import ahead
from pmbridge_jira.client import PAGE_SIZE
from pmbridge_jira.cloud import Cloud

#: Ids of a page, and the cursor that resumes after them.
_Chunk = tuple[list[str], str | None]


def is_harvest(cursor: str) -> bool:
    """Tell whether a cursor was written by a harvest."""
    return _resumed(cursor) is not None


@dataclass(frozen=True, slots=True)
class Harvest:
    """Lists ids, thousands to an answer, and has them read by the hundred, side by side.

    A search cannot be hurried, since each page names the next; what is known by id can. ``read`` makes a page of some
    ids and the cursor that resumes after them; it is called in threads, in each with a reader nobody else uses
    meanwhile. Pages come in the order of the search.
    """

    lister: Cloud
    readers: Sequence[Cloud]
    read: Callable[[Cloud, Sequence[str], str | None], Page]

    def pages(self, jql: str, cursor: str | None, listed: Sequence[str] | None = None) -> Generator[Page, None, None]:
        """Yield pages after ``cursor``, at least one; a cursor whose last issue is gone repeats a page of ids.

        ``listed`` are the ids of the query where they are known already.
        """
        idle: SimpleQueue[Cloud] = SimpleQueue()
        for reader in self.readers:
            idle.put(reader)

        def fetch(ids: Sequence[str], resume: str | None) -> Page:
            reader = idle.get()
            try:
                return self.read(reader, ids, resume)
            finally:
                idle.put(reader)

        pool = ThreadPoolExecutor(len(self.readers), thread_name_prefix="jira")
        coming: deque[Future[Page]] = deque()
        chunks = ahead(self._chunks(jql, cursor, listed))
        try:
            for ids, resume in chunks:
                coming.append(pool.submit(fetch, ids, resume))
                if len(coming) > 2 * len(self.readers):
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            chunks.close()
            pool.shutdown(cancel_futures=True)

    def _chunks(self, jql: str, cursor: str | None, listed: Sequence[str] | None) -> Generator[_Chunk, None, None]:
        token, after = _resumed(cursor) or (None, None)
        while True:
            try:
                ids, following = self.lister.some_ids(jql, token) if listed is None else ([*listed], None)
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


def _written(token: str | None, after: str | None) -> str:
    return json.dumps({"ids": token, "after": after})


def _resumed(cursor: str | None) -> tuple[str | None, str | None] | None:
    """Return the token of a page of ids and the last id that was stored of it."""
    try:
        kept = json.loads(cursor or "")
        return kept["ids"], kept["after"]
    except (ValueError, TypeError, KeyError):
        return None
