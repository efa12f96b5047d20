"""Lines of contracts in the schema: prices by day, what is left, what was used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as Number
from typing import Any

import graphene

from marketplace.core import money
from marketplace.core.clock import today_of
from marketplace.graphql import (
    Date,
    Decimal,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.contracts.enums import (
    ContractStatus,
    LimitBasis,
    PricePeriod,
)
from ordercenter.contracts.limits import left
from ordercenter.contracts.models import (
    ContractLine,
)
from ordercenter.contracts.prices import price_on, row_on
from ordercenter.contracts.render import name_of
from ordercenter.contracts.schema.library_types import count, yes
from ordercenter.contracts.schema.loaders import (
    PricesOfLine,
    UsedOfLine,
)

ORGANIZATION = "marketplace.parties.schema.OrganizationType"
PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
USER = "marketplace.parties.schema.types.UserType"
UOM = "marketplace.catalog.schema.types.UnitOfMeasureType"
HERE = "ordercenter.contracts.schema.types"
VIEW = "contracts.view"
HUNDRED = Number(100)


class ContractUsageType(graphene.ObjectType):
    """What was used of a contract line in a month."""

    class Meta:
        name = "ContractUsage"

    month = Field(Date, required=True, description="Its first day.")
    called = Field(Quantity, required=True, description="Called off and not given back.")
    called_amount = Field(Decimal, required=True, description="Its net amount.")
    shipped = Field(Quantity, required=True, description="Of that, shipped.")
    received = Field(Quantity, required=True, description="Of that, received.")
    received_amount = Field(Decimal, required=True, description="Its net amount.")
    invoiced = Field(Quantity, required=True, description="Of that, invoiced.")
    invoiced_amount = Field(Decimal, required=True, description="Its net amount.")
    orders = count("Of how many orders.")


class ContractPriceType(graphene.ObjectType):
    """The price of a contract line from a day on."""

    class Meta:
        name = "ContractPrice"

    effective_from = Field(Date, required=True, description="Its first day.")
    price = Field(Decimal, required=True, description="The unit price; of a formula its base.")
    tiers = listed(lambda: ContractTierType, "Prices by ordered quantity; without any the one price.", size=3)
    is_formula = yes("It follows indexes.")
    period = Field(enum_of(PricePeriod), required=True, description="How often a formula is looked at.")
    period_label = label_field("period")
    is_in_force = yes("It holds today.")
    fixed_share = Field(Decimal, description="Of a formula: the share that does not move.")
    threshold = Field(Decimal, required=True, description="Of a formula: percent below which the price stays.")
    cap = Field(Decimal, description="Of a formula: percent by which it moves at most at once.")
    index_terms = listed(lambda: ContractIndexTermType, "Of a formula: its indexes.", size=2)

    def resolve_is_formula(root: Any, _info: Any) -> bool:
        return bool(root.index_terms)

    def resolve_is_in_force(root: Any, _info: Any) -> bool:
        return bool(getattr(root, "in_force", False))


class ContractIndexTermType(graphene.ObjectType):
    """One index of a formula."""

    class Meta:
        name = "ContractIndexTerm"

    index = Field(graphene.ID, required=True, description="The index; the keeper's own.")
    weight = Field(Decimal, required=True, description="Its weight.")
    start = Field(Decimal, required=True, description="Its value at the start.")

    def resolve_index(root: dict[str, Any], _info: Any) -> str:
        return to_global_id("PriceIndex", root["index"])

    def resolve_weight(root: dict[str, Any], _info: Any) -> Number:
        return Number(root["weight"])

    def resolve_start(root: dict[str, Any], _info: Any) -> Number:
        return Number(root["start"])


class ContractTierType(graphene.ObjectType):
    """A price for ordered quantities up to an end."""

    class Meta:
        name = "ContractTier"

    up_to = Field(Quantity, description="Up to this quantity; null: any more.")
    price = Field(Decimal, required=True, description="The unit price.")

    def resolve_up_to(root: dict[str, Any], _info: Any) -> Number | None:
        return None if root["up_to"] is None else Number(root["up_to"])

    def resolve_price(root: dict[str, Any], _info: Any) -> Number:
        return Number(root["price"])


class ContractLineType(ModelType, model=ContractLine, name="ContractLine", permission=VIEW):
    """Goods of a contract, and how much of it is used."""

    seq = count("Its place, from 1.")
    contract = Related(f"{HERE}.ContractNode", "contract", description="The contract.")
    variant = Related("marketplace.catalog.schema.types.VariantType", "variant", description="The goods.")
    category = Related("marketplace.catalog.schema.types.CategoryType", "category", description="All goods of it.")
    name = Field(graphene.String, required=True, description="The goods as people read them.")
    text = text("What is meant, where no goods are named.")
    uom = Related(UOM, "uom", description="The unit it is called off in.")
    quantity = Field(Quantity, description="How much is agreed; null: no limit.")
    amount = Field(Money, description="For how much net is agreed; null: no limit.")
    allowance = Field(Decimal, required=True, description="Percent that may be called off beyond.")
    call_limit = Field(Quantity, description="How much may be called off in all.")
    called_quantity = Field(Quantity, required=True, description="What is called off.")
    called_amount = Field(Money, required=True, description="Its net amount.")
    left_quantity = Field(Quantity, description="What is left to call off; null: no limit.")
    left_amount = Field(Money, description="Its net amount left; null: no limit.")
    used_percent = Field(graphene.Int, description="Used in percent of the limit, rounded down; null: no limit.")
    minimum = Field(Quantity, description="What one call-off has at least.")
    pack = Field(Quantity, description="In multiples of what it is called off.")
    lead_days = Field(graphene.Int, description="Days from order to delivery.")
    guaranteed_min = Field(Quantity, description="What the buyer takes at least until the end.")
    shortage = Field(Quantity, description="What of that was not called off, once the contract is over.")
    price = Field(Money, description="The unit price that holds today; null: that of the lists.")
    prices = listed(ContractPriceType, "Its prices by day, the latest first.", size=3)
    usage = listed(ContractUsageType, "What was used, by month.", size=12)

    def resolve_name(root: Any, _info: Any) -> str:
        return name_of(root)

    def resolve_amount(root: Any, _info: Any) -> money.Money | None:
        return None if root.amount is None else money.Money(root.amount, root.contract.currency)

    def resolve_called_amount(root: Any, _info: Any) -> money.Money:
        return money.Money(root.called_amount, root.contract.currency)

    def resolve_left_quantity(root: Any, _info: Any) -> Number | None:
        return left(root.call_limit, root.called_quantity)

    def resolve_left_amount(root: Any, _info: Any) -> money.Money | None:
        open_amount = left(root.amount_limit, root.called_amount)
        return None if open_amount is None else money.Money(open_amount, root.contract.currency)

    def resolve_used_percent(root: Any, _info: Any) -> int | None:
        share = used_share(root)
        return None if share is None else int(share * HUNDRED)

    def resolve_shortage(root: Any, _info: Any) -> Number | None:
        over = root.contract.status in (ContractStatus.EXPIRED, ContractStatus.TERMINATED, ContractStatus.CLOSED)
        if root.guaranteed_min is None or not over:
            return None
        return max(root.guaranteed_min - root.called_quantity, Number(0))

    def resolve_price(root: Any, info: Any) -> Any:
        quantity = root.minimum or Number(1)
        day = _today(root)

        def found(known: Any) -> money.Money | None:
            price = price_on(known[0], known[1], day, quantity)
            return None if price is None else money.Money(price, root.contract.currency)

        return PricesOfLine.of(info, root.contract.buyer.time_zone).load(root.pk).then(found)

    def resolve_prices(root: Any, info: Any) -> Any:
        day = _today(root)

        def marked(known: Any) -> list[Any]:
            current = row_on(known[0], day)
            for row in known[0]:
                row.in_force = row is current
            return list(reversed(known[0]))

        return PricesOfLine.of(info, root.contract.buyer.time_zone).load(root.pk).then(marked)

    def resolve_usage(root: Any, info: Any) -> Any:
        return UsedOfLine.of(info).load(root.pk)


def _today(line: ContractLine) -> date:
    return today_of(line.contract.buyer)


def used_share(line: ContractLine) -> Number | None:
    """What is used of a line's limit, 0 to 1; None without a limit."""
    if line.basis == LimitBasis.QUANTITY and line.call_limit:
        return line.called_quantity / line.call_limit
    if line.basis == LimitBasis.AMOUNT and line.amount_limit:
        return line.called_amount / line.amount_limit
    return None
