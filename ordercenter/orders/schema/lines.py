"""Lines as they are given: a variant, a quantity, perhaps a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene
from django.utils.translation import gettext as _

from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.graphql import Quantity, ids_of
from ordercenter.orders.entries import Wish


class CartLineInput(graphene.InputObjectType):
    """So much of a variant."""

    variant = graphene.ID(required=True, description="The goods.")
    quantity = Quantity(required=True, description="How much; 0 takes a line out where lines are replaced.")
    uom = graphene.String(description="The unit by its code; the variant's order unit unless told.")


def wishes_of(lines: Sequence[Any], field: str = "variant") -> list[Wish]:
    """Lines as wishes; raises NOT_FOUND for each id that is none, with its index."""
    keys = ids_of([line.variant for line in lines], "Variant", field)
    return [Wish(key, line.quantity, uom_code=line.get("uom") or None) for key, line in zip(keys, lines, strict=True)]


def keys_once(gids: Sequence[str], type_name: str, field: str) -> list[int]:
    """The keys of lines that are named; raises NOT_FOUND, and DUPLICATE for a line named twice, with its index."""
    keys = ids_of(list(gids), type_name, field)
    first = {key: index for index, key in reversed(list(enumerate(keys)))}
    raise_all(
        DomainError(CoreErrorCode.DUPLICATE, _("This line is named twice."), field, index)
        for index, key in enumerate(keys)
        if first[key] < index
    )
    return keys
