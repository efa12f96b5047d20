"""What mutations of the catalogue take, and how it becomes what the functions take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal as Number
from typing import Any

import graphene
from django.utils.translation import get_language

from marketplace.catalog.models import AttributeKind, ProductStatus
from marketplace.catalog.packs import PackDraft
from marketplace.catalog.ranges import AssortmentDraft, AssortmentLineDraft
from marketplace.catalog.rules import RuleDraft
from marketplace.catalog.values import AudienceDraft
from marketplace.catalog.variants import Axis
from marketplace.core.instants import BEGINNING, FOREVER
from marketplace.core.models import PolicyStatus
from marketplace.graphql import DateTime, Decimal, enum_of, from_global_id

NAME = "In the reader's language; `nameZh` and `nameEn` name the language."


def list_of(type_: Any, description: str, required: bool = False) -> graphene.List:
    """A list input without nulls in it."""
    return graphene.List(graphene.NonNull(type_), required=required, description=description)


def texts(given: dict[str, Any], *names: str) -> dict[str, Any]:
    """Puts each text without a language into the column of the reader's; an empty null becomes empty text."""
    suffix = "zh" if (get_language() or "en").startswith("zh") else "en"
    for name in names:
        if name in given:
            given.setdefault(f"{name}_{suffix}", given.pop(name))
        for column in (f"{name}_zh", f"{name}_en"):
            if column in given:
                given[column] = given[column] or ""
    return given


def key(gid: str | None, type_name: str, field: str, index: int | None = None) -> int | None:
    """The primary key in an optional id."""
    return None if gid is None else from_global_id(gid, type_name, field, index)


class AttributeValueInput(graphene.InputObjectType):
    """A value of an attribute; an empty one removes it."""

    code = graphene.String(required=True, description="The code of the attribute.")
    value = graphene.String(required=True, description="As people write it: 500, yes, 2026-03-01, red.")


class PackInput(graphene.InputObjectType):
    """A unit of measure in which a variant may be ordered."""

    uom = graphene.String(required=True, description="The code of the unit.")
    factor = Decimal(description="Base units in one; 1 unless told.")
    barcode = graphene.String(description="Printed on it.")
    is_default = graphene.Boolean(description="Orders are entered in it.")
    remove = graphene.Boolean(description="Take the pack away.")

    def to_draft(self) -> PackDraft:
        factor = self.get("factor")
        return PackDraft(
            self["uom"], Number(1) if factor is None else factor, self.get("barcode"), bool(self.get("is_default")),
            bool(self.get("remove")),
        )  # fmt: skip


class ProductInput(graphene.InputObjectType):
    """A product to make or change; what is left out stays as it is, null empties."""

    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    slug = graphene.String(description="For addresses; made from the name unless told.")
    description = graphene.String(description="In the reader's language.")
    description_zh = graphene.String(description="In Chinese.")
    description_en = graphene.String(description="In English.")
    brand = graphene.ID(description="Its maker's mark.")
    category = graphene.ID(description="Where it stands in the tree.")
    status = graphene.Argument(enum_of(ProductStatus), description="ACTIVE unless told.")
    tax_rate = Decimal(description='As a fraction: "0.13" for 13 %. A new one takes it out of its tax category.')
    tax_category = graphene.ID(description="Whose rate holds for it; null for a rate of its own.")
    attributes = list_of(AttributeValueInput, "Written over those it has.")
    sku = graphene.String(description="Of its first variant; only when it is made.")
    barcode = graphene.String(description="Of its first variant's base unit; only when it is made.")
    uom = graphene.String(description="Base unit of its first variant, PCS unless told; only when it is made.")
    packs = list_of(PackInput, "Other units of its first variant; only when it is made.")

    def to_fields(self) -> dict[str, Any]:
        """As `product_create` and `product_update` take them."""
        given = texts(dict(self), "name", "description")
        for name in ("sku", "barcode", "uom", "packs"):
            given.pop(name, None)
        for name, kind in (("brand", "Brand"), ("category", "Category"), ("tax_category", "TaxCategory")):
            if name in given:
                given[f"{name}_id"] = key(given.pop(name), kind, name)
        if "attributes" in given:
            given["attributes"] = {one["code"]: one["value"] for one in given["attributes"] or ()}
        if given.get("slug") is None:
            given.pop("slug", None)
        return {name: value for name, value in given.items() if value is not None or name.endswith("_id")}

    def first_variant(self) -> dict[str, Any]:
        """What only `product_create` takes."""
        return {
            "sku": self.get("sku") or "",
            "uom": self.get("uom") or "PCS",
            "barcode": self.get("barcode") or "",
            "packs": [pack.to_draft() for pack in self.get("packs") or ()],
        }


