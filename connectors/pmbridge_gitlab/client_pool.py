"""Several connections to one server, so that many small answers are awaited side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from pmbridge.connector import Usage

if TYPE_CHECKING:
    from pmbridge_gitlab.client import GitlabClient

Task = TypeVar("Task")
Result = TypeVar("Result")


class ClientPool:
    """Up to ``size`` clients, made when they are needed; no two threads ever share one."""

    def __init__(self, make: Callable[[], GitlabClient], size: int) -> None:
        self._make = make
        self._clients = [make()]
        self._size = size
        self._scout: GitlabClient | None = None

    @property
    def lead(self) -> GitlabClient:
        """The client for everything that is done one after another."""
        return self._clients[0]

    @property
    def scout(self) -> GitlabClient:
        """A client beside all others, for what goes on while they work."""
        if self._scout is None:
            self._scout = self._make()
        return self._scout

    def each(self, work: Callable[[GitlabClient, Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Carry out tasks side by side; results come in the order of tasks, and the first error ends the rest."""
        hands = min(self._size, len(tasks))
        if hands <= 1:
            return [work(self.lead, task) for task in tasks]
        idle: SimpleQueue[GitlabClient] = SimpleQueue()
        for client in self._called(hands):
            idle.put(client)

        def carried_out(task: Task) -> Result:
            client = idle.get()
            try:
                return work(client, task)
            finally:
                idle.put(client)

        with ThreadPoolExecutor(hands, thread_name_prefix="gitlab") as pool:
            try:
                return list(pool.map(carried_out, tasks))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _called(self, hands: int) -> list[GitlabClient]:
        while len(self._clients) < hands:
            self._clients.append(self._make())
        return self._clients[:hands]

    @property
    def _everyone(self) -> list[GitlabClient]:
        return [*self._clients, *([self._scout] if self._scout else [])]

    def usage(self) -> Usage:
        """Return what all clients have cost; waiting counts once for each that waited."""
        meters = [client.meter for client in self._everyone]
        return Usage(
            requests=sum(meter.requests for meter in meters),
            writes=sum(meter.writes for meter in meters),
            bytes_received=sum(meter.bytes_received for meter in meters),
            waited_seconds=sum(meter.waited_seconds for meter in meters),
        )

    def close(self) -> None:
        """Release all connections."""
        for client in self._everyone:
            client.close()
