from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmbridge.cli.commands import pmbridge
from pmbridge.config import load
from pmbridge.errors import UsageError
from pmbridge.jobs.first_config import Answers, TrackerAnswers, render, slug

JIRA = TrackerAnswers("jira-main", "jira", "https://acme.atlassian.net", "me@acme.example", "JIRA_TOKEN", ("SHOP",))
GITLAB = TrackerAnswers("gitlab-main", "gitlab", "https://gitlab.com", None, "GITLAB_TOKEN", ("acme/web", "acme/api"))
ENVIRON = {"JIRA_TOKEN": "one", "GITLAB_TOKEN": "two"}


def loaded(answers, folder):
    path = folder / "config.yaml"
    path.write_text(render(answers), encoding="utf-8")
    return load(path, ENVIRON)


def test_the_answers_make_a_configuration_that_loads(tmp_path):
    settings = loaded(Answers("Web shop", "Europe/Berlin", "acme", (JIRA, GITLAB)), tmp_path)
    shop = settings.products["web-shop"]
    assert (shop.title, shop.zone, settings.owner) == ("Web shop", "Europe/Berlin", "acme")
    assert shop.projects == {"jira-main": ("SHOP",), "gitlab-main": ("acme/web", "acme/api")}
    assert settings.sources["jira-main"].options.auth.token.get_secret_value() == "one"
    assert [rule.surface for rule in shop.publish] == ["comment", "description"]


@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_title_is_kept_to_the_letter(tmp_path, title):
    settings = loaded(Answers(title, "UTC", "acme", (JIRA,)), tmp_path)
    (product,) = settings.products.values()
    assert product.title.split() == title.split()


def test_a_slug_is_never_empty():
    assert slug("Web Shop 2!") == "web-shop-2"
    assert slug("日本") == "product"
    assert slug("a" * 62 + " and more") == "a" * 62


def ask(tmp_path, *answers, out="config.yaml"):
    return CliRunner().invoke(pmbridge, ["init", "--out", str(tmp_path / out)], input="\n".join(answers) + "\n")


def test_init_asks_and_writes_and_names_the_next_steps(tmp_path, monkeypatch):
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    answers = (
        "Web shop",
        "Europe/Berlin",
        "y",
        "https://a.example",
        "me@a.example",
        "JIRA_TOKEN",
        "SHOP, PAY",
        "n",
        "acme",
    )
    answer = ask(tmp_path, *answers)
    assert answer.exit_code == 0, answer.output
    assert "put the token into $JIRA_TOKEN" in answer.output
    assert "pmbridge doctor" in answer.output
    settings = load(tmp_path / "config.yaml", ENVIRON)
    assert settings.products["web-shop"].projects == {"jira-main": ("SHOP", "PAY")}


def test_init_never_overwrites_a_file_unasked(tmp_path):
    (tmp_path / "config.yaml").write_text("mine")
    answer = ask(tmp_path)
    assert isinstance(answer.exception, UsageError)
    assert (tmp_path / "config.yaml").read_text() == "mine"


def test_init_without_a_tracker_points_at_the_demo(tmp_path):
    answer = ask(tmp_path, "Web shop", "UTC", "n", "n")
    assert isinstance(answer.exception, UsageError)
    with pytest.raises(UsageError, match="pmbridge demo"):
        raise answer.exception
