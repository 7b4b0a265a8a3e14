"""The rules of the gate, each a pure question to the dossier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pmbridge.metrics.acceptance.attested import attested
from pmbridge.metrics.acceptance.dossier import Dossier
from pmbridge.metrics.acceptance.finding import Finding, Objection, against, holds, unknown
from pmbridge.metrics.acceptance.matrix import Row
from pmbridge.metrics.acceptance.requirement import Priority, Status
from pmbridge.metrics.acceptance.work_lists import Task
from pmbridge.metrics.wording import count, listed
from pmbridge.model import ATTESTED, RuleName

#: From the most to the least telling, with the words for each group.
KINDS = {
    "failing": "fails its tests",
    "stale": "was proven, but its proof is stale",
    "not run": "has a test that was not run to its end",
    "unknown": "has a result that cannot be read",
    "uncovered": "has no test",
}
#: The same words for several.
OF_SEVERAL = {
    "failing": "fail their tests",
    "stale": "were proven, but their proof is stale",
    "not run": "have a test that was not run to its end",
    "unknown": "have a result that cannot be read",
    "uncovered": "have no test",
}
_KIND_OF = {
    Status.NOK: "failing",
    Status.NOTRUN: "not run",
    Status.UNKNOWN: "unknown",
    Status.UNCOVERED: "uncovered",
}


def kind_of(row: Row) -> str:
    """Name what is wrong with a requirement that is not met."""
    return "stale" if row.status is Status.OK else _KIND_OF[row.status]


def requirements_verified(dossier: Dossier) -> Finding:
    """All must-have requirements are OK and fresh."""
    rows = dossier.of(Priority.MUST)
    if not dossier.matrix.rows:
        return unknown("no requirement is in scope, so nothing can be proven", "requirements")
    return _met(rows, "must-have", needed=1.0)


def should_haves_verified(dossier: Dossier) -> Finding:
    """Most should-have requirements are OK and fresh."""
    return _met(dossier.of(Priority.SHOULD), "should-have", needed=dossier.limits.should_verified)


def _met(rows: Sequence[Row], word: str, needed: float) -> Finding:
    open_ = sorted((row for row in rows if not row.met), key=lambda row: list(KINDS).index(kind_of(row)))
    text = f"{len(rows) - len(open_)} of {count(len(rows), f'{word} requirement')} proven"
    if not rows or (len(rows) - len(open_)) / len(rows) >= needed:
        return holds(text if rows else f"there is no {word} requirement", [row.requirement.key for row in rows])
    evidence = [proof.test.key for row in open_ for proof in row.proofs]
    return against(text, [_unmet(row) for row in open_], list(dict.fromkeys(evidence)))


def _unmet(row: Row) -> Objection:
    kind, key = kind_of(row), row.requirement.key
    doubts = f": {row.doubts[0]}" if kind == "stale" and row.doubts else ""
    return Objection(key, kind, f"{key} {KINDS[kind]}{doubts}", waivable=kind != "unknown")


def no_open_blocker(dossier: Dossier) -> Finding:
    """No defect of severity 1 is open, and none of severity 2 without a workaround."""
    found = [d for d in dossier.open_defects if d.severity == 1 or (d.severity == 2 and not d.workaround)]
    if not found:
        unjudged = sum(defect.severity is None for defect in dossier.open_defects)
        return holds("no blocking defect is open" + (f"; {unjudged} without a severity" if unjudged else ""))
    objections = [
        Objection(d.key, "blocking", f"{d.key} of severity {d.severity} is open")
        for d in sorted(found, key=lambda d: (d.severity or 0, d.key))
    ]
    return against(f"{count(len(found), 'blocking defect')} open", objections, [o.scope for o in objections])


def no_failing_environment(dossier: Dossier) -> Finding:
    """No required environment has a failing test."""
    failing = {
        name: [row.requirement.key for row in dossier.matrix.rows if row.in_environment(name) is Status.NOK]
        for name in dossier.environments
    }
    objections = [
        Objection(name, "failing environment", f"{name} fails for {listed(keys)}")
        for name, keys in failing.items()
        if keys
    ]
    if objections:
        return against(f"{count(len(objections), 'required environment')} failing", objections)
    return holds("no required environment fails" if dossier.environments else "no environment is required")


def quality_proven(dossier: Dossier) -> Finding:
    """Every quality characteristic on the list is proven by a requirement, or attested."""
    rows = dossier.matrix.rows
    objections, gaps = [], []
    for name in dossier.limits.characteristics:
        own = [row for row in rows if row.requirement.characteristic == name]
        if not own and attested(dossier, RuleName.QUALITY_PROVEN).objections:
            gaps.append(name)
        objections += [
            Objection(row.requirement.key, name, f"{row.requirement.key} ({name}) {KINDS[kind_of(row)]}")
            for row in own
            if not row.met
        ]
    if objections:
        return against(
            f"{count(len(objections), 'requirement')} of {listed(_kinds(objections))} not proven", objections
        )
    if gaps:
        return unknown(f"no requirement speaks of {listed(gaps)}, and nobody has attested it", gaps[0])
    return holds("the listed quality characteristics are proven or attested")


def _kinds(objections: Iterable[Objection]) -> list[str]:
    return list(dict.fromkeys(one.kind for one in objections))


def no_untracked_failure(dossier: Dossier) -> Finding:
    """Every failing test of a must-have has a defect."""
    return _tasks(dossier.lists.untracked, "failing test", "without a defect", "every failing test has a defect")


def no_unconfirmed_fix(dossier: Dossier) -> Finding:
    """Every repaired defect behind a failing test of a must-have was tested again."""
    tasks = dossier.lists.unconfirmed
    return _tasks(tasks, "repaired defect", "not tested again", "every repaired defect was tested again")


def _tasks(tasks: Iterable[Task], noun: str, wanting: str, settled: str) -> Finding:
    must = [task for task in tasks if task.must]
    objections = [
        Objection(task.test, wanting, f"{task.test}{f' ({task.defect})' if task.defect else ''} fails, {wanting}")
        for task in must
    ]
    text = f"{count(len(must), noun)} {wanting}"
    return against(text, objections, [o.scope for o in objections]) if must else holds(settled)


def pass_rate(dossier: Dossier) -> Finding:
    """Ask whether tests pass often enough, by the lower bound of their rate."""
    figures, needed = dossier.figures, dossier.limits.pass_rate_lower
    if figures.pass_rate is None or figures.pass_interval is None:
        return unknown("no test has passed or failed yet", "pass-rate")
    low = figures.pass_interval[0]
    rate, surely, wanted = (f"{100 * share:.0f} %" for share in (figures.pass_rate, low, needed))
    text = f"{rate} pass, surely more than {surely}; {wanted} is needed"
    return holds(text) if low >= needed else against(text, [Objection("pass-rate", "too low", text)])


def flaky_share(dossier: Dossier) -> Finding:
    """Few tests are flaky."""
    share, limit = dossier.figures.flaky, dossier.limits.flaky_share
    if share is None:
        return holds("no test has passed or failed yet, so none is flaky")
    text = f"{100 * share:.1f} % of the tests are flaky; less than {100 * limit:.0f} % is allowed"
    names = [proof.test.key for proof in dossier.matrix.proofs if proof.flaky]
    return holds(text) if share < limit else against(text, [Objection("flaky-share", "flaky", text)], names)


def proof_not_flaky(dossier: Dossier) -> Finding:
    """No must-have rests on flaky tests alone."""
    keys = [row.requirement.key for row in dossier.of(Priority.MUST) if row.only_flaky]
    if not keys:
        return holds("no must-have requirement rests on flaky tests alone")
    objections = [Objection(key, "only flaky", f"{key} is proven by flaky tests alone") for key in keys]
    return against(f"{count(len(keys), 'must-have requirement')} proven by flaky tests alone", objections, keys)


def arrivals_falling(dossier: Dossier) -> Finding:
    """Defects arrive more rarely than they did (Laplace's u is negative)."""
    u = dossier.arrivals
    if u is None:
        return holds("too few defects arrived to speak of a trend")
    text = f"the trend of defect arrivals, Laplace's u, is {u:+.2f}; below 0 they fall"
    return holds(text) if u < 0 else against(text, [Objection("arrivals", "rising", text)])


RULES: Mapping[RuleName, Callable[[Dossier], Finding]] = {
    RuleName.REQUIREMENTS_VERIFIED: requirements_verified,
    RuleName.NO_OPEN_BLOCKER: no_open_blocker,
    RuleName.NO_FAILING_ENVIRONMENT: no_failing_environment,
    RuleName.QUALITY_PROVEN: quality_proven,
    RuleName.NO_UNTRACKED_FAILURE: no_untracked_failure,
    RuleName.NO_UNCONFIRMED_FIX: no_unconfirmed_fix,
    RuleName.SHOULD_HAVES_VERIFIED: should_haves_verified,
    RuleName.PASS_RATE: pass_rate,
    RuleName.FLAKY_SHARE: flaky_share,
    RuleName.PROOF_NOT_FLAKY: proof_not_flaky,
    RuleName.ARRIVALS_FALLING: arrivals_falling,
}


def ask(rule: RuleName, dossier: Dossier) -> Finding:
    """Put one rule to the dossier."""
    return attested(dossier, rule) if rule in ATTESTED else RULES[rule](dossier)
