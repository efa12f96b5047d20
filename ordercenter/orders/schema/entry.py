"""Carts, pasted lines and what was bought before, as the schema shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import graphene
from django.utils.translation import gettext as _

from marketplace.catalog.schema.loaders import UnitById
from marketplace.catalog.schema.types import UnitOfMeasureType, VariantType
from marketplace.core.actor import Actor
from marketplace.core.money import Money as Amount
from marketplace.core.money import TaxedMoney as TaxedAmount
from marketplace.graphql import (
    BatchLoader,
    ConnectionField,
    DateTime,
    Deferred,
    Field,
    ModelType,
    Money,
    Quantity,
    Related,
    TaxedMoney,
)
from marketplace.graphql.mutations import error_type_of
from marketplace.parties.models import Partnership
from marketplace.parties.schema.types import OrganizationType, UserType, listed, text
from marketplace.parties.terms import terms_text
from ordercenter.orders.arithmetic import Amounts
from ordercenter.orders.cart_wants import wanted_of
from ordercenter.orders.carts import cart_wishes
from ordercenter.orders.entries import CheckedLine, CheckedLines, check_lines
from ordercenter.orders.errors import OrderErrorCode
from ordercenter.orders.models import Cart, CartLine, ChosenCart
from ordercenter.orders.offer import DraftOffer, offer_of
from ordercenter.orders.priced import PricedLine
from ordercenter.orders.schema.loaders import LinesInCart, TermsOfSeller
from ordercenter.orders.schema.tiers import OrderEntryTierType, better_price
from ordercenter.orders.schema.wants import CartOfferType, CartPromotionType, Of, evaluated
from ordercenter.orders.terms import BuyingTerms, buying_terms
from ordercenter.stock.schema.goods import AvailabilityType, Shown

OrderError = error_type_of(OrderErrorCode)


def taxed(amounts: Amounts, currency: str) -> TaxedAmount:
    """Sums of lines as the schema shows them."""
    return TaxedAmount.of(amounts.net, amounts.tax, amounts.gross, currency)


def shown_stock(checked: CheckedLine) -> Shown | None:
    """What the buyer sees of the stock of a line's goods."""
    if checked.seen is None or checked.goods is None:
        return None
    return Shown(checked.goods.variant_id, checked.seen, checked.goods.base_uom_id)


def price_of(checked: CheckedLine, currency: str) -> Amount | None:
    """The unit price of a line, where it has one."""
    return None if checked.unit_price is None else Amount(checked.unit_price, currency)


def gross_of(checked: CheckedLine, currency: str) -> Amount | None:
    """What a line comes to with tax, where it has a price."""
    return None if checked.amounts is None else Amount(checked.amounts.gross, currency)


@dataclass(frozen=True, slots=True)
class CheckedCart:
    """A cart as it stands now: its rows, and beside each what it comes to."""

    terms: BuyingTerms
    rows: list[CartLine]
    checked: CheckedLines
    offer: DraftOffer | None = None

    @property
    def totals(self) -> Amounts:
        """What it comes to, with promotions and funds where there are any."""
        return self.offer.totals if self.offer else self.checked.totals


@dataclass(frozen=True, slots=True)
class PricedRow:
    """A line of a cart with its price of now."""

    row: CartLine
    checked: CheckedLine
    terms: BuyingTerms
    offered: PricedLine | None = None
    offer: DraftOffer | None = None

    @property
    def currency(self) -> str:
        return self.terms.currency

    @property
    def pk(self) -> int:
        return self.row.pk


