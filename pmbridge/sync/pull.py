"""Reading one project, from where the last run ended or was interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pmbridge.collector import rare_collection
from pmbridge.connector import Connector, Page, Reference
from pmbridge.errors import Rejected
from pmbridge.store import Lease, Store
from pmbridge.store.holdings import count_seen
from pmbridge.store.ingest import write_page
from pmbridge.store.watermarks import Watermark, read_watermark, write_watermark
from pmbridge.sync.certificate import GapKind
from pmbridge.sync.chain import broken_histories
from pmbridge.sync.progress import Progress, Report

#: How far before the watermark an increment begins: trackers index late and round to minutes.
OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull came to: ``whole`` if it read every item of the project, in a run that began at ``started_at``.

    ``resumed`` says that this was the rest of an interrupted run: what changed since that began is still to be read.
    ``notes`` are the connector's, each once; ``since`` is how far back it looked, ``None`` for everything; ``met`` is
    how many items it read.
    """

    whole: bool
    resumed: bool
    started_at: datetime
    notes: tuple[str, ...] = ()
    since: datetime | None = None
    met: int = 0


@dataclass(frozen=True, slots=True)
class Pull:
    """Everything needed to read one project. ``now`` is the tracker's clock at the start of the run."""

    connector: Connector
    store: Store
    lease: Lease
    reference: Reference
    project: str
    now: datetime
    total: int | None
    report: Report

    def run(self, *, full: bool) -> Pulled:
        """Store all pages, each in one transaction with its cursor, then move the watermark to the run's start.

        A run that is killed anywhere loses nothing, and its successor repeats at most one page. Raises what the
        connector and the store raise; the cursor then stays where it is.
        """
        mark, started_at = self._begin(full=full)
        resumed = mark.cursor is not None
        done, notes = self._done_before(mark), dict[str, None]()
        with rare_collection():
            for page in self._pages(mark):
                mark = replace(mark, cursor=page.cursor or mark.cursor)
                self._keep(page, mark, started_at)
                done += len(page.items)
                notes.update(dict.fromkeys(page.notes))
                self._tell(done, mark)
        self._end(started_at)
        return Pulled(mark.since is None, resumed, started_at, tuple(notes), mark.since, done)

    def _begin(self, *, full: bool) -> tuple[Watermark, datetime]:
        """Return where to go on, and since when the run is under way: an interrupted one is taken up again."""
        with self.store.read() as conn:
            mark = read_watermark(conn, self.connector.name, self.project)
        interrupted = mark.cursor is not None and mark.started_at is not None
        if interrupted and (not full or mark.since is None):
            return mark, mark.started_at or self.now
        since = None if full or mark.instant is None else mark.instant - OVERLAP
        return replace(mark, started_at=self.now, since=since, cursor=None), self.now

    def _pages(self, mark: Watermark) -> Iterator[Page]:
        pages = self._fetch(mark, mark.cursor)
        try:
            first = next(pages, None)
        except Rejected:
            # Trackers forget their cursors after some days; then the interrupted run is done again.
            if mark.cursor is None:
                raise
            pages = self._fetch(mark, None)
            first = next(pages, None)
        if first is not None:
            yield first
            yield from pages

    def _fetch(self, mark: Watermark, cursor: str | None) -> Iterator[Page]:
        return self.connector.fetch_pages(self.project, since=mark.since, cursor=cursor, reference=self.reference)

    def _keep(self, page: Page, mark: Watermark, started_at: datetime) -> None:
        gaps = dict.fromkeys(broken_histories(page.changes), GapKind.HISTORY_GAP.value)
        gaps |= dict.fromkeys(page.partial_history, GapKind.PARTIAL_HISTORY.value)
        with self.lease.write() as conn:
            write_page(conn, mark.source, page, seen_at=started_at, gaps=gaps)
            write_watermark(conn, mark)

    def _end(self, started_at: datetime) -> None:
        with self.lease.write() as conn:
            write_watermark(conn, Watermark(self.connector.name, self.project, instant=started_at))

    def _done_before(self, mark: Watermark) -> int:
        if mark.cursor is None or mark.started_at is None:
            return 0
        with self.store.read() as conn:
            return count_seen(conn, mark.source, mark.project, mark.started_at)

    def _tell(self, done: int, mark: Watermark) -> None:
        total = self.total if mark.since is None else None
        self.report(Progress(mark.source, mark.project, done, total))
