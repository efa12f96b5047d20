"""How partners stand, and what a cart would add, in the schema."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as Number
from typing import Any

import graphene
from django.db.models import Q

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.money import Money as Amount
from marketplace.graphql import Date, Decimal, Field, Money, Quantity, enum_of, from_global_id, to_global_id
from marketplace.parties.models import Partnership, PartnershipStatus
from marketplace.parties.schema.types import OrganizationType, listed, text
from ordercenter.rebates.basket import basket_gain
from ordercenter.rebates.compute.tiers import Band
from ordercenter.rebates.effective import Effective
from ordercenter.rebates.enums import RebateMeasure, RebateQualifier, RebateReward, TierMethod
from ordercenter.rebates.progress import Progress, progress_of
from ordercenter.rebates.schema.types import VIEW, RebateTierType, last_day
from ordercenter.rebates.words import period_name

#: Partners a page may ask for at once.
MOST = 50


class RebateProgressType(graphene.ObjectType):
    """How one partner stands in the present period of one tier table. Figures of other partners are never told: where
    all are pooled, `groupAmount` is their sum."""

    class Meta:
        name = "RebateProgress"

    policy_id = Field(graphene.ID, required=True, description="The policy.")
    policy_code = text("Its code.")
    policy_name = text("Its name in the reader's language.")
    description = text("What partners read about it.")
    seller = Field(OrganizationType, required=True, description="Who grants.")
    currency = text("ISO 4217 code.")
    basis_label = text("The documents that count.")
    method = Field(enum_of(TierMethod), required=True, description="How bands pay.")
    method_label = text("The label of `method`.")
    qualifier = Field(enum_of(RebateQualifier), required=True, description="What chooses the band.")
    qualifier_label = text("The label of `qualifier`.")
    measure = Field(enum_of(RebateMeasure), required=True, description="What it pays on.")
    uom_code = text("The unit of quantities; empty: base units.")
    period_from = Field(Date, required=True, description="First day of the period.")
    period_to = Field(Date, description="Last day of the period; null: open.")
    period_name = text("The period, as people name it.")
    days = Field(graphene.Int, required=True, description="Days of the period.")
    elapsed = Field(graphene.Int, required=True, description="Days that have passed, today counted.")
    position = Field(graphene.ID, description="The position; null before anything counts.")
    basis_amount = Field(Money, required=True, description="The partner's amount that counts.")
    basis_quantity = Field(Quantity, required=True, description="The partner's quantity that counts.")
    group_amount = Field(Money, description="The sum of all pooled partners.")
    group_quantity = Field(Quantity, description="The sum of all pooled partners.")
    baseline = Field(Decimal, description="What growth is measured from.")
    target = Field(Decimal, description="What achievement is measured by.")
    band = Field(graphene.Int, description="The band it is in, from 0; null: below the first.")
    rate = Field(Decimal, description="What that band gives.")
    reward = Field(enum_of(RebateReward), description="As what.")
    accrued = Field(Money, required=True, description="What has been earned.")
    settled = Field(Money, required=True, description="What has been paid.")
    next_lower = Field(Decimal, description="Where the next band begins, as the tier table says it.")
    next_rate = Field(Decimal, description="What it gives.")
    next_value = Field(Decimal, description="The same in money or units.")
    gap = Field(Decimal, description="What is missing to it, in money or units.")
    brings = Field(Money, description="What reaching it adds to what has been earned.")
    share = Field(Decimal, required=True, description="How far to the next band, 0 to 100; 100 in the last.")
    forecast_amount = Field(Money, required=True, description="The amount at the end, if it goes on so.")
    forecast_quantity = Field(Quantity, required=True, description="The quantity at the end, if it goes on so.")
    forecast_value = Field(Money, required=True, description="What that would earn.")
    tiers = listed(RebateTierType, "The tier table.", size=5)

    def resolve_policy_id(root: Progress, _info: Any) -> str:
        return to_global_id("RebatePolicy", root.policy.id)

    def resolve_policy_code(root: Progress, _info: Any) -> str:
        return root.policy.row.code

    def resolve_policy_name(root: Progress, _info: Any) -> str:
        return root.policy.row.name

    def resolve_description(root: Progress, _info: Any) -> str:
        return root.policy.row.description

    def resolve_seller(root: Progress, _info: Any) -> Any:
        return root.policy.row.organization

    def resolve_currency(root: Progress, _info: Any) -> str:
        return root.policy.row.currency

    def resolve_basis_label(root: Progress, _info: Any) -> str:
        return root.policy.row.get_basis_display()

    def resolve_method(root: Progress, _info: Any) -> TierMethod:
        return root.line.terms.method

    def resolve_method_label(root: Progress, _info: Any) -> str:
        return str(root.line.terms.method.label)

    def resolve_qualifier(root: Progress, _info: Any) -> RebateQualifier:
        return root.line.terms.qualifier

    def resolve_qualifier_label(root: Progress, _info: Any) -> str:
        return str(root.line.terms.qualifier.label)

    def resolve_measure(root: Progress, _info: Any) -> RebateMeasure:
        return root.line.terms.measure

    def resolve_uom_code(root: Progress, _info: Any) -> str:
        return root.line.uom_code

    def resolve_period_from(root: Progress, _info: Any) -> date:
        return root.period.start

    def resolve_period_to(root: Progress, _info: Any) -> date | None:
        return last_day(root.period.end)

    def resolve_period_name(root: Progress, _info: Any) -> str:
        return period_name(root.policy.row.period, root.period.start, root.period.end)

    def resolve_days(root: Progress, _info: Any) -> int:
        return root.period.days

    def resolve_position(root: Progress, _info: Any) -> str | None:
        return to_global_id("RebatePosition", root.position_id) if root.position_id else None

    def resolve_basis_amount(root: Progress, _info: Any) -> Amount:
        return Amount(root.own.amount, root.policy.row.currency)

    def resolve_basis_quantity(root: Progress, _info: Any) -> Number:
        return root.own.quantity

    def resolve_group_amount(root: Progress, _info: Any) -> Amount | None:
        return Amount(root.group.amount, root.policy.row.currency) if root.group else None

    def resolve_group_quantity(root: Progress, _info: Any) -> Number | None:
        return root.group.quantity if root.group else None

    def resolve_baseline(root: Progress, _info: Any) -> Number | None:
        return root.own.baseline

    def resolve_target(root: Progress, _info: Any) -> Number | None:
        return root.own.target

    def resolve_band(root: Progress, _info: Any) -> int | None:
        return root.outlook.band

    def resolve_rate(root: Progress, _info: Any) -> Number | None:
        band = _band(root, root.outlook.band)
        return band.value if band else None

    def resolve_reward(root: Progress, _info: Any) -> RebateReward | None:
        band = _band(root, root.outlook.band) or _band(root, root.outlook.next_band)
        return band.reward if band else None

    def resolve_accrued(root: Progress, _info: Any) -> Amount:
        return Amount(root.accrued, root.policy.row.currency)

    def resolve_settled(root: Progress, _info: Any) -> Amount:
        return Amount(root.settled, root.policy.row.currency)

    def resolve_next_lower(root: Progress, _info: Any) -> Number | None:
        return root.outlook.next_bound

    def resolve_next_rate(root: Progress, _info: Any) -> Number | None:
        band = _band(root, root.outlook.next_band)
        return band.value if band else None

    def resolve_next_value(root: Progress, _info: Any) -> Number | None:
        return root.outlook.next_value

    def resolve_gap(root: Progress, _info: Any) -> Number | None:
        return root.outlook.gap

    def resolve_brings(root: Progress, _info: Any) -> Amount | None:
        return None if root.brings is None else Amount(root.brings, root.policy.row.currency)

    def resolve_share(root: Progress, _info: Any) -> Number:
        whole, gap = root.outlook.next_value, root.outlook.gap
        if not whole or gap is None:
            return Number(100)
        return max(Number(0), min(Number(100), (whole - gap) * 100 / whole)).quantize(Number("0.1"))

    def resolve_forecast_amount(root: Progress, _info: Any) -> Amount:
        return Amount(root.forecast_amount, root.policy.row.currency)

    def resolve_forecast_value(root: Progress, _info: Any) -> Amount:
        return Amount(root.forecast_value, root.policy.row.currency)

    def resolve_tiers(root: Progress, _info: Any) -> tuple[Band, ...]:
        return root.line.terms.bands


def _band(root: Progress, index: int | None) -> Band | None:
    return None if index is None else root.line.terms.bands[index]


class RebateGainType(graphene.ObjectType):
    """What a basket would add to one policy."""

    class Meta:
        name = "RebateGain"

    policy_id = Field(graphene.ID, required=True, description="The policy.")
    policy_name = text("Its name in the reader's language.")
    amount = Field(Money, required=True, description="So much more; below 0 where an earlier rebate takes it.")

    def resolve_policy_id(root: Any, _info: Any) -> str:
        return to_global_id("RebatePolicy", root.policy.pk)

    def resolve_policy_name(root: Any, _info: Any) -> str:
        return root.policy.name

    def resolve_amount(root: Any, _info: Any) -> Amount:
        return Amount(root.amount, root.policy.currency)


class RebateLineGainType(graphene.ObjectType):
    """What one line of a cart would add, and what it really costs then."""

    class Meta:
        name = "RebateLineGain"

    cart_line = Field(graphene.ID, required=True, description="The line.")
    sku = text("Its SKU.")
    name = text("Its name.")
    unit_price = Field(Money, description="As it would be ordered.")
    rebate = Field(Money, required=True, description="What it adds to rebates.")
    effective_price = Field(Money, description="The unit price after that; 4 decimals, to look at.")


class RebateForecastType(graphene.ObjectType):
    """What ordering a cart would add to rebates."""

    class Meta:
        name = "RebateForecast"

    seller = Field(OrganizationType, required=True, description="Who sells.")
    total = Field(Money, required=True, description="What it adds in all.")
    gains = listed(RebateGainType, "By policy.", size=3)
    lines = listed(RebateLineGainType, "By line.", size=20)


class OutlookQueries:
    """Mounted by the package."""

    rebate_progress = Field(
        graphene.NonNull(graphene.List(graphene.NonNull(RebateProgressType))),
        partnership=graphene.ID(description="One partner of yours; as a buyer all your sellers unless told."),
        seller=graphene.ID(description="As a buyer: at this seller only."),
        permission=VIEW,
        size=10,
        description="How a partner stands in every policy it benefits from, in the present periods.",
    )
    rebate_forecast = Field(
        RebateForecastType,
        cart=graphene.ID(required=True, description="A cart of yours."),
        permission=VIEW,
        description="What ordering a cart would add to rebates, and the effective price of each line.",
    )

    def resolve_rebate_progress(
        root: Any, info: Any, partnership: str | None = None, seller: str | None = None
    ) -> list[Progress]:
        return progress_of(_partnerships(info.context.actor, partnership, seller))

    def resolve_rebate_forecast(root: Any, info: Any, cart: str) -> Any:
        found = basket_gain(info.context.actor, from_global_id(cart, "Cart", "cart"))
        return None if found is None else _forecast(*found)


def _partnerships(actor: Actor, partnership: str | None, seller: str | None) -> list[int]:
    """Partnerships whose progress the actor may see: its own as a buyer, one of its partners as a seller."""
    buyer = actor.on_behalf_of.pk if actor.on_behalf_of else actor.organization_id
    rows = Partnership.objects.filter(status=PartnershipStatus.ACTIVE)
    mine = Q(downstream=buyer)
    if actor.on_behalf_of:
        mine &= Q(upstream=actor.organization_id)
    if partnership is not None:
        rows = rows.filter(pk=from_global_id(partnership, "Partnership", "partnership"))
        mine |= Q(upstream=actor.organization_id)
    if seller is not None:
        rows = rows.filter(upstream=from_global_id(seller, "Organization", "seller"))
    found = list(rows.filter(mine).order_by("pk").values_list("pk", flat=True)[:MOST])
    if partnership is not None and not found:
        raise not_found("partnership")
    return found


def _forecast(seller: Any, currency: str, gain: Effective, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "seller": seller,
        "total": Amount(gain.total, currency),
        "gains": gain.gains,
        "lines": [
            {
                "cart_line": to_global_id("CartLine", line["id"]),
                "sku": line["sku"],
                "name": line["name"],
                "unit_price": Amount(line["unit_price"], currency),
                "rebate": Amount(line["rebate"], currency),
                "effective_price": None
                if line["effective_price"] is None
                else Amount(line["effective_price"], currency),
            }
            for line in lines
        ],
    }
