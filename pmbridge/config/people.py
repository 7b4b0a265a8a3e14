"""Who is who over several trackers, as the configuration says it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from pmbridge.config.section import Words

#: By the name of a person, the names of their accounts by source.
People = dict[str, dict[str, tuple[str, ...]]]


def _several(value: Any) -> Any:
    """Take one account for a list of one, and a number for the text it is."""
    listed = [value] if isinstance(value, str | int) else value
    return [str(one) if type(one) is int else one for one in listed] if isinstance(listed, list | tuple) else listed


def one_person_each(people: People) -> People:
    """Refuse an account that is said to be two people."""
    known: dict[tuple[str, str], str] = {}
    for name, sources in people.items():
        for source, accounts in sources.items():
            for account in accounts:
                other = known.setdefault((source, account.casefold()), name)
                if other != name:
                    raise ValueError(f"{account} of {source} cannot be both {other} and {name}: take it from one")
    return people


#: Accounts in one source, each by user name, account id or address; one alone needs no list.
Accounts = Annotated[tuple[Words, ...], BeforeValidator(_several), Field(min_length=1)]

#: By the name that teams, rates and approvers use for a person, their accounts in each source.
PeopleMap = Annotated[
    dict[Words, Annotated[dict[Words, Accounts], Field(min_length=1)]], AfterValidator(one_person_each)
]
