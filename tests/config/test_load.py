from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from textwrap import indent

import pytest

from pmbridge.config import Settings, load
from pmbridge.errors import ConfigError

Settle = Callable[..., Settings]


def product(text: str, whole: str) -> str:
    """Add keys to the product."""
    return whole + indent(text, "    ") + "\n"


def lines_of(error: pytest.ExceptionInfo[ConfigError]) -> list[str]:
    return [line.strip() for line in str(error.value).splitlines()[1:]]


def test_everything_but_sources_and_products_has_a_default(settle: Settle, whole: str) -> None:
    settings = settle(whole)
    shop = settings.products["shop"]
    assert (settings.owner, settings.store) == ("pmbridge", f"sqlite:///{settings.path.parent}/pmbridge.db")
    assert settings.schedule.sync == "*/15 * * * *"
    assert (shop.zone, shop.calendar, shop.publish) == ("UTC", None, ())
    assert (shop.budget_writes.creates, shop.budget_writes.writes) == (25, 200)
    assert shop.milestones.kinds == ("version", "milestone")
    assert shop.milestones.tracking_label == "release-tracking"
    assert (shop.health.green_in, shop.health.creep_red) == (0.85, 0.20)


def test_a_source_is_validated_by_its_own_connector(settle: Settle, whole: str) -> None:
    source = settle(whole).sources["main"]
    assert source.connector == "paper"
    assert type(source.options).__name__ == "PaperSettings"
    assert source.options.auth.token.get_secret_value() == "s3cr3t-t0ken"  # type: ignore[attr-defined]


def test_every_section_of_a_product_is_read(settle: Settle, whole: str) -> None:
    text = """\
zone: Europe/Berlin
calendar: {days: [mon, sat], hours: "8:30-24", holidays: [2026-12-25]}
milestones:
  merge: [{title: Spring, refs: [{source: main, kind: version, id: 77}]}]
  tracking: {Spring: SHOP-12}
status: {done: [Shipped], waiting: ["label:workflow::review"]}
types: {bug: [Bug, "type::bug"]}
mirrors: {links: ["is mirrored by"], remote_links: true}
teams: {web: {people: [a.user], capacity_hours: 160}}
budget: {currency: EUR, rates: {default: 95}, bac: 240000}
health: {green_in: 0.9}
acceptance: {must: [requirements-verified], waivers: decisions.yaml}
launch: {from: [tag, release]}
bugs: {sla: {blocker: 2bd, minor: 12h}}
publish: [{slot: milestone-health, surface: comment, on: epic}]
budget_writes: {creates: 1}"""
    shop = settle(product(text, whole)).products["shop"]
    assert shop.calendar is not None
    assert shop.calendar.hours.model_dump() == {"opens": time(8, 30), "closes": time(0)}
    assert shop.calendar.holidays == (date(2026, 12, 25),)
    assert not isinstance(shop.milestones.merge, str)
    assert shop.milestones.merge[0].refs[0].id == "77"
    assert shop.status["waiting"] == ("label:workflow::review",)
    assert shop.teams["web"].capacity_hours == 160
    assert shop.launch.evidence == ("tag", "release")
    assert shop.acceptance.waivers == Path("decisions.yaml")
    assert (shop.publish[0].on, shop.publish[0].create_when) == ("epic", None)
    assert (shop.budget_writes.creates, shop.budget_writes.writes) == (1, 200)


