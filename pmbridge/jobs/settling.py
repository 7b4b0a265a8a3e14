"""Assessing a product only where something that it rests on has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from pmbridge import __version__
from pmbridge.assess.elsewhere import told
from pmbridge.assess.sources import lagging
from pmbridge.assessment import Assessment, MilestoneAssessment
from pmbridge.config import ProductSettings, Settings, digest
from pmbridge.history.days import day_ends, local_day
from pmbridge.jobs.assess import assess_product, remember
from pmbridge.jobs.elsewhere import elsewhere, horizon
from pmbridge.jobs.installation import Installation
from pmbridge.store.assessments import Made, last_made, mark_published, read_body
from pmbridge.store.freezes import count_freezes
from pmbridge.store.reading import read_state
from pmbridge.store.revisions import revisions_of
from pmbridge.store.watermarks import known_until

_HOUR = timedelta(hours=1)
#: What spares a look at the work elsewhere; another horizon with the same work in it is no change.
_HORIZON = "horizon"


@dataclass(frozen=True, slots=True)
class Settled:
    """The assessment of a product as the store keeps it; ``fresh`` is there if it had to be made just now."""

    made: Made
    fresh: Assessment | None

    def read(self, installation: Installation) -> Assessment:
        """Return the assessment itself."""
        if self.fresh is not None:
            return self.fresh
        with installation.store.read() as conn:
            return Assessment.model_validate_json(read_body(conn, self.made))


def settle(installation: Installation, name: str, *, again: bool = False) -> Settled:
    """Assess a product and keep the result, unless the last one holds still: then nothing is read and nothing made.

    It holds for the rest of its day while neither the rows that it rests on have changed, nor the settings, baselines
    and decisions, nor the program; where a promise or the care after a launch is under way, for the rest of its hour.
    ``again`` assesses whatever has changed. Raises what `assess_product` raises.
    """
    # Looked at before the rows are read: what comes in between is seen as a change next time.
    with installation.store.read() as conn:
        now = known_until(conn, installation.settings.products[name].projects)
        last = last_made(conn, name)
    seen = sight(installation, name, last)
    if not again and last is not None and _holds(last, seen, now):
        return Settled(last, None)
    assessment = assess_product(installation, name)
    until = holds_until(assessment, installation.settings.products[name])
    made = remember(installation, assessment, seen=seen, until=until)
    return Settled(made, assessment)


def shown(installation: Installation, settled: Settled) -> None:
    """Note that people were shown a product's assessment."""
    if not settled.made.published:
        with installation.store.write() as conn:
            mark_published(conn, settled.made)


def sight(installation: Installation, name: str, last: Made | None = None) -> str:
    """Name all that an assessment of a product rests on but for the instant, at the price of a glance.

    What its people do elsewhere is asked only if the ``last`` assessment saw another horizon.
    """
    product = installation.settings.products[name]
    before = json.loads(last.seen) if last is not None and last.seen is not None else {}
    with installation.store.read() as conn:
        rows, baselines = revisions_of(conn, product.projects), count_freezes(conn, name)
        now = known_until(conn, product.projects)
    work, seen = _elsewhere(installation, name, now, before)
    rests_on = {
        "rows": rows,
        "settings": digest(product),
        "baselines": baselines,
        "decisions": _decisions(installation.settings, product),
        "program": __version__,
        "lagging": _lagging(installation, product, now),
        "elsewhere": work,
        _HORIZON: seen,
    }
    return json.dumps(rests_on, sort_keys=True)


def holds_until(assessment: Assessment, product: ProductSettings) -> datetime:
    """Return when time alone would make another assessment of the same rows: days pass, or the hours of a promise."""
    if any(_by_the_hour(milestone, product) for milestone in assessment.milestones):
        return assessment.as_of.replace(minute=0, second=0, microsecond=0) + _HOUR
    zone = ZoneInfo(product.zone)
    return day_ends(local_day(assessment.as_of, zone), zone)


def _by_the_hour(milestone: MilestoneAssessment, product: ProductSettings) -> bool:
    care = milestone.bugs.hypercare
    return care is not None and (care.ongoing or bool(product.bugs.sla and milestone.bugs.backlog))


def _holds(last: Made, seen: str, now: datetime | None) -> bool:
    if now is None or last.until is None or last.seen is None or not last.as_of <= now < last.until:
        return False
    before, after = json.loads(last.seen), json.loads(seen)
    return {**before, _HORIZON: None} == {**after, _HORIZON: None}


def _lagging(installation: Installation, product: ProductSettings, now: datetime | None) -> list[str]:
    """Name the sources that were read long before the rest; one alone never is."""
    if now is None or len(product.projects) == 1:
        return []
    with installation.store.read() as conn:
        states = [read_state(conn, source, names) for source, names in product.projects.items()]
    return sorted(lagging(states, now))


def _elsewhere(
    installation: Installation, name: str, now: datetime | None, before: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """Name the work elsewhere, and the horizon within which nobody has to ask for it again."""
    seen = horizon(installation, name)
    if seen is not None and seen == before.get(_HORIZON):
        return before["elsewhere"], seen
    others = elsewhere(installation, name, now)
    work = _named("\n".join(told(others)).encode()) if others.work else None
    return work, seen if others.settled else None


def _decisions(settings: Settings, product: ProductSettings) -> str | None:
    """Name the contents of the file of decisions; one that cannot be read is for the assessment to complain of."""
    if product.acceptance.waivers is None:
        return None
    try:
        content = (settings.path.parent / product.acceptance.waivers).read_bytes()
    except OSError:
        return "unreadable"
    return _named(content)


def _named(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
