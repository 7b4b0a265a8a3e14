"""Those who decide about a gate, by the one name each has in all trackers."""

from __future__ import annotations

from pmbridge.assess.people import Identities
from pmbridge.config.product import ProductSettings
from pmbridge.metrics.acceptance.authority import Authority
from pmbridge.model import Decisions


def authority(settings: ProductSettings, who: Identities) -> Authority:
    """Say whose word counts; a bot's never does, whatever the settings say."""
    gate = settings.acceptance
    bots = {who.name_of[account].casefold() for account in who.bots}
    approvers = {
        rule: tuple(who.called(name) for name in names if name.casefold() not in bots)
        for rule, names in gate.approvers.items()
    }
    accountable = gate.accountable and who.called(gate.accountable)
    return Authority(approvers, None if accountable and accountable.casefold() in bots else accountable)


def by_one_name(decisions: Decisions, who: Identities) -> Decisions:
    """Name everybody in decisions by their one name, so that nobody asks under one and approves under another."""
    waivers = (
        one.model_copy(update={"author": who.called(one.author), "approver": who.called(one.approver)})
        for one in decisions.waivers
    )
    return decisions.model_copy(
        update={
            "waivers": tuple(waivers),
            "signoffs": tuple(one.model_copy(update={"by": who.called(one.by)}) for one in decisions.signoffs),
            "rulings": tuple(one.model_copy(update={"by": who.called(one.by)}) for one in decisions.rulings),
        }
    )
