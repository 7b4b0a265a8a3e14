"""What is worked out in arrays for all items at once is what the plain definitions say of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pmbridge.history.categories import Categories, StatusRules
from pmbridge.history.chronicle import excerpt
from pmbridge.history.columns import Columns
from pmbridge.history.contradictions import contradicting
from pmbridge.history.counting import Counting
from pmbridge.history.days import local_day, local_days
from pmbridge.history.membership import by_milestone, in_scope, visitors, within
from pmbridge.history.micros import all_micros
from pmbridge.history.mirrors import CanonicalItem
from pmbridge.history.order import group
from pmbridge.history.phases import Life
from pmbridge.history.present import Present
from pmbridge.history.records import records
from pmbridge.history.rewind import levels_of_types
from pmbridge.history.timeline import gaps
from pmbridge.history.tracing import phases_of
from pmbridge.history.walk import current_phase, current_phases, lives
from pmbridge.model import Change, FieldName, History, Item, Level, StatusCategory, StatusDefinition
from pmbridge.model.changes import Changes
from pmbridge.model.instants import from_micros, to_micros

BEGIN = datetime(2025, 3, 29, 20, tzinfo=UTC)
LATER = BEGIN + timedelta(hours=12)
FACES = frozenset({("jira", "a")})
STATUSES = {"1": StatusCategory.TODO, "2": StatusCategory.ACTIVE, "3": StatusCategory.DONE}
VALUES: dict[FieldName, tuple[str | None, ...]] = {
    FieldName.STATUS: ("1", "2", "3", "unheard of", None),
    FieldName.RESOLUTION: (None, "Fixed", "Duplicate"),
    FieldName.TYPE: ("Story", "Epic"),
    FieldName.POINTS: (None, "1", "2.5", "many"),
    FieldName.LABELS: (None, "blocked", "resolution::duplicate", "stands for it", "red"),
    FieldName.MILESTONES: (None, "a", "b"),
    FieldName.TITLE: ("x", "y"),
}
_SETS = (FieldName.LABELS, FieldName.MILESTONES)
INSTANTS = st.integers(-3, 40).map(lambda hours: BEGIN + timedelta(hours=hours, microseconds=hours))


@st.composite
def changes(draw: st.DrawFn, item: str) -> list[Change]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        field = draw(st.sampled_from(list(VALUES)))
        before, after = (draw(st.sampled_from(VALUES[field])) for _ in range(2))
        name = draw(st.sampled_from((None, "In Review"))) if field is FieldName.STATUS else None
        found.append(
            Change(
                source="jira", item=item, history=str(draw(st.integers(8, 11))), position=number, at=draw(INSTANTS),
                field=field, before=before, after=after, after_name=name,
            )
        )  # fmt: skip
    return found


@st.composite
def items(draw: st.DrawFn, number: str) -> Item:
    def some(field: FieldName) -> tuple[str, ...]:
        return tuple(sorted(draw(st.sets(st.sampled_from([v for v in VALUES[field] if v is not None])))))

    type_ = draw(st.sampled_from(("Story", "Epic")))
    return Item(
        source="jira", id=number, key=f"P-{number}", project="P", url="https://jira.example", title="Work", type=type_,
        level=Level.EPIC if type_ == "Epic" else Level.STANDARD, status=draw(st.sampled_from(("1", "2", "3"))),
        status_name="Open", category=StatusCategory.TODO, created_at=draw(INSTANTS), updated_at=LATER,
        resolution=draw(st.sampled_from(VALUES[FieldName.RESOLUTION])), labels=some(FieldName.LABELS),
        milestones=some(FieldName.MILESTONES), points=draw(st.sampled_from((None, 3.0))),
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> History:
    numbers = [str(number) for number in range(draw(st.integers(1, 4)))]
    told = [change for number in [*numbers, "gone"] for change in draw(changes(number))]
    return History(
        items=tuple(draw(items(number)) for number in numbers),
        changes=tuple(draw(st.permutations(told))),
        statuses=tuple(StatusDefinition(source="jira", id=i, name=i, category=c) for i, c in STATUSES.items()),
    )


def rules(history: History) -> tuple[Categories, Counting]:
    words = StatusRules.from_words({"waiting": ["label:blocked", "In Review"]})
    counting = Counting(tracking_label="stands for it", levels_of=levels_of_types(history.items))
    return Categories(history.statuses, words), counting


def walked(history: History) -> tuple[Life, ...]:
    return lives([CanonicalItem(record) for record in records(history)], *rules(history))


@given(histories())
def test_the_walk_through_all_items_at_once_is_the_walk_through_each(history: History):
    for life in walked(history):
        assert life.phases == phases_of(life.canonical, *rules(history))
        assert life.last == life.phases[-1]
        assert life.created_at == life.phases[0].since


@given(histories())
def test_how_all_items_stand_now_is_how_each_stands(history: History):
    categories, counting = rules(history)
    canonicals = [CanonicalItem(record) for record in records(history)]
    first, *others = [one.primary for one in canonicals]
    together = [CanonicalItem(first, tuple(others))]
    present = Present.of(canonicals[0].primary.columns, counting)
    for some in (canonicals, together):
        plain = {one.primary.id: current_phase(one, categories, counting) for one in some}
        assert current_phases(some, categories, counting, present) == plain


@given(histories())
def test_who_ever_was_in_a_milestone_is_told_by_history_and_by_the_fields_of_now(history: History):
    every = walked(history)
    for milestone in ("a", "b"):
        face = ("jira", milestone)
        plain = [
            life
            for life in sorted(every, key=lambda life: life.canonical.primary.id)
            if milestone in life.item.milestones or any(face in phase.milestones for phase in life.phases)
        ]
        assert list(visitors(by_milestone(every), [face])) == plain


@given(histories())
def test_completion_and_first_activity_are_those_of_the_phases(history: History):
    for life in walked(history):
        closing = None
        for phase in reversed(life.phases):
            if not phase.done:
                break
            closing = phase.since
        active = (phase.since for phase in life.phases if phase.category is StatusCategory.ACTIVE)
        assert (life.completed_at, life.first_active_at) == (closing, next(active, None))


@given(histories(), INSTANTS)
def test_who_counted_at_an_instant_is_told_alike_for_one_and_for_all(history: History, at: datetime):
    every = walked(history)
    plain = [one for one in every if (phase := one.at(at)) is not None and in_scope(phase, FACES)]
    assert within(every, FACES, at) == plain
    for life in every:
        assert life.at(at) == next((phase for phase in reversed(life.phases) if phase.since <= at), None)


@given(histories())
def test_an_excerpt_of_lives_holds_their_phases(history: History):
    every = walked(history)
    chosen = every[::-2]
    told = excerpt(chosen)
    assert [told.values.of(place) for place in range(len(chosen))] == [life.phases for life in chosen]


@given(histories())
def test_changes_are_those_of_the_item_in_the_order_in_which_they_happened(history: History):
    grouped = group(history.changes)
    for record in records(history):
        assert list(record.changes) == grouped.get(record.id, [])


@given(histories(), INSTANTS)
def test_columns_show_nothing_of_changes_that_were_left_out_of_them(history: History, at: datetime):
    told, known = Changes.of(history.changes), tuple(change for change in history.changes if change.at <= at)
    left = Columns.of(history.items, told.taken(told.at <= to_micros(at)))
    alone = Columns.of(history.items, known)
    assert left.history.tobytes() == alone.history.tobytes()
    assert set(left.texts) == set(alone.texts)


@given(histories())
def test_histories_that_contradict_themselves_are_found_alike(history: History):
    torn = contradicting(Columns.of(history.items, history.changes)).tolist()
    assert torn == [bool(gaps(record)) for record in records(history)]


@given(
    st.lists(st.datetimes(datetime(1972, 1, 1), datetime(2090, 1, 1)), max_size=20),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
)
def test_local_days_in_arrays_are_those_of_the_calendar(moments: list[datetime], name: str):
    zone, aware = ZoneInfo(name), [moment.replace(tzinfo=UTC) for moment in moments]
    assert local_days(all_micros(aware), zone).tolist() == [local_day(at, zone).toordinal() for at in aware]


@given(st.lists(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), max_size=20))
def test_instants_survive_being_whole_microseconds(moments: list[datetime]):
    aware = [moment.replace(tzinfo=UTC) for moment in moments]
    assert all_micros(aware).tolist() == [to_micros(at) for at in aware]
    assert [from_micros(value) for value in all_micros(aware).tolist()] == aware
