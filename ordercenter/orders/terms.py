"""On what terms a buyer buys of one seller, for looking at prices and filling carts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.parties.models import PartnershipStatus
from ordercenter.orders.store import rows_of
from ordercenter.orders.trade import USES, Trade, shown_trade
from ordercenter.pricing.freeze import Freeze

SQL = f"""
SELECT partnership.id, partnership.upstream_id, partnership.downstream_id, partnership.status, partnership.currency,
       coalesce(settings.minimum_value, 0),
       (SELECT jsonb_agg(jsonb_build_array(code, name_zh, name_en)) FROM catalog_unitofmeasure)::text,
       partnership.downstream_role, partnership.grade_id, grouped.ancestors, {", ".join(USES.values())},
       coalesce(pricing.draft_freeze_hours, 0), now()
  FROM parties_partnership AS partnership
  LEFT JOIN parties_partnergroup AS grouped ON grouped.id = partnership.group_id
  LEFT JOIN orders_ordersettings AS settings ON settings.organization_id = partnership.upstream_id
  LEFT JOIN pricing_pricingsettings AS pricing
         ON pricing.organization_id = partnership.upstream_id AND pricing.currency = partnership.currency
 WHERE partnership.upstream_id = %s AND partnership.downstream_id = %s
"""


@dataclass(frozen=True, slots=True)
class BuyingTerms:
    """A buyer's partnership with a seller; `uoms` are the codes of units by every name they go by, in lower case.

    `freeze` says for how long the seller holds the prices of a cart, `trade` what else of its terms is to be asked.
    """

    partnership_id: int
    seller_id: int
    buyer_id: int
    active: bool
    currency: str
    minimum_value: Decimal
    uoms: dict[str, str]
    trade: Trade
    freeze: Freeze

    def uom_code(self, text: str) -> str:
        """The code of a unit that was typed by its code or by its name in either language; else what was typed."""
        return self.uoms.get(text.strip().lower(), text.strip())


def buying_terms(actor: Actor, seller_id: int, buyer_id: int | None = None) -> BuyingTerms:
    """The terms of whoever the actor buys for; raises NOT_FOUND where there is no partnership. One statement.

    `buyer_id`: a dealer for whom the seller's own people enter an order, which `orders.confirm` lets them.
    """
    if buyer_id is not None and buyer_id != actor.organization_id:
        return _terms_of_dealer(actor, seller_id, buyer_id)
    buyer = actor.buyer
    seen = actor.on_behalf_of is None or seller_id == actor.organization_id
    rows = rows_of(SQL, [seller_id, buyer.pk]) if buyer and seen else []
    if not rows:
        raise not_found("seller")
    return _terms(rows[0])


def _terms_of_dealer(actor: Actor, seller_id: int, buyer_id: int) -> BuyingTerms:
    enters = actor.on_behalf_of is None and actor.organization_id == seller_id and actor.may("orders.confirm")
    rows = rows_of(SQL, [seller_id, buyer_id]) if enters else []
    if not rows:
        raise not_found("buyer")
    return _terms(rows[0])


def _terms(row: tuple[Any, ...]) -> BuyingTerms:
    *sides, status, currency, minimum, units, role, grade_id, groups, promotes, credit, funds, hours, now = row
    names: dict[str, str] = {}
    for code, *others in json.loads(units or "[]"):
        names |= {other.lower(): code for other in others if other}
    for code, *_others in json.loads(units or "[]"):
        names[code.lower()] = code
    trade = shown_trade(
        now=now,
        partnership_id=sides[0],
        currency=currency,
        downstream_role=role,
        grade_id=grade_id,
        group_ids=groups,
        promotes=promotes,
        controls_credit=credit,
        has_funds=funds,
    )
    active = status == PartnershipStatus.ACTIVE
    fields: tuple[Any, ...] = (*sides, active, currency, minimum, names, trade, Freeze(hours, now))
    return BuyingTerms(*fields)