class VariantInput(graphene.InputObjectType):
    """A variant to make or change; what is left out stays as it is."""

    sku = graphene.String(description="Its code.")
    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    barcode = graphene.String(description="Of its base unit.")
    status = graphene.Argument(enum_of(ProductStatus), description="ACTIVE unless told.")
    position = graphene.Int(description="Its place among the variants of the product.")
    attributes = list_of(AttributeValueInput, "Written over those it has.")
    uom = graphene.String(description="Base unit, PCS unless told; only when it is made.")
    packs = list_of(PackInput, "Other units; only when it is made.")

    def to_fields(self) -> dict[str, Any]:
        """As `variant_create` and `variant_update` take them."""
        given = texts(dict(self), "name")
        for name in ("barcode", "uom", "packs"):
            given.pop(name, None)
        if "attributes" in given:
            given["attributes"] = {one["code"]: one["value"] for one in given["attributes"] or ()}
        return {name: value for name, value in given.items() if value is not None}


class AxisInput(graphene.InputObjectType):
    """One side of a matrix of variants."""

    attribute = graphene.String(required=True, description="The code of an attribute of variants.")
    values = list_of(graphene.String, "The values it takes.", required=True)

    def to_draft(self) -> Axis:
        return Axis(self["attribute"], tuple(self["values"]))


class ListingInput(graphene.InputObjectType):
    """Products to put up or take down, now or by date."""

    products = list_of(graphene.ID, "Products, with all their variants.")
    variants = list_of(graphene.ID, "Single variants.")
    listed = graphene.Boolean(required=True, description="Put up, or take down.")
    start = graphene.InputField(DateTime, name="from", description="From when; now unless told.")
    end = graphene.InputField(DateTime, name="to", description="Until when they are put up; for good unless told.")


class AudienceInput(graphene.InputObjectType):
    """For whom: one of the three, or everyone where none is given."""

    partnership = graphene.ID(description="This partner alone.")
    group = graphene.ID(description="This group and all below it.")
    grade = graphene.ID(description="This grade.")


def audience_of_input(given: Mapping[str, Any], index: int | None = None) -> AudienceDraft:
    """The audience of an input that has the three ids."""
    return AudienceDraft(
        key(given.get("partnership"), "Partnership", "partnership", index),
        key(given.get("group"), "PartnerGroup", "group", index),
        key(given.get("grade"), "PartnerGrade", "grade", index),
    )


class OrderQuantityRuleInput(AudienceInput):
    """Allowed quantities of a variant in a unit, for an audience."""

    variant = graphene.ID(required=True, description="Of what.")
    uom = graphene.String(required=True, description="The code of the unit.")
    min = Decimal(description="The least; 0 unless told.")
    step = Decimal(description="Multiples of it are allowed; 1 unless told.")
    max = Decimal(description="The most; open unless told.")
    remove = graphene.Boolean(description="Take the rule away.")

    def to_draft(self, index: int) -> RuleDraft:
        least, step = self.get("min"), self.get("step")
        variant = from_global_id(self["variant"], "Variant", "variant", index)
        return RuleDraft(
            variant, self["uom"],
            Number(0) if least is None else least, Number(1) if step is None else step, self.get("max"),
            audience_of_input(self, index), bool(self.get("remove")),
        )  # fmt: skip


class BrandInput(graphene.InputObjectType):
    """A brand to make or change; what is left out stays as it is."""

    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    code = graphene.String(description="Unique in the organization; made from the name unless told.")

    def to_fields(self) -> dict[str, Any]:
        return {name: value for name, value in texts(dict(self), "name").items() if value is not None}


class CategoryInput(graphene.InputObjectType):
    """A category to make, change or move; what is left out stays as it is."""

    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    code = graphene.String(description="Unique in the organization; made from the name unless told.")
    parent = graphene.ID(description="The category above; null makes it a root.")
    position = graphene.Int(description="Its place among those beside it.")
    attributes = list_of(graphene.ID, "By which its goods are described.")

    def to_fields(self) -> dict[str, Any]:
        given = texts(dict(self), "name")
        has_parent = "parent" in given
        parent = key(given.pop("parent", None), "Category", "parent")
        if given.get("attributes") is not None:
            ids = given["attributes"]
            given["attributes"] = [from_global_id(gid, "Attribute", "attributes", at) for at, gid in enumerate(ids)]
        fields = {name: value for name, value in given.items() if value is not None}
        return fields | ({"parent_id": parent} if has_parent else {})


