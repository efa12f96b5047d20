"""On what terms goods are put up: quantities, listings, assortments, partners' own codes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Floor, Greatest
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models.goods import Brand, Category, Product, Variant, code_key, named
from marketplace.catalog.models.units import UnitOfMeasure
from marketplace.catalog.visibility import ListingQuerySet
from marketplace.core.fields import QuantityField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.models import PolicyStatus
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow
from marketplace.parties.audience import AudienceRow, LessOrEqual, NumNonNulls, audience_check


class ListingStatus(models.TextChoices):
    """Scheduled, listed and delisted by date are one stored value (listed) read against the window."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    SCHEDULED = "scheduled", _("Scheduled")
    LISTED = "listed", _("Listed")
    DELISTED = "delisted", _("Delisted")


class OrderQuantityRule(OwnedRow, AudienceRow):
    """Allowed order quantities of a variant: multiples of `step` (from 0) between `min` and `max` (null: open).

    Given in `uom` and compared as base quantities. The rule of the base uom also holds for uoms without one of their
    own (docs/concepts/catalog.md, Quantities).
    """

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="quantity_rules")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+")
    min = QuantityField(default=0)
    step = QuantityField(default=1)
    max = QuantityField(null=True, blank=True)

    class Meta:
        constraints = [
            audience_check("quantity_rule_audience"),
            models.UniqueConstraint(
                fields=["variant", "organization", "uom", "partnership", "group", "grade"],
                nulls_distinct=False,
                name="quantity_rule_once",
            ),
            models.CheckConstraint(condition=Q(step__gt=0, min__gte=0), name="quantity_rule_positive"),
            # Some multiple of the step lies between min and max: else nothing could ever be ordered.
            models.CheckConstraint(
                condition=Q(max=None)  # type: ignore[arg-type]
                | Q(max__gte=Greatest("min", "step"))
                & LessOrEqual(
                    Greatest("min", "step"),
                    models.ExpressionWrapper(
                        Floor(models.F("max") / models.F("step")) * models.F("step"),
                        output_field=models.DecimalField(),
                    ),
                ),
                name="quantity_rule_allows_some",
            ),
        ]


class Listing(OwnedRow, WindowRow):
    """A variant put up by a seller (`organization`), from and to an instant; the variant may be another's."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="listings")
    status = models.CharField(max_length=16, choices=ListingStatus, default=ListingStatus.LISTED)

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "organization"], name="listing_once"),
            window_check("listing_window"),
        ]


class Assortment(OwnedRow, NamedRow, AudienceRow, WindowRow):
    """Which variants an audience may see and order. With none in force for a buyer, all listed goods are shown."""

    code = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=PolicyStatus, default=PolicyStatus.EFFECTIVE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="assortment_code_once"),
            audience_check("assortment_audience"),
            window_check("assortment_window"),
            named("assortment_named"),
        ]


class AssortmentLine(OwnedRow):
    """A part of the catalogue that an assortment holds or, where `excluded`, leaves out; nothing set: everything."""

    assortment = models.ForeignKey(Assortment, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="+")
    excluded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assortment", "variant", "product", "category", "brand"],
                nulls_distinct=False,
                name="assortment_line_once",
            ),
            models.CheckConstraint(
                condition=Q(LessOrEqual(NumNonNulls("variant", "product", "category", "brand"), 1)),
                name="assortment_line_scope",
            ),
        ]


class PartnerItemCode(OwnedRow):
    """A partner's own code for a variant; `organization` is the partner that uses it."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="partner_codes")
    code = models.CharField(max_length=64)
    code_key = code_key("code")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code", "variant"], name="partner_item_code_once"),
            models.CheckConstraint(condition=~Q(code=""), name="partner_item_code_given"),
        ]
        indexes = [models.Index(fields=["organization", "code_key"], name="partner_item_code_key")]
