"""How far the figures of a milestone can be trusted, and which fixes would gain most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmbridge.assess.data_gaps import asks_for_tests, milestone_gaps
from pmbridge.assess.sources import lagging
from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Acceptance, Confidence, DataQuality, FigureConfidence, Flow
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life
from pmbridge.metrics.confidence import Fix, Found, Metric, Trust, fixes, graded, sample_cap, trust
from pmbridge.metrics.gaps import gaps_of
from pmbridge.metrics.outlook import Outlook

#: Sizes below which a figure is capped: at D, at C, at B.
_FINISHES = (3, 6, 10)
_WEEKS = (4, 8, 12)


class Quality:
    """The gaps behind a milestone's figures with the confidence they leave."""

    def __init__(self, gaps: Sequence[Found], trusts: Mapping[Metric, Trust]) -> None:
        self.gaps = tuple(gaps)
        self.trusts = trusts

    def __getitem__(self, metric: Metric) -> Trust:
        return self.trusts[metric]

    def section(self) -> DataQuality:
        """Write the confidences and the best fixes into the contract."""
        figures = tuple(
            FigureConfidence(
                figure=metric.value,
                confidence=held.grade,
                worst=held.worst.gap.value if held.worst else None,
                cap=held.cap,
            )
            for metric, held in self.trusts.items()
        )
        return DataQuality(figures=figures, fixes=tuple(one.sentence for one in self.best()))

    def best(self) -> tuple[Fix, ...]:
        """Return the three fixes that gain most."""
        return fixes(self.gaps, list(self.trusts.values()))

    def graded_flow(self, flow: Flow) -> Flow:
        """Put the letters beside the figures of flow."""
        letters = {
            "throughput": Metric.THROUGHPUT,
            "cycle_time_p50": Metric.CYCLE_TIME,
            "cycle_time_p85": Metric.CYCLE_TIME,
            "wip": Metric.SCOPE,
            "oldest_age": Metric.AGE,
        }
        return flow.model_copy(
            update={name: graded(getattr(flow, name), self.trusts[metric]) for name, metric in letters.items()}
        )


def quality(
    stands: Standing, around: Surroundings, outlook: Outlook, gate: Acceptance, product_gaps: Sequence[Found]
) -> Quality:
    """Find the gaps of a milestone's own work; ``product_gaps`` are those nobody can see in one milestone.

    What has ended cannot be mended any more, so its own gaps are not searched for; and only the figures that a
    milestone has are graded.
    """
    reading = around.reading
    running = stands.plan.finished is None
    inside = [life for life in stands.lives if _is_inside(life, stands)] if running else []
    own = gaps_of(inside, reading.as_of, reading.zone) if inside else ()
    gaps = [*own, *product_gaps, *(milestone_gaps(stands, around, gate) if running else ())]
    finishes = stands.scope.done
    caps = {
        Metric.CYCLE_TIME: _cap(finishes, _FINISHES, "finished item"),
        Metric.THROUGHPUT: _cap(len(outlook.snapshot.weekly_finishes), _WEEKS, "week"),
        Metric.FORECAST: _forecast_cap(outlook),
    }
    proof = _proof_cap(stands, around)
    return Quality(gaps, {m: trust(m, gaps, [*caps.get(m, ()), *proof]) for m in _graded(stands, around, gate)})


def _graded(stands: Standing, around: Surroundings, gate: Acceptance) -> list[Metric]:
    """List the figures a milestone has."""
    running = stands.plan.finished is None
    absent = {
        Metric.COST: not around.budgeting.book.is_priced,
        Metric.LOAD: not running or not around.settings.teams,
        Metric.DEPENDENCIES: not running or not around.network.linked,
        Metric.ACCEPTANCE: not running or not asks_for_tests(gate, around),
        Metric.BUGS: stands.milestone.released_at is None,
    }
    return [metric for metric in Metric if not absent.get(metric, False)]


def _is_inside(life: Life, stands: Standing) -> bool:
    return in_scope(life.last, stands.milestone.ids)


def _cap(n: int, sizes: tuple[int, int, int], what: str) -> list[tuple[Confidence, str]]:
    cap = sample_cap(n, *sizes)
    return [] if cap is None else [(cap, f"only {n} {what}{'' if n == 1 else 's'}")]


def _forecast_cap(outlook: Outlook) -> list[tuple[Confidence, str]]:
    """Cap by what the forecast itself says of its footing."""
    trusted = outlook.judgement.confidence
    if trusted is None:
        return []
    caps = {"low": Confidence.C, "medium": Confidence.B}
    cap = caps.get(trusted.value)
    past = outlook.past
    return [] if cap is None else [(cap, f"learned from {past} earlier milestone{'' if past == 1 else 's'}")]


def _proof_cap(stands: Standing, around: Surroundings) -> list[tuple[Confidence, str]]:
    """Cap by what the last runs proved, and by a tracker that was read long before the others."""
    wanted = {face.source for face in stands.milestone.faces}
    sources = around.reading.history.sources
    proofs = {(s.certificate or {}).get("status") for s in sources if s.name in wanted}
    if "failed" in proofs:
        return [(Confidence.D, "the last sync failed")]
    if "partial" in proofs:
        return [(Confidence.D, "the last sync was not whole")]
    behind = [text for name, text in lagging(sources, around.reading.as_of).items() if name in wanted]
    return [(Confidence.C, "; ".join(behind))] if behind else []
