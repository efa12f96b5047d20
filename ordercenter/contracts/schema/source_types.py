"""Types of sources, quotas and price indexes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import graphene

from marketplace.graphql import Date, DateTime, Decimal, Field, ModelType, Quantity, Related, enum_of, label_field
from marketplace.parties.schema.types import listed, text
from ordercenter.contracts.arbitration import Given
from ordercenter.contracts.enums import QuotaReason, SourceUse
from ordercenter.contracts.models import IndexValue, PriceIndex, QuotaMember, SourceList, SourceQuota
from ordercenter.contracts.schema.library_types import ORGANIZATION, UOM, VIEW, yes
from ordercenter.contracts.schema.loaders import MembersOfQuota, ValuesOfIndex

VARIANT = "marketplace.catalog.schema.types.VariantType"
UNIT = "marketplace.parties.schema.types.UnitType"
LINE = "ordercenter.contracts.schema.line_types.ContractLineType"
HERE = "ordercenter.contracts.schema.source_types"
SOURCES = "sources.view"


class IndexValueType(ModelType, model=IndexValue, name="IndexValue", permission=VIEW):
    """A value of a month, from the instant it is known."""

    month = Field(Date, required=True, description="Its first day.")
    value = Field(Decimal, required=True, description="The value.")
    published_at = Field(DateTime, required=True, description="Since when it is known here.")
    is_revision = yes("The month had a value before.")

    def resolve_is_revision(root: Any, _info: Any) -> bool:
        return bool(getattr(root, "revises", False))


class PriceIndexType(ModelType, model=PriceIndex, name="PriceIndex", permission=VIEW):
    """A series of values that formula prices follow."""

    code = text("Unique in the organization.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    source = text("Where it is published.")
    values = listed(
        IndexValueType, "Its values, the latest month first; revisions stand before what they revise.", size=24
    )
    latest = Field(IndexValueType, description="The latest.")

    def resolve_values(root: Any, info: Any) -> Any:
        return ValuesOfIndex.of(info).load(root.pk).then(_marked)

    def resolve_latest(root: Any, info: Any) -> Any:
        return ValuesOfIndex.of(info).load(root.pk).then(lambda rows: rows[0] if rows else None)


def _marked(rows: list[IndexValue]) -> list[IndexValue]:
    for row, before in pairwise(rows):
        row.revises = row.month == before.month  # type: ignore[attr-defined]
    return rows


class SourceListType(ModelType, model=SourceList, name="SourceList", permission=SOURCES):
    """A source of goods, from a day to a day."""

    variant = Related(VARIANT, "variant", description="The goods.")
    category = Related("marketplace.catalog.schema.types.CategoryType", "category", description="All goods of it.")
    plant = Related(UNIT, "plant", description="For which plant; null: for all.")
    seller = Related(ORGANIZATION, "seller", description="Who supplies.")
    use = Field(enum_of(SourceUse), required=True, description="How it may be used.")
    use_label = label_field("use")
    valid_from = Field(Date, required=True, description="From this day.")
    valid_to = Field(Date, description="Until this day; null: it does not end.")
    contract_line = Related(LINE, "contract_line", description="Under which contract line.")
    note = text("A remark.")


class QuotaMemberType(ModelType, model=QuotaMember, name="QuotaMember", permission=SOURCES):
    """A source in a quota."""

    quota = Related(f"{HERE}.SourceQuotaType", "quota", description="The quota.")
    seller = Related(ORGANIZATION, "seller", description="Who supplies.")
    seller_name = Field(graphene.String, required=True, description="Its name.")
    contract_line = Related(LINE, "contract_line", description="Under which contract line.")
    share = Field(Quantity, required=True, description="Its quota.")
    base = Field(Quantity, required=True, description="What it starts from.")
    priority = Field(graphene.Int, description="Its place when a requirement is split.")
    max_per_order = Field(Quantity, description="The most of one requirement.")
    capacity = Field(Quantity, description="The most in a month.")
    allocated = Field(Quantity, required=True, description="What it was given so far.")
    rating = Field(
        Decimal, required=True, description="(allocated + base) / quota; the lowest is next. 6 decimals shown."
    )

    def resolve_seller_name(root: Any, _info: Any) -> str:
        return root.seller.shown_name

    def resolve_rating(root: Any, _info: Any) -> Any:
        return round((root.allocated + root.base) / root.share, 6)


class SourceQuotaType(ModelType, model=SourceQuota, name="SourceQuota", permission=SOURCES):
    """How the volume of goods is divided between sources."""

    variant = Related(VARIANT, "variant", description="The goods.")
    plant = Related(UNIT, "plant", description="For which plant; null: for all.")
    uom = Related(UOM, "uom", description="The unit it counts in.")
    valid_from = Field(Date, required=True, description="From this day.")
    valid_to = Field(Date, description="Until this day; null: it does not end.")
    split_from = Field(Quantity, description="A requirement from this on is split; null: never.")
    pack = Field(Quantity, required=True, description="What it comes in.")
    members = listed(QuotaMemberType, "Its sources, the largest share first.", size=10)

    def resolve_members(root: Any, info: Any) -> Any:
        return MembersOfQuota.of(info).load(root.pk)


class QuotaShareType(graphene.ObjectType):
    """What a run gave a source, and why."""

    class Meta:
        name = "QuotaShare"

    seller = Field(graphene.String, required=True, description="Who supplies.")
    share = Field(Quantity, required=True, description="Its quota.")
    allocated = Field(Quantity, required=True, description="What it had.")
    base = Field(Quantity, required=True, description="What it starts from.")
    rating_before = Field(Decimal, required=True, description="Its rating before; 6 decimals shown.")
    rating_after = Field(Decimal, required=True, description="Its rating with what it was given.")
    given = Field(Quantity, required=True, description="What it was given.")
    reason = Field(enum_of(QuotaReason), required=True, description="Why.")
    reason_label = text("The reason in the reader's language.")

    def resolve_seller(root: tuple[Given, str], _info: Any) -> str:
        return root[1]

    def resolve_share(root: tuple[Given, str], _info: Any) -> Any:
        return root[0].candidate.quota

    def resolve_allocated(root: tuple[Given, str], _info: Any) -> Any:
        return root[0].candidate.allocated

    def resolve_base(root: tuple[Given, str], _info: Any) -> Any:
        return root[0].candidate.base

    def resolve_rating_before(root: tuple[Given, str], _info: Any) -> Any:
        return _shown(root[0].rating_before)

    def resolve_rating_after(root: tuple[Given, str], _info: Any) -> Any:
        return _shown(root[0].rating)

    def resolve_given(root: tuple[Given, str], _info: Any) -> Any:
        return root[0].quantity

    def resolve_reason(root: tuple[Given, str], _info: Any) -> QuotaReason:
        return root[0].reason

    def resolve_reason_label(root: tuple[Given, str], _info: Any) -> str:
        return str(root[0].reason.label)


def _shown(rating: Any) -> Any:
    from decimal import Decimal as Number

    return round(Number(rating.numerator) / Number(rating.denominator), 6)


class QuotaSimulationType(graphene.ObjectType):
    """How a requirement would be divided; nothing is written."""

    class Meta:
        name = "QuotaSimulation"

    requirement = Field(Quantity, required=True, description="As it was divided: of a split in whole packs.")
    short = Field(Quantity, required=True, description="What nobody could take.")
    shares = listed(QuotaShareType, "Every source, with what it got and why.", size=10)
