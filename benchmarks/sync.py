"""What a first sync costs a tracker and this machine, beside plain loops over the client libraries, and beside peers.

Run from the project's root: ``python benchmarks/sync.py [ITEMS ...] [--latency 0.05] [--only NAME] [--peers]``. The
trackers are the sandbox's, on loopback, in a process of their own; every contender reads the same project with its
history. Two rows a tracker are read from answers that were kept before, without a wire: our decoding and mapping, and
what the standard library takes to decode the same bytes; of three rounds the least counts. Peers are read from the
package index into virtualenvs of their own, the first time they are asked for; none of them is a dependency.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks.sync_contenders import CONTENDERS, PEERS, Peer
from benchmarks.sync_trackers import FIELDS, Place, Trackers, trackers

_READERS = Path(__file__).parent / "peers" / "readers"

#: How often what needs no wire is measured.
ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    """What one contender took: items read, seconds of wall and CPU, megabytes at the peak."""

    items: int
    wall: float
    cpu: float
    peak: float
    version: str = ""


def _measured(name: str, place: Place, wire: Any) -> None:
    # Imports are no part of a sync.
    import gitlab  # noqa: F401
    import jira  # noqa: F401

    import pmbridge.sync  # noqa: F401

    contender = CONTENDERS[name]
    read = contender.prepare(place)
    rounds = [_timed(read) for _ in range(ROUNDS if contender.by_itself else 1)]
    items, wall, cpu = min(rounds, key=itemgetter(2))
    wire.send(Cost(items, wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _timed(read: Callable[[], int]) -> tuple[int, float, float]:
    begin, spent = time.perf_counter(), time.process_time()
    items = read()
    return items, time.perf_counter() - begin, time.process_time() - spent


def ours(name: str, place: Place) -> Cost:
    """Let one contender read in a process of its own."""
    here, there = multiprocessing.Pipe()
    reader = multiprocessing.get_context("spawn").Process(target=_measured, args=(name, place, there))
    reader.start()
    there.close()
    found: Cost = here.recv()
    reader.join()
    return found


def theirs(peer: Peer, place: Place) -> Cost:
    """Let a peer read with its own interpreter; `RuntimeError` says why one does not run."""
    from benchmarks.peers.venvs import python_of
    from pmbridge.sandbox.gitlab.state import TOKEN as GITLAB_TOKEN
    from pmbridge.sandbox.jira.state import BOT_EMAIL, TOKEN

    jira = place.yesterday if peer.yesterday else place.jira
    told = {"jira": jira, "email": BOT_EMAIL, "token": TOKEN, "gitlab": place.gitlab, "gitlab token": GITLAB_TOKEN}
    try:
        command = [str(python_of(peer.package)), str(_READERS / f"{peer.reader}.py"), json.dumps(told)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no word"])[-1]
        raise RuntimeError(f"{peer.package}: {last}") from None
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def run(name: str, world: Trackers) -> dict[str, Any]:
    """Measure one contender, and ask the trackers how often they were asked."""
    before, contender = world.requests(), CONTENDERS.get(name)
    cost = ours(name, world.place) if contender else theirs(PEERS[name], world.place)
    requests = world.requests() - before
    title, wired = (contender or PEERS[name]).title, contender is None or not contender.by_itself
    return {
        "contender": f"{title} {cost.version}".strip(),
        "items": cost.items,
        "requests an item": round(requests / max(1, cost.items), 4) if wired else None,
        "wall s": round(cost.wall, 2),
        "CPU s": round(cost.cpu, 2),
        "peak MB": round(cost.peak) if wired else None,
    }


def rows_of(items: int, latency: float, fields: int, names: list[str]) -> Iterator[dict[str, Any]]:
    """Measure contenders one after the other; a peer that does not run is told on stderr."""
    yesterday = any(name in PEERS and PEERS[name].yesterday for name in names)
    with trackers(items, latency, yesterday=yesterday, fields=fields) as world:
        for name in names:
            try:
                yield run(name, world)
            except RuntimeError as error:
                print(f"{name} does not run: {error}", file=sys.stderr)


def _names() -> str:
    """Say which names there are, and what each stands for."""
    return "; ".join(f"{name}: {one.title}" for name, one in (CONTENDERS | PEERS).items())


def main() -> None:
    """Print one line a contender, as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", nargs="*", type=int, default=[5000])
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--fields", type=int, default=FIELDS, help="how many fields an issue of Jira has")
    parser.add_argument("--only", action="append", choices=[*CONTENDERS, *PEERS], metavar="NAME", help=_names())
    parser.add_argument("--peers", action="store_true", help="measure readers from the package index, too")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    names = options.only or [*CONTENDERS, *(PEERS if options.peers else ())]
    rows: list[dict[str, Any]] = []
    for row in (row for items in options.items for row in rows_of(items, options.latency, options.fields, names)):
        if not rows:
            print("| " + " | ".join(row) + " |\n|" + "---|" * len(row))
        rows.append(row)
        print("| " + " | ".join("–" if value is None else str(value) for value in row.values()) + " |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
