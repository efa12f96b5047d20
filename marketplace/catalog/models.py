"""What is traded, in which packs and quantities, and who may see it."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import QuantityField
from marketplace.core.instants import WindowRow, window_check
from marketplace.core.models import JobStatus, PolicyStatus
from marketplace.core.names import NamedRow, TreeRow
from marketplace.core.rows import OwnedRow
from marketplace.parties.audience import AudienceRow, audience_check


class AttributeKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


class ListingStatus(models.TextChoices):
    """Scheduled, listed and delisted by date are one stored value (listed) read against the window."""

    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    REJECTED = "rejected", _("Rejected")
    SCHEDULED = "scheduled", _("Scheduled")
    LISTED = "listed", _("Listed")
    DELISTED = "delisted", _("Delisted")


class UnitOfMeasure(NamedRow):
    """A unit in which goods are counted or measured; shared by all organizations."""

    code = models.CharField(max_length=16, unique=True)
    exponent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "units of measure"
        constraints = [models.CheckConstraint(condition=Q(exponent__lte=6), name="uom_exponent")]


class Brand(OwnedRow, NamedRow):
    """A maker's mark."""

    code = models.SlugField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="brand_code_once")]


class Category(OwnedRow, NamedRow, TreeRow):
    """A node of an organization's tree of goods."""

    code = models.SlugField(max_length=64)
    position = models.PositiveIntegerField(default=0)
    attributes = models.ManyToManyField("Attribute", related_name="categories", blank=True)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="category_code_once")]
        indexes = [GinIndex(fields=["ancestors"], name="category_ancestors")]


class Attribute(OwnedRow, NamedRow):
    """A typed property of products or, where `of_variant`, of the variants within one product."""

    code = models.SlugField(max_length=64)
    kind = models.CharField(max_length=8, choices=AttributeKind, default=AttributeKind.TEXT)
    choices = models.JSONField(default=list, blank=True)
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, null=True, blank=True, related_name="+")
    of_variant = models.BooleanField(default=False)
    is_facet = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="attribute_code_once")]


class Product(OwnedRow, NamedRow):
    """What is traded, bought or sold alike. `attributes` maps attribute codes to values of the attribute's kind."""

    slug = models.SlugField(max_length=255, allow_unicode=True)
    description_zh = models.TextField(blank=True, default="")
    description_en = models.TextField(blank=True, default="")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="products")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    status = models.CharField(max_length=8, choices=ProductStatus, default=ProductStatus.ACTIVE)
    attributes = models.JSONField(default=dict, blank=True)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal(0))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="product_slug_once"),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lt=1), name="product_tax_rate"),
        ]


class Variant(OwnedRow, NamedRow):
    """The orderable form of a product. `sku` is its code; its name is empty where the product has one variant only."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=64)
    attributes = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=8, choices=ProductStatus, default=ProductStatus.ACTIVE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "sku"], name="variant_sku_once")]


class Pack(OwnedRow):
    """A unit of measure with content, barcode and price of its own. Frozen once a document line uses it."""

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="packs")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+")
    factor = QuantityField(default=1)
    is_base = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    barcode = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "uom"], name="pack_uom_once"),
            models.UniqueConstraint(fields=["variant"], condition=Q(is_base=True), name="pack_one_base"),
            models.UniqueConstraint(fields=["variant"], condition=Q(is_default=True), name="pack_one_default"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="pack_factor_positive"),
            models.CheckConstraint(condition=Q(is_base=False) | Q(factor=1), name="pack_base_factor"),
        ]
        indexes = [models.Index(fields=["organization", "barcode"], condition=~Q(barcode=""), name="pack_barcode")]


class OrderQuantityRule(OwnedRow, AudienceRow):
    """Allowed order quantities of a variant: multiples of `step` between `minimum` and `maximum` (null: open)."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="quantity_rules")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+")
    minimum = QuantityField(default=0)
    step = QuantityField(default=1)
    maximum = QuantityField(null=True, blank=True)

    class Meta:
        constraints = [
            audience_check("quantity_rule_audience"),
            models.UniqueConstraint(
                fields=["organization", "variant", "uom", "partnership", "group", "grade"],
                nulls_distinct=False,
                name="quantity_rule_once",
            ),
            models.CheckConstraint(condition=Q(step__gt=0, minimum__gte=0), name="quantity_rule_positive"),
        ]


class Listing(OwnedRow, WindowRow):
    """A variant put up by a seller (`organization`), from and to an instant; the variant may be another's."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="listings")
    status = models.CharField(max_length=16, choices=ListingStatus, default=ListingStatus.LISTED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "variant"], name="listing_once"),
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
        ]


class AssortmentLine(OwnedRow):
    """A part of the catalogue that an assortment holds or, where `excluded`, leaves out; nothing set: everything."""

    assortment = models.ForeignKey(Assortment, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+")
    brand = models.ForeignKey(Brand, models.CASCADE, null=True, blank=True, related_name="+")
    excluded = models.BooleanField(default=False)


class PartnerItemCode(OwnedRow):
    """A partner's own code for a variant; `organization` is the partner that uses it."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="partner_codes")
    code = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code", "variant"], name="partner_item_code_once")
        ]


class ProductImage(OwnedRow):
    """A picture of a product or of one of its variants, with thumbnails made at upload."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="images")
    file = models.ImageField(upload_to="products/%Y/%m", max_length=255)
    sizes = ArrayField(models.PositiveIntegerField(), default=list)
    alt_zh = models.CharField(max_length=255, blank=True, default="")
    alt_en = models.CharField(max_length=255, blank=True, default="")
    position = models.PositiveIntegerField(default=0)


class ProductImport(OwnedRow):
    """A sheet of products: staged, checked row by row, applied whole."""

    file_name = models.CharField(max_length=255)
    status = models.CharField(max_length=24, choices=JobStatus, default=JobStatus.QUEUED)
    skip_bad_rows = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("parties.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)


class ProductImportRow(OwnedRow):
    """One row of a sheet as it came, and what is wrong with it: errors are [{column, code, message}]."""

    product_import = models.ForeignKey(ProductImport, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    values = models.JSONField()
    errors = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product_import", "position"], name="product_import_row_once")]
