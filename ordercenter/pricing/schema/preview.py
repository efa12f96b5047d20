"""What a step in a list's sheet would change, in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.core.errors import DomainError
from marketplace.graphql import Decimal, Field
from marketplace.parties.schema.types import listed, text
from ordercenter.pricing.sheet import CellChange, Difference

MOST_SHOWN = 500


class CellChangeType(graphene.ObjectType):
    """What one cell changes."""

    class Meta:
        name = "PriceCellChange"

    index = Field(graphene.Int, required=True, description="Its place among the rows sent, then among those removed.")
    old = Field(Decimal, description="What the list said for this quantity before; null: nothing.")
    new = Field(Decimal, description="What it will say; null: nothing any more.")
    percent = Field(Decimal, description="By how much it rises or, below 0, falls.")
    is_new_tier = Field(graphene.Boolean, required=True, description="The quantity had no price of its own.")


class PreviewProblemType(graphene.ObjectType):
    """Why a cell would be refused."""

    class Meta:
        name = "PricePreviewProblem"

    index = Field(graphene.Int, description="Its place; null: the whole step.")
    field = Field(graphene.String, description="What of it is wrong.")
    code = text("For programs.")
    message = text("For people.")

    def resolve_code(root: DomainError, _info: Any) -> str:
        return str(getattr(root.code, "name", root.code))

    def resolve_message(root: DomainError, _info: Any) -> str:
        return str(root.message)


class PriceRowsPreviewType(graphene.ObjectType):
    """What a step would change, for whom, and what is wrong with it."""

    class Meta:
        name = "PriceRowsPreview"

    rise_count = Field(graphene.Int, required=True, description="Prices that rise.")
    fall_count = Field(graphene.Int, required=True, description="Prices that fall.")
    new_count = Field(graphene.Int, required=True, description="Prices where there was none.")
    ended_count = Field(graphene.Int, required=True, description="Prices that go.")
    same_count = Field(graphene.Int, required=True, description="Prices that hold already.")
    partner_count = Field(graphene.Int, required=True, description="Partners whose prices ask this list.")
    first_count = Field(graphene.Int, required=True, description="Those of them that ask it before any other.")
    partner_names = listed(graphene.String, "Some of them by name.", size=5)
    changes = listed(
        CellChangeType,
        "The largest first.",
        first=graphene.Int(description=f"{MOST_SHOWN} at most; 200 unless told."),
        least=Decimal(description="Only changes of so many percent or more, up or down."),
        size=50,
    )
    problems = listed(PreviewProblemType, "Why it would be refused; the first 500.", size=10)

    def resolve_rise_count(root: Difference, _info: Any) -> int:
        return sum(_sides(one, lambda old, new: new > old) for one in root.changes)

    def resolve_fall_count(root: Difference, _info: Any) -> int:
        return sum(_sides(one, lambda old, new: new < old) for one in root.changes)

    def resolve_same_count(root: Difference, _info: Any) -> int:
        return sum(_sides(one, lambda old, new: new == old) for one in root.changes)

    def resolve_new_count(root: Difference, _info: Any) -> int:
        return sum(one.old is None and one.new is not None for one in root.changes)

    def resolve_ended_count(root: Difference, _info: Any) -> int:
        return sum(one.new is None for one in root.changes)

    def resolve_partner_count(root: Difference, _info: Any) -> int:
        return root.reach.partners

    def resolve_first_count(root: Difference, _info: Any) -> int:
        return root.reach.first

    def resolve_partner_names(root: Difference, _info: Any) -> list[str]:
        return root.reach.names

    def resolve_changes(root: Difference, _info: Any, first: int = 200, least: Number | None = None) -> Any:
        wanted = [one for one in root.changes if least is None or _size(one) >= least]
        wanted.sort(key=_size, reverse=True)
        return wanted[: min(max(first, 0), MOST_SHOWN)]

    def resolve_problems(root: Difference, _info: Any) -> Sequence[DomainError]:
        return root.problems[:MOST_SHOWN]


def _size(one: CellChange) -> Number:
    return abs(one.percent or Number(0))


def _sides(one: CellChange, holds: Any) -> bool:
    return one.old is not None and one.new is not None and holds(one.old, one.new)
