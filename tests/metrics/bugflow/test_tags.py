from __future__ import annotations

import pytest

from pmbridge.metrics.bugflow.tags import carries, version_of


@pytest.mark.parametrize(
    ("ref", "title"),
    [
        ("v2.0.0", "2.0 Marketplace"),
        ("2.0", "2.0 Marketplace"),
        ("v2", "2.0"),
        ("refs/tags/v2.0.1", "2.0"),
        ("release/2.0", "Release 2.0"),
        ("shop-web-v2.0.0", "2.0 Marketplace"),
        ("v2.0.0-hotfix", "2.0"),
        ("v12.4", "12"),
        ("checkout-relaunch", "Checkout relaunch"),
        ("release-checkout-relaunch", "Checkout: relaunch!"),
    ],
)
def test_a_tag_or_branch_carries_the_release_it_names(ref, title):
    assert carries(ref, title)


@pytest.mark.parametrize(
    ("ref", "title"),
    [
        ("v2.1.0", "2.0 Marketplace"),
        ("v12.0.0", "2.0"),
        ("v1.2.0", "2.0"),
        ("main", "2.0"),
        ("v2.0.0-rc1", "2.0"),
        ("v2.0.0-beta", "2.0"),
        ("main", "Main street"),
        ("main", "!!"),
        ("", "2.0"),
        ("v2.0.0", ""),
    ],
)
def test_it_carries_no_other_and_a_candidate_carries_none(ref, title):
    assert not carries(ref, title)


def test_the_version_of_a_title_is_a_dotted_number_or_one_that_stands_first():
    assert version_of("Shop 2.10.1 spring") == (2, 10, 1)
    assert version_of("3 Loyalty") == (3,)
    assert version_of("Sprint 12") is None
    assert version_of("") is None
