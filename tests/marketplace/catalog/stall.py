"""A seller with goods and two dealers, for tests of the catalogue and of search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Product, Variant
from marketplace.catalog.packs import PackDraft
from marketplace.catalog.products import product_create
from marketplace.catalog.ranges import AssortmentDraft, AssortmentLineDraft, assortment_write
from marketplace.catalog.units import common_units
from marketplace.catalog.values import AudienceDraft
from tests.factories import make_actor, make_grade, make_groups, make_organization, make_partnership


class Stall:
    """The seller's side and two dealers, one in a group with a grade, one without."""

    def __init__(self) -> None:
        self.units = common_units()
        self.seller = make_organization("Xinghe Home")
        self.owner = make_actor(self.seller)
        self.groups = make_groups(self.seller, "china", "east")
        self.grade = make_grade(self.seller, "A")
        self.partnership = make_partnership(self.seller, "Yunqi", group=self.groups[1], grade=self.grade)
        self.other = make_partnership(self.seller, "Jinli")
        self.dealer = make_actor(self.partnership.downstream)
        self.stranger = make_actor(make_organization("Stranger", "seller", "dealer"))
        self.second = make_actor(self.other.downstream)

    def product(
        self,
        sku: str = "CUP-1",
        name: str = "Steel cup",
        listed: bool = True,
        packs: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Product:
        """A product with one variant, listed unless told otherwise."""
        drafts = [PackDraft(uom, Decimal(factor)) for uom, factor in (packs or {}).items()]
        made = product_create(self.owner, {"name_en": name} | fields, sku=sku, packs=drafts)
        if listed:
            listing_write(self.owner, [made.pk])
        return made

    def variant(self, *args: Any, **fields: Any) -> Variant:
        """The variant of a new product."""
        return self.product(*args, **fields).variants.get()

    def assortment(self, *lines: AssortmentLineDraft, **audience: int) -> Any:
        """An assortment in effect for an audience (`partnership_id`, `group_id`, `grade_id`)."""
        draft = AssortmentDraft(name_en="Range", audience=AudienceDraft(**audience), lines=list(lines))
        return assortment_write(self.owner, draft)


def holds(**part: int) -> AssortmentLineDraft:
    """A line that holds a part of the catalogue."""
    return AssortmentLineDraft(**part)


def leaves_out(**part: int) -> AssortmentLineDraft:
    """A line that leaves a part out."""
    return AssortmentLineDraft(excluded=True, **part)


def skus(variants: Sequence[Variant]) -> list[str]:
    """Their codes, sorted."""
    return sorted(variant.sku for variant in variants)
