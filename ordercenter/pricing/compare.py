"""Lines priced as is and under an assumption: what a simulation puts side by side (pricing §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from marketplace.core.actor import Actor
from ordercenter.pricing.models import PolicyLineKind, PricePolicyLine
from ordercenter.pricing.resolve import parameters, resolve, result_of
from ordercenter.pricing.statement_assumed import BOTH
from ordercenter.pricing.terms import Assumption, PriceRequest, PriceResult


def moves_lists(assume: Assumption) -> bool:
    """True where an assumption changes which lists are asked or what they say, not only policies above them."""
    policies = (*assume.policies, *assume.without)
    assigned = PricePolicyLine.objects.filter(kind=PolicyLineKind.LIST, policy__in=policies)
    return bool(assume.lists) or assigned.exists()


def compared(
    actor: Actor, seller_id: int, lines: Sequence[PriceRequest], at: datetime | None, assume: Assumption, lists: bool
) -> tuple[list[PriceResult], list[PriceResult]]:
    """The price of each line as is, and under an assumption that moves lists or not (`moves_lists`).

    Where it does not, what lists say is the same and asked once: one statement instead of two, and a line whose policy
    lines do not differ has one result.
    """
    if lists or not lines:
        return resolve(actor, seller_id, lines, at), resolve(actor, seller_id, lines, at, assume)
    with connection.cursor() as cursor:
        cursor.execute(BOTH, parameters(actor, seller_id, lines, at) | assume.values)
        rows = cursor.fetchall()
    current, assumed = [], []
    for line, (*row, other) in zip(lines, rows, strict=True):
        current.append(result_of(line, row))
        if other == row[-1]:
            assumed.append(current[-1])
            continue
        row[-1] = other
        assumed.append(result_of(line, row))
    return current, assumed
