"""Between whom an order is placed and on what terms: all of it for many drafts in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.arrays import numbers, texts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.parties.models import Address, OrganizationStatus, PartnerRole, PartnershipStatus
from ordercenter.orders.drafts import LINE_LIMIT, OrderDraft
from ordercenter.orders.enums import EntryMode, OrderChannel
from ordercenter.orders.errors import OrderErrorCode

#: What a seller uses beside prices and stock; nothing of the others is asked for its orders (credit-and-ledger §3, §6).
USES = {
    "promotes": """EXISTS (SELECT FROM promotions_promotion AS promotion
                WHERE promotion.organization_id = partnership.upstream_id AND promotion.status = 'effective'
                  AND promotion.valid_from <= now() AND promotion.valid_to > now())""",
    "controls_credit": """EXISTS (SELECT FROM credit_creditsettings AS credit
                        WHERE credit.organization_id = partnership.upstream_id AND credit.controls)""",
    "has_funds": """EXISTS (SELECT FROM ledger_ledgeraccount AS purse
                 WHERE purse.partnership_id = partnership.id AND purse.balance < -purse.reserved
                   AND purse.kind IN ('cash', 'rebate', 'goods', 'expense', 'deposit'))""",
}
SQL = f"""
SELECT now(), partnership.id, partnership.status, partnership.currency, partnership.short_policy,
       partnership.payment_method, partnership.payment_days, partnership.downstream_role,
       seller.name, seller.status, buyer.name, buyer.status,
       coalesce(settings.auto_confirm, false), coalesce(settings.takes_backorders, true),
       coalesce(settings.minimum_value, 0), coalesce(settings.number_prefix, 'SO'),
       partnership.grade_id, grouped.ancestors, {", ".join(USES.values())},
       address.document, taken.id,
       CASE given.position WHEN 1 THEN array(SELECT nextval('orders_order_id_seq') FROM generate_series(1, %s)) END,
       CASE given.position WHEN 1 THEN array(SELECT nextval('orders_orderline_id_seq') FROM generate_series(1, %s)) END
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[]) WITH ORDINALITY
       AS given(seller, buyer, address, integration, external, position)
  LEFT JOIN parties_partnership AS partnership
         ON partnership.upstream_id = given.seller AND partnership.downstream_id = given.buyer
  LEFT JOIN parties_organization AS seller ON seller.id = partnership.upstream_id
  LEFT JOIN parties_organization AS buyer ON buyer.id = partnership.downstream_id
  LEFT JOIN parties_partnergroup AS grouped ON grouped.id = partnership.group_id
  LEFT JOIN orders_ordersettings AS settings ON settings.organization_id = given.seller
  LEFT JOIN LATERAL (
       SELECT to_jsonb(held) AS document FROM parties_address AS held
        WHERE held.organization_id = given.buyer AND held.is_active
          AND (held.id = given.address OR (given.address IS NULL AND held.is_default))
        LIMIT 1) AS address ON true
  LEFT JOIN orders_order AS taken
         ON given.external <> '' AND taken.seller_id = given.seller
        AND taken.integration = given.integration AND taken.external_number = given.external
 ORDER BY given.position
