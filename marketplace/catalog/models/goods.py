"""What is traded: the tree it stands in, its properties, its variants and their packs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models.units import UnitOfMeasure
from marketplace.catalog.visibility import (
    BrandQuerySet,
    CategoryQuerySet,
    GoodsPartQuerySet,
    ProductQuerySet,
    VariantQuerySet,
)
from marketplace.core.fields import QuantityField
from marketplace.core.names import NamedRow, TreeRow
from marketplace.core.rows import OwnedRow


class AttributeKind(models.TextChoices):
    """Of what type the values of an attribute are."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")


class ProductStatus(models.TextChoices):
    """Whether a product or variant takes part in trade."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


def named(name: str) -> models.CheckConstraint:
    """The constraint that a row has a name in one language at least."""
    return models.CheckConstraint(condition=~Q(name_zh="", name_en=""), name=name)


def code_key(column: str) -> models.GeneratedField:
    """A code as people mean it: full-width and upper-case letters are the same, blanks around it do not count."""
    folded = Func(F(column), template="normalize(%(expressions)s, NFKC)", output_field=models.TextField())
    trimmed = Func(Lower(folded), function="btrim", output_field=models.TextField())
    return models.GeneratedField(expression=trimmed, output_field=models.TextField(), db_persist=True)


class Brand(OwnedRow, NamedRow):
    """A maker's mark. `logo` is kept as pictures of products are, square thumbnails of these sizes beside it."""

    code = models.SlugField(max_length=64, allow_unicode=True)
    logo = models.CharField(max_length=255, blank=True, default="", db_default="")
    logo_sizes: Any = ArrayField(models.PositiveIntegerField(), default=list, db_default=models.Value([]), blank=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="brand_code_once"),
            named("brand_named"),
        ]


class Category(OwnedRow, NamedRow, TreeRow):
    """A node of an organization's tree of goods. `attributes`: what its goods are described by, those above too."""

    code = models.SlugField(max_length=64, allow_unicode=True)
    position = models.PositiveIntegerField(default=0)
    attributes: Any = models.ManyToManyField("Attribute", related_name="categories", blank=True)

    # Told by lists that have counted.
    product_count: int

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="category_code_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="category_not_own_parent"),
            named("category_named"),
        ]
        indexes = [GinIndex(fields=["ancestors"], name="category_ancestors")]


class Attribute(OwnedRow, NamedRow):
    """A typed property of products or, where `of_variant`, of the variants within one product.

    `choices` of a CHOICE: [{"value": "red", "zh": "红色", "en": "Red"}]; products keep the value.
    """

    code = models.SlugField(max_length=64)
    kind = models.CharField(max_length=8, choices=AttributeKind, default=AttributeKind.TEXT)
    choices = models.JSONField(default=list, blank=True)
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, null=True, blank=True, related_name="+")
    of_variant = models.BooleanField(default=False)
    is_facet = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    categories: Any

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="attribute_code_once"),
            models.CheckConstraint(
                condition=Q(kind=AttributeKind.CHOICE) | Q(choices=[]), name="attribute_choices_of_choice"
            ),
            named("attribute_named"),
        ]


class Product(OwnedRow, NamedRow):
    """What is traded, bought or sold alike.

    `attributes` maps codes of attributes to values of their kind; `axes` names up to two variant attributes whose
    values tell the variants apart (the two sides of a matrix). `tax_rate` is a fraction: 0.13 for 13 %; it holds where
    there is no tax category, or none of its rates is in force.
    """

    slug = models.SlugField(max_length=255, allow_unicode=True)
    description_zh = models.TextField(blank=True, default="")
    description_en = models.TextField(blank=True, default="")
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True, related_name="products")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    status = models.CharField(max_length=8, choices=ProductStatus, default=ProductStatus.ACTIVE)
    attributes = models.JSONField(default=dict, blank=True)
    axes = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal(0))
    tax_category = models.ForeignKey(
        "catalog.TaxCategory", models.PROTECT, null=True, blank=True, related_name="products", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    # Told by lists of what is offered: the id of the seller, and the variant that is shown where one was asked for.
    offered_by: int
    first_offered: Variant | None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="product_slug_once"),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lt=1), name="product_tax_rate"),
            models.CheckConstraint(condition=Q(axes__len__lte=2), name="product_two_axes"),
            named("product_named"),
        ]
        indexes = [
            models.Index(fields=["organization", "-updated_at", "-id"], name="product_updated"),
            models.Index(fields=["tax_category"], condition=Q(tax_category__isnull=False), name="product_tax_category"),
        ]


class Variant(OwnedRow, NamedRow):
    """The orderable form of a product. `sku` is its code; its name is empty where the product has one variant only."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="variants")
    sku = models.CharField(max_length=64)
    sku_key = code_key("sku")
    attributes = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=8, choices=ProductStatus, default=ProductStatus.ACTIVE)

    objects = VariantQuerySet.as_manager()

    # Told by lists of what is offered: ids of seller, partnership, the unit orders are entered in, and the base unit.
    offered_by: int
    partnership_id: int | None
    order_uom_id: int
    base_uom_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "sku"], name="variant_sku_once"),
            models.CheckConstraint(condition=~Q(sku=""), name="variant_sku_given"),
        ]
        indexes = [
            models.Index("organization", OpClass("sku_key", name="text_pattern_ops"), name="variant_sku_prefix"),
        ]


class Pack(OwnedRow):
    """A unit of measure with content, barcode and price of its own. Frozen once a document line uses it.

    `factor`: base units in one of it. The default pack is the one orders are entered in unless told otherwise.
    """

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="packs")
    uom = models.ForeignKey(UnitOfMeasure, models.PROTECT, related_name="+")
    factor = QuantityField(default=1)
    is_base = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    barcode = models.CharField(max_length=64, blank=True, default="")
    barcode_key = code_key("barcode")

    objects = GoodsPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "uom"], name="pack_uom_once"),
            models.UniqueConstraint(fields=["variant"], condition=Q(is_base=True), name="pack_one_base"),
            models.UniqueConstraint(fields=["variant"], condition=Q(is_default=True), name="pack_one_default"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="pack_factor_positive"),
            models.CheckConstraint(condition=Q(is_base=False) | Q(factor=1), name="pack_base_factor"),
        ]
        indexes = [
            models.Index(
                "organization",
                OpClass("barcode_key", name="text_pattern_ops"),
                condition=~Q(barcode=""),
                name="pack_barcode_prefix",
            )
        ]
