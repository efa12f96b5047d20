"""Quantity rules and assortments as their seller sees them."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.catalog.models import Assortment, AssortmentLine, OrderQuantityRule
from marketplace.catalog.schema.types import (
    BrandType,
    CategoryType,
    ProductType,
    UnitOfMeasureType,
    VariantType,
)
from marketplace.core.instants import or_none
from marketplace.core.models import PolicyStatus
from marketplace.graphql import (
    BatchLoader,
    DateTime,
    Field,
    ModelType,
    Quantity,
    Related,
    enum_of,
    grouped,
    label_field,
)
from marketplace.parties.audience import AudienceLevel
from marketplace.parties.schema.trade_types import PartnershipType
from marketplace.parties.schema.types import PartnerGradeType, PartnerGroupType, listed, text


class OrderQuantityRuleType(ModelType, model=OrderQuantityRule, name="OrderQuantityRule", permission="catalog.view"):
    """Allowed order quantities of one of your variants, for an audience: the most specific rule holds."""

    variant = Related(VariantType, "variant", required=True, description="Of what.")
    uom = Related(UnitOfMeasureType, "uom", required=True, description="In what the quantities are given.")
    min = Field(Quantity, required=True, description="The least.")
    step = Field(Quantity, required=True, description="Multiples of it are allowed.")
    max = Field(Quantity, description="The most; null where it is open.")
    level = Field(enum_of(AudienceLevel), required=True, description="How narrow its audience is.")
    partnership = Related(PartnershipType, "partnership", description="For this partner alone.")
    group = Related(PartnerGroupType, "group", description="For this group and all below it.")
    grade = Related(PartnerGradeType, "grade", description="For this grade.")


class LinesOfAssortment(BatchLoader):
    """By assortment of the reader's organization: its lines."""

    def batch(self, keys: list[int]) -> list[list[AssortmentLine]]:
        rows = AssortmentLine.objects.visible_to(self.actor).filter(assortment__in=keys).order_by("pk")
        return grouped(rows, by="assortment_id", keys=keys)


class AssortmentLineType(ModelType, model=AssortmentLine, name="AssortmentLine", permission="catalog.view"):
    """A part of the catalogue: one of the four, or everything where none is given."""

    variant = Related(VariantType, "variant", description="This variant.")
    product = Related(ProductType, "product", description="This product.")
    category = Related(CategoryType, "category", description="This category and all below it.")
    brand = Related(BrandType, "brand", description="This brand.")
    excluded = Field(graphene.Boolean, required=True, description="Left out rather than held.")


class AssortmentType(ModelType, model=Assortment, name="Assortment", permission="catalog.view"):
    """Which of your goods an audience may see and order."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    status = Field(enum_of(PolicyStatus), required=True, description="Whether it holds; read with its window.")
    status_label = label_field("status")
    level = Field(enum_of(AudienceLevel), required=True, description="How narrow its audience is.")
    partnership = Related(PartnershipType, "partnership", description="For this partner alone.")
    group = Related(PartnerGroupType, "group", description="For this group and all below it.")
    grade = Related(PartnerGradeType, "grade", description="For this grade.")
    valid_from = Field(DateTime, description="From when it holds; null: always.")
    valid_to = Field(DateTime, description="Until when; null: for good.")
    lines = listed(AssortmentLineType, "What it holds and leaves out.")

    def resolve_valid_from(root: Any, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: Any, _info: Any) -> Any:
        return or_none(root.valid_to)

    def resolve_lines(root: Any, info: Any) -> Any:
        return LinesOfAssortment.of(info).load(root.pk)
