"""How far the figures of a milestone can be trusted, and which fixes would gain most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmbridge.assess.standing import Standing
from pmbridge.assess.surroundings import Surroundings
from pmbridge.assessment import Confidence, DataQuality, FigureConfidence, Flow, Hygiene
from pmbridge.history.membership import in_scope
from pmbridge.history.phases import Life
from pmbridge.metrics.confidence import Fix, Found, Gap, Metric, Trust, fixes, graded, sample_cap, trust
from pmbridge.metrics.gaps import gaps_of
from pmbridge.metrics.outlook import Outlook

#: Sizes below which a figure is capped: at D, at C, at B.
_FINISHES = (3, 6, 10)
_WEEKS = (4, 8, 12)
#: A due date that moved more often than this is a gap.
_MOVES = 2


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


def quality(stands: Standing, around: Surroundings, outlook: Outlook, product_gaps: Sequence[Found]) -> Quality:
    """Find the gaps of a milestone's own work; ``product_gaps`` are those nobody can see in one milestone.

    What has ended cannot be mended any more, so its own gaps are not searched for.
    """
    reading = around.reading
    running = stands.plan.finished is None
    inside = [life for life in stands.lives if _is_inside(life, stands)] if running else []
    own = gaps_of(inside, reading.as_of, reading.zone) if inside else ()
    gaps = [*own, *product_gaps, *_moved(stands, around)]
    finishes = stands.scope.done
    caps = {
        Metric.CYCLE_TIME: _cap(finishes, _FINISHES, "finished item"),
        Metric.THROUGHPUT: _cap(len(outlook.snapshot.weekly_finishes), _WEEKS, "week"),
        Metric.FORECAST: _forecast_cap(outlook),
    }
    proof = _proof_cap(stands, around)
    return Quality(gaps, {m: trust(m, gaps, [*caps.get(m, ()), *proof]) for m in Metric})


def product_gaps(hygiene: Hygiene, around: Surroundings) -> tuple[Found, ...]:
    """Find the gaps of a whole product: histories that contradict themselves, and a calendar nobody configured."""
    found = [
        Found(Gap.HISTORY, one.share, f"Read these items again ({', '.join(one.items[:3])})")
        for one in hygiene.findings
        if one.gap == Gap.HISTORY.value and one.share
    ]
    if around.calendars.product.is_default:
        found.append(Found(Gap.DEFAULT_CALENDAR, 1.0, "Configure the working days and holidays"))
    return tuple(found)


def _is_inside(life: Life, stands: Standing) -> bool:
    return in_scope(life.phases[-1], stands.milestone.ids)


def _moved(stands: Standing, around: Surroundings) -> list[Found]:
    """Count how often the due date moved, as observed."""
    faces = {(face.source, face.id) for face in stands.milestone.faces}
    dues: dict[tuple[str, str], list[object]] = {}
    for seen in around.reading.history.observations:
        if (seen.source, seen.milestone) in faces:
            own = dues.setdefault((seen.source, seen.milestone), [])
            if not own or own[-1] != seen.due:
                own.append(seen.due)
    moves = max((len(own) - 1 for own in dues.values()), default=0)
    return [Found(Gap.MOVED_DUE, 1.0, f"Keep the due date: it moved {moves} times")] if moves > _MOVES else []


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
    wanted = {face.source for face in stands.milestone.faces}
    proofs = {(s.certificate or {}).get("status") for s in around.reading.history.sources if s.name in wanted}
    if "failed" in proofs:
        return [(Confidence.D, "the last sync failed")]
    return [(Confidence.D, "the last sync was not whole")] if "partial" in proofs else []
