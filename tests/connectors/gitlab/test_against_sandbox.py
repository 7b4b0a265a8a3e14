"""The connector against a GitLab on loopback, from the first page to the last trace of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from pmbridge.connector import Action, Artifact, CheckStatus, Observation, Page, Place, Step, Surface
from pmbridge.document import Bullets, Document, Heading, Paragraph, fingerprint, line
from pmbridge.errors import Ambiguous, AuthFailed, PermissionDenied
from pmbridge.model import FieldName, LinkKind, Milestone, MilestoneState, Ref, RefKind
from pmbridge.sandbox import Clock, Sandbox
from pmbridge.sandbox.gitlab.state import READ_ONLY_TOKEN, TOKEN, GitlabSite
from pmbridge_gitlab import GitlabConnector
from pmbridge_gitlab.settings import GitlabSettings

PROJECT = "acme/shop-web"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Clock(day(30))) as running:
        yield running


@pytest.fixture
def site(sandbox: Sandbox) -> GitlabSite:
    site = sandbox.gitlab.site
    site.add_project(PROJECT)
    return site


@pytest.fixture
def ann(site: GitlabSite) -> int:
    return site.add_user("a.user", "Ann User")


def connected(sandbox: Sandbox, token: str = TOKEN, **settings: object) -> GitlabConnector:
    section = {"url": sandbox.gitlab.url, "auth": {"token": token}, "projects": [PROJECT]} | settings
    return GitlabConnector("gitlab-main", GitlabSettings.model_validate(section), owner="acme-prod")


@pytest.fixture
def connector(sandbox: Sandbox) -> Iterator[GitlabConnector]:
    made = connected(sandbox)
    yield made
    made.close()


def read(connector: GitlabConnector, since: datetime | None = None, cursor: str | None = None) -> list[Page]:
    reference = connector.fetch_reference([PROJECT])
    return list(connector.fetch_pages(PROJECT, since=since, cursor=cursor, reference=reference))


def told(page: Page, field: FieldName) -> list[tuple[int, str | None, str | None]]:
    return [((c.at - START).days, c.before, c.after) for c in page.changes if c.field is field]


def test_a_life_of_an_issue_is_told_whole(
    sandbox: Sandbox, site: GitlabSite, ann: int, connector: GitlabConnector
) -> None:
    a, b = (site.add_milestone(PROJECT, title, due=date(2026, 4, 1)) for title in "AB")
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann, milestone=a, labels=["bug"], weight=3)
    site.set_milestone(issue, b, at=day(1), by=ann)
    site.set_weight(issue, 5, at=day(2), by=ann)
    site.remove_labels(issue, ["bug"], at=day(3), by=ann)
    site.close_issue(issue, at=day(4), by=ann)
    site.reopen_issue(issue, at=day(5), by=ann)
    site.set_milestone(issue, None, at=day(6), by=ann)
    (page,) = read(connector)
    (item,) = page.items
    assert (item.id, item.key, item.points, item.milestones) == (str(issue), f"{PROJECT}#1", 5.0, ())
    assert told(page, FieldName.MILESTONES) == [
        (0, None, f"milestone:{a}"),
        (1, f"milestone:{a}", None),
        (1, None, f"milestone:{b}"),
        (6, f"milestone:{b}", None),
    ]
    assert told(page, FieldName.POINTS) == [(0, None, "3"), (2, "3", "5")]
    assert told(page, FieldName.LABELS) == [(0, None, "bug"), (3, "bug", None)]
    assert told(page, FieldName.STATUS) == [(4, "opened", "closed"), (5, "closed", "opened")]
    assert {change.author for change in page.changes} == {str(ann)}
    assert len({change.identity for change in page.changes}) == len(page.changes)
    assert page.partial_history == ()


def test_pages_meet_every_issue_once_and_resume_anywhere(
    site: GitlabSite, ann: int, connector: GitlabConnector
) -> None:
    made = [site.create_issue(PROJECT, f"Item {n}", at=day(0) + timedelta(minutes=n), by=ann) for n in range(250)]
    pages = read(connector)
    assert [len(page.items) for page in pages] == [100, 100, 50]
    assert [item.id for page in pages for item in page.items] == [str(id) for id in made]
    assert pages[-1].cursor is None
    assert read(connector, cursor=pages[0].cursor) == pages[1:]
    assert connector.count(PROJECT) == 250


def test_what_is_updated_while_reading_loses_no_other_issue(
    site: GitlabSite, ann: int, connector: GitlabConnector
) -> None:
    made = [site.create_issue(PROJECT, f"Item {n}", at=day(0) + timedelta(minutes=n), by=ann) for n in range(150)]
    reading = connector.fetch_pages(PROJECT, since=None, cursor=None, reference=connector.fetch_reference([PROJECT]))
    first = next(reading)
    site.add_labels(made[0], ["late"], at=day(20), by=ann)
    seen = [item.id for page in (first, *reading) for item in page.items]
    assert seen == [str(id) for id in made]


def test_a_second_reading_costs_what_changed(
    sandbox: Sandbox, site: GitlabSite, ann: int, connector: GitlabConnector
) -> None:
    made = [site.create_issue(PROJECT, f"Item {n}", at=day(0), by=ann) for n in range(30)]
    site.close_issue(made[7], at=day(3), by=ann)
    before = connector.usage().requests
    (page,) = connector.fetch_pages(PROJECT, since=day(3), cursor=None, reference=connector.fetch_reference([PROJECT]))
    assert [item.id for item in page.items] == [str(made[7])]
    assert connector.usage().requests - before == 1 + 1 + 2, "a glance, the issue, its labels' names, its history"
    (page,) = connector.fetch_pages(PROJECT, since=day(4), cursor=None, reference=connector.fetch_reference([PROJECT]))
    assert page.items == ()
    assert connector.usage().requests - before == 1 + 1 + 2 + 1, "another glance, which shows that nothing changed"


def test_links_are_the_same_from_both_ends(site: GitlabSite, ann: int, connector: GitlabConnector) -> None:
    one, two, three = (site.create_issue(PROJECT, name, at=day(0), by=ann) for name in "abc")
    site.link_issues(two, one, "is_blocked_by", at=day(1), by=ann)
    site.link_issues(three, one, at=day(1), by=ann)
    (page,) = read(connector)
    assert {(link.kind, link.item, link.target) for link in page.links} == {
        (LinkKind.BLOCKS, str(one), str(two)),
        (LinkKind.RELATES, str(one), str(three)),
    }
    assert len(page.links) == 2


def test_milestones_of_project_and_group_are_read_with_their_releases(
    site: GitlabSite, ann: int, connector: GitlabConnector
) -> None:
    shipped = site.add_milestone(PROJECT, "1.0")
    site.close_milestone(shipped)
    given_up = site.add_milestone(PROJECT, "0.9")
    site.close_milestone(given_up)
    shared = site.add_group_milestone(site.add_group("acme"), "Spring", start=date(2026, 3, 1), due=date(2026, 5, 1))
    site.add_release(PROJECT, "v1.0", released_at=day(2), milestones=[shipped])
    found = {milestone.native_id: milestone for milestone in connector.fetch_reference([PROJECT]).milestones}
    assert found[str(shipped)].state is MilestoneState.RELEASED
    assert found[str(shipped)].released_at == day(2)
    assert found[str(given_up)].state is MilestoneState.CLOSED
    assert (found[str(shared)].project, found[str(shared)].due) == ("acme", date(2026, 5, 1))


def test_groups_and_accounts_and_the_clock_are_known(sandbox: Sandbox, site: GitlabSite) -> None:
    site.add_project("acme/tools/build")
    connector = connected(sandbox, projects=[], groups=["acme"])
    assert list(connector.projects()) == [PROJECT, "acme/tools/build"]
    assert (connector.whoami().id, connector.whoami().username) == (str(site.bot), "pmbridge")
    assert connector.now().tzinfo is UTC
    connector.close()


DOCUMENT = Document(
    blocks=(
        Heading(level=2, content=line("Milestone health: at risk")),
        Paragraph(content=line("/close\r/label ~bug")),
        Bullets(items=(line("@a.user, see #1"),)),
    )
)


def step(target: Ref, surface: Surface, action: Action, remote_id: str | None = None, *, word: str = "") -> Step:
    document = Document(blocks=(*DOCUMENT.blocks, Paragraph(content=line(word)))) if word else DOCUMENT
    place = Place(target=target, surface=surface, slot="milestone-health")
    artifact = Artifact(
        target=target,
        surface=surface,
        slot="milestone-health",
        document=document,
        fingerprint=fingerprint(document),
        watermark=day(20),
    )
    wanted = artifact if action in {Action.CREATE, Action.UPDATE} else None
    return Step(place=place, action=action, reason="test", artifact=wanted, remote_id=remote_id)


def look(connector: GitlabConnector, at: Step) -> Observation:
    (seen,) = connector.observe([at.place])
    return seen


@pytest.fixture
def issue_ref(site: GitlabSite, ann: int) -> Ref:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    return Ref(source="gitlab-main", kind=RefKind.ITEM, id=str(issue), project=PROJECT, key=f"{PROJECT}#1")


def test_a_comment_is_made_seen_edited_and_taken_away_without_a_trace(
    site: GitlabSite, connector: GitlabConnector, issue_ref: Ref
) -> None:
    create = step(issue_ref, Surface.COMMENT, Action.CREATE)
    assert look(connector, create).remote_id is None
    made = connector.write(create)
    issue = site.issues[int(issue_ref.id)]
    assert (issue.state, issue.labels, len(issue.notes)) == ("opened", [], 1)
    seen = look(connector, create)
    assert create.artifact is not None
    assert (seen.remote_id, seen.fingerprint) == (made.remote_id, create.artifact.fingerprint)
    assert (seen.watermark, seen.author_is_me, seen.edited_by_other) == (day(20), True, False)
    connector.write(step(issue_ref, Surface.COMMENT, Action.UPDATE, made.remote_id, word="worse"))
    assert "worse" in site.notes[int(made.remote_id or 0)].body
    assert not look(connector, create).edited_by_other
    connector.write(step(issue_ref, Surface.COMMENT, Action.DELETE, made.remote_id))
    assert issue.notes == []
    assert issue.state == "opened"


def test_a_create_whose_answer_is_lost_is_sent_once_and_found_again(
    sandbox: Sandbox, site: GitlabSite, connector: GitlabConnector, issue_ref: Ref
) -> None:
    sandbox.gitlab.faults.drop_next(after_commit=True, method="POST")
    create = step(issue_ref, Surface.COMMENT, Action.CREATE)
    with pytest.raises(Ambiguous):
        connector.write(create)
    (note,) = site.issues[int(issue_ref.id)].notes
    seen = look(connector, create)
    assert (seen.remote_id, seen.author_is_me, seen.edited_by_other) == (str(note.id), True, False)


def test_a_reading_survives_a_server_that_stumbles(
    sandbox: Sandbox, site: GitlabSite, ann: int, connector: GitlabConnector
) -> None:
    issue = site.create_issue(PROJECT, "Cart", at=day(0), by=ann)
    site.close_issue(issue, at=day(1), by=ann)
    undisturbed = read(connector)
    sandbox.gitlab.faults.fail_next(status=429, retry_after=0, path="issues$")
    sandbox.gitlab.faults.fail_next(status=503, retry_after=0, path="state_events")
    assert read(connector) == undisturbed


def test_copies_edits_and_foreign_marks_are_told_apart(
    site: GitlabSite, ann: int, connector: GitlabConnector, issue_ref: Ref
) -> None:
    create = step(issue_ref, Surface.COMMENT, Action.CREATE)
    first, second = connector.write(create), connector.write(create)
    body = site.notes[int(first.remote_id or 0)].body
    site.add_note(int(issue_ref.id), body, at=day(1), by=ann)
    seen = look(connector, create)
    assert (seen.remote_id, seen.copies) == (first.remote_id, (second.remote_id,))
    site.edit_note(int(first.remote_id or 0), body.replace("risk", "ease"), at=day(29))
    assert look(connector, create).edited_by_other
    for copy in (first, second):
        connector.write(step(issue_ref, Surface.COMMENT, Action.PRUNE, copy.remote_id))
    assert not look(connector, create).author_is_me


@pytest.mark.parametrize("in_group", [False, True])
def test_a_milestone_description_keeps_every_byte_of_its_people(
    site: GitlabSite, connector: GitlabConnector, in_group: bool
) -> None:
    text = "# Goals\r\n\r\n- pay  \r\n- ship\n"
    if in_group:
        id = site.add_group_milestone(site.add_group("acme"), "1.0", description=text)
    else:
        id = site.add_milestone(PROJECT, "1.0", description=text)
    ref = milestone_of(connector, id).ref
    create = step(ref, Surface.DESCRIPTION, Action.CREATE)
    assert look(connector, create) == Observation(place=create.place)
    connector.write(create)
    after = site.milestones[id].description
    assert after.startswith(text + "\n\n<!-- pmbridge:begin ")
    seen = look(connector, create)
    assert (seen.remote_id, seen.edited_by_other, seen.malformed) == (str(id), False, None)
    before = connector.usage().writes
    connector.write(step(ref, Surface.DESCRIPTION, Action.UPDATE, str(id)))
    assert connector.usage().writes == before
    connector.write(step(ref, Surface.DESCRIPTION, Action.DELETE, str(id)))
    assert site.milestones[id].description == text
    assert site.milestones[id].state == "active"


def milestone_of(connector: GitlabConnector, id: int) -> Milestone:
    return next(m for m in connector.fetch_reference([PROJECT]).milestones if m.native_id == str(id))


def test_a_token_for_reading_may_look_and_is_told_so(sandbox: Sandbox, site: GitlabSite, issue_ref: Ref) -> None:
    connector = connected(sandbox, READ_ONLY_TOKEN)
    create = step(issue_ref, Surface.COMMENT, Action.CREATE)
    assert look(connector, create).denied is not None
    with pytest.raises(PermissionDenied):
        connector.write(create)
    connector.close()


def test_a_wrong_token_is_refused_once(sandbox: Sandbox, site: GitlabSite) -> None:
    connector = connected(sandbox, "wrong")
    with pytest.raises(AuthFailed):
        connector.whoami()
    assert connector.usage().requests == 1
    connector.close()


def test_the_doctor_finds_nothing_amiss_but_the_clock(connector: GitlabConnector, site: GitlabSite) -> None:
    found = {check.name: check.status for check in connector.diagnose([PROJECT])}
    beside = {"at a glance", "merge requests", "deployments", "test reports"}
    assert set(found) == {"server", "account", "scopes", "clock", f"project {PROJECT}", "tier", "histories"} | beside
    assert {status for name, status in found.items() if name != "clock"} == {CheckStatus.OK}
