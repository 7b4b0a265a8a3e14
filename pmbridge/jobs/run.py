"""One whole pass: sync, assess, plan, apply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pmbridge.jobs.installation import Installation
from pmbridge.jobs.publish import Telling, carry_out, plan_tellings, telling, writing
from pmbridge.jobs.settling import Settled, settle, shown
from pmbridge.jobs.sync import sync_all
from pmbridge.store.holder import this_run
from pmbridge.sync import Certificate, Report
from pmbridge.sync.progress import say_nothing
from pmbridge.writeback.apply import Row
from pmbridge.writeback.plan import Plan


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass read, computed and wrote; ``unchanged`` products were not computed anew."""

    certificates: Sequence[Certificate]
    tellings: Sequence[Telling]
    unchanged: int
    plan: Plan
    rows: Sequence[Row]

    @property
    def figures(self) -> dict[str, Any]:
        """What is kept of the pass in the history of runs."""
        return {
            "requests": sum(certificate.requests for certificate in self.certificates),
            "assessed": len(self.tellings) - self.unchanged,
            "unchanged": self.unchanged,
            "steps": len(self.rows),
            "certificates": [certificate.status.value for certificate in self.certificates],
        }


def run_pass(
    installation: Installation,
    *,
    run_id: str,
    holder: str | None = None,
    now: Callable[[], datetime],
    again: bool = False,
    report: Report = say_nothing,
    planned: Callable[[Plan], None] = lambda plan: None,
    written: Callable[[Row], None] = lambda row: None,
) -> Pass:
    """Read every source, assess every product of which something has changed, or every one ``again``, and write.

    What stands in the trackers is looked at for every product that is told, so that what people did there is noticed
    also where nothing else has changed. ``planned`` sees the plan before anything is written. A source that could not
    be read leaves its last state in place, and products that need it are not told anew.
    """
    unchanged = 0
    certificates = sync_all(installation, holder=holder or this_run(), report=report)
    settled: list[Settled] = []
    tellings: list[Telling] = []
    for name in installation.settings.products:
        found = settle(installation, name, again=again)
        tellings.append(_telling(installation, found))
        # Of a whole organisation only what is told of it is held.
        settled.append(replace(found, fresh=None))
        unchanged += found.fresh is None
    with writing(installation, holder or this_run()):
        plan = plan_tellings(installation, tellings)
        planned(plan)
        rows = carry_out(installation, plan, run_id=run_id, now=now, progress=written)
    for found, told in zip(settled, tellings, strict=True):
        if not told.withheld:
            shown(installation, found)
    return Pass(certificates, tellings, unchanged, plan, rows)


def _telling(installation: Installation, found: Settled) -> Telling:
    """Write down what should be told; of an unchanged product that is told nowhere, nothing is read for it."""
    name, publishes = found.made.product, installation.settings.products[found.made.product].publish
    if found.fresh is None and found.made.published and not publishes:
        return Telling(name, found.made.as_of)
    return telling(installation, found.read(installation))
