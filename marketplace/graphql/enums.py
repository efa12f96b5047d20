"""GraphQL enums made from Django's, once each, so that a status means one thing in the whole schema."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Choices

_made: dict[type[Choices], Any] = {}


def enum_of(choices: type[Choices], name: str | None = None) -> Any:
    """The GraphQL enum of a `TextChoices`: values are the members' names, described by their labels.

    Always the same class for the same choices; arguments of the type arrive in Python as members.
    """
    found = _made.get(choices)
    if found is None:
        text = (choices.__doc__ or "").strip()
        if not text or text.startswith("An enumeration"):
            text = f"{choices.__name__}."

        def describe(member: Any) -> str:
            return text if member is None else str(member.label)

        found = graphene.Enum.from_enum(choices, name=name or choices.__name__, description=describe)
        _made[choices] = found
    return found
