"""One product's history, settings and an instant become its assessment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from pmbridge.assess.collection import paused
from pmbridge.assess.digest import inputs_digest
from pmbridge.assess.families import relations
from pmbridge.assess.milestone import assess_milestone
from pmbridge.assess.mirror_conflicts import disagreeing
from pmbridge.assess.reading import read
from pmbridge.assess.sources import sources
from pmbridge.assess.standing import blockers
from pmbridge.assess.verdict import Earlier
from pmbridge.assessment import Assessment
from pmbridge.config.product import ProductSettings
from pmbridge.metrics.hygiene import hygiene
from pmbridge.model import History

_NO_FREEZES: Mapping[str, datetime] = MappingProxyType({})


def assess(
    history: History,
    settings: ProductSettings,
    *,
    product: str,
    as_of: datetime,
    config_digest: str,
    version: str,
    previous: Assessment | None = None,
    freezes: Mapping[str, datetime] = _NO_FREEZES,
) -> Assessment:
    """Compute everything about one product as it was at ``as_of``; what happened later makes no difference.

    ``previous`` is the last assessment, for colours that do not flicker and for "since"; one that is not older is
    ignored. ``freezes`` holds the instant at which a milestone's scope was frozen, by its key. The same arguments give
    the same bytes. A naive ``as_of`` raises ``ValueError``.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of has no time zone: give an aware instant")
    earlier = Earlier(previous if previous is not None and previous.as_of < as_of else None)
    with paused():
        return _assess(history, settings, product, as_of, config_digest, version, earlier, freezes)


def _assess(
    history: History,
    settings: ProductSettings,
    product: str,
    as_of: datetime,
    config_digest: str,
    version: str,
    earlier: Earlier,
    freezes: Mapping[str, datetime],
) -> Assessment:
    reading = read(history, settings, as_of)
    related, blocks = relations(reading), blockers(reading)
    return Assessment(
        product=product,
        title=settings.title,
        as_of=as_of,
        zone=settings.zone,
        version=version,
        config_digest=config_digest,
        inputs_digest=inputs_digest(reading.history),
        sources=sources(reading.history.sources),
        milestones=tuple(
            assess_milestone(one, reading, settings, related, blocks, earlier, freezes.get(one.key))
            for one in reading.milestones
        ),
        hygiene=hygiene(reading.lives, reading.milestones, disagreeing(reading), as_of),
    )
