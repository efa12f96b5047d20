"""Pictures of goods."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from marketplace.catalog.models.goods import Product, Variant
from marketplace.catalog.visibility import GoodsPartQuerySet
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