class CheckedCarts(BatchLoader):
    """Carts of the reader by id with prices, stock and problems of now; four statements a seller, and one for all."""

    def batch(self, keys: list[int]) -> list[CheckedCart | None]:
        carts = {cart.pk: cart for cart in Cart.objects.visible_to(self.actor).filter(pk__in=keys)}
        rows: dict[int, list[CartLine]] = {key: [] for key in carts}
        for row in CartLine.objects.visible_to(self.actor).filter(cart__in=carts).order_by("position", "pk"):
            rows[row.cart_id].append(row)
        found: dict[int, CheckedCart] = {}
        for key, cart in carts.items():
            terms = buying_terms(self.actor, cart.seller_id)
            held = {place: terms.freeze.held(row.priced_at, row.snapshot) for place, row in enumerate(rows[key])}
            kept = {place: price for place, price in held.items() if price is not None}
            checked = check_lines(self.actor, terms, cart_wishes(rows[key]), kept)
            offer = offer_of(self.actor, terms, checked, wanted_of(cart))
            found[key] = CheckedCart(terms, rows[key], checked, offer)
        return [found.get(key) for key in keys]


class ChosenOfSeller(BatchLoader):
    """The cart the reader has chosen at sellers, as far as it may still be used."""

    def batch(self, keys: list[int]) -> list[int | None]:
        usable = Cart.objects.visible_to(self.actor)
        choices = ChosenCart.objects.visible_to(self.actor).filter(user=self.actor.user_id, seller__in=keys)
        chosen = dict(choices.filter(cart__in=usable).values_list("seller", "cart"))
        return [chosen.get(key) for key in keys]


class PartnershipAsBuyer(BatchLoader):
    """The partnership in which a seller sells to whoever the actor buys for, by seller."""

    def batch(self, keys: list[int]) -> list[Partnership | None]:
        buyer = self.actor.buyer
        rows = Partnership.objects.visible_to(self.actor).filter(downstream=buyer, upstream__in=keys)
        found = {row.upstream_id: row for row in rows}
        return [found.get(key) for key in keys]


