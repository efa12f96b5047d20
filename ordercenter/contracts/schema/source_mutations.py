"""Mutations of sources, quotas and price indexes."""

from __future__ import annotations

from typing import Any, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Date, Decimal, Field, Quantity
from marketplace.graphql import from_global_id as pk_of
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.indexes import add_value, write_index
from ordercenter.contracts.quotas import adjust, write_member, write_quota
from ordercenter.contracts.schema.inputs import QuotaMemberInput, SourceListInput, SourceQuotaInput
from ordercenter.contracts.schema.source_types import (
    IndexValueType,
    PriceIndexType,
    QuotaMemberType,
    SourceListType,
    SourceQuotaType,
)
from ordercenter.contracts.sources import MANAGE, end_source, write_source

ID = graphene.ID(required=True, description="Its id.")


class PriceIndexWrite(BaseMutation, permission="contracts.manage", codes=ContractErrorCode, atomic=False):
    """Make a price index, or rename one."""

    class Arguments:
        id = graphene.ID(description="The index to change; a new one unless told.")
        code = graphene.String(required=True, description="Its code.")
        name_zh = graphene.String(description="Its name in Chinese.")
        name_en = graphene.String(description="Its name in English.")
        source = graphene.String(description="Where it is published.")

    index = Field(PriceIndexType, description="The index.")

    @classmethod
    def perform(
        cls, actor: Actor, code: str, id: str | None = None, name_zh: str = "", name_en: str = "", source: str = ""
    ) -> Self:
        pk = pk_of(id, "PriceIndex") if id else None
        return cls(index=write_index(actor, code, name_zh or "", name_en or "", source or "", pk))


class PriceIndexValueAdd(BaseMutation, permission="contracts.manage", codes=ContractErrorCode, atomic=False):
    """Publish the value of a month; of one that has a value, a revision."""

    class Arguments:
        index = graphene.ID(required=True, description="The index.")
        month = Date(required=True, description="Any day of the month.")
        value = Decimal(required=True, description="The value.")

    value = Field(IndexValueType, description="The value.")

    @classmethod
    def perform(cls, actor: Actor, index: str, month: Any, value: Any) -> Self:
        return cls(value=add_value(actor, pk_of(index, "PriceIndex", "index"), month, value))


class SourceListWrite(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Enter a source of goods, or change one."""

    class Arguments:
        id = graphene.ID(description="The source to change; a new one unless told.")
        input = SourceListInput(required=True, description="The source, whole.")

    source = Field(SourceListType, description="The source.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        pk = pk_of(id, "SourceList") if id else None
        return cls(source=write_source(actor, input.to_draft(), pk))


class SourceListEnd(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Let a source end."""

    class Arguments:
        id = ID
        last_day = Date(description="Its last day; today unless told.")

    source = Field(SourceListType, description="The source.")

    @classmethod
    def perform(cls, actor: Actor, id: str, last_day: Any = None) -> Self:
        return cls(source=end_source(actor, pk_of(id, "SourceList"), last_day))


class SourceQuotaWrite(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Make a quota, or change one."""

    class Arguments:
        id = graphene.ID(description="The quota to change; a new one unless told.")
        input = SourceQuotaInput(required=True, description="The quota, whole.")

    quota = Field(SourceQuotaType, description="The quota.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        pk = pk_of(id, "SourceQuota") if id else None
        return cls(quota=write_quota(actor, input.to_draft(), pk))


class QuotaMemberWrite(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Enter a source into a quota, or change it there."""

    class Arguments:
        input = QuotaMemberInput(required=True, description="The source in the quota, whole.")

    member = Field(QuotaMemberType, description="The source in the quota.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(member=write_member(actor, pk_of(input.quota, "SourceQuota", "quota"), input.to_draft()))


class QuotaAdjust(BaseMutation, permission=MANAGE, codes=ContractErrorCode, atomic=False):
    """Correct what a source was given so far, with a reason."""

    class Arguments:
        member = graphene.ID(required=True, description="The source in the quota.")
        quantity = Quantity(required=True, description="What is added; below 0 taken away.")
        reason = graphene.String(required=True, description="Why.")

    member = Field(QuotaMemberType, description="The source in the quota.")

    @classmethod
    def perform(cls, actor: Actor, member: str, quantity: Any, reason: str) -> Self:
        return cls(member=adjust(actor, pk_of(member, "QuotaMember", "member"), quantity, reason))


class Sources:
    """What can be done with sources, quotas and indexes."""

    price_index_write = PriceIndexWrite.Field()
    price_index_value_add = PriceIndexValueAdd.Field()
    source_list_write = SourceListWrite.Field()
    source_list_end = SourceListEnd.Field()
    source_quota_write = SourceQuotaWrite.Field()
    quota_member_write = QuotaMemberWrite.Field()
    quota_adjust = QuotaAdjust.Field()
