"""People over several trackers, and bots, as the configuration says them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pmbridge.config import Settings, digest
from pmbridge.errors import ConfigError

Settle = Callable[..., Settings]


def test_everybody_is_known_to_every_product_and_a_product_may_say_more(settle: Settle, whole: str) -> None:
    everybody = "people: {ada: {main: [ada, 7]}, bob: {main: bob}}\nbots: [jenkins]\n"
    own = "    people: {ada: {main: ada.l@acme.example}}\n    bots: [jenkins, 'renovate*']\n"
    settings = settle(whole + own + everybody)
    assert settings.people == {"ada": {"main": ("ada", "7")}, "bob": {"main": ("bob",)}}
    shop = settings.products["shop"]
    assert shop.people == {"ada": {"main": ("ada.l@acme.example",)}, "bob": {"main": ("bob",)}}
    assert shop.bots == ("jenkins", "renovate*")


def test_figures_depend_on_people_so_their_digest_does(settle: Settle, whole: str) -> None:
    plain, mapped = (settle(whole + more).products["shop"] for more in ("", "people: {ada: {main: ada}}\n"))
    assert digest(plain) != digest(mapped)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("people: {ada: {man: ada}}", "people.ada.man: there is no source man: did you mean main?"),
        ("people: {ada: {main: []}}", "people.ada.main: must not be empty"),
        ("people: {ada: {}}", "people.ada: must not be empty"),
        ("people: [ada]", "people: must be a section of keys and values"),
        ("people: {ada: ada}", "people.ada: must be a section of keys and values"),
        (
            "people: {ada: {main: Ann}, ann: {main: [x, ann]}}",
            "people: ann of main cannot be both ada and ann: take it from one",
        ),
        ("bots: jenkins", "bots: must be a list: write [a, b]"),
    ],
)
@pytest.mark.parametrize("within", ["", "    "])
def test_a_fault_is_named_with_place_and_cure(settle: Settle, whole: str, text: str, finding: str, within: str) -> None:
    with pytest.raises(ConfigError) as error:
        settle(f"{whole}{within}{text}\n")
    assert finding in str(error.value)


def test_an_account_cannot_be_one_person_in_a_product_and_another_everywhere(settle: Settle, whole: str) -> None:
    with pytest.raises(ConfigError, match=r"products\.shop\.people: ada of main cannot be both ada and lovelace"):
        settle(f"{whole}    people: {{lovelace: {{main: ada}}}}\npeople: {{ada: {{main: ada}}}}\n")