class CartLineType(ModelType, model=CartLine, name="CartLine"):
    """One variant in a cart, at the price an order would get."""

    position = Field(graphene.Int, required=True, description="Its place in the cart.")
    variant = Field(VariantType, description="The goods; null where they are no longer offered to you.")
    quantity = Field(Quantity, required=True, description="How much.")
    uom = Field(UnitOfMeasureType, required=True, description="In what it is counted.")
    uoms = listed(UnitOfMeasureType, "In what it may be ordered.", size=3)
    unit_price = Field(
        Money,
        description="The price of one unit that an order would get: the held one while it is held, else that of now; "
        "null where there is none.",
    )
    old_unit_price = Field(
        Money, description="The price when it was put in, if it has moved since and is not held any more."
    )
    price_held_until = Field(
        DateTime, description="The seller holds the price of this line until then; null where it does not."
    )
    price_now = Field(
        Money, description="The price of the lists now; not `unitPrice` where that is held and they have moved."
    )
    price_differs = Field(
        graphene.Boolean, required=True, description="Its price is held, and that of now is another or none."
    )
    total = Field(Money, description="What it comes to with tax, after discounts.")
    discount = Field(Money, description="What promotions take off it; null where none does.")
    promotions = listed(CartPromotionType, "What each promotion takes off it.", size=2)
    availability = Field(AvailabilityType, description="What you may see of the stock.")
    next_tier = Field(
        OrderEntryTierType, cost=2, description="The next better price and what is missing to it; null: there is none."
    )
    step = Field(Quantity, description="By how much its quantity may be raised, in its unit.")
    error_code = Field(graphene.String, description="What is wrong with it, for programs.")
    error_message = Field(graphene.String, description="What is wrong with it, for people.")
    snapped_quantity = Field(Quantity, description="The next allowed quantity, where this one is off its rule.")

    @classmethod
    def get_node(cls, actor: Actor, pk: Any) -> None:
        """A line is read with its cart, where it has a price."""

    def resolve_id(root: PricedRow, _info: Any) -> str:
        from marketplace.graphql import to_global_id

        return to_global_id("CartLine", root.pk)

    def resolve_position(root: PricedRow, _info: Any) -> int:
        return root.row.position

    def resolve_variant(root: PricedRow, info: Any) -> Any:
        return VariantType.load(info, root.row.variant_id)

    def resolve_quantity(root: PricedRow, _info: Any) -> Decimal:
        return root.row.quantity

    def resolve_uom(root: PricedRow, info: Any) -> Any:
        return UnitById.of(info).load(root.row.uom_id)

    def resolve_uoms(root: PricedRow, info: Any) -> Any:
        return units_of(info, root.checked)

    def resolve_unit_price(root: PricedRow, _info: Any) -> Amount | None:
        return price_of(root.checked, root.currency)

    def resolve_old_unit_price(root: PricedRow, _info: Any) -> Amount | None:
        old, now = root.row.unit_price, root.checked.unit_price
        if root.checked.held is not None:
            return None
        return Amount(old, root.currency) if old is not None and old != now else None

    def resolve_price_held_until(root: PricedRow, _info: Any) -> Any:
        return root.checked.held and root.checked.held.until

    def resolve_price_now(root: PricedRow, _info: Any) -> Amount | None:
        now = root.checked.price_now
        return None if now is None else Amount(now, root.currency)

    def resolve_price_differs(root: PricedRow, _info: Any) -> bool:
        return root.checked.held is not None and root.checked.price_now != root.checked.unit_price

    def resolve_total(root: PricedRow, _info: Any) -> Amount | None:
        if root.offered is not None:
            return Amount(root.offered.amounts.gross, root.currency)
        return gross_of(root.checked, root.currency)

    def resolve_discount(root: PricedRow, _info: Any) -> Amount | None:
        discount = root.offered.amounts.discount if root.offered else None
        return Amount(discount, root.currency) if discount else None

    def resolve_promotions(root: PricedRow, _info: Any) -> list[Of]:
        applied = evaluated(Of(root.offer, root.currency), "applied") if root.offer and root.offered else []
        key = root.offered.key if root.offered else None
        shares = [(one, one.shares[key]) for one in applied if key in one.shares]
        return [Of(replace(one, amount=share.amount), root.currency) for one, share in shares if share.amount]

    def resolve_availability(root: PricedRow, _info: Any) -> Shown | None:
        return shown_stock(root.checked)

    def resolve_next_tier(root: PricedRow, info: Any) -> Any:
        return better_price(info, root.checked, root.terms)

    def resolve_step(root: PricedRow, _info: Any) -> Decimal | None:
        goods = root.checked.goods
        return goods.rule.stride if goods else None

    def resolve_error_code(root: PricedRow, _info: Any) -> str | None:
        return root.checked.code

    def resolve_error_message(root: PricedRow, _info: Any) -> str | None:
        return root.checked.message

    def resolve_snapped_quantity(root: PricedRow, _info: Any) -> Decimal | None:
        return root.checked.snapped


def units_of(info: Any, checked: CheckedLine) -> Deferred:
    """A promise of the units in which goods may be ordered."""
    packs = checked.goods.packs if checked.goods else ()
    return UnitById.of(info).load_many([pack.uom_id for pack in packs])


