from __future__ import annotations

from pmbridge.config.nearest import nearest, suggestion


def test_the_word_that_was_meant_is_found_whatever_its_case() -> None:
    assert nearest("Inclde", ["include", "exclude", "kinds"]) == "include"
    assert nearest("zzz", ["include"]) is None


def test_without_a_near_word_all_are_listed() -> None:
    assert suggestion("zzz", ["a", "b"]) == ": known are a, b"
    assert suggestion("zzz", ["a"], listed=False) == ""
    assert suggestion("zzz", []) == ""