class AttributeChoiceInput(graphene.InputObjectType):
    """One of the values of a choice."""

    value = graphene.String(required=True, description="As goods keep it.")
    zh = graphene.String(description="In Chinese.")
    en = graphene.String(description="In English.")


class AttributeInput(graphene.InputObjectType):
    """An attribute to make or change; what is left out stays as it is."""

    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    code = graphene.String(description="Unique in the organization; made from the name unless told.")
    kind = graphene.Argument(enum_of(AttributeKind), description="TEXT unless told.")
    choices = list_of(AttributeChoiceInput, "What can be chosen, of a choice.")
    uom = graphene.String(description="The code of the unit of a number.")
    of_variant = graphene.Boolean(description="It tells the variants of a product apart.")
    is_facet = graphene.Boolean(description="Goods can be narrowed by it.")
    position = graphene.Int(description="Its place among the attributes.")
    categories = list_of(graphene.ID, "Whose goods it describes.")

    def to_fields(self) -> dict[str, Any]:
        given = texts(dict(self), "name")
        if given.get("choices") is not None:
            given["choices"] = [{name: text for name, text in one.items() if text} for one in given["choices"]]
        if given.get("categories") is not None:
            ids = given["categories"]
            given["categories"] = [from_global_id(gid, "Category", "categories", at) for at, gid in enumerate(ids)]
        return {name: value for name, value in given.items() if value is not None}


class AssortmentLineInput(graphene.InputObjectType):
    """A part of the catalogue: one of the four, or everything where none is given."""

    variant = graphene.ID(description="This variant.")
    product = graphene.ID(description="This product.")
    category = graphene.ID(description="This category and all below it.")
    brand = graphene.ID(description="This brand.")
    excluded = graphene.Boolean(description="Left out rather than held.")

    def to_draft(self, index: int) -> AssortmentLineDraft:
        return AssortmentLineDraft(
            key(self.get("variant"), "Variant", "variant", index),
            key(self.get("product"), "Product", "product", index),
            key(self.get("category"), "Category", "category", index),
            key(self.get("brand"), "Brand", "brand", index),
            bool(self.get("excluded")),
        )


class AssortmentInput(AudienceInput):
    """An assortment to make or replace; its lines replace those it had."""

    name = graphene.String(description=NAME)
    name_zh = graphene.String(description="In Chinese.")
    name_en = graphene.String(description="In English.")
    code = graphene.String(description="Unique in the organization; made from the name unless told.")
    status = graphene.Argument(enum_of(PolicyStatus), description="DRAFT, EFFECTIVE (unless told) or PAUSED.")
    valid_from = DateTime(description="From when it holds; always unless told.")
    valid_to = DateTime(description="Until when; for good unless told.")
    lines = list_of(AssortmentLineInput, "What it holds and leaves out.")
    categories = list_of(graphene.ID, "Categories it holds, with all below them; a short way for lines.")
    brands = list_of(graphene.ID, "Brands it holds; a short way for lines.")
    excluded_categories = list_of(graphene.ID, "Categories it leaves out, with all below them.")
    excluded_brands = list_of(graphene.ID, "Brands it leaves out.")

    def to_draft(self) -> AssortmentDraft:
        given = texts({name: self[name] for name in ("name", "name_zh", "name_en") if name in self}, "name")
        return AssortmentDraft(
            name_zh=given.get("name_zh", ""),
            name_en=given.get("name_en", ""),
            code=self.get("code") or "",
            audience=audience_of_input(self),
            lines=[*(line.to_draft(at) for at, line in enumerate(self.get("lines") or ())), *self._short_lines()],
            valid_from=self.get("valid_from") or BEGINNING,
            valid_to=self.get("valid_to") or FOREVER,
            status=PolicyStatus(self.get("status") or PolicyStatus.EFFECTIVE),
        )

    def _short_lines(self) -> Iterator[AssortmentLineDraft]:
        for name, excluded in (("categories", False), ("excluded_categories", True)):
            for at, gid in enumerate(self.get(name) or ()):
                yield AssortmentLineDraft(category_id=key(gid, "Category", name, at), excluded=excluded)
        for name, excluded in (("brands", False), ("excluded_brands", True)):
            for at, gid in enumerate(self.get(name) or ()):
                yield AssortmentLineDraft(brand_id=key(gid, "Brand", name, at), excluded=excluded)
