from __future__ import annotations

from datetime import UTC, datetime

from pmbridge.model import Change, FieldName, trusted_change


def test_a_trusted_change_is_no_other_than_a_checked_one() -> None:
    values = ("jira", "1", "9", 3, datetime(2026, 3, 2, tzinfo=UTC), None, FieldName.STATUS, "1", "2", "Open", "Done")
    checked = Change(**dict(zip(Change.model_fields, values, strict=True)))
    trusted = trusted_change(*values)
    assert trusted == checked
    assert hash(trusted) == hash(checked)
    assert trusted.model_dump_json() == checked.model_dump_json()
    assert trusted.model_copy(update={"after": "3"}).after == "3"
    assert trusted.identity == "jira:1:9:3"
