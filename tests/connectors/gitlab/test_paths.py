from __future__ import annotations

import pytest

from pmbridge.errors import NotFound
from pmbridge.model import Ref
from pmbridge_gitlab import paths


def test_a_path_is_one_segment() -> None:
    assert paths.project("acme/shop web") == "/projects/acme%2Fshop%20web"
    assert paths.group(5) == "/groups/5"


def test_an_issue_is_addressed_by_its_number(issue_ref: Ref) -> None:
    assert paths.issue(issue_ref) == "/projects/acme%2Fshop-web/issues/12"


@pytest.mark.parametrize("key", ["SHOP-12", "acme/shop-web#", "acme/shop-web#12/../13", "acme#٣x"])
def test_a_key_that_is_no_number_is_not_sent(issue_ref: Ref, key: str) -> None:
    with pytest.raises(NotFound, match="no issue of GitLab"):
        paths.issue(issue_ref.model_copy(update={"key": key}))


def test_a_milestone_is_sought_where_its_page_is(milestone_ref: Ref) -> None:
    assert paths.milestone(milestone_ref) == "/projects/acme%2Fshop-web/milestones/77"
    url = "https://host/gitlab/groups/acme/-/milestones/3"
    group = milestone_ref.model_copy(update={"project": "acme", "url": url})
    assert paths.milestone(group) == "/groups/acme/milestones/77"
    assert paths.milestone(milestone_ref.model_copy(update={"url": None})) == paths.milestone(milestone_ref)
