"""Work that is done one step ahead of its consumer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: How often a waiting worker looks whether anyone still wants its work, in seconds.
_GLANCE = 0.1

#: How long an abandoned worker may take to end before it is left to itself, in seconds.
_PATIENCE = 1.0

_END = object()


class _Worker(threading.Thread, Generic[T]):
    """Runs a generator in a thread and hands over what it yields, an error or the end."""

    def __init__(self, source: Generator[T, None, None], steps: int) -> None:
        super().__init__(daemon=True)
        self._source = source
        self._abandoned = threading.Event()
        self.ready: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue(steps)

    def run(self) -> None:
        try:
            for value in self._source:
                if not self._hand_over(value, None):
                    break
            else:
                self._hand_over(_END, None)
        except BaseException as error:
            self._hand_over(_END, error)
        finally:
            self._source.close()

    def _hand_over(self, value: Any, error: BaseException | None) -> bool:
        while not self._abandoned.is_set():
            try:
                self.ready.put((value, error), timeout=_GLANCE)
                return True
            except queue.Full:
                continue
        return False

    def abandon(self) -> None:
        self._abandoned.set()
        self.join(_PATIENCE)


def ahead(source: Generator[T, None, None], steps: int = 1) -> Generator[T, None, None]:
    """Yield what ``source`` yields while a thread makes up to ``steps`` values more.

    Order, errors and end are those of ``source``. Closing the result closes ``source``, which runs in the thread
    alone: what it uses must be used by nobody else meanwhile.
    """
    worker = _Worker(source, steps)
    worker.start()
    try:
        while True:
            value, error = worker.ready.get()
            if error is not None:
                raise error
            if value is _END:
                return
            yield value
    finally:
        worker.abandon()
