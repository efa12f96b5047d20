"""What one gives to have an order placed: plain values, so that every way in can make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.errors import DomainError
from ordercenter.orders.enums import EntryMode, OrderChannel, OrderKind
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.pricing.freeze import Held
from ordercenter.promotions.terms import GiftChoice

#: Lines in one order.
LINE_LIMIT = 2000
#: Below this a quantity, an amount of a line and a total fit their columns.
LARGEST_QUANTITY = Decimal(10) ** 12
LARGEST_AMOUNT = Decimal(10) ** 15


def too_much(field: str, index: int | None = None) -> DomainError:
    """A quantity or a value that is larger than its column."""
    return DomainError(OrderErrorCode.QUANTITY_INVALID, _("This is more than one order can hold."), field, index)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line to order, in a uom of its variant by id or by code; with neither in the variant's default one.

    `agreed_price` stands above all lists and needs `orders.price`. `shown_price` is the one the buyer saw: where it has
    moved since and no total was accepted, placing fails. `held`: the price a cart keeps for it, which then is the one.
    `whole`: the quantity of the line it is a part of, with another day for the rest; its tier is the whole's. The first
    part stands for the whole among the order's quantities: `part_of` is its place, None on itself. `contract_line_id`:
    the contract line it is called off; its price is then the contract's.
    """

    variant_id: int
    uom_id: int | None
    quantity: Decimal
    agreed_price: Decimal | None = None
    requested_on: date | None = None
    shown_price: Decimal | None = None
    uom_code: str | None = None
    held: Held | None = None
    whole: Decimal | None = None
    part_of: int | None = None
    contract_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What is charged beside the goods, as a line of its own: freight, handling, a fee. `amount` in its tax mode.

    Promotions of freight lower the first charge that is freight.
    """

    amount: Decimal
    name_zh: str
    name_en: str
    tax_rate: Decimal = Decimal(0)
    freight: bool = True


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order that is to be placed by its buyer, or by its seller for the buyer.

    The address is one of the buyer's (`address_id`), or is given as it stands on a document (`address`), else it is
    the buyer's default one. `accepted_total` is the gross total the buyer saw. `short_policy` overrides the
    partnership's. With `integration` and `external_number` an outside document is placed at most once.
    `confirm` True or False overrides the seller's setting and is the seller's to give. `at`: the instant of a document
    of the past, for the seller only. `carts`: those the lines come from; what is reserved for them is used first.
    `coupons` are codes as typed, `gifts` what was chosen of gift pools and add-ons. `funds`: what is asked of fund
    accounts by kind; None, and a kind that is not there, leaves it to the seller's rules. `charges` are the seller's.
    """

    seller_id: int
    buyer_id: int
    lines: Sequence[DraftLine]
    address_id: int | None = None
    address: dict[str, Any] | None = None
    requested_on: date | None = None
    buyer_reference: str = ""
    note: str = ""
    channel: OrderChannel | None = None
    kind: OrderKind = OrderKind.STANDARD
    entry_mode: EntryMode | None = None
    short_policy: str = ""
    accepted_total: Decimal | None = None
    integration: str = ""
    external_number: str = ""
    confirm: bool | None = None
    at: datetime | None = None
    warehouses: Sequence[int] | None = None
    carts: Sequence[int] = field(default_factory=tuple)
    coupons: Sequence[str] = ()
    gifts: Sequence[GiftChoice] = ()
    funds: Mapping[str, Decimal | None] = field(default_factory=dict)
    charges: Sequence[Charge] = ()
