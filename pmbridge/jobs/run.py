"""One whole pass: sync, assess, plan, apply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pmbridge.assessment import Assessment
from pmbridge.jobs.assess import assess_product, remember
from pmbridge.jobs.installation import Installation
from pmbridge.jobs.publish import carry_out, make_plan, withheld, writing
from pmbridge.jobs.sync import sync_all
from pmbridge.store.holder import this_run
from pmbridge.sync import Certificate, Report
from pmbridge.sync.progress import say_nothing
from pmbridge.writeback.apply import Row
from pmbridge.writeback.plan import Plan


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass read, computed and wrote."""

    certificates: Sequence[Certificate]
    assessments: Sequence[Assessment]
    plan: Plan
    rows: Sequence[Row]

    @property
    def figures(self) -> dict[str, Any]:
        """What is kept of the pass in the history of runs."""
        return {
            "requests": sum(certificate.requests for certificate in self.certificates),
            "steps": len(self.rows),
            "certificates": [certificate.status.value for certificate in self.certificates],
        }


def run_pass(
    installation: Installation,
    *,
    run_id: str,
    holder: str | None = None,
    now: Callable[[], datetime],
    report: Report = say_nothing,
    planned: Callable[[Plan], None] = lambda plan: None,
    written: Callable[[Row], None] = lambda row: None,
) -> Pass:
    """Read every source, assess every product, and write what changed.

    ``planned`` sees the plan before anything is written. A source that could not be read leaves its last state in
    place, and products that need it are not told anew.
    """
    certificates = sync_all(installation, holder=holder or this_run(), report=report)
    assessments = [assess_product(installation, name) for name in installation.settings.products]
    with writing(installation, holder or this_run()):
        plan = make_plan(installation, assessments)
        planned(plan)
        rows = carry_out(installation, plan, run_id=run_id, now=now, progress=written)
    for assessment in assessments:
        remember(installation, assessment, published=not withheld(assessment))
    return Pass(certificates, assessments, plan, rows)
