"""The name under which a run holds a source, and whether the process behind such a name still lives."""

from __future__ import annotations

import itertools
import os
import socket
from functools import cache
from pathlib import Path

_RUNS = itertools.count(1)

#: Runs of this process that have ended and could not say so in the store.
_ENDED: set[str] = set()


def this_run() -> str:
    """Name one run of this process: program, host, and after a slash what tells it from every other run.

    Two runs never have one name, so that no living run is mistaken for an earlier self.
    """
    pid = os.getpid()
    return f"pmbridge@{socket.gethostname()}/{_machine()}/{pid}/{_started(pid)}/{next(_RUNS)}"


def ended(holder: str) -> None:
    """Note that a run of this process is over, though the store still names it."""
    _ENDED.add(holder)


def is_dead(holder: str) -> bool:
    """Say whether the run or the process behind a name is known to have ended.

    That can be known only where process numbers mean the same: on this machine, in this container, since this start.
    """
    if holder in _ENDED:
        return True
    parts = holder.split("/")
    if len(parts) != 5 or parts[1] != _machine() or not _machine() or not parts[2].isdecimal():
        return False
    return _started(int(parts[2])) != parts[3]


def for_people(holder: str) -> str:
    """Return program and host, with the process number where the name holds one."""
    parts = holder.split("/")
    return f"{parts[0]}, process {parts[2]}" if len(parts) == 5 else holder


@cache
def _machine() -> str:
    """Name the space in which process numbers are unique; empty where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        return ""
    return f"{boot[:13]}.{space}"


def _started(pid: int) -> str:
    """Return when a process started, in ticks since boot; empty if there is none of this number.

    A zombie has ended, though its number is not free yet.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
