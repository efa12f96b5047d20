"""Pictures of goods and documents about them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models.goods import Product, Variant
from marketplace.catalog.visibility import GoodsPartQuerySet
from marketplace.core.names import NamedRow
from marketplace.core.rows import OwnedRow


class ProductImage(OwnedRow):
    """A picture of a product or of one of its variants, with square thumbnails made at upload.

    `file` is the picture as kept (WebP, no metadata); a thumbnail lies beside it, `<stem>-<size>.webp`.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    variant = models.ForeignKey(Variant, models.CASCADE, null=True, blank=True, related_name="images")
    file = models.CharField(max_length=255)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sizes = ArrayField(models.PositiveIntegerField(), default=list)
    alt_zh = models.CharField(max_length=255, blank=True, default="")
    alt_en = models.CharField(max_length=255, blank=True, default="")
    position = models.PositiveIntegerField(default=0)

    objects = GoodsPartQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["product", "position", "id"], name="product_image_order")]


class DocumentKind(models.TextChoices):
    """What a document of a product is about."""

    DATASHEET = "datasheet", _("Data sheet")
    MANUAL = "manual", _("Manual")
    CERTIFICATE = "certificate", _("Certificate")
    SAFETY = "safety", _("Safety data sheet")
    DRAWING = "drawing", _("Drawing")
    OTHER = "other", _("Other document")


class ProductDocument(OwnedRow, NamedRow):
    """A file about a product, for whoever sees the product. `file` is where the storage keeps it; no address leads
    there but the one that asks who reads (`urls.py`).
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=16, choices=DocumentKind, default=DocumentKind.OTHER)
    file = models.CharField(max_length=255, unique=True)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)
    position = models.PositiveIntegerField(default=0)

    objects = GoodsPartQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="product_document_size")]
        indexes = [models.Index(fields=["product", "position", "id"], name="product_document_order")]