"""

CHANNELS = {
    PartnerRole.DEALER: OrderChannel.DEALER,
    PartnerRole.SUB_DEALER: OrderChannel.SUB_DEALER,
}


@dataclass(frozen=True, slots=True)
class Trade:
    """The two sides of one draft as they stand now; `partnership_id` is None where there is none.

    `promotes`, `controls_credit` and `has_funds`: what of its seller's terms has to be asked beside the prices.
    """

    now: datetime
    partnership_id: int | None
    status: str
    currency: str
    short_policy: str
    payment_method: str
    payment_days: int
    downstream_role: str
    seller_name: str
    seller_status: str
    buyer_name: str
    buyer_status: str
    auto_confirm: bool
    takes_backorders: bool
    minimum_value: Decimal
    number_prefix: str
    grade_id: int | None
    group_ids: tuple[int, ...] | None
    promotes: bool
    controls_credit: bool
    has_funds: bool
    address: dict[str, Any] | None
    taken_by: int | None

    @property
    def channel(self) -> OrderChannel:
        return CHANNELS.get(PartnerRole(self.downstream_role), OrderChannel.PURCHASE)


def shown_trade(**known: Any) -> Trade:
    """A trade for figures that are shown and not promised: what placing alone asks for is left open."""
    blank = dict.fromkeys(("seller_name", "seller_status", "buyer_name", "buyer_status", "number_prefix"), "")
    open_values: dict[str, Any] = {"auto_confirm": False, "takes_backorders": True, "address": None, "taken_by": None}
    terms = {"short_policy": "", "payment_method": "", "payment_days": 0, "minimum_value": Decimal(0)}
    return Trade(**{**blank, **open_values, **terms, "status": "active", **known})


def trades_of(drafts: Sequence[OrderDraft]) -> tuple[list[Trade], list[int], list[int]]:
    """The trade of each draft, in their order, with ids for their orders and for all their lines; one statement.

    Stock is promised to a line before the line is written, so its id is needed first. Ids of drafts that are refused
    are lost, which matters to nobody: people read numbers.
    """
    parameters: list[Any] = [
        len(drafts),
        sum(len(draft.lines) + len(draft.charges) for draft in drafts if len(draft.lines) <= LINE_LIMIT),
        numbers(draft.seller_id for draft in drafts),
        numbers(draft.buyer_id for draft in drafts),
        numbers(draft.address_id for draft in drafts),
        texts(draft.integration for draft in drafts),
        texts(draft.external_number for draft in drafts),
    ]
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
        rows = cursor.fetchall()
    return [_trade(row[:-2]) for row in rows], rows[0][-2], rows[0][-1]


def _trade(row: tuple[Any, ...]) -> Trade:
    *terms, document, taken = row
    address = Address(**_parsed(document)).snapshot() if document else None
    fields: tuple[Any, ...] = (*terms, address, taken)
    return Trade(*fields)


def _parsed(document: Any) -> dict[str, Any]:
    if isinstance(document, dict):
        return document
    import json

    return json.loads(document)


def may_place(actor: Actor, draft: OrderDraft) -> bool:
    """The buyer's people who may order, the seller's who keep its orders, and the program."""
    if actor.on_behalf_of is not None:
        return False
    if actor.is_system:
        return actor.organization is None or actor.organization_id in (draft.seller_id, draft.buyer_id)
    if actor.organization_id == draft.buyer_id:
        return actor.may("orders.place")
    return actor.organization_id == draft.seller_id and actor.may("orders.confirm")


def acts_for_seller(actor: Actor, draft: OrderDraft) -> bool:
    """True for the seller's own people and for the program."""
    return actor.organization_id == draft.seller_id or (actor.is_system and actor.organization is None)


def entry_mode(actor: Actor, draft: OrderDraft) -> EntryMode:
    """Who typed it, where the way in does not say."""
    if draft.entry_mode:
        return draft.entry_mode
    return EntryMode.SELF if actor.organization_id == draft.buyer_id else EntryMode.SELLER


def trade_problems(actor: Actor, draft: OrderDraft, trade: Trade) -> Iterator[DomainError]:
    """Why these two cannot trade now, or this address or document cannot be used."""
    if trade.partnership_id is None or not may_place(actor, draft):
        yield not_found("seller" if actor.organization_id == draft.buyer_id else "buyer")
        return
    if trade.status != PartnershipStatus.ACTIVE:
        text = _("%(seller)s and %(buyer)s do not trade at present.")
        names = {"seller": trade.seller_name, "buyer": trade.buyer_name}
        yield DomainError(OrderErrorCode.PARTNERSHIP_INACTIVE, text % names, "seller")
    barred = (OrganizationStatus.SUSPENDED, OrganizationStatus.CLOSED)
    for name, status in ((trade.seller_name, trade.seller_status), (trade.buyer_name, trade.buyer_status)):
        if status in barred:
            text = _("%(name)s is suspended or closed.") % {"name": name}
            yield DomainError(OrderErrorCode.PARTNERSHIP_INACTIVE, text, "seller")
    if draft.address is None and trade.address is None:
        if draft.address_id is None:
            yield DomainError(CoreErrorCode.REQUIRED, _("Choose where the goods go."), "address")
        else:
            yield not_found("address")
    if trade.taken_by is not None:
        text = _("%(number)s has been taken over already.") % {"number": draft.external_number}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "external_number")
    if draft.confirm is not None and not acts_for_seller(actor, draft):
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only the seller confirms."), "confirm")
