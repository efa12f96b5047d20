"""Charges of an order beside its goods: freight, handling, a fee, each a line of its own (orders §2, §3)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.catalog.goods import Goods
from marketplace.catalog.scope import NOWHERE
from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.money import exponent, round_money
from ordercenter.orders.arithmetic import ONE
from ordercenter.orders.drafts import Charge, DraftLine
from ordercenter.orders.enums import OrderLineKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.priced import PricedDraft, PricedLine
from ordercenter.orders.trade import acts_for_seller
from ordercenter.pricing.terms import PriceResult
from ordercenter.promotions.terms import FREIGHT


def add_charges(actor: Actor, done: PricedDraft) -> list[DomainError]:
    """Put the charges of a draft below its goods, each a line of its own; what is wrong with them."""
    if not done.draft.charges or not done.lines:
        return []
    if not acts_for_seller(actor, done.draft):
        text = _("Only the seller says what is charged beside the goods.")
        return [DomainError(CoreErrorCode.PERMISSION_DENIED, text, "charges")]
    return [problem for place, charge in enumerate(done.draft.charges) for problem in _add_charge(done, place, charge)]


def _add_charge(done: PricedDraft, place: int, charge: Charge) -> list[DomainError]:
    amount = charge.amount
    if not amount.is_finite() or amount < 0:
        return [DomainError(OrderErrorCode.PRICE_NEGATIVE, _("A price cannot be negative."), "charges", place)]
    if amount != round_money(amount, done.trade.currency):
        text = _("An amount in %(currency)s has %(places)s decimals at most.")
        values = {"currency": done.trade.currency, "places": exponent(done.trade.currency)}
        return [DomainError(OrderErrorCode.PRICE_PRECISION, text % values, "charges", place)]
    first = done.lines[0]
    goods = charge_goods(first.goods, charge)
    price = given_price(first.price, amount)
    amounts = done.calculator.line(amount, ONE, charge.tax_rate)
    kind, position = OrderLineKind.CHARGE, len(done.lines) + 1
    line = PricedLine(DraftLine(0, goods.uom_id, ONE), position, goods, price, amounts, kind=kind)
    if charge.freight and all(one.key != FREIGHT for one in done.lines):
        line.key = FREIGHT
    done.lines.append(line)
    return []


def charge_goods(beside: Goods, charge: Charge) -> Goods:
    """A charge in the place of goods: it has a name and a tax, is one piece, and lies nowhere."""
    return replace(
        beside,
        variant_id=0,
        product_id=0,
        sku="",
        product_name_zh=charge.name_zh,
        product_name_en=charge.name_en,
        variant_name_zh="",
        variant_name_en="",
        tax_rate=charge.tax_rate,
        uom_id=beside.base_uom_id,
        factor=ONE,
        scope=NOWHERE,
    )


def given_price(beside: PriceResult, amount: Decimal) -> PriceResult:
    """The price of one charge, or of a gift: given, not found in a list."""
    return PriceResult(
        None, amount, amount, None, None, None, None, ONE, ONE, beside.currency, beside.tax_included, beside.at
    )
