from __future__ import annotations

from collections.abc import Callable

from pmbridge.config import ProductSettings, Settings, digest

Settle = Callable[..., Settings]


def test_settings_that_mean_the_same_have_one_digest(settle: Settle, whole: str) -> None:
    plain = digest(settle(whole).products["shop"])
    spelled = digest(settle(whole + "    health: {green_in: 0.85}\n    zone: UTC\n").products["shop"])
    assert plain == spelled
    assert len(plain) == 12


def test_the_order_of_keys_makes_no_difference(settle: Settle, whole: str) -> None:
    one = settle(whole + "    status: {done: [a], todo: [b]}\n").products["shop"]
    other = settle(whole + "    status: {todo: [b], done: [a]}\n").products["shop"]
    assert digest(one) == digest(other)


def test_a_setting_that_moves_a_figure_changes_the_digest(settle: Settle, whole: str) -> None:
    plain = digest(settle(whole).products["shop"])
    for change in ("health: {green_in: 0.9}", "zone: Europe/Berlin", "status: {done: [Shipped]}"):
        assert digest(settle(f"{whole}    {change}\n").products["shop"]) != plain


def test_a_setting_that_moves_no_figure_does_not_change_the_digest(settle: Settle, whole: str) -> None:
    more = whole + "    publish: [{slot: acceptance, surface: comment}]\n    budget_writes: {creates: 1}\n"
    assert digest(settle(more).products["shop"]) == digest(settle(whole).products["shop"])


def test_settings_that_were_written_down_and_read_again_keep_their_digest(settle: Settle, whole: str) -> None:
    shop = settle(whole + "    calendar: {hours: 9-17, holidays: [2026-12-25]}\n").products["shop"]
    assert digest(ProductSettings.model_validate_json(shop.model_dump_json())) == digest(shop)
