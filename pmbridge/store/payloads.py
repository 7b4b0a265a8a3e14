"""The trackers' own payloads of the items, to be mapped again."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from pmbridge.model.instants import from_micros
from pmbridge.store import schema
from pmbridge.store.holdings import stored_projects
from pmbridge.store.walking import walk_project

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: The quickest usual level; the checksum shows later whether a byte was lost.
_HOW: dict[int, int] = {zstd.CompressionParameter.compression_level: 1, zstd.CompressionParameter.checksum_flag: 1}
#: How a frame of Zstandard begins; what begins otherwise was packed by an older pmbridge, with zlib.
_FRAME = b"\x28\xb5\x2f\xfd"

#: What `unpack` raises for bytes that nobody packed.
UNREADABLE = (zstd.ZstdError, zlib.error, ValueError)


@dataclass(frozen=True, slots=True)
class Batch:
    """Payloads by item, of one project and one run; ``gaps`` says of which items something is known to be wanting."""

    project: str
    seen_at: datetime
    raw: dict[str, Any]
    gaps: dict[str, str]


def batches(conn: Connection, source: str) -> Iterator[Batch]:
    """Yield every payload of a source, some hundreds at a time."""
    for project in stored_projects(conn, source):
        for some in walk_project(conn, source, project):
            for seen_at, group in groupby(some, key=itemgetter(1)):
                own = list(group)
                raw = _raw(conn, source, [id_ for id_, _, _ in own])
                if raw:
                    gaps = {id_: gap for id_, _, gap in own if gap and id_ in raw}
                    yield Batch(project, from_micros(seen_at), raw, gaps)


def learned(conn: Connection, source: str) -> str | None:
    """Return what the last sync learned of a source that its payloads are read by."""
    return conn.execute(select(schema.sources.c.mapping).where(schema.sources.c.name == source)).scalar()


def count_without(conn: Connection, source: str) -> int:
    """Return how many items of a source have no payload."""
    items, payloads = schema.items.c, schema.raw_payloads.c
    held = select(payloads.item).where(payloads.source == source)
    bare = select(func.count()).where(items.source == source, items.id.not_in(held))
    return conn.execute(bare).scalar_one()


def read_raw(conn: Connection, source: str, item: str) -> Any | None:
    """Return the tracker's last payload of an item, or ``None``."""
    return _raw(conn, source, [item]).get(item)


def packed(payloads: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield payloads as they are stored, each by itself, with the id of its item."""
    compressor = zstd.ZstdCompressor(options=_HOW)
    for item, payload in payloads.items():
        yield item, compressor.compress(orjson.dumps(payload, default=str), mode=compressor.FLUSH_FRAME)


def unpack(body: bytes) -> Any:
    """Return the payload that was packed; raises one of `UNREADABLE`."""
    return orjson.loads(zstd.decompress(body) if body.startswith(_FRAME) else zlib.decompress(body))


def _raw(conn: Connection, source: str, ids: Sequence[str]) -> dict[str, Any]:
    table = schema.raw_payloads.c
    found = conn.execute(select(table.item, table.body).where(table.source == source, table.item.in_(ids)))
    return {item: unpack(body) for item, body in found}
