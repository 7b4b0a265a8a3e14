"""The colour of a milestone's risks: what may happen, and what others have to deliver first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pmbridge.assessment import HealthStatus, Reason
from pmbridge.metrics import wording
from pmbridge.metrics.register import Register
from pmbridge.metrics.schedule import AMBER, GREEN, RED, UNKNOWN, Verdict, Weighed


@dataclass(frozen=True, slots=True)
class Supplier:
    """Work elsewhere that open work here waits for, with the even-odds and likely day on which its milestone ends."""

    item: str
    blocker: str
    milestone: str
    p50: date | None
    p85: date | None


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Links between work, as far as they are used: suppliers elsewhere, circles, and blockers nobody knows of.

    ``linked`` tells whether the product links work at all; where it does not, nothing is known.
    """

    linked: bool
    suppliers: tuple[Supplier, ...] = ()
    cycles: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[str, ...] = ()


def risks_verdict(register: Register | None, dependencies: Dependencies, due: date | None, today: date) -> Verdict:
    """Judge the register and the dependencies; green only where both are known.

    ``register`` is ``None`` where the product keeps none.
    """
    found = [*_suppliers(dependencies.suppliers, due), *_circles(dependencies)]
    if register is not None:
        found += [*_exposure(register), *_unattended(register, today)]
    reasons = tuple(weighed for _, weighed in found)
    if any(colour is RED for colour, _ in found):
        return Verdict(RED, reasons)
    if found:
        return Verdict(AMBER, reasons)
    return Verdict(GREEN if register is not None and dependencies.linked else UNKNOWN)


Finding = tuple[HealthStatus, Weighed]


def _suppliers(suppliers: Sequence[Supplier], due: date | None) -> list[Finding]:
    if due is None:
        return []
    found: list[Finding] = []
    for colour, kind, late in (
        (RED, "even-odds", [one for one in suppliers if one.p50 is not None and one.p50 > due]),
        (
            AMBER,
            "likely (85 %)",
            [s for s in suppliers if s.p85 is not None and s.p85 > due and not (s.p50 is not None and s.p50 > due)],
        ),
    ):
        if late:
            found.append((colour, Weighed(0.4 if colour is RED else 0.2, _late(late, kind, due, colour))))
    return found


def _late(late: Sequence[Supplier], kind: str, due: date, colour: HealthStatus) -> Reason:
    first = late[0]
    finish = first.p50 if colour is RED else first.p85
    items = tuple(dict.fromkeys(one.item for one in late))
    return Reason(
        rule="risks.depends_on_later",
        measured=wording.day(finish) if finish else "unknown",
        threshold=wording.day(due),
        text=f"{wording.listed(items)} waits for {first.blocker} of {first.milestone}, whose {kind} finish is "
        f"{wording.day(finish) if finish else 'unknown'}.",
        evidence=tuple(dict.fromkeys((*items, *(one.blocker for one in late)))),
        remedy=f"Pull {wording.listed(tuple(dict.fromkeys(one.blocker for one in late)))} forward.",
    )


def _circles(dependencies: Dependencies) -> list[Finding]:
    if not dependencies.cycles:
        return []
    first = dependencies.cycles[0]
    reason = Reason(
        rule="risks.cycle",
        measured=wording.count(len(dependencies.cycles), "circle"),
        threshold="0 circles",
        text=f"{wording.listed(first)} wait for each other, so none of them can go on.",
        evidence=first,
        remedy="Take one of these links out.",
    )
    return [(AMBER, Weighed(0.2, reason))]


def _exposure(register: Register) -> list[Finding]:
    if not register.exceeds:
        return []
    worst = register.entries[0]
    exposure = wording.count(round(register.exposure_days), "day")
    reason = Reason(
        rule="risks.exposure",
        measured=exposure,
        threshold=wording.count(register.contingency_days or 0, "day"),
        text=f"The risks written down weigh {exposure}, more than the "
        f"{wording.count(register.contingency_days or 0, 'day')} between the even-odds and the likely date.",
        evidence=tuple(one.key for one in register.entries if one.exposure_days),
        remedy=f"Reduce {worst.key} first: it weighs {wording.count(round(worst.exposure_days or 0), 'day')}.",
    )
    return [(RED, Weighed(0.3, reason))]


def _unattended(register: Register, today: date) -> list[Finding]:
    problems = (
        ("without an owner", [one.key for one in register.entries if one.owner is None], "Name an owner"),
        ("without a probability or an impact", list(register.unrated), "Rate it"),
        (
            "whose trigger date has passed",
            [one.key for one in register.entries if one.trigger is not None and one.trigger < today],
            "Decide whether it has happened",
        ),
    )
    return [(AMBER, Weighed(0.05, _attend(keys, what, remedy))) for what, keys, remedy in problems if keys]


def _attend(keys: Sequence[str], what: str, remedy: str) -> Reason:
    return Reason(
        rule="risks.unattended",
        measured=wording.count(len(keys), "risk"),
        threshold="0 risks",
        text=f"{wording.count(len(keys), 'risk')} {what} ({wording.listed(keys)}).",
        evidence=tuple(keys),
        remedy=f"{remedy}: {wording.listed(keys)}.",
    )
