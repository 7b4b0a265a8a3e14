"""The connector against a whole Jira on loopback: what is read is what is there, what is written is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from pmbridge.connector import Action, Artifact, CheckStatus, Page, Place, Reference, Step, Surface
from pmbridge.document import Document, Paragraph, Status, fingerprint, line, one_line
from pmbridge.errors import Ambiguous, AuthFailed, BadAnswer, PermissionDenied
from pmbridge.model import FieldName, Level, LinkKind, MilestoneKind, MilestoneState, Ref, RefKind, StatusCategory
from pmbridge.sandbox import Clock, JiraSite, Sandbox, Token
from pmbridge.sandbox.jira.state import BOT_EMAIL, READ_ONLY_TOKEN, TOKEN
from pmbridge_jira import JiraConnector, JiraSettings
from pmbridge_jira.line import with_line

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ITEMS = 230


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@pytest.fixture
def world() -> JiraSite:
    """A project of two versions and 230 items: three pages; the first item has a rich past."""
    site = JiraSite(Clock(at(1000)))
    for name in ("ada", "bob"):
        site.add_user(name, name.title(), f"{name}@example.com")
    site.add_project("SHOP", "Web shop", "ada")
    site.add_project("PAY", "Payments", "ada")
    for name in ("1.0", "1.1"):
        site.add_version("SHOP", name, start=date(2026, 3, 1), release_date=date(2026, 4, 1), description="Spring")
    for number in range(1, ITEMS + 1):
        site.create_issue("SHOP", "Story", f"Item {number}", at=at(number / 60), by="ada", fix_versions=["1.0"])
    return site


@pytest.fixture
def sandbox(world) -> Iterator[Sandbox]:
    with Sandbox(jira=world) as running:
        yield running


@pytest.fixture
def connect(sandbox) -> Iterator[Callable[..., JiraConnector]]:
    made = []

    def with_token(token=TOKEN, *, email=BOT_EMAIL, owner="acme-prod", **more):
        auth = {"email": email, "token": token}
        settings = {"url": sandbox.jira.url, "auth": auth, "projects": ["SHOP"], **more}
        made.append(JiraConnector("jira-main", JiraSettings.model_validate(settings), owner=owner))
        return made[-1]

    yield with_token
    for connector in made:
        connector.close()


@pytest.fixture
def connector(connect) -> JiraConnector:
    return connect()


def pages(connector: JiraConnector, *, since=None, cursor=None) -> Iterator[Page]:
    return connector.fetch_pages("SHOP", since=since, cursor=cursor, reference=Reference())


def items(read: list[Page]):
    return {item.key: item for page in read for item in page.items}


def changes(read: list[Page], key: str):
    number = items(read)[key].id
    return [change for page in read for change in page.changes if change.item == number]


def paths(sandbox: Sandbox) -> list[str]:
    return [entry.path.rpartition("/3/")[2] for entry in sandbox.jira.requests]


def test_a_project_is_read_whole_at_one_request_a_page(connector, sandbox):
    read = list(pages(connector))
    assert len(items(read)) == connector.count("SHOP") == ITEMS
    assert [page.cursor is None for page in read] == [False, False, True]
    asked = paths(sandbox)
    costs = [asked.count(path) for path in ("search/jql", "issue/bulkfetch", "changelog/bulkfetch")]
    assert costs == [1, 3, 0]
    assert len(asked) == 7
    assert connector.usage().requests == 7
    assert connector.usage().writes == 0


def test_what_was_done_to_an_item_is_what_its_changes_say(connector, world):
    board = world.add_board("SHOP", "Board")
    one, two = world.add_sprint(board, "One"), world.add_sprint(board, "Two")
    epic = world.create_issue("SHOP", "Epic", "Checkout", at=at(5), by="ada")
    edits = [
        {"status": "In Progress", "assignee": "ada"},
        {"fix_versions": ["1.1"]},
        {"points": 3, "labels": ["web", "pay"]},
        {"sprints": [one]},
        {"sprints": [one, two], "assignee": "bob", "labels": ["pay"]},
        {"flagged": True},
        {"flagged": False, "points": 5.5},
        {"status": "Done", "resolution": "Won't Do", "parent": epic},
    ]
    for hour, edit in enumerate(edits, 10):
        world.edit_issue("SHOP-1", at=at(hour), by="bob", **edit)
    read = list(pages(connector))
    item = items(read)["SHOP-1"]
    versions = {version.name: f"version:{version.id}" for version in world.project_versions("SHOP")}
    assert set(item.milestones) == {versions["1.1"], f"sprint:{one}", f"sprint:{two}", f"epic:{epic}"}
    assert (item.category, item.resolution, item.points) == (StatusCategory.DONE, "Won't Do", 5.5)
    assert (item.assignees, item.labels, item.flagged) == (("bob",), ("pay",), False)
    assert item.closed_at == at(17)
    found = changes(read, "SHOP-1")
    moves = {field: [(c.before, c.after) for c in found if c.field is field] for field in FieldName}
    assert moves[FieldName.MILESTONES] == [
        (versions["1.0"], None),
        (None, versions["1.1"]),
        (None, f"sprint:{one}"),
        (None, f"sprint:{two}"),
    ]
    assert moves[FieldName.ASSIGNEES] == [(None, "ada"), ("ada", None), (None, "bob")]
    assert moves[FieldName.POINTS] == [(None, "3"), ("3", "5.5")]
    assert moves[FieldName.FLAGGED] == [(None, "true"), ("true", None)]
    assert moves[FieldName.LABELS] == [(None, "web"), (None, "pay"), ("web", None)]
    assert [c.after_name for c in found if c.field is FieldName.STATUS] == ["In Progress", "Done"]
    assert [c.after_name for c in found if c.field is FieldName.RESOLUTION] == ["Won't Do"]
    assert len({change.identity for change in found}) == len(found)
    assert {change.at for change in found} == {at(hour) for hour in range(10, 18)}
    assert {change.author for change in found} == {"bob"}


def test_a_full_history_holds_the_ten_fields_changes_unchanged_and_more(connect, world):
    epic = world.create_issue("SHOP", "Epic", "Checkout", at=at(5), by="ada")
    world.edit_issue("SHOP-1", at=at(10), by="ada", description="new words", status="Done", due=date(2026, 5, 1))
    world.edit_issue("SHOP-1", at=at(11), by="ada", parent=epic, summary="New title")
    narrow, wide = list(pages(connect())), list(pages(connect(full_history=True)))
    few, all_ = ({c.identity for c in changes(read, "SHOP-1")} for read in (narrow, wide))
    assert few < all_
    fields = {c.field for c in changes(wide, "SHOP-1")}
    assert {FieldName.DESCRIPTION, FieldName.DUE, FieldName.PARENT, FieldName.TITLE, FieldName.MILESTONES} <= fields


def test_histories_longer_than_any_embedded_list_are_whole(connector, world):
    for hour in range(150):
        world.edit_issue("SHOP-7", at=at(10 + hour), by="ada", status="In Progress" if hour % 2 == 0 else "To Do")
    assert len(changes(list(pages(connector)), "SHOP-7")) == 150


def test_histories_are_as_complete_where_the_bulk_changelog_is_refused(connect, sandbox, world):
    world.edit_issue("SHOP-3", at=at(20), by="ada", status="Done", fix_versions=["1.1"])
    for hour in range(50):
        world.edit_issue("SHOP-3", at=at(21 + hour), by="ada", status="In Progress" if hour % 2 == 0 else "To Do")
    whole = changes(list(pages(connect())), "SHOP-3")
    sandbox.jira.faults.fail_next(status=404, path="changelog/bulkfetch")
    since = at(19)
    fallen_back = changes(list(pages(connect(), since=since)), "SHOP-3")
    assert [c.identity for c in fallen_back] == [c.identity for c in whole]
    assert [path for path in paths(sandbox) if path.endswith("/changelog")] == [
        f"issue/{world.issue('SHOP-3').id}/changelog"
    ]


def test_only_what_was_updated_is_read_again_and_nothing_costs_next_to_nothing(connector, sandbox, world):
    list(pages(connector))
    world.edit_issue("SHOP-9", at=at(500), by="ada", status="Done")
    assert set(items(list(pages(connector, since=at(499))))) == {"SHOP-9"}
    sandbox.jira.requests.clear()
    (page,) = pages(connector, since=at(501))
    assert (page.items, page.cursor) == ((), None)
    assert paths(sandbox) == ["search/jql"]


@pytest.mark.parametrize(("changed", "requests"), [(1, 1), (20, 1), (100, 1), (101, 2)])
def test_a_hundred_changed_items_cost_one_request_with_their_histories(connector, sandbox, world, changed, requests):
    list(pages(connector))
    for n in range(changed):
        world.edit_issue(f"SHOP-{n + 1}", at=at(500), by="ada", status="Done")
    sandbox.jira.requests.clear()
    read = list(pages(connector, since=at(499)))
    assert len(items(read)) == changed
    assert all(changes(read, key)[-1].at == at(500) for key in items(read))
    assert paths(sandbox) == ["search/jql"] * requests


def test_a_changed_item_with_a_long_history_costs_one_request_more(connector, sandbox, world):
    for hour in range(60):
        world.edit_issue("SHOP-7", at=at(500 + hour), by="ada", status="In Progress" if hour % 2 == 0 else "To Do")
    list(pages(connector))
    sandbox.jira.requests.clear()
    assert len(changes(list(pages(connector, since=at(499))), "SHOP-7")) == 60
    assert paths(sandbox) == ["search/jql", "changelog/bulkfetch"]


def test_the_bound_is_absolute_whatever_zone_the_account_lives_in(connect, world):
    world.add_user("far", "Far", "far@example.com", zone="Pacific/Auckland")
    world.tokens.add(Token("far-token", "far"))
    world.edit_issue("SHOP-9", at=at(500), by="ada", status="Done")
    far = connect("far-token", email="far@example.com")
    assert set(items(list(pages(far, since=at(500))))) == {"SHOP-9"}


def test_a_reading_that_was_killed_goes_on_after_its_last_page(connect):
    killed = next(iter(pages(connect())))
    rest = list(pages(connect(), cursor=killed.cursor))
    assert len(items([killed, *rest])) == ITEMS
    assert not set(items([killed])) & set(items(rest))


def test_a_cursor_that_is_no_longer_accepted_costs_repeats_and_leaves_no_hole(connect, sandbox):
    killed = next(iter(pages(connect(connections=1))))
    sandbox.jira.faults.fail_next(status=400, path="search/jql")
    assert len(items(list(pages(connect(connections=1), cursor=killed.cursor)))) == ITEMS


def test_a_busy_tracker_is_read_to_the_end(connector, sandbox):
    sandbox.jira.faults.fail_next(2, status=429, retry_after=0, path="search/jql")
    sandbox.jira.faults.cut_next(path="issue/bulkfetch")
    sandbox.jira.faults.drop_next(after_commit=True, path="serverInfo")
    assert len(items(list(pages(connector)))) == ITEMS


@pytest.mark.parametrize("path", ["search/jql", "issue/bulkfetch", "field", "serverInfo"])
@pytest.mark.parametrize("breaks", [1, 3])
def test_whatever_breaks_a_reading_going_on_from_its_cursor_leaves_no_hole(connect, sandbox, path, breaks):
    faults = sandbox.jira.faults
    read: list[Page] = []
    failures = 0
    faults.html_next(status=200, path=path)
    while not read or read[-1].cursor is not None:
        try:
            for page in pages(connect(), cursor=read[-1].cursor if read else None):
                read.append(page)
        except BadAnswer:
            failures += 1
            if failures < breaks:
                faults.html_next(status=200, path=path)
    assert failures == breaks
    assert len(items(read)) == ITEMS


def test_a_break_in_the_middle_loses_no_page(connect, sandbox):
    first, *_ = read = [next(iter(pages(connect(connections=1))))]
    for path in ("search/jql",) * 3:
        sandbox.jira.faults.html_next(status=200, path=path)
        with suppress(BadAnswer):
            read.extend(pages(connect(connections=1), cursor=read[-1].cursor))
    assert read == [first]
    read.extend(pages(connect(connections=1), cursor=first.cursor))
    assert len(items(read)) == ITEMS
    assert sum(len(page.items) for page in read) == ITEMS


def test_an_expired_token_stops_the_source(connector, world):
    world.tokens.revoke(TOKEN)
    with pytest.raises(AuthFailed):
        list(pages(connector))


def test_levels_links_worklogs_and_remote_links_are_read(connect, world):
    subtask = world.create_issue("SHOP", "Sub-task", "Step", at=at(6), by="ada", parent="SHOP-1")
    for day in range(25):
        world.log_work("SHOP-1", 600, started=at(10 + day), by="bob")
    world.link_issues("Blocks", "SHOP-1", "SHOP-2", at=at(40), by="ada")
    world.link_issues("Mirror", "SHOP-3", "SHOP-1", at=at(40), by="ada")
    world.add_remote_link("SHOP-1", "https://gitlab.example/a/-/issues/1", "a#1", relationship="is mirrored by")
    read = list(pages(connect(remote_links=True), since=at(6)))
    found = {item.id: item for page in read for item in page.items}
    (one,) = [item for item in found.values() if item.key == "SHOP-1"]
    assert found[subtask].level is Level.SUBTASK
    assert found[subtask].parent == one.id
    assert [link.relationship for link in one.remote_links] == ["is mirrored by"]
    assert sum(log.seconds for page in read for log in page.worklogs) == one.spent_seconds == 25 * 600
    links = {(link.kind, link.item == one.id) for page in read for link in page.links}
    assert links == {(LinkKind.BLOCKS, True), (LinkKind.MIRRORS, False)}


def test_restricted_and_customer_facing_items_are_marked_and_checklists_read(connect, world):
    world.add_project("HELP", "Help desk", "ada", service_desk=True)
    world.create_issue(
        "HELP", "Task", "Secret", at=at(6), by="ada", restricted=True, description="- [x] one\n- [ ] two"
    )
    helping = connect(projects=["HELP"])
    (page,) = helping.fetch_pages("HELP", since=None, cursor=None, reference=Reference())
    assert page.items[0].restricted
    assert page.items[0].customer_facing
    assert [check.ticked for check in page.items[0].checklist] == [True, False]


def test_the_reference_is_what_the_site_defines(connect, world):
    first, _ = world.project_versions("SHOP")
    world.release_version(first.id, date(2026, 4, 3))
    world.add_sprint(world.add_board("SHOP", "Board"), "One", state="active", start=at(0), end=at(200))
    reference = connect(sprints=True).fetch_reference(["SHOP", "PAY"])
    assert {status.name: status.category for status in reference.statuses} == {
        "To Do": StatusCategory.TODO,
        "In Progress": StatusCategory.ACTIVE,
        "In Review": StatusCategory.ACTIVE,
        "Done": StatusCategory.DONE,
    }
    milestones = {milestone.title: milestone for milestone in reference.milestones}
    assert set(milestones) == {"1.0", "1.1", "One"}
    assert (milestones["1.0"].state, milestones["1.0"].due) == (MilestoneState.RELEASED, date(2026, 4, 3))
    assert reference.missing_fields == ()


def test_epics_are_milestones_where_they_are_asked_for_and_their_membership_has_a_past(connect, world):
    first = world.create_issue("SHOP", "Epic", "Checkout", at=at(5), by="ada", due=date(2026, 6, 1))
    second = world.create_issue("SHOP", "Epic", "Secret", at=at(5), by="ada", restricted=True)
    world.edit_issue("SHOP-1", at=at(10), by="ada", parent=first)
    world.edit_issue("SHOP-1", at=at(11), by="ada", parent=second)
    world.edit_issue(first, at=at(12), by="ada", status="Done")
    connector = connect(epics=True)
    epics = {m.id: m for m in connector.fetch_reference(["SHOP"]).milestones if m.kind is MilestoneKind.EPIC}
    assert set(epics) == {f"epic:{first}", f"epic:{second}"}
    done = epics[f"epic:{first}"]
    assert (done.title, done.state, done.due, done.closed_at) == (
        "Checkout",
        MilestoneState.CLOSED,
        date(2026, 6, 1),
        at(12),
    )
    assert epics[f"epic:{second}"].title == world.issue(second).key
    moves = [(c.before, c.after) for c in changes(list(pages(connector)), "SHOP-1") if c.field is FieldName.MILESTONES]
    assert moves == [(None, f"epic:{first}"), (f"epic:{first}", None), (None, f"epic:{second}")]


def place(world: JiraSite, key: str = "SHOP-1", slot: str = "milestone-health") -> Place:
    issue = world.issue_by_key(key)
    target = Ref(source="jira-main", kind=RefKind.ITEM, id=issue.id, project=issue.project, key=key)
    return Place(target=target, surface=Surface.COMMENT, slot=slot)


def artifact(where: Place, words: str = "on track") -> Artifact:
    document = Document(blocks=(Paragraph(content=(*line("Health: "), Status(text=words, colour="green"))),))
    return Artifact(
        target=where.target,
        surface=where.surface,
        slot=where.slot,
        document=document,
        fingerprint=fingerprint(document),
        watermark=at(900),
    )


def step(action: Action, where: Place, *, remote_id: str | None = None, words: str = "on track") -> Step:
    content = artifact(where, words) if action in (Action.CREATE, Action.UPDATE) else None
    return Step(place=where, action=action, reason="test", artifact=content, remote_id=remote_id)


def observe(connector: JiraConnector, where: Place):
    (seen,) = connector.observe([where])
    return seen


def test_a_comment_lives_from_creation_to_deletion(connector, world):
    where = place(world)
    assert observe(connector, where).remote_id is None
    written = connector.write(step(Action.CREATE, where))
    seen = observe(connector, where)
    assert (seen.remote_id, seen.fingerprint) == (written.remote_id, artifact(where).fingerprint)
    connector.write(step(Action.UPDATE, where, remote_id=seen.remote_id, words="at risk"))
    seen = observe(connector, where)
    assert seen.fingerprint == artifact(where, "at risk").fingerprint
    assert (seen.edited_by_other, seen.copies, seen.denied) == (False, (), None)
    assert len(world.issue("SHOP-1").comments) == 1
    connector.write(step(Action.DELETE, where, remote_id=seen.remote_id))
    assert observe(connector, where).remote_id is None
    assert world.issue("SHOP-1").comments == []


def test_a_create_whose_answer_is_lost_is_one_comment_that_is_found_again(connector, sandbox, world):
    where = place(world)
    sandbox.jira.faults.drop_next(after_commit=True, method="POST", path="comment$")
    with pytest.raises(Ambiguous):
        connector.write(step(Action.CREATE, where))
    assert len(world.issue("SHOP-1").comments) == 1
    assert observe(connector, where).fingerprint == artifact(where).fingerprint


def test_copies_are_pruned_and_the_oldest_stays(connector, world):
    where = place(world)
    ids = [connector.write(step(Action.CREATE, where)).remote_id for _ in range(3)]
    seen = observe(connector, where)
    assert (seen.remote_id, *seen.copies) == tuple(ids)
    for copy in seen.copies:
        connector.write(step(Action.PRUNE, where, remote_id=copy))
    assert [comment.id for comment in world.issue("SHOP-1").comments] == [ids[0]]


def test_an_edit_by_a_person_and_another_owner_are_respected(connector, connect, world):
    where = place(world)
    written = connector.write(step(Action.CREATE, where))
    assert observe(connect(owner="acme-staging"), where).remote_id is None
    world.edit_comment(written.remote_id, "I know better", at=at(950), by="ada")
    assert observe(connector, where).edited_by_other


def test_our_text_under_another_author_is_never_adopted(connector, connect, world):
    world.tokens.add(Token("ada-token", "ada"))
    where = place(world)
    connect("ada-token", email="ada@example.com").write(step(Action.CREATE, where))
    seen = observe(connector, where)
    assert not seen.author_is_me
    assert seen.remote_id is not None


def test_a_read_only_token_is_told_what_it_lacks_and_cannot_write(connect, world):
    reader = connect(READ_ONLY_TOKEN)
    where = place(world)
    assert observe(reader, where).denied == "Add comments, Edit own comments"
    with pytest.raises(PermissionDenied):
        reader.write(step(Action.CREATE, where))
    assert world.issue("SHOP-1").comments == []


def test_a_ticket_of_a_service_desk_is_known_as_such_and_a_comment_there_stays_internal(connector, world):
    world.add_project("HELP", "Help desk", "ada", service_desk=True)
    world.create_issue("HELP", "Task", "Question", at=at(6), by="ada", labels=["pmbridge-ignore"])
    where = place(world, "HELP-1")
    seen = observe(connector, where)
    assert seen.customer_facing
    assert seen.muted
    connector.write(step(Action.CREATE, where))
    assert [comment.public for comment in world.issue("HELP-1").comments] == [False]


def test_the_line_of_a_version_comes_and_goes_and_leaves_the_rest(connector, sandbox, world):
    version = world.project_versions("SHOP")[0]
    target = Ref(source="jira-main", kind=RefKind.VERSION, id=version.id, project="SHOP", key=version.name)
    where = Place(target=target, surface=Surface.DESCRIPTION, slot="milestone-health")
    assert observe(connector, where).text is None
    connector.write(step(Action.CREATE, where))
    seen = observe(connector, where)
    assert seen.text == one_line(artifact(where).document) == "Health: on track"
    assert version.description == with_line("Spring", "acme-prod", "Health: on track")
    connector.write(step(Action.DELETE, where, remote_id=seen.remote_id))
    assert version.description == "Spring"
    assert [set(entry.body) for entry in sandbox.jira.requests.writes()] == [{"description"}] * 2


def test_the_doctor_finds_a_healthy_site_healthy_and_a_hidden_project_hidden(connect, world):
    world.clock.set(datetime.now(UTC))
    healthy = list(connect().diagnose(["SHOP"]))
    assert [result for result in healthy if result.status is not CheckStatus.OK] == []
    world.tokens.add(Token("narrow", world.bot, projects=frozenset({"SHOP"})))
    findings = [r.name for r in connect("narrow").diagnose(["SHOP", "PAY"]) if r.status is CheckStatus.FAILED]
    assert findings == ["project PAY"]
