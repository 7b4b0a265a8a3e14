from __future__ import annotations

import pytest
from pydantic import ValidationError

from pmbridge_jira import JiraSettings

GOOD = {"url": "https://acme.example/", "auth": {"email": "a@b.c", "token": "s3cret"}, "projects": ["SHOP", "SHOP"]}


def test_an_address_loses_its_slash_and_projects_their_repeats():
    settings = JiraSettings.model_validate(GOOD)
    assert settings.url == "https://acme.example"
    assert settings.projects == ("SHOP",)
    assert settings.browse_url == settings.url


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"url": "http://acme.example"}, "https"),
        ({"url": "acme.example"}, "https://acme.atlassian.net"),
        ({"url": "https://me:pw@acme.example"}, "no account"),
        ({"projects": ["shop 1"]}, "project key"),
        ({"projects": []}, "at least 1"),
        ({"fields": {"sprint": "Story Points"}}, "field id"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_bad_settings_are_refused_with_the_reason(change, word):
    with pytest.raises(ValidationError, match=word):
        JiraSettings.model_validate(GOOD | change)


def test_loopback_needs_no_encryption():
    assert JiraSettings.model_validate(GOOD | {"url": "http://127.0.0.1:8080"}).url == "http://127.0.0.1:8080"


def test_the_token_shows_neither_in_the_settings_nor_in_an_error():
    assert "s3cret" not in repr(JiraSettings.model_validate(GOOD))
    with pytest.raises(ValidationError) as caught:
        JiraSettings.model_validate(GOOD | {"auth": {"token": ["s3cret"], "mail": "s3cret"}})
    assert "s3cret" not in str(caught.value)
