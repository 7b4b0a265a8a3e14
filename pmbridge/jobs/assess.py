"""Assessing a product from the store."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pmbridge import __version__
from pmbridge.assess import assess
from pmbridge.assess.agreed import agreed
from pmbridge.assess.reading import read
from pmbridge.assessment import Assessment, Backtest, Explanation, MilestoneAssessment, to_json
from pmbridge.config import ProductSettings, digest
from pmbridge.config.nearest import suggestion
from pmbridge.errors import NothingRead, UsageError
from pmbridge.jobs.elsewhere import elsewhere
from pmbridge.jobs.evidence import NO_FILES, Files, with_evidence
from pmbridge.jobs.installation import Installation
from pmbridge.model import Freeze, History
from pmbridge.store import read_history
from pmbridge.store.assessments import Made, StoredAssessment, last_published, save_assessment
from pmbridge.store.comments import read_comments
from pmbridge.store.freezes import read_freezes


def assess_product(
    installation: Installation, name: str, as_of: datetime | date | None = None, files: Files = NO_FILES
) -> Assessment:
    """Compute one product from what the store holds; by default as of its last sync.

    ``files`` are test reports on disk; by default the instant is then not before the newest of their runs. Raises
    `NothingRead` before the first sync, and the errors of `with_evidence`.
    """
    product = installation.settings.products[name]
    with installation.store.read() as conn:
        stored = read_history(conn, product.projects)
        heard = read_comments(conn, product.projects)
        history = with_evidence(stored, installation.settings, product, files, heard)
        instant = _instant(history, product, as_of)
        if as_of is None:
            instant = max([instant, *(row.at for row in history.executions[len(stored.executions) :])])
        before = last_published(conn, name, before=instant)
        freezes = read_freezes(conn, name)
    return assess(
        history,
        product,
        product=name,
        as_of=instant,
        previous=Assessment.model_validate_json(before.body) if before else None,
        config_digest=digest(product),
        version=__version__,
        freezes=freezes,
        elsewhere=elsewhere(installation, name, instant),
    )


def baselines(installation: Installation, assessment: Assessment) -> dict[str, tuple[Freeze, ...]]:
    """Return the baselines agreed on before an assessment's instant, by the key of the milestone."""
    product = installation.settings.products[assessment.product]
    with installation.store.read() as conn:
        history = read_history(conn, product.projects)
        freezes = read_freezes(conn, assessment.product)
    return agreed(freezes, read(history, product, assessment.as_of)) if freezes else {}


def backtest_product(installation: Installation, name: str, as_of: datetime | date | None = None) -> Backtest:
    """Look back on every forecast of one product; by default as of its last sync."""
    from pmbridge.assess.backtest import backtest

    product = installation.settings.products[name]
    with installation.store.read() as conn:
        history = read_history(conn, product.projects)
    return backtest(history, product, product=name, as_of=_instant(history, product, as_of))


def explain_rule(
    installation: Installation, assessment: Assessment, milestone: MilestoneAssessment, rule: str
) -> Explanation:
    """Show what a rule of an assessed milestone rests on; raises `UsageError` for one that there is not."""
    from pmbridge.assess.explain import SIDES, explain

    if rule.partition(".")[0] not in SIDES:
        told = dict.fromkeys([*(reason.rule for reason in milestone.health.reasons), *SIDES])
        meant = suggestion(rule, told, listed=False) or "."
        raise UsageError(f"There is no rule {rule}{meant} Known: {', '.join(told)}.")
    product = installation.settings.products[assessment.product]
    with installation.store.read() as conn:
        history = read_history(conn, product.projects)
        freezes = read_freezes(conn, assessment.product)
    return explain(history, product, milestone, rule, as_of=assessment.as_of, freezes=freezes)


def _instant(history: History, product: ProductSettings, as_of: datetime | date | None) -> datetime:
    synced = [source.synced_at for source in history.sources if source.synced_at]
    if not synced:
        raise NothingRead("Nothing was read from the trackers yet. Run `pmbridge sync` first, or audit with --live.")
    known = max(synced)
    if as_of is None:
        return known
    if isinstance(as_of, datetime):
        wanted, begins = as_of, as_of
    else:
        begins = datetime.combine(as_of, time(), ZoneInfo(product.zone))
        wanted = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(product.zone)) - timedelta(microseconds=1)
    if begins > known:
        raise UsageError(
            f"Nothing is known yet of {begins:%Y-%m-%d %H:%M}: the trackers were last read {known:%Y-%m-%d %H:%M} UTC."
        )
    return min(wanted, known)


def remember(
    installation: Installation,
    assessment: Assessment,
    *,
    published: bool = False,
    seen: str | None = None,
    until: datetime | None = None,
) -> Made:
    """Store an assessment, so that the next one can say what has changed; ``seen`` and ``until`` say how long it holds.

    Return what is known of it then.
    """
    made = StoredAssessment(
        product=assessment.product,
        as_of=assessment.as_of,
        digest=assessment.inputs_digest,
        body=to_json(assessment),
        published=published,
        seen=seen,
        until=until,
    )
    with installation.store.write() as conn:
        return save_assessment(conn, made)


def find_milestone(assessment: Assessment, wanted: str) -> MilestoneAssessment | None:
    """Find a milestone by key or title, whatever the case, or by a part of the title that only one has."""
    folded = wanted.casefold()
    for milestone in assessment.milestones:
        if folded in (milestone.key.casefold(), milestone.title.casefold()):
            return milestone
    partly = [milestone for milestone in assessment.milestones if folded in milestone.title.casefold()]
    return partly[0] if len(partly) == 1 else None


def require_milestone(assessments: list[Assessment], wanted: str) -> tuple[Assessment, MilestoneAssessment]:
    """Find a milestone in some products; raises `UsageError` that lists what there is."""
    for assessment in assessments:
        found = find_milestone(assessment, wanted)
        if found is not None:
            return assessment, found
    titles = sorted({m.title for a in assessments for m in a.milestones})
    listed = ", ".join(titles) if titles else "none; is `milestones.include` too narrow?"
    several = [title for title in titles if wanted.casefold() in title.casefold()]
    if len(several) > 1:
        raise UsageError(
            f"{wanted!r} could be one of several milestones: {', '.join(several)}. Write more of the name."
        )
    meant = suggestion(wanted, titles, listed=False) or "."
    raise UsageError(f"There is no milestone called {wanted!r}{meant} Known milestones: {listed}.")
