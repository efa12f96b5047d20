"""What a buyer fills before an order exists: carts, and lists kept for the next time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value

from marketplace.core.actor import Actor
from marketplace.core.fields import PriceField, QuantityField
from marketplace.core.rows import OwnedQuerySet, OwnedRow
from marketplace.parties.models import Unit
from ordercenter.orders.enums import ListAccess


class CartQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those that are shared, for who orders; the program itself sees those without a person."""
        reach = Q(user=actor.user_id)
        if actor.may("orders.place"):
            reach |= Q(is_shared=True)
        return super().visible_filter(actor) & reach


class Cart(OwnedRow):
    """What a member of a buyer, or several together, are about to order from one seller.

    `user` is its owner. The cart without a name is the one that is there by itself. `version` counts every writing.
    `coupons` are the codes its buyer entered, `choices` the gifts and add-ons chosen of promotions, `funds` what is
    asked of fund accounts (docs/concepts/orders.md).
    """

    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    user = models.ForeignKey("parties.User", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=64, blank=True, default="", db_default="")
    is_shared = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)
    coupons = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    choices = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    funds = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    updated_at = models.DateTimeField(auto_now=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "seller", "name"], nulls_distinct=False, name="cart_name_once"
            ),
            models.CheckConstraint(condition=~Q(seller=F("organization")), name="cart_two_sides"),
        ]


class ChosenCart(OwnedRow):
    """The cart that what a member adds at a seller goes into; one that is not the member's any more is no choice."""

    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    user = models.ForeignKey("parties.User", models.CASCADE, related_name="+")
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="chosen")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "seller"], name="chosen_cart_once"),
        ]


class CartLine(OwnedRow):
    """One variant in one uom; the price is that of its quantity when the line was written, with what it was made of.

    The seller may hold it for some hours; a new quantity finds its tier among the prices of `priced_at` meanwhile.
    """

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="+")
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, related_name="+")
    quantity = QuantityField()
    unit_price = PriceField(null=True, blank=True)
    snapshot = models.JSONField(null=True, blank=True)
    priced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant", "uom"], name="cart_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity"),
        ]


class SavedListQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """One's own, and those shared with oneself, one's unit (or one above it), or the whole organization."""
        own = super().visible_filter(actor)
        return own if actor.is_system else own & (Q(owner=actor.user_id) | shared_with(actor))


def shared_with(actor: Actor, access: ListAccess | None = None) -> Q:
    """The condition that a share row of a saved list reaches the actor, as a condition on the list."""
    shares = SavedListShare.objects.filter(organization=actor.organization_id)
    if access:
        shares = shares.filter(access=access)
    unit_id = actor.membership.unit_id if actor.membership else None
    reach = Q(user=actor.user_id) | Q(user=None, unit=None)
    if unit_id:
        lineage = Unit.objects.filter(pk=unit_id).annotate(above=Func("ancestors", function="unnest"))
        reach |= Q(unit__in=lineage.values("above"))
    return Q(pk__in=shares.filter(reach).values("saved_list"))


class SavedList(OwnedRow):
    """Lines a buyer orders again and again from one seller."""

    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    owner = models.ForeignKey("parties.User", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=128)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SavedListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "owner", "seller", "name"], nulls_distinct=False, name="saved_list_name_once"
            )
        ]


class SavedListLine(OwnedRow):
    saved_list = models.ForeignKey(SavedList, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="+")
    uom = models.ForeignKey("catalog.UnitOfMeasure", models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["saved_list", "variant", "uom"], name="saved_list_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="saved_list_line_quantity"),
        ]


class SavedListShare(OwnedRow):
    """With whom a list is shared: a person, a unit with all below it, or with neither set everybody in the buyer."""

    saved_list = models.ForeignKey(SavedList, models.CASCADE, related_name="shares")
    user = models.ForeignKey("parties.User", models.CASCADE, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("parties.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    access = models.CharField(max_length=8, choices=ListAccess, default=ListAccess.READ)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["saved_list", "user", "unit"], nulls_distinct=False, name="saved_list_share_once"
            ),
            models.CheckConstraint(condition=Q(user=None) | Q(unit=None), name="saved_list_share_one"),
        ]