class CartType(ModelType, model=Cart, name="Cart", permission="orders.place"):
    """What you are about to order from one seller."""

    name = text("Its name; empty for the one of yours that is there by itself.")
    label = text("Its name, or the words for one without.")
    seller = Related(OrganizationType, "seller", required=True, description="Who sells.")
    owner = Related(UserType, "user", description="Whose it is.")
    is_own = Field(graphene.Boolean, required=True, description="It is yours.")
    is_shared = Field(graphene.Boolean, required=True, description="Colleagues who order see it and write in it.")
    is_chosen = Field(graphene.Boolean, required=True, description="What you add at its seller goes into it.")
    version = Field(graphene.Int, required=True, description="Counts every writing.")
    line_count = Field(graphene.Int, required=True, description="How many lines.")
    lines = listed(CartLineType, "Its lines, each at the price an order would get.", size=20)
    line_rows = ConnectionField(CartLineType, description="The same lines, page by page, as for a sheet.")
    prices_held_until = Field(
        DateTime, description="The first instant at which a held price lapses; null where none is held."
    )
    prices_differ = Field(graphene.Boolean, required=True, description="A held price is not that of now.")
    total = Field(TaxedMoney, required=True, description="What its good lines come to, after discounts.")
    offer = Field(CartOfferType, description="Promotions, funds and credit; null where its seller has none of it.")
    coupons = Field(
        graphene.List(graphene.NonNull(graphene.String)), required=True, description="Codes of coupons put into it."
    )
    has_problems = Field(graphene.Boolean, required=True, description="A line cannot be ordered as it is.")
    minimum_value = Field(Money, description="Orders of this seller begin at this value; null: at any.")
    terms = text("How it will be paid.")
    short_policy_label = text("What will happen when stock is short.")
    updated_at = Field(DateTime, required=True, description="When it was last written.")

    def resolve_label(root: Cart, _info: Any) -> str:
        return root.name or _("My cart")

    def resolve_is_own(root: Cart, info: Any) -> bool:
        return root.user_id == info.context.actor.user_id

    def resolve_is_chosen(root: Cart, info: Any) -> Any:
        def chosen(cart_id: int | None) -> bool:
            own = root.user_id == info.context.actor.user_id
            return cart_id == root.pk if cart_id else own and not root.name

        if "chosen_there" in root.__dict__:  # the list of carts, which every page shows, brings it along
            return chosen(root.__dict__["chosen_there"])
        return ChosenOfSeller.of(info).load(root.seller_id).then(chosen)

    def resolve_line_count(root: Cart, info: Any) -> Any:
        return LinesInCart.of(info).load(root.pk)

    def resolve_line_rows(root: Cart, info: Any) -> Any:
        return CartType.resolve_lines(root, info)

    def resolve_lines(root: Cart, info: Any) -> Any:
        def lines(cart: CheckedCart) -> list[PricedRow]:
            places = cart.offer.by_place if cart.offer else {}
            both = zip(cart.rows, cart.checked.lines, strict=True)
            return [
                PricedRow(row, checked, cart.terms, places.get(place), cart.offer)
                for place, (row, checked) in enumerate(both, 1)
            ]

        return CheckedCarts.of(info).load(root.pk).then(lines)

    def resolve_prices_held_until(root: Cart, info: Any) -> Any:
        found = CheckedCarts.of(info).load(root.pk)
        return found.then(lambda cart: min((line.held.until for line in cart.checked.lines if line.held), default=None))

    def resolve_prices_differ(root: Cart, info: Any) -> Any:
        found = CheckedCarts.of(info).load(root.pk)
        return found.then(
            lambda cart: any(line.held and line.price_now != line.unit_price for line in cart.checked.lines)
        )

    def resolve_total(root: Cart, info: Any) -> Any:
        found = CheckedCarts.of(info).load(root.pk)
        return found.then(lambda cart: taxed(cart.totals, cart.terms.currency))

    def resolve_offer(root: Cart, info: Any) -> Any:
        found = CheckedCarts.of(info).load(root.pk)
        return found.then(lambda cart: Of(cart.offer, cart.terms.currency) if cart.offer else None)

    def resolve_has_problems(root: Cart, info: Any) -> Any:
        found = CheckedCarts.of(info).load(root.pk)
        return found.then(lambda cart: any(line.code for line in cart.checked.lines))

    def resolve_minimum_value(root: Cart, info: Any) -> Any:
        partnership = PartnershipAsBuyer.of(info).load(root.seller_id)
        terms = TermsOfSeller.of(info).load(root.seller_id)

        def value(both: list[Any]) -> Amount | None:
            held, settled = both
            return Amount(settled.minimum_value, held.currency) if held and settled.minimum_value else None

        return Deferred.all([partnership, terms]).then(value)

    def resolve_terms(root: Cart, info: Any) -> Any:
        found = PartnershipAsBuyer.of(info).load(root.seller_id)
        return found.then(lambda partnership: terms_text(partnership) if partnership else "")

    def resolve_short_policy_label(root: Cart, info: Any) -> Any:
        found = PartnershipAsBuyer.of(info).load(root.seller_id)
        return found.then(lambda partnership: str(partnership.get_short_policy_display()) if partnership else "")
