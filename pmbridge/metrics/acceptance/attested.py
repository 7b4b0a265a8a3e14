"""Rules that only a person's word fulfils."""

from __future__ import annotations

from pmbridge.metrics.acceptance.dossier import Dossier
from pmbridge.metrics.acceptance.finding import Finding, Objection, against, holds
from pmbridge.model import Outcome, RuleName

_ASKED = {
    RuleName.ROLLBACK_REHEARSED: "the rollback was rehearsed",
    RuleName.UAT_SIGNED_OFF: "the users accept this build",
    RuleName.MIGRATION_REHEARSED: "the data migration was rehearsed",
    RuleName.RUNBOOK: "there is a runbook",
    RuleName.TRAINING: "the users are trained",
    RuleName.SUPPORT_BRIEFED: "support is briefed",
    RuleName.MONITORING_LIVE: "monitoring is live",
    RuleName.QUALITY_PROVEN: "the quality checks were made",
}


def attested(dossier: Dossier, rule: RuleName) -> Finding:
    """Find whether the newest valid word about a rule is a good one.

    A word that is void is told, so that its author can mend it.
    """
    given, asked = dossier.signoffs.get(rule, ()), _ASKED[rule]
    valid = next((held.signoff for held in given if held.void is None), None)
    if valid is None:
        why = f"; the word of {given[0].signoff.by} is void: {given[0].void}" if given else ""
        return against(
            f"nobody has attested that {asked}{why}", [Objection(rule, "not attested", f"{rule} is not attested")]
        )
    who = f"{valid.by} on {valid.at:%Y-%m-%d}"
    if valid.outcome is Outcome.FAILED:
        return against(f"{who} denied that {asked}", [Objection(rule, "denied", f"{rule} was denied by {who}")])
    word = "called it not applicable" if valid.outcome is Outcome.NOT_APPLICABLE else "attested it"
    return holds(f"{asked}: {who} {word}", [valid.where])
