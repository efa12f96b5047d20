"""Orders as the schema shows them: one row, seen from two sides."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.core.money import Money as Amount
from marketplace.core.money import TaxedMoney as TaxedAmount
from marketplace.graphql import (
    ConnectionField,
    Date,
    DateTime,
    Decimal,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    TaxedMoney,
    enum_of,
    label_field,
)
from marketplace.parties.formatting import format_address
from marketplace.parties.models import ShortPolicy
from marketplace.parties.schema.documents import actor_name
from marketplace.parties.schema.types import OrganizationType, UserType, listed, text
from marketplace.parties.sides import TradeSide
from marketplace.parties.terms import terms_text
from ordercenter.orders.actions import OrderAction, allowed_actions
from ordercenter.orders.arithmetic import LineCalculator
from ordercenter.orders.enums import (
    EntryMode,
    OrderBillingStatus,
    OrderChannel,
    OrderFulfilmentStatus,
    OrderKind,
    OrderLineKind,
    OrderReturnStatus,
    OrderStatus,
    OrderWait,
)
from ordercenter.orders.messages import message_of, note_of
from ordercenter.orders.models import Order, OrderEvent, OrderLine
from ordercenter.orders.models.order import STOPPED
from ordercenter.orders.schema.loaders import EventsOfOrder, LinesOfOrder, TermsOfSeller

SALES, PURCHASES = "orders.sales", "orders.purchases"


def readable(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of rows of a trade those on the sides whose documents the actor's permissions let it read."""
    rows = rows.visible_to(actor)  # type: ignore[attr-defined]
    if actor.is_system:
        return rows
    if actor.on_behalf_of is not None:
        return rows if actor.may(PURCHASES) else rows.filter(pk__in=[])
    sides = Q(pk__in=[])
    if actor.may(SALES):
        sides |= Q(seller=actor.organization_id)
    if actor.may(PURCHASES):
        sides |= Q(buyer=actor.organization_id)
    return rows.filter(sides)


def side_of(actor: Actor, row: Any) -> TradeSide:
    """The side on which the actor reads a row; a partner's view is the buyer's."""
    if actor.on_behalf_of is not None:
        return TradeSide.BUYER
    return TradeSide.SELLER if row.seller_id == actor.organization_id else TradeSide.BUYER


class OrderAddressType(graphene.ObjectType):
    """Where the goods of an order go, as it stood when the order was placed."""

    class Meta:
        name = "OrderAddress"

    recipient = text("Who takes them.")
    phone = text("How to reach them.")
    formatted = text("One line, in the manner of its country.")

    def resolve_recipient(root: Any, _info: Any) -> str:
        return root.get("contact", "")

    def resolve_phone(root: Any, _info: Any) -> str:
        return root.get("phone", "")

    def resolve_formatted(root: Any, _info: Any) -> str:
        return format_address(root)