def test_settings_cannot_be_changed(settle: Settle, whole: str) -> None:
    settings = settle(whole)
    with pytest.raises(ValueError, match="frozen"):
        settings.products["shop"].title = "other"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("zon: UTC", "config.yaml:12 products.shop.zon: the key zon is not known: did you mean zone?"),
        ("zone: Europe/Berln", "zone: 'Europe/Berln' is no time zone: did you mean Europe/Berlin?"),
        ("zone: ../etc", "zone: '../etc' is no time zone: write it like Europe/Berlin"),
        ("calendar: {hours: nine}", "calendar.hours: 'nine' are no hours: write them like 9-17"),
        ("calendar: {hours: 17-9}", "calendar.hours: '17-9' must begin before it ends"),
        ("calendar: {days: []}", "calendar: days must name at least one working day"),
        ("calendar: {days: [fry]}", "calendar.days[0]: fry is not possible here: did you mean fri?"),
        ("calendar: {holidays: [2026-02-30]}", "calendar.holidays[0]: is no such date"),
        ("milestones: {inclde: [x]}", "milestones.inclde: the key inclde is not known: did you mean include?"),
        ("milestones: {merge: nam}", "milestones.merge: nam is not possible here: did you mean name?"),
        ("milestones: {merge: [{title: x, refs: [{source: main, kind: version}]}]}", "by its id or by its title"),
        (
            "milestones: {merge: [{titel: x, refs: []}]}",
            "milestones.merge[0].titel: the key titel is not known: did you mean title?",
        ),
        ("status: {shipped: [x]}", "is not possible here: known are todo, active, waiting, done, cancelled"),
        ("health: {red_out: 0.9}", "health: the thresholds must rise"),
        ("health: {creep_amber: 0.9}", "health: creep_amber must not be above creep_red"),
        ("health: {green_in: high}", "health.green_in: must be a number"),
        ("health: {green_in: 85}", "health.green_in: input should be less than or equal to 1: mend it"),
        ("bugs: {sla: {blocker: 2 days}}", "bugs.sla.blocker: '2 days' is no span of time: write 2bd"),
        (
            "publish: [{slot: acceptance, surface: coment}]",
            "publish[0].surface: coment is not possible here: did you mean comment?",
        ),
        ("publish: [{surface: comment}]", "publish[0].slot: is missing: add it"),
        ("publish: [{slot: acceptance, surface: comment, on: wiki}]", "publish[0].on: wiki is not possible here"),
        ("publish: [{slot: milestone-helth, surface: comment}]", "did you mean milestone-health?"),
        (
            "publish: [{slot: acceptance, surface: description}]",
            "cannot stand on description: write surface: comment",
        ),
        ("publish: {slot: x}", "publish: must be a list: write [a, b]"),
        ("budget_writes: {creates: 2.5}", "budget_writes.creates: must be a whole number"),
        ("mirrors: yes", "mirrors: must be a section of keys and values"),
        ("teams: {web: {peeple: []}}", "teams.web.peeple: the key peeple is not known: did you mean people?"),
        ("launch: {form: [tag]}", "launch.form: the key form is not known: did you mean from?"),
    ],
)
def test_a_fault_in_a_product_is_named_with_place_and_cure(settle: Settle, whole: str, text: str, finding: str) -> None:
    with pytest.raises(ConfigError) as error:
        settle(product(text, whole))
    assert any(finding in line for line in lines_of(error)), str(error.value)
    assert any(line.startswith("config.yaml:12 products.shop") for line in lines_of(error))


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        (
            "connector: paper",
            "connector: papr",
            "3 sources.main.connector: papr is no installed connector: did you mean",
        ),
        ("connector: paper", "connector: broken", "cannot be loaded (no module named ink): install what it needs"),
        ("    connector: paper\n", "", "2 sources.main.connector: is missing: name one of paper"),
        ("projects: [SHOP]\n", "projcts: [SHOP]\n", "6 sources.main.projcts: the key projcts is not known"),
        ("main: [SHOP]", "man: [SHOP]", "11 products.shop.projects.man: there is no source man: did you mean main?"),
        ("main: [SHOP]", "main: [PAY]", "11 products.shop.projects.main[0]: PAY is not among the projects of main"),
        ("main: [SHOP]", "main: []", "11 products.shop.projects.main: must not be empty"),
        ("title: Web shop", "title: 2026", "10 products.shop.title: must be a text: put it in quotes"),
        ("https://tracker.example", "[https]", "4 sources.main.url: must be a text"),
        ("sources:", "owner: a:b\nsources:", "1 owner: 'a:b' cannot be a name here"),
        ("sources:", "storre: x\nsources:", "1 storre: the key storre is not known: did you mean store?"),
        ("sources:", "secrets: [x]\nsources:", "1 secrets: the key secrets is not known"),
        ("sources:", "schedule: {sync: hourly}\nsources:", "1 schedule.sync: 'hourly' is no schedule: write five"),
        ("  shop:", "  'my shop':", "9 products.my shop: 'my shop' cannot be a name here"),
    ],
)
def test_a_fault_elsewhere_is_named_with_place_and_cure(
    settle: Settle, whole: str, before: str, after: str, finding: str
) -> None:
    text = whole.replace(before, after)
    with pytest.raises(ConfigError) as error:
        settle(text)
    assert finding in str(error.value)


def test_a_key_that_stands_twice_is_refused(settle: Settle, whole: str) -> None:
    with pytest.raises(ConfigError, match=r"shop\.title: stands twice, in line 10 and in line 12: keep one"):
        settle(product("title: again", whole))


def test_all_faults_are_reported_together_in_the_order_of_the_file(settle: Settle, whole: str) -> None:
    text = product("zone: Mars\nhealth: {green_in: high}", whole).replace("connector: paper", "connector: papr")
    with pytest.raises(ConfigError, match="3 problems") as error:
        settle(text)
    assert [line.split(" ")[0] for line in lines_of(error)] == ["config.yaml:3", "config.yaml:12", "config.yaml:13"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words", "- a\n- b"])
def test_a_file_without_sections_says_how_to_begin(settle: Settle, text: str) -> None:
    with pytest.raises(ConfigError, match="begin with `sources:` and `products:`"):
        settle(text)


def test_missing_sources_and_products_are_named(settle: Settle) -> None:
    with pytest.raises(ConfigError) as error:
        settle("owner: acme\nproducts: {}\n")
    assert "sources: is missing or empty: name at least one tracker" in str(error.value)
    assert "products: is missing or empty: name at least one product" in str(error.value)


def test_a_project_in_a_configured_group_is_read(settle: Settle, whole: str) -> None:
    settings = settle(whole.replace("main: [SHOP]", "main: [SHOP, acme/web]"))
    assert settings.products["shop"].projects["main"] == ("SHOP", "acme/web")


def test_a_section_whose_lines_are_commented_out_is_not_there(settle: Settle, whole: str) -> None:
    shop = settle(product("publish:\n#  - {slot: x, surface: comment}\nhealth:\n  green_in:\n", whole)).products["shop"]
    assert (shop.publish, shop.health.green_in) == ((), 0.85)


def test_malformed_yaml_is_located(settle: Settle, whole: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml:3:\d+ is no valid YAML.*Check indentation"):
        settle("sources:\n  a: [1\n  b: 2\n")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read: it is not UTF-8 text"):
        load(file, {})
