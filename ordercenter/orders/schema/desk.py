"""What a desk for orders asks: why an order stands out, and what was ordered in a time, with whom and of what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import graphene
from django.utils import timezone

from marketplace.catalog.schema.types import VariantType
from marketplace.core.actor import Actor
from marketplace.core.money import Money as Amount
from marketplace.graphql import BadInput, BatchLoader, Date, Decimal, Field, Money, Quantity, enum_of
from marketplace.graphql.extending import extend
from marketplace.parties.schema.types import OrganizationType, listed, text
from marketplace.parties.sides import TradeSide
from ordercenter.orders.flags import OrderFlag, count_flags, flags_of, zone_of
from ordercenter.orders.models import Order
from ordercenter.orders.schema.queries import on_side
from ordercenter.orders.schema.types import OrderType, readable
from ordercenter.orders.turnover import (
    MOST_PERIODS,
    Span,
    TurnoverPeriod,
    in_span,
    months_on,
    top_partners,
    top_variants,
    turnover,
)

MOST_RANKED = 50
SIDE = graphene.Argument(enum_of(TradeSide), required=True, description="What you are in them.")
BY = graphene.Argument(enum_of(TurnoverPeriod), required=True, description="How the time is cut.")
SINCE = Date(
    description="The first day in your organization's zone. Left out: 30 days, 12 weeks or 12 months up to the last."
)
UNTIL = Date(description="The last day; today unless told.")
CURRENCY = graphene.String(description="ISO 4217; your organization's own unless told.")


class OrderFlagMarkType(graphene.ObjectType):
    """A reason why an order stands out."""

    class Meta:
        name = "OrderFlagMark"

    code = Field(enum_of(OrderFlag), required=True, description="The reason.")
    label = text("The same in the reader's language.")

    def resolve_code(root: OrderFlag, _info: Any) -> OrderFlag:
        return root

    def resolve_label(root: OrderFlag, _info: Any) -> str:
        return str(root.label)


class OrderFlagCountType(graphene.ObjectType):
    """How many orders stand out for one reason."""

    class Meta:
        name = "OrderFlagCount"

    code = Field(enum_of(OrderFlag), required=True, description="The reason.")
    label = text("The same in the reader's language.")
    count = Field(graphene.Int, required=True, description="How many.")


class FlagsOfOrder(BatchLoader):
    """Why orders stand out; one statement for a page of them."""

    def batch(self, keys: list[int]) -> list[list[OrderFlag]]:
        found = flags_of(self.actor, readable(self.actor, Order.objects.all()).filter(pk__in=keys))
        return [found.get(key, []) for key in keys]


@extend(OrderType)
class OrderFlags:
    """Why an order stands out."""

    flags = listed(OrderFlagMarkType, "Why somebody should look at it, the most pressing first.", size=2)

    def resolve_flags(root: Any, info: Any) -> Any:
        return FlagsOfOrder.of(info).load(root.pk)


class OrderTurnoverPeriodType(graphene.ObjectType):
    """What was ordered in one period."""

    class Meta:
        name = "OrderTurnoverPeriod"

    start = Field(Date, required=True, description="Its first day.")
    end = Field(Date, required=True, description="Its last day.")
    gross = Field(Money, required=True, description="What is payable for it.")
    order_count = Field(graphene.Int, required=True, description="Orders placed in it.")
    previous_gross = Field(Money, required=True, description="Payable in the same period of the time before.")
    previous_order_count = Field(graphene.Int, required=True, description="Orders placed in that.")


class OrderTurnoverType(graphene.ObjectType):
    """What was ordered in a time and in one as long before it; stopped orders do not count."""

    class Meta:
        name = "OrderTurnover"

    currency = text("ISO 4217 code of its amounts.")
    currencies = listed(graphene.String, "Currencies in which something was ordered, the most orders first.", size=2)
    gross = Field(Money, required=True, description="All of it.")
    order_count = Field(graphene.Int, required=True, description="All orders.")
    previous_gross = Field(Money, required=True, description="All of the time before.")
    previous_order_count = Field(graphene.Int, required=True, description="All orders of the time before.")
    since = Field(Date, required=True, description="The first day.")
    until = Field(Date, required=True, description="The last day.")
    change = Field(Decimal, description="Percent by which gross has grown; null where there was nothing before.")
    periods = listed(OrderTurnoverPeriodType, "Each period, also those without any order.", size=31)


class TopPartnerType(graphene.ObjectType):
    """A partner and what was ordered with it."""

    class Meta:
        name = "OrderTopPartner"

    partner = Field(OrganizationType, description="The other side.")
    gross = Field(Money, required=True, description="What is payable.")
    order_count = Field(graphene.Int, required=True, description="Orders placed.")

    def resolve_partner(root: Any, info: Any) -> Any:
        return OrganizationType.load(info, root.partner_id)


class TopVariantType(graphene.ObjectType):
    """Goods and what was ordered of them."""

    class Meta:
        name = "OrderTopVariant"

    variant = Field(VariantType, description="The goods, if the reader may still see them.")
    gross = Field(Money, required=True, description="What is payable.")
    quantity = Field(Quantity, required=True, description="How much, in the base unit.")
    order_count = Field(graphene.Int, required=True, description="Orders with them.")

    def resolve_variant(root: Any, info: Any) -> Any:
        return VariantType.load(info, root.variant_id)


def span_of(actor: Actor, by: TurnoverPeriod, since: dt.date | None, until: dt.date | None) -> Span:
    """The span that was asked for; raises BAD_USER_INPUT for one that ends before it begins or is too long."""
    until = until or timezone.localdate(timezone=zone_of(actor))
    since = since or usual_start(by, until)
    if not dt.date(1970, 1, 1) <= since <= until <= dt.date(2999, 12, 31):
        raise BadInput("The last day is not before the first, and both are of this time.")
    span = Span(since, until, by)
    days = {TurnoverPeriod.DAY: 1, TurnoverPeriod.WEEK: 7, TurnoverPeriod.MONTH: 28}[by]
    if (until - since).days // days >= MOST_PERIODS:
        raise BadInput(f"At most {MOST_PERIODS} periods.")
    return span


def usual_start(by: TurnoverPeriod, until: dt.date) -> dt.date:
    """Where a time begins that ends on a day: 30 days, or 12 weeks or months with the running one."""
    if by is TurnoverPeriod.DAY:
        return until - dt.timedelta(days=29)
    if by is TurnoverPeriod.WEEK:
        return until - dt.timedelta(days=until.weekday() + 7 * 11)
    return months_on(until.replace(day=1), -11)


def money(value: Any, currency: str) -> Amount:
    """An amount of a turnover."""
    return Amount(value, currency)


def turnover_shown(found: Any, span: Span) -> OrderTurnoverType:
    """A turnover with its sums."""
    code = found.currency
    gross, before = (sum(getattr(one, name) for one in found.periods) for name in ("gross", "previous_gross"))
    return OrderTurnoverType(
        currency=code,
        currencies=found.currencies,
        since=span.first,
        until=span.last,
        gross=money(gross, code),
        order_count=sum(one.orders for one in found.periods),
        previous_gross=money(before, code),
        previous_order_count=sum(one.previous_orders for one in found.periods),
        change=round((gross - before) * 100 / before, 1) if before else None,
        periods=[
            OrderTurnoverPeriodType(
                start=one.start,
                end=one.end,
                gross=money(one.gross, code),
                order_count=one.orders,
                previous_gross=money(one.previous_gross, code),
                previous_order_count=one.previous_orders,
            )
            for one in found.periods
        ],
    )


class DeskQueries:
    """What stands out, and what was ordered in a time."""

    order_flag_counts = Field(
        graphene.List(graphene.NonNull(OrderFlagCountType)),
        required=True,
        size=7,
        side=SIDE,
        description="How many orders that are not done stand out, and why; reasons without any are left out.",
    )
    order_turnover = Field(
        OrderTurnoverType,
        required=True,
        cost=10,
        side=SIDE,
        by=BY,
        since=SINCE,
        until=UNTIL,
        currency=CURRENCY,
        description="What was ordered in a time, by day, week or month. Requires `orders.sales` or `orders.purchases`.",
    )
    order_top_partners = Field(
        graphene.List(graphene.NonNull(TopPartnerType)),
        required=True,
        size=5,
        side=SIDE,
        by=BY,
        since=SINCE,
        until=UNTIL,
        currency=CURRENCY,
        first=graphene.Int(default_value=5, description="How many, 50 at most."),
        description="With whom most was ordered in a time.",
    )
    order_top_variants = Field(
        graphene.List(graphene.NonNull(TopVariantType)),
        required=True,
        size=5,
        side=SIDE,
        by=BY,
        since=SINCE,
        until=UNTIL,
        currency=CURRENCY,
        first=graphene.Int(default_value=5, description="How many, 50 at most."),
        description="Of which goods most was ordered in a time.",
    )

    def resolve_order_flag_counts(root: Any, info: Any, side: Any) -> list[OrderFlagCountType]:
        actor = info.context.actor
        found = count_flags(actor, on_side(actor, readable(actor, Order.objects.all()), side))
        return [OrderFlagCountType(code=flag, label=flag.label, count=n) for flag, n in found.items() if n]

    def resolve_order_turnover(
        root: Any, info: Any, side: Any, by: Any, currency: str | None = None, **days: Any
    ) -> OrderTurnoverType:
        actor = info.context.actor
        span = span_of(actor, TurnoverPeriod(by), days.get("since"), days.get("until"))
        rows = on_side(actor, readable(actor, Order.objects.all()), side)
        return turnover_shown(turnover(rows, span, zone_of(actor), currency or own_currency(actor)), span)

    def resolve_order_top_partners(root: Any, info: Any, side: Any, first: int, **given: Any) -> list[TopPartnerType]:
        rows, code = placed_in(info, side, **given)
        other = "buyer" if side == TradeSide.SELLER else "seller"
        found = []
        for row in top_partners(rows, other, ranked(first)):
            one = TopPartnerType(gross=money(row["payable"], code), order_count=row["orders"])
            one.partner_id = row["partner"]
            found.append(one)
        return found

    def resolve_order_top_variants(root: Any, info: Any, side: Any, first: int, **given: Any) -> list[TopVariantType]:
        rows, code = placed_in(info, side, **given)
        found = []
        for row in top_variants(rows, code, ranked(first)):
            quantity = row["pieces"]
            one = TopVariantType(gross=money(row["payable"], code), quantity=quantity, order_count=row["orders"])
            one.variant_id = row["variant"]
            found.append(one)
        return found


def own_currency(actor: Any) -> str:
    """The currency of the actor's organization."""
    return actor.organization.currency if actor.organization else "CNY"


def placed_in(info: Any, side: Any, by: Any, currency: str | None = None, **days: Any) -> tuple[Any, str]:
    """The orders that count in a time, and the currency they are in."""
    actor = info.context.actor
    code = currency or own_currency(actor)
    span = span_of(actor, TurnoverPeriod(by), days.get("since"), days.get("until"))
    return in_span(on_side(actor, readable(actor, Order.objects.all()), side), span, zone_of(actor), code), code


def ranked(first: int) -> int:
    """How many are listed."""
    return max(1, min(first, MOST_RANKED))
