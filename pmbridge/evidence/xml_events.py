"""A guarded walk through an XML document of unknown origin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from pmbridge.errors import UsageError

#: Larger files are refused before they are read.
MAX_BYTES = 64 * 2**20
#: Deeper nesting is refused: no report needs it.
MAX_DEPTH = 64
_CHUNK = 2**16

#: A start tag with its attributes, or an end tag (``None``) with the text before it.
Event = tuple[str, dict[str, str] | None, str]


class _Refused(Exception):
    """The document holds what no report needs."""


class _Collector:
    """Turns the parser's calls into events, without resolving a single entity of the document's own."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.depth = 0
        self._text: list[str] = []
        self._kept = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.EntityDeclHandler = self._refuse_entity
        parser.ExternalEntityRefHandler = self._refuse_external
        parser.buffer_text = True
        self.parser = parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Refused(f"it is nested deeper than {MAX_DEPTH} levels")
        self._text, self._kept = [], 0
        self.events.append((_local(name), {_local(key): value for key, value in attributes.items()}, ""))

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.events.append((_local(name), None, "".join(self._text)))
        self._text, self._kept = [], 0

    def _data(self, text: str) -> None:
        if self._kept < _CHUNK:
            self._text.append(text[: _CHUNK - self._kept])
            self._kept += len(text)

    def _refuse_entity(self, *_: object) -> None:
        raise _Refused("it declares entities, which can hide a bomb or read other files")

    def _refuse_external(self, *_: object) -> int:
        raise _Refused("it refers to another file")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def events(stream: BinaryIO, name: str) -> Iterator[Event]:
    """Walk through a document; raises `UsageError` with the file, the line and what is wrong with it."""
    collector, read = _Collector(), 0
    while True:
        chunk = stream.read(_CHUNK)
        read += len(chunk)
        if read > MAX_BYTES:
            raise too_large(name, None)
        try:
            collector.parser.Parse(chunk, not chunk)
        except _Refused as refused:
            raise UsageError(f"{name} is not read: {refused}. Have the test runner write a plain report.") from None
        except expat.ExpatError as error:
            text = f"{name} is no well-formed XML: {expat.ErrorString(error.code)} in line {error.lineno}."
            raise UsageError(f"{text} Was the run cut off? Write the report again.") from None
        except (ValueError, LookupError) as error:
            raise UsageError(f"{name} cannot be decoded: {error}. Save it as UTF-8.") from None
        yield from collector.events
        collector.events.clear()
        if not chunk:
            return


def too_large(name: str, size: int | None) -> UsageError:
    """Say that a file is beyond the limit."""
    has = f"has {size / 2**20:.0f} MiB" if size is not None else "is larger than it may be"
    return UsageError(
        f"{name} {has}; reports up to {MAX_BYTES // 2**20} MiB are read. Leave out the captured output, or split it."
    )


def check_size(path: Path) -> None:
    """Refuse a file that is too large before one byte of it is read."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise too_large(str(path), size)