class OrderLineType(ModelType, model=OrderLine, name="OrderLine"):
    """One variant of an order. Quantities are in the line's own unit; money is of what is not cancelled."""

    position = Field(graphene.Int, required=True, description="Its place in the order, from 1.")
    kind = Field(enum_of(OrderLineKind), required=True, description="Goods, a gift or a charge.")
    kind_label = label_field("kind")
    sku = text("The code, as it was when the order was placed.")
    name = text("The name, as it was then, in the reader's language.")
    variant = Field(VariantType, description="The goods, if the reader may still see them.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")
    quantity = Field(Quantity, required=True, description="Ordered.")
    open_quantity = Field(Quantity, required=True, description="Ordered and not cancelled.")
    cancelled = Field(Quantity, required=True, description="Dropped since.")
    allocated = Field(Quantity, required=True, description="Promised from stock and not yet shipped.")
    shipped = Field(Quantity, required=True, description="Left the seller.")
    received = Field(Quantity, required=True, description="Counted by the buyer.")
    differed = Field(Quantity, required=True, description="Short, damaged or wrong at the buyer's door.")
    to_ship = Field(Quantity, required=True, description="Still to be shipped.")
    shippable = Field(Quantity, required=True, description="Of that, what can be shipped now.")
    to_receive = Field(Quantity, required=True, description="Shipped and not counted yet.")
    backordered = Field(Quantity, required=True, description="Open and neither shipped nor promised: waits for stock.")
    unit_price = Field(Money, required=True, description="The price of one unit, frozen when the order was placed.")
    list_price = Field(Money, required=True, description="What the price list said.")
    total = Field(TaxedMoney, required=True, description="What is payable for it.")
    tax_rate = Field(Decimal, required=True, description='Percent, such as "13".')
    requested_on = Field(Date, description="The wished day, where it differs from the order's.")
    promised_on = Field(Date, description="The day the seller has promised.")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        rows = readable(actor, OrderLine.objects.all())
        return rows.annotate(currency=F("order__currency"), order_status=F("order__status"))

    def resolve_variant(root: Any, info: Any) -> Any:
        return VariantType.load(info, root.variant_id)

    def resolve_uom(root: Any, info: Any) -> Any:
        return UnitById.of(info).load(root.uom_id)

    def resolve_shippable(root: Any, _info: Any) -> Any:
        return root.allocated if root.order_status == OrderStatus.CONFIRMED else 0

    def resolve_backordered(root: Any, _info: Any) -> Any:
        return root.backordered if root.order_status == OrderStatus.CONFIRMED else 0

    def resolve_unit_price(root: Any, _info: Any) -> Amount:
        return Amount(root.unit_price, root.currency)

    def resolve_list_price(root: Any, _info: Any) -> Amount:
        return Amount(root.list_price, root.currency)

    def resolve_total(root: Any, _info: Any) -> TaxedAmount:
        tax, gross = root.tax, root.gross
        if root.cancelled and root.order_status not in STOPPED:
            part, left = LineCalculator(root.currency, True).part, root.quantity - root.cancelled
            tax, gross = part(tax, left, root.quantity), part(gross, left, root.quantity)
        return TaxedAmount.of(gross - tax, tax, gross, root.currency)

    def resolve_tax_rate(root: Any, _info: Any) -> str:
        return f"{(root.tax_rate * 100).normalize():f}"


class OrderEventType(ModelType, model=OrderEvent, name="OrderEvent"):
    """One step of an order's story."""

    seq = Field(graphene.Int, required=True, description="Its place in the story, from 1.")
    kind = text("Such as order.shipped.")
    message = text("What happened: one sentence for a person.")
    at = Field(DateTime, required=True, description="When.")
    actor_name = text("Who did it: a colleague by name, the other side by its organization.")
    organization = Field(OrganizationType, description="For whom they acted.")
    document_number = Field(graphene.String, description="Of the shipment or receipt, where there is one.")
    note = Field(graphene.String, description="The reason or note given.")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return readable(actor, OrderEvent.objects.all())

    def resolve_message(root: Any, _info: Any) -> str:
        return message_of(root)

    def resolve_note(root: Any, _info: Any) -> str | None:
        return note_of(root)

    def resolve_document_number(root: Any, _info: Any) -> str | None:
        return root.data.get("number")

    def resolve_organization(root: Any, info: Any) -> Any:
        return OrganizationType.load(info, root.actor_organization_id)

    def resolve_actor_name(root: Any, info: Any) -> Any:
        return actor_name(info, root.actor_user_id, root.actor_organization_id)


