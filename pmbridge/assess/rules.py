"""A product's settings as the rules that histories are read by."""

from __future__ import annotations

from collections.abc import Iterable

from pmbridge.config.milestones import MilestoneSettings
from pmbridge.config.product import ProductSettings
from pmbridge.history.categories import StatusRules
from pmbridge.history.merging import FaceName, MergeRules
from pmbridge.history.mirrors import MirrorRules
from pmbridge.metrics.schedule import Thresholds


def merge_rules(settings: ProductSettings) -> MergeRules:
    """Say which containers are milestones; the projects named first are the system of record."""
    milestones = settings.milestones
    return MergeRules(
        kinds=frozenset(milestones.kinds),
        by_name=milestones.merge == "name",
        explicit=_explicit(milestones),
        include=milestones.include,
        exclude=milestones.exclude,
        order=tuple((source, project) for source, projects in settings.projects.items() for project in projects),
    )


def _explicit(milestones: MilestoneSettings) -> dict[str, tuple[FaceName, ...]]:
    if milestones.merge == "name":
        return {}
    return {
        merger.title: tuple(FaceName(ref.source, ref.kind, ref.id, ref.title) for ref in merger.refs)
        for merger in milestones.merge
    }


def status_rules(settings: ProductSettings) -> StatusRules:
    """Say what statuses and labels mean."""
    return StatusRules.from_words({str(category): words for category, words in settings.status.items()})


def mirror_rules(settings: ProductSettings, trackers: Iterable[str] = ()) -> MirrorRules:
    """Say how mirrors are recognised; ``trackers`` are the kinds of the product's sources."""
    mirrors = settings.mirrors
    return MirrorRules.from_words(
        mirrors.links, remote_links=mirrors.remote_links, titles=mirrors.titles, trackers=trackers
    )


def thresholds(settings: ProductSettings) -> Thresholds:
    """Say where colours change."""
    health = settings.health
    return Thresholds(
        green_in=health.green_in,
        green_out=health.green_out,
        red_in=health.red_in,
        red_out=health.red_out,
        slip_red=health.slip_red,
        creep_amber=health.creep_amber,
        creep_red=health.creep_red,
    )
