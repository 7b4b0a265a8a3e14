"""The colour of a milestone's quality: whether its gate would open, as the due date comes near."""

from __future__ import annotations

from collections.abc import Sequence

from pmbridge.assessment import Acceptance, GateRule, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.schedule import AMBER, GREEN, RED, UNKNOWN, Plan, Verdict, Weighed

#: The part of the planned time before the due date in which the gate counts.
NEAR_PART = 0.2
#: It counts no longer than this before the due date; without a start for all of that time.
NEAR_DAYS = 30
#: From here on nothing that is missing can be expected to come in time.
LAST_DAYS = 3
_MOST_EVIDENCE = 10
_NAMED = 2


def counts_from(plan: Plan) -> int | None:
    """Return how many days before the due date the gate begins to count; ``None`` without a due date."""
    if plan.due is None:
        return None
    planned = (plan.due - plan.start).days if plan.start is not None else 0
    return min(NEAR_DAYS, max(LAST_DAYS, round(NEAR_PART * planned))) if planned > 0 else NEAR_DAYS


def quality_verdict(gate: Acceptance, plan: Plan) -> Verdict:
    """Judge a running milestone: go is green at any time, anything less is amber near the due date and red at its end.

    An unknown verdict counts as no-go, so that losing evidence never makes a colour better. A conditional one stays
    amber. Before the gate counts nothing but a go says anything.
    """
    near = counts_from(plan)
    if gate.verdict == "go":
        return Verdict(GREEN)
    if plan.due is None or near is None or (left := (plan.due - plan.today).days) > near:
        return Verdict(UNKNOWN)
    if gate.verdict == "conditional":
        return Verdict(AMBER, (Weighed(0.15, _reason(gate, "should", "opens on conditions only")),))
    status, effect = (RED, 1.5) if left <= LAST_DAYS else (AMBER, 0.25)
    return Verdict(status, (Weighed(effect, _reason(gate, "must", "would not open today")),))


def _reason(gate: Acceptance, level: str, what: str) -> Reason:
    open_rules = [rule for rule in gate.rules if rule.level == level and rule.status in ("fails", "unknown", "waived")]
    unmet = tuple(one.item for one in gate.requirements if one.priority == level and not one.met)
    return Reason(
        rule="quality.gate",
        measured=gate.verdict,
        threshold="go",
        text=f"The gate {what}{_why(open_rules)}.",
        evidence=unmet[:_MOST_EVIDENCE],
        remedy=f"Prove {wording.listed(unmet)}." if unmet else _settle(open_rules),
    )


def _why(open_rules: Sequence[GateRule]) -> str:
    if not open_rules:
        return ": what it asks for is not known"
    texts = "; ".join(rule.text.rstrip(".") for rule in open_rules[:_NAMED])
    rest = len(open_rules) - _NAMED
    return f": {texts}" + (f"; {wording.count(rest, 'more rule')} not met" if rest > 0 else "")


def _settle(open_rules: Sequence[GateRule]) -> str | None:
    return f"Settle {wording.listed([rule.rule for rule in open_rules])}." if open_rules else None