class OrderType(ModelType, model=Order, name="Order"):
    """An agreement to sell and buy. Requires `orders.sales` on the seller's side, `orders.purchases` on the buyer's."""

    number = text("The seller's number.")
    seller = Related(OrganizationType, "seller", required=True, description="Who sells.")
    buyer = Related(OrganizationType, "buyer", required=True, description="Who buys.")
    viewer_side = Field(enum_of(TradeSide), required=True, description="The side you are on.")
    partner = Field(OrganizationType, required=True, description="The other side.")
    seller_name = text("The seller's name as it was when the order was placed.")
    buyer_name = text("The buyer's name as it was then.")
    status = Field(enum_of(OrderStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    fulfilment_status = Field(enum_of(OrderFulfilmentStatus), required=True, description="How far the goods have come.")
    fulfilment_status_label = label_field("fulfilment_status")
    billing_status = Field(enum_of(OrderBillingStatus), required=True, description="How far it is invoiced.")
    billing_status_label = label_field("billing_status")
    return_status = Field(enum_of(OrderReturnStatus), required=True, description="How much came back.")
    return_status_label = label_field("return_status")
    waiting_for = Field(enum_of(OrderWait), required=True, description="Whose turn it is, or what is missing.")
    waiting_for_label = label_field("waiting_for")
    channel = Field(enum_of(OrderChannel), required=True, description="How it came in.")
    channel_label = label_field("channel")
    kind = Field(enum_of(OrderKind), required=True, description="Which documents follow.")
    kind_label = label_field("kind")
    entry_mode = Field(enum_of(EntryMode), required=True, description="Who or what typed it.")
    entry_mode_label = label_field("entry_mode")
    external_number = Field(graphene.String, description="The number of the outside document it was made from.")
    buyer_reference = text("The buyer's own number.")
    note = text("What the buyer wrote.")
    requested_on = Field(Date, description="The wished day.")
    promised_on = Field(Date, description="The day the seller has promised.")
    placed_at = Field(DateTime, required=True, description="When it was placed.")
    placed_by = Field(UserType, description="Who placed it, if a colleague of yours.")
    confirmed_at = Field(DateTime, description="When the seller confirmed.")
    ended_at = Field(DateTime, description="When it was completed, closed, cancelled or declined.")
    created_at = Field(DateTime, required=True, description="When it was placed.")
    address = Field(OrderAddressType, description="Where the goods go.")
    terms = text("How it is paid.")
    short_policy = Field(enum_of(ShortPolicy), required=True, description="What happens when stock is short.")
    short_policy_label = label_field("short_policy")
    tax_included = Field(graphene.Boolean, required=True, description="Unit prices include the tax.")
    total = Field(TaxedMoney, required=True, description="What is payable; of a stopped order what it would have been.")
    ordered_total = Field(TaxedMoney, required=True, description="As ordered, with what was cancelled since.")
    line_count = Field(graphene.Int, required=True, description="How many lines.")
    version = Field(graphene.Int, required=True, description="Rises with every change; a change names the one it saw.")
    reason = Field(graphene.String, description="Why it was declined, cancelled or closed.")
    allowed_actions = listed(enum_of(OrderAction), "What you may do with it now.", cost=1)
    lines = ConnectionField(OrderLineType, description="Its lines.")
    timeline = ConnectionField(OrderEventType, description="Its story, as far as your side may read it.")

    @classmethod
    def visible(cls, actor: Actor) -> QuerySet[Any]:
        return readable(actor, Order.objects.all())

    def resolve_viewer_side(root: Any, info: Any) -> TradeSide:
        return side_of(info.context.actor, root)

    def resolve_partner(root: Any, info: Any) -> Any:
        sells = side_of(info.context.actor, root) is TradeSide.SELLER
        return OrganizationType.load(info, root.buyer_id if sells else root.seller_id)

    def resolve_seller_name(root: Any, _info: Any) -> str:
        return root.parties.get("seller", "")

    def resolve_buyer_name(root: Any, _info: Any) -> str:
        return root.parties.get("buyer", "")

    def resolve_external_number(root: Any, _info: Any) -> str | None:
        return root.external_number or None

    def resolve_placed_by(root: Any, info: Any) -> Any:
        return UserType.load(info, root.placed_by_id)

    def resolve_created_at(root: Any, _info: Any) -> Any:
        return root.placed_at

    def resolve_address(root: Any, _info: Any) -> Any:
        return root.address or None

    def resolve_terms(root: Any, _info: Any) -> str:
        return terms_text(root)

    def resolve_ordered_total(root: Any, _info: Any) -> TaxedAmount:
        return TaxedAmount.of(root.net, root.tax, root.gross, root.currency)

    def resolve_reason(root: Any, _info: Any) -> str | None:
        return root.reason or None

    def resolve_allowed_actions(root: Any, info: Any) -> Any:
        actor, now = info.context.actor, timezone.now()
        return TermsOfSeller.of(info).load(root.seller_id).then(lambda terms: allowed_actions(actor, root, terms, now))

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfOrder.of(info).load(root.pk)

    def resolve_timeline(root: Any, info: Any) -> Any:
        return EventsOfOrder.of(info).load(root.pk)
