"""Price lists and their rows."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import UnitOfMeasure, Variant
from marketplace.core.actor import Actor
from marketplace.core.fields import CurrencyField, PriceField, QuantityField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.models import PolicyStatus
from marketplace.core.names import NamedRow, localized
from marketplace.core.rows import OwnedQuerySet, OwnedRow
from marketplace.parties.models import Organization


class UomFallback(models.TextChoices):
    """What a list does for a unit it has no row for."""

    NONE = "none", _("No price")
    BASE = "base", _("From base uom")


class TierScope(models.TextChoices):
    """Over what quantities are added up before they are compared with a list's thresholds."""

    LINE = "line", _("Each line")
    VARIANT = "variant", _("All lines of the SKU")
    PRODUCT = "product", _("All lines of the product")


class PriceListQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """Its owner's, and those a buyer keeps for its supplier; none in a partner's view."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return Q(organization=actor.organization_id) | Q(managed_by=actor.organization_id)


class PriceList(OwnedRow, NamedRow, WindowRow):
    """Prices by variant, uom and quantity tier in one currency. `version` rises with every write to its rows.

    `written_at` is the latest instant at which rows were written: writers who queue for the row's lock get instants in
    the order of their turns. `effective_since` is the first instant at which the list could answer; before it, rows may
    be written for any instant. Status and window are read together: see `status_at`.
    """

    managed_by = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)
    public_label_zh = models.CharField(max_length=255, blank=True, default="")
    public_label_en = models.CharField(max_length=255, blank=True, default="")
    currency = CurrencyField()
    status = models.CharField(max_length=16, choices=PolicyStatus, default=PolicyStatus.DRAFT)
    uom_fallback = models.CharField(max_length=8, choices=UomFallback, default=UomFallback.NONE)
    tier_scope = models.CharField(max_length=8, choices=TierScope, default=TierScope.LINE)
    fixed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(null=True, blank=True)
    effective_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="price_list_code_once"),
            window_check("price_list_window"),
        ]
        indexes = [models.Index(fields=["organization", "-updated_at"], name="price_list_latest")]

    @property
    def public_label(self) -> str:
        """What a buyer reads in place of the name; the name is the seller's own business."""
        return localized(self.public_label_zh, self.public_label_en)


class PriceRowQuerySet(OwnedQuerySet):
    def visible_filter(self, actor: Actor) -> Q:
        """The rows of the lists one sees; a buyer never reads the rows of its supplier."""
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return Q(organization=actor.organization_id) | Q(price_list__managed_by=actor.organization_id)

    def with_state(self) -> Self:
        """Rows with `is_superseded`: another row of the slot that began later holds, too; and `now`."""
        later = PriceRow.objects.filter(
            price_list=OuterRef("price_list"),
            variant=OuterRef("variant"),
            uom=OuterRef("uom"),
            min_quantity=OuterRef("min_quantity"),
            valid_from__gt=OuterRef("valid_from"),
            valid_from__lte=TransactionNow(),
            valid_to__gt=TransactionNow(),
        )
        return self.annotate(is_superseded=Exists(later), now=TransactionNow())


class PriceRow(OwnedRow, WindowRow):
    """The price of one slot (list, variant, uom, min_quantity) from an instant on.

    Of the rows of a slot whose window holds an instant, the one with the latest `valid_from` is in force. The amount
    never changes, by trigger: a new price is a new row.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    price_list = models.ForeignKey(PriceList, models.PROTECT, related_name="rows", db_index=False)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+", db_index=False)
    min_quantity = QuantityField(default=0)
    amount = PriceField()
    price_import = models.ForeignKey(
        "PriceImport", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = PriceRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "variant", "uom", "min_quantity", "valid_from"],
                include=["id", "amount", "valid_to"],
                name="price_row_slot_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0, min_quantity__gte=0), name="price_row_not_negative"),
            window_check("price_row_window"),
        ]
        indexes = [
            models.Index(fields=["price_import"], condition=Q(price_import__isnull=False), name="price_row_import")
        ]
