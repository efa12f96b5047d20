"""The index of goods on PostgreSQL: one document for each product of each seller, the codes, and the words known."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse

from marketplace.catalog.models import Product, Variant
from marketplace.core.instants import WindowRow
from marketplace.core.rows import OwnedRow


class SearchDocument(OwnedRow, WindowRow):
    """A product as one seller (`organization`) offers it, or as its owner keeps it: `listed` tells the two apart.

    `uneven`: its variants are not listed alike, so that each has to be looked at. `facets`: `code=value` of the
    attributes that are facets. Everything here is made from the catalogue and can be made anew (`search_reindex`).
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    owner = models.BigIntegerField()
    brand = models.BigIntegerField(default=0)
    category = models.BigIntegerField(default=0)
    listed = models.BooleanField(default=False)
    uneven = models.BooleanField(default=False)
    facets = ArrayField(models.TextField(), default=list)
    vector = SearchVectorField()
    name_zh = models.TextField(db_collation="zh-x-icu")
    name_en = models.TextField(db_collation="und-x-icu")
    sku = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "product"], name="search_document_once")]
        indexes = [
            GinIndex(fields=["vector"], name="search_vector", fastupdate=False),
            GinIndex(fields=["facets"], name="search_facets", fastupdate=False),
            models.Index(fields=["organization", "name_zh", "id"], condition=Q(listed=True), name="search_by_name_zh"),
            models.Index(fields=["organization", "name_en", "id"], condition=Q(listed=True), name="search_by_name_en"),
            models.Index(fields=["organization", "created_at", "id"], condition=Q(listed=True), name="search_by_age"),
            models.Index(fields=["organization", "sku", "id"], condition=Q(listed=True), name="search_by_sku"),
            # Everything that counting looks at, so that counts need not read the wide rows.
            models.Index(
                fields=["organization", "category"],
                include=["product", "owner", "brand", "uneven", "valid_from", "valid_to", "facets"],
                condition=Q(listed=True),
                name="search_by_category",
            ),
            models.Index(fields=["organization", "brand"], condition=Q(listed=True), name="search_by_brand"),
        ]


class SearchCode(OwnedRow):
    """A code under which a seller's variant is found: its SKU or a barcode, folded as people mean it."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    key = models.TextField()
    is_sku = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index("organization", OpClass("key", name="text_pattern_ops"), name="search_code_prefix"),
            models.Index("organization", OpClass(Reverse("key"), name="text_pattern_ops"), name="search_code_suffix"),
        ]


class SearchWord(OwnedRow):
    """A word of a seller's documents; misspelt words are compared with these."""

    word = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "word"], name="search_word_once")]
        indexes = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_similar", fastupdate=False)]
