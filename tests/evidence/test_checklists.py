from __future__ import annotations

from pmbridge.evidence.checklists import acceptance_boxes, boxes, scenarios

TEXT = """# Notes
- [x] buy milk
## Acceptance criteria
- [ ] pays by card
1. [X]  pays   by invoice
* (/) refunds
(x) cancels
```
- [ ] not this one
```
"""


def test_boxes_are_found_with_their_headings_outside_of_code():
    found = [(box.text, box.ticked, box.heading) for box in boxes(TEXT)]
    assert found == [
        ("buy milk", True, "Notes"),
        ("pays by card", False, "Acceptance criteria"),
        ("pays by invoice", True, "Acceptance criteria"),
        ("refunds", True, "Acceptance criteria"),
        ("cancels", False, "Acceptance criteria"),
    ]


def test_boxes_under_acceptance_go_before_all_others():
    assert acceptance_boxes(TEXT)[0].text == "pays by card"
    assert [box.text for box in acceptance_boxes("# Notes\n- [x] buy milk")] == ["buy milk"]
    assert acceptance_boxes(None) == ()


def test_a_heading_that_lost_its_mark_is_known_by_its_words():
    assert [b.heading for b in boxes("Acceptance criteria\n[x] a\n[ ] b")] == ["Acceptance criteria"] * 2


def test_a_sentence_about_acceptance_is_no_heading():
    assert boxes("We accept this.\n[x] a")[0].heading is None


def test_scenarios_are_read_with_their_steps_in_code_too():
    text = "```gherkin\nFeature: Pay\n  Scenario: by card\n    Given a basket\n    When I pay\n    Then I get it\n```"
    (one,) = scenarios(text)
    assert (one.name, len(one.steps)) == ("by card", 3)
    assert [s.name for s in scenarios("Scenario Outline: a\nGiven x\nScenario: b")] == ["a", "b"]
