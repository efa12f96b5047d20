"""Which goods have a price: known by a floor above, which this one cannot ask."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from marketplace.core.actor import Actor

#: A condition for products: a variant of it has a price that holds now.
PricedCondition = Callable[[Actor], Q]
_known: list[PricedCondition] = []


def priced_condition(function: PricedCondition) -> PricedCondition:
    """Register who knows which products have a price."""
    if function not in _known:
        _known.append(function)
    return function


def has_price(actor: Actor) -> Q:
    """Products with a price; nothing has one where nobody knows of prices."""
    condition = Q(pk__in=[])
    for function in _known:
        condition |= function(actor)
    return condition
