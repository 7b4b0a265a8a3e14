"""One product's history, settings and an instant become its assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from pmbridge.assess.acceptance import gather
from pmbridge.assess.agreed import agreed
from pmbridge.assess.bugs import survey
from pmbridge.assess.cleanliness import cleaned
from pmbridge.assess.data_gaps import product_gaps
from pmbridge.assess.digest import inputs_digest
from pmbridge.assess.earlier import Earlier
from pmbridge.assess.elsewhere import NOWHERE, Elsewhere
from pmbridge.assess.families import relations
from pmbridge.assess.growth import kinship
from pmbridge.assess.milestone import Occasion, assess_milestone
from pmbridge.assess.mirror_conflicts import conflicts, disagreeing
from pmbridge.assess.people_doubts import doubtful
from pmbridge.assess.reading import read
from pmbridge.assess.sources import late_reads, sources
from pmbridge.assess.standing import blockers
from pmbridge.assess.surroundings import surroundings
from pmbridge.assessment import Assessment
from pmbridge.collector import collector_paused
from pmbridge.config.product import ProductSettings
from pmbridge.metrics.hygiene import hygiene
from pmbridge.model import Freeze, History, MilestoneState

#: The baselines people agreed on, by the key of the milestone.
Freezes = Mapping[str, Sequence[Freeze]]
_NO_FREEZES: Freezes = MappingProxyType({})


def assess(
    history: History,
    settings: ProductSettings,
    *,
    product: str,
    as_of: datetime,
    config_digest: str,
    version: str,
    previous: Assessment | None = None,
    freezes: Freezes = _NO_FREEZES,
    elsewhere: Elsewhere = NOWHERE,
) -> Assessment:
    """Compute everything about one product as it was at ``as_of``; what happened later makes no difference.

    ``previous`` is the last assessment, for "since" and "was"; one that is not older is ignored, and no colour depends
    on it. ``freezes`` are the agreed baselines, the last one before ``as_of`` counts. ``elsewhere`` is what the teams
    had to do for other products at ``as_of``. The same arguments give the same bytes. A naive ``as_of`` raises
    ``ValueError``.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of has no time zone: give an aware instant")
    earlier = Earlier(previous if previous is not None and previous.as_of < as_of else None)
    with collector_paused():
        return _assess(history, settings, product, as_of, config_digest, version, earlier, freezes, elsewhere)


def _assess(
    history: History,
    settings: ProductSettings,
    product: str,
    as_of: datetime,
    config_digest: str,
    version: str,
    earlier: Earlier,
    freezes: Freezes,
    elsewhere: Elsewhere,
) -> Assessment:
    reading = read(history, settings, as_of)
    related = relations(reading)
    around = surroundings(reading, settings, related, elsewhere)
    others = (*conflicts(reading), *doubtful(reading), *late_reads(reading.history.sources, as_of))
    clean = hygiene(reading.lives, reading.milestones, disagreeing(reading), as_of, others)
    field = survey(reading, settings)
    occasion = Occasion(
        around=around,
        blocks=blockers(around.blocking),
        field=field,
        evidence=gather(reading, settings),
        earlier=earlier,
        gaps=product_gaps(clean, around, field),
        kin=kinship(reading),
    )
    baselines = agreed(freezes, reading)
    found = [assess_milestone(one, occasion, baselines[one.key]) for one in reading.milestones]
    running = [(one.title, held) for one, held in found if one.state is MilestoneState.OPEN]
    return Assessment(
        product=product,
        title=settings.title,
        as_of=as_of,
        zone=settings.zone,
        version=version,
        config_digest=config_digest,
        inputs_digest=inputs_digest(reading.history, reading.columns, _agreed(freezes, as_of), elsewhere),
        sources=sources(reading.history.sources),
        milestones=tuple(one for one, _ in found),
        load=around.crew.loads(),
        hygiene=cleaned(clean, running, len(reading.lives)),
    )


def _agreed(freezes: Freezes, as_of: datetime) -> list[Freeze]:
    """List the baselines agreed on by an instant, in a stable order."""
    return [freeze for key in sorted(freezes) for freeze in freezes[key] if freeze.at <= as_of]
