from __future__ import annotations

import pytest

from pmbridge.assessment import Handoff
from pmbridge.metrics.bugflow.handoff import Finding
from pmbridge.reports.handoff_words import wrong


def chain(*findings: str) -> Handoff:
    return Handoff(report="HELP-1", defect=None, step="told", owner="support", since=None, text="", findings=findings)


def test_what_follows_from_the_rest_is_not_said_again():
    said = wrong(chain("stuck", "deployed, not told", "done in engineering, open for the customer"))
    assert said == "repaired and with users; the customer was not told; nothing moves"


def test_a_chain_in_order_has_nothing_wrong():
    assert wrong(chain()) == ""


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_has_words_of_its_own(finding):
    said = wrong(chain(finding.value))
    assert said
    assert said != finding.value
