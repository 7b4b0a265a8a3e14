"""People and bots of the whole installation become those of every product."""

from __future__ import annotations

from pmbridge.config.people import one_person_each
from pmbridge.config.problems import Problem
from pmbridge.config.product import ProductSettings
from pmbridge.config.settings import Settings


def with_everybody(settings: Settings) -> tuple[Settings, list[Problem]]:
    """Give each product everybody's people, over which its own go, and everybody's bots beside its own."""
    products: dict[str, ProductSettings] = {}
    problems = []
    for name, product in settings.products.items():
        people = settings.people | product.people
        try:
            one_person_each(people)
        except ValueError as error:
            problems.append(Problem(("products", name, "people"), str(error)))
        bots = tuple(dict.fromkeys((*settings.bots, *product.bots)))
        products[name] = product.model_copy(update={"people": people, "bots": bots})
    return settings.model_copy(update={"products": products}), problems
