"""What an order costs and how it is paid: discounts and what gave them, funds, and how far it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import graphene
from django.utils.translation import gettext as _

from marketplace.core.money import Money as Amount
from marketplace.core.money import round4
from marketplace.graphql import BatchLoader, Field, Money, enum_of, grouped, label_field, to_global_id
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import listed, text
from ordercenter.ledger.funds.kinds import FundKind, FundTreatment
from ordercenter.ledger.funds.models import FundShare
from ordercenter.ledger.schema.common import money_field
from ordercenter.orders.enums import OrderLineKind, OrderPaymentStatus
from ordercenter.orders.schema.types import OrderLineType, OrderType
from ordercenter.promotions.models import AppliedPromotion, AppliedShare


class AppliedOfOrder(BatchLoader):
    """The promotions of orders as they applied, in their order."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = AppliedPromotion.objects.visible_to(self.actor).filter(order__in=keys, revoked_at=None)
        return grouped(rows.select_related("coupon").order_by("order_id", "pk"), by="order_id", keys=keys)


class SharesOfLine(BatchLoader):
    """What promotions have taken off lines."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = AppliedShare.objects.visible_to(self.actor).filter(order_line__in=keys, applied__revoked_at=None)
        return grouped(rows.select_related("applied").order_by("order_line_id", "pk"), by="order_line_id", keys=keys)


class FundsOfOrder(BatchLoader):
    """What fund accounts give to orders, by kind and treatment."""

    def batch(self, keys: list[int]) -> list[list[FundPart]]:
        found: dict[int, dict[tuple[str, str], FundPart]] = {key: {} for key in keys}
        for share in FundShare.objects.visible_to(self.actor).filter(order__in=keys).order_by("pk"):
            kind = (share.kind, share.treatment)
            part = found[share.order_id].setdefault(
                kind, FundPart(FundKind(share.kind), FundTreatment(share.treatment))
            )
            part.amount += share.amount - share.freed
            part.used += share.used - share.returned
        return [[part for part in found[key].values() if part.amount or part.used] for key in keys]


@dataclass(slots=True)
class FundPart:
    """What one kind of fund gives to an order."""

    kind: FundKind
    treatment: FundTreatment
    amount: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    currency: str = ""


class OrderPromotionType(graphene.ObjectType):
    """A promotion as it applied to an order, for good."""

    class Meta:
        name = "OrderPromotion"

    label = text("What it was called.")
    coupon = Field(graphene.String, description="The coupon it was claimed with.")
    amount = Field(Money, required=True, description="What it took off.")

    def resolve_coupon(root: Any, _info: Any) -> str | None:
        return root.coupon.code if root.coupon_id else None

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.currency)


class OrderLinePromotionType(graphene.ObjectType):
    """What one promotion took off a line."""

    class Meta:
        name = "OrderLinePromotion"

    label = text("What it was called.")
    amount = Field(Money, required=True, description="What it took off the line.")

    def resolve_label(root: Any, _info: Any) -> str:
        return root.applied.label

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.applied.currency)


class OrderFundType(graphene.ObjectType):
    """What one kind of fund account gives to an order."""

    class Meta:
        name = "OrderFund"

    kind = Field(enum_of(FundKind), required=True, description="The kind of account.")
    kind_label = label_field("kind")
    treatment = Field(enum_of(FundTreatment), required=True, description="Whether it lowers the price, or pays.")
    treatment_label = label_field("treatment")
    amount = money_field("amount", "What it gives, without what was cancelled.")
    used = money_field("used", "What of that invoices have used.")

    def resolve_used(root: FundPart, _info: Any) -> Amount:
        return Amount(root.used, root.currency)


class PriceStepType(graphene.ObjectType):
    """One step of the way from the list price of a unit to what it really costs."""

    class Meta:
        name = "PriceStep"

    label = text("What the step is.")
    price = Field(Money, required=True, description="The price of one unit after it, with four decimals.")


@extend(OrderType)
class OrderMoney:
    """Discounts, funds and payment."""

    open_holds = Field(graphene.Int, required=True, description="How many holds stop it.")
    list_total = money_field("list_amount", "What its lines come to at their prices, before discounts.")
    discount = money_field("discount", "What promotions took off.")
    reduction = money_field("reduction", "What funds took off before tax.")
    funded = money_field("funded", "What of the payable total fund accounts are to pay.")
    credit_value = money_field("value", "What is left to be paid otherwise.")
    paid = money_field("paid", "Paid so far, from funds too.")
    refunded = money_field("refunded", "Paid back.")
    credited = money_field("credited", "Credited by credit notes.")
    payment_status = Field(enum_of(OrderPaymentStatus), required=True, description="How far it is paid.")
    payment_status_label = label_field("payment_status")
    promotions = listed(OrderPromotionType, "The promotions that apply to it.", size=5)
    funds = listed(OrderFundType, "What fund accounts give to it.", size=3)

    def resolve_promotions(root: Any, info: Any) -> Any:
        return AppliedOfOrder.of(info).load(root.pk) if root.promoted else []

    def resolve_funds(root: Any, info: Any) -> Any:
        def told(parts: list[FundPart]) -> list[FundPart]:
            for part in parts:
                part.currency = root.currency
            return parts

        return FundsOfOrder.of(info).load(root.pk).then(told) if root.funded or root.reduction else []


@extend(OrderLineType)
class OrderLineMoney:
    """What was taken off a line, and why."""

    list_total = money_field("list_amount", "Its quantity at its price, before discounts.")
    discount = money_field("discount", "What promotions took off it.")
    reduction = money_field("reduction", "What funds took off it before tax.")
    funded = money_field("funded", "What of it fund accounts are to pay.")
    promotions = listed(OrderLinePromotionType, "What each promotion took off it.", size=3)
    gift_of = Field(graphene.ID, description="Of a gift: the line that earned it.")
    price_steps = listed(PriceStepType, "From the list price to what one unit really costs.", size=5)

    def resolve_promotions(root: Any, info: Any) -> Any:
        return SharesOfLine.of(info).load(root.pk) if root.discount else []

    def resolve_gift_of(root: Any, _info: Any) -> str | None:
        return to_global_id("OrderLine", root.gift_of_id) if root.gift_of_id else None

    def resolve_price_steps(root: Any, _info: Any) -> list[dict[str, Any]]:
        return price_steps(root)


def price_steps(line: Any) -> list[dict[str, Any]]:
    """List price, price of the buyer, after promotions, after funds: steps that change nothing are left out."""
    if line.kind == OrderLineKind.CHARGE:
        return []
    after = line.list_amount - line.discount
    steps = [
        (_("List price"), line.list_price),
        (_("Price by terms"), line.unit_price),
        (_("After promotions"), round4(after / line.quantity) if line.discount else line.unit_price),
        (_("After use of funds"), round4((after - line.reduction) / line.quantity) if line.reduction else None),
    ]
    told: list[dict[str, Any]] = []
    for label, price in steps:
        if price is not None and (not told or told[-1]["price"].amount != price):
            told.append({"label": label, "price": Amount(price, line.currency)})
    return told
